/**
 * Reactions to one message: who reacted, by reaction.
 *
 * This client's own person is one, whatever their nick was; others are compared by their accounts, and guests by their folded
 * nicks. Each name is folded once: folding a long one takes as long as a thousand look-ups.
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
  /** What is the same for all that this person does. */
  key: string;
}

/** The key of this client's own person, and how the key of an account begins. No line holds a NUL, and so no nick. */
const OWN = "\0own", ACCOUNT = "\0account ";

/** What is known of somebody who reacts, beside the nick: the account, and whether it is this client's own person. */
export interface Identity {
  account?: string | undefined;
  own?: boolean;
}

/** Makes a reactor of a nick. */
export function reactorOf(nick: string, { account, own = false }: Identity = {}): Reactor {
  if (own) return { nick, key: OWN };
  return { nick, key: account ? ACCOUNT + foldName(account.slice(0, BOUNDS.name)) : foldName(nick) };
}

/** The nicks of people in the order in which they came, each person once. */
export class Nicks implements Iterable<string> {
  readonly #nicks = new Map<string, string>();

  /** How many nicks there are. */
  get size(): number {
    return this.#nicks.size;
  }

  /** Whether this client's own person is one of them. */
  get hasOwn(): boolean {
    return this.#nicks.has(OWN);
  }

  /** The nick as it was added. */
  find(key: string): string | undefined {
    return this.#nicks.get(key);
  }

  add({ nick, key }: Reactor): void {
    const name = detached(nick);
    // Most nicks are folded as they come, and then one text is enough.
    this.#nicks.set(key === nick ? name : detached(key), name);
  }

  delete(key: string): void {
    this.#nicks.delete(key);
  }

  /** The nicks as they are to be shown. @param own The nick that this client's own person has now. */
  shown(own: string): string[] {
    return [...this.#nicks].map(([key, nick]) => key === OWN ? own : nick);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#nicks.values();
  }

  /** The people themselves. */
  *reactors(): Generator<Reactor, void, undefined> {
    for (const [key, nick] of this.#nicks) yield { nick, key };
  }
}

/** Who reacted to one message, by reaction, in the order in which they came. */
export type Reactions = Map<string, Nicks>;

/** The size of a reaction, and of one person's (see BOUNDS). */
const reactionSize = (reaction: string) => OVERHEAD + reaction.length;
const reactorSize = ({ nick, key }: Reactor) => OVERHEAD / 2 + nick.length + key.length;

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

/** The key by which somebody who takes a reaction back stands there: they may have reacted before they had an account. */
function keyIn(nicks: Nicks, { nick, key }: Reactor): string {
  return key.startsWith(ACCOUNT) && nicks.find(key) === undefined ? foldName(nick) : key;
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
  const key = isAdded ? reactor.key : keyIn(nicks, reactor);
  const before = nicks.find(key);
  if (isAdded === (before !== undefined)) return undefined;
  if (before !== undefined) {
    nicks.delete(key);
    const isLast = nicks.size === 0;
    if (isLast) reactions.delete(reaction);
    return -reactorSize({ key, nick: before }) - (isLast ? reactionSize(reaction) : 0);
  }
  const isFirst = nicks.size === 0;
  if ((isFirst && reactions.size >= BOUNDS.reactions) || countOf(reactions) >= BOUNDS.reactors) return undefined;
  nicks.add(reactor);
  if (isFirst) reactions.set(detached(reaction), nicks);
  return reactorSize(reactor) + (isFirst ? reactionSize(reaction) : 0);
}
