/**
 * The memory of the fan-out queue: lists of chunks to which encoded lines are appended, and cursors, which are readers'
 * positions in such a list.
 *
 * @module
 */

/** The size of a list's first chunk, in bytes: most channels are quiet. Each next chunk is twice as large, up to `LARGEST_CHUNK`. */
export const SMALLEST_CHUNK = 1024;
/** The size of the largest chunks, in bytes. Larger writes gain nothing measurable, and a write in flight keeps its chunk alive. */
export const LARGEST_CHUNK = 65536;

const CR = 13, LF = 10;

const encoder = new TextEncoder();

/**
 * A block of memory that is filled with whole lines. A chunk refers to the next one only, so the chunks that all readers
 * have passed are garbage.
 */
export class Chunk {
  readonly bytes: Uint8Array;
  /** How many of the bytes are filled: the next line is written here. */
  end = 0;
  next: Chunk | undefined = undefined;
  /**
   * The runs of lines whose orders are consecutive, as pairs in one flat array: the order of a run's first line, and its
   * offset (see `ChunkList.append`).
   */
  readonly runs: number[] = [];

  /** @param size In bytes. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** Writes a line and CR LF behind it. Returns false, and writes nothing, where there is no room for them. */
  write(line: string): boolean {
    const room = this.bytes.length - this.end - 2;
    // A UTF-16 unit takes 3 bytes at most. Only a line that might not fit by that measure is encoded to be counted.
    if (line.length * 3 > room && (line.length > room || encoder.encode(line).length > room)) return false;
    this.end += encoder.encodeInto(line, this.bytes.subarray(this.end)).written;
    this.bytes[this.end++] = CR;
    this.bytes[this.end++] = LF;
    return true;
  }

  /** Links a next chunk to this one, twice as large up to `LARGEST_CHUNK`, and writes `line` to it. Returns the new chunk. */
  grow(line: string): Chunk {
    const size = Math.max(Math.min(this.bytes.length * 2, LARGEST_CHUNK), line.length * 3 + 2);
    this.next = new Chunk(size);
    this.next.write(line);
    return this.next;
  }
}

/**
 * Returns a number that is one higher with each call. Each event is appended under such a number, so an outbox that follows
 * several feeds can put their lines into the order in which they happened.
 */
export function nextOrder(): number {
  return ++order;
}
let order = 0;

/** Lines that are kept in chunks, to which further lines can only be appended. */
export class ChunkList {
  /** The newest chunk. */
  tail = new Chunk(SMALLEST_CHUNK);
  /** How many bytes have been appended so far. */
  written = 0;
  #lastOrder = -1;
  /** The last view that was asked for. Dropped with a new chunk, since it would keep its own chunk and all later ones alive. */
  #view: { chunk: Chunk; from: number; to: number; bytes: Uint8Array } | undefined;

  /**
   * Appends one line.
   *
   * @param line The line without its line end. Its length is not bounded here.
   * @param at The event's number, from `nextOrder()`. The same event may be appended under one number to several lists, as
   * long as no reader follows more than one of these.
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

  /** Returns some bytes of a chunk as a view. All readers at the same position get the same object. */
  view(chunk: Chunk, from: number, to: number): Uint8Array {
    const last = this.#view;
    if (last !== undefined && last.chunk === chunk && last.from === from && last.to === to) return last.bytes;
    const bytes = chunk.bytes.subarray(from, to);
    this.#view = { chunk, from, to, bytes };
    return bytes;
  }
}

/** A reader's position in a list of chunks. A new cursor stands at the list's end. */
export class Cursor<List extends ChunkList = ChunkList> {
  readonly list: List;
  chunk: Chunk;
  /** Where in the chunk the first unread line begins. */
  offset: number;
  /** How many of the list's bytes lie before the position. */
  passed: number;
  #counted = 0;

  constructor(list: List) {
    this.list = list;
    this.chunk = list.tail;
    this.offset = list.tail.end;
    this.passed = list.written;
  }

  /** How many bytes are unread. */
  get pending(): number {
    return this.list.written - this.passed;
  }

  /** Counts the unread bytes. Returns the difference to the last count, so that a sum over many cursors can be kept. */
  count(): number {
    const before = this.#counted;
    this.#counted = this.pending;
    return this.#counted - before;
  }

  /** Goes on to the chunk that holds the first unread line. Call it only while something is pending. */
  leaveReadChunks(): void {
    while (this.offset === this.chunk.end && this.chunk.next !== undefined) {
      this.chunk = this.chunk.next;
      this.offset = 0;
    }
  }

  /** Passes what lies before an offset in the same chunk. */
  advance(to: number): void {
    this.passed += to - this.offset;
    this.offset = to;
  }

  /** Passes all that is pending. */
  advanceToEnd(): void {
    this.chunk = this.list.tail;
    this.offset = this.list.tail.end;
    this.passed = this.list.written;
  }
}
