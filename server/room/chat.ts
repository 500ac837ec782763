/**
 * The room: who is in it and what they do, in verbs of the domain. It knows no sockets and no command syntax.
 *
 * Everything in it happens in one turn: a verb changes the state and tells all who are concerned before another runs.
 *
 * @module
 */

import {
  byteLength,
  casefold,
  ERR_BADCHANNELKEY,
  ERR_BANNEDFROMCHAN,
  ERR_CANNOTSENDTOCHAN,
  ERR_CHANNELISFULL,
  ERR_INPUTTOOLONG,
  ERR_INVITEONLYCHAN,
  ERR_NICKNAMEINUSE,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  ERR_NOTONCHANNEL,
  ERR_TOOMANYCHANNELS,
  explainFault,
  fit,
  fits,
  LIMITS,
  nameFault,
  RPL_TOPIC,
} from "../../protocol.ts";
import {
  ACCOUNT_CAPABILITIES,
  CAPABILITIES,
  type Capability,
  type ClientTags,
  type Event,
  HISTORY_CAPABILITIES,
  isCapability,
  isOwnCapability,
  type Line,
} from "./capabilities.ts";
import type { Accounts } from "../auth/accounts.ts";
import { Channel } from "./channel.ts";
import { ServerBans } from "./bans.ts";
import { DepartedList } from "./departed.ts";
import { Guesses } from "../auth/guesses.ts";
import type { History } from "../store/history.ts";
import { firstId, msgid } from "../store/records.ts";
import { BOUNDS, MODES } from "./isupport.ts";
import type { Markers } from "../store/markers.ts";
import type { Metadata } from "../store/metadata.ts";
import { MetadataLimit } from "./metadata_limit.ts";
import { Monitor } from "./monitor.ts";
import { checkReserved, yieldToOwner } from "./owners.ts";
import { toRecord } from "./record.ts";
import type { KeptChannels } from "../store/channels.ts";
import { ReplyError, Session } from "./session.ts";
import { inSlices, type Pace, UNPACED } from "../turns/slices.ts";
import type { Store } from "../store/store.ts";
import type { Visits } from "../store/visits.ts";
import { isSecret } from "./words.ts";

/** How the room presents itself. */
export interface Settings {
  /** The room's name, free text. */
  network: string;
  /** The address of a picture that stands for it. */
  icon?: string | undefined;
  /** The message of the day, a line an item; none where empty. */
  motd: string[];
  /** What one must say to come in (PASS), if anything. */
  password?: string | undefined;
  /** The passwords of the server's operators, by name (OPER). */
  operators?: ReadonlyMap<string, string>;
  /** The program's version. */
  version: string;
}

/** What a `Chat` takes from outside. */
export interface ChatOptions {
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /**
   * Called with a line for people when someone comes, goes or is renamed, and the address that they come from; and with what
   * else whoever runs the server should know.
   */
  onPresence?: (text: string, address?: string) => void;
  /** The database that all that is kept is written to. */
  store?: Store | undefined;
  /** Where messages are kept; nothing is kept when left out. */
  history?: History | undefined;
  /** Where the settings of channels are kept. */
  keptChannels?: KeptChannels | undefined;
  /** The accounts that people may have; there are none when left out. */
  accounts?: Accounts | undefined;
  /** How fast secrets can be guessed here; as anywhere when left out. */
  guesses?: Guesses | undefined;
  /** Who may not come in; kept as long as the room is open when left out. */
  bans?: ServerBans | undefined;
  /** Where it is kept up to when people have read; it is not when left out. */
  markers?: Markers | undefined;
  /** Where it is kept up to when people have been in channels; it is not when left out. */
  visits?: Visits | undefined;
  /** Where the metadata of accounts is kept; when left out, people have theirs as long as they are connected. */
  metadata?: Metadata | undefined;
}

/** What is told as the reason of who is away and has given none, or whose words may not be read. */
export const UNSAID = "Away";

