/**
 * How long somebody else may have the nick of an account before it is taken away, and which nick they are given then.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/**
 * How long others than the owner may have the nick, all together, before it is taken away; and after how long that time is
 * forgotten, so that others can't keep an owner from it for good who logs in only once they have the nick. Milliseconds.
 */
const RESERVED = { most: 30_000, forgotten: 3_600_000 } as const;

/** Tells somebody that their nick is the nick of an account, or looks like it. @param ms How long they may have it. */
export function ownedText(nick: string, account: string, ms: number): string {
  const owned = casefold(nick) === casefold(account) ? nick : `${nick} looks like ${account}, which`;
  return `${owned} is the nick of an account: log in, or you are given another in ${Math.ceil(ms / 1000)} s`;
}

/** A nick for somebody who has lost theirs. @param isFree Whether one can be had: of so many, some always can. */
export function guestNick(isFree: (nick: string) => boolean): string {
  const digits = () => 1000 + Math.floor(Math.random() * 9000);
  let nick = `guest-${digits()}`;
  while (!isFree(nick)) nick = `guest-${digits()}${digits()}`;
  return nick;
}

/** How many nicks are remembered. The oldest gives way. */
const MOST = 10_000;

/** The nicks of accounts that somebody else has had lately. */
export class Reservations {
  /** When each is taken away, by folded nick. Milliseconds of `Chat.uptime`. */
  readonly #ends = new Map<string, number>();

  /**
   * When the nick of an account is taken away from somebody else who has it.
   *
   * @param folded The nick, folded.
   * @param now Milliseconds of `Chat.uptime`, as the result.
   */
  endOf(folded: string, now: number): number {
    const before = this.#ends.get(folded);
    const isNew = before === undefined || now >= before + RESERVED.forgotten;
    const end = isNew ? now + RESERVED.most : before;
    if (isNew && this.#ends.size >= MOST) this.#ends.delete(this.#ends.keys().next().value!);
    this.#ends.set(folded, end);
    return end;
  }

  /** The owner has the nick, or the account is no more. @param folded The nick, folded. */
  forget(folded: string): void {
    this.#ends.delete(folded);
  }
}
