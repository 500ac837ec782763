/** Talking: PRIVMSG, NOTICE, TAGMSG. */

import { ERR_NORECIPIENT, ERR_NOTEXTTOSEND, ERR_TOOMANYTARGETS, ERR_UNKNOWNCOMMAND, RPL_AWAY } from "../../protocol.ts";
import type { Line } from "../capabilities.ts";
import { BOUNDS } from "../isupport.ts";
import { ReplyError, type Session } from "../session.ts";
import { attempt, type CommandTable, listItems } from "./command.ts";

/** The tags that a client may attach: those that begin with `+` (IRCv3 message-tags, "Client-only tags"). */
export function clientTags(session: Session, tags: Record<string, string>): Record<string, string> {
  if (!session.has("message-tags")) return {};
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("+")));
}

/**
 * Brings a message to each of its targets.
 *
 * @param text The text, or nothing for TAGMSG.
 * @param lines The text's lines where it has several.
 */
export function say(
  session: Session,
  command: string,
  targets: string,
  text: string[],
  tags: Record<string, string>,
  lines?: Line[],
): void {
  const list = listItems(targets);
  const isNotice = command === "NOTICE";
  if (list.length > BOUNDS.targets && !isNotice) {
    throw new ReplyError(ERR_TOOMANYTARGETS, targets, `Too many targets: ${BOUNDS.targets} at most`);
  }
  for (const target of list.slice(0, BOUNDS.targets)) {
    const send = () => session.chat.say(session, command, [target, ...text], tags, lines);
    // Nothing is ever answered to a NOTICE, not even an error (RFC 2812 section 3.3.2).
    const person = isNotice ? silently(send) : attempt(session, send);
    if (command === "PRIVMSG" && person?.away !== undefined) session.reply(RPL_AWAY, person.nick, person.away);
  }
}

/** Does something; a refusal is not told. */
function silently<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    return undefined;
  }
}

/** The family's commands. */
export const MESSAGES: CommandTable = {
  PRIVMSG: {
    minParams: 0,
    handler(session, [targets = "", text = ""], { tags }) {
      if (targets === "") throw new ReplyError(ERR_NORECIPIENT, "No recipient given (PRIVMSG)");
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      say(session, "PRIVMSG", targets, [text], clientTags(session, tags));
    },
  },
  NOTICE: {
    minParams: 0,
    handler(session, [targets = "", text = ""], { tags }) {
      if (targets !== "" && text !== "") say(session, "NOTICE", targets, [text], clientTags(session, tags));
    },
  },
  TAGMSG: {
    minParams: 0,
    handler(session, [targets = ""], { tags }) {
      if (targets === "") throw new ReplyError(ERR_NORECIPIENT, "No recipient given (TAGMSG)");
      if (!session.has("message-tags")) throw new ReplyError(ERR_UNKNOWNCOMMAND, "TAGMSG", "Unknown command");
      say(session, "TAGMSG", targets, [], clientTags(session, tags));
    },
  },
};
