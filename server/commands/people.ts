/** Who is here and what they are up to: WHO, WHOIS, WHOWAS, ISON, USERHOST, AWAY, SETNAME. */

import {
  casefold,
  ERR_NONICKNAMEGIVEN,
  ERR_NOSUCHNICK,
  ERR_WASNOSUCHNICK,
  RPL_AWAY,
  RPL_ENDOFWHO,
  RPL_ENDOFWHOIS,
  RPL_ENDOFWHOWAS,
  RPL_ISON,
  RPL_NOWAWAY,
  RPL_UNAWAY,
  RPL_USERHOST,
  RPL_WHOISCHANNELS,
  RPL_WHOISIDLE,
  RPL_WHOISSERVER,
  RPL_WHOISUSER,
  RPL_WHOREPLY,
  RPL_WHOWASUSER,
} from "../../protocol.ts";
import type { Channel } from "../channel.ts";
import { BOUNDS } from "../isupport.ts";
import { matches } from "../mask.ts";
import { ReplyError, type Session } from "../session.ts";
import { cut } from "../words.ts";
import { type CommandTable, replyWithWords } from "./command.ts";

function sharesChannel(a: Session, b: Session): boolean {
  return a.channels.values().some((channel) => b.channels.has(channel));
}

function whoReply(session: Session, person: Session, channel: Channel | undefined): void {
  const { chat } = session;
  const flags = (person.away === undefined ? "H" : "G") + (channel?.prefix(person, session.has("multi-prefix")) ?? "");
  const { user, host, nick, realname } = person;
  session.reply(RPL_WHOREPLY, channel?.name ?? "*", user, host, chat.name, nick, flags, `0 ${realname}`);
}

/** Whether a session may know that someone is in a channel. */
function maySeeIn(session: Session, person: Session, channel: Channel): boolean {
  return channel.members.has(session) || (channel.isVisibleTo(session) && !person.invisible);
}

/** Answers WHO for a channel's name, a nick, or a mask of either nick, user, host or real name. */
function* who(session: Session, mask: string): Generator<void> {
  const { chat } = session;
  const channel = chat.findChannel(mask);
  if (channel !== undefined) {
    for (const person of [...channel.members.keys()]) {
      if (maySeeIn(session, person, channel)) yield whoReply(session, person, channel);
    }
    return;
  }
  const exact = chat.find(mask);
  const all = mask === "*" || mask === "0";
  for (const person of exact === undefined ? [...chat.sessions.values()] : [exact]) {
    // Who is invisible is found by those who share a channel, or who know the nick.
    if (person.invisible && person !== session && person !== exact && !sharesChannel(session, person)) continue;
    const { nick, user, host, realname } = person;
    if (person === exact || all || [nick, user, host, realname].some((text) => matches(mask, text))) {
      yield whoReply(session, person, person.channels.values().find((channel) => maySeeIn(session, person, channel)));
    }
  }
}

function whois(session: Session, person: Session): void {
  const { chat } = session;
  const { nick, user, host, realname, away } = person;
  session.reply(RPL_WHOISUSER, nick, user, host, "*", realname);
  const shown = person.channels.values().filter((channel) => maySeeIn(session, person, channel));
  const all = session.has("multi-prefix");
  const words = shown.map((channel) => channel.prefix(person, all) + channel.name);
  replyWithWords(session, RPL_WHOISCHANNELS, [nick], words);
  session.reply(RPL_WHOISSERVER, nick, chat.name, chat.settings.network);
  if (away !== undefined) session.reply(RPL_AWAY, nick, away);
  const idle = Math.floor((chat.now() - person.spokeAt) / 1000);
  const signon = Math.floor(person.connectedAt / 1000);
  session.reply(RPL_WHOISIDLE, nick, `${idle}`, `${signon}`, "seconds idle, signon time");
}

/** The family's commands. */
export const PEOPLE: CommandTable = {
  WHO: {
    minParams: 0,
    *handler(session, [mask = "*"]) {
      yield* who(session, mask);
      session.reply(RPL_ENDOFWHO, mask, "End of WHO list");
    },
  },
  WHOIS: {
    minParams: 0,
    handler(session, params) {
      // With two parameters the first names a server, and there is only this one.
      const nick = params[1] ?? params[0] ?? "";
      if (nick === "") throw new ReplyError(ERR_NONICKNAMEGIVEN, "No nickname given");
      const person = session.chat.find(nick);
      if (person === undefined) session.reply(ERR_NOSUCHNICK, nick, "No such nick");
      else whois(session, person);
      session.reply(RPL_ENDOFWHOIS, person?.nick ?? nick, "End of /WHOIS list");
    },
  },
  WHOWAS: {
    minParams: 0,
    handler(session, [nick = "", count]) {
      if (nick === "") throw new ReplyError(ERR_NONICKNAMEGIVEN, "No nickname given");
      const { chat } = session;
      const folded = casefold(nick);
      const found = chat.departed.filter((person) => casefold(person.nick) === folded).reverse();
      const most = Number(count) > 0 ? Number(count) : found.length;
      for (const { nick, user, host, realname, at } of found.slice(0, most)) {
        session.reply(RPL_WHOWASUSER, nick, user, host, "*", realname);
        session.reply(RPL_WHOISSERVER, nick, chat.name, new Date(at).toUTCString());
      }
      if (found.length === 0) session.reply(ERR_WASNOSUCHNICK, nick, "There was no such nickname");
      session.reply(RPL_ENDOFWHOWAS, nick, "End of WHOWAS");
    },
  },
  ISON: {
    minParams: 1,
    handler(session, params) {
      const names = params.join(" ").split(" ").map((nick) => session.chat.find(nick)?.nick);
      session.reply(RPL_ISON, names.filter((nick) => nick !== undefined).join(" "));
    },
  },
  USERHOST: {
    minParams: 1,
    handler(session, params) {
      const people = params.slice(0, 5).map((nick) => session.chat.find(nick)).filter((person) => person !== undefined);
      const words = people.map(({ nick, away, user, host }) =>
        `${nick}=${away === undefined ? "+" : "-"}${user}@${host}`
      );
      session.reply(RPL_USERHOST, words.join(" "));
    },
  },
  AWAY: {
    minParams: 0,
    handler(session, [reason = ""]) {
      session.chat.setAway(session, reason === "" ? undefined : cut(reason, BOUNDS.away));
      if (reason === "") session.reply(RPL_UNAWAY, "You are no longer marked as being away");
      else session.reply(RPL_NOWAWAY, "You have been marked as being away");
    },
  },
  SETNAME: {
    minParams: 1,
    handler(session, [realname]) {
      if (realname === "" || [...realname].length > BOUNDS.realname) {
        if (!session.has("setname")) return;
        return session.fail(
          "SETNAME",
          "INVALID_REALNAME",
          `Real name is not valid: 1 to ${BOUNDS.realname} characters`,
        );
      }
      session.chat.setRealname(session, realname);
    },
  },
};
