/**
 * How texts are found: what of a text goes into the index of three-character sequences, and what a search asks it for.
 * The index only narrows: what it gives is compared with the words afterwards. It must not know the database.
 *
 * @module
 */

import { casefold } from "../protocol.ts";

/** Follows single characters in the index, so that they are sequences of three as well. A character for private use. */
const PAD = "\u{F8FF}\u{F8FF}";

/** The characters that are found alone: those of scripts whose words are one or two of them, signs and emoji. */
const ALONE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{P}\p{S}]/gu;

/** The most sequences of one word that the index is asked for: enough to be rare, few enough to be quick. */
const MOST_SEQUENCES = 4;

/** Code points of the two planes for private use, of which the marks of conversations are made. */
const PLANE = 60_000;

/** Three characters that stand for a conversation in the index. They can be forged, so they narrow and prove nothing. */
function mark(conversation: number): string {
  return String.fromCodePoint(0xF0000 + conversation % PLANE, 0x100000 + Math.floor(conversation / PLANE), 0xF0000);
}

/** What stands in the index for a text that was said in a conversation. */
export function indexed(text: string, conversation: number): string {
  const folded = casefold(text);
  const alone = new Set(folded.match(ALONE));
  return `${folded}${PAD}${[...alone].map((character) => character + PAD).join("")}${mark(conversation)}`;
}

/** The words of a search: each has to occur in a text, as a part of a word, too, whatever their case and order. */
export function searchWords(text: string): string[] {
  return [...new Set(casefold(text).split(/\s+/u).filter((word) => word !== ""))];
}

/** Whether a text holds every word. */
export function holds(text: string, words: string[]): boolean {
  const folded = casefold(text);
  return words.every((word) => folded.includes(word));
}

/** The sequences of three characters that a text must have in the index to hold a word; none where it can't tell. */
function sequences(word: string): string[] {
  const characters = [...word];
  if (characters.length < 3) return (word.match(ALONE) ?? []).map((character) => character + PAD);
  const all = characters.slice(2).map((_, i) => characters.slice(i, i + 3).join(""));
  const step = Math.max(1, all.length / MOST_SEQUENCES);
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Asks for texts of these conversations that hold all or any of these sequences (sqlite.org/fts5.html#full_text_query_syntax). */
function question(sequences: string[], how: "AND" | "OR", conversations: number[]): string {
  const marks = conversations.map((id) => quote(mark(id))).join(" OR ");
  return `(${sequences.map(quote).join(` ${how} `)}) AND (${marks})`;
}

/** The question to the index for texts that may hold all words; nothing where it can't help: they are one or two letters. */
export function indexQuery(words: string[], conversations: number[]): string | undefined {
  const all = words.flatMap(sequences);
  return all.length === 0 ? undefined : question(all, "AND", conversations);
}

/**
 * The question for a word of one or two letters.
 *
 * @param find Gives the index's sequences from one to before another.
 */
export function shortQuery(word: string, conversations: number[], find: (from: string, to: string) => string[]) {
  const found = find(word, word + "\u{10FFFF}");
  return found.length === 0 ? undefined : question(found, "OR", conversations);
}
