/**
 * Who is in a channel, and how much memory that takes.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { isName } from "../names.ts";
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

/** The `user@host` of a member, of a length that is kept; nothing where it is "". */
export function keptUserhost(userhost: string): { userhost?: string } {
  return userhost === "" || userhost.length > BOUNDS.userhost ? {} : { userhost: detached(userhost) };
}

/** The account of a member, as ACCOUNT and JOIN give it; nothing for `*`, which is none. */
export function keptAccount(account: string): { account?: string } {
  return account === "*" || !isName(account) ? {} : { account: detached(account) };
}

/** For how many more people there is room, and for how much that is known of them (see BOUNDS). */
export interface Capacity {
  count: number;
  size: number;
}

/** The size of a member. The folded nick is kept as well, and may be many times as long as the nick. */
function memberSize(folded: string, { nick, userhost = "", account = "" }: Member): number {
  return OVERHEAD + folded.length + nick.length + userhost.length + account.length;
}

/** People by folded nick. */
export class Members extends Map<string, Member> {
  #taken = 0;

  /** The size of all members. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Adds somebody, or replaces the one who had that nick.
   *
   * @param capacity What is left of it gets smaller.
   * @returns Whether there was room; else nothing has changed.
   */
  put(folded: string, member: Member, capacity: Capacity): boolean {
    const grown = memberSize(folded, member) - this.#sizeOf(folded);
    const isNew = !this.has(folded);
    if ((isNew && capacity.count < 1) || grown > capacity.size) return false;
    this.set(detached(folded), member);
    if (isNew) capacity.count--;
    capacity.size -= grown;
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
