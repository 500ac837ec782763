/**
 * What a person is told who comes in under another nick than the one that was asked for.
 *
 * @module
 */

import { BY_ITS_ACCOUNT, lookAlikeOf } from "../look_alikes.ts";
import type { Sentences } from "../sentences.ts";
import type { Connection } from "./connection.ts";

/**
 * Says why somebody has come in under another nick. Where they are in the room already by the same device, the nick that they
 * have there is the one that is wanted from now on.
 *
 * @returns `ownedBy`: the account to which the nick belongs that was asked for.
 */
export function otherNick(
  { nick: own, device }: Pick<Connection, "nick" | "device">,
  nick: string,
  wanted: string,
  sentences: Sentences["connection"],
): { text: string; ownedBy?: string } {
  if (device.isIn && own.refusal === "") {
    own.accept();
    return { text: sentences.hereAlready(wanted, nick) };
  }
  if (own.refusal === BY_ITS_ACCOUNT) return { text: sentences.ownedNick(wanted, nick), ownedBy: wanted };
  const alike = lookAlikeOf(own.refusal);
  return {
    text: alike === undefined ? sentences.nickInUse(wanted, nick) : sentences.looksLike(wanted, nick, alike),
  };
}
