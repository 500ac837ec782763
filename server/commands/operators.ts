/** What the server's operators do: OPER, KILL, WALLOPS, CHGHOST (modern.ircdocs.horse/#operator-messages). */

import {
  ERR_CANTKILLSERVER,
  ERR_PASSWDMISMATCH,
  fits,
  LIMITS,
  RPL_VISIBLEHOST,
  RPL_YOUREOPER,
} from "../../protocol.ts";
import { isSecret } from "../auth/secret.ts";
import { BOUNDS } from "../room/isupport.ts";
import { setHost } from "../room/profile.ts";
import { deliverToAll, sessionsOf } from "../room/recipient.ts";
import { ReplyError } from "../room/reply.ts";
import { cut } from "../room/texts.ts";
import { requirePerson } from "./checks.ts";
import type { Call, Command } from "./command.ts";

/** A host that an operator may give someone: a name or an address, as it stands in `nick!user@host`. */
const HOST = /^[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{Nd}.:/_-]*$/u;

/** Makes the sender an operator of the server, if the password is right. It waits for its turn (auth/guesses.ts). */
async function becomeOperator({ chat, session, person, reply }: Call, name: string, password: string): Promise<void> {
  const found = await chat.guesses.attempt(session, {
    // No account has a colon in its name.
    account: `oper:${cut(name, LIMITS.nick)}`,
    look() {
      const secret = chat.settings.operators?.get(name);
      // Nobody is told whether there is such a name, not even by the time that the comparison takes.
      return isSecret(password, secret ?? "") ? secret : undefined;
    },
    refuse() {
      chat.report(`${person.source} has named a wrong password to become operator`);
      reply.numeric(ERR_PASSWDMISMATCH, "Password incorrect");
    },
  });
  if (found === undefined || session.isOver) return;
  session.operatorAs = name;
  const isNew = !person.isOperator;
  person.operatorBy.add(session);
  chat.setMode(person, "o", true);
  const text = "You are now an IRC operator";
  if (!isNew) return reply.numeric(RPL_YOUREOPER, text);
  reply.numericToPerson(RPL_YOUREOPER, text);
  reply.sendToPerson(chat.event(person, "MODE", [person.nick, "+o"]));
  chat.report(`${person.source} has become operator as ${name}`);
}

/** The family's commands. */
export const OPERATORS: Command[] = [
  {
    name: "OPER",
    usage: "OPER name password",
    help: "Makes you an operator of the server.",
    minParams: 2,
    handler(call, [name, password]) {
      return becomeOperator(call, name, password);
    },
  },
  {
    name: "KILL",
    usage: "KILL nick [:reason]",
    help: "Operators: ends someone's connection.",
    isForOperators: true,
    minParams: 1,
    handler({ chat, person }, [nick, comment]) {
      if (nick.includes(".")) throw new ReplyError(ERR_CANTKILLSERVER, "You can't kill a server!");
      const victim = requirePerson(chat, nick);
      const why = cut(comment || "No reason given", BOUNDS.kick);
      victim.tell(chat.event(person, "KILL", [victim.nick, why]));
      chat.report(`${person.source} has killed ${victim.source} (${why})`);
      victim.close(`Killed (${person.nick} (${why}))`);
    },
  },
  {
    name: "WALLOPS",
    usage: "WALLOPS :text",
    help: "Operators: says something to all with user mode w.",
    isForOperators: true,
    minParams: 1,
    handler({ chat, session, person, reply }, [text]) {
      const event = chat.event(person, "WALLOPS", [text]);
      const receivers = chat.withMode("w").union(chat.withMode("o"));
      deliverToAll(sessionsOf(receivers).filter((receiver) => receiver !== session), event);
      reply.send(event);
    },
  },
  {
    name: "CHGHOST",
    usage: "CHGHOST nick host",
    help: "Operators: shows others that host in place of someone's address.",
    isForOperators: true,
    minParams: 2,
    handler({ chat, session, person: operator, reply }, [nick, host]) {
      const person = requirePerson(chat, nick);
      const wish = host.normalize("NFKC");
      if (!HOST.test(wish) || !fits(wish, BOUNDS.host)) {
        return reply.fail(
          "CHGHOST",
          "INVALID_HOST",
          `A host is 1 to ${BOUNDS.host} bytes: letters, digits and .:/_-`,
        );
      }
      setHost(chat, person, wish, session);
      person.tell(chat.serverEvent(RPL_VISIBLEHOST, [person.nick, person.host, "is now your visible host"]));
      chat.report(`${operator.source} has given ${person.nick} the host ${person.host}`);
    },
  },
];
