/**
 * A TCP connection as a stream of Node's, for those who know only these: `node:http` and `ws`. It must not know what its
 * bytes mean.
 *
 * Connections are accepted by `Deno.listen` and not by `node:net`, whose server in Deno is dead for good after an accept
 * that failed, as for want of file descriptors.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** A read starts with room for this many bytes: a request, or a line. */
const SMALLEST_READ = 1024;
/** A read that filled its buffer is followed by one with more room, up to this; small reads lead back. Bytes. */
const LARGEST_READ = 65536;

type Done = (error?: Error | null) => void;

/** What of `node:net`'s Socket they need. Ends its side only when told to, so that an answer may follow the last request. */
export class TcpSocket extends Duplex {
  /** The peer's address. */
  readonly remoteAddress: string;
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(SMALLEST_READ);
  #isSending = false;
  /** Those who wait to be the next to send: what is sent is never mixed. */
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds without a byte, after which "timeout" is emitted; 0 for never. */
  #patience = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(conn: Deno.TcpConn) {
    super({ allowHalfOpen: true });
    this.#conn = conn;
    this.remoteAddress = conn.remoteAddr.hostname;
    this.setNoDelay(true);
  }

  override _read(): void {
    this.#conn.read(this.#buffer).then((count) => {
      this.#touch();
      if (count === null) return this.push(null);
      const room = this.#buffer.length;
      // A copy, since whoever gets it may keep it.
      const bytes = Buffer.from(this.#buffer.subarray(0, count));
      if (count === room) this.#buffer = new Uint8Array(Math.min(room * 4, LARGEST_READ));
      else if (count < room / 8) this.#buffer = new Uint8Array(Math.max(room / 4, SMALLEST_READ));
      this.push(bytes);
    }, (error) => this.destroy(error));
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    this.send(bytes).then(() => done(), done);
  }

  /** Writes past the stream, whose own way costs as much as the write; resolves when the system has taken it all. */
  async send(bytes: Uint8Array): Promise<void> {
    while (this.#isSending) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isSending = true;
    try {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.#conn.write(sent === 0 ? bytes : bytes.subarray(sent));
        this.#touch();
      }
    } finally {
      this.#isSending = false;
      this.#waiting.shift()?.();
    }
  }

  override _final(done: Done): void {
    this.#conn.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.setTimeout(0);
    this.#conn.close();
    done(error);
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.#patience = milliseconds;
    if (callback !== undefined) this.once("timeout", callback);
    this.#touch();
    return this;
  }

  #touch(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#patience > 0) this.#timer = setTimeout(() => this.emit("timeout"), this.#patience);
  }

  setNoDelay(isOn: boolean): this {
    try {
      this.#conn.setNoDelay(isOn);
    } catch {
      // It has been reset already, as the first read will say.
    }
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** Ends the connection when what is written has been taken. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }
}
