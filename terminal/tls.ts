/**
 * Connects over TLS to a room: by a publicly trusted certificate, or by the room's own authority once the person has said that
 * its fingerprint is the room's.
 *
 * What is asked for, kept and refused is decided here; terminal/known_rooms.ts keeps it, the caller asks the person. The
 * connection itself is always verified against the authority: what `presentedBy` sees only makes the question.
 *
 * @module
 */

import { connect as connectUnverified, type DetailedPeerCertificate } from "node:tls";
import { isIP } from "node:net";
import { ConnectionError } from "../client/connection/connection_error.ts";
import { pem } from "../shared/pem.ts";
import { type Address, formatAddress } from "./address.ts";
import { asWord, fingerprintOf, inRows, type KnownRooms } from "./known_rooms.ts";
import { sentences, words } from "./language.ts";
import { reasonOf } from "./os_error.ts";

/** How a person says whom to trust. */
export interface Trust {
  /** Where authorities are kept. */
  rooms: Pick<KnownRooms, "authorityOf" | "keep">;
  /** The fingerprint that the person has given, as `fingerprintOf` writes it: the only one that is accepted. */
  pin?: string | undefined;
  /** Asks whether a fingerprint is the room's; undefined where there is nobody to ask. */
  ask?: ((fingerprint: string) => Promise<boolean>) | undefined;
}

/** A room that must not be talked to: trying again changes nothing. Its message is for the person and may have several lines. */
export class UntrustedError extends ConnectionError {
  override name = "UntrustedError";
}

/**
 * Connects once, so that the room is known from then on, and asks the person where it has to.
 *
 * @param patience Milliseconds for the network; the person's answer takes as long as it takes.
 * @throws See `connectTls`.
 */
