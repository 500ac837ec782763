/** What people tell of themselves: AWAY, SETNAME. */

import { RPL_NOWAWAY, RPL_UNAWAY } from "../../protocol.ts";
import { UNSAID } from "../room/chat.ts";
import { BOUNDS } from "../room/isupport.ts";
import { setAway, setRealname } from "../room/person.ts";
import { cut } from "../room/words.ts";
import type { Command } from "./command.ts";

/** The family's commands. */
export const ONESELF: Command[] = [
  {
    name: "AWAY",
    usage: "AWAY [:reason]",
    help: "Marks you as away, or without a reason as back.",
    tells: true,
    beforeRegistration: "draft/pre-away",
    handler(session, [said = ""]) {
      // Away for a reason that nobody has written: by a client of its own accord (IRCv3 pre-away).
      const reason = said === "*" && session.has("draft/pre-away") ? UNSAID : said;
      setAway(session, reason === "" ? undefined : cut(reason, BOUNDS.away));
      if (reason === "") session.reply(RPL_UNAWAY, "You are no longer marked as being away");
      else session.reply(RPL_NOWAWAY, "You have been marked as being away");
    },
  },
  {
    name: "SETNAME",
    usage: "SETNAME :real name",
    help: "Changes your real name.",
    minParams: 1,
    tells: true,
    handler(session, [realname]) {
      if (realname === "" || [...realname].length > BOUNDS.realname) {
        if (!session.has("setname")) return;
        return session.fail(
          "SETNAME",
          "INVALID_REALNAME",
          `Real name is not valid: 1 to ${BOUNDS.realname} characters`,
        );
      }
      const channel = session.chat.mutedIn(session);
      if (channel !== undefined) {
        const why = `You can't change your real name while you are banned or muted in ${channel.name}`;
        return session.fail("SETNAME", "CANNOT_CHANGE_REALNAME", why);
      }
      setRealname(session, realname);
    },
  },
];
