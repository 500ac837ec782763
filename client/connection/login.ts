/**
 * Logging in to an account over a connection (IRCv3 sasl): the AUTHENTICATE lines of one exchange at a time, and how it
 * ends. It must not know when a client logs in, nor keep a password.
 *
 * @module
 */

import {
  ERR_SASLFAIL,
  type Message,
  type MessageInit,
  RPL_LOGGEDIN,
  RPL_SASLMECHS,
  RPL_SASLSUCCESS,
} from "../../protocol.ts";
import { type Credentials, type Exchange, fromBase64, mechanismOf, SaslError, toBase64 } from "./sasl.ts";
import type { Sentences } from "../sentences.ts";
import type { Clock } from "../clock.ts";

/** Characters of base64 in one AUTHENTICATE; a message of a multiple of it ends with an empty one. */
const CHUNK = 400;
/** Characters of one challenge at most. */
const LONGEST = 10 * CHUNK;
/** How long a server may take for the whole, in milliseconds: it may hash the passwords of others first. */
const PATIENCE = 10_000;

/** 902, 904 to 907: the server ends the exchange. */
const REFUSALS = new Set(["902", ERR_SASLFAIL, "905", "906", "907"]);

/** What `Login` needs. */
export interface LoginOptions {
  clock: Clock;
  /** What is said to the person. */
  sentences: () => Sentences;
  /** Sends one message now. */
  send: (message: MessageInit) => void;
  /** Told of the server's RPL_LOGGEDIN of an exchange, once that is through: before, it says so without a proof. */
  onLoggedIn: (message: Message) => void;
}

/** The exchange that is under way, if there is one. */
interface Attempt {
  exchange: Exchange;
  /** What has come of the next challenge. */
  text: string;
  /** Whether the last challenge is being answered, which takes a moment; and whether the server has said that it is over. */
  isBusy: boolean;
  isOver: boolean;
  /** What the server says about the account. */
  loggedIn?: Message;
  /** Ends it; with a clause that says why it has failed, or without. */
  end: (refusal?: string) => void;
}

/** Logs in, over as many connections as it takes. */
export class Login {
  readonly #options: LoginOptions;
  #attempt: Attempt | undefined;

  constructor(options: LoginOptions) {
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

  /** Says that the connection is lost. */
  lost(): void {
    this.#attempt?.end(this.#refusals.lost);
  }

  get #refusals(): Sentences["loginRefusals"] {
    return this.#options.sentences().loginRefusals;
  }

  /** What a server's refusal means. Most have one text for all that they do not want to tell more about. */
  #refusalOf(text: string): string {
    return /authentication failed$/i.test(text) ? this.#refusals.wrong : text;
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
    // Nobody can have a question before they have the answer to the last.
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
      // After the answer that is under way, if there is one.
      isThrough = (await attempt.exchange.next("")).done === true;
    } catch {
      // It cannot go on: there was no proof.
    }
    if (attempt !== this.#attempt) return;
    if (isThrough && attempt.loggedIn !== undefined) this.#options.onLoggedIn(attempt.loggedIn);
    attempt.end(isThrough ? undefined : this.#refusals.unproved);
  }

  async #answer(attempt: Attempt, challenge: string): Promise<void> {
    attempt.isBusy = true;
    try {
      const { value } = await attempt.exchange.next(new TextDecoder().decode(fromBase64(challenge)));
      // Hashing takes its time, and the connection may be gone.
      if (attempt !== this.#attempt) return;
      if (value === undefined) return this.#abort(this.#refusals.tooMuch);
      const text = toBase64(new TextEncoder().encode(value));
      for (let at = 0; at <= text.length; at += CHUNK) this.#send(text.slice(at, at + CHUNK) || "+");
    } catch (error) {
      if (attempt !== this.#attempt) return;
      // What the machine's own cryptography refuses was not fit for it.
      this.#abort(this.#refusals[error instanceof SaslError ? error.reason : "unreadable"]);
    } finally {
      attempt.isBusy = false;
    }
  }
}

/** Whether somebody who is logged out has been told by the server, or its NickServ, that their nick has an owner. */
export function asksForLogin({ source = "", command, params }: Message): boolean {
  const isOfServer = !source.includes("!") || /^NickServ!/i.test(source);
  return command === "NOTICE" && isOfServer && OWNED.test(params.at(-1) ?? "");
}

/** In the words of our server, and of the services that others have. */
const OWNED =
  /\bnick of an account\b|\bnick(?:name)? (?:\S+ )?is (?:already )?(?:registered|owned|reserved|protected)\b/i;
