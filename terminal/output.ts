/**
 * Lines written to a stream that may be closed on the other side, such as a pipe into `head`. It must not know what the
 * lines mean.
 *
 * @module
 */

/** Writes lines in their order, without making the writer wait. */
export class Output {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * @param stream For example `Deno.stdout`.
   * @param onClosed Called once when nobody reads any more (EPIPE); what is written from then on is dropped.
   */
  constructor(stream: { write(bytes: Uint8Array): Promise<number> }, onClosed: () => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
  }

  /** Writes lines, each with its end. */
  print(lines: string[]): void {
    if (lines.length === 0 || this.#closed) return;
    const bytes = this.#encoder.encode(lines.join("\n") + "\n");
    this.#written = this.#written.then(() => this.#write(bytes));
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
