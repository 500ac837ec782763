/**
 * The members of a channel as NAMES lists them, in lines. The lines are kept, since each of a thousand who come in is sent all
 * of them.
 *
 * @module
 */

import { byteLength, LIMITS } from "../../protocol.ts";
import type { Person } from "./person.ts";
import { WordLines } from "./texts.ts";

/** The most bytes of a NAMES reply beside the names of the channel and the members: server's name, numeric, nick, spaces. */
const OVERHEAD = 80 + 4 * LIMITS.nick;

/** The lines of a channel are kept that has so many members: of fewer they are as soon made as found. */
const MANY = 16;

/** The lines of one channel, in each form in which they were asked for. */
export class MemberNames {
  /** By form. Most channels have none. */
  #lines: Map<number, WordLines> | undefined;
  readonly #prefixOf: (member: Person, hasAll: boolean) => string;

  /** @param prefixOf See `Channel.prefix`. */
  constructor(prefixOf: (member: Person, hasAll: boolean) => string) {
    this.#prefixOf = prefixOf;
  }

  /** The lines, each so long that it fits into a reply to anyone. See `Channel.names`. */
  of(
    channel: string,
    members: ReadonlyMap<Person, unknown>,
    hasAllPrefixes: boolean,
    hasHosts: boolean,
  ): readonly string[] {
    const form = Number(hasAllPrefixes) + 2 * Number(hasHosts);
    const words = members.keys().map((member) => this.#nameOf(member, form));
    const names = this.#lines?.get(form) ?? new WordLines(LIMITS.lineBytes - OVERHEAD - byteLength(channel), words);
    if (members.size >= MANY) (this.#lines ??= new Map()).set(form, names);
    return names.lines;
  }

  #nameOf(member: Person, form: number): string {
    return this.#prefixOf(member, (form & 1) !== 0) + (form & 2 ? member.source : member.nick);
  }

  /** Adds a member. */
  add(member: Person): void {
    for (const [form, names] of this.#lines ?? []) names.add(this.#nameOf(member, form));
  }

  /** Forgets the lines, since a name has changed, or a member is gone. */
  clear(): void {
    this.#lines = undefined;
  }
}