export async function meet(address: Address, trust: Trust, patience: number): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(sentences().disconnections.noAnswer(patience / 1000))),
    patience,
  );
  const { ask } = trust;
  const patient: Trust = ask === undefined ? trust : {
    ...trust,
    ask: (fingerprint) => {
      clearTimeout(timer);
      return ask(fingerprint);
    },
  };
  try {
    (await connectTls(address, patient, controller.signal)).close();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connects, and does not give a connection before the server's certificate is verified.
 *
 * @param signal Gives up, with its reason, when it aborts.
 * @throws {UntrustedError} If the server's certificate is not the room's, or nobody says that it is.
 * @throws {Error} If no connection is made.
 */
export async function connectTls(address: Address, trust: Trust, signal: AbortSignal): Promise<Deno.TlsConn> {
  const name = formatAddress(address);
  const known = trust.rooms.authorityOf(name);
  if (known === undefined || trust.pin !== undefined) {
    // Runtimes add authorities to the public ones and cannot leave these out, so a public certificate is looked at first.
    if (trust.pin === undefined) {
      const conn = await verified(address, [], signal);
      if (conn !== undefined) return conn;
    }
    const authority = await presentedBy(address, signal);
    await accept(name, authority, trust);
    const conn = await verified(address, [authority], signal);
    if (conn === undefined) throw new UntrustedError(notFor(address, authority));
    // Only now: an authority whose certificates do not hold is not worth keeping.
    trust.rooms.keep(name, authority);
    return conn;
  }
  const conn = await verified(address, [known], signal);
  if (conn !== undefined) return conn;
  const authority = await presentedBy(address, signal);
  if (fingerprintOf(authority) === fingerprintOf(known)) throw new UntrustedError(notFor(address, authority));
  throw new UntrustedError(
    differing(words().way.isAnother(name), name, fingerprintOf(known), fingerprintOf(authority)),
  );
}

/** Returns where an authority may be used for a room. @throws {UntrustedError} */
async function accept(name: string, authority: Uint8Array, { pin, ask }: Trust): Promise<void> {
  const fingerprint = fingerprintOf(authority);
  if (pin === fingerprint) return;
  if (pin !== undefined) {
    throw new UntrustedError(differing(words().way.isNotPinned(name), name, pin, fingerprint));
  }
  if (ask === undefined) {
    throw new UntrustedError([
      words().way.nobodyToAsk(name),
      ...inRows(fingerprint).map((row) => `  ${row}`),
      words().way.pinIt,
      `  --pin ${asWord(fingerprint)}`,
    ].join("\n"));
  }
  if (!await ask(fingerprint)) {
    throw new UntrustedError(words().way.notAccepted(name));
  }
}

function differing(problem: string, name: string, expected: string, presented: string): string {
  const { way } = words();
  return [
    way.nothingSent(problem),
    `  ${way.expected}`,
    ...inRows(expected).map((row) => `    ${row}`),
    `  ${way.presented}`,
    ...inRows(presented).map((row) => `    ${row}`),
    way.askTheOwner,
    `  --server tls://${name}`,
    `  --pin ${asWord(presented)}`,
  ].join("\n");
}

function notFor({ hostname }: Address, authority: Uint8Array): string {
  return [
    words().way.notFor(hostname),
    `  ${words().way.itsAuthority}`,
    ...inRows(fingerprintOf(authority)).map((row) => `    ${row}`),
  ].join("\n");
}

/**
 * A connection whose certificate is verified, against public authorities and those given (DER); undefined where the certificate
 * is refused.
 */
async function verified(
  { hostname, port }: Address,
  authorities: Uint8Array[],
  signal: AbortSignal,
): Promise<Deno.TlsConn | undefined> {
  let conn: Deno.TcpConn | Deno.TlsConn | undefined;
  const close = () => {
    try {
      conn?.close();
    } catch {
      // It has become another one, or is closed.
    }
  };
  try {
    const tcp = conn = await Deno.connect({ hostname, port, signal });
    // A handshake would wait for acknowledgements that are sent late.
    tcp.setNoDelay();
    const tls = conn = await Deno.startTls(tcp, { hostname, caCerts: authorities.map(pem) });
    signal.addEventListener("abort", close);
    await tls.handshake();
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    close();
    signal.throwIfAborted();
    if (isRefusal(error)) return undefined;
    throw new Error(failureOf(error), { cause: error });
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.InvalidData && error.message.includes("invalid peer certificate");
}

function failureOf(error: unknown): string {
  if (error instanceof Deno.errors.InvalidData) return words().way.talksNoTls;
  return reasonOf(error).toLowerCase();
}

/** The certificate, as DER, at the end of the chain that a server presents, unverified. @throws {Error} */
function presentedBy({ hostname, port }: Address, signal: AbortSignal): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connectUnverified({
    host: hostname,
    port,
    // A name that is an address is not sent (RFC 6066, section 3).
    ...(isIP(hostname) ? {} : { servername: hostname }),
    rejectUnauthorized: false,
  });
  const giveUp = () => socket.destroy(signal.reason);
  socket.once("secureConnect", () => {
    const last = lastOf(socket.getPeerCertificate(true));
    if (last === undefined) reject(new Error(words().way.noCertificate));
    else resolve(last);
    socket.destroy();
  });
  socket.once(
    "error",
    (error) => reject(signal.aborted ? signal.reason : new Error(reasonOf(error), { cause: error })),
  );
  socket.once("close", () => reject(new Error(words().way.closed)));
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp);
  return promise.finally(() => signal.removeEventListener("abort", giveUp));
}

/** The last certificate of a chain; its issuer is itself or was not presented. */
function lastOf(certificate: DetailedPeerCertificate | undefined): Uint8Array | undefined {
  let last = certificate;
  for (let length = 0; length < 10; length++) {
    const issuer = last?.issuerCertificate;
    if (issuer?.raw === undefined || issuer.fingerprint256 === last?.fingerprint256) break;
    last = issuer;
  }
  return last?.raw === undefined ? undefined : new Uint8Array(last.raw);
}
