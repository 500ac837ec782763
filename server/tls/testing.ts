/**
 * What tests of TLS need: a machine that they make up, certificates for it, and a client that trusts one authority.
 *
 * @module
 */

import { pem } from "../../shared/pem.ts";
import { issue, type Issuer, keyText, makeAuthority, makeKey, type Names } from "./certificate.ts";
import { constraintsFor, type Machine } from "./local_names.ts";
import type { Pair } from "./pair.ts";

const DAY = 86_400_000;

/** A machine in somebody's home. */
export const KETTLE: Machine = { hostname: "kettle", addresses: ["127.0.0.1", "::1", "192.168.1.7", "fd00::2"] };

/** An authority as a room makes it. */
export function makeIssuer(machine: Machine = KETTLE): Issuer & { pem: string } {
  const key = makeKey();
  const validity = { from: Date.now() - DAY, until: Date.now() + 100 * DAY };
  const certificate = makeAuthority(key, `Teahouse on ${machine.hostname}`, constraintsFor(machine), validity);
  return { key, certificate, pem: pem(certificate) };
}

/** What an authority issues, whatever it may vouch for. @param days How long it is valid from now on; it began a year ago. */
export function pairOf(
  issuer: Issuer & { pem: string },
  { hosts = ["localhost"], addresses = ["127.0.0.1"] }: Partial<Names> = {},
  days = 50,
): Pair {
  const key = makeKey();
  const validity = { from: Date.now() - 365 * DAY, until: Date.now() + days * DAY };
  const certificate = issue(key, { hosts, addresses }, issuer, validity);
  return { cert: pem(certificate) + issuer.pem, key: keyText(key) };
}

/** Connects to a port of this machine as a client that trusts one authority, and completes the handshake. */
export async function dial(port: number, authority: string, hostname = "localhost"): Promise<Deno.TlsConn> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
  tcp.setNoDelay();
  const conn = await Deno.startTls(tcp, { hostname, caCerts: [authority] });
  try {
    await conn.handshake();
  } catch (error) {
    conn.close();
    throw error;
  }
  return conn;
}
