/**
 * How a room has calls.
 *
 * @module
 */

import type { Relay } from "../calls/relay.ts";

/** How a room has calls. */
export interface CallOptions {
  /** Whether only operators begin calls: those of the channel, and the server's. Others may join. */
  isForOperators?: boolean;
  /** The room's TURN server, if it has one. */
  relay?: Relay | undefined;
}

/** What the flags say of calls. */
interface CallFlags {
  calls: string;
  turn: string[] | undefined;
}

/** How a room has calls whose flags say this; undefined where it has none. @param secrets What goes with them. */
export function callOptions(
  { calls, turn }: CallFlags,
  { turn: secret }: { turn?: string | undefined },
): CallOptions | undefined {
  if (calls === "none") return undefined;
  const relay = turn === undefined || secret === undefined ? undefined : { urls: turn, secret };
  return { isForOperators: calls === "operators", relay };
}
