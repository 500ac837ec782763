/**
 * One person's connection, as the chat sees it: who they are, what they can read, and what they are still to be told.
 * It must not know sockets: whoever carries its lines reads `outbox` and calls `close`.
 *
 * @module
 */

import { byteLength, casefold, fit, formatTags, LIMITS } from "../../protocol.ts";
import {
  CAPABILITIES,
  type Capability,
  encode,
  type Event,
  isFor,
  isOwnCapability,
  type Line,
  type OwnCapability,
  tellingCapabilities,
} from "./capabilities.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { Outbox } from "../fanout/outbox.ts";
import { accountSource } from "./masklist.ts";
import type { Exchange } from "../auth/sasl.ts";
import { inSlices, type Pace, UNPACED } from "../turns/slices.ts";

/** A refusal that is also the reply: the numeric and its parameters after the nick. One catch sends it. */
export class ReplyError extends Error {
  override name = "ReplyError";
  readonly numeric: string;
  readonly params: string[];

  constructor(numeric: string, ...params: string[]) {
    super(`${numeric} ${params.join(" ")}`);
    this.numeric = numeric;
    this.params = params;
  }
}

/** The most bytes of a label that is answered (IRCv3 labeled-response, "Tag value"). */
const LONGEST_LABEL = 64;

/** A message of several lines that has begun and not ended (IRCv3 multiline). */
export interface Multiline {
  /** The batch's reference, as its sender chose it. */
  reference: string;
  target: string;
  /** PRIVMSG or NOTICE, once the first line has said which. */
  command?: string;
  readonly lines: Line[];
  /** Of the text so far, line feeds included. */
  bytes: number;
  readonly tags: Record<string, string>;
  label: string | undefined;
  /** It has been refused; what is left of it is passed over. */
  isRefused: boolean;
}

/** What a session has said before it is registered. */
interface Registration {
  nick?: string;
  /** The nick that was last asked for, `nick` or one that someone else has. */
  wish?: string;
  user?: string;
  realname?: string;
  password?: string;
  /** That was the room's, as has been looked at. */
  hasSaidPassword?: boolean;
  /** CAP LS or REQ was sent, so registration waits for CAP END (IRCv3 capability-negotiation). */
  negotiating: boolean;
}

