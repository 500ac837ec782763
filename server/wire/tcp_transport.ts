/**
 * A TCP or TLS connection as a transport of lines.
 *
 * @module
 */

import { type LineError, LineReader } from "../../protocol.ts";
import { nextTurn } from "../turns/loop.ts";
import { displayHost, urlHost } from "./address.ts";
import { closeConn } from "./closing.ts";
import { type Conn, sendAtOnce } from "./tcp.ts";
import type { Reached, Transport } from "./transport.ts";

/** The first read has room for so many bytes: most people write one line at a time, and thousands may be connected. */
const SMALLEST_READ = 512;
/** After a read that filled its buffer the next has more room, up to so many bytes; after small reads it has less. */
const LARGEST_READ = 65_536;
/**
 * So many bytes of a peer are read and dropped when its session is over: closing on unread bytes would reset the connection
 * and take the last lines to the peer with it. A peer that sends more is not read any more.
 */
const MOST_DISCARDED = 262_144;

/**
 * So many bytes are read ahead at most, with so many milliseconds between two of these reads: the runtime does 128 reads at
 * once, and connections that wait for their turn must not take all of them.
 */
const AHEAD = { most: 16_384, pause: 100 } as const;

const NOTHING = new Uint8Array(0);

/** What is dropped is read into this by all: nobody looks at it. In small pieces a crowd that is over would take thousands of reads. */
const DROPPED = new Uint8Array(65_536);

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;

/** An accepted TCP connection. */
export class TcpTransport implements Transport {
  readonly host: string;
  readonly isSecure: boolean;
  readonly reached: Reached | undefined;
  readonly #conn: Conn;
  readonly #lines = new LineReader();
  #buffer = new Uint8Array(SMALLEST_READ);
  /** How many bytes the next read may bring. */
  #room = SMALLEST_READ;
  /** The bytes that the last `read` told of; if they are `#buffer`, as many as it resolved to. */
  #told = this.#buffer;
  /** What has been read ahead: filled up to `#aheadEnd`, and told of up to `#aheadTold`. */
  #ahead = NOTHING;
  #aheadTold = 0;
  #aheadEnd = 0;
  /** The read ahead under way. It never rejects. */
  #readingAhead: Promise<void> | undefined;
  #isReadingOn = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;
  #failure: unknown;
  #isFirst = true;
  onGone: ((error?: unknown) => void) | undefined;
  onEnd: (() => void) | undefined;
  /** How many bytes may still be read and dropped; undefined before that begins. */
  #mayDiscard: number | undefined;
  readonly #closed = Promise.withResolvers<null>();
  #isClosed = false;

  constructor(conn: Conn) {
    this.#conn = conn;
    this.host = displayHost(conn.remoteAddr.hostname);
    this.isSecure = conn.isSecure ?? false;
    const { localAddr } = conn;
    const host = localAddr !== undefined && "hostname" in localAddr ? urlHost(localAddr.hostname) : undefined;
    this.reached = host === undefined ? undefined : { host };
    sendAtOnce(conn);
  }

  /**
   * See `Transport`. It awaits the read itself, though it could return the promise: a line of a WebSocket takes one such step
   * more, and of two lines the one that came first must be handled first, whatever carried them.
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
      // Where much has come the runtime would go on to the last byte before it looks at the other sockets.
      if (count === DROPPED.length) await nextTurn();
      const mayGoOn = this.#mayDiscard > 0 && !this.#isClosed;
      count = mayGoOn ? await this.#conn.read(DROPPED.subarray(0, this.#mayDiscard)) : await this.#closed.promise;
    }
    return count;
  }

  /** Tells of what has been read ahead, or waits for that. */
  async #takeAhead(): Promise<number | null> {
    if (this.#aheadTold === this.#aheadEnd) await this.#readingAhead;
    if (this.#failure !== undefined) throw this.#failure;
    this.#told = this.#ahead.subarray(this.#aheadTold, this.#aheadEnd);
    this.#aheadTold = this.#aheadEnd;
    return this.#told.length > 0 ? this.#told.length : null;
  }

  #endPause(): void {
    if (this.#pause === undefined) return;
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
      // The old buffer may hold lines that are not handled yet.
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
    closeConn(this.#conn);
  }
}
