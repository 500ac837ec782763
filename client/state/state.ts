/**
 * What a client knows: its own nick, the server's rules, the talks (channels and people), and whom the next line goes to.
 * Each message from the server changes it and gives the events that a view shows. It must not know connections, terminals
 * or pages.
 *
 * A view that draws what there is reads `talks` and each one's `lines`, and takes an event as the sign to look again
 * (`Talk.version` says whether that talk has changed). A view that prints what happens reads the events alone.
 *
 * @module
 */

import {
  detached,
  type Message,
  parseSource,
  RPL_ENDOFNAMES,
  RPL_ISUPPORT,
  RPL_LOGGEDIN,
  RPL_LOGGEDOUT,
  RPL_NAMREPLY,
  RPL_NOWAWAY,
  RPL_TOPIC,
  RPL_UNAWAY,
  RPL_WELCOME,
} from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName, isName } from "../names.ts";
import { readCtcp } from "../ctcp.ts";
import type { Member } from "./members.ts";
import type { ClientEvent, Found, Happening } from "./events.ts";
import { Isupport } from "./isupport.ts";
import { isSaid, lineOf, type Past, quoteOf, readPast, readSaid, readTime, replyOf, timeOf } from "./lines.ts";
import { mentionOf } from "./mention.ts";
import { JOIN_REFUSALS, meaning } from "./numerics.ts";
import { NameLists, sorted } from "./name_lists.ts";
import { Requests } from "./requests.ts";
import { ENGLISH, type Sentences } from "../sentences.ts";
import type { TalkLine } from "./line.ts";
import type { Talk } from "./talk.ts";
import { Talks } from "./talks.ts";
import { isTypingStatus, type TypingStatus } from "./typing.ts";

/** How many nicks that this client's own person has had are remembered. */
const MOST_FORMER = 50;

/** Whether a server may call somebody so. What has a space could not be written in a line again. */
const isNick = (text: string) => isName(text) && !/[\s,:!@]/.test(text);

/** The host that a message is from, of a length that is kept. */
function hostOf({ source = "" }: Message): string | undefined {
  const { host } = parseSource(source);
  return host === undefined ? undefined : detached(host.slice(0, BOUNDS.userhost));
}

type Handler = (message: Message, from: string, time: number) => Happening[];

/** What one client knows of its server. */
export class State {
  /** Own nick, as the server last said it. */
  nick: string;
  /** Own `user@host` as others see it, "" while the server has not said it. */
  userhost = "";
  /** The account that this client is logged in to. */
  account: string | undefined;
  isupport = new Isupport();
  /** The channels that are joined and the people with whom private lines were exchanged. */
  readonly talks: Talks;
  /** The channel whose people are listed and to which `/to` alone goes back. */
  channel: string | undefined;
  /** Why this client's own person is away, "" where that is not known; undefined while they are here. */
  away: string | undefined;
  /** The folded nicks of people whose lines are dropped. */
  readonly ignored = new Set<string>();
  /** Told who is typing, and who no longer. */
  onTyping: (talk: Talk, nick: string, status: TypingStatus) => void = () => {};

  #person: string | undefined;
  /** The nicks that this client's own person has had, folded, and when; and since when it has the one that it has now. */
  #former: { nick: string; since: number; until: number }[] = [];
  #since = Infinity;
  readonly #sentences: () => Sentences;
  readonly #names = new NameLists();
  readonly #requests = new Requests();
  #mention: { nick: string; test: (text: string) => boolean } | undefined;

  /**
   * @param nick The nick that will be asked for.
   * @param lines How many lines of each talk are kept.
   * @param sentences What numerics mean, in the person's language.
   */
  constructor(nick: string, lines?: number, sentences: () => Sentences = () => ENGLISH) {
    this.nick = nick;
    this.#sentences = sentences;
    this.talks = new Talks(lines);
  }

  /** The person that lines go to instead of the channel. */
  get person(): string | undefined {
    return this.#person;
  }

  set person(nick: string | undefined) {
    this.#person = nick;
    this.talks.held = nick === undefined ? undefined : foldName(nick);
  }

  /** Whom the next line goes to: a nick or a channel; undefined if no channel is joined. */
  get target(): string | undefined {
    return this.person ?? this.channel;
  }

