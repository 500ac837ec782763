/**
 * NICKSERV and NS, and what is said to NickServ, by which clients log in that know no SASL. There is no such person: the server
 * answers in that name, which nobody can take.
 */

import { casefold } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { SERVICES } from "../room/look_alikes.ts";
import { register } from "./accounts.ts";
import type { Call, Command } from "./command.ts";
import { logInByPassword, logOutHere, rowsOfLogin } from "./login.ts";
import { words } from "./params.ts";
import { replyAs } from "./replies.ts";
import { mutedIn } from "../room/restrictions.ts";
import { inTurns } from "../turns/slices.ts";

const NICK = "NickServ";

/** What NickServ answers to HELP. */
const HELP = [
  "IDENTIFY [account] password: logs you in; without an account, to that of your nick",
  "LOGOUT: logs you out on this device",
  "REGISTER password: makes an account of the name of your nick, which is yours from then on",
  "Clients that know SASL log in by that: it is safer, since it comes before anything is joined",
];

/** Whether a nick is that of a service, so that nobody can take it. */
export function isService(nick: string): boolean {
  return SERVICES.has(casefold(nick));
}

/** Whether the target of a message is NickServ, with a server's name after it or without. */
export function isNickServ(target: string): boolean {
  // Most messages go to channels, so that is looked at first.
  return !target.startsWith("#") && casefold(target.split("@", 1)[0]) === casefold(NICK);
}

/** Answers in the name of NickServ. */
export function sayAsNickServ({ reply }: Call, text: string): void {
  replyAs(`${NICK}!services`, reply, "NOTICE", text);
}

/** Gives a person the nick back that was taken away before they had logged in to its account. */
function giveBack({ chat, session, person, reply }: Call): void {
  const { lostNick, account } = person;
  if (session.isOver || !session.isRegistered || lostNick === undefined) return;
  if (casefold(lostNick) === casefold(account ?? "") && mutedIn(person) === undefined) {
    chat.rename(person, lostNick, reply);
  }
}

/** What NickServ understands, and what it does. */
const UNDERSTOOD: Record<string, (call: Call, accounts: Accounts, params: string[]) => void | Promise<void>> = {
  async IDENTIFY(call, accounts, params) {
    if (params.length === 0) return sayAsNickServ(call, HELP[0]);
    // A password may hold spaces.
    const isNamed = params.length > 1 && accounts.find(params[0]) !== undefined;
    const own = accounts.find(call.person.nick) ?? call.person.lostNick ?? call.person.nick;
    const [name, password] = isNamed ? [params[0], params.slice(1).join(" ")] : [own, params.join(" ")];
    const refuse = () => sayAsNickServ(call, `That is not the password of ${name}`);
    if (!await logInByPassword(call, accounts, name, password, refuse)) return;
    sayAsNickServ(call, `You are logged in as ${call.person.account}`);
    giveBack(call);
  },
  async LOGOUT(call) {
    const { account } = call.person;
    if (account === undefined) return sayAsNickServ(call, "You are logged in to no account");
    const tell = () => sayAsNickServ(call, `You are not logged in as ${account} any more`);
    await inTurns(call.session.pace, logOutHere(call, tell));
  },
  REGISTER(call, accounts, [password, ...email]) {
    if (password === undefined) return sayAsNickServ(call, HELP[1]);
    return register(call, accounts, "*", password, {
      made: (account) => sayAsNickServ(call, `The account ${account} is made, and you are logged in to it`),
      refused: (_code, _account, why) => sayAsNickServ(call, why),
    }).then(() => {
      if (email.length > 0) sayAsNickServ(call, "Your e-mail address is not needed here, and not kept");
    });
  },
  HELP: (call) => HELP.forEach((line) => sayAsNickServ(call, line)),
};

/** Does what a text to NickServ says. */
export function nickServ(call: Call, text: string): void | Promise<void> {
  const [command = "", ...params] = words(text);
  const name = command.toUpperCase();
  const { accounts } = call.chat;
  if (accounts === undefined) return sayAsNickServ(call, "This room has no accounts");
  if (Object.hasOwn(UNDERSTOOD, name)) return UNDERSTOOD[name](call, accounts, params);
  sayAsNickServ(call, `${NICK} understands IDENTIFY, LOGOUT, REGISTER and HELP`);
}

/** What the two commands share. */
const TO_NICKSERV: Pick<Command, "keptRows" | "handler"> = {
  keptRows: (call) => 2 + rowsOfLogin(call.person),
  handler: (call, params) => nickServ(call, params.join(" ")),
};

/** The family's commands. */
export const NICKSERV: Command[] = [
  {
    name: "NICKSERV",
    usage: "NICKSERV IDENTIFY [account] password | LOGOUT | REGISTER password | HELP",
    help: "Logs you in or out, or makes an account of your nick, where your client knows no SASL.",
    ...TO_NICKSERV,
  },
  {
    name: "NS",
    usage: "NS IDENTIFY [account] password | LOGOUT | REGISTER password | HELP",
    help: "The same as NICKSERV.",
    ...TO_NICKSERV,
  },
];
