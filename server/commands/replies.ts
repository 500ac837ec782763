/** How answers are written that several commands give. */

import type { Reply } from "../room/reply.ts";
import { bytesLeft, WordLines } from "../room/texts.ts";

/**
 * Sends words in as many replies as they need, of 512 bytes at most: `:server numeric nick params... :word word ...`.
 *
 * @param separator What stands between two words.
 */
export function replyWithWords(
  reply: Reply,
  numeric: string,
  params: string[],
  words: Iterable<string>,
  separator = " ",
): void {
  const { origin, person } = reply.session;
  const bytes = bytesLeft(`:${origin.name} ${numeric} ${person.nick} ${params.join(" ")} :`);
  for (const line of new WordLines(bytes, words).lines) {
    reply.numeric(numeric, ...params, line.replaceAll(" ", separator));
  }
}

/** A time or a period in whole seconds, as numerics tell it. @param milliseconds Since 1970, or the period's length. */
export function seconds(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)}`;
}

/** Answers in the name of a service, which is no person: `NickServ!services`. */
export function replyAs(service: string, reply: Reply, command: "NOTICE" | "PRIVMSG", text: string): void {
  const { origin, person } = reply.session;
  reply.send({ ...origin.event(command, [person.nick, text]), source: `${service}@${origin.name}` });
}
