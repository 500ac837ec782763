/**
 * The room: who is in it, and the channels. It knows no sockets and no command syntax. What people do in channels stands in
 * joining.ts and talking.ts.
 *
 * Each of its methods changes the state and tells everybody concerned in one step, before anything else runs.
 *
 * @module
 */

import { casefold, ERR_NICKNAMEINUSE, ERR_NOSUCHCHANNEL, ERR_NOTONCHANNEL, fit } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import type { Devices } from "../auth/devices.ts";
import { Guesses } from "../auth/guesses.ts";
import type { Owners } from "../auth/owners.ts";
import type { Files } from "../files/files.ts";
import type { History } from "../store/history.ts";
import type { Markers } from "../store/markers.ts";
import type { Metadata } from "../store/metadata.ts";
import { isLastingIdentity } from "../store/identities.ts";
import { firstId, msgid, nextId } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { Visits } from "../store/visits.ts";
import { contain } from "../turns/faults.ts";
import { type Pace, UNPACED } from "../turns/slices.ts";
import type { AddressSet } from "../wire/networks.ts";
import { detach } from "./attaching.ts";
import { ServerBans } from "./bans.ts";
import { type Capability, isOffered } from "./capabilities.ts";
import type { Doors } from "./doors.ts";
import type { Event } from "./event.ts";
import { type Channel, channelsOf, invitationsOf } from "./channel.ts";
import { ChannelList } from "./channel_list.ts";
import { Endings } from "./endings.ts";
import { UnnotedBelongings } from "./belongings.ts";
import { noteLeft } from "./devices.ts";
import { WhowasList } from "./whowas.ts";
import { BOUNDS } from "./isupport.ts";
import { MetadataLimit } from "./metadata_limit.ts";
import { LookAlikes } from "./look_alikes.ts";
import { Monitor } from "./monitor.ts";
import { type ChatOptions, EDIT_FOR, type Settings } from "./options.ts";
import { Origin } from "./origin.ts";
import { OwnedNicks } from "./owned_nicks.ts";
import { tellPeers } from "./peers.ts";
import { Person } from "./person.ts";
import { type Reply, ReplyError } from "./reply.ts";
import { Session, type SessionOptions } from "./session.ts";
import { SharedPersons } from "./shared.ts";
import { VoiceCalls } from "./voice_calls.ts";

/** The persons online, the channels, and what can be done with them. */
export class Chat {
  readonly settings: Settings;
  readonly now: () => number;
  /** Milliseconds since some moment, by a clock that is never set: for how long something lasts. */
  readonly uptime: () => number;
  /** When the room was opened, in milliseconds since 1970. */
  readonly created: number;
  /** The server as the source of events. */
  readonly origin: Origin;
  /** Registered persons by folded nick. */
  readonly persons = new Map<string, Person>();
  /** Those of them whom further sessions may join. */
  readonly shared = new SharedPersons();
  /** The sessions that are still to be told of channels that their person is in. */
  readonly catchingUp = new Set<Session>();
  readonly channels: ChannelList;
  /** Persons by the user modes that are on. */
  readonly #byMode = new Map<string, Set<Person>>();
  /** How long work of the room's own is done. */
  pace: Pace = UNPACED;
  /** Who has left. */
  readonly whowas = new WhowasList();
  /** Who watches whom. */
  readonly monitor: Monitor;
  /** Connections that have not registered yet. */
  unregistered = 0;
  /** The most persons that were online at once. */
  peak = 0;
  readonly store: Store | undefined;
  readonly history: History | undefined;
  /** How long people may edit what they have said, in milliseconds; 0: not at all. */
  readonly editFor: number;
  readonly accounts: Accounts | undefined;
  readonly owners: Owners | undefined;
  readonly markers: Markers | undefined;
  readonly visits: Visits | undefined;
  readonly metadata: Metadata | undefined;
  readonly files: Files | undefined;
  /** The calls in which people hear each other; there are none where this is left out. */
  readonly calls: VoiceCalls | undefined;
  readonly guesses: Guesses;
  readonly bans: ServerBans;
  /** Who is logged in to each account, registered or not, by its folded name. */
  readonly logins = new Map<string, Set<Person>>();
  /** The nicks that are those of accounts. */
  readonly ownedNicks = new OwnedNicks(this);
  /** Which names could be taken for another's. */
  readonly lookAlikes = new LookAlikes(this);
  /** Whose belongings have changed and are not noted. */
  readonly belongings = new UnnotedBelongings(this);
  /** What ends by itself. */
  readonly endings = new Endings(this);
  /** How fast metadata may be changed. */
  readonly metadataLimit = new MetadataLimit();
  /** The addresses of gateways, from which several persons come. */
  gateways: AddressSet | undefined;
  /** Gives the port of the chat over TLS, while everybody trusts its certificate. */
  trustedPort: () => number | undefined = () => undefined;
  /** Says where the room is reached; undefined where that is not known. */
  doors: () => Doors | undefined = () => undefined;
  readonly #onPresence: (text: string, address?: string) => void;
  #lastMessage: number;

