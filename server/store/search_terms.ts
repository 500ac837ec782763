/**
 * How texts are found: what of a text goes into the index of three-character sequences, and what a search asks it for.
 * The index only narrows: what it gives is compared with the words afterwards.
 *
 * The index is asked for one sequence at a time. It would find those that have several itself, but without end where
 * there are none: it looks through all that have one of them before it gives the first.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/** Follows single characters in the index, so that they are sequences of three as well. A character for private use. */
const PAD = "\u{F8FF}\u{F8FF}";

/** The characters that are found alone: those of scripts whose words are one or two of them, signs and emoji. */
const ALONE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{P}\p{S}]/gu;

/** The most sequences of one word that the index is asked for: enough to be rare, few enough to be quick. */
const MOST_SEQUENCES = 4;

/**
 * What NFKC has to sort where many follow each other, which takes time by their number squared: marks, and the two
 * letters that it turns into marks.
 */
const MARKS = "[\\p{M}\\uFF9E\\uFF9F]";
const MANY_MARKS = new RegExp(`${MARKS}{32}`, "u");
const PIECES = new RegExp(`[^\\p{M}\\uFF9E\\uFF9F]*${MARKS}{0,32}`, "gu");

/** Code points of the two planes for private use, of which the marks of conversations are made. */
const PLANE = 60_000;

/** Three characters that stand for a conversation in the index. They can be forged, so they narrow and prove nothing. */
function mark(conversation: number): string {
  return String.fromCodePoint(0xF0000 + conversation % PLANE, 0x100000 + Math.floor(conversation / PLANE), 0xF0000);
}

/** A text as it is compared: case aside. More than 32 marks in a row are folded 32 at a time, whatever their order. */
function fold(text: string): string {
  return MANY_MARKS.test(text) ? text.replace(PIECES, (piece) => casefold(piece)) : casefold(text);
}

/** What stands in the index for a text that was said in a conversation. */
export function indexed(text: string, conversation: number): string {
  const folded = fold(text);
  const alone = new Set(folded.match(ALONE));
  return `${folded}${PAD}${[...alone].map((character) => character + PAD).join("")}${mark(conversation)}`;
}

/** The words of a search: each has to occur in a text, as a part of a word, too, whatever their case and order. */
export function searchWords(text: string): string[] {
  return [...new Set(fold(text).split(/\s+/u).filter((word) => word !== ""))];
}

/** Whether a text holds every word. */
export function holds(text: string, words: string[]): boolean {
  const folded = fold(text);
  return words.every((word) => folded.includes(word));
}

/** The sequences of three characters that a text must have in the index to hold a word; none where it can't tell. */
function sequences(word: string): string[] {
  const characters = [...word];
  if (characters.length < 3) return (word.match(ALONE) ?? []).map((character) => character + PAD);
  const count = characters.length - 2;
  const wanted = Math.min(count, MOST_SEQUENCES);
  return Array.from({ length: wanted }, (_, i) => {
    const at = Math.floor(i * count / wanted);
    return characters.slice(at, at + 3).join("");
  });
}

/** A sequence as the index is asked for it (sqlite.org/fts5.html#full_text_query_syntax). */
export function term(sequence: string): string {
  return `"${sequence.replaceAll('"', '""')}"`;
}

/** The terms of which a text has one, where it was said in one of these conversations. */
export function conversationTerms(conversations: number[]): string[] {
  return conversations.map((id) => term(mark(id)));
}

/** The terms of which a text has each, where it holds all words; none where the index can't tell: they are one or two letters. */
export function wordTerms(words: string[]): string[] {
  return [...new Set(words.flatMap(sequences))].map(term);
}
