/**
 * What happened in a talk, in words: several things that came one after the other are told in a few sentences. Pure.
 *
 * @module
 */

import { departureText } from "../client/departures.ts";
import { beginningOf } from "../client/graphemes.ts";
import type { Sentences } from "../client/sentences.ts";
import { callText } from "../client/state/call_text.ts";
import type { TalkLine } from "../client/state/line.ts";
import { type ModeSentence, modeSentences } from "../client/state/modes.ts";
import { banReason } from "../client/state/restriction_replies.ts";
import { joined, name, type Sentence, sentence, written } from "./sentence.ts";
import type { Strings } from "./strings.ts";

/** Of those who came or went, people that are named and reasons that are told; other things that are told; code points of a text. */
const MOST = { names: 8, reasons: 3, sentences: 4, written: 160 } as const;

const clip = (text: string) => beginningOf(text, MOST.written);
const because = (text: string): Sentence => text === "" ? [] : [" (", ...written(clip(text)), ")"];

/** The reason of a line. */
const reasonOf = ({ kind, text, time }: TalkLine, client: Sentences) =>
  kind === "quit" ? departureText(text, time, client) : text;

/** Who does something: a server, which has a dot in its name where no nick has one, is the room to people. */
export const actor = (nick: string, words: Strings): Sentence => nick.includes(".") ? [words.theRoom] : name(nick);

/** What somebody did to a channel's mode, as a sentence. */
function modeSentence(
  { from }: TalkLine,
  { kind, what, period }: ModeSentence,
  words: Strings,
  client: Sentences,
): Sentence {
  const about = kind === "other" ? written(clip(what)) : name(clip(what));
  const by = actor(from, words);
  // A space parts a name from Chinese words, but not those from each other.
  const gap = by.some((part) => typeof part === "string" && /\p{sc=Han}$/u.test(part)) ? [] : [" "];
  return [...by, ...gap, ...sentence((what) => client.modes[kind](what, undefined, period), about)];
}

/** The sentences of each kind of line. Coming and going has none here: it is told of all people together. */
const SENTENCES: Partial<Record<TalkLine["kind"], (line: TalkLine, words: Strings, client: Sentences) => Sentence[]>> =
  {
    nick: ({ from, text }, words) => [sentence(words.renamed, name(from), name(text))],
    topic: ({ from, text }, words) => [sentence(words.topicSet, actor(from, words), written(text))],
    mode: (line, words, client) =>
      modeSentences(line.text, client).map((one) => modeSentence(line, one, words, client)),
    call: ({ from, call }, _, client) =>
      call === undefined ? [] : [sentence((nick) => callText(call, nick, client), name(from))],
    kick: (
      { from, about = "", text },
      words,
    ) => [[...sentence(words.kicked, actor(from, words), name(about)), ...because(text)]],
  };

/** Whether a line tells how somebody was put out by the ban of the line before: both are told in one sentence, with the reason. */
function isOfBan(line: TalkLine, before: TalkLine | undefined, client: Sentences): boolean {
  if (line.kind !== "kick" || before?.kind !== "mode" || before.from !== line.from) return false;
  const last = modeSentences(before.text, client).at(-1)!;
  return last.kind === "banned" && last.what === line.about && banReason(line.text) !== undefined;
}

/** Of so many people who came and went, each is named where a crowd is told in full. */
const MOST_IN_FULL = 200;

/** Whether so many people came and went that they are told by their number, and in full on request. */
export function isCrowd(lines: readonly TalkLine[]): boolean {
  const moved = lines.filter(({ kind }) => kind === "join" || kind === "part" || kind === "quit");
  return new Set(moved.map(({ from }) => from)).size > MOST.names;
}

/**
 * Tells what happened in sentences: `alice, bob joined`, `carol left (see you)`. Their number is bounded.
 *
 * @param of How a crowd is told: `names` gives the first names, `number` none (`36 people left`), `all` all of them.
 */
export function happenings(
  lines: readonly TalkLine[],
  words: Strings,
  client: Sentences,
  of: "names" | "number" | "all" = "names",
): Sentence[] {
  // By nick: whether the person was there before, as far as these lines tell, and is there now; and why they left.
  const moves = new Map<string, { was: boolean; is: boolean; reason: string }>();
  const sentences: Sentence[] = [];
  let before: TalkLine | undefined;
  for (const line of lines) {
    if (line.kind === "join" || line.kind === "part" || line.kind === "quit") {
      const is = line.kind === "join";
      const move = moves.get(line.from) ?? { was: !is, is, reason: "" };
      moves.set(line.from, { ...move, is, reason: reasonOf(line, client) });
    } else if (isOfBan(line, before, client)) sentences.at(-1)?.push(...because(banReason(line.text)!));
    else sentences.push(...SENTENCES[line.kind]?.(line, words, client) ?? []);
    before = line;
  }
  const people = (was: boolean, is: boolean) =>
    [...moves].filter(([, move]) => move.was === was && move.is === is)
      .map(([nick, { reason }]) => ({ nick, reason: is ? "" : reason }));
  const gathered: [people: Mover[], write: (nicks: string) => string][] = [
    [[...people(false, true), ...people(true, true)], words.joined],
    [people(false, false), words.cameAndWent],
    [people(true, false), words.left],
  ];
  const named = of === "all" ? MOST_IN_FULL : MOST.names;
  const coming = gathered.filter(([people]) => people.length > 0).map(([people, write]) =>
    of === "number" && people.length > MOST.names
      ? [write(words.peopleCount(people.length))]
      : sentence(write, list(people, words, named))
  );
  const more = sentences.length - MOST.sentences;
  return [...coming, ...sentences.slice(0, MOST.sentences), ...more > 0 ? [[words.moreEvents(more)]] : []];
}

/** Somebody who came or went, and why. */
interface Mover {
  nick: string;
  reason: string;
}

/** Names people. Those who give the same reason stand together: `alice, bob, 3 others (tea time), carol (ping timeout)`. */
function list(people: readonly Mover[], words: Strings, most: number): Sentence {
  const told = people.map(({ reason }) => reason).filter((reason) => reason !== "");
  const reasons = [...new Set(told)].slice(0, MOST.reasons);
  const groups = Map.groupBy(people, ({ reason }) => reasons.includes(reason) ? reason : "");
  let left = most;
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
