/**
 * A channel: its members, who may come in and talk, and what its members are told.
 *
 * @module
 */

import { Audiences } from "./audiences.ts";
import type { Event } from "./event.ts";
import { Invitations } from "./invitations.ts";
import { Glob } from "./mask.ts";
import { LastingChannel } from "./lasting_channel.ts";
import { accountSource, type Mask, type MaskEntry } from "./masklist.ts";
import { MemberNames } from "./member_names.ts";
import type { Person } from "./person.ts";
import type { Recipient } from "./recipient.ts";
import { SetsByPerson } from "./sets_by_person.ts";
import type { Verdict, Verdicts } from "./verdicts.ts";

/** What a channel knows of one member: modes `o` (operator, `@`) and `v` (voice, `+`), and what is kept for speed. */
export interface Member {
  o: boolean;
  v: boolean;
  /** Whether the member is operator because nobody else was in, and nobody known to be the founder. */
  wasFirst?: boolean;
  /** What the lists say of the member; forgotten when the member's name changes. */
  verdicts?: Verdicts | undefined;
  /** The identity by which the member may come back in spite of mode `i`. */
  seat?: string | undefined;
  /** The id of the last message of the channel's past that the member was shown, while not all of it has been. */
  shownUpTo?: number | undefined;
}

/** What a person is in a channel that is nobody's, into which they come first: its founder, operator as long as they stay, or neither. */
export type FirstRank = "founder" | "operator" | "none";

/** The channels that each person is in, and those that each is invited to. */
const joined = new SetsByPerson<Channel>();
const invitedTo = new SetsByPerson<Channel>();

/** The channels that a person is in. */
export function channelsOf(person: Person): ReadonlySet<Channel> {
  return joined.of(person);
}

/** The channels that a person is invited to and has not joined since. */
export function invitationsOf(person: Person): ReadonlySet<Channel> {
  return invitedTo.of(person);
}

/** Whether two persons are in one channel. */
export function shareChannel(one: Person, other: Person): boolean {
  const [some, others] = [channelsOf(one), channelsOf(other)];
  return !some.isDisjointFrom(others);
}

/** A channel exists as long as it has members. */
export class Channel extends LastingChannel {
  readonly members = new Map<Person, Member>();
  /** How many members have user mode `i`; `Chat.setMode` keeps it right. */
  invisible = 0;
  /** How often something was kept of what is said here, or removed from it. */
  keptChanges = 0;
  /** The ids of the messages that joining members are shown, and after how many of these changes they were found. */
  lastSaid: { changes: number; ids: readonly number[] } | undefined;
  /** Called when a member's seat has become that of another identity. */
  onSeatsChanged: () => void = () => {};
  readonly #audiences = new Audiences();
  /** Made with the first one: most channels have none. */
  #invitations: Invitations | undefined;
  readonly #names = new MemberNames((member, hasAll) => this.prefix(member, hasAll));

  override rename(name: string, at: number): void {
    super.rename(name, at);
    this.#names.clear();
  }

  override noteOperator(identity: string, on: boolean): void {
    super.noteOperator(identity, on);
    if (!on) this.#invitations?.endKeptTerm(identity);
  }

  /**
   * Whether a person may come in in spite of mode `i`: by an operator's invitation, by mode `I`, or because they were in.
   *
   * @param asWeighed See `ListModes.verdictOf`.
   */
  mayComeUninvited(person: Person, asWeighed = false): boolean {
    if (this.isAdmitted(person) || this.seats.has(person.identity)) return true;
    const member = this.members.get(person);
    return member === undefined
      ? this.lists.I.covers(person.sources, false)
      : this.listModes.verdictOf(person, member, person.account, asWeighed).isWelcome;
  }

