/**
 * A channel: its members, its settings, and the feeds that tell the members what happens. It must not know commands,
 * sockets or other channels.
 *
 * @module
 */

import { byteLength, casefold, LIMITS } from "../../protocol.ts";
import { deciding, DECIDING_BITS, encode, type Event, feedClass } from "./capabilities.ts";
import { nextOrder } from "../fanout/chunks.ts";
import { Feed } from "../fanout/feed.ts";
import type { ChannelSettings, Item, ItemKind, PlainSettings, Setting } from "../store/channel_settings.ts";
import { Glob } from "./mask.ts";
import { accountSource, type Mask, MaskList } from "./masklist.ts";
import type { Session } from "./session.ts";
import { WordLines } from "./words.ts";

/** The most that a NAMES reply holds beside the channel's name and the members': server's name, numeric, nick, spaces. Bytes. */
const NAMES_OVERHEAD = 80 + 4 * LIMITS.nick;

/** What a channel's lists of masks say of somebody. */
interface Verdict {
  isBanned: boolean;
  /** Banned or muted. */
  isSilenced: boolean;
  /** By mode `I`. */
  isWelcome: boolean;
}

/** Where the lists are empty. */
const UNJUDGED: Verdict = { isBanned: false, isSilenced: false, isWelcome: false };

/** One that is kept, and after how many changes of the lists it was found. */
type KeptVerdict = Verdict & { changes: number };

/** As what a member is looked at before it logs in or out, and then: so many verdicts are kept of each. */
const MOST_VERDICTS = 2;

/** Under which name the verdict of an account is kept, or of none. */
function keyOf(account: string | undefined): string {
  return account === undefined ? "" : casefold(account);
}

/** What a member may do beyond talking: modes `o` (operator, `@`) and `v` (voice, `+`). */
export interface Membership {
  o: boolean;
  v: boolean;
  /** What the lists say of it, by account; forgotten with its name. Finding it takes a step per mask. */
  verdicts?: Map<string, KeptVerdict> | undefined;
  /** The identity by which it may come back in spite of mode `i`. */
  seat?: string | undefined;
}

/** How many accounts may be a channel's operators when they join. */
const MOST_OPERATORS = 500;

/** How many may come back in spite of mode `i`; without an account anyone can be as many as they like. */
const MOST_SEATS = { accounts: 500, guests: 200 } as const;

/** How many are invited at a time; who was first gives way. */
const MOST_INVITED = 500;

/** The time in which somebody has the rank by which they invite: what it has opened is closed with its end. */
interface Term {
  readonly isOver: boolean;
}

/** How the identity of an account begins, see `Session.identity`. */
const ACCOUNT = "account:";

/** Whether it is an account's: a guest is nobody any more once the connection has ended. */
function isAccount(identity: string): boolean {
  return identity.startsWith(ACCOUNT);
}

function seatKind(identity: string): keyof typeof MOST_SEATS {
  return isAccount(identity) ? "accounts" : "guests";
}

/** A map that tells what changes in it. */
class ToldMap extends Map<string, string> {
  readonly #tell: (key: string, value: string | undefined) => void;

  constructor(entries: Iterable<readonly [string, string]>, tell: (key: string, value: string | undefined) => void) {
    super();
    this.#tell = tell;
    for (const [key, value] of entries) super.set(key, value);
  }

