/**
 * Who was in the channels when the connection was lost: where the room is closed and opened again, or the network fails for all,
 * they come back one after the other, and of none of them it was told that they had left.
 *
 * @module
 */

import { foldName } from "../names.ts";
import type { Talk } from "./talk.ts";

/** For how long after this client's own return those who join are told to be back, in milliseconds. */
const COMING_BACK = 10 * 60_000;

/** Who may come back. */
export class Returning {
  /** By channel: the folded nicks of those who are not known to be there again. */
  readonly #before = new WeakMap<Talk, Set<string>>();
  /** Until when they are told to be back, in milliseconds since 1970. */
  readonly #until = new WeakMap<Talk, number>();
  /** The folded nick of who is back last. */
  readonly #last = new WeakMap<Talk, string>();

  /** Notes who is in a channel that the connection to it is lost. Where nobody is known to be there, those of before count. */
  lost(channel: Talk): void {
    if (channel.members.size > 0) this.#before.set(channel, new Set(channel.members.keys()));
  }

  /**
   * Notes that somebody has joined a channel.
   *
   * @param own Whether it is this client's own person.
   * @param now Milliseconds since 1970.
   * @returns Whether they are back, so that nobody need be told.
   */
  joined(channel: Talk, nick: string, own: boolean, now: number): boolean {
    if (own) this.#until.set(channel, now + COMING_BACK);
    const folded = foldName(nick);
    const isBack = this.seen(channel, folded) && now < (this.#until.get(channel) ?? 0);
    if (isBack) this.#last.set(channel, folded);
    else this.#last.delete(channel);
    return isBack;
  }

  /** Whether somebody is who is back last in a channel: a server says behind it that they have their rank again. */
  isLast(channel: Talk, nick: string): boolean {
    return this.#last.get(channel) === foldName(nick);
  }

  /** Notes that somebody is there: if they go and come again, that is told. @returns Whether they were there before. */
  seen(channel: Talk, folded: string): boolean {
    return this.#before.get(channel)?.delete(folded) ?? false;
  }
}
