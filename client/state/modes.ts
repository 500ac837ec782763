/**
 * What somebody did to a channel's mode, in words: `+b ~m:bob!*@*` is that bob was muted. Pure.
 *
 * @module
 */

import { maskText, readBan } from "./masks.ts";
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

/** Reads what a MODE changes. @param change The modes and their parameters, as they came: `+bo *!*@host bob`. */
export function modeSentences(change: string, { moderation, units }: Sentences): ModeSentence[] {
  const [modes, ...params] = change.split(" ");
  const read: (ModeSentence | undefined)[] = [];
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
      read.push({ kind, what: maskText(mask, moderation), ...period });
    } else read.push(undefined);
  }
  const known = read.filter((sentence) => sentence !== undefined);
  // If one mode is not known, none is: nobody can tell which parameter belongs to which mode.
  return params.length > 0 || known.length === 0 || known.length < read.length
    ? [{ kind: "other", what: change }]
    : known;
}

function about(kind: ModeSentence["kind"], what: string | undefined): ModeSentence | undefined {
  return what === undefined ? undefined : { kind, what };
}
