/**
 * What a client knows: its own nick, the server's rules, the talks (channels and people), and the target of the next line.
 * `receive` and `replay` change it.
 *
 * A view that draws what there is reads `talks` and each one's `lines`, and takes an event as the sign to look again
 * (`Talk.version` says whether that talk has changed). A view that prints what happens reads the events alone.
 *
 * @module
 */

import { byteLength } from "../../protocol.ts";
import { foldName, isSameName } from "../names.ts";
import { ENGLISH, type Sentences } from "../sentences.ts";
import { Calls } from "./calls.ts";
import { type Happening, isSaid } from "./events.ts";
import { Ignored } from "./ignored.ts";
import { Isupport } from "./isupport.ts";
import type { Member } from "./members.ts";
import { mentionOf } from "./mention.ts";
import { NameLists } from "./name_lists.ts";
import { Profiles } from "./profiles.ts";
import { Returning } from "./returning.ts";
import { CtcpRequests } from "./ctcp_requests.ts";
import type { Talk } from "./talk.ts";
import { Talks } from "./talks.ts";
import type { TypingStatus } from "./typing.ts";

/** Bytes of a `user@host` that the server has not told yet: more than servers make of them. */
const USERHOST_BYTES = 80;

/** How many channels are named in a sentence. */
const MOST_NAMED = 5;

/** How many nicks that this client's own person has had are remembered. */
const MOST_FORMER = 50;

/** What one client knows of its server. */
export class State {
  /** Own nick, as the server last said it. */
  nick: string;
  /** Own `user@host` as others see it, "" while the server has not said it. */
  userhost = "";
  /** The account that this client is logged in to. */
  account: string | undefined;
  isupport: Isupport = new Isupport();
  /** The channels that are joined and the people with whom private lines were exchanged. */
  readonly talks: Talks;
  /** The channel whose people are listed and to which `/to` alone goes back. */
  channel: string | undefined;
  /** Whether the view shows a next channel where the one in which the person talks is left. */
  goesToNextChannel = false;
  /** Whether the channel was left in which the person talked. Then it is theirs to choose where the next line goes. */
  hasLostChannel = false;
  /** The channel in which the person is to begin, while it is being joined: those that the device brings back may come before. */
  awaited: string | undefined;
  /** Why this client's own person is away, "" where that is not known; undefined while they are here. */
  away: string | undefined;
  /** The people whose lines are dropped. */
  readonly ignored: Ignored = new Ignored();
  /** Told who is typing, and who no longer. */
  onTyping: (talk: Talk, nick: string, status: TypingStatus) => void = () => {};
  /** Whether a history of this server says which messages are this person's own (teahouse.chat/identity). */
  isOwnTold: () => boolean = () => false;
  /** Under which names people are shown, and their status. */
  readonly profiles: Profiles = new Profiles();
  /** Who was in the channels when the connection was lost. */
  readonly returning: Returning = new Returning();
  /** Who is in which call. */
  readonly calls: Calls = new Calls(this);
  /** The lists of names that are not complete yet. */
  readonly nameLists: NameLists = new NameLists();
  /** What others have asked by CTCP. */
  readonly ctcpRequests: CtcpRequests = new CtcpRequests();

  /** Whether the server has said that this person owns the room. */
  isOwner = false;
  /** The channel that could not be joined, where the server has told by whom this person is banned from it and why. */
  toldBan: string | undefined;
  /** The channel from which this person was just put out by a ban, until the server has told of it. */
  bannedFrom: string | undefined;
  /** The reason for which this person bans or mutes somebody just now: the server's answer does not say it. */
  restrictsFor = "";
  /** Whether this person bans somebody from the whole room just now, or ends that: the command says what was done. */
  changesRoomBans = false;

  #person: string | undefined;
  /** The nicks that this client's own person has had, folded, each with the times from when to when. */
  #formerNicks: { nick: string; since: number; until: number }[] = [];
  /** Since when it has the nick that it has now, in milliseconds since 1970. */
  #nickSince = Infinity;
  readonly #sentences: () => Sentences;
  #mention: { nick: string; test: (text: string) => boolean } | undefined;

  /**
   * @param nick The nick that will be asked for.
   * @param lines How many lines of each talk are kept.
   * @param sentences What the client says, in the person's language.
   */
  constructor(nick: string, lines?: number, sentences: () => Sentences = () => ENGLISH) {
    this.nick = nick;
    this.#sentences = sentences;
    this.talks = new Talks(lines);
  }

  /** The bytes of `nick!user@host`, which the server puts before what this client's own person says. */
  get sourceBytes(): number {
    return byteLength(this.nick) + 1 + (this.userhost === "" ? USERHOST_BYTES : byteLength(this.userhost));
  }

  /** What the client says, in the person's language. */
  get sentences(): Sentences {
    return this.#sentences();
  }

  /** The person that lines go to instead of the channel. */
  get person(): string | undefined {
    return this.#person;
  }

  set person(nick: string | undefined) {
    this.#person = nick;
    this.talks.shown = nick === undefined ? undefined : foldName(nick);
  }

  /** The talk in which the person has written something that is not sent yet. */
  writing: Talk | undefined;

  /** Where the next line goes: a nick or a channel; undefined if no channel is joined. */
  get target(): string | undefined {
    return this.person ?? this.channel;
  }

  /** The talk that the next line goes to. */
  get current(): Talk | undefined {
    return this.target === undefined ? undefined : this.find(this.target);
  }

  /** Says that the next line goes to nobody, and where it could go. */
  get noTalk(): string {
    return this.sentences.talking.noChannel(this.channels.slice(0, MOST_NAMED).map(({ name }) => name));
  }

