/**
 * The talks that there are, by folded name: channels and people, and who is in the channels.
 *
 * @module
 */

import { BOUNDS } from "../bounds.ts";
import { foldName, isName } from "../names.ts";
import type { Capacity, Member, Members } from "./members.ts";
import { sortMembers } from "./name_lists.ts";
import { Talk } from "./talk.ts";

/**
 * The channels that are joined and the people with whom private lines were exchanged, in the order in which they came.
 * Channels are kept over a lost connection, to be joined again.
 */
export class Talks extends Map<string, Talk> {
  /** The folded name of the person whose talk is shown, and is not forgotten. */
  shown: string | undefined;
  readonly #lines: number | undefined;
  /** The size of each talk when it was last measured, and of all together: never too small, since each growth is measured. */
  readonly #sizes = new Map<Talk, number>();
  #size = 0;

  /** @param lines How many lines of each talk are kept. */
  constructor(lines?: number) {
    super();
    this.#lines = lines;
  }

  override set(name: string, talk: Talk): this {
    this.delete(name);
    super.set(name, talk);
    this.#sizes.set(talk, 0);
    this.#measure(talk);
    return this;
  }

  override delete(name: string): boolean {
    const talk = this.get(name);
    if (talk !== undefined) {
      this.#size -= this.#sizes.get(talk) ?? 0;
      this.#sizes.delete(talk);
    }
    return super.delete(name);
  }

  /** The talk of that name, in any case. */
  find(name: string): Talk | undefined {
    return this.get(foldName(name));
  }

  /** The talk of that name; a new one where there is none. */
  open(name: string, kind: Talk["kind"]): Talk {
    const known = this.find(name);
    if (known !== undefined) return known;
    const talk = new Talk(name, kind, this.#lines, (grown) => this.#bound(grown));
    this.set(foldName(name), talk);
    if (kind === "private") this.#forgetOne(talk);
    return talk;
  }

  /** Whether a channel may be joined: it is already, or there is room for it. */
  mayJoin(name: string): boolean {
    if (this.joined(name) !== undefined) return true;
    return isName(name) && (this.size < BOUNDS.channels || this.channels.length < BOUNDS.channels);
  }

  /** What there is room for in a joined channel, given what all channels take. */
  capacityIn({ members }: Talk): Capacity {
    const capacity = { count: BOUNDS.allMembers, size: BOUNDS.membersSize };
    for (const { members } of this.values()) {
      capacity.count -= members.size;
      capacity.size -= members.taken;
    }
    return { ...capacity, count: Math.min(capacity.count, BOUNDS.members - members.size) };
  }

  /** Makes a list the members of a channel. What a list of names does not say (accounts, who is away) is kept from before. */
  setMembers(channel: Talk, list: Members): void {
    const before = new Map(channel.members);
    channel.members.clear();
    const capacity = this.capacityIn(channel);
    for (const [folded, member] of list) {
      const known = before.get(folded);
      channel.members.put(folded, { ...known, ...member, away: known?.away ?? false }, capacity);
    }
    channel.version++;
  }

  /** Changes what is known of somebody in each channel, where there is room for it. */
  changeMember(nick: string, change: (member: Member) => Member): void {
    const folded = foldName(nick);
    let capacity: Capacity | undefined;
    for (const channel of this.channels) {
      const member = channel.members.get(folded);
      if (member !== undefined) channel.members.put(folded, change(member), capacity ??= this.capacityIn(channel));
    }
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
    return sortMembers([...this.joined(channel)?.members.values() ?? []]);
  }

  /** Somebody as a member of each channel. */
  memberships(nick: string): Member[] {
    const folded = foldName(nick);
    return this.channels.flatMap(({ members }) => members.get(folded) ?? []);
  }

  /** The nicks of all who are in the channels, each once. */
  get onlineNicks(): string[] {
    const nicks = new Map<string, string>();
    for (const { members } of this.channels) {
      for (const [folded, { nick }] of members) nicks.set(folded, nick);
    }
    return [...nicks.values()];
  }

  /** Gives somebody another nick, in the channels and for the talk with them. */
  rename(nick: string, renamed: string): void {
    const [before, after] = [foldName(nick), foldName(renamed)];
    let capacity: Capacity | undefined;
    for (const channel of this.channels) {
      const { members } = channel;
      const member = members.get(before);
      if (member === undefined) continue;
      capacity ??= this.capacityIn(channel);
      const { taken } = members;
      members.delete(before);
      capacity.count = 1;
      capacity.size += taken - members.taken;
      members.put(after, { ...member, nick: renamed }, capacity);
    }
    // A talk follows the person and not the nick, so that no line is sent to the next one who takes the nick.
    const talk = this.find(nick);
    if (talk !== undefined) this.#move(talk, renamed);
  }

  /** Gives a joined channel another name. @returns Whether it is joined. */
  renameChannel(before: string, name: string): boolean {
    const talk = this.joined(before);
    if (talk !== undefined) this.#move(talk, name);
    return talk !== undefined;
  }

  /** Puts a talk under another name. */
  #move(talk: Talk, name: string): void {
    this.delete(foldName(talk.name));
    // The lines of the talk that had the name stay under it.
    const other = this.find(name);
    if (other !== undefined) {
      talk.takeOver(other, this.shown === foldName(name));
      // The last line may be of either.
      talk.peer.known = undefined;
    }
    talk.trim();
    talk.name = name;
    talk.version++;
    this.set(foldName(name), talk);
  }

