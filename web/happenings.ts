/**
 * What happened in a talk, in words: several things that came one after the other as a few sentences, in which it stands
 * apart what people call themselves and what they wrote. Pure.
 *
 * @module
 */

import { beginningOf } from "../client/graphemes.ts";
import { modeDeeds } from "../client/state/modes.ts";
import type { Sentences } from "../client/sentences.ts";
import type { TalkLine } from "../client/state/line.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Strings } from "./strings.ts";

/** A part of a sentence: words of the page's own, or what is somebody else's, a name or what they wrote. */
export type Words = string | { text: string; isName: boolean };

/** One thing that happened. */
export type Sentence = Words[];

/** Of those who came or went this many are named, with so many reasons; so many other things are told, and so much of a text. */
const MOST = { names: 8, reasons: 3, sentences: 4, written: 160 } as const;

/** What somebody calls themselves. */
export const name = (text: string): Sentence => [{ text: sanitize(text), isName: true }];
/** What somebody wrote. */
export const written = (text: string): Sentence => text === "" ? [] : [{ text: sanitize(text), isName: false }];
const because = (text: string): Sentence => text === "" ? [] : [" (", ...written(clip(text)), ")"];
const clip = (text: string) => beginningOf(text, MOST.written);

/** Characters for private use, which stand in no sentence of the page's own: each for one argument of it. */
const PLACES = "\ue000\ue001";

/** What a sentence says of others, in the places where the language has it. */
export function sentence(write: (...args: string[]) => string, ...args: Sentence[]): Sentence {
  const text = write(...args.map((arg, i) => arg.length === 0 ? "" : PLACES[i]));
  return text.split(/([\ue000\ue001])/).filter((piece) => piece !== "")
    .flatMap((piece) => args[PLACES.indexOf(piece)] ?? [piece]);
}

/** Servers say before a reason that it is the person's own, which is no news of somebody who has left. */
const reasonOf = ({ kind, text }: TalkLine) => kind === "quit" ? text.replace(/^Quit(?:: ?|$)/, "") : text;

/** The kinds that have sentences for each; coming and going is told of all together. */
const SENTENCES: Partial<Record<TalkLine["kind"], (line: TalkLine, words: Strings, client: Sentences) => Sentence[]>> =
  {
    nick: ({ from, text }, words) => [sentence(words.renamed, name(from), name(text))],
    topic: ({ from, text }, words) => [sentence(words.topicSet, name(from), written(text))],
    mode: ({ from, text }, _, client) =>
      modeDeeds(text, client).map(({ kind, what, period }) => {
        const about = kind === "other" ? written(clip(what)) : name(clip(what));
        return [...name(from), " ", ...sentence((what) => client.modes[kind](what, undefined, period), about)];
      }),
    kick: (
      { from, about = "", text },
      words,
    ) => [[...sentence(words.kicked, name(from), name(about)), ...because(text)]],
  };

/** Gives what happened as sentences: `alice, bob joined`, `carol left (see you)`. However much it is, they are few. */
export function happenings(lines: readonly TalkLine[], words: Strings, client: Sentences): Sentence[] {
  // By nick whether it was there before, as far as these lines tell, and whether it is there now; and why it left.
  const moves = new Map<string, { was: boolean; is: boolean; reason: string }>();
  const sentences: Sentence[] = [];
  for (const line of lines) {
    if (line.kind === "join" || line.kind === "part" || line.kind === "quit") {
      const is = line.kind === "join";
      const move = moves.get(line.from) ?? { was: !is, is, reason: "" };
      moves.set(line.from, { ...move, is, reason: reasonOf(line) });
    } else sentences.push(...SENTENCES[line.kind]?.(line, words, client) ?? []);
  }
  const people = (was: boolean, is: boolean) =>
    [...moves].filter(([, move]) => move.was === was && move.is === is)
      .map(([nick, { reason }]) => ({ nick, reason: is ? "" : reason }));
  const gathered: [people: Mover[], write: (nicks: string) => string][] = [
    [[...people(false, true), ...people(true, true)], words.joined],
    [people(false, false), words.cameAndWent],
    [people(true, false), words.left],
  ];
  const coming = gathered.filter(([people]) => people.length > 0)
    .map(([people, write]) => sentence(write, list(people, words)));
  const more = sentences.length - MOST.sentences;
  return [...coming, ...sentences.slice(0, MOST.sentences), ...more > 0 ? [[words.moreEvents(more)]] : []];
}

/** Somebody who came or went, and why. */
interface Mover {
  nick: string;
  reason: string;
}

/** Names people, those together who give the same reason: `alice, bob, 3 others (tea time), carol (ping timeout)`. */
function list(people: readonly Mover[], words: Strings): Sentence {
  const reasons = [...new Set(people.map(({ reason }) => reason))].slice(0, MOST.reasons);
  const groups = Map.groupBy(people, ({ reason }) => reasons.includes(reason) ? reason : "");
  let left: number = MOST.names;
  let unnamed = 0;
  const parts: Sentence[] = [];
  for (const [reason, all] of groups) {
    const named = all.slice(0, left).map(({ nick }) => name(nick));
    const others = all.length - named.length;
    left -= named.length;
    if (named.length === 0) unnamed += others;
    else parts.push([...joined(others > 0 ? [...named, [words.others(others)]] : named), ...because(reason)]);
  }
  return joined(unnamed > 0 ? [...parts, [words.others(unnamed)]] : parts);
}

/** Parts in a row, with commas between them. */
export function joined(parts: readonly Sentence[]): Sentence {
  return parts.flatMap((part, i) => i === 0 ? part : [", ", ...part]);
}
