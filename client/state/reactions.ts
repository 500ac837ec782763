/**
 * Reactions to one message: who reacted, by reaction.
 *
 * People are compared by their folded nicks. Each nick is folded once: folding a long one takes as long as a thousand look-ups.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName } from "../names.ts";
import { OVERHEAD } from "../sizes.ts";

/** Somebody who reacts. */
export interface Reactor {
  nick: string;
  folded: string;
}

/** Makes a reactor of a nick. */
export function reactorOf(nick: string): Reactor {
  return { nick, folded: foldName(nick) };
}

/** Nicks in the order in which they came, each once in whatever case. */
export class Nicks implements Iterable<string> {
  readonly #nicks = new Map<string, string>();

  /** How many nicks there are. */
  get size(): number {
    return this.#nicks.size;
  }

  /** The nick as it was added. */
  find(folded: string): string | undefined {
    return this.#nicks.get(folded);
  }

  add({ nick, folded }: Reactor): void {
    const name = detached(nick);
    // Most nicks are folded as they come, and then one text is enough.
    this.#nicks.set(folded === nick ? name : detached(folded), name);
  }

  delete(folded: string): void {
    this.#nicks.delete(folded);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#nicks.values();
  }

  /** The nicks with their folded forms. */
  *reactors(): Generator<Reactor, void, undefined> {
    for (const [folded, nick] of this.#nicks) yield { nick, folded };
  }
}

/** Who reacted to one message, by reaction, in the order in which they came. */
export type Reactions = Map<string, Nicks>;

/** The size of a reaction, and of one person's (see BOUNDS). */
const reactionSize = (reaction: string) => OVERHEAD + reaction.length;
const reactorSize = ({ nick, folded }: Reactor) => OVERHEAD / 2 + nick.length + folded.length;

/** The size of all reactions to a message. */
export function reactionsSize(reactions: Reactions): number {
  let size = 0;
  for (const [reaction, nicks] of reactions) {
    size += reactionSize(reaction);
    for (const reactor of nicks.reactors()) size += reactorSize(reactor);
  }
  return size;
}

/** How many reactions there are, counted for each person. */
export function countOf(reactions: Reactions): number {
  let count = 0;
  for (const { size } of reactions.values()) count += size;
  return count;
}

/**
 * Adds a reaction, or takes it back.
 *
 * @returns By how much their size has grown; undefined where nothing has changed, or there are too many.
 */
export function changeReactions(
  reactions: Reactions,
  reaction: string,
  reactor: Reactor,
  isAdded: boolean,
): number | undefined {
  const nicks = reactions.get(reaction) ?? new Nicks();
  const before = nicks.find(reactor.folded);
  if (isAdded === (before !== undefined)) return undefined;
  if (before !== undefined) {
    nicks.delete(reactor.folded);
    const isLast = nicks.size === 0;
    if (isLast) reactions.delete(reaction);
    return -reactorSize({ ...reactor, nick: before }) - (isLast ? reactionSize(reaction) : 0);
  }
  const isFirst = nicks.size === 0;
  if ((isFirst && reactions.size >= BOUNDS.reactions) || countOf(reactions) >= BOUNDS.reactors) return undefined;
  nicks.add(reactor);
  if (isFirst) reactions.set(detached(reaction), nicks);
  return reactorSize(reactor) + (isFirst ? reactionSize(reaction) : 0);
}
