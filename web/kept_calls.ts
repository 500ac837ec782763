/// <reference lib="dom" />
/**
 * Keeps in the browser what the talks tell of calls, since a server keeps no history of them: a page that is loaded anew, or opened
 * another day, tells it again.
 *
 * Nothing is kept for a person who does not stay signed in. What is kept is of one person, and goes when they leave or log out, or
 * when somebody else comes in; and it is a month old at the most.
 *
 * @module
 */

import { foldName, isName } from "../client/names.ts";
import type { CallRecord, TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { sizeOf } from "./last_read.ts";

/** What a talk tells of a call, as it is kept. */
interface KeptCall {
  /** The folded name of the talk, and its name as the server spells it. */
  talk: string;
  name: string;
  /** Milliseconds since 1970. */
  time: number;
  from: string;
  own: boolean;
  call: CallRecord;
  /** Whether it is a call that was missed, and that the person has not seen. */
  isUnread?: boolean;
  /** Whether the person has closed the talk since. */
  isClosed?: true;
}

/** How much is kept: bytes in all, as the storage holds texts, and for how many milliseconds. */
export const MOST = { bytes: 64 * 1024, age: 30 * 86_400_000 } as const;

/** Two tabs, which are told of one call each by itself, differ by so many milliseconds at the most. */
const SAME = 5_000;

/** What a line may tell of a call. */
const WHAT: ReadonlySet<unknown> = new Set(["began", "ended", "missed", "unanswered", "declined", "call"]);

/** The key of what is kept. Another room may lie beside this one, at another path of the same host. */
const key = () => `teahouse.calls ${location.pathname}`;

/** Where it is kept. */
export type CallStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The talks of a client, as far as this needs them. */
export interface CallTalks {
  talks: Iterable<Talk>;
  /** The talk with a person; it is opened where it is not open. */
  open(name: string): Talk;
  /** Whether the history of a talk is on its way. */
  isBringing(talk: Talk): boolean;
}

/** What is kept of the calls of one stay. */
export class KeptCalls {
  readonly #storage: () => CallStorage;
  readonly #key: string;
  #person = "";
  /** What was read last, as text and as what it means. */
  #text: string | null | undefined;
  #calls: KeptCall[] = [];
  /** The name of each open talk, and its version, when it was looked at last. */
  #seen = new Map<Talk, { name: string; version: number }>();

  /** @param storage Gives the storage, or throws: a browser may forbid it. */
  constructor(storage: () => CallStorage = () => localStorage, at = key()) {
    this.#storage = storage;
    this.#key = at;
  }

  /**
   * Keeps what the talks tell of calls, and has them tell what is kept.
   *
   * @param person Whose talks these are.
   * @param now Milliseconds since 1970.
   * @returns Whether a talk tells more than before.
   */
  sync({ talks, open, isBringing }: CallTalks, person: string, now = Date.now()): boolean {
    const isNew = this.#read(person, now);
    if (person !== this.#person) this.#seen.clear();
    // A call that was missed is to be found, though nothing else was said with whoever has called.
    if (person !== this.#person) { for (const { name } of this.#missed()) open(name); }
    this.#person = person;
    let isShown = false, isChanged = false;
    const before = new Map(this.#seen);
    for (const talk of talks) {
      const name = foldName(talk.name);
      const seen = before.get(talk);
      before.delete(talk);
      if (seen?.name === name && seen.version === talk.version && !isNew) continue;
      if (seen !== undefined && seen.name !== name) isChanged = this.#rename(seen.name, talk.name) || isChanged;
      if (seen === undefined) isChanged = this.#reopen(name) || isChanged;
      isChanged = this.#keep(talk, name, now) || isChanged;
      // What comes later is placed among what is loaded.
      if (isBringing(talk)) continue;
      isShown = this.#show(talk, name) || isShown;
      this.#seen.set(talk, { name, version: talk.version });
    }
    for (const [talk, { name }] of before) {
      this.#seen.delete(talk);
      isChanged = this.#close(name) || isChanged;
    }
    if (isChanged) this.#write();
    return isShown;
  }

  /** The calls between two that were missed, and whose talk was not closed since. */
  #missed(): KeptCall[] {
    return this.#calls.filter(({ call, isClosed }) => call.what === "missed" && !isClosed);
  }

  #rename(before: string, name: string): boolean {
    const calls = this.#calls.filter(({ talk }) => talk === before);
    for (const call of calls) Object.assign(call, { talk: foldName(name), name });
    return calls.length > 0;
  }

  #close(name: string): boolean {
    const calls = this.#calls.filter(({ talk, isClosed }) => talk === name && !isClosed);
    for (const call of calls) call.isClosed = true;
    return calls.length > 0;
  }

  #reopen(name: string): boolean {
    const calls = this.#calls.filter(({ talk, isClosed }) => talk === name && isClosed);
    for (const call of calls) delete call.isClosed;
    return calls.length > 0;
  }

  /** Keeps what a talk tells that is not kept yet, and what of it was read since. */
  #keep({ name, lines, unread, readTime = -Infinity }: Talk, talk: string, now: number): boolean {
    let isChanged = false;
    for (const { kind, time, from, own, call } of lines) {
      if (kind !== "call" || call === undefined || now - time > MOST.age) continue;
      const isUnread = call.what === "missed" && unread > 0 && time > readTime;
      const kept = this.#calls.find((other) => isSame(other, { talk, time, call }));
      if (kept !== undefined && (kept.isUnread ?? false) === isUnread) continue;
      if (kept === undefined) this.#calls.push({ talk, name, time, from, own, call, isUnread });
      else kept.isUnread = isUnread;
      isChanged = true;
    }
    return isChanged;
  }

  /** Has a talk tell what is kept of it, as far back as it is loaded. */
  #show(talk: Talk, name: string): boolean {
    const from = talk.complete ? -Infinity : talk.first?.time ?? -Infinity;
    const calls = this.#calls.filter((kept) => kept.talk === name && kept.time >= from);
    if (calls.length === 0) return false;
    const told = talk.lines.flatMap(({ time, call }) => call === undefined ? [] : [{ talk: name, time, call }]);
    const missing = calls.filter((kept) => !told.some((other) => isSame(other, kept))).sort((a, b) => a.time - b.time);
    for (const kept of missing) talk.insert([lineOf(kept)], { isMissed: kept.isUnread ?? false });
    return missing.length > 0;
  }

  /** Reads what is kept. @returns Whether that is not what was read last. */
  #read(person: string, now: number): boolean {
    let text: string | null = null;
    try {
      text = this.#storage().getItem(this.#key);
      if (text === this.#text && person === this.#person) return false;
      const kept = text === null ? undefined : JSON.parse(text);
      const isOwn = kept?.person === person && Array.isArray(kept.calls);
      this.#calls = isOwn ? kept.calls.filter(isKeptCall).filter(({ time }: KeptCall) => now - time <= MOST.age) : [];
    } catch {
      this.#calls = [];
    }
    this.#text = text;
    return true;
  }

  /** Keeps as many as there is room for; the last ones come first. */
  #write(): void {
    const person = this.#person;
    const calls: KeptCall[] = [];
    let size = sizeOf({ person, calls });
    for (const call of this.#calls.toSorted((a, b) => b.time - a.time)) {
      size += sizeOf(call);
      if (size > MOST.bytes) break;
      calls.unshift(call);
    }
    this.#text = JSON.stringify({ person, calls });
    try {
      this.#storage().setItem(this.#key, this.#text);
    } catch {
      // Then they last as long as the tab.
    }
  }
}

/** Forgets what is kept. */
export function forgetCalls(): void {
  try {
    localStorage.removeItem(key());
  } catch {
    // Then nothing is kept.
  }
}

type Told = Pick<KeptCall, "talk" | "time" | "call">;

/** Whether two tell the same of one call. */
function isSame(one: Told, other: Told): boolean {
  return one.talk === other.talk && one.call.what === other.call.what && Math.abs(one.time - other.time) <= SAME;
}

function lineOf({ time, from, own, call }: KeptCall): TalkLine {
  const isPast = { private: false, mention: false, history: true };
  return { kind: "call", time, from, text: "", own, ...isPast, call, reactions: new Map() };
}

/** Whether this is what a talk tells of a call: anybody may have written anything there. */
function isKeptCall(kept: unknown): kept is KeptCall {
  if (typeof kept !== "object" || kept === null) return false;
  const { talk, name, time, from, own, call } = kept as Partial<KeptCall>;
  const isTold = typeof call === "object" && call !== null && WHAT.has(call.what) &&
    (call.lasted === undefined || Number.isFinite(call.lasted));
  return isTold && typeof name === "string" && isName(name) && foldName(name) === talk && Number.isFinite(time) &&
    typeof from === "string" && typeof own === "boolean";
}
