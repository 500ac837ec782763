/**
 * The terms of the search index: which sequences of three characters stand there for a text, and which of them a search asks
 * for. The index only narrows: the texts that it finds are compared with the words afterwards.
 *
 * The index is asked for one sequence at a time. It could find texts with several itself; but where there are none it would
 * look through all texts with one of them before it answers.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/** Follows a single character in the index, so that this is a sequence of three as well. A character for private use. */
const PAD = "\u{F8FF}\u{F8FF}";

/** The characters that are found alone: signs, emoji, and those of scripts whose words have one or two characters. */
const ALONE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{P}\p{S}]/gu;

/** For how many sequences of one word the index is asked: enough to be rare, few enough to be quick. */
const MOST_SEQUENCES = 4;

/**
 * Marks, and the two letters that NFKC turns into marks. Where many follow each other NFKC has to sort them, which takes time
 * by the square of their number.
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

/** A text as it is compared, without case. More than 32 marks in a row are folded 32 at a time, whatever their order. */
function fold(text: string): string {
  return MANY_MARKS.test(text) ? text.replace(PIECES, (piece) => casefold(piece)) : casefold(text);
}

/** The text that stands in the index for a message of a conversation. */
export function indexed(text: string, conversation: number): string {
  const folded = fold(text);
  const alone = new Set(folded.match(ALONE));
  return `${folded}${PAD}${[...alone].map((character) => character + PAD).join("")}${mark(conversation)}`;
}

/** The words of a search. Each has to occur in a text, be it as a part of a word, whatever their case and order. */
export function searchWords(text: string): string[] {
  return [...new Set(fold(text).split(/\s+/u).filter((word) => word !== ""))];
}

/** Whether a text holds every word. */
export function holds(text: string, words: string[]): boolean {
  const folded = fold(text);
  return words.every((word) => folded.includes(word));
}

/** The sequences of three characters that a text with a word must have in the index; none where the word is too short. */
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

/** Terms of which a message has one where it was said in one of these conversations. */
export function conversationTerms(conversations: number[]): string[] {
  return conversations.map((id) => term(mark(id)));
}

/** Terms of which a text has each where it holds all words; none where all words are one or two letters. */
export function wordTerms(words: string[]): string[] {
  return [...new Set(words.flatMap(sequences))].map(term);
}
