/** What people tell of themselves: AWAY, SETNAME. */

import { RPL_NOWAWAY, RPL_UNAWAY } from "../../protocol.ts";
import { mutedIn } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { setAway, setRealname, UNSAID } from "../room/profile.ts";
import { cut } from "../room/words.ts";
import type { Command } from "./command.ts";

/** The family's commands. */
export const ONESELF: Command[] = [
  {
    name: "AWAY",
    usage: "AWAY [:reason]",
    help: "Marks you as away, or without a reason as back.",
    isReadByOthers: true,
    beforeRegistration: "draft/pre-away",
    handler(call, [said = ""]) {
      // Away for a reason that nobody has written: by a client of its own accord (IRCv3 pre-away).
      const reason = said === "*" && call.session.has("draft/pre-away") ? UNSAID : said;
      setAway(call.chat, call.person, reason === "" ? undefined : cut(reason, BOUNDS.away));
      if (reason === "") call.reply.numeric(RPL_UNAWAY, "You are no longer marked as being away");
      else call.reply.numeric(RPL_NOWAWAY, "You have been marked as being away");
    },
  },
  {
    name: "SETNAME",
    usage: "SETNAME :real name",
    help: "Changes your real name.",
    minParams: 1,
    isReadByOthers: true,
    handler(call, [realname]) {
      if (realname === "" || [...realname].length > BOUNDS.realname) {
        if (!call.session.has("setname")) return;
        return call.reply.fail(
          "SETNAME",
          "INVALID_REALNAME",
          `Real name is not valid: 1 to ${BOUNDS.realname} characters`,
        );
      }
      const channel = mutedIn(call.person);
      if (channel !== undefined) {
        const why = `You can't change your real name while you are banned or muted in ${channel.name}`;
        return call.reply.fail("SETNAME", "CANNOT_CHANGE_REALNAME", why);
      }
      setRealname(call.chat, call.reply, realname);
    },
  },
];
