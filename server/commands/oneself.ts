/** What people change of themselves besides the nick: AWAY, SETNAME. */

import { RPL_NOWAWAY, RPL_UNAWAY } from "../../protocol.ts";
import { rowsOfBelongings } from "../room/devices.ts";
import { BOUNDS } from "../room/isupport.ts";
import { setAway, setRealname, UNSAID } from "../room/profile.ts";
import { mutedIn } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import type { Command } from "./command.ts";

/** What somebody is told who is away. */
export const AWAY_TEXT = "You have been marked as being away";

/** The family's commands. */
export const ONESELF: Command[] = [
  {
    name: "AWAY",
    usage: "AWAY [:reason]",
    help: "Marks you as away, or without a reason as back.",
    isReadByOthers: true,
    beforeRegistration: "draft/pre-away",
    keptRows: ({ session }) => rowsOfBelongings(session),
    handler({ chat, session, person, reply }, [said = ""]) {
      // `*` is no reason that a person wrote: the client does it of its own accord (IRCv3 pre-away).
      const reason = said === "*" && session.has("draft/pre-away") ? UNSAID : said;
      const isNew = setAway(chat, person, reason === "" ? undefined : cut(reason, BOUNDS.away));
      const tell = (numeric: string, text: string) =>
        isNew ? reply.numericToPerson(numeric, text) : reply.numeric(numeric, text);
      if (reason === "") tell(RPL_UNAWAY, "You are no longer marked as being away");
      else tell(RPL_NOWAWAY, AWAY_TEXT);
    },
  },
  {
    name: "SETNAME",
    usage: "SETNAME :real name",
    help: "Changes your real name.",
    minParams: 1,
    isReadByOthers: true,
    handler({ chat, session, person, reply }, [realname]) {
      if (realname === "" || [...realname].length > BOUNDS.realname) {
        if (!session.has("setname")) return;
        return reply.fail(
          "SETNAME",
          "INVALID_REALNAME",
          `Real name is not valid: 1 to ${BOUNDS.realname} characters`,
        );
      }
      const channel = mutedIn(person);
      if (channel !== undefined) {
        const why = `You can't change your real name while you are banned or muted in ${channel.name}`;
        return reply.fail("SETNAME", "CANNOT_CHANGE_REALNAME", why);
      }
      setRealname(chat, reply, realname);
    },
  },
];
