/**
 * A TLS connection after its handshake, as what comes from TCP: a peer's mistakes and rudeness in TLS are what a reset and
 * an end are there.
 *
 * @module
 */

import type { Conn } from "../wire/tcp.ts";
import type { Watched } from "./overhead.ts";
import { endsText, shutDown } from "./sockets.ts";

/** A TLS connection. */
export class SecureConn implements Conn, Watched {
  readonly isSecure = true;
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.Addr;
  readonly ends: string;
  readonly #conn: Deno.TlsConn;
  readonly #onClose: () => void;
  #said = 0;

  /** @param onClose Called when it is closed. */
  constructor(conn: Deno.TlsConn, onClose: () => void) {
    this.#conn = conn;
    this.#onClose = onClose;
    this.remoteAddr = conn.remoteAddr;
    this.localAddr = conn.localAddr;
    this.ends = endsText(conn);
  }

  get said(): number {
    return this.#said;
  }

  /**
   * As of `Deno.Conn`. A peer that ends TCP without an end of TLS (close_notify) has closed its side: many clients do that,
   * and lines have an end of their own.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      const count = await this.#conn.read(buffer);
      this.#said += count ?? 0;
      return count;
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

  /** Shuts the socket down: whoever reads finds that the peer has gone, and what it has sent is not decrypted any more. */
  end(): void {
    shutDown(new Set([this.ends]));
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
