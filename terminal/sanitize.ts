/**
 * Makes remote text harmless for a terminal: what is not meant to be read is taken out. Pure.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";

// U+0003 and U+0004, after which digits choose colours (modern.ircdocs.horse/formatting).
const [COLOR, HEX_COLOR] = ["\x03", "\x04"];
const COLORS = new RegExp(`${COLOR}(?:\\d{1,2}(?:,\\d{1,2})?)?|${HEX_COLOR}(?:[\\da-f]{6}(?:,[\\da-f]{6})?)?`, "gi");
/** Tabs and line ends of any kind, which would move the cursor: each run is one space. */
const SPACES = /[\t\n\v\f\r\x85\u2028\u2029]+/g;
/**
 * Control characters, which is all that a terminal obeys and what IRC's other formatting is; direction overrides,
 * embeddings and isolates, which make a text read as another; and what stands for no character: BOM, annotations, lone
 * surrogates. Joiners and direction marks stay: emoji and scripts need them.
 */
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/**
 * Takes out of a text all that a terminal would obey, or that would hide what the text says. IRC's colours and styles are
 * taken out too, rather than shown.
 *
 * @param text Any text.
 * @returns One line of text, safe to print.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sanitize("\x1b]0;owned\x07\x1b[2Jhi \x0304,01red\x0f\r\nall"), "hi red all");
 * ```
 */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text).replace(COLORS, "").replace(SPACES, " ").replace(UNSAFE, "");
}
