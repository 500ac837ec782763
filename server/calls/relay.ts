/**
 * The room's TURN server (RFC 8656), by which two people reach each other whose routers let nothing through: where it is, and
 * with which name and password somebody may use it. Whoever runs it shares a secret with the room, from which both make these
 * (coturn's `use-auth-secret`; draft-uberti-behave-turn-rest-00).
 *
 * @module
 */

import { createHmac, hash } from "node:crypto";

/** For how long a password may be used, in seconds. */
export const RELAY_SECONDS = 12 * 3600;

/** A TURN server. */
export interface Relay {
  /** By which addresses it is reached: `turn:tea.example.org:3478`. */
  readonly urls: readonly string[];
  /** What it shares with the room. */
  secret: string;
}

/** With what somebody may use a TURN server. */
export interface RelayPass {
  readonly username: string;
  readonly password: string;
}

/**
 * Makes a person's name and password for a TURN server: nobody can use those for long, and none of them tells who it is.
 *
 * @param identity See `Person.identity`. The server may bound how much is used in one name.
 * @param now Milliseconds since 1970.
 */
export function relayPass({ secret }: Pick<Relay, "secret">, identity: string, now: number): RelayPass {
  const username = `${Math.floor(now / 1000) + RELAY_SECONDS}:${hash("sha256", identity, "hex").slice(0, 16)}`;
  return { username, password: createHmac("sha1", secret).update(username).digest("base64") };
}
