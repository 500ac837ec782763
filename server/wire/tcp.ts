/**
 * The connections that carry bytes: TCP as it is, or TLS over it (tls/secure_conn.ts).
 *
 * @module
 */

/** What the program needs of a connection. */
export interface Conn {
  readonly remoteAddr: Deno.NetAddr;
  /** The address of this machine by which the peer has come. */
  readonly localAddr?: Deno.Addr;
  /** Whether nobody on the way can read or change what it carries: whether it is TLS. */
  readonly isSecure?: boolean;
  /** See `Deno.Conn`. */
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  /** Not for TLS, whose listener sees to that (tls/sockets.ts). */
  setNoDelay?(isOn: boolean): void;
}

/** Has the system send what is written at once. It is gathered already, so waiting for more would only delay it. */
export function sendAtOnce(conn: Conn, isOn = true): void {
  try {
    conn.setNoDelay?.(isOn);
  } catch {
    // The peer has reset the connection already, as the first read will say.
  }
}
