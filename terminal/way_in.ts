/**
 * Decides whether to come to a server by TLS: where the person asks for it, where the room is known by it, and where the server
 * offers it and is trusted.
 *
 * @module
 */

import { ConnectionError } from "../client/connection/connection_error.ts";
import { messageOf } from "../client/errors.ts";
import { type Address, formatAddress, type Server } from "./address.ts";
import type { KnownRooms } from "./known_rooms.ts";
import { sentences, words } from "./language.ts";
import { meet, type Trust, UntrustedError } from "./tls.ts";
import { offeredTlsPort } from "./tls_offer.ts";

/** Where servers listen: for TLS (RFC 7194), and where this project's own does without. */
export const PORTS = { tls: 6697, plain: 8888 } as const;

/** Milliseconds for a server to answer: to a handshake, and to the question whether it offers TLS. */
const PATIENCE = { tls: 4_500, offer: 1_500 } as const;

/** This machine, by its own names: nobody is on the way. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** Whether a host is this machine, by its own name. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** How to come to a server. */
export interface WayIn {
  address: Address;
  isTls: boolean;
}

/** What the person has said, and who can be asked. */
export interface WayInOptions {
  server: Server;
  rooms: Pick<KnownRooms, "authorityOf" | "keep" | "portsOf">;
  pin?: string | undefined;
  /** Asks whether the fingerprint of a server is the room's; undefined where there is nobody to ask. */
  ask?: ((address: string, fingerprint: string) => Promise<boolean>) | undefined;
  /** Called with a line that the person should know. */
  warn: (line: string) => void;
}

/**
 * Finds the way. Where that is TLS, the room is known from then on.
 *
 * @throws {ConnectionError} If the server is not to be trusted, or TLS is asked for and there is none.
 */
export async function findWayIn(options: WayInOptions): Promise<WayIn> {
  const { server: { hostname, port, isTls }, rooms, pin, ask } = options;
  const wayTo = (port: number, isTls: boolean): WayIn => ({ address: { hostname, port }, isTls });
  const trustIn = ({ address }: WayIn): Trust => ({
    rooms,
    pin,
    ask: ask && ((fingerprint) => ask(formatAddress(address), fingerprint)),
  });
  if (isTls === false) return wayTo(port ?? PORTS.plain, false);
  const known = rooms.portsOf(hostname);
  const isHere = isLoopback(hostname);
  const isKnown = port === undefined ? known.length > 0 && !isHere : known.includes(port);
  if (isTls || port === PORTS.tls || isKnown) {
    const way = wayTo(port ?? (isTls ? PORTS.tls : known.at(-1)!), true);
    await meetAt(way, trustIn(way));
    return way;
  }
  const plain = wayTo(port ?? PORTS.plain, false);
  if (isHere && pin === undefined) return plain;
  const offered = await offerAt(plain.address, known.length > 0 || pin !== undefined);
  if (offered === undefined) {
    if (pin === undefined && known.length === 0) return plain;
    throw new UntrustedError(withoutTls(plain.address, known.at(-1)));
  }
  const way = wayTo(offered, true);
  const trust = trustIn(way);
  // Whoever is on the way may have named the port: at a host that is known another authority is a change, and no new room.
  const authorityOf = (address: string) =>
    rooms.authorityOf(address) ?? rooms.authorityOf(formatAddress({ hostname, port: known.at(-1)! }));
  try {
    await meet(
      way.address,
      known.length === 0 ? trust : { ...trust, rooms: { authorityOf, keep: (...room) => rooms.keep(...room) } },
      PATIENCE.tls,
    );
    const name = formatAddress(way.address);
    if (known.length > 0 && rooms.authorityOf(name) === undefined) rooms.keep(name, authorityOf(name)!);
    return way;
  } catch (error) {
    const isExpected = pin !== undefined || known.length > 0;
    // Whoever was asked has said no; and a room that is known by TLS is not talked to without.
    if (isExpected || (ask !== undefined && error instanceof UntrustedError)) throw failed(way, error);
    const why = error instanceof UntrustedError ? words().way.unknownAuthority : words().way.failing(messageOf(error));
    options.warn(words().way.unencrypted(formatAddress(plain.address), offered, why, formatAddress(way.address)));
    return plain;
  }
}

/** Gets to know the room at an address. @throws {ConnectionError} */
async function meetAt(way: WayIn, trust: Trust): Promise<void> {
  try {
    await meet(way.address, trust, PATIENCE.tls);
  } catch (error) {
    throw failed(way, error);
  }
}

function failed({ address }: WayIn, error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  return new ConnectionError(words().way.noTls(formatAddress(address), messageOf(error)));
}

/** The port on which a server offers TLS. Where there is no connection, the client says so later, unless TLS is needed. */
async function offerAt(address: Address, isNeeded: boolean): Promise<number | undefined> {
  try {
    return await offeredTlsPort(address, PATIENCE.offer);
  } catch (error) {
    if (!isNeeded) return undefined;
    throw new ConnectionError(sentences().connection.cannotConnect(formatAddress(address), messageOf(error)));
  }
}

function withoutTls(address: Address, known: number | undefined): string {
  const { hostname } = address;
  const name = formatAddress(address);
  const { way } = words();
  const lines = known === undefined ? [way.offersNone(name)] : [
    way.lostTls(hostname, known, name),
    `  ${way.withTls(formatAddress({ hostname, port: known }))}`,
  ];
  return [...lines, `  ${way.withoutTls(name)}`].join("\n");
}
