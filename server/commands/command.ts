/**
 * What a command is: a record that says how it is written, what it does, what is checked before it runs, and how it
 * runs. The records stand in this folder's files, by family; table.ts joins them, and run.ts checks and runs them.
 *
 * @module
 */

import { byteLength, casefold, ERR_NOPRIVILEGES, LIMITS, type Message } from "../../protocol.ts";
import type { Capability } from "../room/capabilities.ts";
import type { Chat } from "../room/chat.ts";
import type { Person } from "../room/person.ts";
import { type Reply, ReplyError } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import { WordLines } from "../room/words.ts";

/** A numeric and its parameters after the nick. */
type Refusal = [numeric: string, ...params: string[]];

/** A command that is being carried out. */
export interface Call {
  readonly chat: Chat;
  /** The connection that sent it. */
  readonly session: Session;
  /** Whose connection that is. */
  readonly person: Person;
  /** Where it is answered. */
  readonly reply: Reply;
}

/** One command that clients may send. The checks that it names are made in the order in which they stand here. */
export interface Command {
  /** In capitals. */
  readonly name: string;
  /** How it is written, with its name: one form, or several. */
  readonly usage: string | string[];
  /** What it does, in a line or several of at most 120 characters. HELP shows them after the first form. */
  readonly help: string | string[];
  /**
   * Whether it may be sent before registration is complete; with a capability, only by sessions that have it. Others are
   * answered by 451.
   */
  readonly beforeRegistration?: boolean | Capability;
  /** The least number of parameters; fewer are answered by 461. 0 when left out. */
  readonly minParams?: number;
  /** The answer where the first parameter is missing or empty. */
  readonly missing?: Refusal;
  /** Whether only the server's operators may use it; others are answered by 481. */
  readonly isForOperators?: boolean;
  /** The capability that a session must have to use it. */
  readonly capability?: Capability;
  /** The answer to a session without that capability; `FAIL name NEED_CAPABILITY capability` when left out. */
  readonly withoutCapability?: Refusal | typeof UNKNOWN_COMMAND;
  /**
   * Whether it shows the sender's own words to others. Muted senders may not do that, so before the handler runs it is
   * found, in steps, in which channels the sender is muted.
   */
  readonly tells?: boolean;
  /**
   * How many rows the database keeps because of it at most; the text's own bytes are added to that. Messages are left
   * out: their commands ask `Session.affords` themselves. 0 when left out.
   */
  readonly keeps?: (call: Call, params: string[]) => number;
  /**
   * Runs it. A `ReplyError` that it throws is sent as the reply.
   *
   * A handler that looks at many people, channels, masks or messages is a generator. It yields after each of them, after
   * some 50 us of work at most, and goes on when other connections have had their turn and its reader has taken what was
   * answered so far. So between two yields everything may change. It yields a promise to wait for it. A handler that only
   * waits, as for a password to be hashed, returns a promise. The session's next line is handled when all is done.
   */
  readonly handler: (call: Call, params: string[], message: Message) => void | Steps | Promise<void>;
}

/** Stands for the answer to a command that does not exist: 421. */
export const UNKNOWN_COMMAND = "unknown command";

/** The steps of a long piece of work: see `Command.handler`. */
export type Steps = Generator<void | Promise<unknown>, void>;

/** Refuses everybody but the server's operators. Throws 481. */
export function requireServerOperator({ isOperator }: Person): void {
  if (isOperator) return;
  throw new ReplyError(ERR_NOPRIVILEGES, "Permission Denied- You're not an IRC operator");
}

/** The items of a comma-separated list: each once, letter case aside, and `most` of them at most. */
export function listItems(list: string, most = Infinity): string[] {
  if (!list.includes(",")) return list === "" ? [] : [list];
  const items = new Map<string, string>();
  for (const item of list.split(",")) if (item !== "" && !items.has(casefold(item))) items.set(casefold(item), item);
  return [...items.values()].slice(0, most);
}

/** Does something; where that is refused, sends the refusal as the reply, and gives undefined. */
export function attempt<T>(reply: Reply, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    reply.numeric(error.numeric, ...error.params);
    return undefined;
  }
}

/** Sends words in as many replies as they need: `:server numeric nick params... :word word ...`, 512 bytes each. */
export function replyWithWords(
  reply: Reply,
  numeric: string,
  params: string[],
  words: Iterable<string>,
  separator = " ",
): void {
  const { origin, person } = reply.session;
  const room = LIMITS.lineBytes - 2 -
    byteLength(`:${origin.name} ${numeric} ${person.nick} ${params.join(" ")} :`);
  for (const line of new WordLines(room, words).lines) {
    reply.numeric(numeric, ...params, line.replaceAll(" ", separator));
  }
}
