/**
 * What Tab makes of a half-written line: emoji codes, nicks, channels, slash commands and their arguments. Pure.
 *
 * @module
 */

import { complete as completeEmoji } from "../../emoji/mod.ts";
import type { Param } from "./command.ts";
import { COMMANDS } from "./mod.ts";
import { compareNames, foldName } from "../names.ts";
import type { State } from "../state/state.ts";
import { plainSign, readCommand } from "../written.ts";

/** One completion of the last word. */
export interface Candidate {
  /** What replaces the word, with the space or colon that belongs after it. */
  text: string;
  /** What to show in a list. */
  label: string;
}

/** The last word of a line, and its completions, best first. */
export interface Completions {
  word: string;
  candidates: Candidate[];
}

/**
 * Completes the last word of a line.
 *
 * @param line The line up to the cursor.
 * @param pictures Names of picture emoji.
 */
export function complete(line: string, state: State, pictures: ReadonlySet<string> = new Set()): Completions {
  let start = line.length;
  while (start > 0 && !/\s/.test(line[start - 1])) start--;
  const [before, word] = [line.slice(0, start), line.slice(start)];
  return { word, candidates: candidates(word, before, state, pictures) };
}

function candidates(typed: string, before: string, state: State, pictures: ReadonlySet<string>): Candidate[] {
  const command = before === "" ? readCommand(typed)?.name : undefined;
  if (command !== undefined) return matching("/" + command, [...COMMANDS.keys()].map((name) => "/" + name), " ");
  const word = plainSign(typed);
  const kind = paramKind(before);
  if (kind !== undefined && kind !== "text" && kind !== "emoji" && kind !== "time") {
    return matching(word, KINDS[kind](state, word), " ");
  }
  if (word.startsWith(":")) {
    return completeEmoji(word, pictures).map(({ code, emoji = "" }) => ({
      text: code,
      label: `${code} ${emoji}`.trimEnd(),
    }));
  }
  if (word.startsWith("#")) return matching(word, channels(state), " ");
  if (word === "") return [];
  const at = word.startsWith("@") ? "@" : "";
  // At the beginning a nick names the person for whom the line is meant.
  const after = at === "" && before === "" ? ": " : " ";
  return matching(word, nicks(state, word.slice(at.length)).map((nick) => at + nick), after);
}

/** How many lines of the talk that is shown are looked at for who spoke last. */
const RECENT = 200;

/** The place of each person who spoke lately in the talk that is shown, by folded nick: 0 spoke last. */
function lastSpeakers(state: State): Map<string, number> {
  const places = new Map<string, number>();
  for (const { from } of state.current?.said().take(RECENT) ?? []) {
    const name = foldName(from);
    if (!places.has(name)) places.set(name, places.size);
  }
  return places;
}

/**
 * The nicks that begin with a word: of those who are here first of those who spoke lately in the talk, the last one first, then
 * the others by name; then of those who are not here. There may be thousands, so only these are sorted.
 */
const nicks = (state: State, word: string): string[] => {
  const folded = word.toLowerCase();
  const talks = [...state.talks.values()].filter(({ kind }) => kind === "private").map(({ name }) => name);
  const here = new Set(state.onlineNicks);
  const found = [...new Set([...talks, ...here])]
    .filter((nick) => nick.toLowerCase().startsWith(folded) && !state.isSelf(nick));
  const places = lastSpeakers(state);
  const place = (nick: string) => places.get(foldName(nick)) ?? places.size;
  const absence = (nick: string) => here.has(nick) ? 0 : 1;
  return found.sort((a, b) => absence(a) - absence(b) || place(a) - place(b) || compareNames(a, b));
};
const channels = (state: State): string[] => state.channels.map(({ name }) => name);

const KINDS: Record<Exclude<Param["kind"], "text" | "emoji" | "time">, (state: State, word: string) => string[]> = {
  nick: nicks,
  channel: channels,
  target: (state, word) => [...nicks(state, word), ...channels(state)],
  // Of /help alone.
  command: () => ["all", ...COMMANDS.keys()],
  word: () => [],
  line: () => [],
};

/** What kind of argument comes after `before`; undefined outside of a known command. */
function paramKind(before: string): Param["kind"] | undefined {
  const words = /^\/(?!\/)/.test(before) ? before.trimEnd().split(/\s+/) : [];
  const params = COMMANDS.get(words[0]?.slice(1) ?? "")?.params;
  if (params === undefined) return undefined;
  const last = params.at(-1);
  return params[words.length - 1]?.kind ?? (last?.kind === "text" ? "text" : "word");
}

/** The most completions that are given; nobody reads more. */
const MOST = 100;

/** Characters that nobody sees, or that would end a word. */
const UNSEEN = /[\p{C}\p{Z}]/u;

/** The names that begin with a word, without those that have invisible parts: no honest server has such names. */
function matching(word: string, names: string[], after: string): Candidate[] {
  const folded = word.toLowerCase();
  const found = names.filter((name) => name.toLowerCase().startsWith(folded) && !UNSEEN.test(name));
  return found.slice(0, MOST).map((name) => ({ text: name + after, label: name }));
}
