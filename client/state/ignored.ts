/**
 * The people whose lines are dropped.
 *
 * Somebody is ignored under the nick for which the person has asked, and is followed to the next one as long as they are seen.
 * Whoever has a followed nick later is somebody else, so then the nick that was asked for counts again.
 *
 * @module
 */

import { foldName } from "../names.ts";

/** Somebody who is ignored. Both nicks are folded. */
interface Ignoring {
  /** The nick for which the person has asked. */
  readonly asked: string;
  /** The nick that they have now, as far as that was seen. */
  now: string;
}

/** The people whom one client's person ignores. Nicks are taken in any case. */
export class Ignored {
  /** The person alone makes it longer. */
  #all: Ignoring[] = [];

  /** The folded nicks that are ignored now, each once. */
  get nicks(): string[] {
    return [...new Set(this.#all.map(({ now }) => now))];
  }

  /** Whether whoever has that nick now is ignored. */
  has(nick: string): boolean {
    if (this.#all.length === 0) return false;
    const folded = foldName(nick);
    return this.#all.some(({ now }) => now === folded);
  }

  /** The person asks for it. */
  add(nick: string): void {
    const folded = foldName(nick);
    this.#all.push({ asked: folded, now: folded });
    this.#unite();
  }

  /**
   * The person wants to hear somebody again: whoever has that nick now, or else whom they have ignored under it.
   *
   * @returns Whether somebody was ignored under it.
   */
  delete(nick: string): boolean {
    const folded = foldName(nick);
    const field = this.has(nick) ? "now" : "asked";
    const rest = this.#all.filter((one) => one[field] !== folded);
    const isFound = rest.length < this.#all.length;
    this.#all = rest;
    return isFound;
  }

  /** Somebody who is seen has another nick. Whoever had that one before is to be forgotten first. */
  rename(nick: string, renamed: string): void {
    this.#move(nick, () => foldName(renamed));
  }

  /** Whoever had that nick is not seen any more: the next one is perhaps somebody else. */
  forget(nick: string): void {
    this.#move(nick, ({ asked }) => asked);
  }

  /** Nobody is seen any more. */
  forgetAll(): void {
    for (const one of this.#all) one.now = one.asked;
    this.#unite();
  }

  #move(nick: string, next: (one: Ignoring) => string): void {
    if (!this.has(nick)) return;
    const folded = foldName(nick);
    for (const one of this.#all) if (one.now === folded) one.now = next(one);
    this.#unite();
  }

  /** Leaves out what stands there twice. */
  #unite(): void {
    this.#all = this.#all.filter(({ asked, now }, i) =>
      this.#all.findIndex((one) => one.asked === asked && one.now === now) === i
    );
  }
}