/** Why something is refused that would be kept. */
const CANNOT_KEEP = "it can't be kept at the moment: the server's disk is full or locked; try again later";

/** What stands before a channel's name to mean those of its members who have that prefix (STATUSMSG). */
const STATUS = new RegExp(`^[${MODES.prefixes}]+(?=#)`);

/** Why a channel with mode `C` refuses a text, if so: it is CTCP and no ACTION. */
function ctcpRefusal(text: string[], lines: Line[] | undefined): string | undefined {
  const isCtcp = (text: string) => text.startsWith("\x01") && !/^ACTION(?:\W|$)/.test(text.slice(1));
  return (lines?.map(({ text }) => text) ?? text).some(isCtcp) ? "+C: CTCP is not allowed" : undefined;
}

/** The people online, the channels, and what can be done with them. */
export class Chat {
  readonly settings: Settings;
  readonly now: () => number;
  /** When the room was opened, in milliseconds since 1970. */
  readonly created: number;
  /** The server's name as a source: it holds a dot, which no nick may. */
  readonly name: string;
  /** Registered sessions by folded nick. */
  readonly sessions = new Map<string, Session>();
  /** Channels by folded name. */
  readonly channels = new Map<string, Channel>();
  /** People by the user modes that are on. */
  readonly #byMode = new Map<string, Set<Session>>();
  /** Channels with bans that end by themselves. */
  readonly #timed = new Set<Channel>();
  /** Those that are secret (mode `s`). */
  readonly #secret = new Set<Channel>();
  #isExpiring = false;
  /** How long work of its own is done. */
  pace: Pace = UNPACED;
  /** Who has left. */
  readonly departed = new DepartedList();
  /** Who watches whom. */
  readonly monitor = new Monitor();
  /** Connections that have not registered yet. */
  unregistered = 0;
  /** Most people online at once. */
  peak = 0;
  readonly store: Store | undefined;
  readonly history: History | undefined;
  readonly accounts: Accounts | undefined;
  readonly markers: Markers | undefined;
  readonly visits: Visits | undefined;
  readonly metadata: Metadata | undefined;
  readonly guesses: Guesses;
  readonly bans: ServerBans;
  /** Those who are logged in to each account, registered or not, by its folded name. */
  readonly logins = new Map<string, Set<Session>>();
  /** Until when somebody else may have the nick of an account, by folded nick; see owners.ts. Milliseconds since 1970. */
  readonly reservations = new Map<string, number>();
  /** How fast metadata may be changed. */
  readonly metadataLimit = new MetadataLimit();
  readonly keptChannels: KeptChannels | undefined;
  readonly #onPresence: (text: string, address?: string) => void;
  // Ids are unique over restarts, too: people keep logs that hold them.
  readonly #epoch = `${Date.now().toString(36)}${Math.floor(Math.random() * 46656).toString(36)}`;
  #ids = 0;
  #lastMessage: number;

