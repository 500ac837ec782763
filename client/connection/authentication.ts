/**
 * The AUTHENTICATE lines by which a client logs in to an account (IRCv3 sasl): one exchange at a time, and how it ends.
 *
 * @module
 */

import {
  ERR_NICKLOCKED,
  ERR_SASLABORTED,
  ERR_SASLALREADY,
  ERR_SASLFAIL,
  ERR_SASLTOOLONG,
  type Message,
  type MessageInit,
  RPL_LOGGEDIN,
  RPL_SASLMECHS,
  RPL_SASLSUCCESS,
} from "../../protocol.ts";
import { type Credentials, type Exchange, fromBase64, mechanismOf, SaslError, toBase64 } from "./sasl.ts";
import type { Sentences } from "../sentences.ts";
import type { Clock } from "../clock.ts";

/** Characters of base64 in one AUTHENTICATE; a text whose length is a multiple of it ends with an empty one. */
const CHUNK = 400;
/** Characters of one challenge at most. */
const LONGEST = 10 * CHUNK;
/** How long a server may take for the whole exchange, in milliseconds: it may hash the passwords of others first. */
const PATIENCE = 10_000;

/** By which the server ends the exchange. */
const REFUSALS = new Set([ERR_NICKLOCKED, ERR_SASLFAIL, ERR_SASLTOOLONG, ERR_SASLABORTED, ERR_SASLALREADY]);

/** What `Authentication` needs. */
export interface AuthenticationOptions {
  clock: Clock;
  /** What is said to the person. */
  sentences: () => Sentences;
  /** Sends one message now. */
  send: (message: MessageInit) => void;
  /** Told of the server's RPL_LOGGEDIN once the exchange is through: before, there is no proof of what it says. */
  onLoggedIn: (message: Message) => void;
}

/** An exchange that is under way. */
interface Attempt {
  exchange: Exchange;
  /** The part of the next challenge that has come. */
  text: string;
  /** Whether the last challenge is being answered, which takes a moment. */
  isBusy: boolean;
  /** Whether the server has said that the exchange is over. */
  isOver: boolean;
  /** The server's RPL_LOGGEDIN. */
  loggedIn?: Message;
  /** Ends the exchange; with a clause that says why it has failed, or without. */
  end: (refusal?: string) => void;
}

/** The exchanges of one client, over as many connections as there are. */
export class Authentication {
  readonly #options: AuthenticationOptions;
  #attempt: Attempt | undefined;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /**
   * Logs in on a connection where the capability `sasl` is in force.
   *
   * @param offered The capability's value, see `mechanismOf`.
   * @returns Nothing once it is done; a clause that says why it cannot be done.
   */
  start(credentials: Credentials, offered: string): Promise<string | undefined> {
    const mechanism = mechanismOf(offered);
    if (mechanism === undefined) return Promise.resolve(this.#refusals.unknownMechanism(offered));
    this.#attempt?.end(this.#refusals.another);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const cancel = this.#options.clock.after(PATIENCE, () => this.#abort(this.#refusals.noAnswer));
    this.#attempt = {
      exchange: mechanism.start(credentials),
      text: "",
      isBusy: false,
      isOver: false,
      end: (refusal) => {
        this.#attempt = undefined;
        cancel();
        resolve(refusal);
      },
    };
    this.#send(mechanism.name);
    return promise;
  }

  /** Takes a message that belongs to the exchange. @returns Whether it does. */
  takes(message: Message): boolean {
    const { command, params } = message;
    const attempt = this.#attempt;
    if (attempt === undefined) return false;
    if (command === "AUTHENTICATE") this.#challenged(attempt, params[0] ?? "");
    else if (command === RPL_LOGGEDIN) attempt.loggedIn = message;
    else if (command === RPL_SASLSUCCESS) void this.#succeeded(attempt);
    else if (REFUSALS.has(command)) attempt.end(this.#refusalOf(params.at(-1) ?? ""));
    else return command === RPL_SASLMECHS;
    return true;
  }

  /** Ends the exchange, since the connection is lost. */
  lost(): void {
    this.#attempt?.end(this.#refusals.lost);
  }

  get #refusals(): Sentences["loginRefusals"] {
    return this.#options.sentences().loginRefusals;
  }

  /** A clause for a server's refusal. Most servers have one text for a wrong password and a missing account. */
  #refusalOf(text: string): string {
    return /authentication failed(?: \(|$)/i.test(text) ? this.#refusals.wrong : text;
  }

  #send(text: string): void {
    this.#options.send({ command: "AUTHENTICATE", params: [text] });
  }

  #abort(why: string): void {
    this.#send("*");
    this.#attempt?.end(why);
  }

  #challenged(attempt: Attempt, chunk: string): void {
    if (chunk !== "+") attempt.text += chunk;
    if (attempt.text.length > LONGEST) return this.#abort(this.#refusals.tooLong);
    if (chunk.length === CHUNK) return;
    // The server asks on although it has no answer yet.
    if (attempt.isBusy) return this.#abort(this.#refusals.tooMuch);
    const { text } = attempt;
    attempt.text = "";
    void this.#answer(attempt, text);
  }

  /** Believes the server that this client is logged in, if the exchange is through. */
  async #succeeded(attempt: Attempt): Promise<void> {
    if (attempt.isOver) return;
    attempt.isOver = true;
    let isThrough = false;
    try {
      // This waits for the answer that is under way, if there is one.
      isThrough = (await attempt.exchange.next("")).done === true;
    } catch {
      // The exchange cannot go on, so nothing was proved.
    }
    if (attempt !== this.#attempt) return;
    if (isThrough && attempt.loggedIn !== undefined) this.#options.onLoggedIn(attempt.loggedIn);
    attempt.end(isThrough ? undefined : this.#refusals.unproved);
  }

  async #answer(attempt: Attempt, challenge: string): Promise<void> {
    attempt.isBusy = true;
    try {
      const { value } = await attempt.exchange.next(new TextDecoder().decode(fromBase64(challenge)));
      // Hashing takes time, in which the connection may have been lost.
      if (attempt !== this.#attempt) return;
      if (value === undefined) return this.#abort(this.#refusals.tooMuch);
      const text = toBase64(new TextEncoder().encode(value));
      for (let at = 0; at <= text.length; at += CHUNK) this.#send(text.slice(at, at + CHUNK) || "+");
    } catch (error) {
      if (attempt !== this.#attempt) return;
      // An error of the machine's own cryptography means that the challenge was none.
      this.#abort(this.#refusals[error instanceof SaslError ? error.reason : "unreadable"]);
    } finally {
      attempt.isBusy = false;
    }
  }
}
