/**
 * What is written in the talks and not sent yet. The draft of an open talk is kept by the talk itself; here is what outlives
 * a talk that is closed, what is written where there is no talk, and how a text that could not be said comes back.
 *
 * @module
 */

import { foldName } from "../client/names.ts";
import type { State } from "../client/state/state.ts";
import type { Talk } from "../client/state/talk.ts";

/** Something with a draft: a talk, or the place without any. */
export interface DraftHolder {
  draft: string;
}

/** The drafts of one stay. */
export class Drafts {
  /** Holds what is written while there is no talk. */
  readonly nowhere: DraftHolder = { draft: "" };
  readonly #state: State;
  /** The drafts of talks that are closed, by folded name. */
  readonly #closed = new Map<string, string>();
  /** What was given back into each draft and still stands at its beginning. */
  readonly #returned = new WeakMap<DraftHolder, string>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Keeps the draft of a talk that is closed, for when the talk is open again. */
  keep(talk: Talk): void {
    if (talk.draft !== "" && this.#state.find(talk.name) !== talk) {
      this.#closed.set(foldName(talk.name), talk.draft);
    }
  }

  /** Gives a talk the draft that it had when it was closed. */
  restore(talk: Talk): void {
    const name = foldName(talk.name);
    talk.draft ||= this.#closed.get(name) ?? "";
    this.#closed.delete(name);
  }

  /** Moves what was written where there was no talk into the first one, behind what stands there from another day. */
  moveInto(talk: Talk): void {
    if (this.nowhere.draft !== "") this.append(this.nowhere.draft, talk);
    this.nowhere.draft = "";
  }

  /** Puts a text behind what is written in a talk, as a line of its own. */
  append(text: string, talk: Talk): void {
    talk.draft = talk.draft === "" ? text : `${talk.draft}\n${text}`;
  }

  /**
   * Puts a text that could not be said back where it was written: behind what came back before, and before what was written
   * since.
   *
   * @param talk The talk in which it was written; the current one, or none, where that is not known.
   */
  giveBack(text: string, talk?: Talk): void {
    const holder = talk ?? this.#state.current ?? this.nowhere;
    const last = this.#returned.get(holder) ?? "";
    const isThere = last !== "" && (holder.draft === last || holder.draft.startsWith(`${last}\n`));
    const returned = isThere ? `${last}\n${text}` : text;
    const since = isThere ? holder.draft.slice(last.length + 1) : holder.draft;
    holder.draft = since === "" ? returned : `${returned}\n${since}`;
    this.#returned.set(holder, returned);
    if (talk !== undefined) this.keep(talk);
  }
}
