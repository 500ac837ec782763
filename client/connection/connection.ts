/**
 * The life of a client's connection: negotiating, registering, answering and sending PING, and coming back after it was
 * lost. It must not know what carries the lines, nor channels, people or views.
 *
 * @module
 */

import {
  ERR_ERRONEUSNICKNAME,
  ERR_NICKNAMEINUSE,
  ERR_PASSWDMISMATCH,
  format,
  LIMITS,
  type Message,
  type MessageInit,
  parse,
  parseSource,
  ProtocolError,
  RPL_LOGGEDIN,
  RPL_WELCOME,
} from "../../protocol.ts";
import { foldName, isName } from "../names.ts";
import { Login } from "./login.ts";
import { Negotiation } from "./negotiation.ts";
import { Outgoing } from "./outgoing.ts";
import { type Credentials, mechanismOf } from "./sasl.ts";
import type { Sentences } from "../sentences.ts";
import { firstOf } from "../graphemes.ts";
import { type Clock, rest, SLICE } from "../clock.ts";
import type { Dial, Transport } from "./transport.ts";

/** Milliseconds that the parts of a connection may take. */
export const TIMES = {
  /** From dialling to the server's first line. */
  dial: 4_500,
  /** From there to RPL_WELCOME: a server may look up names first. */
  register: 15_000,
  /** Of silence, until the server is asked whether it is still there. */
  idle: 60_000,
  /** Of silence after that, until it is given up. */
  grace: 30_000,
  /** The first wait before dialling again, and the longest. */
  backoff: [1_000, 30_000],
  /** For the server to end the connection after QUIT. */
  farewell: 1_000,
} as const;

/** Why there will be no (more) connection; the message is a sentence for the person. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
  /** The numeric by which the server refused, such as 464 for the password. */
  readonly numeric: string | undefined;

  constructor(message: string, numeric?: string) {
    super(message);
    this.numeric = numeric;
  }
}

/** Refusals after which trying again is of no use, each with its clause; `text` is in the server's words. */
const FINAL: Record<string, (why: Sentences["disconnections"], text: string, nick: string) => string> = {
  [ERR_PASSWDMISMATCH]: (why) => why.password,
  "463": (why, text) => why.notAllowed(text),
  "465": (why, text) => why.banned(text),
  [ERR_ERRONEUSNICKNAME]: (why, text, nick) => why.nick(nick, text),
};

/** In use, by a collision, or held for a while: another one has to be asked for. */
const NICK_TAKEN = new Set([ERR_NICKNAMEINUSE, "436", "437"]);

/** What a connection needs. */
export interface ConnectionOptions {
  dial: Dial;
  /** The server's address, for sentences. */
  address: string;
  nick: string;
  /** Whether it was this client's before (see `ClientOptions`). */
  isOwnNick: boolean;
  /** `USER`'s two parts (RFC 2812 section 3.1.3). */
  user: string;
  realname: string;
  password?: string;
  /** The account to log in to on each connection (IRCv3 sasl). */
  login?: Credentials;
  /** Whether nobody on the way can read what is sent. */
  isEncrypted: boolean;
  /** Asks the person whether to go on; without it, what needs their consent is refused. */
  confirm?: (question: string) => Promise<boolean>;
  clock: Clock;
  /** A number from 0 up to 1, as Math.random gives. */
  random: () => number;
  /** How long to go on trying to come back, in milliseconds; Infinity: for ever. */
  giveUpMs: number;
  /** Each message of the server, in its order. */
  onMessage: (message: Message) => void;
  /** Resolves once what the messages so far have brought is handled; undefined where it is. The next ones wait so long. */
  handled: () => Promise<void> | undefined;
  /**
   * Registered, for the first time or again: `nick` is what the server calls this client, `wanted` what was asked for.
   * What has to come before queued lines is sent now, with `urgent`; or with `ask`, where "later" is given back: then they
   * wait for `release`.
   */
  onConnected: (nick: string, wanted: string, again: boolean) => "later" | void;
  /** It could not log in again on coming in; a clause that says why. It does not try again by itself. */
  onLoginRefused: (account: string, why: string) => void;
  /** Lost; the next attempt comes in `retryMs` milliseconds. */
  onDisconnected: (reason: string, retryMs: number) => void;
  /** A message is confirmed (see `Outgoing`). */
  onConfirmed: (message: MessageInit, replies: Message[]) => void;
  /** Something that the server sent could not be handled. It costs that alone. */
  onFault: (error: unknown) => void;
  /** What is said to the person. */
  sentences: () => Sentences;
  /** Cuts messages that are too long. */
  split: (message: MessageInit) => MessageInit[];
}

