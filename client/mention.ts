/**
 * Whether a text names somebody. Pure.
 *
 * @module
 */

// Written without spaces between words: a name may stand right beside such a letter.
const UNSPACED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}";
const SPACED = `[[\\p{L}\\p{N}_]--[${UNSPACED}]]`;
const STARTS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]$`, "u");

/**
 * Gives a test for texts that hold a nick as a word, in any case; in scripts without spaces, anywhere.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const names = mentionOf("bob");
 * assert(names("tea, Bob?") && names("bob你好") && !names("bobby"));
 * ```
 */
export function mentionOf(nick: string): (text: string) => boolean {
  // Syntax characters, and nothing else: the `v` flag takes no other escapes (ECMA-262, IdentityEscape).
  const name = nick.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const before = STARTS_UNSPACED.test(nick) ? "" : `(?<!${SPACED})`;
  const after = ENDS_UNSPACED.test(nick) ? "" : `(?!${SPACED})`;
  const pattern = new RegExp(before + name + after, "iv");
  return (text) => pattern.test(text);
}