  constructor(settings: Settings, options: ChatOptions = {}) {
    const { now = Date.now, onPresence = () => {}, history, keptChannels, accounts, markers, visits, metadata } =
      options;
    this.settings = settings;
    this.now = now;
    this.uptime = options.uptime ?? (() => performance.now());
    this.#onPresence = onPresence;
    const name = settings.network.replace(/[^\p{L}\p{Nd}.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "") || "teahouse";
    const short = fit(name, BOUNDS.serverName - ".local".length).replace(/[-.]+$/, "");
    this.origin = new Origin(short.includes(".") ? short : `${short}.local`, now, (text) => this.report(text));
    this.monitor = new Monitor(this);
    this.store = options.store;
    this.history = history;
    this.editFor = history === undefined ? 0 : options.editFor ?? EDIT_FOR;
    this.channels = new ChannelList(this, keptChannels);
    this.guesses = options.guesses ?? new Guesses();
    this.bans = new ServerBans(options.store, () => this.steadyTime, () => this.endings.setBack);
    this.accounts = accounts;
    this.owners = options.owners;
    this.markers = markers;
    this.visits = visits;
    this.metadata = metadata;
    this.files = options.files;
    this.calls = options.calls && new VoiceCalls(this, options.calls);
    this.#lastMessage = history?.last ?? 0;
    this.created = now();
  }

  /** The server's name as a source. */
  get name(): string {
    return this.origin.name;
  }

  /** Whether a text is the name of a capability that this room has. */
  offers(name: string): name is Capability {
    if (name === "draft/message-edit" && this.editFor === 0) return false;
    return isOffered(name, this);
  }

  /** The devices by which people come back: where there are accounts. */
  get devices(): Devices | undefined {
    return this.accounts?.devices;
  }

  /** An event that a person brings about. */
  event(person: Person, command: string, params: string[]): Event {
    const { source, account, modes } = person;
    return { source, command, params, time: this.now(), account, isBot: modes.has("B"), isOper: modes.has("o") };
  }

  /** The event that a person is in a channel now (IRCv3 extended-join). */
  joinEvent(person: Person, { name }: Channel): Event {
    return { ...this.event(person, "JOIN", [name]), extended: [person.account ?? "*", person.realname] };
  }

  /** Something that a person says, with an id of its own (IRCv3 message-ids), higher than all before. */
  message(person: Person, command: string, params: string[]): Event & { id: number } {
    const id = this.#lastMessage = nextId(this.#lastMessage, this.now());
    return { ...this.event(person, command, params), id, msgid: msgid(id) };
  }

  /** The id of the last thing that was said. */
  get lastMessage(): number {
    return this.#lastMessage;
  }

  /** An event that comes from the server. */
  serverEvent(command: string, params: string[]): Event {
    return this.origin.event(command, params);
  }

  find(nick: string): Person | undefined {
    return this.persons.get(casefold(nick));
  }

  /** Whether a person is in the room now: registered, and not gone. */
  isHere(person: Person): boolean {
    return this.find(person.nick) === person;
  }

  /** The channel of that name, if a person may know of it; the server's operators may. Throws 403. */
  channel(name: string, person: Person): Channel {
    const channel = this.channels.find(name);
    if (channel === undefined || !this.mayKnow(person, channel)) {
      throw new ReplyError(ERR_NOSUCHCHANNEL, name, "No such channel");
    }
    return channel;
  }

  /** Whether a person may know that a channel exists. */
  mayKnow(person: Person, channel: Channel): boolean {
    return channel.isVisibleTo(person) || person.isOperator;
  }

  /** The channel of that name that a person is in. Throws 442, or 403 if the person may not know of it. */
  ownChannel(name: string, person: Person): Channel {
    const channel = this.channel(name, person);
    if (!channel.members.has(person)) {
      throw new ReplyError(ERR_NOTONCHANNEL, channel.name, "You're not on that channel");
    }
    return channel;
  }

  /** The channel of that name that a person is in, or may rule as an operator of the server. Throws 403 or 442. */
  ruledChannel(name: string, person: Person): Channel {
    return person.isOperator ? this.channel(name, person) : this.ownChannel(name, person);
  }

  /** Who has a user mode. */
  withMode(letter: string): ReadonlySet<Person> {
    return this.#byMode.get(letter) ?? new Set();
  }

  /** Turns a user mode of a person on or off. */
  setMode(person: Person, letter: string, on: boolean): void {
    if (!person.setMode(letter, on)) return;
    const persons = this.#byMode.get(letter) ?? new Set();
    if (on) this.#byMode.set(letter, persons.add(person));
    else persons.delete(person);
    if (letter === "i") { for (const channel of channelsOf(person)) channel.invisible += on ? 1 : -1; }
    // Its client will be the same the next time.
    if (letter === "B" && !person.hasLeft) this.visits?.noteBot(person.visitIdentity, on, this.#lastMessage);
  }

  /**
   * A new connection, of somebody who has not come in yet.
   *
   * @param address The address that it comes from.
   */
  connect(address: string, options: Omit<SessionOptions, "onEnd"> = {}): Session {
    const person = new Person(address, this.now());
    this.unregistered++;
    return new Session(this.origin, person, { ...options, onEnd: (session, reason) => this.#end(session, reason) });
  }

  /** Lets the person of a session in under `nick`. Throws 432 or 433 if that is, or looks like, somebody else's name. */
  enter({ person }: Session, nick: string): void {
    this.#claim(person, nick);
    this.setSource(person, { nick });
    this.shared.enter(person);
    this.peak = Math.max(this.peak, this.persons.size);
    this.monitor.online(person);
    this.#logPresence(person, `${nick} has come in from ${person.host}`);
  }

  /** Notes that a session has said everything that it must to come in. */
  completeRegistration(session: Session): void {
    session.registration = undefined;
    this.unregistered--;
  }

  /**
   * Gives a person another nick, and tells everybody who can see them once. Throws 432 or 433.
   *
   * @param reply Of the command that asked for it, if one did.
   */
  rename(person: Person, nick: string, reply?: Reply): void {
    this.#claim(person, nick);
    const before = person.nick;
    const isOther = casefold(before) !== casefold(nick);
    if (isOther) this.persons.delete(casefold(before));
    if (before !== nick) this.lookAlikes.nicks.delete(before);
    const event = this.event(person, "NICK", [nick]);
    this.whowas.add(person, this.now());
    this.setSource(person, { nick });
    this.tellPeers(person, event);
    person.tell(event, reply?.session);
    reply?.send(event);
    this.calls?.renamed(person, event);
    person.tellWhoami(this.now());
    this.belongings.changed(person);
    if (isOther) {
      this.monitor.offline(before);
      this.monitor.online(person);
      this.ownedNicks.check(person, true);
    }
    this.#logPresence(person, `${before} is now ${nick}`);
  }

  /** Gives a person another nick, or shows others another host. Whom to tell is its caller's business. */
  setSource(person: Person, source: { nick?: string; host?: string }): void {
    person.setSource(source);
    for (const channel of channelsOf(person)) channel.memberRenamed(person);
  }

  #claim(person: Person, nick: string): void {
    this.ownedNicks.yieldToOwner(person, nick);
    if ((this.find(nick) ?? person) !== person) {
      throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is already in use");
    }
    this.lookAlikes.requireNick(person, nick);
    this.persons.set(casefold(nick), person);
    this.lookAlikes.nicks.add(nick);
  }

  /** The account, folded, that has an identity; nothing where it is a guest's. */
  readonly accountOf = (identity: string): string | undefined => this.accounts?.accountOf(identity);

  /** The time by which something ends: it does not jump ahead with the clock. Milliseconds since 1970. */
  get steadyTime(): number {
    return this.endings.time;
  }

  /** Ends what has lasted long enough: bans, guests' devices that are unused, calls that ring. To be called every few seconds. */
  expire(): void {
    this.calls?.sweep();
    this.bans.expire();
    this.channels.expireBans();
    this.devices?.expire((keep) => this.endings.oldest(keep));
  }

  /** Takes a person out of a channel, which ends with its last member. Whom to tell is its caller's business. */
  removeMember(person: Person, channel: Channel): void {
    const shownUpTo = channel.members.get(person)?.shownUpTo ?? this.#lastMessage;
    const { toldUntil } = person;
    channel.remove(person);
    this.belongings.changed(person);
    const heard = toldUntil === Infinity ? Infinity : firstId(toldUntil);
    this.visits?.end(person.visitIdentity, casefold(channel.name), Math.min(shownUpTo, heard));
    if (channel.members.size === 0) this.channels.close(channel);
    this.calls?.leftChannel(person, channel);
  }

  /** Takes a person out of the room: the one way in which everybody leaves. */
  leave(person: Person, reason: string): void {
    if (!this.isHere(person)) return;
    this.tellPeers(person, this.event(person, "QUIT", [reason]));
    // A bot says each time that it is one; somebody else of that name may have said it.
    if (!person.modes.has("B")) this.visits?.noteBot(person.visitIdentity, false, this.#lastMessage);
    for (const channel of [...channelsOf(person)]) {
      if (!isLastingIdentity(person.identity)) channel.unseat(person);
      this.removeMember(person, channel);
    }
    for (const channel of [...invitationsOf(person)]) channel.uninvite(person);
    this.persons.delete(casefold(person.nick));
    this.belongings.left(person);
    this.shared.leave(person);
    this.lookAlikes.nicks.delete(person.nick);
    for (const persons of this.#byMode.values()) persons.delete(person);
    this.whowas.add(person, this.now());
    this.monitor.offline(person.nick);
    this.#logPresence(person, `${person.nick} has left (${reason})`);
  }

  /** A session is over, and with the last one the person leaves. A fault of the room's costs that session alone. */
  #end(session: Session, reason: string): void {
    const { person } = session;
    contain(() => this.calls?.sessionEnded(session, session.isLost), (text) => this.report(text));
    if (session.isRegistered && this.isHere(person)) noteLeft(this.devices, session);
    this.devices?.detach(session);
    if (!session.isRegistered) this.unregistered--;
    this.guesses.forget(session);
    try {
      if (detach(this, session)) return;
      person.hasLeft = true;
      person.endOperatorTerm();
      this.leave(person, reason);
    } catch (error) {
      this.origin.reportFailure(`${person.source} cannot leave`, error);
    }
    if (person.hasLeft) this.forgetLogin(person);
    // A long answer may hold on to persons who have left, and must not hold what their connections had queued.
    person.sessions.delete(session);
  }

  /** A person is not logged in to their account any more. */
  forgetLogin(person: Person): void {
    const { account } = person;
    const logins = account === undefined ? undefined : this.logins.get(casefold(account));
    if (logins?.delete(person) && logins.size === 0) this.logins.delete(casefold(account!));
  }

  /** Tells all who share a channel with a person, but not that person; each once: by the largest channel, or directly. */
  tellPeers(person: Person, event: Event): void {
    tellPeers(person, event, this.catchingUp);
  }

  /** Says something to whoever runs the server. */
  report(text: string): void {
    this.#onPresence(text);
  }

  #logPresence({ address }: Person, text: string): void {
    this.#onPresence(`${text}; ${this.persons.size} online`, address);
  }
}
