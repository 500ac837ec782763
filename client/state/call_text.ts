/**
 * What became of a call, in words.
 *
 * @module
 */

import type { Sentences } from "../sentences.ts";
import type { CallRecord } from "./line.ts";
import { lastedPeriod } from "./period.ts";

/** What a talk keeps of a call. @param nick Who has begun it or called, or has not answered. */
export function callText({ what, lasted }: CallRecord, nick: string, { calls, shortUnits }: Sentences): string {
  if (what === "declined") return calls.declined;
  if (what !== "ended" && what !== "call") return calls[what](nick);
  return calls[what](lasted === undefined ? undefined : lastedPeriod(lasted, shortUnits));
}
