/**
 * Makes remote text harmless for any view: takes out what would hide or reorder what the text says. What only a terminal
 * obeys is taken out in terminal/printable.ts. Pure.
 *
 * @module
 */

import { withoutColours } from "../protocol.ts";

/** Tabs and line ends of any kind: each run is one space. */
const SPACES = /[\t\n\v\f\r\x85\u2028\u2029]+/g;
/**
 * Control characters, among them IRC's formatting; direction overrides, embeddings and isolates, which make a text read as
 * another; and what stands for no character: BOM, annotations, lone surrogates. Joiners and direction marks stay: emoji and
 * scripts need them.
 */
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/**
 * Takes out of a text what would hide or reorder what it says, and IRC's colours and styles.
 *
 * @param text Any text: a message, a name, a topic, a reason.
 * @returns One line of text without control characters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sanitize("hi \x0304,01red\x0f\r\nexe.\u202egpj"), "hi red exe.gpj");
 * ```
 */
export function sanitize(text: string): string {
  return withoutColours(text).replace(SPACES, " ").replace(UNSAFE, "");
}

/** Line ends of any kind. */
const LINE_ENDS = /\r\n|[\n\v\f\r\x85\u2028\u2029]/g;
/** The same as `UNSAFE`, but for tabs and line feeds. */
const UNSAFE_IN_LINES = /[[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]--[\t\n]]/gv;

/**
 * The same for a text of several lines: its line ends and tabs stay.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sanitizeLines("if x:\r\n\t\x02go\x02\u202e"), "if x:\n\tgo");
 * ```
 */
export function sanitizeLines(text: string): string {
  return withoutColours(text).replace(LINE_ENDS, "\n").replace(UNSAFE_IN_LINES, "");
}
