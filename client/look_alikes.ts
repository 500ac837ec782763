/**
 * What a server says of a name that looks like another one, for a sentence in the person's language.
 *
 * @module
 */

import { BOUNDS } from "./bounds.ts";

/** The words of our server (server/room/look_alikes.ts). */
const WORDS = /\S looks like (\S+), (who is here|the name of an account)$/;

/** By which our server refuses a nick while the owner of its account has it (server/commands/registration.ts). */
export const BY_ITS_ACCOUNT = "Nickname is in use by its account";

/** A name that another one looks like. */
export interface LookAlike {
  other: string;
  /** Whether that is an account's name, and not somebody's who is online. */
  isAccount: boolean;
}

/** The name that one which was refused looks like. @param text The server's words. */
export function lookAlikeOf(text: string): LookAlike | undefined {
  if (text.length > 3 * BOUNDS.name) return undefined;
  const [, other, whose] = WORDS.exec(text) ?? [];
  return other === undefined ? undefined : { other, isAccount: whose !== "who is here" };
}