  override set(key: string, value: string): this {
    this.#tell(key, value);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#tell(key, undefined);
    return super.delete(key);
  }
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

/** The number of the last channel that was made or renamed. */
let serials = 0;

/** A channel exists as long as it has members. */
export class Channel {
  #name: string;
  /** When it was last renamed, in milliseconds since 1970. */
  renamedAt = -Infinity;
  /** Its number, in the order in which channels were made or renamed, from 1 on. */
  serial = ++serials;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly members = new Map<Session, Membership>();
  /** How many of them have user mode `i`; `Session.setMode` keeps it right. */
  invisible = 0;
  topic: Setting | undefined;
  /** How often something was kept of what is said here, or removed from it. */
  keptChanges = 0;
  /** What those who join are shown of that, by ids, and after how many of these changes. */
  lastSaid: { changes: number; ids: readonly number[] } | undefined;
  /** Modes without a parameter that are on: some of `MODES.flags`. */
  readonly flags: Set<string> = new Set(USUAL_FLAGS);
  /** Mode `k`: the word that a person must say to join. */
  key: string | undefined;
  /** Mode `l`: how many members there may be. */
  limit: number | undefined;
  /** Who may not join or talk (mode `b`), except these (`e`); and who may join as if invited (`I`). */
  readonly lists: Record<ListLetter, MaskList> = { b: new MaskList(), e: new MaskList(), I: new MaskList() };
  /** How often they have changed. */
  #listChanges = 0;
  /** Who has been invited and has not joined since; by which rank where an operator did it, which alone opens modes `i` and `l`. */
  readonly #invited = new Map<Session, Term | undefined>();
  /** Those of its operators who have invited somebody; an account that is operator keeps its rank while it is away. */
  readonly #terms = new WeakMap<Session, { isOver: boolean }>();
  readonly #accountTerms = new Map<string, { isOver: boolean }>();
  readonly #operators = new Set<string>();
  /** What its operators have noted of it, by key (IRCv3 metadata). */
  readonly metadata: Map<string, string>;
  /**
   * Who may come back in spite of mode `i`, see `Session.identity`; and how many members are there by it. A seat is given
   * to who joins while the mode is on, or is in when it is set. It stays when its owner leaves, and is taken by a kick, by a
   * ban that covers its owner, and when the mode is lifted. Those of accounts outlive the channel's last member; a guest's
   * ends with the connection.
   */
  readonly #seats = new Map<string, number>();
  /** How many of them there are. */
  readonly #seatCounts = { accounts: 0, guests: 0 };
  /** Called when a member's seat has become that of another identity. */
  onSeatsChanged: () => void = () => {};
  /** What has changed since that was last asked for. */
  #changes = new Map<string, Item>();
  /** Whether nothing that may be kept under its name is its own. */
  #isAnew: boolean;
  /** By `feedClass`: a dozen at the most, however many sets of capabilities the members have. */
  readonly #audiences = new Map<number, Audience>();
  readonly #names = new Map<number, WordLines>();

  /**
   * @param kept The settings of a channel of this name that has been before.
   * @param steady The time by which masks end, in milliseconds since 1970; `created` when left out.
   */
  constructor(name: string, created: number, kept?: ChannelSettings, steady = created) {
    this.#isAnew = kept === undefined;
    this.#name = kept?.name ?? name;
    this.created = kept?.created ?? created;
    this.metadata = new ToldMap(kept?.metadata ?? [], (key, value) => this.#changed("metadata", key, value));
    if (kept === undefined) return;
    this.topic = kept.topic;
    this.flags = new Set(kept.flags);
    this.key = kept.key;
    this.limit = kept.limit;
    for (const [letter, list] of Object.entries(this.lists)) {
      const before = kept[KEPT[letter as ListLetter]];
      list.restore(before, steady);
      const left = new Set(list.settings.map(({ text }) => text));
      for (const { text } of before) if (!left.has(text)) this.#changed(letter as ListLetter, text, undefined);
    }
    for (const account of kept.operators) this.#operators.add(account);
    for (const identity of kept.seats) {
      const mayReturn = this.flags.has("i") && isAccount(identity) && this.#seatCounts.accounts < MOST_SEATS.accounts;
      if (mayReturn) this.#addSeat(identity, 0);
      else this.#changed("seat", identity, undefined);
    }
  }

  /** The accounts, folded, that are operators when they join. */
  get operators(): ReadonlySet<string> {
    return this.#operators;
  }

  #changed(kind: ItemKind, item: string, value: string | undefined): void {
    this.#changes.set(`${kind} ${item}`, { kind, item, value });
  }

  /** Whether there are changes that have not been asked for. */
  get hasChanges(): boolean {
    return this.#changes.size > 0;
  }

