/**
 * Sentences of the page in which names and texts of other people stand, kept apart from the page's own words: so a view can
 * draw them as somebody else's. Pure.
 *
 * @module
 */

import { sanitize } from "../client/sanitize.ts";

/** A part of a sentence: the page's own words; or somebody's name, or what somebody wrote. */
export type SentencePart = string | { text: string; isName: boolean };

export type Sentence = SentencePart[];

/** A name, as a sentence. */
export const name = (text: string): Sentence => [{ text: sanitize(text), isName: true }];

/** What somebody wrote, as a sentence; an empty one where they wrote nothing. */
export const written = (text: string): Sentence => text === "" ? [] : [{ text: sanitize(text), isName: false }];

/** Characters for private use, which stand in no sentence of the page's own: one for each argument. */
const PLACEHOLDERS = "\ue000\ue001";

/**
 * Makes a sentence of which some parts are other people's.
 *
 * @param write Writes the sentence in the chosen language, from its arguments.
 * @param args Stand in the places where `write` puts its arguments. At most two.
 */
export function sentence(write: (...args: string[]) => string, ...args: Sentence[]): Sentence {
  const text = write(...args.map((arg, i) => arg.length === 0 ? "" : PLACEHOLDERS[i]));
  return text.split(/([\ue000\ue001])/).filter((piece) => piece !== "")
    .flatMap((piece) => args[PLACEHOLDERS.indexOf(piece)] ?? [piece]);
}

/** A sentence as plain text, for what shows nothing else. */
export function textOf(sentence: Sentence): string {
  return sentence.map((part) => typeof part === "string" ? part : part.text).join("");
}

/** Sentences in a row, with commas between them. */
export function joined(sentences: readonly Sentence[]): Sentence {
  return sentences.flatMap((one, i) => i === 0 ? one : [", ", ...one]);
}
