/**
 * A channel: its members, its settings, and the feeds that tell the members what happens. It must not know commands,
 * sockets or other channels.
 *
 * @module
 */

import { byteLength, casefold, LIMITS } from "../protocol.ts";
import { encode, type Event, FEED_CAPABILITIES } from "./capabilities.ts";
import { Feed, nextOrder } from "./fanout.ts";
import { matches } from "./mask.ts";
import type { Session } from "./session.ts";
import { WordLines } from "./words.ts";

/** The most that a NAMES reply holds beside the channel's name and the members': server's name, numeric, nick, spaces. Bytes. */
const NAMES_OVERHEAD = 80 + 4 * LIMITS.nick;

/** What a member may do beyond talking: modes `o` (operator, `@`) and `v` (voice, `+`). */
export interface Membership {
  o: boolean;
  v: boolean;
  /** Whether a ban matches; forgotten when that could change, since looking it up takes a step per ban. */
  banned?: boolean | undefined;
}

/** A text that someone set at a time. */
export interface Setting {
  text: string;
  /** The setter's `nick!user@host`. */
  by: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** What of a channel outlives its members. */
export interface ChannelSettings {
  name: string;
  created: number;
  topic?: Setting | undefined;
  /** Modes without a parameter that are on. */
  flags: string;
  key?: string | undefined;
  limit?: number | undefined;
  bans: Setting[];
  /** The accounts that are operators when they join. */
  operators: string[];
  /** Who may join in spite of mode `i`, see `Session.identity`: those who were in. */
  seats: string[];
}

/** Modes of a new channel. */
const USUAL_FLAGS = "nt";

/** A channel exists as long as it has members. */
export class Channel {
  /** The name as it was first written. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly members = new Map<Session, Membership>();
  topic: Setting | undefined;
  /** Modes without a parameter that are on: some of `imnst`. */
  readonly flags: Set<string> = new Set(USUAL_FLAGS);
  /** Mode `k`: the word that a person must say to join. */
  key: string | undefined;
  /** Mode `l`: how many members there may be. */
  limit: number | undefined;
  /** Mode `b`: who may not join or talk, by folded mask. */
  readonly bans = new Map<string, Setting>();
  /** Who has been invited and has not joined since. */
  readonly invited = new WeakSet<Session>();
  /** The accounts, folded, that are operators when they join. */
  readonly operators: Set<string> = new Set();
  /** Who was in when mode `i` was on and the server stopped, and has not come back. */
  readonly #seats: Set<string> = new Set();
  readonly #feeds = new Map<number, Feed>();
  readonly #names = new Map<number, WordLines>();

  /** @param kept The settings of a channel of this name that has been before. */
  constructor(name: string, created: number, kept?: ChannelSettings) {
    this.name = kept?.name ?? name;
    this.created = kept?.created ?? created;
    if (kept === undefined) return;
    this.topic = kept.topic;
    this.flags = new Set(kept.flags);
    this.key = kept.key;
    this.limit = kept.limit;
    for (const ban of kept.bans) this.bans.set(casefold(ban.text), ban);
    this.operators = new Set(kept.operators);
    this.#seats = new Set(kept.seats);
  }

