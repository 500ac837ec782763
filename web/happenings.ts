/**
 * What happened in a talk, in words: several things that came one after the other as one short text. Pure.
 *
 * @module
 */

import type { Line } from "../client/talk.ts";
import { clean } from "./format.ts";
import type { Strings } from "./strings.ts";

const because = (text: string) => text === "" ? "" : ` (${clean(text)})`;

/** Servers say before a reason that it is the person's own, which is no news of somebody who has left. */
const reasonOf = ({ kind, text }: Line) => kind === "quit" ? text.replace(/^Quit(?:: ?|$)/, "") : text;

/** The kinds that have a sentence for each; coming and going is told of all together. */
const SENTENCES: Partial<Record<Line["kind"], (line: Line, words: Strings) => string>> = {
  nick: ({ from, text }, words) => words.renamed(clean(from), clean(text)),
  topic: ({ from, text }, words) => words.topicSet(clean(from), clean(text)),
  mode: ({ from, text }, words) => words.mode(clean(from), clean(text)),
  kick: ({ from, about = "", text }, words) => words.kicked(clean(from), clean(about)) + because(text),
};

/** Gives what happened as a text: `alice, bob joined · carol left (see you)`. */
export function happenings(lines: readonly Line[], words: Strings): string {
  // By nick whether it was there before, as far as these lines tell, and whether it is there now; and why it left.
  const moves = new Map<string, { was: boolean; is: boolean; reason: string }>();
  const sentences: string[] = [];
  for (const line of lines) {
    if (line.kind === "join" || line.kind === "part" || line.kind === "quit") {
      const is = line.kind === "join";
      const move = moves.get(line.from) ?? { was: !is, is, reason: "" };
      moves.set(line.from, { ...move, is, reason: reasonOf(line) });
    } else sentences.push(SENTENCES[line.kind]?.(line, words) ?? "");
  }
  const names = (was: boolean, is: boolean) =>
    [...moves].filter(([, move]) => move.was === was && move.is === is)
      .map(([nick, move]) => clean(nick) + because(is ? "" : move.reason));
  const gathered: [names: string[], sentence: (nicks: string) => string][] = [
    [[...names(false, true), ...names(true, true)], words.joined],
    [names(false, false), words.cameAndWent],
    [names(true, false), words.left],
  ];
  const coming = gathered.filter(([nicks]) => nicks.length > 0).map(([nicks, sentence]) => sentence(nicks.join(", ")));
  return [...coming, ...sentences].join(" · ");
}
