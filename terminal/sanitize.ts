/**
 * Makes remote text harmless for a terminal: what is not meant to be read is taken out. Pure. All that a terminal is given
 * passes here (screen.ts, output.ts), whoever has made the text.
 *
 * @module
 */

import { beginningOf } from "../client/connection/split.ts";

/**
 * Sequences that a terminal would obey (ECMA-48), so that nothing of them is left to be read: strings such as a title, up to
 * their end where they have one; control sequences; escapes. No part can begin inside of another, so that hostile text takes
 * linear time.
 */
const SEQUENCES = new RegExp(
  "(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\\\|\x9c)" +
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?" +
    "|\x1b[ -/]*[0-~]?",
  "g",
);
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
  return text.replace(SEQUENCES, "").replace(COLORS, "").replace(SPACES, " ").replace(UNSAFE, "");
}

/** The first so many code points of a text, harmless, and a sign that there are more: whole characters, as people see them. */
export function clip(text: string, most: number): string {
  // Four UTF-16 units for each are enough; a text may be long.
  return beginningOf(sanitize(text.slice(0, most * 4 + 1_000)), most);
}

/** Colours, bold and dim, as node:util's styleText writes them: all that a line may hold beside text. */
// deno-lint-ignore no-control-regex -- it is what a terminal obeys
export const PAINT = /(\x1b\[(?:[12]|22|3[0-79]|9[0-7])m)/;

/**
 * A line as it may be written to a terminal: its text harmless, its colours kept.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(harmless("\x1b[32mhi\x1b[39m\x1b[6n"), "\x1b[32mhi\x1b[39m");
 * ```
 */
export function harmless(line: string): string {
  return line.split(PAINT).map((part, i) => i % 2 === 1 ? part : sanitize(part)).join("");
}
