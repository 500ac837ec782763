/**
 * Lines written to a stream that may be closed on the other side, such as a pipe into `head`. It must not know what the
 * lines mean.
 *
 * @module
 */

import { wrap } from "./wrap.ts";

/** Bytes that may wait to be written: who reads so slowly gets no more until they have read. */
const WAITING = 16 * 1024 * 1024;

/** Writes lines in their order, without making the writer wait. */
export class Output {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  readonly #columns: () => number;
  /** Lines that wait, with what they take in bytes, about. */
  #lines: string[] = [];
  #size = 0;
  /** Lines that were left out since the last that were taken. */
  #leftOut = 0;
  #written: Promise<void> = Promise.resolve();
  #isWriting = false;
  #closed = false;

  /**
   * @param stream For example `Deno.stdout`.
   * @param onClosed Called once when nobody reads any more (EPIPE); what is written from then on is dropped.
   * @param columns How many the stream has, where it is a terminal; lines are cut into rows for it.
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

  /** Writes lines, each with its end; colours may be in them. */
  print(lines: string[]): void {
    if (lines.length === 0 || this.#closed) return;
    if (this.#size > WAITING) return void (this.#leftOut += lines.length);
    if (this.#leftOut > 0) this.#take(`(${this.#leftOut} lines were left out: nobody read them)`);
    this.#leftOut = 0;
    for (const line of lines) for (const row of wrap(line, this.#columns())) this.#take(row);
    if (!this.#isWriting) this.#written = this.#write();
  }

  #take(line: string): void {
    this.#lines.push(line);
    // In memory, a character takes two bytes, and each line something besides.
    this.#size += 2 * line.length + 64;
  }

  /** Resolves once all lines are written or dropped. */
  flushed(): Promise<void> {
    return this.#written;
  }

  /** Writes what waits, and what comes meanwhile. */
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
