/**
 * Logging in to an account: on each connection by itself, and when the person wants it. Passwords stay in memory, and are sent
 * as they are only over an encrypted connection or where the person agrees.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import { foldName } from "../names.ts";
import type { Sentences } from "../sentences.ts";
import { Authentication } from "./authentication.ts";
import type { Negotiation } from "./negotiation.ts";
import type { OwnNick } from "./own_nick.ts";
import { type Credentials, mechanismOf } from "./sasl.ts";
import type { Transport } from "./transport.ts";

/** What `Login` needs. */
export interface LoginOptions {
  /** The account to log in to on each connection. */
  credentials: Credentials | undefined;
  /** The server's address, for sentences. */
  address: string;
  /** Whether nobody on the way can read what is sent. */
  isEncrypted: boolean;
  /** Asks the person whether to go on; without it, what needs their consent is refused. */
  confirm: ((question: string, doing: "send") => Promise<boolean>) | undefined;
  clock: Clock;
  sentences: () => Sentences;
  negotiation: Negotiation;
  nick: OwnNick;
  /** What carries the lines at the moment; undefined while there is no connection. */
  transport: () => Transport | undefined;
  /** Whether registration has ended. */
  isRegistered: () => boolean;
  /** Whether this connection came by a device, which then stays logged in without a password. */
  hasDevice: () => boolean;
  /** Sends one message now. */
  send: (message: MessageInit) => void;
  /** Told of the server's RPL_LOGGEDIN, once it is proved. */
  onLoggedIn: (message: Message) => void;
  /** It could not log in by itself; a clause that says why. It does not try again. */
  onRefused: (account: string, why: string) => void;
}

/** The login of one client, over as many connections as there are. */
export class Login {
  readonly #options: LoginOptions;
  readonly #authentication: Authentication;
  /** The account that is logged in to on each connection; in memory only. */
  #credentials: Credentials | undefined;
  /** The folded names whose passwords the person has agreed to send where others on the network can read them. */
  readonly #agreed = new Set<string>();
  /** Whether it has tried by itself on this connection. */
  #hasTried = false;
  #isLoggedIn = false;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    const { clock, sentences, send, onLoggedIn } = options;
    this.#authentication = new Authentication({ clock, sentences, send, onLoggedIn });
  }

  /** Whether each connection to come is logged in to an account by a password. */
  get isByPassword(): boolean {
    return this.#credentials !== undefined;
  }

  /** Whether this connection is logged in by a password that was told or proved, and not only by the server's word. */
  get isLoggedIn(): boolean {
    return this.#isLoggedIn;
  }

  /**
   * Logs in to an account on each connection to come, as on this one; undefined: to none any more. Where a device stays logged
   * in, the password is not kept: a device that its owner has ended elsewhere must not come back by it.
   */
  keep(credentials: Credentials | undefined): void {
    this.#credentials = this.#options.hasDevice() ? undefined : credentials;
    this.#isLoggedIn = credentials !== undefined;
  }

  /**
   * Logs in to an account now and on each connection to come, and takes the nick back that belongs to it.
   *
   * @returns Nothing once it is done; a clause that says why it cannot be done.
   */
  async logIn(credentials: Credentials): Promise<string | undefined> {
    const refusal = await this.#authenticate(credentials);
    if (refusal === undefined) this.#options.nick.takeBack(credentials.account);
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
    const { loginRefusals, accounts } = this.#options.sentences();
    const transport = this.#options.transport();
    if (confirm === undefined) return loginRefusals.unencrypted;
    if (!await confirm(accounts.mayBeRead(name, address), "send")) return loginRefusals.notAgreed;
    // By now it may be another server, about which the person was not asked.
    if (transport === undefined || transport !== this.#options.transport()) return loginRefusals.lost;
    this.#agreed.add(foldName(name));
    return undefined;
  }

  /** A new connection: nobody is logged in. */
  begin(): void {
    this.#hasTried = this.#isLoggedIn = false;
  }

  /** Logs in by itself, if it should and has not tried on this connection. `onRefused` is told where it cannot. */
  async logInOnce(): Promise<void> {
    const credentials = this.#credentials;
    if (credentials === undefined || this.#hasTried) return;
    const { negotiation, nick } = this.#options;
    const hasAccounts = negotiation.inForce.has("sasl");
    // The person may take longer to answer a question than a server waits for a registration.
    if (!this.#options.isRegistered() && hasAccounts && this.#hasToAsk(credentials)) return;
    this.#hasTried = true;
    const refusal = hasAccounts ? await this.#authenticate(credentials) : this.#options.sentences().loginRefusals.none;
    if (refusal === undefined) return nick.keep(credentials.account);
    if (this.#options.transport() === undefined) return;
    this.#credentials = undefined;
    this.#options.onRefused(credentials.account, refusal);
  }

  /** Takes a message that belongs to an exchange. @returns Whether it does. */
  takes(message: Message): boolean {
    return this.#authentication.takes(message);
  }

  /** Ends what is under way, since the connection is lost. */
  lost(): void {
    this.#authentication.lost();
  }

  async #authenticate(credentials: Credentials): Promise<string | undefined> {
    if (this.#tellsPassword) {
      const refusal = await this.mayTell(credentials.account);
      if (refusal !== undefined) return refusal;
    }
    if (this.#options.transport() === undefined) return this.#options.sentences().loginRefusals.lost;
    const refusal = await this.#authentication.start(credentials, this.#offered);
    if (refusal === undefined) this.keep(credentials);
    return refusal;
  }

  /** The mechanisms that the server offers, see `mechanismOf`. */
  get #offered(): string {
    return this.#options.negotiation.offered.get("sasl") ?? "";
  }

  /** Whether the server takes a password only as it is. */
  get #tellsPassword(): boolean {
    return mechanismOf(this.#offered)?.tellsPassword === true;
  }

  /** Whether the person has to be asked before this client logs in to an account. */
  #hasToAsk({ account }: Credentials): boolean {
    return !this.#options.isEncrypted && this.#tellsPassword && !this.#agreed.has(foldName(account));
  }
}

/** The words of our server, and of the services of others. */
const OWNED =
  /\bnick of an account\b|\bnick(?:name)? (?:\S+ )?is (?:already )?(?:registered|owned|reserved|protected)\b/i;

/** Whether a message is a notice of the server, or of its NickServ, that the nick of this client's person has an owner. */
export function asksForLogin({ source = "", command, params }: Message): boolean {
  const isOfServer = !source.includes("!") || /^NickServ!/i.test(source);
  return command === "NOTICE" && isOfServer && OWNED.test(params.at(-1) ?? "");
}
