/**
 * Tells clients to use TLS (IRCv3 sts): where an authority that everybody knows vouches for the room. Otherwise those who do
 * not know it could not come in any more.
 *
 * @module
 */

import { addressSet, PRIVATE_NETWORKS } from "../wire/networks.ts";
import type { Session } from "./session.ts";

/** For how long a client remembers it, in seconds. */
const DURATION = 30 * 86_400;

const near = addressSet(PRIVATE_NETWORKS);

/**
 * What a session is told as the value of `sts`; nothing where it is not told of it. A client that comes without TLS and from
 * nearby is not: it may know the room by an address or by a name of its network, for which no public authority vouches. Nor
 * is one that comes through a gateway, which it knows by the gateway's name.
 *
 * @param port Where the chat is to be had over TLS, if everybody trusts its certificate.
 */
export function strictTransport(
  { isSecure, address, standsFor }: Pick<Session, "isSecure" | "address" | "standsFor">,
  port: number | undefined,
): string | undefined {
  if (port === undefined || standsFor !== undefined) return undefined;
  if (isSecure) return `duration=${DURATION}`;
  return near.has(address) ? undefined : `port=${port}`;
}

/**
 * What a session is told that came without TLS: where it is to be had, for clients that may ask their person whom to trust. It
 * commands nothing, unlike `sts`. It is this project's own, and can't be asked for.
 *
 * @param port Where the chat is to be had over TLS, if it is.
 */
export function offeredTls(
  { isSecure, standsFor }: Pick<Session, "isSecure" | "standsFor">,
  port: number | undefined,
): string[] {
  return port === undefined || isSecure || standsFor !== undefined ? [] : [`teahouse.chat/tls=${port}`];
}