/** A person in the room, or one who is about to come in. */
export class Session {
  readonly chat: Chat;
  /** The address it comes from. */
  address: string;
  /** What others see in its place: the address itself, if no operator has given it another name. */
  host: string;
  readonly outbox: Outbox;
  readonly channels = new Set<Channel>();
  /** The channels that it has been invited to and has not joined since; `Channel.invite` keeps it right. */
  readonly invitedTo = new Set<Channel>();
  /** Whether it comes from a gateway that has said nothing yet, and for which address that connects (IRCv3 webirc). */
  mayStandFor = false;
  standsFor: string | undefined;
  /** Set until the session is registered. */
  registration: Registration | undefined = { negotiating: false };
  nick = "*";
  user = "";
  realname = "";
  /** Who the account that is logged in to is to what is kept, see `Accounts.identity`. */
  accountIdentity: string | undefined;
  /** When it has last proved to own that account, in milliseconds of `Guesses.now`. */
  provedAt = -Infinity;
  /** How long work that it sets off is done, and at whose expense. */
  pace: Pace = UNPACED;
  /** Resolves when what it has set off is done: until then its next line is to wait. */
  settling: Promise<void> | undefined;
  /** A SASL exchange that is under way, and what its client has said of a message. */
  sasl: { exchange: Exchange; text: string } | undefined;
  /** When a nick that is an account's is taken away, in milliseconds since 1970; see owners.ts. */
  reservedUntil: number | undefined;
  /** The last such nick that was taken away. */
  lostNick: string | undefined;
  /** Channels of whose past not all that is to be told on joining has been told, and the id of the last message that was. */
  readonly untold = new Map<Channel, number>();
  /** Why this person is away. */
  away: string | undefined;
  readonly #modes = new Set<string>();
  /** Whom it watches (MONITOR): the nicks as it wrote them, by folded nick. */
  readonly monitored = new Map<string, string>();
  /** What it tells of itself, by key, and the keys of which it wants to know of others (IRCv3 metadata). */
  readonly metadata = new Map<string, string>();
  readonly subscriptions = new Set<string>();
  /** The message of several lines that it is sending. */
  multiline: Multiline | undefined;
  /** How often it has guessed a secret wrongly, see guesses.ts. */
  wrongGuesses = 0;
  /** Negotiated capabilities, bits of `CAPABILITIES`. */
  caps = 0;
  /** The others of them. */
  ownCaps: ReadonlySet<OwnCapability> = new Set();
  /** The version that CAP LS named, 301 where none. */
  capVersion = 301;
  /** When it connected, and when it last sent a line and a message. Milliseconds since 1970. */
  readonly connectedAt: number;
  heardAt: number;
  spokeAt: number;
  /** When it was last heard, where it has ended since it was not any more: what it was told since has reached nobody. */
  lostAt: number | undefined;
  /** It is over: nothing more is handled or told, but what is queued is still sent. */
  closed = false;
  /** Called once, when it is over. */
  onClose: () => void = () => {};
  /** Called with the bytes of what it says that is kept, where they are charged. */
  onKept: ((bytes: number) => void) | undefined;
  /** Asked before something is kept, where that is charged: what is to be waited for first. */
  affords: ((bytes: number) => Promise<void> | undefined) | undefined;
  #operatorTerm: { isOver: boolean } | undefined;
  #ending: AbortController | undefined;
  /** Its identity without an account. */
  #guest: string | undefined;
  #audience: Set<Channel | Outbox> | undefined;
  #source = "*";
  #account: string | undefined;
  #sources: readonly string[] | undefined;
  /** The label of the command that is being handled, its first response, and the batch if there are several. */
  #label: string | undefined;
  #first: Event | undefined;
  #batch: string | undefined;

  /**
   * @param host The address it comes from.
   * @param sendQ Bytes that may wait for it before it is closed; 1 MiB when left out.
   * @param mayHold Whether so many bytes may wait for it, where they are fewer than that.
   */
  constructor(chat: Chat, host: string, sendQ?: number, mayHold?: (bytes: number) => boolean) {
    this.chat = chat;
    this.address = this.host = host;
    this.connectedAt = this.heardAt = this.spokeAt = chat.now();
    chat.unregistered++;
    this.outbox = new Outbox({
      ...(sendQ === undefined ? {} : { limit: sendQ }),
      mayHold,
      onOverflow: () => {
        this.lostAt = this.heardAt;
        this.close("SendQ exceeded", true);
      },
    });
  }

  /** `nick!user@host`. */
  get source(): string {
    return this.#source;
  }

  /** The account that is logged in to, if any. */
  get account(): string | undefined {
    return this.#account;
  }

  set account(account: string | undefined) {
    this.#account = account;
    this.#sources = undefined;
  }

  /**
   * All that bans are compared with, folded: as others see it, with the address where that differs, and by its account.
   * Kept until one of these changes, since every ban of a channel is compared with it.
   */
  get sources(): readonly string[] {
    return this.#sources ??= this.sourcesAs(this.account);
  }

