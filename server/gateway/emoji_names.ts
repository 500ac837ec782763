/**
 * The names of the emoji as the page gets them, in place of the package that has them: of its 330 KB they are a ninth, and
 * the page takes nothing else of it.
 *
 * @module
 */

import { nameToEmoji } from "gemoji";

/** The path of the module, which is imported as `gemoji`. */
export const EMOJI_NAMES = "/emoji/names.js";

/** The text of the module. */
export function emojiNames(): string {
  return `export const nameToEmoji = ${JSON.stringify(nameToEmoji)};\n`;
}
