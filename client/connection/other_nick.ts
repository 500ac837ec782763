/**
 * What a person is told who comes in under another nick than the one that was asked for.
 *
 * @module
 */

import { lookAlikeOf } from "../look_alikes.ts";
import type { Sentences } from "../sentences.ts";
import type { Connection } from "./connection.ts";

/**
 * Says why somebody has come in under another nick. Where they are in the room already by the same device, the nick that they
 * have there is the one that is wanted from now on.
 */
export function otherNick(
  { nick: own, device }: Pick<Connection, "nick" | "device">,
  nick: string,
  wanted: string,
  sentences: Sentences["connection"],
): string {
  if (device.isIn && own.refusal === "") {
    own.accept();
    return sentences.hereAlready(wanted, nick);
  }
  const alike = lookAlikeOf(own.refusal);
  return alike === undefined ? sentences.nickInUse(wanted, nick) : sentences.looksLike(wanted, nick, alike);
}
