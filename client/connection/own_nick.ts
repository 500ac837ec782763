/**
 * The nick of this client's own person: which one is asked for, and taking back one that was lost.
 *
 * @module
 */

import {
  ERR_NICKCOLLISION,
  ERR_NICKNAMEINUSE,
  ERR_UNAVAILRESOURCE,
  LIMITS,
  type MessageInit,
  parseSource,
} from "../../protocol.ts";
import { firstOf } from "../graphemes.ts";
import { foldName, isName, isSameName, mayBeNick } from "../names.ts";

/** By which a server says that a nick cannot be had now: another one has to be asked for. */
export const NICK_TAKEN: ReadonlySet<string> = new Set([ERR_NICKNAMEINUSE, ERR_NICKCOLLISION, ERR_UNAVAILRESOURCE]);

/** The nick of one client, over as many connections as there are. */
export class OwnNick {
  /** What the server calls this client; before it has said so, what was asked for. */
  #current: string;
  /** The nick that is asked for on each connection: the first one, or what `/nick` made of it. */
  #wanted: string;
  /** Whether the wanted nick was this client's before, so that it is taken back as soon as it is free. */
  #wasOwn: boolean;
  /** The last nick that was asked for, folded; a nick that was not asked for is the server's doing. */
  #asked = "";
  /** The nick that the server took from this client, until it has another one of its own will. */
  #taken: string | undefined;
  /** How many nicks were tried on this connection. */
  #tries = 1;
  /** Whether the person has not chosen the nick. */
  #isSuggested: boolean;
  /** Whether a nick was refused before the server knew who this person is. */
  #isHeld = false;
  readonly #send: (message: MessageInit) => void;

  /**
   * @param wasOwn Whether that nick was this person's a moment ago.
   * @param send Sends one message now.
   * @param isSuggested Whether the person has not chosen it, so that another one may be asked for that the server knows.
   */
  constructor(nick: string, wasOwn: boolean, send: (message: MessageInit) => void, isSuggested = false) {
    this.#isSuggested = isSuggested;
    this.#current = this.#wanted = nick;
    this.#wasOwn = wasOwn;
    this.#send = send;
  }

  /** What the server calls this client; before it has said so, what was asked for. */
  get current(): string {
    return this.#current;
  }

  /** The nick that is asked for on each connection. */
  get wanted(): string {
    return this.#wanted;
  }

  /** The nick that this person wants: one that was in use, or that the server took away, before the one that they have. */
  get own(): string {
    return this.#taken ?? this.#wanted;
  }

  /** The nick that this person has had, and that the next client of theirs may take back; else the one that they have. */
  get kept(): string {
    return this.#wasOwn ? this.own : this.#current;
  }

  /** A new connection: asks for the wanted nick. */
  register(): void {
    this.#tries = 1;
    this.#isHeld = false;
    this.refusal = "";
    this.#ask(this.#wanted);
  }

  /** Notes that the nick is refused, by a server that does not know yet who this person is: it is asked for again then. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Takes the nick by which the server knows this person, undefined where it knows none; before registration ends. */
  recognized(nick: string | undefined): void {
    const isOther = this.#isSuggested && nick !== undefined && nick !== this.#wanted;
    if (isOther) this.#current = this.#wanted = nick;
    if (isOther || this.#isHeld) this.#ask(this.#wanted);
    this.#isSuggested = this.#isHeld = false;
  }

  /** Why the server did not give this client the wanted nick, in its own words. */
  refusal = "";

  /**
   * Asks for another nick, since the one that was asked for cannot be had; before registration ends.
   *
   * @param why In the server's words.
   */
  tryAnother(why = ""): void {
    if (this.#tries === 1) this.refusal = why;
    const suffix = `_${++this.#tries}`;
    this.#current = firstOf(this.#wanted, LIMITS.nick - suffix.length) + suffix;
    this.#ask(this.#current);
  }

  /** Takes the nick that the server says in its welcome. */
  welcomed(nick: string = this.#current): void {
    if (isName(nick)) this.#current = nick;
  }

  /** Wants the nick that this client has: its person is in the room already, and has chosen it elsewhere. */
  accept(): void {
    this.#wanted = this.#current;
  }

  /** Notes that the wanted nick is this client's, if it has it; or if the person's account has its name. */
  keep(owned: string = this.#current): void {
    this.#wasOwn ||= isSameName(owned, this.#wanted);
  }

  /** Notes that a nick is asked for: what `/nick` sends passes here as well. */
  noteAsked(nick: string): void {
    this.#asked = foldName(nick);
  }

  /** Takes a NICK of the server. @param source Whose it is. */
  renamed(source: string, nick: string): void {
    if (!mayBeNick(nick)) return;
    if (!isSameName(parseSource(source).nick, this.#current)) return this.freed(source);
    this.#taken = foldName(nick) === this.#asked ? undefined : this.#current;
    this.#current = this.#wanted = nick;
    this.#wasOwn = true;
  }

  /** Takes the wanted nick back when somebody gives it up: most often it was held by this client's own lost connection. */
  freed(source: string): void {
    const { nick } = parseSource(source);
    if (this.#wasOwn && isSameName(nick, this.#wanted) && !isSameName(nick, this.#current)) this.#ask(this.#wanted);
  }

  /** Takes the nick back that belongs to an account, now that this client is logged in to it. */
  takeBack(account: string): void {
    if (!isSameName(this.own, account) || isSameName(this.#current, account)) return;
    this.#wanted = this.own;
    this.#wasOwn = true;
    this.#ask(this.#wanted);
  }

  #ask(nick: string): void {
    this.#send({ command: "NICK", params: [nick] });
  }
}
