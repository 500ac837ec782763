/** What the server's operators do: OPER, KILL, WALLOPS, CHGHOST (modern.ircdocs.horse/#operator-messages). */

import {
  ERR_CANTKILLSERVER,
  ERR_NOPRIVILEGES,
  ERR_NOSUCHNICK,
  ERR_PASSWDMISMATCH,
  fits,
  RPL_VISIBLEHOST,
  RPL_YOUREOPER,
} from "../../protocol.ts";
import { BOUNDS } from "../isupport.ts";
import { setHost } from "../person.ts";
import { ReplyError, Session } from "../session.ts";
import { cut, isSecret } from "../words.ts";
import type { Command, CommandTable } from "./command.ts";

/** Who has guessed a password wrongly so often is thrown out. */
const MOST_FAILURES = 5;

/** A host that someone may be given: a name or an address, as it stands in `nick!user@host`. */
const HOST = /^[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{Nd}.:/_-]*$/u;

/** A command that nobody else may give: 481. */
function forOperators(minParams: number, handler: Command["handler"]): Command {
  return {
    minParams,
    handler(session, params, message) {
      if (session.isOperator) return handler(session, params, message);
      throw new ReplyError(ERR_NOPRIVILEGES, "Permission Denied- You're not an IRC operator");
    },
  };
}

/** Whose nick it is. Throws 401. */
function personOf({ chat }: Session, nick: string): Session {
  const person = chat.find(nick);
  if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  return person;
}

/** The family's commands. */
export const OPERATORS: CommandTable = {
  OPER: {
    minParams: 2,
    handler(session, [name, password]) {
      const { chat, modes } = session;
      const secret = chat.settings.operators?.get(name);
      // Whether there is such a name is not told, by the time it takes neither.
      if (!isSecret(password, secret ?? "") || secret === undefined) {
        chat.report(`${session.source} has named a wrong password to become operator`);
        session.reply(ERR_PASSWDMISMATCH, "Password incorrect");
        if (++session.operFailures >= MOST_FAILURES) session.close("Too many wrong passwords");
        return;
      }
      session.operFailures = 0;
      const isNew = !modes.has("o");
      session.setMode("o", true);
      session.reply(RPL_YOUREOPER, "You are now an IRC operator");
      if (!isNew) return;
      session.respond(chat.event(session, "MODE", [session.nick, "+o"]));
      chat.report(`${session.source} has become operator as ${name}`);
    },
  },
  KILL: forOperators(1, (session, [nick, comment]) => {
    const { chat } = session;
    if (nick.includes(".")) throw new ReplyError(ERR_CANTKILLSERVER, "You can't kill a server!");
    const victim = personOf(session, nick);
    const why = cut(comment || "No reason given", BOUNDS.kick);
    victim.deliver(chat.event(session, "KILL", [victim.nick, why]));
    chat.report(`${session.source} has killed ${victim.source} (${why})`);
    victim.close(`Killed (${session.nick} (${why}))`);
  }),
  WALLOPS: forOperators(1, (session, [text]) => {
    const { chat } = session;
    const event = chat.event(session, "WALLOPS", [text]);
    const receivers = chat.withMode("w").union(chat.withMode("o"));
    receivers.delete(session);
    Session.tell(receivers, event);
    session.respond(event);
  }),
  CHGHOST: forOperators(2, (session, [nick, host]) => {
    const { chat } = session;
    const person = personOf(session, nick);
    const wish = host.normalize("NFC");
    if (!HOST.test(wish) || !fits(wish, BOUNDS.host)) {
      return session.fail("CHGHOST", "INVALID_HOST", `A host is 1 to ${BOUNDS.host} bytes: letters, digits and .:/_-`);
    }
    setHost(person, wish);
    person.deliver(chat.serverEvent(RPL_VISIBLEHOST, [person.nick, person.host, "is now your visible host"]));
    chat.report(`${session.source} has given ${person.nick} the host ${person.host}`);
  }),
};
