/**
 * Reactions of one talk to lines that are not there (yet): the history may bring the line later.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { OVERHEAD } from "../sizes.ts";
import { changeReactions, countOf, type Reactions, reactionsSize, type Reactor } from "./reactions.ts";

/** They wait by the msgid of the line; of very many the oldest are forgotten (`BOUNDS.pending`). */
export class PendingReactions {
  readonly #byMsgid = new Map<string, Reactions>();
  /** How many there are, counted for each person. */
  #count = 0;
  #size = 0;

  /** Their size; see BOUNDS. */
  get size(): number {
    return this.#size;
  }

  /** Adds a reaction to a line, or takes it back. */
  keep(msgid: string, reaction: string, reactor: Reactor, isAdded: boolean): void {
    const reactions = this.take(msgid);
    if (!isAdded || countOf(reactions) < BOUNDS.pending) changeReactions(reactions, reaction, reactor, isAdded);
    if (reactions.size === 0) return;
    this.#byMsgid.set(detached(msgid), reactions);
    this.#count += countOf(reactions);
    this.#size += OVERHEAD + msgid.length + reactionsSize(reactions);
    // A map keeps its order: the first is the oldest.
    while (this.#count > BOUNDS.pending) this.take(this.#byMsgid.keys().next().value!);
  }

  /** Gives the reactions that wait for a line, and forgets them. */
  take(msgid: string): Reactions {
    const reactions = this.#byMsgid.get(msgid);
    if (reactions === undefined) return new Map();
    this.#byMsgid.delete(msgid);
    this.#count -= countOf(reactions);
    this.#size -= OVERHEAD + msgid.length + reactionsSize(reactions);
    return reactions;
  }

  clear(): void {
    this.#byMsgid.clear();
    this.#count = this.#size = 0;
  }
}
