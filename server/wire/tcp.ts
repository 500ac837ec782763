/**
 * What is done with every TCP connection that was accepted.
 *
 * @module
 */

/** Has the system send what is written at once. It is gathered already, so waiting for more would only delay it. */
export function sendAtOnce(conn: Deno.TcpConn, isOn = true): void {
  try {
    conn.setNoDelay(isOn);
  } catch {
    // The peer has reset the connection already, as the first read will say.
  }
}