  /** Those of them that all may know. */
  get shownSources(): readonly string[] {
    return [this.#source, ...(this.account === undefined ? [] : [accountSource(this.account)])].map(casefold);
  }

  /** What they would be, were it logged in to an account, or to none. */
  sourcesAs(account: string | undefined): readonly string[] {
    if (account === this.account && this.#sources !== undefined) return this.#sources;
    const { nick, user, host, address } = this;
    return [
      this.#source,
      ...(host === address ? [] : [`${nick}!${user}@${address}`]),
      ...(account === undefined ? [] : [accountSource(account)]),
    ].map(casefold);
  }

  /** User modes that are on: some of `MODES.user`. */
  get modes(): ReadonlySet<string> {
    return this.#modes;
  }

  /** Sets a user mode or takes it away; the room and its channels count those who have it. */
  setMode(letter: string, on: boolean): void {
    if (this.#modes.has(letter) === on) return;
    if (on) this.#modes.add(letter);
    else this.#modes.delete(letter);
    this.chat.modeChanged(this, letter, on);
    if (letter === "o") this.#endOperatorTerm();
    if (letter === "i") { for (const channel of this.channels) channel.invisible += on ? 1 : -1; }
  }

  /** User mode `i`: not shown to those who share no channel. */
  get invisible(): boolean {
    return this.#modes.has("i");
  }

  /** User mode `o`: an operator of the server. */
  get isOperator(): boolean {
    return this.#modes.has("o");
  }

  /** The time for which it is one without a break: what it has opened by that is closed with its end. */
  get operatorTerm(): { readonly isOver: boolean } {
    return this.#operatorTerm ??= { isOver: !this.isOperator };
  }

  /** Aborted when it is over, for what waits in its name. */
  get ending(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.closed) this.#ending.abort();
    return this.#ending.signal;
  }

  #endOperatorTerm(): void {
    if (this.#operatorTerm !== undefined) this.#operatorTerm.isOver = true;
    this.#operatorTerm = undefined;
  }

  /**
   * Who this is to all that is kept of a person: private talks, one's own messages, seats in channels with mode `i`, and
   * read markers. That is the account; without one it is this connection and nothing else, whatever nick it takes: a nick
   * and an address prove nothing, since anyone can take the nick, and homes, proxies and this machine share an address.
   * So what a guest has said and received in private is given to nobody once the connection has ended.
   */
  get identity(): string {
    if (this.account !== undefined) return this.accountIdentity ?? `account:${casefold(this.account)}`;
    return this.#guest ??= `guest:${crypto.randomUUID()}`;
  }

  /**
   * Who this is to what is noted of visits to channels: the account, or without one the nick at an address. That proves
   * nothing, and opens nothing: who has been there is shown less.
   */
  get visitor(): string {
    return this.account === undefined ? `guest:${casefold(this.nick)}@${this.address}` : this.identity;
  }

  /** Whether the nick is that of the account that is logged in to. */
  get ownsNick(): boolean {
    return this.account !== undefined && casefold(this.account) === casefold(this.nick);
  }

  /** Takes a name. Who else has it is the chat's business. */
  setNick(nick: string): void {
    this.nick = nick;
    this.#named();
  }

  /** Takes another host in place of its address. */
  setHost(host: string): void {
    this.host = host;
    this.#named();
  }

  /** It comes from another address, for which a gateway stands. To be said before it is registered. */
  comeFrom(address: string): void {
    this.address = this.host = address;
    this.#sources = undefined;
  }

  #named(): void {
    this.#source = `${this.nick}!${this.user}@${this.host}`;
    this.#sources = undefined;
    for (const channel of this.channels) channel.renamed(this);
  }

  /** It has said all that it must to come in. */
  completeRegistration(): void {
    this.registration = undefined;
    this.chat.unregistered--;
  }

  /** Whether both are in one channel. */
  sharesChannel(other: Session): boolean {
    const [few, many] = this.channels.size < other.channels.size ? [this, other] : [other, this];
    return few.channels.values().some((channel) => many.channels.has(channel));
  }

  has(capability: Capability): boolean {
    return isOwnCapability(capability) ? this.ownCaps.has(capability) : (this.caps & CAPABILITIES[capability]) !== 0;
  }

  /** By how many bytes those are behind whom this session has talked to since the last `forgetAudience`. */
  get audienceExcess(): number {
    return this.#audience?.values().reduce((sum, { excess }) => sum + excess, 0) ?? 0;
  }

  /** Counts a channel's members or one person's outbox among those whom this session talks to. */
  addressed(audience: Channel | Outbox): void {
    (this.#audience ??= new Set()).add(audience);
  }

  forgetAudience(): void {
    this.#audience = undefined;
  }

  /** Tells several sessions something that happened: written once for those with the same capabilities. */
  static tell(sessions: Iterable<Session>, event: Event): void {
    const lines = new Map<number, string | undefined>();
    for (const session of sessions) {
      if (session.closed) continue;
      const caps = tellingCapabilities(event, session.caps);
      if (!lines.has(caps)) lines.set(caps, encode(event, caps));
      const line = lines.get(caps);
      if (line !== undefined) session.outbox.tell(line);
    }
  }

  /** Tells it what it is called, so that it knows how long its lines may be (IRCv3 whoami). @param params Its real name, or nothing. */
  tellWhoami(...params: string[]): void {
    if (this.has("draft/whoami")) {
      this.deliver({ source: this.source, command: "WHOAMI", params, time: this.chat.now() });
    }
  }

  /** Tells this session something that happened, apart from any command of its own. */
  deliver(event: Event): void {
    if (this.closed) return;
    const line = encode(event, this.caps);
    if (line !== undefined) this.outbox.send(line);
  }

  /**
   * Does long work that it has set off, in slices and at its expense: whoever sets off much waits for that with the next line.
   *
   * @param steps Yields after each small step, and is finished though the session ends.
   * @param failure What is reported where a step fails: "cannot tell of accounts".
   * @returns Resolves when it is done. Never rejects.
   */
  setOff(steps: Iterator<void>, failure: string): Promise<void> {
    const done = inSlices(this.pace, steps, (error) => {
      this.chat.report(`${failure}: ${error instanceof Error ? error.stack : error}`);
    });
    this.waitFor(done);
    return done;
  }

  /** Has its next line wait for something else, too. */
  waitFor(done: Promise<void>): void {
    const settling = Promise.all([this.settling, done]).then(() => {
      if (this.settling === settling) this.settling = undefined;
    });
    this.settling = settling;
  }

  /** Answers the command that is being handled. */
  respond(event: Event): void {
    if (!isFor(event, this.caps)) return;
    if (this.#label === undefined) return this.deliver(event);
    if (this.#batch === undefined && this.#first === undefined) {
      this.#first = event;
      return;
    }
    if (this.#batch === undefined) {
      const batch = this.#batch = this.chat.nextId();
      const start = this.chat.serverEvent("BATCH", ["+" + batch, "labeled-response"]);
      this.deliver({ ...start, label: this.#label });
      this.deliver({ ...this.#first!, batch });
    }
    this.deliver({ ...event, batch: this.#batch });
  }

  /**
   * What is responded from now on answers a command with this label (IRCv3 labeled-response): no response is an ACK,
   * one carries the label, several are a batch. `endResponse` completes it.
   */
  beginResponse(label: string | undefined): void {
    const isUsable = label !== undefined && label !== "" && byteLength(label) <= LONGEST_LABEL;
    if (isUsable && this.has("labeled-response") && this.has("batch")) this.#label = label;
  }

  /** Takes the label from the command that is being handled, since a later one completes it; gives it. */
  deferResponse(): string | undefined {
    const label = this.#label;
    this.#label = undefined;
    return label;
  }

  /** Does something that tells this session what answers no command of its own, even while one is being handled. */
  apart(act: () => void): void {
    const [label, first, batch] = [this.#label, this.#first, this.#batch];
    this.#label = this.#first = this.#batch = undefined;
    try {
      act();
    } finally {
      [this.#label, this.#first, this.#batch] = [label, first, batch];
    }
  }

  /** Completes what `beginResponse` began. */
  endResponse(): void {
    if (this.#label === undefined) return;
    if (this.#batch !== undefined) this.deliver(this.chat.serverEvent("BATCH", ["-" + this.#batch]));
    else this.deliver({ ...this.#first ?? this.chat.serverEvent("ACK", []), label: this.#label });
    this.#label = this.#batch = this.#first = undefined;
  }

  /**
   * Answers with a batch of events (IRCv3 batch), or with the events alone where the client knows no batches. As the
   * first answer to a labeled command the batch carries the label; after others it is a batch of its own.
   */
  respondBatch(type: string[], events: Iterable<Event>): void {
    for (const _ of this.respondInBatch(type, events));
  }

  /**
   * The same in parts, for what may be long: after each event its reader may be waited for. The label goes with the start,
   * so what it is told meanwhile is no part of the answer. The batch is closed even where the events fail.
   *
   * @param events Nothing among them is a step that gave no event.
   * @param isEnd See `Event`.
   */
  *respondInBatch(type: string[], events: Iterable<Event | undefined>, isEnd = false): Generator<void> {
    if (!this.has("batch")) {
      for (const event of events) yield event && this.respond(event);
      return;
    }
    const { chat } = this;
    const batch = chat.nextId();
    const label = this.#first === undefined ? this.deferResponse() : undefined;
    const start = { ...chat.serverEvent("BATCH", ["+" + batch, ...type]), isEnd };
    this.deliver(label === undefined ? start : { ...start, label });
    try {
      for (const event of events) yield event && this.deliver({ ...event, batch });
    } finally {
      this.deliver(chat.serverEvent("BATCH", ["-" + batch]));
    }
  }

  /** Answers with a numeric: `:server numeric nick params...`. What a client wrote may be repeated in any of them, see `encode`. */
  reply(numeric: string, ...params: string[]): void {
    this.respond(this.chat.serverEvent(numeric, [this.nick, ...params]));
  }

  /** Answers with a standard reply (IRCv3 standard-replies): a command, a code, contexts, and a description. */
  fail(...params: [command: string, code: string, ...contextAndDescription: string[]]): void {
    this.respond(this.chat.serverEvent("FAIL", params));
  }

  /**
   * Publishes in a channel what this session did. It sees it, too, where `echo` says so: as the response to a labeled
   * command or to one from outside, else in the channel's own order.
   */
  publish(channel: Channel, event: Event, echo = true): void {
    if (echo && this.#label === undefined && channel.members.has(this)) return channel.publish(event);
    channel.publish(event, this);
    if (echo) this.respond(event);
  }

  /**
   * Ends the session, from whatever cause: it leaves the room and is told why; the transport closes it.
   *
   * @param reason Why, as others are told in QUIT.
   * @param abandon Whether what is queued is dropped, since its reader does not read.
   */
  close(reason: string, abandon = false): void {
    if (this.closed) return;
    this.closed = true;
    this.#ending?.abort();
    this.#endOperatorTerm();
    if (this.registration !== undefined) this.chat.unregistered--;
    try {
      this.chat.leave(this, reason);
    } catch (error) {
      // Whatever is wrong with the room, this session ends, and only this one.
      this.chat.report(`${this.source} cannot leave: ${error instanceof Error ? error.stack : error}`);
    }
    this.chat.forget(this);
    const line = fit(`ERROR :Closing link: (${reason}`, LIMITS.lineBytes - 3) + ")";
    if (abandon) this.outbox.abandon(line);
    else {
      // It answers a QUIT that has a label, and ends a response that was under way.
      const label = this.#label;
      if (this.#batch !== undefined) {
        this.outbox.send(encode(this.chat.serverEvent("BATCH", ["-" + this.#batch]), this.caps)!);
      }
      this.outbox.send((label === undefined || this.#batch !== undefined ? "" : formatTags({ label })) + line);
      this.outbox.end();
    }
    this.onClose();
  }
}
