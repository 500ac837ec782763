/**
 * The talks that there are, by folded name: channels and people, and who is in the channels. It must not know messages.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import type { Member } from "./events.ts";
import { sorted } from "./names.ts";
import { Talk } from "./talk.ts";

/** Private talks that are kept, the oldest are forgotten first: strangers may not fill the memory. */
const PRIVATE_TALKS = 200;

/**
 * The channels that are joined and the people with whom private lines were exchanged, in the order in which they came.
 * Channels are kept over a lost connection, to be joined again.
 */
export class Talks extends Map<string, Talk> {
  /** The folded name of the person whose talk is not forgotten. */
  held: string | undefined;
  readonly #lines: number | undefined;

  /** @param lines How many lines of each talk are kept. */
  constructor(lines?: number) {
    super();
    this.#lines = lines;
  }

  /** The talk of that name, in any case. */
  find(name: string): Talk | undefined {
    return this.get(casefold(name));
  }

  /** The talk of that name; a new one where there is none. */
  open(name: string, kind: Talk["kind"]): Talk {
    const known = this.find(name);
    if (known !== undefined) return known;
    const talk = new Talk(name, kind, this.#lines);
    this.set(casefold(name), talk);
    if (kind === "private") this.#forgetOld();
    return talk;
  }

  /** The joined channels. */
  get channels(): Talk[] {
    return [...this.values()].filter(({ kind }) => kind === "channel");
  }

  /** The joined channel of that name, in any case. */
  joined(name: string): Talk | undefined {
    const talk = this.find(name);
    return talk?.kind === "channel" ? talk : undefined;
  }

  /** Who is in a joined channel, by nick; empty for others. */
  members(channel: string): Member[] {
    return sorted([...this.joined(channel)?.members.values() ?? []]);
  }

  /** Somebody in all channels. */
  everywhere(nick: string): Member[] {
    const folded = casefold(nick);
    return this.channels.flatMap(({ members }) => members.get(folded) ?? []);
  }

  /** Who is in the channels, each once. */
  get people(): string[] {
    const nicks = new Map<string, string>();
    for (const { members } of this.channels) {
      for (const [folded, { nick }] of members) nicks.set(folded, nick);
    }
    return [...nicks.values()];
  }

  /** Gives somebody another nick, in the channels and for the talk with them. */
  rename(nick: string, renamed: string): void {
    const [before, after] = [casefold(nick), casefold(renamed)];
    for (const { members } of this.channels) {
      const member = members.get(before);
      if (member === undefined) continue;
      members.delete(before);
      members.set(after, { ...member, nick: renamed });
    }
    // A talk follows the person, not the name, so that a line is not sent to whoever takes the name next.
    const talk = this.find(nick);
    if (talk === undefined) return;
    this.delete(before);
    // Whoever had the name before: those lines stay under it.
    if (before !== after) talk.insert(this.find(renamed)?.lines ?? []);
    talk.name = renamed;
    talk.version++;
    this.set(after, talk);
  }

  /** Takes somebody out of the channels; gives those that they were in. */
  gone(nick: string): Talk[] {
    return this.channels.filter(({ members }) => members.delete(casefold(nick)));
  }

  /** Says that nobody is known to be there. */
  offline(): void {
    for (const talk of this.values()) {
      talk.members.clear();
      talk.version++;
    }
  }

  #forgetOld(): void {
    const others = [...this.values()].filter(({ kind, name }) => kind === "private" && casefold(name) !== this.held);
    if (others.length > PRIVATE_TALKS) this.delete(casefold(others[0].name));
  }
}
