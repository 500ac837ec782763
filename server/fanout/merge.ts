/**
 * Brings the unread lines of several lists of chunks into the order in which they happened.
 *
 * @module
 */

import { BinaryHeap } from "@std/data-structures/binary-heap";
import type { ChunkList, Cursor } from "./chunks.ts";

/** A cursor that is being merged with others: it also knows which run of lines it is in. */
class MergePosition<List extends ChunkList> {
  readonly cursor: Cursor<List>;
  /** The index of that run in `chunk.runs`. */
  #run: number;
  /** The order of the run's first line. The lines of any other list stand before or behind the whole run. */
  order: number;

  /** @param cursor One for which something is pending. */
  constructor(cursor: Cursor<List>) {
    this.cursor = cursor;
    cursor.leaveReadChunks();
    const { chunk: { runs }, offset } = cursor;
    // Finds the last run that begins at the offset or before it, by halving: a long backlog may have a thousand runs.
    let [first, end] = [0, runs.length / 2];
    while (end - first > 1) {
      const middle = (first + end) >> 1;
      if (runs[2 * middle + 1] > offset) end = middle;
      else first = middle;
    }
    this.#run = 2 * first;
    this.order = runs[this.#run];
  }

  /** Passes the run, and all further runs of the chunk that come before an order. Returns the offset at which they end. */
  passRunsBefore(order: number): number {
    const { chunk: { runs, end } } = this.cursor;
    do this.#run += 2; while (this.#run < runs.length && runs[this.#run] < order);
    this.order = runs[this.#run];
    return runs[this.#run + 1] ?? end;
  }

  /** Goes on to the next chunk where this one has been read. Call it only while something is pending. */
  leaveReadChunks(): void {
    const { chunk } = this.cursor;
    this.cursor.leaveReadChunks();
    if (this.cursor.chunk === chunk) return;
    this.#run = 0;
    this.order = this.cursor.chunk.runs[0];
  }
}

/**
 * Moves the unread lines of several cursors in the order in which they happened, of each cursor as many at once as come
 * before the next line of all others.
 *
 * @param cursors Those with nothing pending are left out.
 * @param move Takes the lines from a cursor's position up to an offset in its chunk, and advances the cursor.
 * @param most After so many bytes the rest may stay where it is.
 */
export function merge<List extends ChunkList>(
  cursors: Cursor<List>[],
  move: (cursor: Cursor<List>, to: number) => void,
  most = Infinity,
): void {
  const pending = cursors.filter((cursor) => cursor.pending > 0).map((cursor) => new MergePosition(cursor));
  const positions = BinaryHeap.from(pending, {
    compare: (a: MergePosition<List>, b: MergePosition<List>) => a.order - b.order,
  });
  for (let moved = 0; moved < most;) {
    const first: MergePosition<List> | undefined = positions.pop();
    if (first === undefined) return;
    const { cursor } = first;
    const next: MergePosition<List> | undefined = positions.peek();
    if (next === undefined) return moveRest(cursor, move);
    const to = first.passRunsBefore(next.order);
    moved += to - cursor.offset;
    move(cursor, to);
    if (cursor.pending === 0) continue;
    first.leaveReadChunks();
    positions.push(first);
  }
}

/** Moves all unread lines of one cursor, chunk by chunk. @param move See `merge`. */
export function moveRest<List extends ChunkList>(
  cursor: Cursor<List>,
  move: (cursor: Cursor<List>, to: number) => void,
): void {
  while (cursor.pending > 0) {
    cursor.leaveReadChunks();
    move(cursor, cursor.chunk.end);
  }
}