  /** What is to be kept of it; nothing where that is as in a new channel. */
  get settings(): ChannelSettings | undefined {
    const { name, created, topic, key, limit } = this;
    const flags = [...this.flags].sort().join("");
    const bans = [...this.bans.values()];
    const operators = [...this.operators];
    const isUsual = topic === undefined && key === undefined && limit === undefined && flags === USUAL_FLAGS;
    if (isUsual && bans.length === 0 && operators.length === 0) return undefined;
    const members = this.members.keys().map(({ identity }) => identity);
    const seats = this.flags.has("i") ? [...new Set([...this.#seats, ...members])] : [];
    return { name, created, topic, flags, key, limit, bans, operators, seats };
  }

  /** Whether mode `i` lets someone in: by an invitation, or since they were in before. */
  isExpected(session: Session): boolean {
    return this.invited.has(session) || this.#seats.has(session.identity);
  }

  /**
   * The members as NAMES lists them, with their prefixes, in lines that fit into a reply to anyone. They are kept, since
   * each of a thousand who come in is sent all of them.
   *
   * @param all Whether a member's every prefix is shown (`multi-prefix`), or the highest.
   * @param withHost Whether they are `nick!user@host` (`userhost-in-names`), or nicks.
   */
  names(all: boolean, withHost: boolean): readonly string[] {
    const variant = Number(all) + 2 * Number(withHost);
    const room = LIMITS.lineBytes - NAMES_OVERHEAD - byteLength(this.name);
    const words = this.members.keys().map((member) => this.#word(member, variant));
    const names = this.#names.get(variant) ?? new WordLines(room, words);
    this.#names.set(variant, names);
    return names.lines;
  }

  #word(member: Session, variant: number): string {
    return this.prefix(member, (variant & 1) !== 0) + (variant & 2 ? member.source : member.nick);
  }

  /** Forgets what was made of a member's name, after it has changed. */
  renamed(session: Session): void {
    this.#names.clear();
    const membership = this.members.get(session);
    if (membership !== undefined) membership.banned = undefined;
  }

  #bansChanged(): void {
    for (const membership of this.members.values()) membership.banned = undefined;
  }

  /** Makes a member operator (`o`) or gives it voice (`v`), or takes that away. False if nothing changes. */
  setRank(session: Session, letter: "o" | "v", on: boolean): boolean {
    const membership = this.members.get(session);
    if (membership === undefined || membership[letter] === on) return false;
    membership[letter] = on;
    this.#names.clear();
    return true;
  }

  /**
   * Adds a member, who is told what happens from now on. Its operators are those whose accounts are; where there are
   * none, the first one.
   */
  add(session: Session): void {
    const { account } = session;
    const o = this.operators.size > 0
      ? account !== undefined && this.operators.has(casefold(account))
      : this.members.size === 0;
    this.members.set(session, { o, v: false });
    this.invited.delete(session);
    this.#seats.delete(session.identity);
    session.channels.add(this);
    this.follow(session);
    for (const [variant, names] of this.#names) names.add(this.#word(session, variant));
  }

  /** Removes a member; what happened before still reaches them. */
  remove(session: Session): void {
    this.members.delete(session);
    session.channels.delete(this);
    this.unfollow(session);
    this.#names.clear();
  }

  /** Follows the feed that suits a session's capabilities. */
  follow(session: Session): void {
    const caps = session.caps & FEED_CAPABILITIES;
    let feed = this.#feeds.get(caps);
    if (feed === undefined) this.#feeds.set(caps, feed = new Feed());
    session.outbox.follow(feed);
  }

  /** The reverse of `follow`, before the capabilities change. */
  unfollow(session: Session): void {
    const caps = session.caps & FEED_CAPABILITIES;
    const feed = this.#feeds.get(caps);
    if (feed === undefined) return;
    session.outbox.unfollow(feed);
    if (feed.size === 0) this.#feeds.delete(caps);
  }

  /** Tells every member what happened. Costs one line per feed, however many members there are. */
  publish(event: Event): void {
    const at = nextOrder();
    for (const [caps, feed] of this.#feeds) {
      const line = encode(event, caps);
      if (line !== undefined) feed.append(line, at);
    }
  }

  /** Tells every member but one. */
  publishExcept(event: Event, session: Session): void {
    session.outbox.seal();
    this.publish(event);
    session.outbox.skip();
  }

  /** By how many bytes its members are behind beyond what is usual. */
  get excess(): number {
    return this.#feeds.values().reduce((sum, feed) => sum + feed.excess, 0);
  }

  isOperator(session: Session): boolean {
    return this.members.get(session)?.o === true;
  }

  /** `@` and `+` as a member has them: the highest, or all of them for those with `multi-prefix`. */
  prefix(session: Session, all: boolean): string {
    const { o, v } = this.members.get(session) ?? { o: false, v: false };
    return all ? (o ? "@" : "") + (v ? "+" : "") : o ? "@" : v ? "+" : "";
  }

  /** Whether a ban matches `nick!user@host` (mode `b`). */
  isBanned(session: Session): boolean {
    const membership = this.members.get(session);
    if (membership?.banned !== undefined) return membership.banned;
    const banned = this.bans.keys().some((mask) => matches(mask, session.source));
    if (membership !== undefined) membership.banned = banned;
    return banned;
  }

  /** Whether a session may talk here: modes `n`, `m` and `b` (modern.ircdocs.horse/#channel-modes). */
  maySpeak(session: Session): boolean {
    const membership = this.members.get(session);
    if (membership === undefined) return !this.flags.has("n") && !this.flags.has("m") && !this.isBanned(session);
    if (membership.o || membership.v) return true;
    return !this.flags.has("m") && !this.isBanned(session);
  }

  /** Whether someone may know that the channel exists and who is in it: mode `s` hides that from others. */
  isVisibleTo(session: Session): boolean {
    return !this.flags.has("s") || this.members.has(session);
  }

  /** Adds a ban; false where that mask is banned already. */
  ban(mask: string, by: string, at: number): boolean {
    const folded = casefold(mask);
    if (this.bans.has(folded)) return false;
    this.bans.set(folded, { text: mask, by, at });
    this.#bansChanged();
    return true;
  }

  /** Lifts a ban; gives the mask as it was set. */
  unban(mask: string): string | undefined {
    const folded = casefold(mask);
    const ban = this.bans.get(folded);
    this.bans.delete(folded);
    this.#bansChanged();
    return ban?.text;
  }
}
