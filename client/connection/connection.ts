/**
 * The life of a client's connection: negotiating, registering, answering and sending PING, and coming back after it was
 * lost.
 *
 * @module
 */

import { ERR_SASLFAIL, format, type Message, type MessageInit, RPL_LOGGEDIN, RPL_WELCOME } from "../../protocol.ts";
import { rest, SLICE } from "../clock.ts";
import type { Sentences } from "../sentences.ts";
import { ConnectionError, unknownDevice } from "./connection_error.ts";
import { DEVICE, DeviceEntry } from "./device.ts";
import { Ending } from "./ending.ts";
import { Keepalive } from "./keepalive.ts";
import { Login } from "./login.ts";
import { type MultilineBounds, Multilines } from "./multiline.ts";
import { Negotiation } from "./negotiation.ts";
import { Outgoing } from "./outgoing.ts";
import { NICK_TAKEN, OwnNick } from "./own_nick.ts";
import type { ConnectionOptions } from "./options.ts";
import { readMessage } from "./received.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds that the parts of a connection may take. */
export const TIMES = {
  /** From dialling to the server's first line. */
  dial: 4_500,
  /** From there to RPL_WELCOME: a server may look up names first. */
  register: 15_000,
  /** The first wait before dialling again, and the longest. */
  backoff: [1_000, 30_000],
  /** For the server to end the connection after QUIT. */
  farewell: 1_000,
} as const;

