/**
 * Logging in for clients that know no SASL: NICKSERV, NS, and what is said to NickServ. There is no such person: the server
 * answers in that name, which nobody can have. `PASS account:password` is in registration.ts.
 */

import { casefold } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import type { Session } from "../room/session.ts";
import type { Command } from "./command.ts";
import { register } from "./accounts.ts";
import { keptByLogin, logInByPassword } from "./login.ts";

const NICK = "NickServ";

const HELP = [
  "IDENTIFY [account] password: logs you in; without an account, to that of your nick",
  "REGISTER password: makes an account of the name of your nick, which is yours from then on",
  "Clients that know SASL log in by that: it is safer, since it comes before anything is joined",
];

/** Nicks that people trust with their passwords, since they are services' elsewhere. */
const SERVICES = /^(?:nick|chan|memo|oper|host|bot|sasl|hist)serv$/;

/** Whether a nick is a service's: nobody can have it. */
export function isService(nick: string): boolean {
  return SERVICES.test(casefold(nick));
}

/** Whether a target of a message is NickServ, by whatever server. */
export function isNickServ(target: string): boolean {
  // Most is said to channels.
  return !target.startsWith("#") && casefold(target.split("@", 1)[0]) === casefold(NICK);
}

/** Tells a session something in the name of NickServ. */
export function sayAsNickServ(session: Session, text: string): void {
  const { chat, nick } = session;
  session.respond({ ...chat.serverEvent("NOTICE", [nick, text]), source: `${NICK}!services@${chat.name}` });
}

/** Gives somebody the nick back that was taken away before they had logged in to its account. */
function giveBack(session: Session): void {
  const { chat, lostNick, account } = session;
  if (session.closed || session.registration !== undefined || lostNick === undefined) return;
  if (casefold(lostNick) === casefold(account ?? "") && chat.mutedIn(session) === undefined) {
    chat.rename(session, lostNick);
  }
}

type Words = string[];

/** What it understands: the parameters after the name, and what is done. */
const UNDERSTOOD: Record<string, (session: Session, accounts: Accounts, words: Words) => void | Promise<void>> = {
  async IDENTIFY(session, accounts, words) {
    if (words.length === 0) return sayAsNickServ(session, HELP[0]);
    // A password may hold spaces.
    const isNamed = words.length > 1 && accounts.find(words[0]) !== undefined;
    const own = accounts.find(session.nick) ?? session.lostNick ?? session.nick;
    const [name, password] = isNamed ? [words[0], words.slice(1).join(" ")] : [own, words.join(" ")];
    const refuse = () => sayAsNickServ(session, `That is not the password of ${name}`);
    if (!await logInByPassword(session, accounts, name, password, refuse)) return;
    sayAsNickServ(session, `You are logged in as ${session.account}`);
    giveBack(session);
  },
  REGISTER(session, accounts, [password, ...email]) {
    if (password === undefined) return sayAsNickServ(session, HELP[1]);
    return register(session, accounts, "*", password, {
      made: (account) => sayAsNickServ(session, `The account ${account} is made, and you are logged in to it`),
      refused: (_code, _account, why) => sayAsNickServ(session, why),
    }).then(() => {
      if (email.length > 0) sayAsNickServ(session, "Your e-mail address is not needed here, and not kept");
    });
  },
  HELP: (session) => HELP.forEach((line) => sayAsNickServ(session, line)),
};

/** Does what is said to NickServ. */
export function nickServ(session: Session, text: string): void | Promise<void> {
  const [command = "", ...words] = text.split(" ").filter((word) => word !== "");
  const name = command.toUpperCase();
  const { accounts } = session.chat;
  if (accounts === undefined) return sayAsNickServ(session, "This room has no accounts");
  if (Object.hasOwn(UNDERSTOOD, name)) return UNDERSTOOD[name](session, accounts, words);
  sayAsNickServ(session, `${NICK} understands IDENTIFY, REGISTER and HELP`);
}

/** What the two commands share. */
const TO_NICKSERV: Pick<Command, "keeps" | "handler"> = {
  keeps: (session) => 2 + keptByLogin(session),
  handler: (session, params) => nickServ(session, params.join(" ")),
};

/** The family's commands. */
export const NICKSERV: Command[] = [
  {
    name: "NICKSERV",
    usage: "NICKSERV IDENTIFY [account] password | REGISTER password | HELP",
    help: "Logs you in, or makes an account of your nick, where your client knows no SASL.",
    ...TO_NICKSERV,
  },
  {
    name: "NS",
    usage: "NS IDENTIFY [account] password | REGISTER password | HELP",
    help: "The same as NICKSERV.",
    ...TO_NICKSERV,
  },
];
