/**
 * Tries a certificate out before it is presented: on a port of its own, where a client of this program asks for it. So it is
 * known whether the certificate and its key can be used, and whether an authority that everybody knows vouches for it.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { type Pair, readCertificate } from "./pair.ts";

/** For one attempt, in milliseconds. */
const PATIENCE = 5_000;

/** What is found out about a pair. */
export interface Findings {
  /** Whether a client trusts it that knows public authorities alone, and those that `DENO_CERT` and the system's store add. */
  isPublic: boolean;
}

/**
 * Tries a pair out.
 *
 * @throws {Error} If no server can present it: the key belongs to another certificate, or one of them is damaged.
 */
export async function examine(pair: Pair): Promise<Findings> {
  const { names: { hosts, addresses } } = readCertificate(pair.cert);
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  const name = (hosts[0] ?? addresses[0] ?? "localhost").replace(/^\*/, "www");
  const { port } = listener.addr as Deno.NetAddr;
  const accepted = listener.accept().then(async (conn) => {
    await conn.handshake().catch(() => {});
    conn.close();
  }, () => {});
  try {
    return { isPublic: await deadline(isTrusted(port, name), PATIENCE) };
  } catch {
    return { isPublic: false };
  } finally {
    listener.close();
    await accepted;
  }
}

/** Whether a client that asks for a name trusts what a port of this machine presents. */
async function isTrusted(port: number, name: string): Promise<boolean> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    using secure = await Deno.startTls(conn, { hostname: name });
    await secure.handshake();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) return false;
    throw error;
  }
}
