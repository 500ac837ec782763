/**
 * Why a client's connection ends, for now or for good: what the server says of it, and what this side knows better.
 *
 * @module
 */

import {
  ERR_ERRONEUSNICKNAME,
  ERR_NOPERMFORHOST,
  ERR_PASSWDMISMATCH,
  ERR_YOUREBANNEDCREEP,
  type Message,
} from "../../protocol.ts";
import { messageOf } from "../errors.ts";
import { farewellText, refusalText } from "../room_bans.ts";
import type { Sentences } from "../sentences.ts";
import { ConnectionError } from "./connection_error.ts";
import type { ConnectionOptions } from "./options.ts";

/** The ends of one client's connections. Of one connection the reason that is known first counts. */
export class Ending {
  /** Whether the room has said that it closes, since it last welcomed this client. */
  wasClosed = false;
  readonly #options: Pick<ConnectionOptions, "address" | "clock" | "sentences">;
  #reason: string | undefined;
  #final: ConnectionError | undefined;

  constructor(options: Pick<ConnectionOptions, "address" | "clock" | "sentences">) {
    this.#options = options;
  }

  /** Another connection begins. */
  begin(): void {
    this.#reason = undefined;
  }

  /** The server has welcomed this client. */
  welcomed(): void {
    this.wasClosed = false;
  }

  /** Why the connection has ended, as a clause. */
  get reason(): string {
    return this.#reason ?? this.#options.sentences().disconnections.closed;
  }

  /** Why there will be no other one; undefined where there may be. */
  get final(): ConnectionError | undefined {
    return this.#final;
  }

  /** This side ends the connection. @param reason As a clause. */
  because(reason: string): void {
    this.#reason ??= reason;
  }

  /** There is to be no other connection. @param reason Why this one ends, as a clause. */
  forGood(error: ConnectionError, reason: string): void {
    this.#final ??= error;
    this.because(reason);
  }

  /** The connection has failed. */
  failed(error: unknown): void {
    if (error instanceof ConnectionError) this.forGood(error, error.message);
    else this.because(messageOf(error));
  }

  /** The server has said in an ERROR why it ends the connection. */
  said({ params }: Message): void {
    const { clock, sentences } = this.#options;
    this.wasClosed ||= isClosing(params);
    this.because(reasonOf(params, clock.now(), sentences()));
  }

  /**
   * Takes what the server says before it has let this client in.
   *
   * @param nick The nick that was asked for.
   * @returns Whether it refuses for good.
   */
  refuses(message: Message, nick: string): boolean {
    const { address, clock, sentences } = this.#options;
    const refusal = finalRefusal(message, { nick, address, now: clock.now(), sentences: sentences() });
    if (refusal === undefined) return false;
    this.forGood(new ConnectionError(refusal.sentence, refusal.numeric), refusal.clause);
    return true;
  }
}

/** Whether a server says in an ERROR that the room closes (server/serve.ts): then it may be open again soon. */
function isClosing(params: readonly string[]): boolean {
  return params.at(-1) === "Closing link: (The room is closing)";
}

/** Why a server ends the connection, as a clause. @param params Of its ERROR. @param now Milliseconds since 1970. */
function reasonOf(params: readonly string[], now: number, sentences: Sentences): string {
  const { disconnections: { closing, says } } = sentences;
  const text = params.at(-1) ?? "";
  return isClosing(params) ? closing : farewellText(text, now, sentences) ?? says(text);
}

/** Refusals after which trying again is of no use, each with its clause; `text` is in the server's words. */
const FINAL = new Map<string, (why: Sentences["disconnections"], text: string, nick: string) => string>([
  [ERR_ERRONEUSNICKNAME, (why, text, nick) => why.nick(nick, text)],
  [ERR_NOPERMFORHOST, (why, text) => why.notAllowed(text)],
  [ERR_PASSWDMISMATCH, (why) => why.password],
  [ERR_YOUREBANNEDCREEP, (why, text) => why.banned(text)],
]);

/**
 * Says why a server lets nobody in for good.
 *
 * @param nick The nick that was asked for.
 * @param now Milliseconds since 1970.
 * @returns The numeric, a clause, and a sentence; undefined where the message is no such refusal.
 */
function finalRefusal(
  { command, params }: Message,
  { nick, address, now, sentences }: { nick: string; address: string; now: number; sentences: Sentences },
): { numeric: string; clause: string; sentence: string } | undefined {
  const text = params.at(-1) ?? "";
  // Some servers only say it in their farewell.
  const numeric = command === "ERROR" && /pass ?word/i.test(text) ? ERR_PASSWDMISMATCH : command;
  const clause = FINAL.get(numeric)?.(sentences.disconnections, text, nick);
  if (clause === undefined) return undefined;
  const known = numeric === ERR_YOUREBANNEDCREEP ? refusalText(text, now, sentences) : undefined;
  return { numeric, clause, sentence: known ?? sentences.connection.cannotJoin(address, clause) };
}
