/**
 * Which call engine a room has, as the flags say.
 *
 * @module
 */

import type { Engine } from "./engine.ts";
import { Janus } from "./janus.ts";

/** What the flags say of it. */
interface EngineFlags {
  calls: string;
  "call-engine": string | undefined;
  "call-engine-address": string[] | undefined;
  "call-engine-from": number;
}

/**
 * Starts what carries larger calls, or connects to it.
 *
 * @param secret What one that runs asks for.
 * @param onError Is told when it has stopped.
 * @returns The engine, and from how many people on it carries a call; undefined where the room has none.
 * @throws {EngineError} If it can't be used.
 */
export async function openEngine(
  { calls, "call-engine": what, "call-engine-address": addresses, "call-engine-from": from }: EngineFlags,
  secret: string | undefined,
  onError: (text: string) => void,
): Promise<{ engine: Engine; from: number } | undefined> {
  if (what === undefined || calls === "none") return undefined;
  const engine = new Janus(what === "janus" ? { program: { addresses } } : { address: { url: what, secret } }, onError);
  await engine.start();
  return { engine, from };
}
