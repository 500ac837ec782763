/** Asking about people: WHOIS, WHOWAS, ISON, USERHOST. */

import {
  ERR_NONICKNAMEGIVEN,
  ERR_NOSUCHNICK,
  ERR_WASNOSUCHNICK,
  RPL_AWAY,
  RPL_ENDOFWHOIS,
  RPL_ENDOFWHOWAS,
  RPL_ISON,
  RPL_USERHOST,
  RPL_WHOISACCOUNT,
  RPL_WHOISACTUALLY,
  RPL_WHOISBOT,
  RPL_WHOISCHANNELS,
  RPL_WHOISIDLE,
  RPL_WHOISKEYVALUE,
  RPL_WHOISOPERATOR,
  RPL_WHOISSERVER,
  RPL_WHOISUSER,
  RPL_WHOWASUSER,
} from "../../protocol.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { isAware, valueEvent } from "../room/subscribers.ts";
import { type Command, replyWithWords } from "./command.ts";
import { maySeeIn } from "./who.ts";

function* whois(session: Session, person: Session): Generator<void> {
  const { chat } = session;
  const { nick, user, host, realname, away, account, address, isOperator, modes } = person;
  session.reply(RPL_WHOISUSER, nick, user, host, "*", realname);
  const shown = person.channels.values().filter((channel) => maySeeIn(session, person, channel));
  const all = session.has("multi-prefix");
  const words = shown.map((channel) => channel.prefix(person, all) + channel.name);
  replyWithWords(session, RPL_WHOISCHANNELS, [nick], words);
  yield;
  session.reply(RPL_WHOISSERVER, nick, chat.name, chat.settings.network);
  if (isOperator) session.reply(RPL_WHOISOPERATOR, nick, "is an operator of this server");
  if (modes.has("B")) session.reply(RPL_WHOISBOT, nick, `is a bot on ${chat.settings.network}`);
  if (account !== undefined) session.reply(RPL_WHOISACCOUNT, nick, account, "is logged in as");
  // The address behind another host is for those who may ban it, and for the person.
  if (host !== address && (session === person || session.isOperator)) {
    session.reply(RPL_WHOISACTUALLY, nick, address, "is actually using host");
  }
  if (away !== undefined) session.reply(RPL_AWAY, nick, away);
  const idle = Math.floor((chat.now() - person.spokeAt) / 1000);
  const signon = Math.floor(person.connectedAt / 1000);
  session.reply(RPL_WHOISIDLE, nick, `${idle}`, `${signon}`, "seconds idle, signon time");
  if (!isAware(session)) return;
  for (const pair of [...person.metadata]) {
    yield session.respond(valueEvent(chat, RPL_WHOISKEYVALUE, session.nick, nick, pair));
  }
}

/** Sends words in as many replies as they need, and one where there are none. */
function replyWithAnyWords(session: Session, numeric: string, words: string[]): void {
  if (words.length === 0) session.reply(numeric, "");
  else replyWithWords(session, numeric, [], words);
}

/** The family's commands. */
export const PEOPLE: Command[] = [
  {
    name: "WHOIS",
    usage: "WHOIS nick",
    help: "Tells who someone is.",
    *handler(session, params) {
      // With two parameters the first names a server, and there is only this one.
      const nick = params[1] ?? params[0] ?? "";
      if (nick === "") throw new ReplyError(ERR_NONICKNAMEGIVEN, "No nickname given");
      const person = session.chat.find(nick);
      if (person === undefined) session.reply(ERR_NOSUCHNICK, nick, "No such nick");
      // The nick of that moment: it closes what was told of it.
      const name = person?.nick ?? nick;
      if (person !== undefined) yield* whois(session, person);
      session.reply(RPL_ENDOFWHOIS, name, "End of /WHOIS list");
    },
  },
  {
    name: "WHOWAS",
    usage: "WHOWAS nick [count]",
    help: "Tells who had a nick.",
    missing: [ERR_NONICKNAMEGIVEN, "No nickname given"],
    *handler(session, [nick, count]) {
      const { chat } = session;
      const found = chat.departed.find(nick);
      const most = Number(count) > 0 ? Number(count) : found.length;
      for (const { nick, user, host, address, realname, at } of found.slice(0, most)) {
        session.reply(RPL_WHOWASUSER, nick, user, host, "*", realname);
        if (host !== address && session.isOperator) session.reply(RPL_WHOISACTUALLY, nick, address, "was using host");
        session.reply(RPL_WHOISSERVER, nick, chat.name, new Date(at).toUTCString());
        yield;
      }
      if (found.length === 0) session.reply(ERR_WASNOSUCHNICK, nick, "There was no such nickname");
      session.reply(RPL_ENDOFWHOWAS, nick, "End of WHOWAS");
    },
  },
  {
    name: "ISON",
    usage: "ISON nick...",
    help: "Tells which of these are online.",
    minParams: 1,
    *handler(session, params) {
      const here: string[] = [];
      for (const nick of params.join(" ").split(" ")) {
        const person = session.chat.find(nick);
        if (person !== undefined) here.push(person.nick);
        yield;
      }
      replyWithAnyWords(session, RPL_ISON, here);
    },
  },
  {
    name: "USERHOST",
    usage: "USERHOST nick...",
    help: "Tells where up to five people come from.",
    minParams: 1,
    handler(session, params) {
      const people = params.slice(0, 5).map((nick) => session.chat.find(nick)).filter((person) => person !== undefined);
      const words = people.map(({ nick, away, user, host, isOperator }) =>
        `${nick}${isOperator ? "*" : ""}=${away === undefined ? "+" : "-"}${user}@${host}`
      );
      replyWithAnyWords(session, RPL_USERHOST, words);
    },
  },
];
