/**
 * Emoji by name: `:smile:` becomes 😄, and `:smi` is completed. It is pure text, so a terminal and a browser share it.
 *
 * A code is a name between two colons. A name is one of GitHub's (the `gemoji` package), or the name of a picture in this
 * folder, which the caller passes in.
 *
 * @module
 */

import { nameToEmoji } from "gemoji";

// A map, since a name may be "constructor", which is a property of every object.
const EMOJI: ReadonlyMap<string, string> = new Map(Object.entries(nameToEmoji));

const NAME = /^[a-z0-9_+-]+$/;
// A name holds no colon, so each character is tried twice at most: hostile text takes linear time.
const CODE = /[:：]([a-z0-9_+-]+)[:：](?!\w)/g;
// In Chinese and Japanese text, wide colons also stand between numbers.
const NUMBER = /^\d+$/;
// A code behind one of these is part of something else: `10:30:45`, `std::tea::cup`, `#:tea:`, `?cup=:tea:`.
const JOINS = /[\w:：#=@]/;
// A word that holds one of these is an address or a path, which must stay as it is.
const VERBATIM = /\\|:\/\/|^\/|[\w.~]\/|\/[\w.~]/;

/**
 * Whether a text can be the name in a code: lower case ASCII letters, digits, `_`, `+` and `-`, at least one.
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
 * Replaces each known code in a text by its emoji. These are left as they are:
 *
 * - a code beside an ASCII letter, digit or `_`, or behind one of `:#=@` (`10:30:45`, `a:100:b`). Letters of other
 *   scripts may touch it, since many scripts are written without spaces;
 * - a word that holds an address or a path (`https://tea.example/:tea:`, `/usr/:tea:/x`, `C:\:tea:`);
 * - text between backticks, or between runs of backticks. A run that is not closed begins nothing.
 *
 * @param text What a person wrote.
 * @param pictures The names of pictures. Their codes stay codes, for which the reader's side shows the picture.
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
  // Texts and runs of backticks in turn: prose, ticks, code, ticks, prose... No ticks close the last part.
  const parts = text.split(/(`+)/);
  for (let i = 0; i < parts.length; i += 2) {
    const isCode = i % 4 === 2 && i < parts.length - 1;
    if (!isCode) parts[i] = parts[i].replace(/\S+/g, (word) => expandWord(word, pictures));
  }
  return parts.join("");
}

function expandWord(word: string, pictures: ReadonlySet<string>): string {
  if (VERBATIM.test(word)) return word;
  // Where the last code ended: the colon before the next code may be its last character.
  let end = 0;
  return word.replace(CODE, (code: string, name: string, at: number) => {
    if (at > end && JOINS.test(word[at - 1])) return code;
    if (NUMBER.test(name) && code.includes("：")) return code;
    end = at + code.length;
    return pictures.has(name) ? `:${name}:` : EMOJI.get(name) ?? code;
  });
}

// The variation selectors for pictures and text (UTS #51, "Emoji and Text Presentation Selectors").
const SELECTORS = /[\ufe0e\ufe0f]/g;
// Characters that are shown as a picture only with such a selector behind them. A skin tone behind them has the same effect.
const PICTURED = /(?!\p{Emoji_Presentation})(?:[\d#*](?=\u20e3)|(?![\d#*])\p{Emoji})(?!\p{Emoji_Modifier})/gu;

/**
 * Returns a reaction in one form: some clients write `❤` for `❤️`, and the two look the same.
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
 * Returns the names of an emoji, without colons; none if it is unknown.
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

/** A code that may complete the one that is being written. */
export interface Completion {
  /** The code, with both colons. */
  code: string;
  /** Its emoji, or undefined for a picture. */
  emoji: string | undefined;
}

/**
 * Completes a code. The best completion comes first: the name itself, then names that begin with it, then names of which a
 * later part begins with it (`cat` finds `smile_cat`). Of equals the shorter comes first, then pictures.
 *
 * @param prefix A colon and at least one character of a name, in any case. Any other text has no completions, a closed code
 * included.
 * @param pictures The names of pictures. A picture replaces an emoji of the same name.
 * @param limit The most completions to return.
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
  // Equals keep the package's order, which begins with the faces that people use most.
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
