/** What the server's operators do: OPER, KILL, WALLOPS, CHGHOST (modern.ircdocs.horse/#operator-messages). */

import {
  ERR_CANTKILLSERVER,
  ERR_NOSUCHNICK,
  ERR_PASSWDMISMATCH,
  fits,
  LIMITS,
  RPL_VISIBLEHOST,
  RPL_YOUREOPER,
} from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import { setHost } from "../room/person.ts";
import { ReplyError, Session } from "../room/session.ts";
import { cut, isSecret } from "../room/words.ts";
import type { Command } from "./command.ts";

/** A host that someone may be given: a name or an address, as it stands in `nick!user@host`. */
const HOST = /^[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{Nd}.:/_-]*$/u;

/** Whose nick it is. Throws 401. */
function personOf({ chat }: Session, nick: string): Session {
  const person = chat.find(nick);
  if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  return person;
}

async function becomeOperator(session: Session, name: string, password: string): Promise<void> {
  const { chat, modes } = session;
  const found = await chat.guesses.attempt(session, {
    // No account has a colon in its name.
    account: `oper:${cut(name, LIMITS.nick)}`,
    look() {
      const secret = chat.settings.operators?.get(name);
      // Whether there is such a name is not told, by the time it takes neither.
      return isSecret(password, secret ?? "") ? secret : undefined;
    },
    refuse() {
      chat.report(`${session.source} has named a wrong password to become operator`);
      session.reply(ERR_PASSWDMISMATCH, "Password incorrect");
    },
  });
  if (found === undefined || session.closed) return;
  const isNew = !modes.has("o");
  session.setMode("o", true);
  session.reply(RPL_YOUREOPER, "You are now an IRC operator");
  if (!isNew) return;
  session.respond(chat.event(session, "MODE", [session.nick, "+o"]));
  chat.report(`${session.source} has become operator as ${name}`);
}

/** The family's commands. */
export const OPERATORS: Command[] = [
  {
    name: "OPER",
    usage: "OPER name password",
    help: "Makes you an operator of the server.",
    minParams: 2,
    handler(session, [name, password]) {
      return becomeOperator(session, name, password);
    },
  },
  {
    name: "KILL",
    usage: "KILL nick [:reason]",
    help: "Operators: ends someone's connection.",
    isForOperators: true,
    minParams: 1,
    handler(session, [nick, comment]) {
      const { chat } = session;
      if (nick.includes(".")) throw new ReplyError(ERR_CANTKILLSERVER, "You can't kill a server!");
      const victim = personOf(session, nick);
      const why = cut(comment || "No reason given", BOUNDS.kick);
      victim.deliver(chat.event(session, "KILL", [victim.nick, why]));
      chat.report(`${session.source} has killed ${victim.source} (${why})`);
      victim.close(`Killed (${session.nick} (${why}))`);
    },
  },
  {
    name: "WALLOPS",
    usage: "WALLOPS :text",
    help: "Operators: says something to all with user mode w.",
    isForOperators: true,
    minParams: 1,
    handler(session, [text]) {
      const { chat } = session;
      const event = chat.event(session, "WALLOPS", [text]);
      const receivers = chat.withMode("w").union(chat.withMode("o"));
      receivers.delete(session);
      Session.tell(receivers, event);
      session.respond(event);
    },
  },
  {
    name: "CHGHOST",
    usage: "CHGHOST nick host",
    help: "Operators: shows others that host in place of someone's address.",
    isForOperators: true,
    minParams: 2,
    handler(session, [nick, host]) {
      const { chat } = session;
      const person = personOf(session, nick);
      const wish = host.normalize("NFKC");
      if (!HOST.test(wish) || !fits(wish, BOUNDS.host)) {
        return session.fail(
          "CHGHOST",
          "INVALID_HOST",
          `A host is 1 to ${BOUNDS.host} bytes: letters, digits and .:/_-`,
        );
      }
      setHost(person, wish);
      person.deliver(chat.serverEvent(RPL_VISIBLEHOST, [person.nick, person.host, "is now your visible host"]));
      chat.report(`${session.source} has given ${person.nick} the host ${person.host}`);
    },
  },
];
