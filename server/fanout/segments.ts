/**
 * A queue of segments, which are stretches of whole lines for one reader alone: lines that only this reader is told, and
 * lines of its feeds that must come before them.
 *
 * @module
 */

import { Chunk, LARGEST_CHUNK, SMALLEST_CHUNK } from "./chunks.ts";

/** Segments are copied together into one batch up to this size; a larger one is handed out as it lies there. Bytes. */
export const LARGEST_COPY = 8192;

/**
 * Large chunks that are used again. Everyone who joins a channel of thousands is sent all their names, and garbage of that
 * size would be collected late.
 */
const spareChunks: Chunk[] = [];

/** How many spare chunks are kept: 8 MiB. */
const MOST_SPARE = 128;

function takeChunk(size: number): Chunk {
  const chunk = (size === LARGEST_CHUNK ? spareChunks.pop() : undefined) ?? new Chunk(size);
  chunk.end = 0;
  return chunk;
}

/** Keeps a large chunk that nobody reads any more for the next one who needs it. */
function giveBackChunk(chunk: Chunk): void {
  if (spareChunks.length < MOST_SPARE) spareChunks.push(chunk);
}

interface Segment {
  bytes: Uint8Array;
  from: number;
  to: number;
  /** The chunk that holds the segment, if it is this queue's own and not a feed's. */
  own: Chunk | undefined;
}

/** The queue. */
export class SegmentQueue {
  #segments: Segment[] = [];
  #size = 0;
  /** The chunk that is written to. None while the queue is empty. */
  #own: Chunk | undefined;
  /** Large chunks whose last bytes are in the batch that was taken last. */
  readonly #lent: Chunk[] = [];

  /** How many bytes are queued. */
  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Queues one line. @param line Without its line end. */
  write(line: string): void {
    const most = line.length * 3 + 2;
    let own = this.#own ??= new Chunk(Math.max(SMALLEST_CHUNK, most));
    let from = own.end;
    if (!own.write(line)) {
      own = this.#nextChunk(most);
      from = 0;
      own.write(line);
    }
    this.#push(own, from);
  }

  /** Queues a copy of whole lines. */
  copy(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    let own = this.#own ??= new Chunk(Math.max(SMALLEST_CHUNK, length));
    if (own.bytes.length - own.end < length) own = this.#nextChunk(length);
    const at = own.end;
    own.bytes.set(bytes.subarray(from, to), at);
    own.end += length;
    this.#push(own, at);
  }

  /** Queues whole lines without a copy, so that their memory is kept until they are taken. */
  share(bytes: Uint8Array, from: number, to: number): void {
    // What comes next is written to another chunk: each own chunk stands in the queue once.
    this.#own = undefined;
    this.#size += to - from;
    this.#segments.push({ bytes, from, to, own: undefined });
  }

  /** Queues what was written to an own chunk from an offset on. */
  #push(own: Chunk, from: number): void {
    this.#size += own.end - from;
    const last = this.#segments.at(-1);
    if (last?.own === own) last.to = own.end;
    else this.#segments.push({ bytes: own.bytes, from, to: own.end, own });
  }

  /**
   * Goes on with another own chunk. It is four times as large as the one before, up to `LARGEST_CHUNK`; but the first two
   * together make one batch, since a few lines may wait for each of thousands.
   *
   * @param least How many bytes it must have room for.
   */
  #nextChunk(least: number): Chunk {
    const before = this.#own?.bytes.length ?? SMALLEST_CHUNK;
    const size = before < LARGEST_COPY / 2 ? LARGEST_COPY - before : Math.min(4 * before, LARGEST_CHUNK);
    return this.#own = takeChunk(Math.max(least, size));
  }

  /**
   * Takes the next batch from a queue that is not empty. Small segments are copied together, since a write costs more than
   * copying some kilobytes. The batch must have been used when `reuse` is called.
   */
  take(): Uint8Array {
    let count = 0;
    let size = 0;
    for (const { from, to } of this.#segments) {
      if (count > 0 && size + to - from > LARGEST_COPY) break;
      count++;
      size += to - from;
    }
    const segments = this.#segments.splice(0, count);
    this.#size -= size;
    const [first] = segments;
    const batch = count === 1 ? first.bytes.subarray(first.from, first.to) : new Uint8Array(size);
    let at = 0;
    for (const { bytes, from, to } of count === 1 ? [] : segments) {
      batch.set(bytes.subarray(from, to), at);
      at += to - from;
    }
    this.#lend(segments);
    return batch;
  }

  /** Notes the large own chunks of which these were the last segments. */
  #lend(segments: Segment[]): void {
    for (const { own } of segments) {
      // The newest chunk may still be written to.
      if (own !== undefined && (this.isEmpty || own !== this.#own) && own.bytes.length === LARGEST_CHUNK) {
        this.#lent.push(own);
      }
    }
    if (this.isEmpty) this.#own = undefined;
  }

  /** The batch that was taken last is not needed any more: its chunks may be used again. */
  reuse(): void {
    for (let chunk = this.#lent.pop(); chunk !== undefined; chunk = this.#lent.pop()) giveBackChunk(chunk);
  }

  /** Forgets all that is queued. */
  clear(): void {
    this.#segments = [];
    this.#size = 0;
    this.#own = undefined;
  }
}