  /** Takes somebody out of all channels; gives those that they were in. */
  removeEverywhere(nick: string): Talk[] {
    const folded = foldName(nick);
    return this.channels.filter(({ members }) => members.delete(folded));
  }

  /** Forgets who is in the channels, since the connection is lost. */
  offline(): void {
    for (const talk of this.values()) {
      talk.members.clear();
      talk.peer.known = undefined;
      talk.version++;
    }
  }

  /**
   * Shortens the longest talks where there is too much in all of them. All are measured only then: a person in a thousand channels
   * who changes nick makes each of them grow.
   */
  #bound(grown: Talk): void {
    this.#measure(grown);
    while (this.#size > BOUNDS.allLines) {
      let [longest] = this.values();
      for (const talk of this.values()) {
        this.#measure(talk);
        if (talk.size > longest.size) longest = talk;
      }
      if (this.#size <= BOUNDS.allLines) return;
      longest.halve();
      this.#measure(longest);
    }
  }

  /** Measures a talk, if it is one of these: a talk that was closed may still grow. */
  #measure(talk: Talk): void {
    const before = this.#sizes.get(talk);
    if (before === undefined) return;
    this.#sizes.set(talk, talk.size);
    this.#size += talk.size - before;
  }

  /**
   * Forgets a talk with a person where there are too many. Nobody who writes under many nicks may displace the talks that matter:
   * first goes one with a stranger, then one with somebody of a channel to whom this person has said nothing, and then any; of these
   * one of the host that has most, and of these the one that was silent the longest. A talk with a draft stays, as does the one
   * that is shown, and the one that was just opened.
   */
  #forgetOne(opened: Talk): void {
    const people = [...this].filter(([folded, { kind }]) => kind === "private" && folded !== this.shown);
    if (people.length <= BOUNDS.privateTalks) return;
    const { channels } = this;
    const others = people.filter(([, talk]) => talk !== opened && talk.draft === "")
      .sort(([, a], [, b]) => lastTime(a) - lastTime(b));
    const unchosen = others.filter(([, { isChosen }]) => !isChosen);
    const strangers = unchosen.filter(([folded]) => !channels.some(({ members }) => members.has(folded)));
    const ofHosts = [strangers, unchosen].find((talks) => talks.length > 0);
    const byHost = [...Map.groupBy(ofHosts ?? [], ([, { host }]) => host).values()];
    const [most = others] = byHost.sort((a, b) => b.length - a.length);
    if (most.length > 0) this.delete(most[0][0]);
  }
}

/** When something was said or happened last in a talk, 0 where nothing did. */
function lastTime({ lines }: Talk): number {
  return lines.at(-1)?.time ?? 0;
}