  /**
   * The members as NAMES lists them, with their prefixes, in lines that fit into a reply to anyone.
   *
   * @param hasAllPrefixes Whether every prefix of a member is shown (`multi-prefix`), or the highest.
   * @param hasHosts Whether members are shown as `nick!user@host` (`userhost-in-names`), or as nicks.
   */
  names(hasAllPrefixes: boolean, hasHosts: boolean): readonly string[] {
    return this.#names.of(this.name, this.members, hasAllPrefixes, hasHosts);
  }

  /** Forgets what was made of a member's name, after that has changed. */
  memberRenamed(person: Person): void {
    this.#names.clear();
    this.forgetVerdict(person);
    this.identityChanged(person);
  }

  /**
   * Gives a member the seat that is theirs now, after a login or a logout. A guest's seat belongs to the person, whatever they
   * are called and when they log in. An account's seat stays the account's.
   *
   * @param isAccounts Whether the seat that they have is an account's, which may have been removed just now.
   */
  identityChanged(person: Person, isAccounts?: boolean): void {
    const member = this.members.get(person);
    if (member === undefined) return;
    const { seat } = member;
    if (seat === undefined) return;
    if (seat === person.identity) return person.account === undefined ? undefined : this.seats.becameAccounts(seat);
    this.seats.leave(seat);
    member.seat = undefined;
    if (!(isAccounts ?? this.accountOf(seat) !== undefined)) {
      if (this.seats.isEmpty(seat)) this.seats.drop(seat);
      member.seat = this.seats.take(person.identity, true);
    } else if (this.mayComeUninvited(person, true)) member.seat = this.seats.take(person.identity, true);
    this.onSeatsChanged();
  }

  /**
   * Whether neither mode `i` nor a ban would keep a person out if they joined now.
   *
   * @param asWeighed See `ListModes.verdictOf`.
   */
  isOpenTo(person: Person, asWeighed = false): boolean {
    return (!this.flags.has("i") || this.mayComeUninvited(person, asWeighed)) && !this.isBanned(person, asWeighed);
  }

