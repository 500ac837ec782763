/**
 * What somebody did to a channel's mode, in words: `+b ~m:bob!*@*` is that bob was muted. Pure.
 *
 * @module
 */

import { readEntry, whom } from "./masks.ts";
import { periodText } from "./period.ts";
import type { Sentences } from "../sentences.ts";

/** One change: the sentence that says it, and what stands in that. */
export interface Deed {
  kind: keyof Sentences["modes"];
  /** Whom it is about, the word, the count; of what has no words, all changes as they came. */
  what: string;
  /** For how long it is, where it ends by itself. */
  period?: string;
}

/** Modes about a person, those with a word, and those without: the sentence for `+`, and the one for `-`. */
const NAMED: Record<string, [Deed["kind"], Deed["kind"]]> = {
  o: ["operator", "noOperator"],
  v: ["voice", "noVoice"],
  k: ["key", "noKey"],
};
const FLAGS: Record<string, [Deed["kind"], Deed["kind"]]> = {
  i: ["invited", "notInvited"],
  m: ["moderated", "notModerated"],
  n: ["inside", "notInside"],
  s: ["secret", "notSecret"],
  t: ["topic", "noTopic"],
};

/** Reads what a MODE changes. @param change The modes and their parameters, as they came: `+bo *!*@host bob`. */
export function modeDeeds(change: string, { moderation, units }: Sentences): Deed[] {
  const [modes, ...params] = change.split(" ");
  const deeds: (Deed | undefined)[] = [];
  let isAdded = true;
  for (const mode of /^[+-]/.test(modes) ? modes : "") {
    if (mode === "+" || mode === "-") isAdded = mode === "+";
    else if (mode === "l") deeds.push(isAdded ? about("limit", params.shift()) : { kind: "noLimit", what: "" });
    else if (Object.hasOwn(FLAGS, mode)) deeds.push({ kind: FLAGS[mode][isAdded ? 0 : 1], what: "" });
    else if (Object.hasOwn(NAMED, mode)) deeds.push(about(NAMED[mode][isAdded ? 0 : 1], params.shift()));
    else if (mode === "b" && params.length > 0) {
      const { mask, isMute, minutes } = readEntry(params.shift()!);
      const kind = isAdded ? isMute ? "muted" : "banned" : isMute ? "unmuted" : "unbanned";
      const period = isAdded && minutes !== undefined ? { period: periodText(minutes, units) } : {};
      deeds.push({ kind, what: whom(mask, moderation), ...period });
    } else deeds.push(undefined);
  }
  const known = deeds.filter((deed) => deed !== undefined);
  // What is not known wholly is not known at all: nobody can tell whose parameter is whose.
  return params.length > 0 || known.length === 0 || known.length < deeds.length
    ? [{ kind: "other", what: change }]
    : known;
}

function about(kind: Deed["kind"], what: string | undefined): Deed | undefined {
  return what === undefined ? undefined : { kind, what };
}