/** One client's connection, over as many transports as it takes. */
export class Connection {
  /** What is queued, or sent and not confirmed. */
  readonly outgoing: Outgoing;
  readonly nick: OwnNick;
  readonly login: Login;
  readonly device: DeviceEntry;
  readonly ending: Ending;
  readonly #options: ConnectionOptions;
  readonly #negotiation: Negotiation;
  readonly #keepalive: Keepalive;
  readonly #multilines = new Multilines();
  #transport: Transport | undefined;
  #isRegistered = false;
  /** How often RPL_WELCOME came. */
  #welcomes = 0;
  #isLeaving = false;
  /** Whether this side has ended the transport. */
  #hasHungUp = false;
  /** Ends what is waited for, so that `quit` need not wait. */
  #interrupt: (() => void) | undefined;
  /** Ends the wait before the next attempt. */
  #wake: (() => void) | undefined;
  /** The account that this client was logged in to when the connection was lost. */
  #accountBefore: string | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { clock, sentences, address, isEncrypted, confirm } = options;
    const send = (message: MessageInit) => this.outgoing.urgent(message);
    this.ending = new Ending(options);
    this.nick = new OwnNick(options.nick, options.isOwnNick, send, options.isNickSuggested);
    this.outgoing = new Outgoing({
      clock,
      write: (message) => {
        if (message.command === "NICK") this.nick.noteAsked(message.params?.[0] ?? "");
        this.#transport?.send(format(message));
      },
      hasLabels: () => this.capabilities.has("labeled-response") && this.capabilities.has("batch"),
      split: (message) => options.split(message, this.#negotiation.multiline),
      answer: (message) => this.#take(message),
      onConfirmed: options.onConfirmed,
    });
    const { hasCalls = false } = options;
    this.#negotiation = new Negotiation({
      send,
      hasCalls,
      onEnd: () => void this.#negotiated().catch(options.onFault),
    });
    this.#keepalive = new Keepalive({
      clock,
      setTimer: (ms, callback) => this.#timer(ms, callback),
      ask: () => send({ command: "PING", params: ["teahouse"] }),
      onSilent: (seconds) => this.#drop(this.#sentences.disconnections.silentFor(seconds)),
    });
    this.device = new DeviceEntry({
      kept: options.device,
      isSomebodyNew: options.isSomebodyNew,
      clock,
      isOffered: () => this.#negotiation.offered.has(DEVICE),
      isInForce: () => this.capabilities.has(DEVICE),
      send,
      onRenewal: options.onRenewal,
      onEnded: options.onDeviceEnded,
    });
    this.login = new Login({
      credentials: options.login,
      address,
      isEncrypted,
      confirm,
      clock,
      sentences,
      negotiation: this.#negotiation,
      nick: this.nick,
      transport: () => this.#transport,
      isRegistered: () => this.#isRegistered,
      hasDevice: () => this.device.isIn,
      send,
      onLoggedIn: options.onMessage,
      onRefused: (account, why) => this.#loginRefused(account, why),
    });
  }

  get #sentences(): Sentences {
    return this.#options.sentences();
  }

  /** Whether the server takes lines at the moment. */
  get isConnected(): boolean {
    return this.#isRegistered;
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
    while (!this.#isLeaving) {
      const welcomes = this.#welcomes;
      const reason = await this.#attempt();
      if (this.#isLeaving) return;
      if (this.ending.final !== undefined) throw this.ending.final;
      const { cannotConnect, cannotComeBack } = this.#sentences.connection;
      if (this.#welcomes === 0) throw new ConnectionError(cannotConnect(address, reason));
      if (this.#welcomes > welcomes) {
        lostAt = clock.now();
        attempts = 0;
      }
      if (clock.now() - lostAt >= giveUpMs) throw new ConnectionError(cannotComeBack(address, reason));
      // A part of the wait is by chance, so that clients that were thrown out together do not all come back at once.
      const wait = Math.min(longest, Math.round(first * 2 ** attempts++ * (1 + random())));
      this.#options.onDisconnected(reason, wait);
      await this.#pause(wait);
    }
  }

  /** The capabilities in force. */
  get capabilities(): ReadonlySet<string> {
    return this.#negotiation.inForce;
  }

  /** See `Negotiation.expectedMultiline`. */
  get expectedMultiline(): MultilineBounds | undefined {
    return this.#negotiation.expectedMultiline;
  }

  /** See `Negotiation.demand`. */
  demand: Negotiation["demand"] = (name) => this.#negotiation.demand(name);

  /** The value of a capability that the server offers, "" if it has none; undefined where it does not offer it. */
  offer(capability: string): string | undefined {
    return this.#negotiation.offered.get(capability);
  }

  /** Makes the next attempt now, where it waits for it. */
  retry(): void {
    this.#wake?.();
  }

  /**
   * Leaves: says QUIT, sends nothing after it, and ends `run`, after a second even where the server does not answer. Said
   * again, it ends at once.
   */
  quit(reason: string): void {
    const isAgain = this.#isLeaving;
    this.#isLeaving = true;
    this.#interrupt?.();
    if (!this.#isRegistered || isAgain) return this.#hangUp();
    const { heldMs } = this.outgoing;
    this.outgoing.end();
    this.outgoing.urgent({ command: "QUIT", params: [reason] });
    // The server answers QUIT with ERROR and ends the connection itself, behind what it has not handled yet.
    this.#timer(TIMES.farewell + heldMs, () => this.#hangUp());
  }

  /** One transport from dialling to its end; gives the reason of the end. */
  async #attempt(): Promise<string> {
    this.ending.begin();
    this.#hasHungUp = false;
    this.login.begin();
    this.device.begin();
    this.#negotiation.begin();
    this.#multilines.clear();
    try {
      const dialledAt = this.#options.clock.now();
      this.#transport = await this.#dial();
      const left = Math.max(0, dialledAt + TIMES.dial - this.#options.clock.now());
      this.#timer(left, () => this.#drop(this.#sentences.disconnections.silent));
      this.#register();
      await this.#read(this.#transport.lines);
    } catch (error) {
      this.ending.failed(error);
    } finally {
      this.#cancelTimer?.();
      if (this.#isRegistered) this.#accountBefore = this.#options.account();
      this.#isRegistered = false;
      this.outgoing.stop();
      this.login.lost();
      this.device.lost();
      this.#transport?.close();
      this.#transport = undefined;
    }
    return this.ending.reason;
  }

  /** Handles the lines of a transport, until it ends or this side has ended it. */
  async #read(lines: AsyncIterable<string>): Promise<void> {
    const { clock, settled } = this.#options;
    let hasSpoken = false;
    let spent = 0;
    for await (const line of lines) {
      if (!hasSpoken) this.#timer(TIMES.register, () => this.#drop(this.#sentences.disconnections.noIrc));
      hasSpoken = true;
      for (let before = settled(); before !== undefined; before = settled()) await before;
      if (this.#hasHungUp) return;
      const began = clock.now();
      this.#line(line);
      spent += Math.max(0, clock.now() - began);
      // Lines that are there already come without a pause, and nothing else would have its turn.
      if (spent >= SLICE) {
        await rest(clock);
        spent = 0;
      }
      if (this.#hasHungUp) return;
    }
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
      if (this.#isLeaving) transport.close();
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
    this.ending.because(reason);
    this.#hangUp();
  }

  #dropForGood(error: ConnectionError, reason: string): void {
    this.ending.forGood(error, reason);
    this.#hangUp();
  }

  #hangUp(): void {
    this.#hasHungUp = true;
    this.#transport?.close();
  }

  /** ircv3.net/specs/extensions/capability-negotiation: registration waits for CAP END, on servers that know CAP. */
  #register(): void {
    const { user, realname, password } = this.#options;
    this.#negotiation.ask();
    if (password !== undefined) this.outgoing.urgent({ command: "PASS", params: [password] });
    this.nick.register();
    this.outgoing.urgent({ command: "USER", params: [user, "0", "*", realname] });
  }

  #line(line: string): void {
    this.#keepalive.heard();
    const message = readMessage(line);
    const whole = message && this.#multilines.take(message);
    try {
      if (whole !== undefined) this.#take(whole);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  #take(message: Message): void {
    const wasRegistered = this.#isRegistered;
    this.#handlers.get(message.command.toUpperCase())?.(message);
    if (this.login.takes(message) || this.device.takes(message)) return;
    if (!this.#isRegistered) return this.#beforeWelcome(message);
    if (message.command !== "ERROR") this.#options.onMessage(message);
    // One that comes again tells the nick, and begins nothing anew: all that is asked then would be asked each time.
    if (!wasRegistered) this.#welcome();
    this.outgoing.receive(message);
  }

  readonly #handlers = new Map<string, (message: Message) => void>([
    ["PING", ({ params }) => this.outgoing.urgent({ command: "PONG", params })],
    ["ERROR", (message) => this.ending.said(message)],
    [RPL_WELCOME, ({ params: [nick] }) => {
      this.#isRegistered = true;
      this.nick.welcomed(nick);
    }],
    ["NICK", ({ source = "", params: [nick = ""] }) => this.nick.renamed(source, nick)],
    ["QUIT", ({ source = "" }) => this.nick.freed(source)],
    ["CAP", ({ params }) => this.#negotiation.take(params)],
  ]);

  /**
   * Comes by the device and logs in before registration ends, so that a nick that belongs to this person is theirs from the
   * first moment.
   */
  async #negotiated(): Promise<void> {
    if (!this.#isRegistered) {
      const known = await this.device.come();
      if (this.#transport === undefined) return;
      const { isKnownOnly, address, device } = this.#options;
      const refusal = unknownDevice(known, {
        isNeeded: isKnownOnly && this.#welcomes === 0,
        // What a page shows is the account's, and its owner has ended this device elsewhere.
        account: device === "transport" && !this.login.isByPassword ? this.#accountBefore : undefined,
        address,
        sentences: this.#sentences,
      });
      if (refusal !== undefined) return this.#dropForGood(refusal, refusal.message);
      this.nick.recognized(known?.nick);
    }
    await this.login.logInOnce();
    if (!this.#isRegistered && !this.#hasHungUp) this.outgoing.urgent({ command: "CAP", params: ["END"] });
  }

  #loginRefused(account: string, why: string): void {
    if (!this.#options.isLoginNeeded || this.#welcomes > 0) return this.#options.onLoginRefused(account, why);
    this.#dropForGood(new ConnectionError(this.#sentences.accounts.notLoggedIn(account, why), ERR_SASLFAIL), why);
  }

  #beforeWelcome(message: Message): void {
    if (NICK_TAKEN.has(message.command)) {
      return this.device.isPending ? this.nick.hold() : this.nick.tryAnother(message.params.at(-1));
    }
    if (message.command === RPL_LOGGEDIN) return this.#options.onMessage(message);
    if (this.ending.refuses(message, this.nick.wanted)) this.#hangUp();
  }

  #welcome(): void {
    const again = this.#welcomes++ > 0;
    this.#keepalive.watch();
    this.device.welcomed();
    this.outgoing.start(true);
    const release = this.#options.onConnected(this.nick.current, this.nick.wanted, again);
    this.ending.welcomed();
    this.nick.keep();
    if (release !== "later") this.outgoing.release();
    // It has not tried where the server knows no CAP, or where the person has to be asked first.
    void this.login.logInOnce().catch(this.#options.onFault);
  }
}