  constructor(settings: Settings, options: ChatOptions = {}) {
    const { now = Date.now, onPresence = () => {}, history, keptChannels, accounts, markers, visits, metadata } =
      options;
    this.settings = settings;
    this.now = now;
    this.store = options.store;
    this.history = history;
    this.keptChannels = keptChannels;
    this.guesses = options.guesses ?? new Guesses();
    this.bans = options.bans ?? new ServerBans(undefined, now);
    this.accounts = accounts;
    this.markers = markers;
    this.visits = visits;
    this.metadata = metadata;
    this.#lastMessage = history?.last ?? 0;
    this.created = now();
    this.#onPresence = onPresence;
    const name = settings.network.replace(/[^\p{L}\p{Nd}.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "") || "teahouse";
    const short = fit(name, BOUNDS.serverName - ".local".length).replace(/[-.]+$/, "");
    this.name = short.includes(".") ? short : `${short}.local`;
  }

  /** Whether a text is the name of a capability that this room has. */
  offers(name: string): name is Capability {
    if (!isCapability(name)) return false;
    if (isOwnCapability(name)) return name !== "znc.in/playback" || this.history !== undefined;
    const absent = (this.history === undefined ? HISTORY_CAPABILITIES : 0) |
      (this.accounts === undefined ? ACCOUNT_CAPABILITIES : 0) |
      (this.markers === undefined ? CAPABILITIES["draft/read-marker"] : 0);
    return (CAPABILITIES[name] & absent) === 0;
  }

  /** A new id for a batch, unique over all runs. */
  nextId(): string {
    return `${this.#epoch}${(++this.#ids).toString(36)}`;
  }

  /** Something that a session does. */
  event(session: Session, command: string, params: string[]): Event {
    const { source, account, modes } = session;
    return { source, command, params, time: this.now(), account, isBot: modes.has("B"), isOper: modes.has("o") };
  }

  /** What tells that a session is in a channel now (IRCv3 extended-join). */
  joinEvent(session: Session, { name }: Channel): Event {
    return { ...this.event(session, "JOIN", [name]), extended: [session.account ?? "*", session.realname] };
  }

  /** Something that a session says, with an id of its own (IRCv3 message-ids), higher than all before. */
  message(session: Session, command: string, params: string[]): Event & { id: number } {
    const id = this.#lastMessage = Math.max(this.#lastMessage + 1, firstId(this.now()));
    return { ...this.event(session, command, params), id, msgid: msgid(id) };
  }

  /** The id of the last thing that was said. */
  get lastMessage(): number {
    return this.#lastMessage;
  }

  /** Something that the server says. */
  serverEvent(command: string, params: string[]): Event {
    return { source: this.name, command, params, time: this.now() };
  }

  find(nick: string): Session | undefined {
    return this.sessions.get(casefold(nick));
  }

  findChannel(name: string): Channel | undefined {
    return this.channels.get(casefold(name));
  }

  /** The channel of that name, if `session` may know of it; the server's operators may. Throws 403. */
  channel(name: string, session: Session): Channel {
    const channel = this.findChannel(name);
    if (channel === undefined || !this.#mayKnow(session, channel)) {
      throw new ReplyError(ERR_NOSUCHCHANNEL, name, "No such channel");
    }
    return channel;
  }

  #mayKnow(session: Session, channel: Channel): boolean {
    return channel.isVisibleTo(session) || session.isOperator;
  }

  /** The channel of that name that `session` is in. Throws 442, or 403 where it may not know that there is one. */
  ownChannel(name: string, session: Session): Channel {
    const channel = this.channel(name, session);
    if (!channel.members.has(session)) {
      throw new ReplyError(ERR_NOTONCHANNEL, channel.name, "You're not on that channel");
    }
    return channel;
  }

  /** The channel of that name that `session` is in, or may rule as the server's operator. Throws 403 or 442. */
  ruledChannel(name: string, session: Session): Channel {
    return session.isOperator ? this.channel(name, session) : this.ownChannel(name, session);
  }

  /** Who has a user mode. */
  withMode(letter: string): ReadonlySet<Session> {
    return this.#byMode.get(letter) ?? new Set();
  }

