/**
 * The device by which a client comes back as who its person was: its secret is said, or one is asked for, on each connection
 * before registration ends. docs/devices.md has the lines.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import { mayBeNick } from "../names.ts";

/** The capability of a server that has devices. */
export const DEVICE = "teahouse.chat/device";

/** How long an answer is waited for, in milliseconds: a secret waits until those before it at the same address are looked at. */
const PATIENCE = 10_000;

/** How a secret may be written. */
const SECRET = /^[\w-]{16,200}$/;

/** Where a view keeps the secret of its device for one server. None of these throws. */
export interface KeptSecret {
  /** The secret; undefined where there is none. */
  readonly secret: string | undefined;
  /** What the device is called in the list that its owner sees. */
  readonly name: string;
  /** Keeps a secret that the server has given. */
  keep(secret: string): void;
  /** Notes that the person has come in by it. */
  used(): void;
  forget(): void;
}

/** What `DeviceEntry` needs. */
export interface DeviceEntryOptions {
  /** Where the secret is; "transport" where it comes with the transport, as the page's does in a cookie; undefined: no device. */
  kept: KeptSecret | "transport" | undefined;
  /** Whether the device is to be nobody's on the first connection, so that its person is somebody new. */
  isSomebodyNew: boolean;
  clock: Clock;
  /** Whether the capability is in force. */
  isInForce: () => boolean;
  /** Whether the server offers it. */
  isOffered: () => boolean;
  /** Sends one message now. */
  send: (message: MessageInit) => void;
  /** Told the token by which a page gets the new secret of its device, where that comes with the transport. */
  onRenewal: (token: string) => void;
  /** Told that the server knows the secret no longer. It is forgotten. */
  onEnded: () => void;
}

/** Who the server says that this client's person is: the nick that the device had last, and its account. */
export interface KnownAs {
  /** Undefined for a device that was never in the room. */
  nick: string | undefined;
  account: string | undefined;
}

/** How one client comes by its device, over as many connections as there are. */
export class DeviceEntry {
  readonly #options: DeviceEntryOptions;
  /** Whether it was tried on this connection. */
  #hasTried = false;
  /** Whether the device is still to be made nobody's. */
  #isToRelease: boolean;
  /** Whether an answer is still waited for. */
  #isBusy = false;
  /** A secret that is kept once its person has come in: before that the server does not keep its device either. */
  #fresh: string | undefined;
  /** Whether a new device is asked for. */
  #isNew = false;
  #answer: ((message: Message | undefined) => void) | undefined;
  /** Whether this connection came by a device, a new one or one that the server knew. */
  isIn = false;
  /** The account of the device, as the server has said on this connection. */
  account: string | undefined;

  constructor(options: DeviceEntryOptions) {
    this.#options = options;
    this.#isToRelease = options.isSomebodyNew;
  }

  /** Whether it is not known yet who the server takes this client for: a nick may be one's own that is refused until then. */
  get isPending(): boolean {
    return this.#options.kept !== undefined && this.#options.isOffered() && (!this.#hasTried || this.#isBusy);
  }

  /** A new connection. */
  begin(): void {
    this.#hasTried = this.isIn = false;
    this.#fresh = this.account = undefined;
  }

  /**
   * Comes by the device, once on each connection.
   *
   * @returns Who the server knows by it; undefined where there is none, or no answer.
   */
  async come(): Promise<KnownAs | undefined> {
    const { kept, isInForce } = this.#options;
    if (this.#hasTried) return undefined;
    this.#hasTried = true;
    if (kept === undefined || !isInForce()) return undefined;
    this.#isBusy = true;
    try {
      const question = this.#isToRelease ? "RELEASE" : "STATUS";
      const known = kept === "transport" ? knownAs(await this.#ask(question)) : await this.#comeBy(kept);
      if (known !== undefined) this.#isToRelease = false;
      this.isIn = known !== undefined || this.#fresh !== undefined;
      this.account = known?.account;
      return known;
    } finally {
      this.#isBusy = false;
    }
  }

  async #comeBy(kept: KeptSecret): Promise<KnownAs | undefined> {
    const tried: (string | undefined)[] = [];
    // Another client of the same person may have been given another secret meanwhile.
    for (let secret = kept.secret; secret !== undefined && !tried.includes(secret); secret = kept.secret) {
      const answer = await this.#ask("RESUME", secret);
      if (answer?.command !== "FAIL" || answer.params[1] !== "INVALID_SECRET") return knownAs(answer);
      tried.push(secret);
      if (kept.secret !== secret) continue;
      kept.forget();
      this.#options.onEnded();
    }
    this.#isNew = true;
    const { command, params: [what, secret = ""] } = await this.#ask("NEW", kept.name) ?? { command: "", params: [] };
    this.#isNew = false;
    // What can't stand in a line again could not be said to the server.
    if (command === "DEVICE" && what === "SECRET" && SECRET.test(secret)) this.#fresh = secret;
    return undefined;
  }

  /** The person has come in: a new secret is kept. */
  welcomed(): void {
    const { kept } = this.#options;
    if (typeof kept === "object") {
      if (this.#fresh !== undefined) kept.keep(this.#fresh);
      else if (this.isIn) kept.used();
    }
    this.#fresh = undefined;
  }

  /** Takes a message that answers a question of this. @returns Whether it does. */
  takes(message: Message): boolean {
    const { command, params } = message;
    if (command === "DEVICE" && params[0] === "COOKIE") {
      if (this.#options.kept === "transport") this.#options.onRenewal(params[1] ?? "");
      return true;
    }
    if (command === "DEVICE" && params[0] === "SECRET" && !this.#isNew) {
      this.#renewed(params[1] ?? "");
      return true;
    }
    const isAnswer = command === "DEVICE" || (command === "FAIL" && params[0] === "DEVICE");
    if (!isAnswer || this.#answer === undefined) return false;
    this.#answer(message);
    return true;
  }

  /** Takes another secret for the device: the one before opens nothing any more. */
  #renewed(secret: string): void {
    const { kept } = this.#options;
    if (typeof kept !== "object" || !SECRET.test(secret)) return;
    // The server keeps a device that it has not known before when its person has come in.
    if (this.#fresh !== undefined) this.#fresh = secret;
    else kept.keep(secret);
  }

  /** Ends what is waited for, since the connection is lost. */
  lost(): void {
    this.#answer?.(undefined);
  }

  #ask(...params: string[]): Promise<Message | undefined> {
    const { promise, resolve } = Promise.withResolvers<Message | undefined>();
    const cancel = this.#options.clock.after(PATIENCE, () => this.#answer?.(undefined));
    this.#answer = (message) => {
      this.#answer = undefined;
      cancel();
      resolve(message);
    };
    this.#options.send({ command: "DEVICE", params });
    return promise;
  }
}

/** Reads `DEVICE OK nick [account]`. */
function knownAs(answer: Message | undefined): KnownAs | undefined {
  if (answer?.command !== "DEVICE" || answer.params[0] !== "OK") return undefined;
  const [, nick = "*", account] = answer.params;
  return { nick: nick !== "*" && mayBeNick(nick) ? nick : undefined, account };
}
