/**
 * Lines written to a stream that may be closed on the other side, such as a pipe into `head`. It must not know what the
 * lines mean.
 *
 * @module
 */

import { harmless } from "./sanitize.ts";

/** Bytes that may wait to be written: who reads so slowly gets no more until they have read. */
const WAITING = 16 * 1024 * 1024;

/** Writes lines in their order, without making the writer wait. */
export class Output {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  #written: Promise<void> = Promise.resolve();
  #closed = false;
  #waiting = 0;
  /** Lines that were left out since the last that were written. */
  #leftOut = 0;

  /**
   * @param stream For example `Deno.stdout`.
   * @param onClosed Called once when nobody reads any more (EPIPE); what is written from then on is dropped.
   */
  constructor(stream: { write(bytes: Uint8Array): Promise<number> }, onClosed: () => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
  }

  /** Writes lines, each with its end; colours may be in them. */
  print(lines: string[]): void {
    if (lines.length === 0 || this.#closed) return;
    if (this.#waiting > WAITING) return void (this.#leftOut += lines.length);
    const leftOut = this.#leftOut === 0 ? [] : [`(${this.#leftOut} lines were left out: nobody read them)`];
    this.#leftOut = 0;
    const bytes = this.#encoder.encode([...leftOut, ...lines].map(harmless).join("\n") + "\n");
    this.#waiting += bytes.length;
    this.#written = this.#written.then(() => this.#write(bytes)).finally(() => this.#waiting -= bytes.length);
  }

  /** Resolves once all lines are written or dropped. */
  flushed(): Promise<void> {
    return this.#written;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return;
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#stream.write(bytes.subarray(sent));
    } catch {
      this.#closed = true;
      this.#onClosed();
    }
  }
}
