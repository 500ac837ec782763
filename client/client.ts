/**
 * A client without a face: connection, state, history and commands put together. A view gives it what a person writes, and
 * is told what happens. It must not know terminals or pages.
 *
 * What a view needs, on whatever it is drawn:
 *
 * - `new Client(options)`, then `run()`; `onEvent` is told of all that happens, in its order (events.ts).
 * - `state.talks` is what there is: each `Talk` (talk.ts) has its lines in order, members, topic, unread counts, who is
 *   typing. An event says that something changed; it is in the state already. `state.current` is where lines go to.
 * - `input(line)` takes what the person wrote, commands too; `complete` (complete.ts) is what Tab makes of it.
 *   `say`, `react`, `redact` are for buttons. `typed` is called on each change of the line.
 * - `askSecret` is how it asks for a password: never as a part of a line, so that no prompt, talk or history has it.
 * - `open(name)` goes to a talk and loads its last lines; `history.older(talk)` loads more of it, until `talk.complete`;
 *   `markRead(talk)` is called when its end is in view.
 * - All of it works with any IRC server; what a server cannot do is said plainly, or not done (`can`).
 *
 * Remote text is as it came: making it harmless is the view's work, for every field of an event or a line.
 *
 * @module
 */

import { reactionOf } from "../emoji/mod.ts";
import { byteLength, format, isBlank, type Message, type MessageInit } from "../protocol.ts";
import { foldName } from "./bounds.ts";
import { Connection } from "./connection/connection.ts";
import { ctcp, readCtcp } from "./state/ctcp.ts";
import type { ClientEvent, Happening } from "./state/events.ts";
import { Greeting } from "./state/greeting.ts";
import { HISTORY, History } from "./state/history.ts";
import { Inputs, type Reading, type Where } from "./commands/inputs.ts";
import { Keys } from "./state/keys.ts";
import { asksForLogin } from "./connection/login.ts";
import { answering } from "./state/lines.ts";
import type { ClientOptions } from "./options.ts";
import { refused } from "./connection/outgoing.ts";
import { ENGLISH, type Sentences } from "./sentences.ts";
import { splitMessage } from "./connection/split.ts";
import { State } from "./state/state.ts";
import type { TalkLine } from "./state/line.ts";
import type { Talk } from "./state/talk.ts";
import { type Clock, systemClock } from "./connection/transport.ts";
import { Typing } from "./state/typing.ts";

export type { ClientOptions, Reading };

/** Bytes of a `user@host` that the server has not told yet: more than servers make of them. */
const USERHOST_BYTES = 80;

/** What a server shows its sender with `echo-message`; without, it counts as said once it is confirmed. */
const ECHOED = new Set(["PRIVMSG", "NOTICE", "TAGMSG", "REDACT"]);

