/** Questions about people: WHOIS, WHOWAS, ISON, USERHOST. */

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
  RPL_WHOISSECURE,
  RPL_WHOISSERVER,
  RPL_WHOISUSER,
  RPL_WHOWASUSER,
} from "../../protocol.ts";
import { findAbsentee, MAY_BE_LEFT } from "../room/absentees.ts";
import { channelsOf } from "../room/channel.ts";
import type { Person } from "../room/person.ts";
import { type Reply, ReplyError } from "../room/reply.ts";
import { isAware, valueEvent } from "../room/metadata.ts";
import { maySeeIn } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { replyWithWords, seconds } from "./replies.ts";

/** Tells everything about a person that the sender may know. */
function* whois({ chat, session, person: asker, reply }: Call, person: Person): Generator<void> {
  const { nick, user, host, realname, away, account, addresses, isOperator, modes } = person;
  reply.numeric(RPL_WHOISUSER, nick, user, host, "*", realname);
  const shown = channelsOf(person).values().filter((channel) => maySeeIn(asker, person, channel));
  const hasAllPrefixes = session.has("multi-prefix");
  const words = shown.map((channel) => channel.prefix(person, hasAllPrefixes) + channel.name);
  replyWithWords(reply, RPL_WHOISCHANNELS, [nick], words);
  yield;
  reply.numeric(RPL_WHOISSERVER, nick, chat.name, chat.settings.network);
  if (isOperator) {
    reply.numeric(RPL_WHOISOPERATOR, nick, person.isOwner ? "owns this room" : "is an operator of this server");
  }
  if (modes.has("B")) reply.numeric(RPL_WHOISBOT, nick, `is a bot on ${chat.settings.network}`);
  if (account !== undefined) reply.numeric(RPL_WHOISACCOUNT, nick, account, "is logged in as");
  if (person.isSecure) reply.numeric(RPL_WHOISSECURE, nick, "is using a secure connection");
  // The addresses behind the host are told to the operators, who may ban them, and to the person.
  for (const address of asker === person || asker.isOperator ? addresses : []) {
    if (host !== address) reply.numeric(RPL_WHOISACTUALLY, nick, address, "is actually using host");
  }
  if (away !== undefined) reply.numeric(RPL_AWAY, nick, away);
  reply.numeric(
    RPL_WHOISIDLE,
    nick,
    seconds(chat.now() - person.spokeAt),
    seconds(person.connectedAt),
    "seconds idle, signon time",
  );
  if (!isAware(session)) return;
  for (const pair of [...person.metadata]) {
    yield reply.send(valueEvent(chat, RPL_WHOISKEYVALUE, asker.nick, nick, pair));
  }
}

/** Sends words in as many replies as they need, and an empty one if there are none. */
function replyWithAnyWords(reply: Reply, numeric: string, words: string[]): void {
  if (words.length === 0) reply.numeric(numeric, "");
  else replyWithWords(reply, numeric, [], words);
}

/** The family's commands. */
export const PEOPLE: Command[] = [
  {
    name: "WHOIS",
    usage: "WHOIS nick",
    help: "Tells who someone is.",
    *handler(call, params) {
      // With two parameters the first names a server, and there is only this one.
      const nick = params[1] ?? params[0] ?? "";
      if (nick === "") throw new ReplyError(ERR_NONICKNAMEGIVEN, "No nickname given");
      const person = call.chat.find(nick);
      const absentee = person === undefined ? yield* findAbsentee(call.chat, call.person, nick) : undefined;
      if (absentee !== undefined) call.reply.numeric(RPL_AWAY, absentee.nick, MAY_BE_LEFT);
      else if (person === undefined) call.reply.numeric(ERR_NOSUCHNICK, nick, "No such nick");
      // The nick as it was then, because it ends an answer about that nick.
      const name = person?.nick ?? nick;
      if (person !== undefined) yield* whois(call, person);
      call.reply.numeric(RPL_ENDOFWHOIS, name, "End of /WHOIS list");
    },
  },
  {
    name: "WHOWAS",
    usage: "WHOWAS nick [count]",
    help: "Tells who had a nick.",
    withoutFirst: [ERR_NONICKNAMEGIVEN, "No nickname given"],
    *handler(call, [nick, count]) {
      const { chat } = call;
      const found = chat.whowas.find(nick);
      const most = Number(count) > 0 ? Number(count) : found.length;
      for (const { nick, user, host, address, realname, at } of found.slice(0, most)) {
        call.reply.numeric(RPL_WHOWASUSER, nick, user, host, "*", realname);
        if (host !== address && call.person.isOperator) {
          call.reply.numeric(RPL_WHOISACTUALLY, nick, address, "was using host");
        }
        call.reply.numeric(RPL_WHOISSERVER, nick, chat.name, new Date(at).toUTCString());
        yield;
      }
      if (found.length === 0) call.reply.numeric(ERR_WASNOSUCHNICK, nick, "There was no such nickname");
      call.reply.numeric(RPL_ENDOFWHOWAS, nick, "End of WHOWAS");
    },
  },
  {
    name: "ISON",
    usage: "ISON nick...",
    help: "Tells which of these are online.",
    minParams: 1,
    *handler(call, params) {
      const here: string[] = [];
      for (const nick of params.join(" ").split(" ")) {
        const person = call.chat.find(nick);
        if (person !== undefined) here.push(person.nick);
        yield;
      }
      replyWithAnyWords(call.reply, RPL_ISON, here);
    },
  },
  {
    name: "USERHOST",
    usage: "USERHOST nick...",
    help: "Tells where up to five people come from.",
    minParams: 1,
    handler(call, params) {
      const people = params.slice(0, 5).map((nick) => call.chat.find(nick)).filter((person) => person !== undefined);
      const words = people.map(({ nick, away, user, host, isOperator }) =>
        `${nick}${isOperator ? "*" : ""}=${away === undefined ? "+" : "-"}${user}@${host}`
      );
      replyWithAnyWords(call.reply, RPL_USERHOST, words);
    },
  },
];