  /** The talk of that name, in any case. */
  find(name: string): Talk | undefined {
    return this.talks.find(name);
  }

  /** The talk of that name; a new one where there is none. */
  open(name: string, kind: Talk["kind"] = this.isupport.isChannel(name) ? "channel" : "private"): Talk {
    return this.talks.open(name, kind);
  }

  /** The joined channels. */
  get channels(): Talk[] {
    return this.talks.channels;
  }

  /** The joined channel of that name, in any case. */
  joined(name: string): Talk | undefined {
    return this.talks.joined(name);
  }

  /** Who is in a joined channel, by nick; empty for others. */
  members(channel: string): Member[] {
    return this.talks.members(channel);
  }

  /** The nicks of all who share a channel, each once. */
  get onlineNicks(): string[] {
    return this.talks.onlineNicks;
  }

  /** The nick of somebody who shares a channel, as it is spelled; undefined for all others. */
  spelledNick(nick: string): string | undefined {
    return this.talks.memberships(nick)[0]?.nick;
  }

  /** The talk that an event happened in; undefined for what happened in several or in none. */
  talkOf(event: Happening): Talk | undefined {
    if (isSaid(event)) return this.find(event.context ?? this.talkName(event.target, event.from, event.own));
    if ("channel" in event) return this.find(event.channel);
    return "target" in event && event.target !== undefined ? this.find(event.target) : undefined;
  }

  /** The name of the talk that a message belongs to. */
  talkName(target: string, from: string, isOwn: boolean = this.isSelf(from)): string {
    // What this person sends to this client from another device belongs to the talk with that device's nick.
    const isFromHere = this.isSelf(from) || (isOwn && !this.isSelf(target));
    return this.isupport.isChannel(target) || isFromHere ? target : from;
  }

  /** Whether that is this client's own nick, in any case. */
  isSelf(nick: string): boolean {
    return isSameName(nick, this.nick);
  }

  /** Whether that was this client's own nick at a time. */
  wasSelf(nick: string, time: number): boolean {
    if (this.#formerNicks.length === 0) return false;
    const folded = foldName(nick);
    return this.#formerNicks.some((former) => former.nick === folded && former.since <= time && time <= former.until);
  }

  /** Whether that is the account that this client is logged in to. */
  isOwnAccount(account: string | undefined): boolean {
    return account !== undefined && this.account !== undefined && isSameName(account, this.account);
  }

  /** Whether somebody's lines are dropped. */
  isIgnored(nick: string): boolean {
    return this.ignored.has(nick) && !this.isSelf(nick);
  }

  /** Whether a text names this client's own person. */
  isMention(text: string): boolean {
    if (this.#mention?.nick !== this.nick) this.#mention = { nick: this.nick, test: mentionOf(this.nick) };
    return this.#mention!.test(text);
  }

  /** Whether a line of a talk that is loaded is this client's own person's. */
  isOwnLine(talk: string, msgid: string): boolean {
    const found = this.find(talk);
    return (found?.find(msgid) ?? found?.excerpt?.find(msgid))?.own === true;
  }

  /** Notes since when this client's own person has the nick: from the welcome on. */
  noteWelcome(time: number): void {
    this.#nickSince = time;
  }

  /** Takes another nick of this client's own person. */
  renameSelf(nick: string, time: number): void {
    const former = { nick: foldName(this.nick), since: this.#nickSince, until: time };
    this.#formerNicks = [...this.#formerNicks, former].slice(-MOST_FORMER);
    this.#nickSince = time;
    this.nick = nick;
  }

  /** Shows in the lists of members whether this client's own person is away, which no server tells in another way. */
  showAway(): void {
    for (const member of this.talks.memberships(this.nick)) member.away = this.away !== undefined;
  }

  /** Forgets who had a nick: they have gone, so the next one is perhaps somebody else. */
  forget(nick: string): void {
    this.profiles.forget(nick);
    this.ignored.forget(nick);
    const talk = this.find(nick);
    if (talk !== undefined) talk.peer.known = undefined;
  }

  /** Whether a channel that was joined becomes the one in which the person talks. */
  mayTakeChannel(name: string): boolean {
    return this.channel === undefined && !this.hasLostChannel &&
      (this.awaited === undefined || isSameName(this.awaited, name));
  }

  /** Takes somebody out of a channel; where that is this client's own person, takes the channel out of the joined ones. */
  leave(name: string, nick: string): { channel: string; own: boolean; online: number } | undefined {
    const channel = this.joined(name);
    if (channel === undefined) return undefined;
    channel.members.delete(foldName(nick));
    const own = this.isSelf(nick);
    if (!own && this.spelledNick(nick) === undefined) this.forget(nick);
    if (own) {
      this.calls.forget(name);
      this.talks.delete(foldName(name));
      if (this.channel !== undefined && isSameName(this.channel, name)) {
        this.channel = this.goesToNextChannel ? this.channels.at(-1)?.name : undefined;
        this.hasLostChannel = !this.goesToNextChannel;
      }
    }
    return { channel: channel.name, own, online: channel.members.size };
  }

  /** Gives a joined channel another name. @returns Whether it is joined. */
  renameChannel(before: string, name: string): boolean {
    if (!this.isupport.isChannel(name) || !this.talks.renameChannel(before, name)) return false;
    if (this.channel !== undefined && isSameName(this.channel, before)) this.channel = name;
    return true;
  }

  /** Notes that the connection is lost: nobody is known to be there. The channels stay, to be joined again. */
  offline(): void {
    this.account = undefined;
    for (const channel of this.channels) this.returning.lost(channel);
    this.talks.offline();
    this.profiles.clear();
    this.ignored.forgetAll();
    this.nameLists.clear();
    this.calls.clear();
  }
}
