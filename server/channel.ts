/**
 * A channel: its members, its settings, and the feeds that tell the members what happens. It must not know commands,
 * sockets or other channels.
 *
 * @module
 */

import { byteLength, casefold, LIMITS } from "../protocol.ts";
import { deciding, DECIDING_BITS, encode, type Event, feedClass } from "./capabilities.ts";
import { Feed, nextOrder } from "./fanout.ts";
import { type Mask, MaskList, type Setting } from "./masklist.ts";
import type { Session } from "./session.ts";
import { WordLines } from "./words.ts";

/** The most that a NAMES reply holds beside the channel's name and the members': server's name, numeric, nick, spaces. Bytes. */
const NAMES_OVERHEAD = 80 + 4 * LIMITS.nick;

/** What a member may do beyond talking: modes `o` (operator, `@`) and `v` (voice, `+`). */
export interface Membership {
  o: boolean;
  v: boolean;
  /** Whether a ban keeps it from talking; forgotten when that could change: looking it up takes a step per ban. */
  silenced?: boolean | undefined;
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
  /** The lists `b`, `e` and `I`; the last two are newer than some databases. */
  bans: Setting[];
  exceptions?: Setting[];
  inviteExceptions?: Setting[];
  /** The accounts that are operators when they join. */
  operators: string[];
  /** Who may join in spite of mode `i`, see `Session.identity`: those who were in. */
  seats: string[];
  /** Keys and values; newer than some databases. */
  metadata?: [string, string][];
}

/** The members who share a feed: those who are told the same of all messages. */
class Audience {
  readonly feed = new Feed();
  size = 0;
  /** How many of them have each capability that decides about events of one kind, by its bit. */
  readonly #having = new Map<number, number>();

  /** Counts a member with these capabilities (1), or no longer (-1). */
  count(caps: number, by: 1 | -1): void {
    this.size += by;
    for (const bit of DECIDING_BITS) if (caps & bit) this.#having.set(bit, this.having(bit) + by);
  }

  having(bit: number): number {
    return this.#having.get(bit) ?? 0;
  }
}

/** A list of masks, and under which name it is kept. */
const KEPT = { b: "bans", e: "exceptions", I: "inviteExceptions" } as const;
type ListLetter = keyof typeof KEPT;

/** Modes of a new channel. */
const USUAL_FLAGS = "nt";

/** A channel exists as long as it has members. */
export class Channel {
  #name: string;
  /** When it was last renamed, in milliseconds since 1970. */
  renamedAt = -Infinity;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly members = new Map<Session, Membership>();
  /** How many of them have user mode `i`; `Session.setMode` keeps it right. */
  invisible = 0;
  topic: Setting | undefined;
  /** Modes without a parameter that are on: some of `MODES.flags`. */
  readonly flags: Set<string> = new Set(USUAL_FLAGS);
  /** Mode `k`: the word that a person must say to join. */
  key: string | undefined;
  /** Mode `l`: how many members there may be. */
  limit: number | undefined;
  /** Who may not join or talk (mode `b`), except these (`e`); and who may join as if invited (`I`). */
  readonly lists: Record<ListLetter, MaskList> = { b: new MaskList(), e: new MaskList(), I: new MaskList() };
  /** Who has been invited and has not joined since; true where an operator did it, which alone opens modes `i` and `l`. */
  readonly invited = new WeakMap<Session, boolean>();
  /** The accounts, folded, that are operators when they join. */
  readonly operators: Set<string> = new Set();
  /** What its operators have noted of it, by key (IRCv3 metadata). */
  readonly metadata: Map<string, string>;
  /** Who was in when mode `i` was on and the server stopped, and has not come back. */
  readonly #seats: Set<string> = new Set();
  /** By `feedClass`: a dozen at the most, however many sets of capabilities the members have. */
  readonly #audiences = new Map<number, Audience>();
  readonly #names = new Map<number, WordLines>();

  /** @param kept The settings of a channel of this name that has been before. */
  constructor(name: string, created: number, kept?: ChannelSettings) {
    this.#name = kept?.name ?? name;
    this.created = kept?.created ?? created;
    this.metadata = new Map(kept?.metadata);
    if (kept === undefined) return;
    this.topic = kept.topic;
    this.flags = new Set(kept.flags);
    this.key = kept.key;
    this.limit = kept.limit;
    for (const [letter, list] of Object.entries(this.lists)) {
      list.restore(kept[KEPT[letter as ListLetter]] ?? [], created);
    }
    this.operators = new Set(kept.operators);
    this.#seats = new Set(kept.seats);
  }