  /** What of the many has changed since the last call, and whether what was kept under its name before is another's. */
  takeChanges(): { isAnew: boolean; items: Item[] } {
    const taken = { isAnew: this.#isAnew, items: [...this.#changes.values()] };
    this.#isAnew = false;
    this.#changes = new Map();
    return taken;
  }

  /** The name as it was first written, or as it was last given. */
  get name(): string {
    return this.#name;
  }

  /** Gives it another name. That nobody else has it, and who is told, is the chat's business. @param at Milliseconds since 1970. */
  rename(name: string, at: number): void {
    this.#name = name;
    this.renamedAt = at;
    this.serial = ++serials;
    this.#names.clear();
  }

  /** Whether it is as a new channel, so that nothing need be kept of it. */
  get isUsual(): boolean {
    const isUsual = this.topic === undefined && this.key === undefined && this.limit === undefined &&
      [...this.flags].sort().join("") === USUAL_FLAGS;
    return isUsual && [...Object.values(this.lists), this.#operators, this.metadata].every(({ size }) => size === 0);
  }

  /** What is to be kept of it; nothing where that is as in a new channel. */
  get settings(): ChannelSettings | undefined {
    if (this.isUsual) return undefined;
    const { lists } = this;
    return {
      ...this.plainSettings,
      bans: lists.b.settings,
      exceptions: lists.e.settings,
      inviteExceptions: lists.I.settings,
      operators: [...this.#operators],
      seats: [...this.#seats.keys()].filter(isAccount),
      metadata: [...this.metadata],
    };
  }

  /** The same without what there are many of. */
  get plainSettings(): PlainSettings {
    const { name, created, topic, key, limit } = this;
    return { name, created, topic, flags: [...this.flags].sort().join(""), key, limit };
  }

  /**
   * Whether mode `i` lets someone in: by an operator's invitation, by mode `I`, or since they were in before.
   *
   * @param asWeighed See `verdictOf`.
   */
  isExpected(session: Session, asWeighed = false): boolean {
    if (this.isAdmitted(session) || this.#seats.has(session.identity)) return true;
    const verdict = this.verdictOf(session, session.account, asWeighed);
    return verdict?.isWelcome ?? this.lists.I.covers(session.sources, false);
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
    if (membership !== undefined) membership.verdicts = undefined;
    this.recognised(session);
  }

  /**
   * Gives a member what seat it has now, after it has become another: that of a guest is the person's, whatever they are
   * called and when they log in. That of an account stays the account's.
   */
  recognised(session: Session): void {
    const membership = this.members.get(session);
    if (membership === undefined) return;
    const { seat } = membership;
    if (seat === undefined || seat === session.identity) return;
    this.#leaveSeat(seat);
    membership.seat = undefined;
    if (!isAccount(seat)) {
      if (this.#seats.get(seat) === 0) this.#dropSeat(seat);
      this.#takeSeat(session, membership);
    } else if (this.isExpected(session, true)) this.#takeSeat(session, membership);
    this.onSeatsChanged();
  }

  /**
   * Whether neither mode `i` nor a ban keeps a session out, were it to join as what it is now.
   *
   * @param asWeighed See `verdictOf`.
   */
  isOpenTo(session: Session, asWeighed = false): boolean {
    return (!this.flags.has("i") || this.isExpected(session, asWeighed)) && !this.isBanned(session, asWeighed);
  }

  /**
   * What the lists say of a member; nothing of who is none.
   *
   * @param account The one that it is logged in to, or would be; undefined for none.
   * @param asWeighed Whether what was found last will do, though the lists have changed since: where a step is about more
   * members than can be judged in it.
   */
  verdictOf(session: Session, account: string | undefined, asWeighed = false): Verdict | undefined {
    const membership = this.members.get(session);
    if (membership === undefined) return undefined;
    const { b, e, I } = this.lists;
    if (b.size + e.size + I.size === 0) return UNJUDGED;
    const as = keyOf(account);
    const known = membership.verdicts?.get(as);
    if (known !== undefined && (asWeighed || this.#isOf(known))) return known;
    const judgesAccounts = b.hasAccounts || e.hasAccounts || I.hasAccounts;
    const same = judgesAccounts ? undefined : membership.verdicts?.values().find((verdict) => this.#isOf(verdict));
    const verdict = same ?? { ...this.#judge(session.sourcesAs(account)), changes: this.#listChanges };
    this.#keepVerdict(session, membership, as, verdict);
    return verdict;
  }

  /** Finds out what the lists say of a member, and keeps it though they are empty: see `asWeighed` of `verdictOf`. */
  weigh(session: Session, account: string | undefined): void {
    const membership = this.members.get(session);
    if (membership === undefined || this.verdictOf(session, account) !== UNJUDGED) return;
    this.#keepVerdict(session, membership, keyOf(account), { ...UNJUDGED, changes: this.#listChanges });
  }

  #keepVerdict(session: Session, membership: Membership, as: string, verdict: KeptVerdict): void {
    const verdicts = membership.verdicts ??= new Map();
    if (!verdicts.has(as) && verdicts.size >= MOST_VERDICTS) {
      const current = keyOf(session.account);
      verdicts.delete(verdicts.keys().find((key) => key !== current)!);
    }
    verdicts.set(as, verdict);
  }

  /** Whether a verdict is of the lists as they are now. */
  #isOf({ changes }: KeptVerdict): boolean {
    return changes === this.#listChanges;
  }

  /** Whether it is known what the lists say of a member as what it is. */
  isJudged(session: Session): boolean {
    const { b, e, I } = this.lists;
    const verdict = this.members.get(session)?.verdicts?.get(keyOf(session.account));
    return b.size + e.size + I.size === 0 || (verdict !== undefined && this.#isOf(verdict));
  }

  #judge(sources: readonly string[]): Verdict {
    const { b, e, I } = this.lists;
    const isExcepted = e.covers(sources, false);
    const isBanned = !isExcepted && b.covers(sources, false);
    const isMuted = !isExcepted && !isBanned && b.covers(sources, true) && !e.covers(sources, true);
    return { isBanned, isSilenced: isBanned || isMuted, isWelcome: I.covers(sources, false) };
  }

  /** Takes the seat of an account that is no more. @param identity See `Accounts.identity`. */
  forgetSeat(identity: string): void {
    this.#dropSeat(identity);
  }

  /** Turns a mode without a parameter on or off. False if nothing changes. */
  setFlag(letter: string, on: boolean): boolean {
    if (this.flags.has(letter) === on) return false;
    if (on) this.flags.add(letter);
    else this.flags.delete(letter);
    if (letter !== "i") return true;
    // Where everybody may come in, nobody is invited: nor is it so when it is closed again.
    if (!on) this.uninviteAll();
    if (!on) { for (const identity of [...this.#seats.keys()]) this.#dropSeat(identity); }
    for (const [session, membership] of this.members) {
      membership.seat = undefined;
      if (on) this.#takeSeat(session, membership, false);
    }
    return true;
  }

  /**
   * Gives a member a seat, while there are not too many.
   *
   * @param mayDrop Whether otherwise one of those who are away gives way: who got theirs first.
   */
  #takeSeat({ identity }: Session, membership: Membership, mayDrop = true): void {
    const present = this.#seats.get(identity);
    if (present !== undefined) this.#seats.set(identity, present + 1);
    else {
      const kind = seatKind(identity);
      if (this.#seatCounts[kind] >= MOST_SEATS[kind]) {
        const oldest = mayDrop
          ? this.#seats.entries().find(([seat, n]) => n === 0 && seatKind(seat) === kind)
          : undefined;
        if (oldest === undefined) return;
        this.#dropSeat(oldest[0]);
      }
      this.#addSeat(identity, 1);
      if (isAccount(identity)) this.#changed("seat", identity, "");
    }
    membership.seat = identity;
  }

  #addSeat(identity: string, present: number): void {
    this.#seats.set(identity, present);
    this.#seatCounts[seatKind(identity)]++;
  }

  /** Notes that one member fewer is in by a seat, which stays. */
  #leaveSeat(identity: string): void {
    const present = this.#seats.get(identity);
    if (present !== undefined) this.#seats.set(identity, present - 1);
  }

  #dropSeat(identity: string): void {
    if (!this.#seats.delete(identity)) return;
    this.#seatCounts[seatKind(identity)]--;
    if (isAccount(identity)) this.#changed("seat", identity, undefined);
  }

  /** Takes from someone the right to come back: who is thrown out, or banned, or a guest who is gone. */
  unseat(session: Session): void {
    this.uninvite(session);
    this.#endTerm(session);
    const membership = this.members.get(session);
    if (membership?.seat !== undefined) this.#dropSeat(membership.seat);
    if (membership !== undefined) membership.seat = undefined;
    this.#dropSeat(session.identity);
  }

  /** Whether someone has been invited, by whomever. */
  isInvited(session: Session): boolean {
    return this.#invited.has(session);
  }

  /** Whether someone has been invited by an operator, who still is one. */
  isAdmitted(session: Session): boolean {
    return this.#invited.get(session)?.isOver === false;
  }

  /** Invites someone. What an operator's invitation opens is closed when they are operator no longer, or are thrown out. */
  invite(guest: Session, by: Session): void {
    let term: Term | undefined = this.isAdmitted(guest) ? this.#invited.get(guest) : undefined;
    if (this.isOperator(by)) term = this.#termOf(by);
    else if (by.isOperator) term = by.operatorTerm;
    this.#invited.set(guest, term);
    guest.invitedTo.add(this);
    if (this.#invited.size > MOST_INVITED) this.uninvite(this.#invited.keys().next().value!);
  }

  #termOf(operator: Session): Term {
    const account = operator.account === undefined ? undefined : casefold(operator.account);
    const kept = account !== undefined && this.#operators.has(account) ? account : undefined;
    const term = this.#terms.get(operator) ?? (kept === undefined ? undefined : this.#accountTerms.get(kept)) ??
      { isOver: false };
    this.#terms.set(operator, term);
    if (kept !== undefined) this.#accountTerms.set(kept, term);
    return term;
  }

  #endTerm(operator: Session): void {
    const term = this.#terms.get(operator);
    if (term !== undefined) term.isOver = true;
    this.#terms.delete(operator);
    if (operator.account !== undefined) this.#endAccountTerm(casefold(operator.account));
  }

  /** @param account Folded. */
  #endAccountTerm(account: string): void {
    const term = this.#accountTerms.get(account);
    if (term !== undefined) term.isOver = true;
    this.#accountTerms.delete(account);
  }

  /** Forgets that someone has been invited: who has come in, is thrown out or banned, or is gone. */
  uninvite(session: Session): void {
    this.#invited.delete(session);
    session.invitedTo.delete(this);
  }

  /** The same of all. */
  uninviteAll(): void {
    for (const session of [...this.#invited.keys()]) this.uninvite(session);
  }

  /**
   * Takes the seats of those whom a new ban covers, whether they are in or away, and forgets that they have been invited. In
   * steps: there may be as many exceptions to be asked for each. Until its turn has come the ban itself keeps somebody out.
   * Who is in when it begins, and by which seat, does not get away by leaving.
   */
  *unseatBanned({ pattern }: Mask): Generator<void> {
    const glob = new Glob(pattern);
    const isCovered = (sources: readonly string[]) =>
      sources.some((source) => glob.matches(source)) && !this.lists.e.covers(sources, false);
    const seated = this.members.entries().flatMap(([session, { seat }]) =>
      seat === undefined ? [] : [{ session, seat, sources: session.sources }]
    );
    for (const { session, seat, sources } of [...seated]) {
      if (isCovered(sources)) {
        this.unseat(session);
        this.#dropSeat(seat);
      }
      yield;
    }
    for (const session of [...this.#invited.keys()]) {
      if (isCovered(session.sources)) this.uninvite(session);
      yield;
    }
    for (const identity of [...this.#seats.keys()]) {
      // Without the number of one whose name had been another's, see `Accounts.identity`.
      const account = isAccount(identity) ? identity.slice(ACCOUNT.length).split("/", 1)[0] : undefined;
      const isAway = this.#seats.get(identity) === 0;
      if (isAway && account !== undefined && isCovered([accountSource(account)])) this.#dropSeat(identity);
      yield;
    }
  }

  /** Whether there is room for one more account that is operator when it joins, or it is one already. */
  hasRoomForOperator({ account }: Session): boolean {
    return account === undefined || this.#operators.has(casefold(account)) || this.#operators.size < MOST_OPERATORS;
  }

  /** Makes an account operator when it joins, or not any more. @param account Folded. */
  noteOperator(account: string, on: boolean): void {
    if (this.#operators.has(account) === on || (on && this.#operators.size >= MOST_OPERATORS)) return;
    if (on) this.#operators.add(account);
    else {
      this.#operators.delete(account);
      this.#endAccountTerm(account);
    }
    this.#changed("operator", account, on ? "" : undefined);
  }

  #listsChanged(): void {
    this.#listChanges++;
  }

  /** Makes a member operator (`o`) or gives it voice (`v`), or takes that away. False if nothing changes. */
  setRank(session: Session, letter: "o" | "v", on: boolean): boolean {
    const membership = this.members.get(session);
    if (membership === undefined || membership[letter] === on) return false;
    membership[letter] = on;
    if (letter === "o" && !on) this.#endTerm(session);
    this.#names.clear();
    if (letter === "o" && session.account !== undefined) this.noteOperator(casefold(session.account), on);
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
    if (o && account !== undefined) this.noteOperator(casefold(account), true);
    const membership: Membership = { o, v: false };
    this.members.set(session, membership);
    this.uninvite(session);
    if (this.flags.has("i")) this.#takeSeat(session, membership);
    session.channels.add(this);
    if (session.invisible) this.invisible++;
    this.follow(session);
    for (const [variant, names] of this.#names) names.add(this.#word(session, variant));
  }

  /** Removes a member; what happened before still reaches them. */
  remove(session: Session): void {
    const seat = this.members.get(session)?.seat;
    if (seat !== undefined) this.#leaveSeat(seat);
    const term = this.#terms.get(session);
    const isKept = session.account !== undefined && this.#accountTerms.get(casefold(session.account)) === term;
    if (term !== undefined && !isKept) term.isOver = true;
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
    let divided: Map<number, [without: string | undefined, having: string | undefined]> | undefined;
    for (const [like, audience] of this.#audiences) {
      const having = bit === 0 ? 0 : audience.having(bit);
      if (having > 0 && having < audience.size) {
        divided ??= new Map();
        divided.set(like, [encode(event, like), encode(event, like | bit)]);
        continue;
      }
      const line = encode(event, having > 0 ? like | bit : like);
      if (line !== undefined) audience.feed.append(line, at);
    }
    except?.outbox.skip();
    if (divided === undefined) return;
    for (const member of this.members.keys()) {
      const line = member === except ? undefined : divided.get(feedClass(member.caps))?.[member.caps & bit ? 1 : 0];
      if (line !== undefined) member.outbox.tell(line);
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

  /** Whether a ban keeps a session out (mode `b`), and no exception lets it in (`e`). @param asWeighed See `verdictOf`. */
  isBanned(session: Session, asWeighed = false): boolean {
    const verdict = this.verdictOf(session, session.account, asWeighed);
    if (verdict !== undefined) return verdict.isBanned;
    const { sources } = session;
    return this.lists.b.covers(sources, false) && !this.lists.e.covers(sources, false);
  }

  /** Whether a ban is seen to keep out somebody: by what all may know of them, since a ban may cover what is hidden. */
  isSeenBanned({ shownSources }: Session): boolean {
    return this.lists.b.covers(shownSources, false) && !this.lists.e.covers(shownSources, false);
  }

  /** Whether a ban or a mute keeps a session from talking. An exception from bans is one from mutes, too. */
  #isSilenced(session: Session): boolean {
    return (this.verdictOf(session, session.account) ?? this.#judge(session.sources)).isSilenced;
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

  /** Adds to a list of masks, in place of an entry that covers the same. Of a ban `unseatBanned` is to follow. */
  addMask(letter: ListLetter, mask: Mask, by: string, at: number): void {
    const before = this.lists[letter].get(mask);
    if (before !== undefined && before.text !== mask.text) this.removeMask(letter, before);
    this.lists[letter].add(mask, by, at);
    this.#changed(letter, mask.text, JSON.stringify({ by, at }));
    this.#listsChanged();
  }

  /** Removes from a list of masks the entry that covers the same; gives its text. */
  removeMask(letter: ListLetter, mask: Pick<Mask, "key">): string | undefined {
    const entry = this.lists[letter].remove(mask);
    if (entry !== undefined) this.#changed(letter, entry.text, undefined);
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
      list.expire(now).map(({ text }): [string, string] => {
        this.#changed(letter as ListLetter, text, undefined);
        return [`-${letter}`, text];
      })
    );
    if (over.length > 0) this.#listsChanged();
    return over;
  }
}