  /** Someone has a user mode now, or no longer. To be called by `Session.setMode`. */
  modeChanged(session: Session, letter: string, on: boolean): void {
    const people = this.#byMode.get(letter) ?? new Set();
    if (on) this.#byMode.set(letter, people.add(session));
    else people.delete(session);
    // Its client will be the same the next time.
    if (letter === "B" && !session.closed) this.visits?.noteBot(session.visitor, on, this.#lastMessage);
  }

  /**
   * A channel in which a ban or a mute keeps someone from being read. What its members see of that person beyond coming
   * and going stays as it is as long as they are in: nick, real name, metadata; and reasons are not told.
   */
  mutedIn(session: Session): Channel | undefined {
    return session.channels.values().find((channel) => channel.isMuted(session));
  }

  /** Lets a session in under `nick`. Throws 433 where someone else has that name. */
  enter(session: Session, nick: string): void {
    this.#claim(session, nick);
    session.setNick(nick);
    this.peak = Math.max(this.peak, this.sessions.size);
    this.monitor.online(session);
    this.#presence(session, `${nick} has come in from ${session.host}`);
  }

  /** Gives a registered session another nick, and tells those who can see it once. Throws 433. */
  rename(session: Session, nick: string): void {
    this.#claim(session, nick);
    const before = session.nick;
    const isOther = casefold(before) !== casefold(nick);
    if (isOther) this.sessions.delete(casefold(before));
    const event = this.event(session, "NICK", [nick]);
    this.departed.add(session, this.now());
    session.setNick(nick);
    this.tellPeers(session, event);
    session.respond(event);
    session.tellWhoami();
    if (isOther) {
      this.monitor.offline(session, before);
      this.monitor.online(session);
      checkReserved(session);
    }
    this.#presence(session, `${before} is now ${nick}`);
  }

  #claim(session: Session, nick: string): void {
    yieldToOwner(session, nick);
    const holder = this.find(nick);
    if (holder !== undefined && holder !== session) {
      throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is already in use");
    }
    this.sessions.set(casefold(nick), session);
  }

  /**
   * Brings a session into a channel, which comes into being by that.
   *
   * @param key The word that the channel may ask for (mode `k`).
   * @returns The channel, or nothing if the session was in it already.
   * @throws {ReplyError} 403, 404, 405, 471, 473, 474 or 475.
   */
  join(session: Session, name: string, key?: string): Channel | undefined {
    const fault = nameFault("channel", name);
    if (fault !== undefined) throw new ReplyError(ERR_NOSUCHCHANNEL, name, `No such channel: ${explainFault(fault)}`);
    let channel = this.findChannel(name);
    if (channel?.members.has(session)) return undefined;
    if (session.channels.size >= BOUNDS.channels) {
      throw new ReplyError(ERR_TOOMANYCHANNELS, name, "You have joined too many channels");
    }
    channel ??= new Channel(name, this.now(), this.keptChannels?.find(name), this.steadyTime);
    channel.onSeatsChanged = () => this.settingsChanged(channel);
    this.#admit(session, channel, key);
    // What would be kept by that: that its first member is its operator, or that who was in may come back.
    const isKept = channel.flags.has("i") || (session.account !== undefined && channel.members.size === 0);
    if (isKept) this.requireKeeping(channel);
    this.channels.set(casefold(name), channel);
    if (channel.isTimed) this.#timed.add(channel);
    channel.add(session);
    this.#noteSecret(channel);
    if (channel.hasChanges) this.settingsChanged(channel, session);
    session.publish(channel, this.joinEvent(session, channel));
    // Who joins sees what they are in the list of names; those who are in would not know.
    if (channel.isOperator(session)) {
      channel.publish(this.serverEvent("MODE", [channel.name, "+o", session.nick]), session);
    }
    if (session.away !== undefined) {
      channel.publish(this.event(session, "AWAY", [this.publicAway(session, session.away)]), session);
    }
    return channel;
  }

