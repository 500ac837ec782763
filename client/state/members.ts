/**
 * Who is in a channel, and what they take in memory. It must not know talks.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { OVERHEAD } from "../sizes.ts";

/** Somebody in a channel. */
export interface Member {
  readonly nick: string;
  /** `user@host`, where the server told it. */
  readonly userhost?: string;
  /** The account that they are logged in to, where the server told it. */
  readonly account?: string;
  /** The symbols of the member's ranks, highest first: `@` may moderate, `+` may speak; usually "". */
  prefix: string;
  /** Known only with `away-notify`. */
  away: boolean;
}

/** For how many more people there is room, and for what size (see BOUNDS). */
export interface Capacity {
  count: number;
  size: number;
}

/** What somebody takes: a nick may be many times as long when it is folded, and that is kept as well. */
function memberSize(folded: string, { nick, userhost = "", account = "" }: Member): number {
  return OVERHEAD + folded.length + nick.length + userhost.length + account.length;
}

/** People by folded nick. */
export class Members extends Map<string, Member> {
  #taken = 0;

  /** What all of them take. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Puts somebody among them, or in the place of who had that nick.
   *
   * @param room What this takes is taken from it.
   * @returns Whether there was room; else nothing has changed.
   */
  put(folded: string, member: Member, room: Capacity): boolean {
    const grown = memberSize(folded, member) - this.#sizeOf(folded);
    const isNew = !this.has(folded);
    if ((isNew && room.count < 1) || grown > room.size) return false;
    this.set(detached(folded), member);
    if (isNew) room.count--;
    room.size -= grown;
    return true;
  }

  override set(folded: string, member: Member): this {
    this.#taken += memberSize(folded, member) - this.#sizeOf(folded);
    return super.set(folded, member);
  }

  override delete(folded: string): boolean {
    this.#taken -= this.#sizeOf(folded);
    return super.delete(folded);
  }

  override clear(): void {
    this.#taken = 0;
    super.clear();
  }

  #sizeOf(folded: string): number {
    const member = this.get(folded);
    return member === undefined ? 0 : memberSize(folded, member);
  }
}
