/**
 * A person: somebody in the room, or about to come in. A person has a nick, perhaps an account, and what others see of
 * them. A person is here by sessions, which are their connections.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Event } from "./event.ts";
import { accountSource, deviceSource } from "./masklist.ts";
import type { Recipient } from "./recipient.ts";
import type { ChannelOfDevice } from "../store/devices.ts";
import { accountIdentity, isLastingIdentity } from "../store/identities.ts";
import { machineRange } from "../wire/networks.ts";

/** A time for which somebody has a rank. What they opened by that rank is closed with its end. */
export interface Term {
  readonly isOver: boolean;
}

/** How many stamps a person has at most: as many as an account may have logins. */
const MOST_STAMPS = 20;

/** A stamp that nobody has, as a device's: 12 letters and digits. */
function randomStamp(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(-12);
}

/** Somebody in the room. */
export class Person {
  /** The connections by which this person is here; see attaching.ts. */
  readonly sessions = new Set<Recipient>();
  /** The address that this person came from with the first session. */
  address: string;
  /** What others see in place of the address: the address itself, unless an operator set another host. */
  host: string;
  nick = "*";
  /** Puts this person out, where a ban is about to: nothing that they send counts any more. See `turnAwayAll`. */
  putOut: (() => void) | undefined;
  user = "";
  realname = "";
  /** What the account is called in everything that is kept; see `Accounts.identity`. */
  accountIdentity: string | undefined;
  /** The identity that this person has without an account: a device's, or one that ends with this stay in the room. */
  guestIdentity: string | undefined;
  /** Why this person is away; undefined if they are not. */
  away: string | undefined;
  /** What this person tells of themselves, by key (IRCv3 metadata). */
  readonly metadata = new Map<string, string>();
  /** When the nick is taken away, because it belongs to an account of somebody else. Milliseconds of `Chat.uptime`; see reservations.ts. */
  reservedUntil: number | undefined;
  /** The last nick that was taken away for that reason. */
  lostNick: string | undefined;
  /** When this person connected. Milliseconds since 1970. */
  readonly connectedAt: number;
  /** When this person last said something. Milliseconds since 1970. */
  spokeAt: number;
  /** Whether this person is in the room as an owner of it; set by owners.ts. */
  isOwner = false;
  /** Whether this person has left the room, or was never let in and is gone. */
  hasLeft = false;
  /** The channels that this person, who has come by a device, is still to be brought back into. */
  returningTo: readonly ChannelOfDevice[] = [];
  /** Whom this person has left messages, and was told that they are away: the id of the first message, by identity. */
  readonly toldAway = new Map<string, number>();
  /** What the rights of a server operator follow from: the sessions that have said the password (OPER). */
  readonly operatorBy = new Set<object>();
  /** Up to when the sessions that have ended have told this person everything. Milliseconds since 1970. */
  #toldUntil = 0;
  readonly #modes = new Set<string>();
  /** Told when the key changes. @param before The key before. */
  onSharedKey: ((before: string | undefined) => void) | undefined;
  #sharedKey: string | undefined;
  #operatorTerm: { isOver: boolean } | undefined;
  #source = "*";
  #account: string | undefined;
  #sources: readonly string[] | undefined;
  readonly #stamps = new Set<string>();
  /** The stamp that is no device's. */
  #ownStamp: string | undefined;

  /**
   * @param address The address that this person comes from.
   * @param now Milliseconds since 1970.
   */
  constructor(address: string, now: number) {
    this.address = this.host = address;
    this.connectedAt = this.spokeAt = now;
  }

  /** `nick!user@host`. */
  get source(): string {
    return this.#source;
  }

  /**
   * The key by which further sessions are this person's: the identity of somebody who has proved it by a device. Others have
   * none, and then each connection is a person of its own. Only the server sets it, after a proof.
   */
  get sharedKey(): string | undefined {
    return this.#sharedKey;
  }