/** One client's connection, over as many transports as it takes. */
export class Connection {
  /** What is sent, and not confirmed yet. */
  readonly outgoing: Outgoing;
  readonly #options: ConnectionOptions;
  readonly #negotiation: Negotiation;
  readonly #login: Login;
  /** The account that is logged in to on each connection; in memory only. */
  #credentials: Credentials | undefined;
  /** The folded names whose passwords may be read by whoever reads the network: the person has agreed. */
  readonly #agreed = new Set<string>();
  /** Whether this connection has tried to log in by itself. */
  #loginTried = false;
  /** Whether this connection is logged in by a password that was told or proved, rather than by the server's word. */
  #isLoggedIn = false;
  #transport: Transport | undefined;
  #registered = false;
  /** How often RPL_WELCOME came. */
  #welcomes = 0;
  #leaving = false;
  /** Whether this side has ended the transport. */
  #hungUp = false;
  /** Ends a wait that `quit` should not have to wait for. */
  #interrupt: (() => void) | undefined;
  /** Ends the wait before the next attempt. */
  #wake: (() => void) | undefined;
  /** Why the transport ends, where this side knows it better. */
  #reason: string | undefined;
  #final: ConnectionError | undefined;

  #nick: string;
  /** The nick that is asked for on every connection: the first one, or what `/nick` made of it. */
  #wanted: string;
  /** Whether `#wanted` was this client's before, so that it is taken back as soon as it is free. */
  #held = false;
  /** The last nick that was asked for, folded; what comes unasked for is the server's doing. */
  #askedNick = "";
  /** The nick that the server took from this client, until it has another one of its own will. */
  #takenNick: string | undefined;
  #fallback = 1;

