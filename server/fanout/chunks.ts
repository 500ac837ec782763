/**
 * The memory of the fan-out queue: append-only logs of encoded lines, and positions in them. It must not know who reads,
 * or when.
 *
 * @module
 */

/** A log's chunks start this small, since most channels are quiet, and double up to `LARGEST_CHUNK`. Bytes. */
export const SMALLEST_CHUNK = 1024;
/** More than this in one write gains nothing measurable, and it bounds what a write in flight keeps alive. Bytes. */
export const LARGEST_CHUNK = 65536;

const encoder = new TextEncoder();

/** A piece of a log. Chunks know only the next one, so those that every reader has passed are garbage. */
export class Chunk {
  readonly bytes: Uint8Array;
  /** Where the next line goes. */
  end = 0;
  next: Chunk | undefined = undefined;
  /** Where lines stand whose orders are not consecutive: order, offset, order, offset ... (see `Log.append`). */
  readonly runs: number[] = [];

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** Writes a line and its CR LF if there is room for them. */
  write(line: string): boolean {
    const room = this.bytes.length - this.end - 2;
    // A UTF-16 unit takes 3 bytes at most. A line that might not fit by that measure is worth counting.
    if (line.length * 3 > room && (line.length > room || encoder.encode(line).length > room)) return false;
    this.end += encoder.encodeInto(line, this.bytes.subarray(this.end)).written;
    this.bytes[this.end++] = 13;
    this.bytes[this.end++] = 10;
    return true;
  }

  /** The chunk that follows, twice as large while that is allowed, with `line` in it. */
  grow(line: string): Chunk {
    const size = Math.max(Math.min(this.bytes.length * 2, LARGEST_CHUNK), line.length * 3 + 2);
    this.next = new Chunk(size);
    this.next.write(line);
    return this.next;
  }
}

/**
 * A number that grows with each call. Lines are appended under such a number: where one outbox follows several feeds,
 * it is what keeps them in the order in which they happened.
 */
export function nextOrder(): number {
  return ++order;
}
let order = 0;

/** An append-only log of lines. */
export class Log {
  /** The newest chunk. */
  tail = new Chunk(SMALLEST_CHUNK);
  /** Bytes appended since the beginning. */
  written = 0;
  #lastOrder = -1;
  /** The last view. It goes when the log grows: it would keep the chunks from there on, if nobody looked again. */
  #view: { chunk: Chunk; from: number; to: number; bytes: Uint8Array } | undefined;

  /**
   * Appends one line.
   *
   * @param line The line without its line end; its length is not bounded here.
   * @param at From `nextOrder()`, called once for all logs that one reader can't follow together.
   */
  append(line: string, at: number): void {
    let from = this.tail.end;
    if (!this.tail.write(line)) {
      this.tail = this.tail.grow(line);
      this.#view = undefined;
      from = 0;
    }
    if (from === 0 || at !== this.#lastOrder + 1) this.tail.runs.push(at, from);
    this.#lastOrder = at;
    this.written += this.tail.end - from;
  }

  /** The bytes of one chunk as a view that readers at the same position share. */
  view(chunk: Chunk, from: number, to: number): Uint8Array {
    const last = this.#view;
    if (last !== undefined && last.chunk === chunk && last.from === from && last.to === to) return last.bytes;
    const bytes = chunk.bytes.subarray(from, to);
    this.#view = { chunk, from, to, bytes };
    return bytes;
  }
}

/** A reader's position in a log. */
export class Cursor<L extends Log = Log> {
  readonly log: L;
  chunk: Chunk;
  offset: number;
  /** How many of the log's bytes lie before the position. */
  passed: number;
  #counted = 0;

  constructor(log: L) {
    this.log = log;
    this.chunk = log.tail;
    this.offset = log.tail.end;
    this.passed = log.written;
  }

  get pending(): number {
    return this.log.written - this.passed;
  }

  /** Counts what is pending; gives by how much it is more than the last time. */
  count(): number {
    const before = this.#counted;
    this.#counted = this.pending;
    return this.#counted - before;
  }

  /** Leaves a chunk that has been read for the next one. Only sensible when something is pending. */
  settle(): void {
    while (this.offset === this.chunk.end && this.chunk.next !== undefined) {
      this.chunk = this.chunk.next;
      this.offset = 0;
    }
  }

  advance(to: number): void {
    this.passed += to - this.offset;
    this.offset = to;
  }

  toEnd(): void {
    this.chunk = this.log.tail;
    this.offset = this.log.tail.end;
    this.passed = this.log.written;
  }
}

/** Where a reader is among the lines of one of several logs, as they are brought into one order. */
export class Position<L extends Log = Log> {
  readonly cursor: Cursor<L>;
  /** Index into `chunk.runs` of the run that the cursor is in. */
  #run: number;
  /** The order of the first line of the run, before or behind which all of another log's lines stand. */
  order: number;

  /** @param cursor One for which something is pending. */
  constructor(cursor: Cursor<L>) {
    this.cursor = cursor;
    cursor.settle();
    const { chunk: { runs }, offset } = cursor;
    // The last run that begins at the offset or before it: of a long backlog there may be a thousand.
    let [first, end] = [0, runs.length / 2];
    while (end - first > 1) {
      const middle = (first + end) >> 1;
      if (runs[2 * middle + 1] > offset) end = middle;
      else first = middle;
    }
    this.#run = 2 * first;
    this.order = runs[this.#run];
  }

  /** Where in the chunk the lines end that come before an order. The first run is among them. */
  passUpTo(order: number): number {
    const { chunk: { runs, end } } = this.cursor;
    do this.#run += 2; while (this.#run < runs.length && runs[this.#run] < order);
    this.order = runs[this.#run];
    return runs[this.#run + 1] ?? end;
  }

  /** Goes on to the next chunk where this one has been passed. Only sensible when something is pending. */
  settle(): void {
    const { chunk } = this.cursor;
    this.cursor.settle();
    if (this.cursor.chunk === chunk) return;
    this.#run = 0;
    this.order = this.cursor.chunk.runs[0];
  }
}

/**
 * Large chunks of lines for one reader alone, kept to be used again: whoever joins a channel of thousands is sent all
 * their names, and garbage of that size would be collected late.
 */
const spare: Chunk[] = [];
/** How many of them are kept: 8 MiB. */
const MOST_SPARE = 128;

/** A chunk for lines that are for one reader alone. @param bytes How many it must have room for. */
export function takeChunk(bytes: number): Chunk {
  const chunk = (bytes === LARGEST_CHUNK ? spare.pop() : undefined) ?? new Chunk(bytes);
  chunk.end = 0;
  return chunk;
}

/** Gives back a chunk that nobody will read any more. */
export function giveChunk(chunk: Chunk): void {
  if (chunk.bytes.length === LARGEST_CHUNK && spare.length < MOST_SPARE) spare.push(chunk);
}