  /** The talk that the next line goes to. */
  get current(): Talk | undefined {
    return this.target === undefined ? undefined : this.find(this.target);
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

  /** Whether that is this client's own nick, in any case. */
  isSelf(nick: string): boolean {
    return foldName(nick) === foldName(this.nick);
  }

  /** Whether that is the account that this client is logged in to. */
  isOwnAccount(account: string | undefined): boolean {
    return account !== undefined && this.account !== undefined && foldName(account) === foldName(this.account);
  }

  /** Has the lists of members say whether this client's own person is away, of whom no server tells it in another way. */
  #showAway(): void {
    for (const member of this.talks.everywhere(this.nick)) member.away = this.away !== undefined;
  }

  /** Whether somebody's lines are dropped. */
  isIgnored(nick: string): boolean {
    return this.ignored.size > 0 && this.ignored.has(foldName(nick)) && !this.isSelf(nick);
  }

  /** Whether a text names this client's own person. */
  isMention(text: string): boolean {
    if (this.#mention?.nick !== this.nick) this.#mention = { nick: this.nick, test: mentionOf(this.nick) };
    return this.#mention!.test(text);
  }

  /** The nick of somebody who shares a channel, as it is spelled; undefined for all others. */
  present(nick: string): string | undefined {
    return this.talks.everywhere(nick)[0]?.nick;
  }

  /** Who is online, as far as the channels show it, each once. */
  get people(): string[] {
    return this.talks.people;
  }

  /** Who is in a joined channel, by nick; empty for others. */
  members(channel: string): Member[] {
    return this.talks.members(channel);
  }

  /** Whether that was this client's own nick at a time. */
  wasSelf(nick: string, time: number): boolean {
    if (this.#former.length === 0) return false;
    const folded = foldName(nick);
    return this.#former.some((one) => one.nick === folded && one.since <= time && time <= one.until);
  }

  /** Says that the connection is lost: nobody is known to be there. The channels stay, to be joined again. */
  offline(): void {
    this.account = undefined;
    this.talks.offline();
    this.#names.clear();
  }

  /** Takes one message from the server and gives what it means; `now` is the time if the message does not say its own. */
  handle(message: Message, now: number): ClientEvent[] {
    const time = timeOf(message, now);
    const source = parseSource(message.source ?? "");
    if (source.host !== undefined && source.user !== undefined && this.isSelf(source.nick)) {
      this.userhost = `${source.user}@${source.host}`;
    }
    const before = this.target;
    if (message.command === RPL_WELCOME) this.#since = time;
    const events: Happening[] = /^\d/.test(message.command)
      ? this.#numeric(message)
      : this.#handlers.get(message.command.toUpperCase())?.(message, source.nick, time) ?? [];
    for (const event of events) this.#note(event, time, message);
    if (this.target !== before) events.push({ type: "target", target: this.target });
    return events.map((event) => ({ time, ...event }));
  }

  /**
   * Takes a part of a talk's history, which changes nothing but the lines of that talk. A server may send much of it at once,
   * so this is done in steps, one message each.
   *
   * @param after The msgid of the line that it comes after, where it is known.
   * @param missed Whether it was said while this client was away.
   * @param asked Whether it may exceed the bound of lines (see `Talk.insert`).
   * @returns What was not known before, in its order.
   */
  *replay(
    talk: Talk,
    messages: readonly Message[],
    now: number,
    after?: string,
    missed = false,
    asked = !missed,
  ): Generator<void, ClientEvent[], undefined> {
    const told = new Map<TalkLine, Past>();
    const changes: { message: Message; from: string; time: number }[] = [];
    for (const message of messages) {
      const time = timeOf(message, now);
      const from = parseSource(message.source ?? "").nick;
      const command = message.command.toUpperCase();
      if (command === "TAGMSG" || command === "REDACT") changes.push({ message: { ...message, command }, from, time });
      const event = readPast(message, from, this);
      const line = event && lineOf(event, time, message);
      if (line !== undefined) told.set(line, event!);
      yield;
    }
    const added = yield* talk.inserting([...told.keys()], after, missed, asked);
    const events = added.map((line): ClientEvent => {
      return { time: line.time, ...told.get(line)!, ...quoteOf(talk, line.replyTo) };
    });
    // What changes a line comes after it, as it did then.
    for (const { message, from, time } of changes) {
      const { command } = message;
      for (const event of this.#handlers.get(command)!(message, from, time)) events.push({ time, ...event });
      yield;
    }
    return events.sort((a, b) => a.time - b.time);
  }

  /** Reads what a search found, of the people who are not ignored. */
  found(messages: readonly Message[], now: number): Found[] {
    return messages.flatMap((message) => {
      const event = readPast(message, parseSource(message.source ?? "").nick, this);
      return event === undefined || event.type === "topic" ? [] : [{ ...event, time: timeOf(message, now) }];
    });
  }

  /** The talk that an event happened in; undefined for what happened in several or in none. */
  talkOf(event: Happening): Talk | undefined {
    if (isSaid(event)) return this.find(event.context ?? this.#home(event.target, event.from, event.own));
    if ("channel" in event) return this.find(event.channel);
    return "target" in event && event.target !== undefined ? this.find(event.target) : undefined;
  }

  readonly #handlers = new Map<string, Handler>([
    ["PRIVMSG", (message, from, time) => this.#said(message, from, "message", time)],
    ["NOTICE", (message, from, time) => this.#said(message, from, "notice", time)],
    ["TAGMSG", ({ tags, params: [to = ""] }, from) => {
      const own = this.isSelf(from);
      const talk = this.find(this.#home(to, from));
      if (talk === undefined || this.isIgnored(from)) return [];
      const typing = tags["+typing"];
      if (isTypingStatus(typing) && !own) this.onTyping(talk, from, typing);
      const added = tags["+draft/react"] !== undefined;
      const reaction = tags["+draft/react"] ?? tags["+draft/unreact"];
      const about = replyOf(tags);
      if (reaction === undefined || about === undefined) return [];
      const line = talk.react(about, reaction, from, added);
      return line === undefined ? [] : [{ type: "reaction", target: talk.name, from, own, reaction, added, line }];
    }],
    ["REDACT", ({ params: [to = "", msgid = "", reason = ""] }, by) => {
      const own = this.isSelf(by);
      const talk = this.find(this.#home(to, by));
      const line = talk?.redact(msgid, { by, reason });
      return line === undefined ? [] : [{ type: "redaction", target: talk!.name, by, own, reason, line }];
    }],
    ["MARKREAD", ({ params: [to = "", marker = ""] }) => {
      const time = readTime(marker.replace(/^timestamp=/, ""));
      const talk = this.find(to);
      if (talk === undefined || time === undefined) return [];
      talk.readUpTo(time);
      return [{ type: "read", target: talk.name }];
    }],
    // The account and the real name are there with extended-join.
    ["JOIN", ({ source = "", params: [name = "", account = "*"] }, nick) => {
      const own = this.isSelf(nick);
      if (own) {
        if (!this.talks.mayJoin(name)) return [];
        const { name: joined, members } = this.open(detached(name), "channel");
        this.channel ??= joined;
        members.clear();
      }
      const channel = this.joined(name);
      if (channel === undefined || !isName(nick)) return [];
      const userhost = source.includes("@") ? source.slice(source.indexOf("!") + 1) : "";
      const member = {
        nick: detached(nick),
        prefix: "",
        away: own && this.away !== undefined,
        ...(userhost === "" || userhost.length > BOUNDS.userhost ? {} : { userhost: detached(userhost) }),
        ...(account === "*" || !isName(account) ? {} : { account: detached(account) }),
      };
      if (!channel.members.put(foldName(nick), member, this.talks.roomIn(channel))) return [];
      return [{ type: "join", nick, channel: channel.name, own, online: channel.members.size }];
    }],
    ["PART", ({ params: [name = "", reason = ""] }, nick) => {
      const gone = this.#leave(name, nick);
      return gone === undefined ? [] : [{ type: "part", nick, reason, ...gone }];
    }],
    ["KICK", ({ params: [name = "", nick = "", reason = ""] }, by) => {
      const gone = this.#leave(name, nick);
      return gone === undefined ? [] : [{ type: "kick", nick, by, reason, ...gone }];
    }],
    ["QUIT", ({ params: [reason = ""] }, nick) => {
      const channels = this.talks.gone(nick).map(({ name, members }) => ({ name, online: members.size }));
      return this.isSelf(nick) ? [] : [{ type: "quit", nick, channels, reason }];
    }],
    ["NICK", ({ params: [told = ""] }, nick, time) => {
      if (!isNick(told)) return [];
      const renamed = detached(told);
      const own = this.isSelf(nick);
      if (own) {
        this.#former = [...this.#former, { nick: foldName(this.nick), since: this.#since, until: time }].slice(
          -MOST_FORMER,
        );
        this.#since = time;
        this.nick = renamed;
      }
      if (this.ignored.delete(foldName(nick))) this.ignored.add(foldName(renamed));
      this.talks.rename(nick, renamed);
      if (this.person !== undefined && foldName(this.person) === foldName(nick)) this.person = renamed;
      return [{ type: "nick", nick, renamed, own }];
    }],
    ["ACCOUNT", ({ params: [account = "*"] }, nick) => {
      const known = account === "*" || !isName(account) ? {} : { account: detached(account) };
      if (this.isSelf(nick)) this.account = known.account;
      this.talks.change(nick, ({ account: _, ...member }) => ({ ...member, ...known }));
      return [];
    }],
    ["CHGHOST", ({ params: [user = "", host = ""] }, nick) => {
      if (this.isSelf(nick)) this.userhost = `${user}@${host}`;
      const userhost = `${user}@${host}`;
      if (userhost.length > BOUNDS.userhost) return [];
      this.talks.change(nick, (member) => ({ ...member, userhost: detached(userhost) }));
      return [];
    }],
    ["TOPIC", ({ params: [name = "", topic = ""] }, by) => {
      const channel = this.joined(name);
      if (channel !== undefined) channel.topic = detached(topic);
      return [{ type: "topic", channel: channel?.name ?? name, topic, by }];
    }],
    ["MODE", ({ params: [name = "", modes = "", ...params] }, by) => {
      if (!this.isupport.isChannel(name)) return [];
      for (const change of this.isupport.modeChanges(modes, params)) {
        const member = this.joined(name)?.members.get(foldName(change.param ?? ""));
        if (member !== undefined) member.prefix = this.isupport.changePrefix(member.prefix, change);
      }
      return [{ type: "mode", channel: name, by, change: [modes, ...params].join(" ") }];
    }],
    ["AWAY", ({ params: [reason = ""] }, nick) => {
      for (const member of this.talks.everywhere(nick)) member.away = reason !== "";
      return this.isSelf(nick) ? [] : [{ type: "away", nick, away: reason !== "", reason }];
    }],
    ["INVITE", ({ params: [nick = "", channel = ""] }, by) => [{ type: "invite", nick, by, channel }]],
    ["ERROR", ({ params }) => [{ type: "error", text: params.at(-1) ?? "" }]],
    // Standard replies (IRCv3 standard-replies): type, command, code, context..., description.
    ["FAIL", ({ params }) => [{ type: "error", text: this.#standardReply(params) }]],
    ["WARN", ({ params }) => [{ type: "info", text: this.#standardReply(params) }]],
    ["NOTE", ({ params }) => [{ type: "info", text: this.#standardReply(params) }]],
  ]);

  #standardReply(params: string[]): string {
    const [command = "", code = ""] = params;
    return this.#sentences().refusals.standard({ command, code, text: params.at(-1) ?? "" });
  }

  #said(message: Message, from: string, type: "message" | "notice", time: number): Happening[] {
    const said = readSaid(message, from, type, this);
    if (said === undefined) return this.#asked(message, from, type, time);
    const channel = said.context === undefined ? undefined : this.joined(said.context);
    // Else anybody could have their words shown there.
    const isThere = channel !== undefined && (said.own || channel.members.get(foldName(from)) !== undefined);
    if (isThere) said.context = channel.name;
    else delete said.context;
    const home = said.context ?? this.#home(said.target, from, said.own);
    const talk = type === "message" && said.private && !isThere && isName(home)
      ? this.open(detached(home))
      : this.find(home);
    if (talk !== undefined && said.private && !isThere && !said.own) talk.host = hostOf(message);
    if (talk?.append(lineOf(said, time, message)!) === false) return [];
    return [{ ...said, ...quoteOf(talk, said.replyTo) }];
  }

  /** Tells what somebody asks by CTCP, who is not ignored. */
  #asked({ params: [target = "", text = ""] }: Message, from: string, type: "message" | "notice", time: number) {
    const ctcp = readCtcp(text);
    if (ctcp === undefined || this.isIgnored(from)) return [];
    const [own, isPrivate] = [this.isSelf(from), !this.isupport.isChannel(target)];
    const request = { from, own, target, private: isPrivate, isAnswer: type === "notice", ...ctcp };
    const sentence = this.#requests.tell(request, time, this.#sentences());
    return sentence === undefined ? [] : [{ type: "info", text: sentence } as const];
  }

  /** The name of the talk that a message belongs to. */
  #home(target: string, from: string, own = this.isSelf(from)): string {
    // What another device of one's own sends to this one is its, as anybody's.
    const isFromHere = this.isSelf(from) || (own && !this.isSelf(target));
    return this.isupport.isChannel(target) || isFromHere ? target : from;
  }

  /** Keeps what happened in a channel as a line of it, and knows that whoever did something has ended to type. */
  #note(event: Happening, time: number, message: Message): void {
    if (isSaid(event)) {
      const talk = this.talkOf(event);
      if (talk !== undefined) this.onTyping(talk, event.from, "done");
      return;
    }
    const line = lineOf(event, time, message);
    if (line === undefined) return;
    for (const talk of this.#where(event)) {
      talk.append({ ...line, reactions: new Map() });
      if (event.type !== "nick") this.onTyping(talk, line.about ?? line.from, "done");
    }
  }

  /** The talks that an event is a line of. */
  #where(event: Happening): Talk[] {
    if (event.type === "nick") {
      const renamed = foldName(event.renamed);
      return [...this.talks].filter(([name, { members }]) => name === renamed || members.has(renamed)).map(([, t]) =>
        t
      );
    }
    const names = "channels" in event
      ? event.channels.map(({ name }) => name)
      : "channel" in event
      ? [event.channel]
      : [];
    return names.flatMap((name) => this.find(name) ?? []);
  }

  /** Takes somebody out of a channel; where that is this client's own person, takes the channel out of the joined ones. */
  #leave(name: string, nick: string): { channel: string; own: boolean; online: number } | undefined {
    const channel = this.joined(name);
    if (channel === undefined) return undefined;
    channel.members.delete(foldName(nick));
    const own = this.isSelf(nick);
    if (own) {
      this.talks.delete(foldName(name));
      if (this.channel !== undefined && foldName(this.channel) === foldName(name)) {
        this.channel = this.channels.at(-1)?.name;
      }
    }
    return { channel: channel.name, own, online: channel.members.size };
  }

  #numeric({ command, params }: Message): Happening[] {
    const own = this.#numerics.get(command)?.(params);
    if (own !== undefined) return own;
    if (command === RPL_NOWAWAY || command === RPL_UNAWAY) {
      this.away = command === RPL_UNAWAY ? undefined : this.away ?? "";
      this.#showAway();
    }
    // A channel that could not be joined again after the connection was lost.
    if (JOIN_REFUSALS.has(command) && this.joined(params[1] ?? "")?.members.size === 0) {
      this.#leave(params[1], this.nick);
    }
    const said = meaning(command, params, this.#sentences());
    return said === undefined ? [] : [said];
  }

  readonly #numerics = new Map<string, (params: string[]) => Happening[]>([
    [RPL_WELCOME, ([nick = this.nick]) => {
      if (isNick(nick)) this.nick = detached(nick);
      this.isupport = new Isupport();
      this.#names.clear();
      return [];
    }],
    // Own nick, own nick!user@host, account, sentence (IRCv3 sasl).
    [RPL_LOGGEDIN, ([, , account]) => {
      this.account = account !== undefined && isName(account) ? detached(account) : undefined;
      return [];
    }],
    // The same without the account.
    [RPL_LOGGEDOUT, (params) => {
      const { account } = this;
      this.account = undefined;
      if (account === undefined) return [];
      return [{ type: "error", text: this.#sentences().accounts.loggedOut(account, params.at(-1) ?? "") }];
    }],
    [RPL_ISUPPORT, (params) => {
      this.isupport.add(params);
      return [];
    }],
    [RPL_TOPIC, ([, name = "", topic = ""]) => {
      const channel = this.joined(name);
      if (channel !== undefined) channel.topic = detached(topic);
      return [{ type: "topic", channel: name, topic, by: "" }];
    }],
    // RPL_NAMREPLY: own nick, `=`, channel, names.
    [RPL_NAMREPLY, ([, , name = "", names = ""]) => {
      this.#names.add(name, names, this.isupport);
      return [];
    }],
    [RPL_ENDOFNAMES, ([, name = ""]) => {
      const list = this.#names.end(name);
      const channel = this.joined(name);
      if (channel !== undefined) this.talks.setMembers(channel, list);
      this.#showAway();
      return [{ type: "names", channel: channel?.name ?? name, members: sorted([...list.values()]) }];
    }],
  ]);
}
