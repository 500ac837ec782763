/**
 * What a command is: a record that says how the command is written, what it does, what is checked before it runs, and how
 * it runs. The records stand in the files of this folder, by family. table.ts joins them, and mod.ts checks and runs them.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Capability } from "../room/capabilities.ts";
import type { Chat } from "../room/chat.ts";
import type { Person } from "../room/person.ts";
import type { Reply } from "../room/reply.ts";
import type { Session } from "../room/session.ts";

/** An answer that refuses a command: a numeric and its parameters after the nick. */
type Refusal = [numeric: string, ...params: string[]];

/** What a handler gets: the room, who sent the command by which connection, and where to answer it. */
export interface Call {
  readonly chat: Chat;
  /** The connection that sent the command. */
  readonly session: Session;
  /** The person whose connection that is. */
  readonly person: Person;
  readonly reply: Reply;
}

/** One command that clients may send. Its checks are made in the order in which they stand here. */
export interface Command {
  /** In capitals. */
  readonly name: string;
  /** How it is written, with its name: in one form, or in several. */
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
  /** The answer if the first parameter is missing or empty. */
  readonly withoutFirst?: Refusal;
  /** Whether only the server's operators may use it; others are answered by 481. */
  readonly isForOperators?: boolean;
  /** The capability that a session must have to use it. */
  readonly capability?: Capability;
  /** The answer to a session without that capability; `FAIL name NEED_CAPABILITY capability` when left out. */
  readonly withoutCapability?: Refusal | typeof UNKNOWN_COMMAND;
  /**
   * Whether others read the sender's own words by it. Senders who are muted may not let them, so before the handler runs
   * it is found, in steps, in which channels the sender is muted.
   */
  readonly isReadByOthers?: boolean;
  /**
   * The most rows that the database keeps because of it. The bytes of the parameters are added to them. Kept messages are
   * not counted here: their commands ask `Session.affords` themselves. 0 when left out.
   */
  readonly keptRows?: (call: Call, params: string[]) => number;
  /**
   * Runs the command. A `ReplyError` that it throws is sent as the reply. The session's next line is handled when the
   * command is done.
   *
   * A handler that looks at many people, channels, masks or messages is a generator. It yields after each of them, after
   * some 50 us of work at most, and goes on when other connections have had their turn and its reader has taken what was
   * answered so far. So everything may change at a yield. A handler that yields a promise goes on when that is settled. A
   * handler that does nothing but wait, as for a password to be hashed, returns a promise.
   */
  readonly handler: (call: Call, params: string[], message: Message) => void | Steps | Promise<void>;
}

/** Stands for the answer to a command that does not exist, which names it: 421. */
export const UNKNOWN_COMMAND = "unknown command";

/** The steps of a long piece of work: see `Command.handler`. */
export type Steps = Generator<void | Promise<unknown>, void>;
