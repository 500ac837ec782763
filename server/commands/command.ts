/**
 * What a command is: a record in a table, checked before its handler runs. The tables stand in this folder's files,
 * by family; `mod.ts` joins them.
 *
 * @module
 */

import { byteLength, LIMITS, type Message } from "../../protocol.ts";
import { ReplyError, type Session } from "../session.ts";
import { WordLines } from "../words.ts";

/** One command that clients may send. */
export interface Command {
  /** With fewer parameters than this it is answered by 461. */
  minParams: number;
  /** Whether it may be sent before registration is complete; 451 otherwise. */
  beforeRegistration?: boolean;
  /** Carries it out. A `ReplyError` that it throws is sent as the reply. */
  handler(session: Session, params: string[], message: Message): void;
}

/** Commands by name, in capitals. */
export type CommandTable = Record<string, Command>;

/** Does something for each item of a comma-separated list; what is refused for one does not stop the others. */
export function forEachItem(session: Session, list: string, handle: (item: string, index: number) => void): void {
  for (const [index, item] of list.split(",").entries()) {
    if (item === "") continue;
    try {
      handle(item, index);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      session.reply(error.numeric, ...error.params);
    }
  }
}

/** Sends words in as many replies as they need: `:server numeric nick params... :word word ...`, 512 bytes each. */
export function replyWithWords(session: Session, numeric: string, params: string[], words: Iterable<string>): void {
  const room = LIMITS.lineBytes - 2 -
    byteLength(`:${session.chat.name} ${numeric} ${session.nick} ${params.join(" ")} :`);
  for (const line of new WordLines(room, words).lines) session.reply(numeric, ...params, line);
}