  #heardAt = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#wanted = this.#nick = options.nick;
    this.#held = options.isOwnNick;
    this.outgoing = new Outgoing({
      clock: options.clock,
      write: (message) => {
        if (message.command === "NICK") this.#askedNick = foldName(message.params?.[0] ?? "");
        this.#transport?.send(format(message));
      },
      labels: () => this.capabilities.has("labeled-response") && this.capabilities.has("batch"),
      split: options.split,
      answer: (message) => this.#take(message),
      onConfirmed: options.onConfirmed,
    });
    this.#negotiation = new Negotiation({
      send: (message) => this.outgoing.urgent(message),
      onEnd: () => void this.#negotiated().catch(options.onFault),
    });
    this.#credentials = options.login;
    const { clock, sentences } = options;
    this.#login = new Login({
      clock,
      sentences,
      send: (message) => this.outgoing.urgent(message),
      onLoggedIn: options.onMessage,
    });
  }

  get #sentences(): Sentences {
    return this.#options.sentences();
  }

  /** Whether the server takes lines at the moment. */
  get isConnected(): boolean {
    return this.#registered;
  }

  /**
   * Connects, and stays connected until `quit`.
   *
   * @throws {ConnectionError} If the first attempt fails, the server refuses for good, or it stays away for too long.
   */
  async run(): Promise<void> {
    const { address, clock, random, giveUpMs } = this.#options;
    const [first, longest] = TIMES.backoff;
    let attempts = 0;
    let lostAt = clock.now();
    while (!this.#leaving) {
      const welcomes = this.#welcomes;
      const reason = await this.#attempt();
      if (this.#leaving) return;
      if (this.#final !== undefined) throw this.#final;
      const { cannotConnect, cannotComeBack } = this.#sentences.connection;
      if (this.#welcomes === 0) throw new ConnectionError(cannotConnect(address, reason));
      if (this.#welcomes > welcomes) {
        lostAt = clock.now();
        attempts = 0;
      }
      if (clock.now() - lostAt >= giveUpMs) throw new ConnectionError(cannotComeBack(address, reason));
      // A part of it is by chance, so that those who were thrown out together do not all come back at once.
      const wait = Math.min(longest, Math.round(first * 2 ** attempts++ * (1 + random())));
      this.#options.onDisconnected(reason, wait);
      await this.#pause(wait);
    }
  }

  /** The capabilities in force. */
  get capabilities(): ReadonlySet<string> {
    return this.#negotiation.inForce;
  }

  /** The value of a capability that the server offers, "" if it has none; undefined where it does not offer it. */
  offer(capability: string): string | undefined {
    return this.#negotiation.offered.get(capability);
  }

  /** The nick that this person has had, and that who comes after this client may take back; else the one that they have. */
  get keptNick(): string {
    return this.#held ? this.ownNick : this.#nick;
  }

  /** The nick that this person wants: one that was in use, or that the server took away, before the one they have. */
  get ownNick(): string {
    return this.#takenNick ?? this.#wanted;
  }

  /** Whether this connection is logged in, and the server has not only said so. */
  get isLoggedIn(): boolean {
    return this.#isLoggedIn;
  }

  /** Logs in to an account on each connection to come, as on this one; undefined: to none any more. */
  keepLogin(credentials: Credentials | undefined): void {
    this.#credentials = credentials;
    this.#isLoggedIn = credentials !== undefined;
  }

  /**
   * Logs in to an account now and on each connection to come, and takes the nick back that belongs to it.
   *
   * @returns Nothing once it is done; a clause that says why it cannot be done.
   */
  async login(credentials: Credentials): Promise<string | undefined> {
    const refusal = await this.#tryLogin(credentials);
    if (refusal !== undefined) return refusal;
    const isOf = (nick: string) => foldName(nick) === foldName(credentials.account);
    if (isOf(this.ownNick) && !isOf(this.#nick)) {
      this.#wanted = this.ownNick;
      this.#held = true;
      this.outgoing.urgent({ command: "NICK", params: [this.#wanted] });
    }
    return undefined;
  }

  /** Logs in, by a password that nobody else can read, or may. */
  async #tryLogin(credentials: Credentials): Promise<string | undefined> {
    if (this.#tellsPassword) {
      const refusal = await this.mayTell(credentials.account);
      if (refusal !== undefined) return refusal;
    }
    if (this.#transport === undefined) return this.#sentences.loginRefusals.lost;
    const refusal = await this.#login.start(credentials, this.offer("sasl") ?? "");
    if (refusal === undefined) this.keepLogin(credentials);
    return refusal;
  }

  /**
   * Asks the person whether a password may be sent as it is, where others on the network could read it; once for each name.
   *
   * @param name Whose password it is: an account's or an operator's.
   * @returns Nothing where it may be sent now; a clause that says why not.
   */
  async mayTell(name: string): Promise<string | undefined> {
    const { isEncrypted, address, confirm } = this.#options;
    if (isEncrypted || this.#agreed.has(foldName(name))) return undefined;
    const { loginRefusals, accounts } = this.#sentences;
    const transport = this.#transport;
    if (confirm === undefined) return loginRefusals.unencrypted;
    if (!await confirm(accounts.mayBeRead(name, address))) return loginRefusals.notAgreed;
    // It may be another server by now, and one that was not asked about.
    if (transport === undefined || transport !== this.#transport) return loginRefusals.lost;
    this.#agreed.add(foldName(name));
    return undefined;
  }

  /** Whether the server takes a password only as it is. */
  get #tellsPassword(): boolean {
    return mechanismOf(this.offer("sasl") ?? "")?.tells === true;
  }

  /** Whether the person has to be asked before this client logs in to an account. */
  #hasToAsk({ account }: Credentials): boolean {
    return !this.#options.isEncrypted && this.#tellsPassword && !this.#agreed.has(foldName(account));
  }

  /** Where it is waiting before the next attempt, makes that attempt now. */
  retry(): void {
    this.#wake?.();
  }

  /**
   * Leaves: says QUIT, sends nothing after it, and ends `run`, after a second even where the server does not answer. Said
   * again, it ends at once.
   */
  quit(reason: string): void {
    const isAgain = this.#leaving;
    this.#leaving = true;
    this.#interrupt?.();
    if (!this.#registered || isAgain) return this.#hangUp();
    this.outgoing.stop();
    this.outgoing.urgent({ command: "QUIT", params: [reason] });
    // The server answers QUIT with ERROR and ends the connection itself.
    this.#timer(TIMES.farewell, () => this.#hangUp());
  }

  /** One transport from dialling to its end; gives the reason of the end. */
  async #attempt(): Promise<string> {
    this.#reason = undefined;
    this.#hungUp = false;
    this.#fallback = 1;
    this.#loginTried = this.#isLoggedIn = false;
    this.#negotiation.begin();
    try {
      const dialledAt = this.#options.clock.now();
      this.#transport = await this.#dial();
      const left = Math.max(0, dialledAt + TIMES.dial - this.#options.clock.now());
      this.#timer(left, () => this.#drop(this.#sentences.disconnections.silent));
      this.#register();
      let greeted = false;
      let spent = 0;
      for await (const line of this.#transport.lines) {
        if (!greeted) this.#timer(TIMES.register, () => this.#drop(this.#sentences.disconnections.noIrc));
        greeted = true;
        for (let before = this.#options.handled(); before !== undefined; before = this.#options.handled()) await before;
        if (this.#hungUp) break;
        const began = this.#options.clock.now();
        this.#line(line);
        spent += Math.max(0, this.#options.clock.now() - began);
        // Lines that are there already come one after the other, and nothing else would have its turn.
        if (spent >= SLICE) {
          await rest(this.#options.clock);
          spent = 0;
        }
        // The rest of what it said is of no interest any more.
        if (this.#hungUp) break;
      }
    } catch (error) {
      this.#reason ??= error instanceof Error ? error.message : String(error);
    } finally {
      this.#cancelTimer?.();
      this.#registered = false;
      this.outgoing.stop();
      this.#login.lost();
      this.#transport?.close();
      this.#transport = undefined;
    }
    return this.#reason ?? this.#sentences.disconnections.closed;
  }

  async #dial(): Promise<Transport> {
    const controller = new AbortController();
    const cancel = this.#options.clock.after(
      TIMES.dial,
      () => controller.abort(new Error(this.#sentences.disconnections.noAnswer(TIMES.dial / 1000))),
    );
    this.#interrupt = () => controller.abort(new Error(this.#sentences.disconnections.unwanted));
    try {
      const transport = await this.#options.dial(controller.signal);
      if (this.#leaving) transport.close();
      return transport;
    } finally {
      cancel();
      this.#interrupt = undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, resolve);
    this.#wake = this.#interrupt = resolve;
    await promise;
    this.#wake = this.#interrupt = undefined;
    cancel();
  }

  /** One timer at a time: for registering, then for silence, then for the farewell. */
  #timer(ms: number, callback: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(ms, callback);
  }

  #drop(reason: string): void {
    this.#reason ??= reason;
    this.#hangUp();
  }

  #hangUp(): void {
    this.#hungUp = true;
    this.#transport?.close();
  }

  /** ircv3.net/specs/extensions/capability-negotiation: registration waits for CAP END, on servers that know CAP. */
  #register(): void {
    const { user, realname, password } = this.#options;
    this.#negotiation.ask();
    if (password !== undefined) this.outgoing.urgent({ command: "PASS", params: [password] });
    this.outgoing.urgent({ command: "NICK", params: [this.#wanted] });
    this.outgoing.urgent({ command: "USER", params: [user, "0", "*", realname] });
  }

  #line(line: string): void {
    this.#heardAt = this.#options.clock.now();
    let message: Message;
    try {
      message = parse(line);
    } catch (error) {
      // A line that is none is the server's fault, and no reason to leave.
      if (error instanceof ProtocolError) return;
      throw error;
    }
    if (message.source !== undefined && !isName(parseSource(message.source).nick)) return;
    try {
      this.#take(message);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  #take(message: Message): void {
    this.#handlers.get(message.command.toUpperCase())?.(message);
    if (this.#login.takes(message)) return;
    if (!this.#registered) return this.#beforeWelcome(message);
    if (message.command !== "ERROR") this.#options.onMessage(message);
    if (message.command === RPL_WELCOME) this.#welcome();
    this.outgoing.receive(message);
  }

  readonly #handlers = new Map<string, (message: Message) => void>([
    ["PING", ({ params }) => this.outgoing.urgent({ command: "PONG", params })],
    ["ERROR", ({ params }) => {
      this.#reason ??= this.#sentences.disconnections.says(params.at(-1) ?? "");
    }],
    [RPL_WELCOME, ({ params: [nick = this.#nick] }) => {
      this.#registered = true;
      if (isName(nick)) this.#nick = nick;
    }],
    ["NICK", ({ source = "", params: [renamed = ""] }) => {
      // Neither could be asked for again.
      if (!isName(renamed) || /[\s,:!@]/.test(renamed)) return;
      if (foldName(parseSource(source).nick) !== foldName(this.#nick)) return this.#regain(source);
      this.#takenNick = foldName(renamed) === this.#askedNick ? undefined : this.#nick;
      this.#nick = this.#wanted = renamed;
      this.#held = true;
    }],
    ["QUIT", ({ source = "" }) => this.#regain(source)],
    ["CAP", ({ params }) => this.#negotiation.take(params)],
  ]);

  /** Logs in before registration ends, so that a nick that belongs to the account is its owner's from the first moment. */
  async #negotiated(): Promise<void> {
    if (this.#credentials !== undefined && !this.#loginTried) await this.#logIn(this.#credentials);
    if (!this.#registered) this.outgoing.urgent({ command: "CAP", params: ["END"] });
  }

  async #logIn(credentials: Credentials): Promise<void> {
    const hasAccounts = this.capabilities.has("sasl");
    // A question to the person may take longer than a server waits for somebody to come in.
    if (!this.#registered && hasAccounts && this.#hasToAsk(credentials)) return;
    this.#loginTried = true;
    const refusal = hasAccounts ? await this.#tryLogin(credentials) : this.#sentences.loginRefusals.none;
    if (refusal === undefined) {
      // It is the owner's: whoever else has it now has to give it back.
      this.#held ||= foldName(credentials.account) === foldName(this.#wanted);
      return;
    }
    if (this.#transport === undefined) return;
    this.#credentials = undefined;
    this.#options.onLoginRefused(credentials.account, refusal);
  }

  #beforeWelcome(message: Message): void {
    const { command, params } = message;
    if (NICK_TAKEN.has(command)) {
      const suffix = `_${++this.#fallback}`;
      this.#nick = firstOf(this.#wanted, LIMITS.nick - suffix.length) + suffix;
      this.outgoing.urgent({ command: "NICK", params: [this.#nick] });
    } else if (command === RPL_LOGGEDIN) {
      this.#options.onMessage(message);
    } else if (Object.hasOwn(FINAL, command)) {
      this.#refuse(command, params);
    } else if (command === "ERROR" && /pass ?word/i.test(params.at(-1) ?? "")) {
      // Some servers only say it in their farewell.
      this.#refuse(ERR_PASSWDMISMATCH, params);
    }
  }

  #refuse(numeric: string, params: string[]): void {
    const { connection, disconnections } = this.#sentences;
    const why = FINAL[numeric](disconnections, params.at(-1) ?? "", this.#wanted);
    this.#final ??= new ConnectionError(connection.cannotJoin(this.#options.address, why), numeric);
    this.#drop(why);
  }

  #welcome(): void {
    const again = this.#welcomes++ > 0;
    this.#watch();
    this.outgoing.start(true);
    const release = this.#options.onConnected(this.#nick, this.#wanted, again);
    this.#held ||= foldName(this.#nick) === foldName(this.#wanted);
    if (release !== "later") this.outgoing.release();
    // It knows no CAP, or there is something to be asked first.
    if (this.#credentials !== undefined && !this.#loginTried) {
      void this.#logIn(this.#credentials).catch(this.#options.onFault);
    }
  }

  /** Takes the wanted nick back when it becomes free: most often it was held by this client's own lost connection. */
  #regain(source: string): void {
    const { nick } = parseSource(source);
    if (!this.#held || foldName(nick) !== foldName(this.#wanted) || foldName(this.#nick) === foldName(nick)) return;
    this.outgoing.urgent({ command: "NICK", params: [this.#wanted] });
  }

  /** Looks whether the server is still there, and when to look again. */
  #watch(): void {
    const silence = this.#options.clock.now() - this.#heardAt;
    if (silence >= TIMES.idle + TIMES.grace) {
      this.#drop(this.#sentences.disconnections.silentFor(Math.round(silence / 1000)));
    } else if (silence < TIMES.idle) {
      this.#timer(TIMES.idle - silence, () => this.#watch());
    } else {
      this.outgoing.urgent({ command: "PING", params: ["teahouse"] });
      this.#timer(TIMES.idle + TIMES.grace - silence, () => this.#watch());
    }
  }
}
