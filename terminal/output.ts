/**
 * Writes lines to a stream that may be closed on the other side, such as a pipe into `head`.
 *
 * @module
 */

import { words } from "./language.ts";
import { wrap } from "./wrap.ts";

/** Bytes that may wait to be written. A reader who is so slow gets no more lines until they have read. */
const WAITING = 16 * 1024 * 1024;

/** Writes lines in their order, and never makes its caller wait. */
export class Output {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  readonly #columns: () => number;
  /** Lines that wait, and about how many bytes they take. */
  #lines: string[] = [];
  #size = 0;
  /** How many lines were left out since a line was taken last. */
  #leftOut = 0;
  #written: Promise<void> = Promise.resolve();
  #isWriting = false;
  #closed = false;

  /**
   * @param stream For example `Deno.stdout`.
   * @param onClosed Called once when nobody reads any more (EPIPE). Lines are dropped from then on.
   * @param columns Gives how many columns the stream has, where it is a terminal: lines are cut into rows for it.
   */
  constructor(
    stream: { write(bytes: Uint8Array): Promise<number> },
    onClosed: () => void,
    columns: () => number = () => Infinity,
  ) {
    this.#stream = stream;
    this.#onClosed = onClosed;
    this.#columns = columns;
  }

  /** Writes lines, each with its end. They may hold colours. */
  print(lines: string[]): void {
    if (lines.length === 0 || this.#closed) return;
    if (this.#size > WAITING) return void (this.#leftOut += lines.length);
    if (this.#leftOut > 0) this.#take(words().prompt.leftOut(this.#leftOut));
    this.#leftOut = 0;
    for (const line of lines) for (const row of wrap(line, this.#columns())) this.#take(row);
    if (!this.#isWriting) this.#written = this.#write();
  }

  #take(line: string): void {
    this.#lines.push(line);
    // In memory a character takes two bytes, and each line takes some bytes more.
    this.#size += 2 * line.length + 64;
  }

  /** Resolves once all lines are written or dropped. */
  flushed(): Promise<void> {
    return this.#written;
  }

  /** Writes the lines that wait, and those that come meanwhile. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#lines.length > 0) {
        const bytes = this.#encoder.encode(this.#lines.splice(0).join("\n") + "\n");
        const size = this.#size;
        for (let sent = 0; sent < bytes.length;) sent += await this.#stream.write(bytes.subarray(sent));
        this.#size -= size;
      }
    } catch {
      this.#closed = true;
      this.#lines = [];
      this.#onClosed();
    } finally {
      this.#isWriting = false;
    }
  }
}
