/**
 * Makes remote text harmless for a terminal: takes out what a terminal would obey, and what client/sanitize.ts takes out for
 * every view. Pure. All that a terminal is given passes here (screen.ts, output.ts), whoever has made the text.
 *
 * @module
 */

import { beginningOf } from "../client/graphemes.ts";
import { sanitize } from "../client/sanitize.ts";

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
 * assertEquals(printable("\x1b]0;owned\x07\x1b[2Jhi \x0304,01red\x0f\r\nall"), "hi red all");
 * ```
 */
export function printable(text: string): string {
  return sanitize(withoutSequences(text));
}

/** Takes out of a text the sequences alone that a terminal would obey: no part of them is left to be read. */
export function withoutSequences(text: string): string {
  return text.replace(SEQUENCES, "");
}

/**
 * The printable beginning of a text, with `…` behind it where the text goes on.
 *
 * @param most Code points of the beginning, at most; no character as people see it is cut in two.
 */
export function printableBeginning(text: string, most: number): string {
  // Four UTF-16 units for each are enough; a text may be long.
  return beginningOf(printable(text.slice(0, most * 4 + 1_000)), most);
}

/** Colours, and bold, dim, italic, underlined and struck text: all that a line may hold beside text (ECMA-48, SGR). */
// deno-lint-ignore no-control-regex -- it is what a terminal obeys
export const PAINT = /(\x1b\[(?:[12349]|2[2349]|3[0-79]|9[0-7])m)/;

/**
 * A line as it may be written to a terminal: its text printable, its colours kept.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printablePainted("\x1b[32mhi\x1b[39m\x1b[6n"), "\x1b[32mhi\x1b[39m");
 * ```
 */
export function printablePainted(line: string): string {
  return line.split(PAINT).map((part, i) => i % 2 === 1 ? part : printable(part)).join("");
}