  /** Throws where the channel's modes keep a session out; an invitation opens `i`, and an operator's `l`. */
  #admit(session: Session, channel: Channel, key: string | undefined): void {
    const refuse = (numeric: string, why: string): never => {
      throw new ReplyError(numeric, channel.name, `Cannot join channel (${why})`);
    };
    if (channel.isBanned(session)) refuse(ERR_BANNEDFROMCHAN, "+b: you are banned");
    if (channel.flags.has("i") && !channel.isExpected(session)) refuse(ERR_INVITEONLYCHAN, "+i: by invitation only");
    if (channel.key !== undefined && !isSecret(key ?? "", channel.key)) refuse(ERR_BADCHANNELKEY, "+k: wrong key");
    if (channel.limit !== undefined && channel.members.size >= channel.limit && !channel.isAdmitted(session)) {
      refuse(ERR_CHANNELISFULL, "+l: it is full");
    }
  }

  /** Whether what changes of a channel can be kept. */
  get canKeep(): boolean {
    return this.keptChannels?.isFull !== true;
  }

  /** Throws where what is to change of a channel can't be kept: 404. */
  requireKeeping({ name }: Channel): void {
    if (this.canKeep) return;
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, name, `Cannot change the channel (${CANNOT_KEEP})`);
  }

  /** The time by which something ends: it does not jump ahead with the clock. Milliseconds since 1970. */
  get steadyTime(): number {
    return this.history?.clock.time ?? this.now();
  }

  /** A channel's topic, modes or bans have changed. @param by Who has done it, to whom what is kept is charged. */
  settingsChanged(channel: Channel, by?: Session): void {
    if (channel.isTimed) this.#timed.add(channel);
    this.#noteSecret(channel);
    if (this.keptChannels === undefined) channel.takeChanges();
    else {
      const bytes = this.keptChannels.changed(channel);
      by?.onKept?.(bytes);
    }
  }

  /** Why someone is away, as it is told to channels: not in their words where those may not be read in one of them. */
  publicAway(session: Session, reason: string): string {
    return this.mutedIn(session) === undefined ? reason : UNSAID;
  }

  /**
   * Sets a channel's topic, or clears it where the text is empty. What would not fit into a line, whoever sets it and
   * whoever reads it, is left out: all are told the same. Throws 404 where one may not talk in the channel (the server's
   * operators may), or where it can't be kept.
   */
  setTopic(session: Session, channel: Channel, wish: string): void {
    if (!session.isOperator) this.#requireVoice(session, channel);
    this.requireKeeping(channel);
    const longest = [
      `:${session.source} TOPIC ${channel.name} :`,
      `:${this.name} ${RPL_TOPIC} ${"x".repeat(4 * LIMITS.nick)} ${channel.name} :`,
    ].map(byteLength);
    const text = fit(wish, LIMITS.lineBytes - 2 - Math.max(...longest));
    const event = this.message(session, "TOPIC", [channel.name, text]);
    this.#keep(session, channel, event);
    channel.topic = text === "" ? undefined : { text, by: session.source, at: event.time };
    this.settingsChanged(channel, session);
    session.publish(channel, event);
  }

  /**
   * Gives a channel another name, under which all that is kept of it goes on. Whom to tell is its caller's business.
   *
   * @returns Whether the name was free: neither a channel's nor one under which another's history is kept.
   * @throws {StoreError} Where it can't be written.
   */
  renameChannel(channel: Channel, name: string): boolean {
    const [before, after] = [casefold(channel.name), casefold(name)];
    if (before !== after && this.channels.has(after)) return false;
    if (this.keptChannels?.rename(channel, name) === false) return false;
    channel.rename(name, this.now());
    this.markers?.moved(before, after);
    this.visits?.moved(before, after);
    this.channels.delete(before);
    this.channels.set(after, channel);
    return true;
  }

  /** Takes a session out of a channel by its own wish; the reason is told where it may talk. */
  part(session: Session, channel: Channel, reason?: string): void {
    const isTold = reason !== undefined && channel.silence(session) === undefined;
    session.publish(channel, this.event(session, "PART", isTold ? [channel.name, reason] : [channel.name]));
    // Who goes by their own wish gives up the right to come back; but the last one would lock the channel for good.
    if (channel.members.size > 1) channel.unseat(session);
    if (channel.hasChanges) this.settingsChanged(channel);
    this.#remove(session, channel);
  }

  /** Lifts the bans whose time is over, and tells the members, in slices. To be called every few seconds. */
  expireBans(): void {
    this.bans.expire();
    if (this.#isExpiring) return;
    this.#isExpiring = true;
    inSlices(this.pace, this.#expireBans(), (error) => {
      this.#isExpiring = false;
      this.report(`cannot lift bans: ${error instanceof Error ? error.stack : error}`);
    });
  }

  *#expireBans(): Generator<void> {
    for (const channel of [...this.#timed]) {
      const changes = channel.expireMasks(this.steadyTime);
      for (const change of changes) channel.publish(this.serverEvent("MODE", [channel.name, ...change]));
      if (!channel.isTimed || channel.members.size === 0) this.#timed.delete(channel);
      if (changes.length > 0) this.settingsChanged(channel);
      yield;
    }
    this.#isExpiring = false;
  }

  /** Takes someone out of a channel by an operator's wish. */
  kick(by: Session, channel: Channel, victim: Session, reason: string): void {
    by.publish(channel, this.event(by, "KICK", [channel.name, victim.nick, reason]));
    // Who is thrown out has no right to come back.
    channel.unseat(victim);
    if (channel.hasChanges) this.settingsChanged(channel);
    this.#remove(victim, channel);
  }

  /**
   * Takes someone out of a channel who may not be there any more; what its account has there stays the account's. To tell
   * of it is the caller's business.
   */
  expel(session: Session, channel: Channel): void {
    channel.uninvite(session);
    if (channel.hasChanges) this.settingsChanged(channel);
    this.#remove(session, channel);
  }

  #remove(session: Session, channel: Channel): void {
    channel.remove(session);
    const heard = session.lostAt === undefined ? Infinity : firstId(session.lostAt);
    const told = session.untold.get(channel) ?? this.#lastMessage;
    session.untold.delete(channel);
    this.visits?.end(session.visitor, casefold(channel.name), Math.min(told, heard));
    if (channel.members.size > 0) return;
    this.channels.delete(casefold(channel.name));
    channel.uninviteAll();
    this.#timed.delete(channel);
    this.#noteSecret(channel);
  }

  #noteSecret(channel: Channel): void {
    if (channel.flags.has("s") && channel.members.size > 0) this.#secret.add(channel);
    else this.#secret.delete(channel);
  }

  /** How many channels there are that someone may know of. */
  channelsFor(session: Session): number {
    const own = [...session.channels].filter((channel) => this.#secret.has(channel));
    return this.channels.size - this.#secret.size + own.length;
  }

  /**
   * Brings a message to a channel's members, to those of them with a prefix (`@#tea`), or to one person.
   *
   * @param params The target as the sender wrote it, and for PRIVMSG and NOTICE the text.
   * @param lines The text's lines where it has several (IRCv3 multiline).
   * @param relayed The nick of who has said it elsewhere, in whose name it is told (IRCv3 relaymsg).
   * @returns The session that it went to, or nothing for a channel.
   * @throws {ReplyError} 401, 403, 404 or 417.
   */
  say(
    session: Session,
    command: string,
    params: string[],
    clientTags: ClientTags,
    lines?: Line[],
    relayed?: string,
  ): Session | undefined {
    const [target, ...text] = params;
    const source = relayed === undefined ? session.source : `${relayed}!${session.user}@${session.host}`;
    const prefixes = target.startsWith("#") ? "" : STATUS.exec(target)?.[0] ?? "";
    const isChannel = prefixes !== "" || target.startsWith("#");
    const named = isChannel ? this.findChannel(target.slice(prefixes.length)) : undefined;
    const channel = named !== undefined && this.#mayKnow(session, named) ? named : undefined;
    const person = isChannel ? undefined : this.find(target);
    if (channel === undefined && person === undefined) {
      if (isChannel) throw new ReplyError(ERR_NOSUCHCHANNEL, target, "No such channel");
      throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
    }
    if (channel !== undefined) {
      this.#requireVoice(session, channel, channel.flags.has("C") ? ctcpRefusal(text, lines) : undefined);
    }
    const name = channel === undefined ? person!.nick : prefixes + channel.name;
    // A text is passed on as it is or not at all; the longest line has a colon before it.
    for (const part of lines?.map(({ text }) => text) ?? [text.join(" ")]) {
      if (fits(`:${source} ${command} ${name} :${part}`, LIMITS.lineBytes - 2)) continue;
      const why = `Message is too long: with your name before it, it exceeds ${LIMITS.lineBytes} bytes`;
      throw new ReplyError(ERR_INPUTTOOLONG, why);
    }
    const event = this.message(session, command, [name, ...text]);
    event.clientTags = clientTags;
    // Neither the account nor the rank of the one that relays is the speaker's.
    if (relayed !== undefined) Object.assign(event, { source, account: undefined, isOper: false });
    if (lines !== undefined) event.lines = lines;
    // What only some members see is nothing for those who read the channel's history.
    if (prefixes === "") this.#keep(session, channel ?? person!, event);
    const echo = session.has("echo-message");
    session.addressed(channel ?? person!.outbox);
    if (prefixes !== "") {
      if (echo) session.respond(event);
      Session.tell(channel!.ranked(prefixes, session), event);
    } else if (channel !== undefined) session.publish(channel, event, echo);
    else {
      if (echo) session.respond(event);
      person!.deliver(event);
    }
    if (command !== "TAGMSG") session.spokeAt = event.time;
    return person;
  }

  /** Refuses who may not talk in a channel, or what may not be said there. Throws 404. */
  #requireVoice(session: Session, channel: Channel, refusal?: string): void {
    const why = channel.silence(session) ?? refusal;
    if (why === undefined) return;
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, channel.name, `Cannot send to channel (${why})`);
  }

  /** Keeps what is about to be told. Throws 404 where that is not possible: then it must not be told. */
  #keep(session: Session, to: Channel | Session, event: Event & { id: number }): void {
    const record = this.history === undefined ? undefined : toRecord(session, to, event);
    if (record === undefined) return;
    const bytes = session.onKept === undefined ? 0 : this.history!.costOf(record);
    if (this.history!.add(record)) {
      if (to instanceof Channel) to.keptChanges++;
      return session.onKept?.(bytes);
    }
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, event.params[0], `Cannot send (${CANNOT_KEEP})`);
  }

  /** Takes a session out of the room: the one way in which every session ends. */
  leave(session: Session, reason: string): void {
    if (this.find(session.nick) !== session) return;
    this.tellPeers(session, this.event(session, "QUIT", [reason]));
    // A bot says each time that it is one; somebody else of that name may have said it.
    if (!session.modes.has("B")) this.visits?.noteBot(session.visitor, false, this.#lastMessage);
    for (const channel of [...session.channels]) {
      if (session.account === undefined) channel.unseat(session);
      this.#remove(session, channel);
    }
    for (const channel of [...session.invitedTo]) channel.uninvite(session);
    this.sessions.delete(casefold(session.nick));
    for (const people of this.#byMode.values()) people.delete(session);
    this.departed.add(session, this.now());
    this.monitor.clear(session);
    this.monitor.offline(session, session.nick);
    this.#presence(session, `${session.nick} has left (${reason})`);
  }

  /** A session is over: it waits for nothing any more, and is logged in to nothing. */
  forget(session: Session): void {
    this.guesses.forget(session);
    this.forgetLogin(session);
  }

  /** A session is not logged in to its account any more. */
  forgetLogin(session: Session): void {
    const { account } = session;
    const logins = account === undefined ? undefined : this.logins.get(casefold(account));
    if (logins?.delete(session) && logins.size === 0) this.logins.delete(casefold(account!));
  }

  /** Tells all who share a channel with a session, but not itself; each once: by the largest channel, or directly. */
  tellPeers(session: Session, event: Event): void {
    let largest: Channel | undefined;
    for (const channel of session.channels) {
      if (largest === undefined || channel.members.size > largest.members.size) largest = channel;
    }
    if (largest === undefined) return;
    largest.publish(event, session);
    const others = new Set<Session>();
    for (const channel of session.channels) {
      if (channel === largest) continue;
      for (const member of channel.members.keys()) if (!largest.members.has(member)) others.add(member);
    }
    Session.tell(others, event);
  }

  /** Says something to whoever runs the server. */
  report(text: string): void {
    this.#onPresence(text);
  }

  #presence({ address }: Session, text: string): void {
    this.#onPresence(`${text}; ${this.sessions.size} online`, address);
  }
}
