/**
 * What happened in a talk, in words: several things that came one after the other as a few sentences, in which it stands
 * apart what people call themselves and what they wrote. Pure.
 *
 * @module
 */

import type { Line } from "../client/talk.ts";
import { clean } from "./format.ts";
import type { Strings } from "./strings.ts";

/** A part of a sentence: words of the page's own, or what is somebody else's, a name or what they wrote. */
export type Words = string | { text: string; isName: boolean };

/** One thing that happened. */
export type Sentence = Words[];

const name = (text: string): Sentence => [{ text: clean(text), isName: true }];
const written = (text: string): Sentence => text === "" ? [] : [{ text: clean(text), isName: false }];
const because = (text: string): Sentence => text === "" ? [] : [" (", ...written(text), ")"];

/** Characters for private use, which stand in no sentence of the page's own: each for one argument of it. */
const PLACES = "\ue000\ue001";

/** What a sentence says of others, in the places where the language has it. */
function sentence(write: (...args: string[]) => string, ...args: Sentence[]): Sentence {
  const text = write(...args.map((arg, i) => arg.length === 0 ? "" : PLACES[i]));
  return text.split(/([\ue000\ue001])/).filter((piece) => piece !== "")
    .flatMap((piece) => args[PLACES.indexOf(piece)] ?? [piece]);
}

/** Servers say before a reason that it is the person's own, which is no news of somebody who has left. */
const reasonOf = ({ kind, text }: Line) => kind === "quit" ? text.replace(/^Quit(?:: ?|$)/, "") : text;

/** The kinds that have a sentence for each; coming and going is told of all together. */
const SENTENCES: Partial<Record<Line["kind"], (line: Line, words: Strings) => Sentence>> = {
  nick: ({ from, text }, words) => sentence(words.renamed, name(from), name(text)),
  topic: ({ from, text }, words) => sentence(words.topicSet, name(from), written(text)),
  mode: ({ from, text }, words) => sentence(words.mode, name(from), written(text)),
  kick: ({ from, about = "", text }, words) => [...sentence(words.kicked, name(from), name(about)), ...because(text)],
};

/** Gives what happened as sentences: `alice, bob joined`, `carol left (see you)`. */
export function happenings(lines: readonly Line[], words: Strings): Sentence[] {
  // By nick whether it was there before, as far as these lines tell, and whether it is there now; and why it left.
  const moves = new Map<string, { was: boolean; is: boolean; reason: string }>();
  const sentences: Sentence[] = [];
  for (const line of lines) {
    if (line.kind === "join" || line.kind === "part" || line.kind === "quit") {
      const is = line.kind === "join";
      const move = moves.get(line.from) ?? { was: !is, is, reason: "" };
      moves.set(line.from, { ...move, is, reason: reasonOf(line) });
    } else sentences.push(SENTENCES[line.kind]?.(line, words) ?? []);
  }
  const people = (was: boolean, is: boolean) =>
    [...moves].filter(([, move]) => move.was === was && move.is === is)
      .map(([nick, move]) => [...name(nick), ...because(is ? "" : move.reason)]);
  const gathered: [people: Sentence[], write: (nicks: string) => string][] = [
    [[...people(false, true), ...people(true, true)], words.joined],
    [people(false, false), words.cameAndWent],
    [people(true, false), words.left],
  ];
  const coming = gathered.filter(([people]) => people.length > 0)
    .map(([people, write]) => sentence(write, people.flatMap((one, i) => i === 0 ? one : [", ", ...one])));
  return [...coming, ...sentences];
}
