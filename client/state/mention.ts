/**
 * Whether a text names somebody. Pure.
 *
 * @module
 */

import { foldText } from "../names.ts";

// Scripts without spaces between words: a name may stand right beside such a letter.
const UNSPACED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}";
const SPACED = `[[\\p{L}\\p{M}\\p{N}_]--[${UNSPACED}]]`;
const STARTS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]$`, "u");
/** What may follow a name: in Korean the particles of a sentence stand right behind it. */
const PARTICLE = "\\p{sc=Hang}";

/** Characters of nicks that are no letters. Between a name and a letter they make another nick or another word. */
const JOINER = "[\\-\\[\\]\\{\\}\\\\`\\^\\|]";

/** An address of the web: a name in it is no mention. */
const ADDRESS = /\b(?:[a-z][a-z\d+.\-]{0,30}:\/\/|www\.)\S+/giu;

/** Names of so few characters occur in words like `i'm` and `a.m.`; before a longer name an apostrophe ends a word, as in `d'Adam`. */
const SHORT = 2;

/**
 * Gives a test for texts that hold a nick as a word, in whatever form its characters are written; in scripts without spaces,
 * anywhere. A longer nick, a channel, or an address of the web or of mail that holds the nick is no mention.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const names = mentionOf("bob");
 * assert(names("tea, Bob?") && names("bob你好") && !names("bobby") && !names("bob-2: hi") && !names("#bob"));
 * ```
 */
export function mentionOf(nick: string): (text: string) => boolean {
  const folded = foldText(nick);
  // Only syntax characters are escaped: the `v` flag allows no other escapes (ECMA-262, IdentityEscape).
  const name = folded.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const isShort = [...folded].length <= SHORT;
  const before = STARTS_UNSPACED.test(folded)
    ? ""
    : `(?<!${SPACED}${JOINER}{0,3})(?<!#)(?<!${SPACED}@)${isShort ? `(?<!${SPACED}['’.])` : ""}`;
  const after = ENDS_UNSPACED.test(folded)
    ? ""
    : `(?!${JOINER}{0,3}[${SPACED}--${PARTICLE}])(?![\\|\\^\\\\])(?!@${SPACED})(?!['’](?!s(?!${SPACED}))${SPACED})` +
      (isShort ? `(?!\\.${SPACED})` : "");
  const pattern = new RegExp(before + name + after, "v");
  return (text) => pattern.test(foldText(text.replace(ADDRESS, " ")));
}
