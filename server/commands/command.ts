/**
 * What a command is: a record in a table, checked before its handler runs. The tables stand in this folder's files,
 * by family; `mod.ts` joins them.
 *
 * @module
 */

import { byteLength, casefold, LIMITS, type Message } from "../../protocol.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { WordLines } from "../room/words.ts";

/** One command that clients may send. */
export interface Command {
  /** With fewer parameters than this it is answered by 461. */
  minParams: number;
  /** Whether it may be sent before registration is complete; 451 otherwise. */
  beforeRegistration?: boolean;
  /** Whether it tells others words of one's own, which those who are muted may not: in which channels one is, is found in steps before. */
  tells?: boolean;
  /** How many things are kept of it at the most, beside its text; those that keep messages ask for themselves. 0 where left out. */
  keeps?(session: Session, params: string[]): number;
  /**
   * Carries it out. A `ReplyError` that it throws is sent as the reply. One that looks at many people, channels, masks or
   * messages is a generator: it yields after each of them, some 50 us of work at the most, and goes on when others have
   * had their turn and when what it has answered so far has been taken. So between two yields all may have changed. It
   * yields a promise where it has to wait for that. One that only has to wait, as for a password to be hashed, gives a
   * promise. The session's next line is handled when all is done.
   */
  handler(session: Session, params: string[], message: Message): void | Steps | Promise<void>;
}

/** The steps of a long piece of work: see `Command.handler`. */
export type Steps = Generator<void | Promise<unknown>, void>;

/** Commands by name, in capitals. */
export type CommandTable = Record<string, Command>;

/** The items of a comma-separated list: each once, letter case aside, and so many of them at the most. */
export function listItems(list: string, most = Infinity): string[] {
  if (!list.includes(",")) return list === "" ? [] : [list];
  const items = new Map<string, string>();
  for (const item of list.split(",")) if (item !== "" && !items.has(casefold(item))) items.set(casefold(item), item);
  return [...items.values()].slice(0, most);
}

/** Does something; where that is refused, sends the refusal as the reply, and gives undefined. */
export function attempt<T>(session: Session, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    session.reply(error.numeric, ...error.params);
    return undefined;
  }
}

/** Sends words in as many replies as they need: `:server numeric nick params... :word word ...`, 512 bytes each. */
export function replyWithWords(
  session: Session,
  numeric: string,
  params: string[],
  words: Iterable<string>,
  separator = " ",
): void {
  const room = LIMITS.lineBytes - 2 -
    byteLength(`:${session.chat.name} ${numeric} ${session.nick} ${params.join(" ")} :`);
  for (const line of new WordLines(room, words).lines) {
    session.reply(numeric, ...params, line.replaceAll(" ", separator));
  }
}
