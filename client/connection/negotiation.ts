/**
 * Which capabilities a client asks for, which the server offers, and which are in force
 * (ircv3.net/specs/extensions/capability-negotiation).
 *
 * @module
 */

import type { MessageInit } from "../../protocol.ts";
import { type MultilineBounds, readMultilineBounds } from "./multiline.ts";

/** The capabilities that a client asks for where they are offered (ircv3.net/registry#capabilities). */
export const CAPABILITIES = [
  "account-notify",
  "account-tag",
  "away-notify",
  "batch",
  "cap-notify",
  "chghost",
  "draft/account-registration",
  "draft/authtoken",
  "draft/channel-rename",
  "draft/chathistory",
  "draft/event-playback",
  "draft/message-edit",
  "draft/message-redaction",
  "draft/multiline",
  "draft/read-marker",
  "echo-message",
  "extended-join",
  "invite-notify",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "sasl",
  "server-time",
  "setname",
  "soju.im/search",
  "standard-replies",
  "teahouse.chat/device",
  "teahouse.chat/identity",
  "userhost-in-names",
] as const;

/** What is asked for by a client that has calls. */
const OF_CALLS = ["teahouse.chat/call"] as const;

/** The capabilities that are asked for when they are needed. With metadata a server would tell more than is shown. */
const ON_DEMAND = ["draft/metadata-3"] as const;

/** No other capabilities are noted: a server may offer them without end. */
const KNOWN: ReadonlySet<string> = new Set([...CAPABILITIES, ...OF_CALLS, ...ON_DEMAND]);

/** What `Negotiation` needs. */
export interface NegotiationOptions {
  /** Sends one message now. */
  send: (message: MessageInit) => void;
  /** Whether the client has calls. */
  hasCalls?: boolean;
  /** Called when all that was asked for is answered: after CAP LS, and again after each CAP NEW. */
  onEnd: () => void;
}

/** The negotiations of one client, on one connection after the other. */
export class Negotiation {
  /** The capabilities in force. */
  readonly inForce = new Set<string>();
  /** Those of both lists that the server offers, each with its value, "" if it has none. */
  readonly offered = new Map<string, string>();
  readonly #options: NegotiationOptions;
  #lastMultiline: MultilineBounds | undefined;

  constructor(options: NegotiationOptions) {
    this.#options = options;
  }

  /** A new connection: nothing is agreed. */
  begin(): void {
    this.inForce.clear();
    this.offered.clear();
  }

  /** Asks which capabilities there are. On servers that know CAP, registration then waits for CAP END. */
  ask(): void {
    this.#options.send({ command: "CAP", params: ["LS", "302"] });
  }

  /** Asks for a capability that is needed now. @returns Whether the server offers it. */
  demand(name: typeof ON_DEMAND[number]): boolean {
    const isOffered = this.offered.has(name);
    if (isOffered && !this.inForce.has(name)) this.#options.send({ command: "CAP", params: ["REQ", name] });
    return isOffered;
  }

  /** What the server takes as one message of several lines; undefined where it takes none (IRCv3 multiline, "Dependencies"). */
  get multiline(): MultilineBounds | undefined {
    const isInForce = ["batch", "draft/multiline", "message-tags"].every((name) => this.inForce.has(name));
    return isInForce ? readMultilineBounds(this.offered.get("draft/multiline") ?? "") : undefined;
  }

  /** The same, or what the server took last while there is no connection on which that is agreed. */
  get expectedMultiline(): MultilineBounds | undefined {
    return this.multiline ?? this.#lastMultiline;
  }

  /** Takes the parameters of a CAP of the server. */
  take([, subcommand = "", ...rest]: string[]): void {
    const names = (rest.at(-1) ?? "").split(" ").filter((name) => name !== "");
    this.#subcommands.get(subcommand.toUpperCase())?.(names, rest[0] === "*" && rest.length > 1);
  }

  readonly #subcommands = new Map<string, (names: string[], more: boolean) => void>([
    ["LS", (names, more) => this.#offer(names, more)],
    ["NEW", (names) => this.#offer(names, false)],
    ["DEL", (names) => {
      for (const name of names) {
        this.inForce.delete(name);
        this.offered.delete(name);
      }
    }],
    ["ACK", (names, more) => {
      for (const name of names) {
        if (name.startsWith("-")) this.inForce.delete(name.slice(1));
        else if (KNOWN.has(name)) this.inForce.add(name);
      }
      this.#lastMultiline = this.multiline ?? this.#lastMultiline;
      if (!more) this.#options.onEnd();
    }],
    ["NAK", () => this.#options.onEnd()],
  ]);

  #offer(names: string[], more: boolean): void {
    for (const name of names) {
      const [key] = name.split("=", 1);
      if (KNOWN.has(key)) this.offered.set(key, name.slice(key.length + 1));
    }
    if (more) return;
    const all = [...CAPABILITIES, ...(this.#options.hasCalls === true ? OF_CALLS : [])];
    const wanted = all.filter((name) => this.offered.has(name) && !this.inForce.has(name));
    if (wanted.length > 0) this.#options.send({ command: "CAP", params: ["REQ", wanted.join(" ")] });
    else this.#options.onEnd();
  }
}
