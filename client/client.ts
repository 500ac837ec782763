/**
 * A client without a view: connection, state, history and commands put together. A view gives it what a person writes, and
 * is told what happens.
 *
 * What a view needs, on whatever it is drawn:
 *
 * - `new Client(options)`, then `run()`; `onEvent` is told of all that happens, in order (state/events.ts).
 * - `state.talks` is what there is: each `Talk` (state/talk.ts) has its lines in order, members, topic, unread counts, and who
 *   is typing. An event says that something changed; the state has changed already. Lines go to `state.current`.
 * - `input(line)` takes what the person wrote, commands too; `complete` (commands/complete.ts) is what Tab makes of it.
 *   `actions` are for buttons: `say`, `react`, `redact`, `open`, `close`. `typed` is called on each change of the line.
 * - `askSecret` is how it asks for a password: never as a part of a line, so that no prompt, talk or history has it.
 * - `actions.open(name)` goes to a talk and loads its last lines; `history.older(talk)` loads more of it, until
 *   `talk.complete`; `markRead(talk)`, or `marks.seen(talk)` where nothing is unread, is called when the talk's end is in view.
 * - All of it works with any IRC server; what a server cannot do is said plainly, or not done (`can`).
 *
 * Remote text is as it came: making it harmless is the view's work, for every field of an event or a line.
 *
 * @module
 */

import { type Message, type MessageInit, RPL_METADATASYNCLATER } from "../protocol.ts";
import { ClientActions } from "./client_actions.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Reading, Where } from "./commands/inputs.ts";
import { Connection } from "./connection/connection.ts";
import { asksForLogin } from "./connection/login.ts";
import { otherNick } from "./connection/other_nick.ts";
import { isRefused } from "./connection/refusals.ts";
import { splitMessage } from "./connection/split.ts";
import { ctcp } from "./ctcp.ts";
import { messageOf } from "./errors.ts";
import { meant } from "./meant.ts";
import { foldName } from "./names.ts";
import type { ClientOptions } from "./options.ts";
import type { Sentences } from "./sentences.ts";
import type { ClientEvent, Happening } from "./state/events.ts";
import { Greeting } from "./state/greeting.ts";
import { HISTORY, History } from "./state/history.ts";
import { ReadMarks } from "./state/read_marks.ts";
import { receive } from "./state/receive.ts";
import { withoutEdit } from "./state/said.ts";
import { State } from "./state/state.ts";
import type { Talk } from "./state/talk.ts";
import { Typing, typingNotice } from "./state/typing.ts";
import { takeMarker } from "./state/unread.ts";
import { countLines, textsOf } from "./undelivered.ts";

export type { ClientOptions, Reading };

/** The commands that a server with `echo-message` sends back; from another server they count as said once they are confirmed. */
const ECHOED = new Set(["PRIVMSG", "NOTICE", "TAGMSG", "REDACT"]);

