/**
 * What somebody did to a channel's mode, in words: `+b ~m:bob!*@*` is that bob was muted. Pure.
 *
 * @module
 */

import { maskText, nickOfDevice, readBan } from "./masks.ts";
import { periodText } from "./period.ts";
import type { Sentences } from "../sentences.ts";

/** One change: its sentence in the table of sentences, and what stands in it. */
export interface ModeSentence {
  kind: keyof Sentences["modes"];
  /** Whom it is about, the key or the count; all changes as they came where there is no sentence for them. */
  what: string;
  /** How long it lasts, where it ends by itself. */
  period?: string;
}

/** The same as it was read, with the mask that it is about. */
type Read = ModeSentence & { mask?: string };

/** Modes with a parameter, and modes without: the sentence for `+`, and the one for `-`. */
const NAMED: Record<string, [ModeSentence["kind"], ModeSentence["kind"]]> = {
  o: ["operator", "noOperator"],
  v: ["voice", "noVoice"],
  k: ["key", "noKey"],
};
const FLAGS: Record<string, [ModeSentence["kind"], ModeSentence["kind"]]> = {
  i: ["invited", "notInvited"],
  m: ["moderated", "notModerated"],
  n: ["inside", "notInside"],
  s: ["secret", "notSecret"],
  t: ["topic", "noTopic"],
};

/** Two changes that have one sentence together. */
const TOGETHER: [both: ModeSentence["kind"][], one: ModeSentence["kind"]][] = [
  [["invited", "secret"], "private"],
  [["notInvited", "notSecret"], "notPrivate"],
];

/** Reads what a MODE changes. @param change The modes and their parameters, as they came: `+bo *!*@host bob`. */
export function modeSentences(change: string, { moderation, units }: Sentences): ModeSentence[] {
  const [modes, ...params] = change.split(" ");
  const read: (Read | undefined)[] = [];
  let isAdded = true;
  for (const mode of /^[+-]/.test(modes) ? modes : "") {
    if (mode === "+" || mode === "-") isAdded = mode === "+";
    else if (mode === "l") read.push(isAdded ? about("limit", params.shift()) : { kind: "noLimit", what: "" });
    else if (Object.hasOwn(FLAGS, mode)) read.push({ kind: FLAGS[mode][isAdded ? 0 : 1], what: "" });
    else if (Object.hasOwn(NAMED, mode)) read.push(about(NAMED[mode][isAdded ? 0 : 1], params.shift()));
    else if (mode === "b" && params.length > 0) {
      const { mask, isMute, minutes } = readBan(params.shift()!);
      const kind = isAdded ? isMute ? "muted" : "banned" : isMute ? "unmuted" : "unbanned";
      const period = isAdded && minutes !== undefined ? { period: periodText(minutes, units) } : {};
      read.push({ kind, what: maskText(mask, moderation), ...period, mask });
    } else read.push(undefined);
  }
  const known = perPerson(read).filter((sentence) => sentence !== undefined);
  // If one mode is not known, none is: nobody can tell which parameter belongs to which mode.
  return params.length > 0 || known.length === 0 || read.includes(undefined)
    ? [{ kind: "other", what: change }]
    : TOGETHER.reduce(together, known);
}

/** Sentences with one in the place of these two, where both are there. */
function together(sentences: ModeSentence[], [both, one]: typeof TOGETHER[number]): ModeSentence[] {
  const left = sentences.filter(({ kind }) => !both.includes(kind));
  return left.length > sentences.length - both.length ? sentences : [{ kind: one, what: "" }, ...left];
}

/**
 * One sentence for the masks that our server sets for one person together: their account, their devices, their place. One of them
 * has the nick in it.
 */
function perPerson(read: readonly (Read | undefined)[]): (ModeSentence | undefined)[] {
  const one = read.find((sentence) => nickOfDevice(sentence?.mask ?? "") !== undefined);
  const isOfOne = (sentence: Read | undefined) =>
    sentence?.mask !== undefined && sentence !== one && sentence.kind === one?.kind && sentence.period === one.period &&
    (sentence.mask.startsWith("~a:") || sentence.mask.startsWith(`${one.what}!`) || sentence.what === one.what);
  return read.filter((sentence) => one === undefined || !isOfOne(sentence)).map((sentence) => {
    if (sentence === undefined) return undefined;
    const { mask: _, ...rest } = sentence;
    return rest;
  });
}

function about(kind: ModeSentence["kind"], what: string | undefined): ModeSentence | undefined {
  return what === undefined ? undefined : { kind, what };
}
