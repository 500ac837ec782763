/**
 * The seam between a session and what carries its bytes, and the one that is a TCP connection. It must not know what
 * the lines mean.
 *
 * @module
 */

import { type LineError, LineReader } from "../protocol.ts";

/** What carries a session's lines. */
export interface Transport {
  /** The peer's address as others see it. */
  readonly host: string;
  /** What arrives, the lines of one read at a time; each is used up before the next is asked for. Ends with the peer's last byte. */
  reads(): AsyncIterable<Iterable<string | LineError>>;
  /** Sends whole lines with their ends, and resolves when the system has taken them. */
  write(batch: Uint8Array): Promise<void>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Lets go of the connection at once. */
  close(): void;
}

/** A read starts with room for this many bytes: most people write a line at a time, and thousands may be connected. */
const SMALLEST_READ = 512;
/** A read that filled its buffer gets a larger one, up to this. Bytes. */
const LARGEST_READ = 65536;

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;

/**
 * An address in the form that fits into `nick!user@host`: IPv4 out of IPv6 is unwrapped, and no IPv6 address begins
 * with the colon that would end the parameters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["::ffff:10.0.0.7", "::1"].map(displayHost), ["10.0.0.7", "0::1"]);
 * ```
 */
export function displayHost(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return plain.startsWith(":") ? `0${plain}` : plain;
}

/** Wraps an accepted TCP connection. */
export class TcpTransport implements Transport {
  readonly host: string;
  readonly #conn: Deno.TcpConn;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.host = displayHost(conn.remoteAddr.hostname);
    // What is written is already gathered; waiting for more would only delay it.
    conn.setNoDelay(true);
  }

  async *reads(): AsyncGenerator<Iterable<string | LineError>, void, undefined> {
    const reader = new LineReader();
    let buffer = new Uint8Array(SMALLEST_READ);
    for (let first = true;; first = false) {
      const n = await this.#conn.read(buffer);
      if (n === null) return;
      if (first && buffer[0] === TLS_HANDSHAKE) return void (yield ["TLS"]);
      yield reader.push(buffer.subarray(0, n));
      if (n === buffer.length && n < LARGEST_READ) buffer = new Uint8Array(n * 4);
    }
  }

  async write(batch: Uint8Array): Promise<void> {
    for (let sent = 0; sent < batch.length;) {
      sent += await this.#conn.write(sent === 0 ? batch : batch.subarray(sent));
    }
  }

  async closeWrite(): Promise<void> {
    if (!this.#closed) await this.#conn.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}
