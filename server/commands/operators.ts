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
import type { Person } from "../room/person.ts";
import { setHost } from "../room/profile.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError } from "../room/reply.ts";
import { deliverToAll, sessionsOf } from "../room/recipient.ts";
import { cut, isSecret } from "../room/words.ts";
import type { Call, Command } from "./command.ts";

/** A host that someone may be given: a name or an address, as it stands in `nick!user@host`. */
const HOST = /^[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{Nd}.:/_-]*$/u;

/** The person of that nick. Throws 401. */
function personOf({ chat }: Call, nick: string): Person {
  const person = chat.find(nick);
  if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  return person;
}

async function becomeOperator(call: Call, name: string, password: string): Promise<void> {
  const { chat, person: { modes } } = call;
  const found = await chat.guesses.attempt(call.session, {
    // No account has a colon in its name.
    account: `oper:${cut(name, LIMITS.nick)}`,
    look() {
      const secret = chat.settings.operators?.get(name);
      // Whether there is such a name is not told, by the time it takes neither.
      return isSecret(password, secret ?? "") ? secret : undefined;
    },
    refuse() {
      chat.report(`${call.person.source} has named a wrong password to become operator`);
      call.reply.numeric(ERR_PASSWDMISMATCH, "Password incorrect");
    },
  });
  if (found === undefined || call.session.isOver) return;
  const isNew = !modes.has("o");
  chat.setMode(call.person, "o", true);
  call.reply.numeric(RPL_YOUREOPER, "You are now an IRC operator");
  if (!isNew) return;
  call.reply.send(chat.event(call.person, "MODE", [call.person.nick, "+o"]));
  chat.report(`${call.person.source} has become operator as ${name}`);
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
    handler(call, [nick, comment]) {
      const { chat } = call;
      if (nick.includes(".")) throw new ReplyError(ERR_CANTKILLSERVER, "You can't kill a server!");
      const victim = personOf(call, nick);
      const why = cut(comment || "No reason given", BOUNDS.kick);
      victim.tell(chat.event(call.person, "KILL", [victim.nick, why]));
      chat.report(`${call.person.source} has killed ${victim.source} (${why})`);
      victim.close(`Killed (${call.person.nick} (${why}))`);
    },
  },
  {
    name: "WALLOPS",
    usage: "WALLOPS :text",
    help: "Operators: says something to all with user mode w.",
    isForOperators: true,
    minParams: 1,
    handler(call, [text]) {
      const { chat } = call;
      const event = chat.event(call.person, "WALLOPS", [text]);
      const receivers = chat.withMode("w").union(chat.withMode("o"));
      deliverToAll(sessionsOf(receivers).filter((session) => session !== call.session), event);
      call.reply.send(event);
    },
  },
  {
    name: "CHGHOST",
    usage: "CHGHOST nick host",
    help: "Operators: shows others that host in place of someone's address.",
    isForOperators: true,
    minParams: 2,
    handler(call, [nick, host]) {
      const { chat } = call;
      const person = personOf(call, nick);
      const wish = host.normalize("NFKC");
      if (!HOST.test(wish) || !fits(wish, BOUNDS.host)) {
        return call.reply.fail(
          "CHGHOST",
          "INVALID_HOST",
          `A host is 1 to ${BOUNDS.host} bytes: letters, digits and .:/_-`,
        );
      }
      setHost(chat, person, wish, call.session);
      person.tell(chat.serverEvent(RPL_VISIBLEHOST, [person.nick, person.host, "is now your visible host"]));
      chat.report(`${call.person.source} has given ${person.nick} the host ${person.host}`);
    },
  },
];