  /** The name as it was first written, or as it was last given. */
  get name(): string {
    return this.#name;
  }

  /** Gives it another name. That nobody else has it, and who is told, is the chat's business. @param at Milliseconds since 1970. */
  rename(name: string, at: number): void {
    this.#name = name;
    this.renamedAt = at;
    this.#names.clear();
  }

  /** What is to be kept of it; nothing where that is as in a new channel. */
  get settings(): ChannelSettings | undefined {
    const { name, created, topic, key, limit, lists } = this;
    const flags = [...this.flags].sort().join("");
    const [bans, exceptions, inviteExceptions] = [lists.b.settings, lists.e.settings, lists.I.settings];
    const operators = [...this.operators];
    const metadata = [...this.metadata];
    const isUsual = topic === undefined && key === undefined && limit === undefined && flags === USUAL_FLAGS;
    const isBare = [bans, exceptions, inviteExceptions, operators, metadata].every(({ length }) => length === 0);
    if (isUsual && isBare) return undefined;
    const members = this.members.keys().map(({ identity }) => identity);
    const seats = this.flags.has("i") ? [...new Set([...this.#seats, ...members])] : [];
    return { name, created, topic, flags, key, limit, bans, exceptions, inviteExceptions, operators, seats, metadata };
  }

  /** Whether mode `i` lets someone in: by an operator's invitation, by mode `I`, or since they were in before. */
  isExpected(session: Session): boolean {
    return this.invited.get(session) === true || this.#seats.has(session.identity) ||
      this.lists.I.covers(session.sources, false);
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
    this.recognised(session);
  }

  /** Forgets whether a member is silenced, after it has become another to bans. */
  recognised(session: Session): void {
    const membership = this.members.get(session);
    if (membership !== undefined) membership.silenced = undefined;
  }

  #listsChanged(): void {
    for (const membership of this.members.values()) membership.silenced = undefined;
  }

  /** Makes a member operator (`o`) or gives it voice (`v`), or takes that away. False if nothing changes. */
  setRank(session: Session, letter: "o" | "v", on: boolean): boolean {
    const membership = this.members.get(session);
    if (membership === undefined || membership[letter] === on) return false;
    membership[letter] = on;
    this.#names.clear();
    if (letter === "o" && session.account !== undefined) {
      const account = casefold(session.account);
      if (on) this.operators.add(account);
      else this.operators.delete(account);
    }
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
    if (o && account !== undefined) this.operators.add(casefold(account));
    this.members.set(session, { o, v: false });
    this.invited.delete(session);
    this.#seats.delete(session.identity);
    session.channels.add(this);
    if (session.invisible) this.invisible++;
    this.follow(session);
    for (const [variant, names] of this.#names) names.add(this.#word(session, variant));
  }

  /** Removes a member; what happened before still reaches them. */
  remove(session: Session): void {
    this.members.delete(session);
    session.channels.delete(this);
    if (session.invisible) this.invisible--;
    this.unfollow(session);
    this.#names.clear();
  }

  /** Follows the feed that suits a session's capabilities. */
  follow({ caps, outbox }: Session): void {
    const like = feedClass(caps);
    let audience = this.#audiences.get(like);
    if (audience === undefined) this.#audiences.set(like, audience = new Audience());
    audience.count(caps, 1);
    outbox.follow(audience.feed);
  }

  /** The reverse of `follow`, before the capabilities change. */
  unfollow({ caps, outbox }: Session): void {
    const like = feedClass(caps);
    const audience = this.#audiences.get(like);
    if (audience === undefined) return;
    outbox.unfollow(audience.feed);
    audience.count(caps, -1);
    if (audience.size === 0) this.#audiences.delete(like);
  }

  /**
   * Tells every member what happened, or every one but one. Costs a line per feed, however many members there are; only
   * where those of one feed don't agree whether or how they are told such an event, each of them is told singly.
   */
  publish(event: Event, except?: Session): void {
    except?.outbox.seal();
    const at = nextOrder();
    const bit = deciding(event);
    const divided = new Map<number, [without: string | undefined, having: string | undefined]>();
    for (const [like, audience] of this.#audiences) {
      const having = audience.having(bit);
      if (having > 0 && having < audience.size) {
        divided.set(like, [encode(event, like), encode(event, like | bit)]);
        continue;
      }
      const line = encode(event, having > 0 ? like | bit : like);
      if (line !== undefined) audience.feed.append(line, at);
    }
    except?.outbox.skip();
    if (divided.size === 0) return;
    for (const member of this.members.keys()) {
      const line = member === except ? undefined : divided.get(feedClass(member.caps))?.[member.caps & bit ? 1 : 0];
      if (line !== undefined) member.outbox.send(line);
    }
  }

  /** By how many bytes its members are behind beyond what is usual. */
  get excess(): number {
    return this.#audiences.values().reduce((sum, { feed }) => sum + feed.excess, 0);
  }

  /** The members but one who have one of these prefixes or a higher one. */
  *ranked(prefixes: string, except: Session): Generator<Session> {
    const isVoice = prefixes.includes("+");
    for (const [member, { o, v }] of this.members) if (member !== except && (o || (isVoice && v))) yield member;
  }

  isOperator(session: Session): boolean {
    return this.members.get(session)?.o === true;
  }

  /** `@` and `+` as a member has them: the highest, or all of them for those with `multi-prefix`. */
  prefix(session: Session, all: boolean): string {
    const { o, v } = this.members.get(session) ?? { o: false, v: false };
    return all ? (o ? "@" : "") + (v ? "+" : "") : o ? "@" : v ? "+" : "";
  }

  /** Whether a ban keeps a session out (mode `b`), and no exception lets it in (`e`). */
  isBanned({ sources }: Session): boolean {
    return this.lists.b.covers(sources, false) && !this.lists.e.covers(sources, false);
  }

  /** Whether a ban or a mute keeps a session from talking. An exception from bans is one from mutes, too. */
  #isSilenced(session: Session): boolean {
    const membership = this.members.get(session);
    if (membership?.silenced !== undefined) return membership.silenced;
    const { b, e } = this.lists;
    const { sources } = session;
    const silenced = (b.covers(sources, false) || (b.covers(sources, true) && !e.covers(sources, true))) &&
      !e.covers(sources, false);
    if (membership !== undefined) membership.silenced = silenced;
    return silenced;
  }

  /** Whether a ban or a mute keeps a member from being read here, who is neither operator nor has voice. */
  isMuted(session: Session): boolean {
    const membership = this.members.get(session);
    return membership !== undefined && !membership.o && !membership.v && this.#isSilenced(session);
  }

  /** Why a session may not talk here, if so: modes `n`, `m`, `b` and `e` (modern.ircdocs.horse/#channel-modes). */
  silence(session: Session): string | undefined {
    const membership = this.members.get(session);
    if (membership === undefined && this.flags.has("n")) return "+n: you are not in it";
    if (membership !== undefined && (membership.o || membership.v)) return undefined;
    if (this.flags.has("m")) return "+m: only those with voice may talk";
    return this.#isSilenced(session) ? "+b: you are banned or muted" : undefined;
  }

  /** Whether someone may know that the channel exists and who is in it: mode `s` hides that from others. */
  isVisibleTo(session: Session): boolean {
    return !this.flags.has("s") || this.members.has(session);
  }

  /** Adds to a list of masks, in place of an entry that covers the same. */
  addMask(letter: ListLetter, mask: Mask, by: string, at: number): void {
    this.lists[letter].add(mask, by, at);
    this.#listsChanged();
  }

  /** Removes from a list of masks the entry that covers the same; gives its text. */
  removeMask(letter: ListLetter, mask: Mask): string | undefined {
    const entry = this.lists[letter].remove(mask);
    this.#listsChanged();
    return entry?.text;
  }

  /** Whether some entry of the lists ends by itself. */
  get isTimed(): boolean {
    return Object.values(this.lists).some((list) => list.isTimed);
  }

  /** Removes from the lists what has ended; gives it as MODE tells it, a pair for each. */
  expireMasks(now: number): [change: string, text: string][] {
    const over = Object.entries(this.lists).flatMap(([letter, list]) =>
      list.expire(now).map(({ text }): [string, string] => [`-${letter}`, text])
    );
    if (over.length > 0) this.#listsChanged();
    return over;
  }
}
