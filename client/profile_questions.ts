/**
 * What a client asks its server of other people beside their nicks: under which names they are shown, and their status (IRCv3
 * metadata).
 *
 * @module
 */

import { type Message, RPL_KEYNOTSET, RPL_KEYVALUE } from "../protocol.ts";
import { BOUNDS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { Actions } from "./commands/actions.ts";
import { PROFILE_KEYS, Profiles } from "./state/profiles.ts";

/** How many questions a server may have this client ask later, and after how many seconds at the most. */
const MOST_POSTPONED = 20;
const MOST_SECONDS = 60;

/** The questions of one client. */
export class ProfileQuestions {
  readonly #actions: Pick<Actions, "can" | "ask" | "askQuietly" | "tell" | "sentences">;
  readonly #clock: Clock;
  readonly #demand: () => boolean;
  /** What is to be asked for later, as the server has said, with what cancels that. */
  readonly #postponed = new Map<string, () => void>();

  /** @param demand Asks the server for the capability; gives whether it has it. */
  constructor(
    actions: Pick<Actions, "can" | "ask" | "askQuietly" | "tell" | "sentences">,
    clock: Clock,
    demand: () => boolean,
  ) {
    this.#actions = actions;
    this.#clock = clock;
    this.#demand = demand;
  }

  /** Has the server tell of those who are here, from now on. */
  async watch(): Promise<void> {
    if (this.#actions.can("batch") && this.#demand()) await this.#actions.ask("METADATA", "*", "SUB", ...PROFILE_KEYS);
  }

  /** The server has more to tell of them than at once. @param params Own nick, of whom, and in how many seconds to ask for it. */
  later([, target = "", seconds = ""]: string[]): void {
    if (this.#postponed.has(target) || this.#postponed.size >= MOST_POSTPONED || target.length > BOUNDS.name) return;
    const wait = 1_000 * Math.min(Math.max(0, Number(seconds) || 0), MOST_SECONDS);
    const cancel = this.#clock.after(wait, () => {
      this.#postponed.delete(target);
      if (this.#actions.can("draft/metadata-3")) void this.#actions.ask("METADATA", target, "SYNC");
    });
    this.#postponed.set(target, cancel);
  }

  /** Asks for nothing more: the connection is over. */
  end(): void {
    for (const cancel of this.#postponed.values()) cancel();
    this.#postponed.clear();
  }

  /** Tells the person what the server knows of somebody. */
  async tell(nick: string): Promise<void> {
    if (!this.#actions.can("draft/metadata-3")) return;
    const profiles = new Profiles();
    for (const { command, params } of await this.ask(nick) ?? []) {
      if (command === RPL_KEYVALUE) profiles.take(command, params);
    }
    const { displayName, status } = profiles.of(nick);
    const { whois } = this.#actions.sentences;
    if (displayName !== undefined) this.#actions.tell({ type: "whois", nick, text: whois.displayName(displayName) });
    if (status !== undefined) this.#actions.tell({ type: "whois", nick, text: whois.status(status) });
  }

  /** Asks for all that is shown of somebody. @param target A nick, or `*` for this client's own person. */
  ask(target: string): Promise<Message[] | undefined> {
    const quiet = [RPL_KEYVALUE, RPL_KEYNOTSET, "FAIL"];
    return this.#actions.askQuietly(quiet, "METADATA", target, "GET", ...PROFILE_KEYS);
  }

  /** What this person is besides their nick, as the server has it; each "" where there is none. */
  async own(): Promise<{ displayName: string; status: string }> {
    const replies = this.#demand() ? await this.ask("*") : undefined;
    const [displayName, status] = PROFILE_KEYS.map((key) =>
      replies?.find(({ command, params }) => command === RPL_KEYVALUE && params[2] === key)?.params.at(-1) ?? ""
    );
    return { displayName, status };
  }

  /** Sets the status of this person, "": none. @returns Nothing once it is done; a sentence where it is refused. */
  async setStatus(status: string): Promise<string | undefined> {
    const { calling, refusals, connection } = this.#actions.sentences;
    if (!this.#demand()) return connection.noStatus;
    const params = ["*", "SET", "status", ...(status === "" ? [] : [status])];
    const replies = await this.#actions.askQuietly([RPL_KEYVALUE, RPL_KEYNOTSET, "FAIL"], "METADATA", ...params);
    if (replies === undefined) return calling.noAnswer;
    const fail = replies.find(({ command }) => command === "FAIL");
    if (fail === undefined) return undefined;
    const [command = "", code = ""] = fail.params;
    return refusals.standard({ command, code, text: fail.params.at(-1) ?? "" });
  }
}