/** One client. */
export class Client {
  readonly state: State;
  readonly history: History;
  /** What it does for its person, for the buttons of a view. */
  readonly actions: ClientActions;
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #typing: Typing;
  /** Tells the server up to when talks were read: `flush` where the view may be gone the next moment. */
  readonly marks: ReadMarks;
  readonly #greeting = new Greeting();
  /** The message of the day; see `Greeting.motd`. */
  readonly motd: readonly string[] = this.#greeting.motd;
  /** Whether this connection has brought a line that could not be handled. */
  #hasFailed = false;
  /** Whether there was a connection before this one; then the history finds by itself which private talks went on. */
  #isBack = false;
  /** Whether the server has confirmed no line yet. */
  #isArriving = true;
  #isLeaving = false;
  /** The secret by which this person is to own the room, until the server has answered it. */
  #owner: string | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#owner = options.owner;
    this.state = new State(options.nick, options.lines, () => this.sentences);
    this.state.away = options.away;
    this.state.goesToNextChannel = options.goesToNextChannel ?? false;
    this.state.isOwnTold = () => this.can("teahouse.chat/identity");
    this.history = new History({
      state: this.state,
      clock: this.#clock,
      lines: options.history ?? HISTORY.lines,
      can: (capability) => this.can(capability),
      ask: (message) => this.#connection.outgoing.ask(message),
      tell: (event) => this.tell(event),
      onFault: (error) => this.#fault(error),
      onOwn: ({ type, target, text }) => {
        this.#connection.outgoing.noteDelivered(target, type === "action" ? ctcp(text) : text);
      },
    });
    this.#typing = new Typing({
      clock: this.#clock,
      send: (target, status) => this.#connection.outgoing.sendIfIdle(meant(this.actions, typingNotice(target, status))),
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
      isNickSuggested: options.isNickSuggested ?? false,
      hasCalls: options.hasCalls ?? false,
      device: options.device,
      isKnownOnly: options.isKnownOnly ?? false,
      isSomebodyNew: options.isSomebodyNew ?? false,
      isLoginNeeded: options.isLoginNeeded ?? false,
      account: () => this.state.account,
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
      split: (message, bounds) => splitMessage(message, this.state.sourceBytes, bounds),
      onMessage: (message) => this.#handle(message),
      settled: () => this.history.settled,
      onConnected: (nick, wanted, again) => this.#connected(nick, wanted, again),
      onLoginRefused: (account, why) => this.actions.refuse(this.sentences.accounts.notLoggedInAgain(account, why)),
      onRenewal: (token) => options.renewCookie?.(token),
      onDeviceEnded: () => this.tell({ type: "info", text: this.sentences.devices.ended(options.address) }),
      onDisconnected: (reason, retryMs) => {
        this.history.lost();
        this.#typing.clear();
        this.state.offline();
        this.tell({ type: "disconnected", reason, retryMs });
      },
      onConfirmed: (message, replies) => this.#confirmed(message, replies),
      onFault: (error) => this.#fault(error),
    });
    this.marks = new ReadMarks({
      clock: this.#clock,
      isTaken: () => this.can("draft/read-marker"),
      sendIfIdle: (message, isUrgent) => this.#connection.outgoing.sendIfIdle(message, isUrgent),
    });
    const { state, history } = this;
    this.actions = new ClientActions({ options, clock: this.#clock, state, history, connection: this.#connection });
  }

  /**
   * Connects, joins the channel, and stays until `quit`.
   *
   * @throws {ConnectionError} See `Connection.run`.
   */
  async run(): Promise<void> {
    this.actions.inputs.waitFor(this.actions.arrive());
    try {
      await this.#connection.run();
    } finally {
      this.marks.end();
      this.actions.profiles.end();
    }
  }

  /** Whether the server takes lines at the moment. */
  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** What this client says, in the person's language. */
  get sentences(): Sentences {
    return this.actions.sentences;
  }

  /** How many lines the server, or this client, has refused. */
  get refusals(): number {
    return this.actions.refusals;
  }

  /** The connection, as far as a view needs it. */
  get connection(): Pick<Connection, "login" | "nick" | "offer" | "outgoing"> {
    return this.#connection;
  }

  /** Connects again now, where it waits for the next attempt: the network is there again, or the person wants it. */
  retry(): void {
    this.#connection.retry();
  }

  /**
   * Tells the server the secret of its owner's link, so that this person owns the room: now, or once the server is there. The
   * server's answer is shown as any other.
   */
  async claim(secret: string): Promise<void> {
    this.#owner = secret;
    // Where the connection is lost before there is an answer, the next one asks again.
    if (this.isConnected && await this.actions.ask("OWNER", "CLAIM", secret) !== undefined && this.#owner === secret) {
      this.#owner = undefined;
    }
  }

  /** Whether a capability of the server is in force. */
  can(capability: string): boolean {
    return this.actions.can(capability);
  }

  /** How many lines are not delivered yet. */
  get undelivered(): number {
    return this.#connection.outgoing.lines + countLines(this.actions.inputs.waiting);
  }

  /** The texts that are not delivered yet. */
  get undeliveredTexts(): string[] {
    return textsOf(this.#connection.outgoing.unconfirmed, this.actions.inputs.waiting);
  }

  /**
   * What was written in a talk and was not sent yet, so that it would be lost with this client; as it can be written again.
   *
   * @param talk Undefined: what was written where there was no talk.
   */
  unsent(talk: Talk | undefined): string[] {
    const name = talk && foldName(talk.name);
    const isHere = ({ command, params }: MessageInit) => command === "PRIVMSG" && foldName(params?.[0] ?? "") === name;
    return textsOf(
      this.#connection.outgoing.unsent.filter(isHere),
      this.actions.inputs.waiting.filter((written) => written.talk === talk),
    );
  }

  /**
   * Takes a line that the person wrote, without its end; resolves once it is handled, which is before it is delivered.
   *
   * @param where The talk in which it was written, where it then goes whatever the target is when its turn comes; else it goes
   * to the target. And the line that it answers, if it is text.
   */
  input(line: string, reading: Reading = "typed", where: Where = {}): Promise<void> {
    this.#typing.sent();
    return this.actions.inputs.take(line, reading, where);
  }

  /**
   * The same for lines that were written in one act, as a paste: where the first is a command that says something, it says all
   * of them.
   *
   * @param reading How the first of them is read; the others are text.
   */
  inputAll(lines: readonly string[], reading: Reading = "typed", where: Where = {}): void {
    this.#typing.sent();
    this.actions.inputs.takeAll(lines, reading, where);
  }

  /** Resolves once all that was written before is handled and delivered, or refused. */
  async delivered(): Promise<void> {
    await this.actions.inputs.handled;
    await this.#connection.outgoing.drained();
  }

  /**
   * Leaves the server, once it has confirmed what was sent or `graceMs` milliseconds have gone by; called again, at once.
   *
   * @returns How many lines were not delivered.
   */
  async quit(reason = "", graceMs = 2_000): Promise<number> {
    const isAgain = this.#isLeaving;
    this.#isLeaving = true;
    if (this.isConnected && !isAgain) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#clock.after(graceMs, resolve);
      await Promise.race([this.delivered(), promise]);
      cancel();
    }
    const { undelivered } = this;
    this.#typing.clear();
    this.#connection.quit(reason);
    // Asking twice means that the person does not want to wait.
    if (isAgain) this.#connection.quit(reason);
    return undelivered;
  }

  /** Takes the line that is being written, on each change of it: others are told that this person is typing. */
  typed(text: string): void {
    const { target, current } = this.state;
    this.state.writing = text === "" ? undefined : current;
    if (target === undefined || !this.can("message-tags") || this.actions.silenced(target) !== undefined) return;
    this.#typing.typed(target, text);
  }

  /** Notes that the end of a talk was seen: nothing in it is unread, and other devices are told (IRCv3 draft/read-marker). */
  markRead(talk: Talk): void {
    const wasUnread = talk.unread > 0;
    talk.markRead();
    const time = talk.lastTime;
    if (wasUnread) this.tell({ type: "read", target: talk.name });
    if (time !== undefined) this.marks.note(talk, time);
  }

  /** Tells the view what happened. */
  tell(event: Happening | ClientEvent): void {
    this.actions.tell(event);
  }

  /** Takes a message of the server into the state, and tells what it means. */
  #handle(received: Message): void {
    const message = this.#connection.capabilities.has("draft/message-edit") ? received : withoutEdit(received);
    if (this.history.takes(message) || this.#connection.outgoing.isIdleRefusal(message)) return;
    const isHidden = this.actions.isHidden(message) || this.#greeting.repeats(message) ||
      (this.#options.showsMotd === true && this.#greeting.isMotd(message));
    for (const event of receive(this.state, message, this.#clock.now())) {
      if (!isHidden && !this.history.holds(event)) this.#options.onEvent(event);
      if (event.type === "mode" && this.state.joined(event.channel) !== undefined) {
        this.actions.keys.changed(event.channel, event.change, this.state.isupport);
      }
      const channel = event.type === "join" && event.own ? this.state.joined(event.channel) : undefined;
      if (channel !== undefined) this.#contain(this.history.sync(channel));
    }
    if (message.command === "RENAME") this.actions.keys.rename(message.params[0] ?? "", message.params[1] ?? "");
    if (message.command === RPL_METADATASYNCLATER) this.actions.profiles.later(message.params);
    if (message.command === "MARKREAD") this.#contain(takeMarker(this, message, this.#isBack, this.#isArriving));
    if (this.can("sasl") && this.state.account === undefined && asksForLogin(message)) {
      this.tell({ type: "info", text: this.sentences.accounts.hint(this.state.nick) });
    }
  }

  /** Reports the failure of a task for which nobody waits. */
  #contain(task: Promise<unknown>): void {
    task.catch((error) => this.#fault(error));
  }

  /** Tells the person that something from the server could not be handled; once on each connection, since there may be many. */
  #fault(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.tell({ type: "error", text: this.sentences.connection.fault(messageOf(error)) });
  }

  /** Brings the server and the talks up to date on a new connection, see `ConnectionOptions.onConnected`. */
  #connected(nick: string, wanted: string, again: boolean): "later" | void {
    this.#hasFailed = false;
    this.#isBack = again;
    const isReopened = this.#connection.ending.wasClosed ? { isReopened: true } as const : {};
    this.tell({ type: "connected", server: this.#options.address, nick, again, ...isReopened });
    const { accounts } = this.sentences;
    if (nick !== wanted) {
      this.tell({ type: "info", ...otherNick(this.#connection, nick, wanted, this.sentences.connection) });
    }
    this.#contain(this.actions.profiles.watch());
    if (this.actions.displayName !== undefined) this.#contain(this.actions.showAs(this.actions.displayName));
    const { login, device } = this.#connection;
    if (!again && this.#options.isReopening) this.#contain(this.history.reopen());
    if (!again && this.state.account !== undefined && (login.isLoggedIn || device.account !== undefined)) {
      this.tell({ type: "info", text: accounts.loggedIn(this.state.account) });
    }
    if (this.#owner !== undefined) this.#contain(this.claim(this.#owner));
    // A server takes each new connection for somebody who is not away.
    const { away } = this.state;
    if (away !== undefined) {
      this.#connection.outgoing.urgent({ command: "AWAY", params: [away || this.sentences.away.noReason] });
    }
    for (const { name } of this.state.channels) {
      const key = this.actions.keys.get(name);
      this.#connection.outgoing.urgent({ command: "JOIN", params: key === undefined ? [name] : [name, key] });
    }
    const { current } = this.state;
    if (current?.kind === "private" && current.isChosen) this.#contain(this.actions.loadLast(current));
    if (!again || !this.history.isAvailable) return;
    // What was sent and not confirmed may be among the missed lines, so it is not sent again before these are known. Where the
    // server takes long to tell, it is sent all the same: twice is better than late.
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

  /** Takes in what the server has confirmed, and shows it where the server does not echo it. */
  #confirmed(message: MessageInit, replies: Message[]): void {
    this.#isArriving = false;
    if (isRefused(replies)) this.actions.refusals++;
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
