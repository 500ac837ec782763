/// <reference lib="dom" />
/**
 * Keeps in the browser what is written in the talks and not sent, so that it is there when the tab was closed and is opened another
 * day; and has all tabs of the browser show the same.
 *
 * Nothing is kept for a person who does not stay signed in. What is kept is of one person, and goes when they leave or log out, or
 * when somebody else comes in; and it is not shown any more when it is a month old. A command is not kept, since some hold a
 * password.
 *
 * It is kept in the local storage, which is written at once: a page that is closed would not wait for anything else.
 *
 * @module
 */

import { foldName } from "../client/names.ts";
import type { Talk } from "../client/state/talk.ts";
import { readCommand } from "../client/written.ts";
import { sizeOf } from "./last_read.ts";

/** A draft as it is kept: the folded name of its talk, and when it was written, in milliseconds since 1970. */
type KeptDraft = [talk: string, text: string, time: number];

/** How much is kept: bytes in all, as the storage holds texts, and for how many milliseconds. */
export const MOST = { bytes: 128 * 1024, age: 30 * 86_400_000 } as const;

/** The key of what is kept. Another room may lie beside this one, at another path of the same host. */
const key = () => `teahouse.drafts ${location.pathname}`;

/** Where drafts are kept. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The drafts of one stay, and what is kept of them. */
export class KeptDrafts {
  readonly #storage: () => DraftStorage;
  readonly #key: string;
  #person = "";
  /** Under which name, and with which text, the draft of each talk was read or written last. */
  #known = new WeakMap<Talk, { name: string; text: string }>();

  /** @param storage Gives the storage, or throws: a browser may forbid it. */
  constructor(storage: () => DraftStorage = () => localStorage, at = key()) {
    this.#storage = storage;
    this.#key = at;
  }

  /**
   * Keeps the drafts that were changed here, and takes those that another tab has kept since. Where both have changed one, it
   * has both texts afterwards.
   *
   * @param person Whose drafts these are.
   * @param now Milliseconds since 1970.
   * @returns Whether the draft of a talk is another one now.
   */
  sync(talks: Iterable<Talk>, person: string, now = Date.now()): boolean {
    const kept = this.#read(person, now);
    if (person !== this.#person || kept === undefined) this.#known = new WeakMap();
    this.#person = person;
    const drafts = kept ?? new Map<string, KeptDraft>();
    let isTaken = false, isChanged = false;
    for (const talk of talks) {
      const name = foldName(talk.name);
      const known = this.#known.get(talk);
      const before = known?.name === name ? known.text : "";
      const theirs = drafts.get(name)?.[1] ?? "";
      const isOther = theirs !== before;
      if (isOther && isCommand(talk.draft)) continue;
      // A talk that is renamed takes its draft with it.
      if (known !== undefined && known.name !== name && drafts.get(known.name)?.[1] === known.text) {
        isChanged = drafts.delete(known.name) || isChanged;
      }
      if (isOther && talk.draft !== theirs) {
        talk.draft = talk.draft === before ? theirs : both(theirs, talk.draft);
        isTaken = true;
      }
      const text = isCommand(talk.draft) ? "" : talk.draft;
      this.#known.set(talk, { name, text });
      if (text === theirs) continue;
      isChanged = true;
      // What was written last stands last.
      drafts.delete(name);
      if (text !== "") drafts.set(name, [name, text, now]);
    }
    if (isChanged) this.#write(person, drafts);
    return isTaken;
  }

  /** What is kept for a person, by talk; undefined where nothing at all is kept. */
  #read(person: string, now: number): Map<string, KeptDraft> | undefined {
    try {
      const text = this.#storage().getItem(this.#key);
      if (text === null) return undefined;
      const kept = JSON.parse(text);
      if (kept?.person !== person || !Array.isArray(kept.drafts)) return new Map();
      const drafts: KeptDraft[] = kept.drafts.filter(isKeptDraft);
      return new Map(drafts.filter(([, , time]) => Math.abs(now - time) <= MOST.age).map((draft) => [draft[0], draft]));
    } catch {
      return undefined;
    }
  }

  /** Keeps as many drafts as there is room for; those that were written last come first. */
  #write(person: string, all: Map<string, KeptDraft>): void {
    const drafts: KeptDraft[] = [];
    let size = sizeOf({ person, drafts });
    for (const draft of [...all.values()].reverse()) {
      size += sizeOf(draft);
      if (size > MOST.bytes) break;
      drafts.unshift(draft);
    }
    try {
      this.#storage().setItem(this.#key, JSON.stringify({ person, drafts }));
    } catch {
      // Then they last as long as the tab.
    }
  }
}

/** Forgets what is kept. */
export function forgetDrafts(): void {
  try {
    localStorage.removeItem(key());
  } catch {
    // Then nothing is kept.
  }
}

/** Whether a text is a command, which may hold a password. */
function isCommand(text: string): boolean {
  return readCommand(text.trimStart()) !== undefined;
}

/** A text that has two others in it. */
function both(theirs: string, mine: string): string {
  return mine.includes(theirs) ? mine : theirs.includes(mine) ? theirs : `${theirs}\n${mine}`;
}

/** Whether this is a draft: anybody may have written anything there. */
function isKeptDraft(draft: unknown): draft is KeptDraft {
  return Array.isArray(draft) && typeof draft[0] === "string" && typeof draft[1] === "string" &&
    Number.isFinite(draft[2]);
}
