/**
 * A TCP or TLS connection as a stream of Node's, since `node:http` and `ws` know nothing else.
 *
 * Connections are accepted by `Deno.listen` and not by `node:net`: in Deno, a server of `node:net` accepts nothing more
 * after an accept that failed, for example for want of file descriptors.
 *
 * All work on a connection's bytes is done by its listeners. So `emit` is where a fault in that work ends with this one
 * connection, and where the work is charged.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { type Budget, BYTES_PER_TOKEN } from "../wire/budget.ts";
import { closeConn } from "../wire/closing.ts";
import { type Conn, sendAtOnce } from "../wire/tcp.ts";

/**
 * A read has room for so many bytes: most of a request, or a few lines. The work on one read is done at one go, and so few
 * bytes hold no more than 20 requests or 85 empty frames.
 */
const READ_BYTES = 512;
/** So many bytes are read while the connection is in debt, if its end is to be noticed meanwhile. */
const MOST_AHEAD = 16_384;
/** So many bytes that nobody waits for are still read, so that the end behind them is seen. */
const MOST_DISCARDED = 65_536;

/**
 * A read of a file that is sent has room for so many bytes, and for no more than are left of it: requests may follow. Where nobody
 * has said how many there are, requests or very many chunks may be in any read.
 */
const FILE_READ_BYTES = { known: 65_536, unknown: 4_096 } as const;

/**
 * How long, and for how many bytes, a connection goes on after an answer to something that was not read: a peer that is still
 * sending would be reset, and never read why. Milliseconds.
 */
const LINGERING = { time: 2_000, bytes: 8 * 1_048_576 } as const;

/** How many milliseconds the runtime takes for a read, besides the work on what it brings. */
const READING = 0.1;

/** A long transfer on a connection: a file that comes or goes. */
export interface Transfer {
  /** Whether it is too slow to go on. @param now Milliseconds of a clock that is never set. */
  isTooSlow(now: number): boolean;
}

type Done = (error?: Error | null) => void;

/**
 * The part of `node:net`'s Socket that they need. It ends its side only when told to, so that a response may follow the last
 * request.
 */
