/**
 * Emoji by name: `:smile:` becomes 😄, and `:smi` is completed. Pure text, so that a terminal and a browser share it;
 * it must not know files: which pictures there are is told to it.
 *
 * A code is a name between two colons. Its names are GitHub's (the `gemoji` package), and those of the pictures.
 *
 * @module
 */

import { nameToEmoji } from "gemoji";

// A map, since a name may be "constructor", which every object has.
const EMOJI: ReadonlyMap<string, string> = new Map(Object.entries(nameToEmoji));

const NAME = /^[a-z0-9_+-]+$/;
// A name holds no colon, so no character is part of more than two attempts: hostile text takes linear time.
const CODE = /[:：]([a-z0-9_+-]+)[:：](?!\w)/g;
// In Chinese and Japanese text wide colons stand between numbers, too.
const NUMBER = /^\d+$/;
// Before a code these mean that it is a part of something: `10:30:45`, `std::tea::cup`, `#:tea:`, `?cup=:tea:`.
const JOINS = /[\w:：#=@]/;
// A word with one of these is an address or a path, and every character of it counts.
const VERBATIM = /\\|:\/\/|^\/|[\w.~]\/|\/[\w.~]/;

/**
 * Whether a picture can be called so, and `:name:` be its code: lower case letters of ASCII, digits, `_`, `+` and `-`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isCodeName("panda_tea") && !isCodeName("Panda tea"));
 * ```
 */
export function isCodeName(name: string): boolean {
  return NAME.test(name);
}

/**
 * A text with each known code replaced by its emoji. These stay as they were:
 *
 * - a code beside an ASCII letter, digit or `_`, or after one of `:#=@` (`10:30:45`, `a:100:b`); letters of other
 *   scripts may touch it, since many are written without spaces;
 * - a word that holds an address or a path (`https://tea.example/:tea:`, `/usr/:tea:/x`, `C:\:tea:`);
 * - what stands between backticks, any number of them; a backtick that nothing closes begins nothing.
 *
 * @param text What a person wrote.
 * @param pictures Names that stay codes, since the reader's side shows a picture for them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expand("茶:tea::smile: at 10:30"), "茶🍵😄 at 10:30");
 * assertEquals(expand("`:tea:` is :tea:"), "`:tea:` is 🍵");
 * assertEquals(expand(":tea: :teacup:", new Set(["teacup"])), "🍵 :teacup:");
 * ```
 */
export function expand(text: string, pictures: ReadonlySet<string> = new Set()): string {
  if (!/[:：]/.test(text)) return text;
  // Text and backticks in turn: prose, ticks, code, ticks, prose... The last part has no ticks after it to close it.
  const parts = text.split(/(`+)/);
  for (let i = 0; i < parts.length; i += 2) {
    const isCode = i % 4 === 2 && i < parts.length - 1;
    if (!isCode) parts[i] = parts[i].replace(/\S+/g, (word) => expandWord(word, pictures));
  }
  return parts.join("");
}

function expandWord(word: string, pictures: ReadonlySet<string>): string {
  if (VERBATIM.test(word)) return word;
  // Where the last code ended: the colon before the next one may be its.
  let end = 0;
  return word.replace(CODE, (code: string, name: string, at: number) => {
    if (at > end && JOINS.test(word[at - 1])) return code;
    if (NUMBER.test(name) && code.includes("：")) return code;
    end = at + code.length;
    return pictures.has(name) ? `:${name}:` : EMOJI.get(name) ?? code;
  });
}

// The selectors that say whether a character is a picture or a letter (UTS #51, "Emoji and Text Presentation"), and what is
// shown as a picture only with one. A skin tone behind it says so already.
const SELECTORS = /[\ufe0e\ufe0f]/g;
const PICTURED = /(?!\p{Emoji_Presentation})(?:[\d#*](?=\u20e3)|(?![\d#*])\p{Emoji})(?!\p{Emoji_Modifier})/gu;

/**
 * A reaction in the one form in which its pictures are written: some write `❤` for `❤️`, and the two look the same.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["❤", "❤️", "❤︎", "1⃣", "👍🏽", "yes"].map(reactionOf), ["❤️", "❤️", "❤️", "1️⃣", "👍🏽", "yes"]);
 * ```
 */
export function reactionOf(text: string): string {
  return text.normalize("NFC").replace(SELECTORS, "").replace(PICTURED, "$&\ufe0f");
}

let names: Map<string, string[]> | undefined;

/**
 * The names of an emoji, without colons.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(namesOf("🍵"), ["tea"]);
 * ```
 */
export function namesOf(emoji: string): readonly string[] {
  names ??= Map.groupBy(EMOJI.keys(), (name) => EMOJI.get(name)!.replace(SELECTORS, ""));
  return names.get(emoji.replace(SELECTORS, "")) ?? [];
}

/** What a code that is being written may become. */
export interface Completion {
  /** The whole code, with both colons. */
  code: string;
  /** Its emoji; a picture has none. */
  emoji: string | undefined;
}

/**
 * The codes that a word may become, best first: the name itself, then names that begin so, then names with a part
 * that begins so (`cat` finds `smile_cat`); of these the shorter first, and of the same length pictures first.
 *
 * @param prefix A colon and at least one character of a name, in any case. Another word has no completions, nor has
 * a code that is closed.
 * @param pictures Names of pictures; where an emoji has the same name, the picture counts.
 * @param limit How many completions to give at most.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(complete(":smil")[0], { code: ":smile:", emoji: "😄" });
 * assertEquals(complete(":teac", new Set(["teacup"]))[0], { code: ":teacup:", emoji: undefined });
 * ```
 */
export function complete(prefix: string, pictures: ReadonlySet<string> = new Set(), limit = 10): Completion[] {
  const start = prefix.slice(1).toLowerCase();
  if (!prefix.startsWith(":") || !NAME.test(start)) return [];
  const found: { name: string; rank: number }[] = [];
  // The order among equals is the package's, which begins with the faces that people use most.
  for (const name of new Set([...pictures, ...EMOJI.keys()])) {
    const rank = name === start ? 0 : name.startsWith(start) ? 1 : name.includes("_" + start) ? 2 : 3;
    if (rank < 3) found.push({ name, rank });
  }
  found.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length);
  return found.slice(0, limit).map(({ name }) => ({
    code: `:${name}:`,
    emoji: pictures.has(name) ? undefined : EMOJI.get(name),
  }));
}
