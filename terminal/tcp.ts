/**
 * Carries lines over TCP.
 *
 * @module
 */

import { BOUNDS } from "../client/bounds.ts";
import type { Transport } from "../client/connection/transport.ts";
import { LIMITS, LineReader } from "../protocol.ts";
import { reasonOf } from "./os_error.ts";

/** Bytes of a line without its tags, at most: twice what RFC 2812 allows, since some servers send longer lines. */
const LINE_BYTES = LIMITS.lineBytes * 2;

/**
 * Connects to a server. Lines that are too long or not UTF-8 are dropped, so that no server can fill the memory.
 *
 * @param signal Gives up, with its reason, when it aborts.
 * @throws {Error} If no connection is made; its message says why.
 */
export async function connectTcp(hostname: string, port: number, signal: AbortSignal): Promise<Transport> {
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({ hostname, port, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(reasonOf(error).toLowerCase(), { cause: error });
  }
  conn.setNoDelay();
  return new TcpTransport(conn);
}

/** Carries lines over a connection that is made, with TLS or without. */
export class TcpTransport implements Transport {
  readonly #conn: Deno.Conn;
  readonly #encoder = new TextEncoder();
  #closed = false;
  /** Bytes that wait to be written. */
  #waiting = 0;
  /** Ends when all that was given to `send` is written. */
  #written: Promise<void> = Promise.resolve();

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  get lines(): AsyncIterable<string> {
    return this.#read();
  }

  send(line: string): void {
    const bytes = this.#encoder.encode(line + "\r\n");
    // Ends a connection to a server that asks and asks, and takes no answer.
    if ((this.#waiting += bytes.length) > BOUNDS.unsent) return this.close();
    this.#written = this.#written.then(async () => {
      for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
      // A failure of writing closes the connection, and then reading ends.
      this.#waiting -= bytes.length;
    }).catch(() => this.close());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  async *#read(): AsyncGenerator<string, void, undefined> {
    const reader = new LineReader(LIMITS.serverTagBytes, LINE_BYTES);
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) return;
        for (const line of reader.push(buffer.subarray(0, length))) if (typeof line === "string") yield line;
      }
    } catch (error) {
      // Where this side has closed the connection, that is an end like any other.
      if (!this.#closed) throw error;
    } finally {
      this.close();
    }
  }
}
