/**
 * Masks: patterns for names and for `nick!user@host`, with `*` for any text and `?` for one character.
 *
 * @module
 */

import { casefold } from "../protocol.ts";

/**
 * Whether a text matches a mask, letter case aside (modern.ircdocs.horse/#mask-matching). Steps back to the latest `*`
 * only, so that no mask takes longer than its length times the text's.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(matches("*!*@10.0.*", "bob!b@10.0.0.7") && !matches("b?b!*", "bb!b@host"));
 * ```
 */
export function matches(mask: string, text: string): boolean {
  const pattern = [...casefold(mask)];
  const subject = [...casefold(text)];
  let p = 0, s = 0, star = -1, resume = 0;
  while (s < subject.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++;
      resume = s;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === subject[s])) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/**
 * Completes a mask to `nick!user@host` (modern.ircdocs.horse/#ban-channel-mode): what is left out matches anything.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["bob", "b@host", "bob!b"].map(completeMask), ["bob!*@*", "*!b@host", "bob!b@*"]);
 * ```
 */
export function completeMask(mask: string): string {
  const at = mask.indexOf("@");
  const bang = mask.indexOf("!");
  if (bang < 0) return at < 0 ? `${mask || "*"}!*@*` : `*!${mask.slice(0, at) || "*"}@${mask.slice(at + 1) || "*"}`;
  const nick = mask.slice(0, bang) || "*";
  if (at < bang) return `${nick}!${mask.slice(bang + 1) || "*"}@*`;
  return `${nick}!${mask.slice(bang + 1, at) || "*"}@${mask.slice(at + 1) || "*"}`;
}