  set sharedKey(key: string | undefined) {
    const before = this.#sharedKey;
    this.#sharedKey = key;
    if (key !== before) this.onSharedKey?.(before);
  }

  /** The account that this person is logged in to, if any. */
  get account(): string | undefined {
    return this.#account;
  }

  set account(account: string | undefined) {
    this.#account = account;
    this.#sources = undefined;
  }

  /**
   * Everything that bans are compared with, folded: the source as others see it, the source with the real address where
   * that differs, and with its /64 (IPv6); the account, and the stamps. Kept until one of these changes, because every ban of
   * a channel is compared with it.
   */
  get sources(): readonly string[] {
    return this.#sources ??= this.sourcesAs(this.account);
  }

  /** Those of the sources that everybody may know. */
  get shownSources(): readonly string[] {
    const { account, host, address } = this;
    const range = host === address ? this.#rangeSources() : [];
    return [this.#source, ...range, ...(account === undefined ? [] : [accountSource(account)])].map(casefold);
  }

  /** What the sources would be if this person were logged in to another account, or to none. */
  sourcesAs(account: string | undefined): readonly string[] {
    if (account === this.account && this.#sources !== undefined) return this.#sources;
    const { nick, user, host, address } = this;
    return [
      this.#source,
      ...(host === address ? [] : [`${nick}!${user}@${address}`]),
      ...this.#rangeSources(),
      ...(account === undefined ? [] : [accountSource(account)]),
      ...this.#stamps.values().map(deviceSource),
    ].map(casefold);
  }

  /** The source with the /64 of the address, which is what one machine is given, where that is IPv6. */
  #rangeSources(): string[] {
    const range = machineRange(this.address);
    return range === undefined ? [] : [`${this.nick}!${this.user}@${range}`];
  }

  /**
   * By what masks name the devices by which this person has come in this stay (`~d:`). They go with no login, no logout and no
   * nick: whoever is muted as a guest is so as the owner of an account as well. Somebody who came by no device has none, until
   * `stamp` makes one.
   */
  get stamps(): ReadonlySet<string> {
    return this.#stamps;
  }

  /**
   * Adds a stamp; the oldest gives way where there are too many. False if nothing changes. To be called by `addStamps`
   * (restrictions.ts), which has the person judged anew.
   */
  addStamp(stamp: string): boolean {
    if (this.#stamps.has(stamp)) return false;
    if (this.#stamps.size >= MOST_STAMPS) this.#stamps.delete(this.#stamps.values().next().value!);
    this.#stamps.add(stamp);
    this.#sources = undefined;
    return true;
  }

  /** Whether this person came by a device. */
  get hasDevice(): boolean {
    return this.#stamps.size > (this.#ownStamp === undefined ? 0 : 1);
  }

  /** The stamps of this person. Whoever has none gets one for as long as they are in the room. No mask has it yet. */
  stamp(): ReadonlySet<string> {
    if (this.#stamps.size === 0) this.addStamp(this.#ownStamp = randomStamp());
    return this.#stamps;
  }

  /** The user modes that are on: some of `MODES.user`. */
  get modes(): ReadonlySet<string> {
    return this.#modes;
  }

  /** Turns a user mode on or off; to be called by `Chat.setMode`. False if nothing changes. */
  setMode(letter: string, on: boolean): boolean {
    if (this.#modes.has(letter) === on) return false;
    if (on) this.#modes.add(letter);
    else this.#modes.delete(letter);
    if (letter === "o") this.endOperatorTerm();
    if (letter === "o" && !on) this.operatorBy.clear();
    return true;
  }

  /** User mode `i`: hidden from those who share no channel with this person. */
  get isInvisible(): boolean {
    return this.#modes.has("i");
  }

  /** User mode `o`: an operator of the server. */
  get isOperator(): boolean {
    return this.#modes.has("o");
  }

  /** The time for which this person is an operator of the server without a break. */
  get operatorTerm(): Term {
    return this.#operatorTerm ??= { isOver: !this.isOperator };
  }

  /** Ends that time: this person is no longer an operator, or is gone. */
  endOperatorTerm(): void {
    if (this.#operatorTerm !== undefined) this.#operatorTerm.isOver = true;
    this.#operatorTerm = undefined;
  }

  /**
   * The name of this person in everything that is kept of them: private talks, their own messages, seats in channels with
   * mode `i`, and read markers. It is the account. Without an account it is the device, by whose secret its owner comes back.
   * Without either it is this one stay in the room, whatever nick they take: a nick and an address prove nothing, because
   * anyone can take the nick, and homes, proxies and this machine share an address. So what such a guest said and received in
   * private is given to nobody once the guest is gone.
   */
  get identity(): string {
    if (this.account !== undefined) return this.accountIdentity ?? accountIdentity(casefold(this.account));
    return this.guestIdentity ??= `guest:${crypto.randomUUID()}`;
  }

  /**
   * The name of this person in the notes about visits to channels: the account or the device, or without either the nick at
   * an address. The nick proves nothing, and opens nothing: whoever was in a channel before is shown less of its past.
   */
  get visitIdentity(): string {
    const { identity } = this;
    return isLastingIdentity(identity) ? identity : `guest:${casefold(this.nick)}@${this.address}`;
  }

  /** Whether the nick belongs to the account that this person is logged in to. */
  get ownsNick(): boolean {
    return this.account !== undefined && casefold(this.account) === casefold(this.nick);
  }

  /** Takes a nick, or another host; to be called by the chat, which tells the channels. */
  setSource({ nick = this.nick, host = this.host }: { nick?: string; host?: string }): void {
    this.nick = nick;
    this.host = host;
    this.#source = `${nick}!${this.user}@${host}`;
    this.#sources = undefined;
  }

  /** Comes from another address, because a gateway says so. To be called before registration is complete. */
  comeFrom(address: string): void {
    this.address = this.host = address;
    this.#sources = undefined;
  }

  /** The addresses that this person comes from, each once: that of the first session, and those of the others. */
  get addresses(): string[] {
    return [...new Set([this.address, ...this.sessions.values().map(({ address }) => address)])];
  }

  /** Whether nobody on the way can read what this person is told: none of the sessions is without TLS. */
  get isSecure(): boolean {
    return this.sessions.size > 0 && this.sessions.values().every(({ isSecure }) => isSecure);
  }

  /** Notes that a session has ended and others go on. @param toldUntil When it was last heard. Milliseconds since 1970. */
  noteEnd(toldUntil: number): void {
    this.#toldUntil = Math.max(this.#toldUntil, toldUntil);
  }

  /**
   * Up to when this person has been told everything, in milliseconds since 1970: Infinity, unless all sessions that are left
   * fell silent. Somebody without a session here has lost none.
   */
  get toldUntil(): number {
    if (this.sessions.size === 0) return Infinity;
    return this.sessions.values().reduce((latest, { lostAt = Infinity }) => Math.max(latest, lostAt), this.#toldUntil);
  }

  /** Tells all sessions of this person an event, or all but one. */
  tell(event: Event, except?: Recipient): void {
    for (const session of this.sessions) if (session !== except) session.deliver(event);
  }

  /** Ends all sessions of this person. @param reason As QUIT tells it to others. */
  close(reason: string): void {
    for (const session of this.sessions) session.close(reason);
  }

  /**
   * Tells the clients of this person their own name, from which they know how long their lines may be (IRCv3 whoami).
   *
   * @param time Milliseconds since 1970.
   */
  tellWhoami(time: number): void {
    for (const session of this.sessions) this.tellOneWhoami(session, time);
  }

  /** The same for one client. @param params The real name, or nothing. */
  tellOneWhoami(session: Recipient, time: number, ...params: string[]): void {
    if (session.has("draft/whoami")) session.deliver({ source: this.source, command: "WHOAMI", params, time });
  }
}