/** One client. */
export class Client {
  readonly state: State;
  readonly history: History;
  readonly pictures: ReadonlySet<string>;
  /** How many lines the server, or this client, has refused. */
  refusals = 0;

  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #typing: Typing;
  readonly #greeting = new Greeting();
  /** Numerics that answer what this client asked for itself, and that nobody is shown. */
  readonly #unseen = new Set<string>();
  readonly #keys = new Keys();
  #hasFailed = false;
  #isLeaving = false;
  readonly #inputs = new Inputs(this);
  /** The people whose last lines were asked for. */
  readonly #loaded = new WeakSet<Talk>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.pictures = options.pictures ?? new Set();
    this.state = new State(options.nick, options.lines, () => this.sentences);
    this.state.away = options.away;
    this.history = new History({
      state: this.state,
      clock: this.#clock,
      lines: options.history ?? HISTORY.lines,
      can: (capability) => this.can(capability),
      ask: (message) => this.#connection.outgoing.ask(message),
      tell: (event) => this.tell(event),
      onFault: (error) => this.#fault(error),
      onOwn: ({ type, target, text }) => {
        this.#connection.outgoing.found(target, type === "action" ? ctcp(text) : text);
      },
    });
    this.#typing = new Typing({
      clock: this.#clock,
      send: (target, status) => {
        this.#connection.outgoing.trifle({ tags: { "+typing": status }, command: "TAGMSG", params: [target] });
      },
      onChange: (talk) => {
        talk.version++;
        this.tell({ type: "typing", target: talk.name, nicks: [...talk.typing.values()] });
      },
    });
    this.state.onTyping = (talk, nick, status) => this.#typing.receive(talk, nick, status);
    this.#connection = new Connection({
      dial: options.dial,
      address: options.address,
      nick: options.nick,
      isOwnNick: options.isOwnNick ?? false,
      user: "teahouse",
      realname: options.nick,
      ...(options.password === undefined ? {} : { password: options.password }),
      ...(options.login === undefined ? {} : { login: options.login }),
      isEncrypted: options.isEncrypted ?? false,
      ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
      clock: this.#clock,
      random: options.random ?? Math.random,
      giveUpMs: options.giveUpMs ?? Infinity,
      sentences: () => this.sentences,
      split: (message) => splitMessage(message, this.#sourceBytes),
      onMessage: (message) => this.#handle(message),
      handled: () => this.history.settled,
      onConnected: (nick, wanted, again) => this.#connected(nick, wanted, again),
      onLoginRefused: (account, why) => this.refuse(this.sentences.accounts.notLoggedInAgain(account, why)),
      onDisconnected: (reason, retryMs) => {
        this.history.lost();
        this.#typing.clear();
        this.state.offline();
        this.tell({ type: "disconnected", reason, retryMs });
      },
      onConfirmed: (message, replies) => this.#confirmed(message, replies),
      onFault: (error) => this.#fault(error),
    });
  }

  /**
   * Connects, joins the channel, and stays until `quit`.
   *
   * @throws {ConnectionError} See `Connection.run`.
   */
  async run(): Promise<void> {
    this.#inputs.after(this.join(this.#options.channel));
    await this.#connection.run();
  }

  /** Whether the server takes lines at the moment. */
  get connected(): boolean {
    return this.#connection.connected;
  }

  /** Tries again now to come back, where the next attempt is waited for: the network is there again, or somebody asks. */
  retry(): void {
    this.#connection.retry();
  }

  /** Whether a capability of the server is in force. */
  can(capability: string): boolean {
    return this.connected && this.#connection.capabilities.has(capability);
  }

  /** How many lines are not delivered yet. */
  get undelivered(): number {
    return this.#connection.outgoing.size + this.#inputs.waiting.length;
  }

  /**
   * What was written in a talk and is on no way to the server yet, so that it is lost where the client is: as one may write
   * it again. Undefined: where there was no talk.
   */
  unsent(talk: Talk | undefined): string[] {
    const name = talk === undefined ? undefined : foldName(talk.name);
    const queued = this.#connection.outgoing.unsent.flatMap(({ command, params: [to = "", text = ""] = [] }) => {
      if (command !== "PRIVMSG" || foldName(to) !== name) return [];
      const doing = readCtcp(text);
      return doing === undefined ? [text] : [`/me ${doing.text}`];
    });
    return [...queued, ...this.#inputs.waiting.filter((written) => written.talk === talk).map(({ text }) => text)];
  }

  /**
   * Takes a line that the person wrote, without its end; resolves once it was handled, which is before it is delivered.
   *
   * @param where The talk in which it was written, and to which it goes whatever the target is when its turn comes, else
   * to the target; and what it answers, where it is no command (see `say`).
   */
  input(line: string, reading: Reading = "typed", where: Where = {}): Promise<void> {
    this.#typing.sent();
    return this.#inputs.take(line, reading, where);
  }

  /**
   * The same for lines that were written in one act, as a paste: where the first is a command, what is said by it is all of
   * them, and to whom it says.
   *
   * @param reading How the first of them is read; the others are text.
   */
  inputAll(lines: readonly string[], reading: Reading = "typed", where: Where = {}): void {
    this.#typing.sent();
    this.#inputs.takeAll(lines, reading, where);
  }

  /** Resolves once all that was written before is handled and delivered, or refused. */
  async delivered(): Promise<void> {
    await this.#inputs.handled;
    await this.#connection.outgoing.drained();
  }

  /**
   * Leaves the server, as soon as it has confirmed what was sent or `graceMs` milliseconds have gone by; called again, at once.
   *
   * @returns How many lines were not delivered.
   */
  async quit(reason = "", graceMs = 2_000): Promise<number> {
    const isAgain = this.#isLeaving;
    this.#isLeaving = true;
    if (this.connected && !isAgain) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#clock.after(graceMs, resolve);
      await Promise.race([this.delivered(), promise]);
      cancel();
    }
    const { undelivered } = this;
    this.#connection.quit(reason);
    // The first may have waited until now: who asks twice does not want to wait.
    if (isAgain) this.#connection.quit(reason);
    return undelivered;
  }

  // What the commands are made of.

  /** The talk that a command is about: the one in which it was written, if it is still there, else the current one. */
  get talk(): Talk | undefined {
    const talk = this.#inputs.about ?? this.state.current;
    return talk !== undefined && this.state.find(talk.name) === talk ? talk : undefined;
  }

  /** Whether a view shows one talk, in which it was written, and not the lines of all as they come. */
  get isPlaced(): boolean {
    return this.#inputs.about !== undefined;
  }

  /** The channel that a command is about. */
  get channel(): string | undefined {
    return this.#inputs.about?.kind === "channel" ? this.talk?.name : this.state.channel;
  }

  /**
   * Says something in the talk that it is about, as it is.
   *
   * @param replyTo The line that it answers; on a server without `message-tags` nobody is told.
   */
  say(text: string, replyTo?: TalkLine): void {
    const { talk } = this;
    if (talk === undefined) return this.refuse(this.sentences.talking.noChannel);
    this.sayIn(talk, text, replyTo);
  }

  /** Says something in a talk; in answer to what was said to this person alone, and is shown in a channel, to its sender. */
  sayIn({ name, kind }: Talk, text: string, replyTo?: TalkLine): void {
    const isAlone = kind === "channel" && replyTo?.private === true;
    // To whom one's own was is not known any more.
    if (isAlone && replyTo.own) return this.refuse(this.sentences.talking.notSaidElsewhere(text));
    this.sayTo(isAlone ? replyTo.from : name, text, replyTo);
  }

  /** Says something to a channel or a person, whatever the target is; see `say`. What is refused is given back to the view. */
  sayTo(target: string, text: string, replyTo?: TalkLine, command: "PRIVMSG" | "NOTICE" = "PRIVMSG"): void {
    const doing = readCtcp(text);
    if (isBlank(doing?.command === "ACTION" ? doing.text : text)) {
      return this.refuse(this.sentences.talking.nothingToSee);
    }
    const { written } = this.#inputs;
    const tags = replyTo?.msgid !== undefined && this.can("message-tags") ? answering(replyTo.msgid) : undefined;
    void this.send({ tags, command, params: [target, oneLine(text)] }).then((replies) => {
      if (written !== undefined && refused(replies)) this.tell({ type: "unsaid", ...written });
    });
  }

  /** Reacts to a line, or takes that back where it is so already (IRCv3 draft/react). */
  react(talk: Talk, line: TalkLine, text: string): void {
    const reaction = reactionOf(oneLine(text));
    if (isBlank(reaction)) return this.refuse(this.sentences.talking.nothingToSee);
    if (!this.can("message-tags") || line.msgid === undefined) {
      return this.refuse(this.sentences.talking.noReactions);
    }
    const isTakenBack = line.reactions.get(reaction)?.find(foldName(this.state.nick)) !== undefined;
    const tag = isTakenBack ? "+draft/unreact" : "+draft/react";
    const tags = { [tag]: reaction, ...answering(line.msgid) };
    void this.send({ tags, command: "TAGMSG", params: [talk.name] });
  }

  /** Removes a message, one's own or, for those who may, another's (IRCv3 draft/message-redaction). */
  async redact(talk: Talk, line: TalkLine, reason?: string): Promise<void> {
    const { memory } = this.sentences;
    if (!this.can("draft/message-redaction")) return this.refuse(memory.noRemoval);
    if (line.msgid === undefined) return this.refuse(memory.noName);
    await this.request("REDACT", talk.name, line.msgid, ...(reason === undefined ? [] : [oneLine(reason)]));
  }

  /** Says what stands in the line that is being written, on each change of it: others are told that somebody is typing. */
  typed(text: string): void {
    const { target } = this.state;
    if (target !== undefined && this.can("message-tags")) this.#typing.typed(target, text);
  }

  /** Says that the end of a talk was seen: nothing in it is unread, and other devices are told (IRCv3 draft/read-marker). */
  markRead(talk: Talk): void {
    const wasUnread = talk.unread > 0;
    talk.markRead();
    const time = talk.last?.time;
    if (wasUnread) this.tell({ type: "read", target: talk.name });
    if (time === undefined || time <= (talk.readTime ?? 0) || !this.can("draft/read-marker")) return;
    talk.readTime = time;
    const params = [talk.name, `timestamp=${new Date(time).toISOString()}`];
    this.#connection.outgoing.trifle({ command: "MARKREAD", params });
  }

  /**
   * Queues a message for the server; gives what it answered, see `Outgoing.add`.
   *
   * @throws {ProtocolError} If it is not a message of IRC.
   */
  send(message: MessageInit): Promise<Message[]> {
    format(message);
    return this.#connection.outgoing.add(message);
  }

  /** Queues a message given as a command and its parameters. */
  request(command: string, ...params: string[]): Promise<Message[]> {
    return this.send({ command, params });
  }

  /** Sends a command that is of no use on a later connection; undefined comes back where this one is lost. */
  ask(command: string, ...params: string[]): Promise<Message[] | undefined> {
    format({ command, params });
    return this.#connection.outgoing.ask({ command, params });
  }

  /** The same, for what a command has to know and the person need not see: numerics of these kinds are not shown meanwhile. */
  learn(numerics: readonly string[], command: string, ...params: string[]): Promise<Message[] | undefined> {
    return this.without(numerics, () => this.ask(command, ...params));
  }

  /** Does something, and shows no numerics of these kinds meanwhile. */
  async without<T>(numerics: readonly string[], task: () => Promise<T>): Promise<T> {
    for (const numeric of numerics) this.#unseen.add(numeric);
    try {
      return await task();
    } finally {
      for (const numeric of numerics) this.#unseen.delete(numeric);
    }
  }

  /** What this client says, in the person's language. */
  get sentences(): Sentences {
    return this.#options.sentences?.() ?? ENGLISH;
  }

  /** How a password is asked for; undefined where it can't be. See `ClientOptions.askSecret`. */
  get askSecret(): ClientOptions["askSecret"] {
    return this.#options.askSecret;
  }

  /** What the commands about accounts and operators need of the connection. */
  get connection(): Pick<
    Connection,
    "login" | "keepLogin" | "mayTell" | "isLoggedIn" | "ownNick" | "keptNick" | "offer"
  > {
    return this.#connection;
  }

  /** A channel's name with the `#` that may be left out. */
  channelName(name: string): string {
    return this.state.isupport.isChannel(name) ? name : "#" + name;
  }

  /** Goes to a talk, as a click on it does: joins a channel, or makes a person the target, whom the view shows. */
  async open(name: string): Promise<void> {
    if (this.state.isupport.isChannel(name)) return await this.join(name);
    this.#aim(this.state.channel, name);
    await this.#load(this.#choose(name));
  }

  /** Takes a talk out of those there are: leaves a channel, or forgets what was said with a person. */
  async close({ name, kind }: Talk): Promise<void> {
    if (kind === "channel") return void await this.request("PART", name);
    if (this.state.person !== undefined && foldName(this.state.person) === foldName(name)) {
      this.#aim(this.state.channel, undefined);
    }
    this.state.talks.delete(foldName(name));
  }

  /** Makes a channel the one to talk in; joins it if need be. */
  async join(name: string, key?: string): Promise<void> {
    const full = this.channelName(name);
    if (this.state.joined(full) === undefined) {
      await this.request("JOIN", full, ...(key === undefined ? [] : [key]));
      if (key !== undefined) this.#keys.set(full, key);
    }
    const channel = this.state.joined(full);
    if (channel !== undefined) this.#aim(channel.name, undefined);
    else this.#inputs.missed();
  }

  /** Tells that somebody cannot be talked to; lines that were written before the person could see it are not said to others. */
  refuseTalk(text: string): void {
    this.#inputs.missed();
    this.refuse(text);
  }

  /** Makes a person the one to talk to; undefined: the channel again. */
  talkTo(nick: string | undefined): void {
    this.#aim(this.state.channel, nick);
    const { state: { target }, sentences: { talking } } = this;
    if (nick !== undefined) {
      void this.#load(this.#choose(nick));
      this.tell({ type: "info", text: talking.onlyTo(nick) });
    } else if (target === undefined) this.refuse(talking.noChannel);
    else this.tell({ type: "info", text: talking.toAll(target) });
  }

  /** Opens a talk by the person's own will. */
  #choose(name: string): Talk {
    const talk = this.state.open(name);
    talk.isChosen = true;
    return talk;
  }

  #aim(channel: string | undefined, talk: string | undefined): void {
    const before = this.state.target;
    this.#inputs.aimed();
    this.state.channel = channel;
    this.state.person = talk;
    if (this.state.target !== before) this.tell({ type: "target", target: this.state.target });
  }

  /** Tells the person that something cannot be done. */
  refuse(text: string): void {
    this.refusals++;
    this.tell({ type: "error", text });
  }

  /** Tells the view what happened. */
  tell(event: Happening | ClientEvent): void {
    this.#options.onEvent({ time: this.#clock.now(), ...event });
  }

  /** Asks the view to leave. */
  leave(reason: string | undefined): void {
    this.#options.onLeave(reason);
  }

  get #sourceBytes(): number {
    const { nick, userhost } = this.state;
    return byteLength(nick) + 1 + (userhost === "" ? USERHOST_BYTES : byteLength(userhost));
  }

  #handle(message: Message): void {
    if (this.history.takes(message) || this.#connection.outgoing.refusesTrifle(message)) return;
    const isUnseen = this.#unseen.has(message.command) || this.#greeting.repeats(message);
    for (const event of this.state.handle(message, this.#clock.now())) {
      if (!isUnseen && !this.history.holds(event)) this.#options.onEvent(event);
      if (event.type === "mode" && this.state.joined(event.channel) !== undefined) {
        this.#keys.changed(event.channel, event.change, this.state.isupport);
      }
      const channel = event.type === "join" && event.own ? this.state.joined(event.channel) : undefined;
      if (channel !== undefined) this.#contain(this.history.sync(channel));
    }
    if (this.can("sasl") && this.state.account === undefined && asksForLogin(message)) {
      this.tell({ type: "info", text: this.sentences.accounts.hint(this.state.nick) });
    }
  }

  /** Has what nobody waits for fail by itself. */
  #contain(task: Promise<unknown>): void {
    task.catch((error) => this.#fault(error));
  }

  /** Tells of a line of the server's that this client could not bear; on each connection once, since there may be many. */
  #fault(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const why = error instanceof Error ? error.message : String(error);
    this.tell({ type: "error", text: this.sentences.connection.fault(why) });
  }

  /** Loads the last lines of a talk with a person, once; where there is nobody to be asked yet, on the next connection. */
  async #load(talk: Talk): Promise<void> {
    if (talk.complete || this.#loaded.has(talk)) return;
    this.#loaded.add(talk);
    if (!await this.history.sync(talk)) this.#loaded.delete(talk);
  }

  #connected(nick: string, wanted: string, again: boolean): "later" | void {
    this.#hasFailed = false;
    this.tell({ type: "connected", server: this.#options.address, nick, again });
    const { accounts, connection } = this.sentences;
    if (nick !== wanted) this.tell({ type: "info", text: connection.nickInUse(wanted, nick) });
    if (!again && this.#connection.isLoggedIn && this.state.account !== undefined) {
      this.tell({ type: "info", text: accounts.loggedIn(this.state.account) });
    }
    // Each connection begins as one who is here.
    const { away } = this.state;
    if (away !== undefined) {
      this.#connection.outgoing.urgent({ command: "AWAY", params: [away || this.sentences.away.noReason] });
    }
    for (const { name } of this.state.channels) {
      const key = this.#keys.get(name);
      this.#connection.outgoing.urgent({ command: "JOIN", params: key === undefined ? [name] : [name, key] });
    }
    const { current } = this.state;
    if (current?.kind === "private" && current.isChosen) this.#contain(this.#load(current));
    if (!again || !this.history.isKept) return;
    // What was sent and not confirmed may be in what was missed: it is not sent again before that is known. Where the server
    // takes long to tell, it is: said twice is better than kept back.
    const release = () => this.#connection.outgoing.release();
    const cancel = this.#clock.after(HISTORY.hold, release);
    this.#contain(
      this.history.resume().finally(() => {
        cancel();
        release();
      }),
    );
    return "later";
  }

  #confirmed(message: MessageInit, replies: Message[]): void {
    if (refused(replies)) this.refusals++;
    else if (message.command === "AWAY") this.state.away = message.params?.[0] || undefined;
    else if (ECHOED.has(message.command) && !this.#echoes) {
      const { nick, userhost } = this.state;
      const { tags = {}, command, params = [] } = message;
      this.#handle({ tags, source: userhost === "" ? nick : `${nick}!${userhost}`, command, params });
    }
  }

  get #echoes(): boolean {
    return this.#connection.capabilities.has("echo-message");
  }
}

/** A text without what a line of IRC cannot hold; all else is the reader's to show or not. */
function oneLine(text: string): string {
  return text.replaceAll("\0", "").replace(/\r\n|\r|\n/g, " ");
}
