/**
 * Lists of who is in a channel, as RPL_NAMREPLY gives them over several lines (modern.ircdocs.horse/#rplnamreply-353).
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { compareNames, foldName, isName } from "../names.ts";
import { type Capacity, keptUserhost, type Member, Members } from "./members.ts";
import type { Isupport } from "./isupport.ts";

/** The lists of one connection that are not complete yet. */
export class NameLists {
  readonly #lists = new Map<string, Members>();
  /** What there is room for in all lists. */
  #capacity: Capacity = roomForAll();

  /** Takes the names of one line, with spaces between. */
  add(channel: string, names: string, isupport: Isupport): void {
    if (!isName(channel)) return;
    const name = foldName(channel);
    const list = this.#lists.get(name) ?? new Members();
    if (!this.#lists.has(name) && this.#lists.size >= BOUNDS.channels) return;
    this.#lists.set(detached(name), list);
    for (const entry of names.split(" ")) {
      const [prefix, nick, userhost] = isupport.member(entry);
      if (!isName(nick)) continue;
      const folded = foldName(nick);
      if (list.size >= BOUNDS.members && !list.has(folded)) continue;
      const ranks = detached(prefix.slice(0, BOUNDS.ranks));
      list.put(folded, { nick: detached(nick), prefix: ranks, away: false, ...keptUserhost(userhost) }, this.#capacity);
    }
  }

  /** Ends a list, and gives it. */
  end(channel: string): Members {
    const name = foldName(channel);
    const list = this.#lists.get(name) ?? new Members();
    this.#lists.delete(name);
    this.#capacity.count += list.size;
    this.#capacity.size += list.taken;
    return list;
  }

  clear(): void {
    this.#lists.clear();
    this.#capacity = roomForAll();
  }
}

function roomForAll(): Capacity {
  return { count: BOUNDS.allMembers, size: BOUNDS.membersSize };
}

/** Sorts members by nick, in place. */
export function sortMembers(members: Member[]): Member[] {
  return members.sort((a, b) => compareNames(a.nick, b.nick));
}
