/**
 * How a room has calls.
 *
 * @module
 */

import { type Engine, MOST_ON_ENGINE } from "../calls/engine.ts";
import type { Relay } from "../calls/relay.ts";
import { MOST_IN_MESH } from "./voice_call.ts";

/** How a room has calls. */
export interface CallOptions {
  /** Whether only operators begin calls: those of the channel, and the server's. Others may join. */
  isForOperators?: boolean;
  /** The room's TURN server, if it has one. */
  relay?: Relay | undefined;
  /** What larger calls of channels go by, if the room has such a thing. */
  engine?: CallEngine | undefined;
}

/** An engine, and who uses it. */
export interface CallEngine {
  readonly engine: Engine;
  /** From how many people on a call goes by it. */
  readonly from: number;
}

/** How many people a call has at the most. */
export function mostInCall({ engine }: CallOptions): number {
  return engine === undefined ? MOST_IN_MESH : MOST_ON_ENGINE;
}

/** What the flags say of calls. */
interface CallFlags {
  calls: string;
  turn: string[] | undefined;
}

/**
 * How a room has calls whose flags say this; undefined where it has none.
 *
 * @param secrets What goes with them.
 * @param engine What larger calls go by.
 */
export function callOptions(
  { calls, turn }: CallFlags,
  { turn: secret }: { turn?: string | undefined },
  engine?: CallEngine,
): CallOptions | undefined {
  if (calls === "none") return undefined;
  const relay = turn === undefined || secret === undefined ? undefined : { urls: turn, secret };
  return { isForOperators: calls === "operators", relay, engine };
}