export class TcpSocket extends Duplex {
  /** The peer's address. */
  readonly remoteAddress: string;
  /** Whether it is TLS. */
  readonly isSecure: boolean;
  /** What pays for the bytes that come and for the work on them. While it is in debt nothing is read, or only `MOST_AHEAD`. */
  budget: Budget;
  /** Whether `MOST_AHEAD` is read while the budget is in debt, so that the end behind it is noticed. */
  readsAhead = false;
  /** The transfer that is under way, which has bounds of its own. */
  transfer: Transfer | undefined;
  readonly #conn: Conn;
  readonly #onError: (error: unknown) => void;
  #buffer = new Uint8Array(READ_BYTES);
  /** How many bytes of a file are still to come, where one is being sent; see `beginFile`. */
  #file: { left: number | undefined; given: number } | undefined;
  #lingers = false;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;
  /** How many bytes may still be read. */
  #mayRead = Infinity;
  /** How many bytes have been read since the budget is in debt. */
  #ahead = 0;
  #hasFailed = false;
  #isSending = false;
  /** Sends that wait for the one under way: their bytes must not mix. */
  readonly #waiting: (() => void)[] = [];
  /** After so many milliseconds without a byte "timeout" is emitted; 0 for never. */
  #patience = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onError Called once with what a listener has thrown, which ends the connection. */
  constructor(conn: Conn, budget: Budget, onError: (error: unknown) => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: READ_BYTES });
    this.#conn = conn;
    this.budget = budget;
    this.#onError = onError;
    this.remoteAddress = conn.remoteAddr.hostname;
    this.isSecure = conn.isSecure ?? false;
    sendAtOnce(conn);
  }

  /** Calls the listeners, at the connection's expense. What they throw ends this connection and nothing else. */
  // deno-lint-ignore no-explicit-any
  override emit(event: string | symbol, ...values: any[]): boolean {
    try {
      if (event !== "data") return super.emit(event, ...values);
      // Before the work, which may give some of it back: lines are charged when they are handled.
      if (this.#file === undefined) this.budget.charge(values[0].length / BYTES_PER_TOKEN);
      else this.#file.given += values[0].length;
      return this.budget.run(0, () => super.emit(event, ...values));
    } catch (error) {
      this.fail(error);
      return true;
    }
  }

  /** Ends the connection for a fault in the work on it. The first fault is reported. */
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
    // While nothing is read the system keeps what comes, and then holds the peer back.
    const isAhead = this.readsAhead && this.budget.isOwing && this.#ahead < MOST_AHEAD;
    if (!isAhead) this.#ahead = 0;
    const ready = isAhead ? this.budget.turn() : this.budget.ready();
    if (ready !== undefined) {
      await ready;
      this.budget.pass();
    }
    if (this.#mayRead <= 0 || this.destroyed) return;
    const room = this.#room();
    if (this.#buffer.length !== room) this.#buffer = new Uint8Array(room);
    let count: number | null;
    try {
      count = await this.#conn.read(this.#buffer);
    } catch (error) {
      return void this.destroy(error as Error);
    }
    this.#touch();
    this.#mayRead -= count ?? 0;
    if (isAhead) this.#ahead += count ?? 0;
    if (this.#file?.left !== undefined) this.#file.left -= Math.min(this.#file.left, count ?? 0);
    // Where bytes have come on many connections at once, each waits for its turn.
    const turn = this.budget.turn();
    if (turn !== undefined) await turn;
    if (this.#lingers && count !== null) {
      // Nobody is to look at it: it may be anything, and is read in large pieces.
      this.budget.spend(READING);
      return await this.#receive();
    }
    // A copy, since a listener may keep it.
    this.budget.run(0, () => this.push(count === null ? null : Buffer.from(this.#buffer.subarray(0, count))));
    this.budget.spend(READING);
  }

  /** For how many bytes the next read has room. */
  #room(): number {
    if (this.#lingers) return FILE_READ_BYTES.known;
    if (this.#file === undefined) return READ_BYTES;
    const { left } = this.#file;
    if (left === undefined) return FILE_READ_BYTES.unknown;
    return left > 0 ? Math.min(left, FILE_READ_BYTES.known) : READ_BYTES;
  }

  /**
   * A file is being sent on it. It is then read in large pieces, and its bytes cost the time alone that they take: how many there
   * may be is bounded before (server/files/ledger.ts).
   *
   * @param left How many of its bytes have not been read yet; undefined where nobody has said.
   */
  beginFile(left: number | undefined): void {
    this.#file = { left, given: 0 };
  }

  /** How many bytes the listeners got since the file was begun, the frames of its chunks among them; 0 where none is being sent. */
  get fileGiven(): number {
    return this.#file?.given ?? 0;
  }

  /** No file is being sent any more. */
  endFile(): void {
    this.#file = undefined;
  }

  /** Nobody waits any more for what comes: it is read to its end if that is near, and left unread otherwise. */
  discard(): void {
    this.#mayRead = Math.min(this.#mayRead, MOST_DISCARDED);
    this.resume();
  }

  /** Has the connection go on for a moment after its last answer; what still comes is read and dropped. */
  linger(): void {
    this.#lingers = true;
    this.#mayRead = Math.min(this.#mayRead, LINGERING.bytes);
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    this.send(bytes).then(() => done(), done).catch((error) => this.fail(error));
  }

  /**
   * From now on writes that wait go out in one piece. A frame's head and body need that, or a `send` could come between them.
   * Responses to requests don't: they are written one after the other, so that a peer that reads nothing has more requests
   * open than it may.
   */
  writeWhole(): void {
    this._writev = (chunks, done) => this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
  }

  /** Whether the system has not yet taken all that was sent. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Writes past the stream, which would cost as much again as the write. Resolves when the system has taken all bytes. */
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
    clearTimeout(this.#lingerTimer);
    closeConn(this.#conn);
    done(error);
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.#patience = milliseconds;
    if (callback !== undefined) this.once("timeout", callback);
    this.#touch();
    return this;
  }

  /** Does work in which no byte moves, and which is bounded otherwise, without the time-out for that. */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    const patience = this.#patience;
    this.setTimeout(0);
    try {
      return await work();
    } finally {
      if (!this.destroyed) this.setTimeout(patience);
    }
  }

  #touch(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#patience > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => this.emit("timeout"), this.#patience);
    }
  }

  setNoDelay(isOn: boolean): this {
    sendAtOnce(this.#conn, isOn);
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** Ends the connection when the system has taken all that was written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.#lingers && !this.destroyed && !this.readableEnded) {
      this.#lingerTimer ??= setTimeout(() => this.destroy(), LINGERING.time);
      this.once("end", () => this.destroySoon());
      return void this.resume();
    }
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }
}
