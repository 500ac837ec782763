/**
 * Lists of who is in a channel, as RPL_NAMREPLY gives them over several lines (modern.ircdocs.horse/#rplnamreply-353). It
 * must not know what else a client knows.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import { BOUNDS, detached, isName } from "./bounds.ts";
import type { Member } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import type { Talk } from "./talk.ts";

/** The lists of one connection that are not complete yet. */
export class Names {
  readonly #lists = new Map<string, Member[]>();
  /** Entries in all of them. */
  #count = 0;

  /** Takes the names of one line, with spaces between. */
  add(channel: string, names: string, isupport: Isupport): void {
    const list = this.#lists.get(casefold(channel)) ?? [];
    if (!isName(channel) || (this.#lists.size >= BOUNDS.channels && !this.#lists.has(casefold(channel)))) return;
    this.#lists.set(detached(casefold(channel)), list);
    for (const entry of names.split(" ")) {
      const [prefix, nick, userhost] = isupport.member(entry);
      if (!isName(nick) || this.#count >= BOUNDS.allMembers || list.length >= BOUNDS.members) continue;
      this.#count++;
      const host = userhost === "" || userhost.length > BOUNDS.userhost ? {} : { userhost: detached(userhost) };
      list.push({ nick: detached(nick), prefix: detached(prefix.slice(0, BOUNDS.ranks)), away: false, ...host });
    }
  }

  /** Gives a list that is complete. */
  end(channel: string): Member[] {
    const list = this.#lists.get(casefold(channel)) ?? [];
    this.#lists.delete(casefold(channel));
    this.#count -= list.length;
    return list;
  }

  clear(): void {
    this.#lists.clear();
    this.#count = 0;
  }
}

/**
 * Makes a list the members of a channel. Who is away, and the accounts, no list of names says: that is kept.
 *
 * @param most How many may be in it.
 */
export function setMembers(channel: Talk, list: readonly Member[], most: number): void {
  const before = new Map(channel.members);
  channel.members.clear();
  for (const member of list.slice(0, most)) {
    const known = before.get(casefold(member.nick));
    channel.members.set(casefold(member.nick), { ...known, ...member, away: known?.away ?? false });
  }
  channel.version++;
}

// One for all: with a new one for each comparison a thousand people take long to sort.
const collator = new Intl.Collator();

/** Members by nick. */
export function sorted(members: Member[]): Member[] {
  return members.sort((a, b) => collator.compare(a.nick, b.nick));
}
