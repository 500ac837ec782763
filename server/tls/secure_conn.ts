/**
 * A TLS connection after its handshake, as what comes from TCP: a peer's mistakes and rudeness in TLS are what a reset and
 * an end are there.
 *
 * @module
 */

import type { Conn } from "../wire/tcp.ts";

/** A TLS connection. */
export class SecureConn implements Conn {
  readonly isSecure = true;
  readonly remoteAddr: Deno.NetAddr;
  readonly #conn: Deno.TlsConn;

  readonly #onClose: () => void;

  /** @param onClose Called when it is closed. */
  constructor(conn: Deno.TlsConn, onClose: () => void) {
    this.#conn = conn;
    this.#onClose = onClose;
    this.remoteAddr = conn.remoteAddr;
  }

  /**
   * As of `Deno.Conn`. A peer that ends TCP without an end of TLS (close_notify) has closed its side: many clients do that,
   * and lines have an end of their own.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(buffer);
    } catch (error) {
      if (error instanceof Deno.errors.UnexpectedEof) return null;
      throw asReset(error);
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#conn.write(bytes);
    } catch (error) {
      throw asReset(error);
    }
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes it. Throws if it is closed already, as `Deno.Conn` does. */
  close(): void {
    this.#conn.close();
    this.#onClose();
  }
}

/** What breaks TLS ends a connection as a reset does. */
function asReset(error: unknown): unknown {
  return error instanceof Deno.errors.InvalidData
    ? new Deno.errors.ConnectionReset(error.message, { cause: error })
    : error;
}
