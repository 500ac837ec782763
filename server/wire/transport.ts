/**
 * The seam between a session and what carries its bytes, and the one that is a TCP connection. It must not know what
 * the lines mean.
 *
 * @module
 */

import { type LineError, LineReader } from "../../protocol.ts";
import { displayHost } from "./address.ts";

/** What carries a session's lines. */
export interface Transport {
  /** The peer's address as others see it. */
  readonly host: string;
  /** Waits for what the peer sends next; resolves to how much that is, or to null after its last byte. */
  read(): Promise<number | null>;
  /**
   * Reads on while what came before is handled, at most so much that the end which comes behind it is mostly noticed. To be
   * called where handling has to wait; the next `read` tells first what came.
   */
  readAhead(): void;
  /**
   * Called once where the peer is found to have gone while what it sent is still handled: with an error where nothing
   * can be told to it any more, without one where it has closed. That a TCP peer has said its last line is no such end.
   */
  onGone: ((error?: unknown) => void) | undefined;
  /** Called when its peer says that it will send nothing more, while lines wait. It may still read. */
  onEnd?: (() => void) | undefined;
  /** The lines that this much completes, to be used up before the next read; or why it can be no chat at all. */
  lines(count: number): Iterable<string | LineError> | string;
  /** From now on what comes is dropped unread, and `read` resolves only at the end. Called once, when the session is over. */
  discard(): void;
  /** Sends some of the bytes, and resolves to how many the system has taken: 1 at least. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Lets go of the connection at once. What is under way then fails. */
  close(): void;
}

/** A read starts with room for this many bytes: most people write a line at a time, and thousands may be connected. */
const SMALLEST_READ = 512;
/** A read that filled its buffer is followed by one with more room, up to this; small reads lead back. Bytes. */
const LARGEST_READ = 65536;
/**
 * So many bytes are read and dropped of one whose session is over: closing on unread bytes would reset the connection, and
 * take the last lines to the peer with it. Whoever sends more is not read any more.
 */
const MOST_DISCARDED = 262_144;

/**
 * So many bytes at most are read while those before them are handled, and so long after one of these reads comes the next, in
 * milliseconds: the runtime does 128 reads at once, and those who wait for their turn must not take them all.
 */
const AHEAD = { most: 16_384, pause: 100 } as const;

const NOTHING = new Uint8Array(0);

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;

/** An accepted TCP connection. */
export class TcpTransport implements Transport {
  readonly host: string;
  readonly #conn: Deno.TcpConn;
  readonly #lines = new LineReader();
  #buffer = new Uint8Array(SMALLEST_READ);
  /** How much the next read may bring. */
  #room = SMALLEST_READ;
  /** What the last read has told of. */
  #told = this.#buffer;
  /** What has been read ahead: told up to `#aheadTold`, filled up to `#aheadEnd`. */
  #ahead = NOTHING;
  #aheadTold = 0;
  #aheadEnd = 0;
  /** Resolves when something has been read ahead, or its end has come. */
  #readingAhead: Promise<void> | undefined;
  #isReadingOn = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;
  #failure: unknown;
  #isFirst = true;
  onGone: ((error?: unknown) => void) | undefined;
  onEnd: (() => void) | undefined;
  /** How many bytes are still read and dropped, once that is all that is done with them. */
  #mayDiscard: number | undefined;
  readonly #closed = Promise.withResolvers<null>();
  #isClosed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.host = displayHost(conn.remoteAddr.hostname);
    try {
      // What is written is already gathered; waiting for more would only delay it.
      conn.setNoDelay(true);
    } catch {
      // It has been reset already, as the first read will say.
    }
  }

  /**
   * It waits for the read itself, though it could hand its promise on: a line of a WebSocket takes one such step more, and
   * of two that have come one after the other the first is to be handled first, however each came.
   */
  async read(): Promise<number | null> {
    const isAhead = this.#readingAhead !== undefined || this.#aheadTold < this.#aheadEnd || this.#hasEnded;
    if (!isAhead) {
      this.#ahead = NOTHING;
      this.#aheadTold = this.#aheadEnd = 0;
      if (this.#buffer.length !== this.#room) this.#buffer = new Uint8Array(this.#room);
    }
    this.#told = this.#buffer;
    this.#isReadingOn = false;
    this.#endPause();
    let count = await (isAhead ? this.#takeAhead() : this.#conn.read(this.#buffer));
    while (this.#mayDiscard !== undefined && count !== null) {
      this.#mayDiscard -= count;
      count = this.#mayDiscard > 0 ? await this.#conn.read(this.#buffer) : await this.#closed.promise;
    }
    return count;
  }

  /** What has been read ahead, or the first that is. */
  async #takeAhead(): Promise<number | null> {
    if (this.#aheadTold === this.#aheadEnd) await this.#readingAhead;
    if (this.#failure !== undefined) throw this.#failure;
    this.#told = this.#ahead.subarray(this.#aheadTold, this.#aheadEnd);
    this.#aheadTold = this.#aheadEnd;
    return this.#told.length > 0 ? this.#told.length : null;
  }

  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  readAhead(): void {
    this.#isReadingOn = true;
    if (this.#readingAhead === undefined && this.#pause === undefined) this.#readOn();
  }

  #readOn(): void {
    this.#pause = undefined;
    if (this.#hasEnded || this.#mayDiscard !== undefined || this.#isClosed) return;
    if (this.#aheadTold === this.#aheadEnd && this.#aheadEnd >= this.#ahead.length / 2) {
      // The old one may hold lines that are not handled yet.
      this.#ahead = new Uint8Array(AHEAD.most);
      this.#aheadTold = this.#aheadEnd = 0;
    }
    if (this.#aheadEnd === this.#ahead.length) return;
    this.#readingAhead = this.#conn.read(this.#ahead.subarray(this.#aheadEnd)).then((count) => {
      this.#readingAhead = undefined;
      this.#aheadEnd += count ?? 0;
      this.#hasEnded = count === null;
      if (this.#hasEnded) this.onEnd?.();
      if (this.#isReadingOn && !this.#hasEnded) this.#pause = setTimeout(() => this.#readOn(), AHEAD.pause);
    }, (error) => {
      this.#readingAhead = undefined;
      this.#hasEnded = true;
      this.#failure = error;
      this.onGone?.(error);
    });
  }

  discard(): void {
    this.#endPause();
    this.#mayDiscard ??= MOST_DISCARDED;
  }

  lines(count: number): Iterable<string | LineError> | string {
    if (this.#isFirst && this.#told[0] === TLS_HANDSHAKE) return "This port speaks plain text, not TLS";
    this.#isFirst = false;
    if (this.#told !== this.#buffer) return this.#lines.push(this.#told);
    if (count === this.#room) this.#room = Math.min(count * 4, LARGEST_READ);
    else if (count < this.#room / 8) this.#room = Math.max(this.#room / 4, SMALLEST_READ);
    return this.#lines.push(this.#buffer.subarray(0, count));
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  async closeWrite(): Promise<void> {
    if (!this.#isClosed) await this.#conn.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endPause();
    this.#closed.resolve(null);
    this.#conn.close();
  }
}
