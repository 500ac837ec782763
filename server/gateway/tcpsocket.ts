/**
 * A TCP connection as a stream of Node's, for those who know only these: `node:http` and `ws`. It must not know what its
 * bytes mean.
 *
 * Connections are accepted by `Deno.listen` and not by `node:net`, whose server in Deno is dead for good after an accept
 * that failed, as for want of file descriptors.
 *
 * All that is done with a connection's bytes is done by those who listen to it, so `emit` is where a fault in it ends with
 * this one connection, and where its work is charged.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { type Budget, BYTES_PER_TOKEN } from "../wire/budget.ts";

/**
 * A read has room for this many bytes: most of a request, or a few lines. The work on what one read brings is done at one
 * go, and so many bytes hold 20 requests or 85 empty frames.
 */
const READ = 512;
/** So many bytes are read while something is owed, where the end of who owes it is to be noticed. */
const MOST_AHEAD = 16_384;
/** So many bytes that nobody waits for are still read, so that the end that comes behind them is seen. */
const MOST_DISCARDED = 65_536;

/** How long the runtime takes for a read beside the work on what it brings, in milliseconds. */
const READING = 0.1;

type Done = (error?: Error | null) => void;

/** What of `node:net`'s Socket they need. Ends its side only when told to, so that an answer may follow the last request. */
export class TcpSocket extends Duplex {
  /** The peer's address. */
  readonly remoteAddress: string;
  /** What pays for the bytes that come, and for the work on them: nothing is read while something is owed, or only some. */
  budget: Budget;
  /** Whether some is read while something is owed, so that an end that comes behind it is noticed. */
  readsAhead = false;
  readonly #conn: Deno.TcpConn;
  readonly #onError: (error: unknown) => void;
  #buffer = new Uint8Array(READ);
  /** How many bytes may still be read. */
  #mayRead = Infinity;
  /** How many have been read since something was owed. */
  #ahead = 0;
  #hasFailed = false;
  #isSending = false;
  /** Those who wait to be the next to send: what is sent is never mixed. */
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds without a byte, after which "timeout" is emitted; 0 for never. */
  #patience = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onError Told once of what someone who listens has thrown, which ends the connection. */
  constructor(conn: Deno.TcpConn, budget: Budget, onError: (error: unknown) => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: READ });
    this.#conn = conn;
    this.budget = budget;
    this.#onError = onError;
    this.remoteAddress = conn.remoteAddr.hostname;
    this.setNoDelay(true);
  }

  /** Tells those who listen, in the connection's name. What they throw ends this connection and nothing else. */
  // deno-lint-ignore no-explicit-any
  override emit(event: string | symbol, ...values: any[]): boolean {
    try {
      if (event !== "data") return super.emit(event, ...values);
      // Before the work, which may find that they are paid for as a line.
      this.budget.charge(values[0].length / BYTES_PER_TOKEN);
      return this.budget.run(0, () => super.emit(event, ...values));
    } catch (error) {
      this.fail(error);
      return true;
    }
  }

  /** Ends the connection for a fault in what is done with it, which is reported once. */
  fail(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#onError(error);
    }
    this.destroy();
  }

  override _read(): void {
    this.#receive().catch((error) => this.fail(error));
  }

  async #receive(): Promise<void> {
    // The system keeps what comes meanwhile, and then holds the peer back.
    const isAhead = this.readsAhead && this.budget.isOwing && this.#ahead < MOST_AHEAD;
    if (!isAhead) this.#ahead = 0;
    const ready = isAhead ? this.budget.turn() : this.budget.ready();
    if (ready !== undefined) {
      await ready;
      this.budget.pass();
    }
    if (this.#mayRead <= 0 || this.destroyed) return;
    let count: number | null;
    try {
      count = await this.#conn.read(this.#buffer);
    } catch (error) {
      return void this.destroy(error as Error);
    }
    this.#touch();
    this.#mayRead -= count ?? 0;
    if (isAhead) this.#ahead += count ?? 0;
    // What has come to many at once waits for a turn of each.
    const turn = this.budget.turn();
    if (turn !== undefined) await turn;
    // A copy, since whoever gets it may keep it.
    this.budget.run(0, () => this.push(count === null ? null : Buffer.from(this.#buffer.subarray(0, count))));
    this.budget.spend(READING);
  }

  /** Says that nobody waits any more for what comes: it is read to its end where that is near, and else left unread. */
  discard(): void {
    this.#mayRead = Math.min(this.#mayRead, MOST_DISCARDED);
    this.resume();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    this.send(bytes).then(() => done(), done).catch((error) => this.fail(error));
  }

  /**
   * From now on what is written at once goes out in one piece, as a frame's head and body must: `send` would come between.
   * Answers to requests are written one after the other, so that more of them wait than their asker may have open.
   */
  writeWhole(): void {
    this._writev = (chunks, done) => this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
  }

  /** Whether the system has not taken yet what was sent. */
  get isSending(): boolean {
    return this.#isSending;
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
    this.#conn.closeWrite().then(() => done(), done).catch((error) => this.fail(error));
  }

  override _destroy(error: Error | null, done: Done): void {
    this.setTimeout(0);
    try {
      this.#conn.close();
    } catch {
      // It is closed.
    }
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
    if (this.#patience > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => this.emit("timeout"), this.#patience);
    }
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
