/**
 * Names of people, channels and messages: what can be one, and the form in which names and texts are compared.
 *
 * @module
 */

import { casefold, nameFault } from "../protocol.ts";
import { BOUNDS } from "./bounds.ts";

/** Whether a text can stand in a line as a parameter of its own, as a name must that is to be written again. */
function isWord(text: string): boolean {
  return text !== "" && !text.startsWith(":") && !/[\s\0]/.test(text);
}

/**
 * A name in the form in which names are compared (see `casefold`). What is too long to be one stays as it is, and so is none
 * of those that are known: folding takes time by the number of marks squared.
 */
export function foldName(name: string): string {
  return name.length > BOUNDS.name ? name : casefold(name);
}

/** Whether two names are the same, in any case. */
export function isSameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

// One collator for all comparisons: to make one takes long.
const collator = new Intl.Collator(undefined, { numeric: true });

/** Which of two names comes first in a list, as a comparator of `sort`: guest2 comes before guest10. */
export const compareNames: (one: string, other: string) => number = collator.compare;

/** Whether a text can be the name of somebody or of a channel, as it is written and as it is compared. */
export function isName(text: string): boolean {
  return text.length <= BOUNDS.name && isWord(text) && casefold(text).length <= BOUNDS.folded;
}

/** Whether a server may call somebody so. A nick with these characters could not be written in a line again. */
export function mayBeNick(text: string): boolean {
  return isName(text) && !/[\s,:!@]/.test(text);
}

/** A nick, and under which name its person is to be shown, where that is another. */
export interface Naming {
  nick: string;
  displayName?: string;
}

/** What somebody is to be called who has written a name: "Ms Chen" becomes the nick Ms_Chen, with that as the display name. */
export function namingOf(text: string): Naming {
  const displayName = text.trim().normalize("NFC").replace(/\s+/g, " ");
  if (!displayName.includes(" ")) return { nick: displayName };
  const { instead = displayName.replaceAll(" ", "_") } = nameFault("nick", displayName) ?? {};
  return { nick: instead, displayName };
}

/** Whether a text can be the name of a message. */
export function isMsgid(text: string | undefined): text is string {
  return text !== undefined && isWord(text) && text.length <= BOUNDS.msgid;
}

/** A text as it is compared. Of marks in a row 30 count (UAX #15 section 13): to sort them takes time by their number squared. */
export function foldText(text: string): string {
  return text.replace(/(\p{M}{30})\p{M}+/gu, "$1").normalize("NFKC").toLowerCase();
}
