/** Talking: PRIVMSG, NOTICE, TAGMSG. */

import { ERR_NORECIPIENT, ERR_NOTEXTTOSEND, ERR_TOOMANYTARGETS, ERR_UNKNOWNCOMMAND, RPL_AWAY } from "../../protocol.ts";
import { BOUNDS } from "../isupport.ts";
import { ReplyError, type Session } from "../session.ts";
import { attempt, type CommandTable, listItems } from "./command.ts";

/** The tags that a client may attach: those that begin with `+` (IRCv3 message-tags, "Client-only tags"). */
function clientTags(session: Session, tags: Record<string, string>): Record<string, string> {
  if (!session.has("message-tags")) return {};
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("+")));
}

function say(session: Session, command: string, targets: string, text: string[], tags: Record<string, string>): void {
  const list = listItems(targets);
  if (list.length > BOUNDS.targets) {
    throw new ReplyError(ERR_TOOMANYTARGETS, targets, `Too many targets: ${BOUNDS.targets} at most`);
  }
  for (const target of list) {
    const person = attempt(session, () => session.chat.say(session, command, [target, ...text], tags));
    if (command === "PRIVMSG" && person?.away !== undefined) session.reply(RPL_AWAY, person.nick, person.away);
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
      if (targets === "" || text === "") return;
      // Nothing is ever answered to a NOTICE, not even an error (RFC 2812 section 3.3.2).
      for (const target of listItems(targets, BOUNDS.targets)) {
        try {
          session.chat.say(session, "NOTICE", [target, text], clientTags(session, tags));
        } catch (error) {
          if (!(error instanceof ReplyError)) throw error;
        }
      }
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