  /** What the lists say of a person: found anew for those who are no members. */
  #verdictOf(person: Person, asWeighed = false): Verdict {
    const member = this.members.get(person);
    return member === undefined
      ? this.listModes.judge(person.sources)
      : this.listModes.verdictOf(person, member, person.account, asWeighed);
  }

  /** Finds out what the lists say of a member as the owner of an account, and keeps it. */
  weigh(person: Person, account: string | undefined): void {
    const member = this.members.get(person);
    if (member !== undefined) this.listModes.weigh(person, member, account);
  }

  /** Whether it is known what the lists say of a member. */
  isJudged(person: Person): boolean {
    return this.listModes.isJudged(person, this.members.get(person));
  }

  /** Has a member judged anew, of whom something is known now that lists may name. */
  forgetVerdict(person: Person): void {
    const member = this.members.get(person);
    if (member !== undefined) member.verdicts = undefined;
  }

  /** Takes the seat of an account that is no more. @param identity See `Accounts.identity`. */
  forgetSeat(identity: string): void {
    this.seats.drop(identity);
  }

  /** Turns a mode without a parameter on or off. False if nothing changes. */
  setFlag(letter: string, on: boolean): boolean {
    if (this.flags.has(letter) === on) return false;
    if (on) this.flags.add(letter);
    else this.flags.delete(letter);
    if (letter !== "i") return true;
    if (!on) {
      // Where everybody may come in, nobody is invited; nor are they once the channel is closed again.
      this.#invitations?.removeAll();
      for (const identity of this.seats.identities) this.seats.drop(identity);
    }
    for (const [person, member] of this.members) {
      member.seat = on ? this.seats.take(person.identity, false) : undefined;
    }
    return true;
  }

  /** Takes from a person the right to come back: they are thrown out, or banned, or a guest who is gone. */
  unseat(person: Person): void {
    this.uninvite(person);
    this.#invitations?.endTerm(person);
    const member = this.members.get(person);
    if (member?.seat !== undefined) this.seats.drop(member.seat);
    if (member !== undefined) member.seat = undefined;
    this.seats.drop(person.identity);
  }

  /** Whether anybody has invited a person. */
  isInvited(person: Person): boolean {
    return this.#invitations?.has(person) ?? false;
  }

  /** Whether an operator has invited a person, and still is one. */
  isAdmitted(person: Person): boolean {
    return this.#invitations?.admits(person) ?? false;
  }

  /** Invites somebody. What an operator's invitation opens is closed when they are an operator no longer. */
  invite(guest: Person, by: Person): void {
    const invitations = this.#invitations ??= new Invitations((guest, isIn) => invitedTo.note(guest, this, isIn));
    const term = this.isOperator(by)
      ? invitations.termOf(by, this.isKeptOperator(by.identity))
      : by.isOperator
      ? by.operatorTerm
      : undefined;
    invitations.add(guest, term);
  }

  /** Ends an invitation: the guest has come in, is thrown out or banned, or is gone. */
  uninvite(person: Person): void {
    this.#invitations?.remove(person);
  }

  uninviteAll(): void {
    this.#invitations?.removeAll();
  }

  /**
   * Takes the seats of those whom a new ban covers, whether they are in or away, and ends their invitations. In steps, since
   * there may be as many exceptions to be asked for each. Until a person's turn has come the ban itself keeps them out. No
   * member keeps a seat by leaving while this goes on.
   */
  *unseatBanned({ pattern }: Mask): Generator<void> {
    const glob = new Glob(pattern);
    const isCovered = (sources: readonly string[]) =>
      sources.some((source) => glob.matches(source)) && !this.lists.e.covers(sources, false);
    const seated = this.members.entries().flatMap(([person, { seat }]) =>
      seat === undefined ? [] : [{ person, seat, sources: person.sources }]
    );
    for (const { person, seat, sources } of [...seated]) {
      if (isCovered(sources)) {
        this.unseat(person);
        this.seats.drop(seat);
      }
      yield;
    }
    for (const person of this.#invitations?.persons ?? []) {
      if (isCovered(person.sources)) this.uninvite(person);
      yield;
    }
    for (const identity of this.seats.identities) {
      const account = this.accountOf(identity);
      const isAway = this.seats.isEmpty(identity);
      if (isAway && account !== undefined && isCovered([accountSource(account)])) this.seats.drop(identity);
      yield;
    }
  }

  /**
   * Makes a member operator (`o`) or gives them voice (`v`), or takes that away, also for when they return; but the founder is
   * operator on the next return again. False if nothing changes.
   */
  setRank(person: Person, letter: "o" | "v", on: boolean): boolean {
    if (!this.setRankForNow(person, letter, on)) return false;
    if (letter === "o") this.noteOperator(person.identity, on);
    return true;
  }

  /** The same, without a change of what they are when they return. */
  setRankForNow(person: Person, letter: "o" | "v", on: boolean): boolean {
    const member = this.members.get(person);
    if (member === undefined || member[letter] === on) return false;
    member[letter] = on;
    if (letter === "o" && !on) {
      member.wasFirst = false;
      this.#invitations?.endTerm(person);
    }
    this.#names.clear();
    return true;
  }

  /**
   * Adds a member, who is told what happens from now on. The owners of the room are operators, and whoever was operator before
   * and can be known again. Where nobody is known to be, it is the first member.
   *
   * @param first What the first one is then.
   * @param sessions Those that are told; the person's others follow once they know the channel.
   */
  add(person: Person, first: FirstRank = "operator", sessions: Iterable<Recipient> = person.sessions): void {
    const { identity } = person;
    const wasFirst = this.members.size === 0 && this.isNobodys && first !== "none";
    if (wasFirst && first === "founder") this.found(identity);
    const o = wasFirst || person.isOwner || this.isKeptOperator(identity);
    const member: Member = { o, v: false, wasFirst };
    this.members.set(person, member);
    this.uninvite(person);
    if (this.flags.has("i")) member.seat = this.seats.take(person.identity, true);
    joined.note(person, this, true);
    if (person.isInvisible) this.invisible++;
    for (const session of sessions) this.follow(session);
    this.#names.add(person);
  }

  /** Removes a member; what happened before still reaches them. */
  remove(person: Person): void {
    const seat = this.members.get(person)?.seat;
    if (seat !== undefined) this.seats.leave(seat);
    this.#invitations?.leave(person);
    this.members.delete(person);
    joined.note(person, this, false);
    if (person.isInvisible) this.invisible--;
    for (const session of person.sessions) this.unfollow(session);
    this.#names.clear();
  }

  /** Has a member's session told what happens here, in the form that suits its capabilities. */
  follow(session: Recipient): void {
    this.#audiences.add(session);
  }

  /** The reverse of `follow`, to be called before the capabilities change. */
  unfollow(session: Recipient): void {
    this.#audiences.delete(session);
  }

  /** Whether a session is told what happens here: then it knows the channel. */
  isFollowedBy(session: Recipient): boolean {
    return this.#audiences.has(session);
  }

  /** The sessions that are told what happens here: those of all members, but for some that are still to be told of the channel. */
  followers(): Generator<Recipient> {
    return this.#audiences.recipients();
  }

  /** Tells the members what happened, or all but some of their sessions. */
  publish(event: Event, except: readonly Recipient[] | ReadonlySet<Recipient> = []): void {
    this.#audiences.publish(event, except);
  }

  /** By how many bytes its members are behind beyond what is usual. */
  get excess(): number {
    return this.#audiences.excess;
  }

  /** The members who have one of these prefixes or a higher one. */
  *ranked(prefixes: string): Generator<Person> {
    const isVoice = prefixes.includes("+");
    for (const [person, { o, v }] of this.members) if (o || (isVoice && v)) yield person;
  }

  isOperator(person: Person): boolean {
    return this.members.get(person)?.o === true;
  }

  /** Whether a person, who is in, is operator for longer than this stay: they read what was said to the operators before. */
  isLastingOperator(person: Person): boolean {
    return this.isOperator(person) && (person.isOwner || this.isKeptOperator(person.identity));
  }

  /** `@` and `+` as a member has them: the highest, or all of them for those with `multi-prefix`. */
  prefix(person: Person, hasAll: boolean): string {
    const { o, v } = this.members.get(person) ?? { o: false, v: false };
    return hasAll ? (o ? "@" : "") + (v ? "+" : "") : o ? "@" : v ? "+" : "";
  }

  /** Whether a ban keeps a person out (mode `b`), and no exception lets them in (`e`). @param asWeighed See `ListModes.verdictOf`. */
  isBanned(person: Person, asWeighed = false): boolean {
    return this.members.has(person)
      ? this.#verdictOf(person, asWeighed).isBanned
      : this.banOf(person.sources) !== undefined;
  }

  /** The ban that keeps out whoever has these sources, if there is one; see `MaskList.find`. */
  banOf(sources: readonly string[]): MaskEntry | undefined {
    return this.listModes.banOf(sources);
  }

  /** The ban or mute that keeps a person from being read here, unless they are always read. */
  silencing(person: Person): MaskEntry | undefined {
    return this.isAlwaysRead(person) ? undefined : this.#verdictOf(person).entry;
  }

  /** Whether a ban or a mute keeps a member from being read here. */
  isMuted(person: Person): boolean {
    return this.members.has(person) && this.silencing(person) !== undefined;
  }

  /** Whether no mode and no list keeps a person from being read: members with a rank, and owners of the room without one. */
  isAlwaysRead(person: Person): boolean {
    const { o, v } = this.members.get(person) ?? { o: false, v: false };
    return o || v || person.isOwner;
  }

  /** Whether a person may know that the channel exists and who is in it: mode `s` hides that from others. */
  isVisibleTo(person: Person): boolean {
    return !this.flags.has("s") || this.members.has(person);
  }
}
