/**
 * The nicks that people had who have left or renamed themselves, for WHOWAS (RFC 2812 section 3.6.3).
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Person } from "./person.ts";

/** How many are remembered. The oldest gives way. */
const MOST = 500;

/** Who somebody was. */
export interface FormerNick
  extends Pick<Person, "nick" | "user" | "host" | "realname" | "address" | "account" | "hasDevice"> {
  /** The nick, folded. */
  folded: string;
  /** By what masks name the person; see `Person.stamps`. */
  stamps: readonly string[];
  /** Milliseconds since 1970. */
  at: number;
}

/** Those whom one room remembers. */
export class WhowasList {
  readonly #all: FormerNick[] = [];

  /** Remembers who somebody was. @param at Milliseconds since 1970. */
  add(person: Person, at: number): void {
    const { nick, user, host, realname, address, account, hasDevice } = person;
    const stamps = [...person.stamps];
    this.#all.push({ folded: casefold(nick), nick, user, host, realname, address, account, hasDevice, stamps, at });
    if (this.#all.length > MOST) this.#all.shift();
  }

  /** Everybody who had a nick, the latest first. */
  find(nick: string): FormerNick[] {
    const folded = casefold(nick);
    return this.#all.filter((person) => person.folded === folded).reverse();
  }
}
