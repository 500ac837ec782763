/** What the commands are for: HELP and HELPOP (modern.ircdocs.horse/#help-message). */

import { ERR_HELPNOTFOUND, RPL_ENDOFHELP, RPL_HELPSTART, RPL_HELPTXT } from "../../protocol.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { WordLines } from "../room/words.ts";
import type { CommandTable } from "./command.ts";

/** Each command: how it is written, and what it does. */
export const HELP_TEXTS: Record<string, [usage: string, ...about: string[]]> = {
  ADMIN: ["ADMIN", "Tells who runs the server, if they want it told."],
  AUTHENTICATE: [
    "AUTHENTICATE mechanism | data | *",
    "Logs you in to your account (SASL); a client does that for you.",
  ],
  AWAY: ["AWAY [:reason]", "Marks you as away, or without a reason as back."],
  BATCH: ["BATCH +reference draft/multiline target | BATCH -reference", "Begins and ends a message of several lines."],
  CAP: ["CAP LS [302] | LIST | REQ :capabilities | END", "Says what your client can do."],
  CHATHISTORY: [
    "CHATHISTORY LATEST|BEFORE|AFTER|AROUND target reference limit",
    "Gives what was said before. A reference is msgid=ID or timestamp=TIME; with LATEST it may be *.",
    "CHATHISTORY BETWEEN target reference reference limit",
    "CHATHISTORY TARGETS timestamp=TIME timestamp=TIME limit",
  ],
  CHGHOST: ["CHGHOST nick host", "Operators: shows others that host in place of someone's address."],
  DROP: ["DROP account", "Removes your account, if you have logged in to it of late; operators: any."],
  GLINE: [
    "GLINE [nick | user@host | address | network [time] [:reason]]",
    "Operators: keeps somebody out of the server, for 30m, 12h, 7d, or 0 for ever; without parameters, lists who is.",
    "A host may have * and ?; 10.0.0.0/8 is a network, ~a:bob an account. UNGLINE ends it.",
  ],
  HELP: ["HELP [command]", "Tells what a command is for, or which there are."],
  HELPOP: ["HELPOP [command]", "The same as HELP."],
  INFO: ["INFO", "Tells what this server is."],
  INVITE: ["INVITE [nick channel]", "Asks someone into a channel; without parameters, lists what you are invited to."],
  ISON: ["ISON nick...", "Tells which of these are online."],
  ISUPPORT: ["ISUPPORT", "Tells what this server supports; before coming in, too."],
  JOIN: ["JOIN channel{,channel} [key{,key}] | JOIN 0", "Takes you into channels; with 0, out of all of them."],
  KICK: ["KICK channel nick{,nick} [:reason]", "Channel operators: puts people out of a channel."],
  KILL: ["KILL nick [:reason]", "Operators: ends someone's connection."],
  LINKS: ["LINKS", "Lists linked servers, of which there are none."],
  LIST: [
    "LIST [name or condition{,...}]",
    "Lists channels. Conditions: *mask*, !*mask*, >3 and <3 members, C>60 and C<60 minutes old,",
    "T>60 and T<60 minutes since the topic was set.",
  ],
  LUSERS: ["LUSERS", "Tells how many people and channels there are."],
  MARKREAD: ["MARKREAD target [timestamp=TIME]", "Notes up to when you have read a talk, or tells it."],
  METADATA: [
    "METADATA target GET key... | LIST | SET key [:value] | CLEAR | SUB key... | UNSUB key... | SUBS | SYNC",
    "What you (*), other people or a channel are besides the name: display-name, pronouns, avatar.",
    "SET and CLEAR: of yourself, and for operators, of a channel. SUB: tells your client of others' from then on.",
  ],
  MODE: [
    "MODE channel [changes [parameters]] | MODE nick [changes]",
    "Channel: +b mask (may not come in or talk), +e (but these may), +I (these need no invitation), +i (by invitation),",
    "+k word (the word to say), +l number (so many at most), +m (only those with voice talk), +n (only members talk),",
    "+s (hidden), +t (only operators set the topic), +C (no CTCP), +o nick (operator), +v nick (voice).",
    "A mask is nick!user@host, * for anything, or ~a:account. ~m:mask mutes only; ~t:60:mask ends after 60 minutes.",
    "You: +i (hidden from those who share no channel), +w (hears WALLOPS), +B (you are a bot), -o (no operator any more).",
  ],
  MONITOR: ["MONITOR + nick{,nick} | - nick{,nick} | C | L | S", "Watches for people to come and go."],
  MOTD: ["MOTD", "Shows the message of the day."],
  NAMES: ["NAMES channel{,channel}", "Lists who is in a channel."],
  NICK: ["NICK nick", "Changes your name."],
  NICKSERV: [
    "NICKSERV IDENTIFY [account] password | REGISTER password | HELP",
    "Logs you in, or makes an account of your nick, where your client knows no SASL.",
  ],
  NOTICE: ["NOTICE target{,target} :text", "Says something that no program answers."],
  NS: ["NS IDENTIFY [account] password | REGISTER password | HELP", "The same as NICKSERV."],
  OPER: ["OPER name password", "Makes you an operator of the server."],
  PART: ["PART channel{,channel} [:reason]", "Takes you out of channels."],
  PASS: [
    "PASS password | PASS account:password",
    "The room's password, before you come in; in a room that has none, your account's.",
  ],
  PASSWD: ["PASSWD :password", "Gives your account another password, if you have logged in to it of late."],
  PING: ["PING token", "Is answered by PONG."],
  PONG: ["PONG token", "Answers PING."],
  PRIVMSG: ["PRIVMSG target{,target} :text", "Says something to a person, a channel, or its operators (@#channel)."],
  QUIT: ["QUIT [:reason]", "Ends your connection."],
  REDACT: ["REDACT target msgid [:reason]", "Removes a message of yours; channel operators: of anyone there."],
  REGISTER: ["REGISTER * * password", "Makes an account of your nick, which then stays yours."],
  RELAYMSG: [
    "RELAYMSG channel nick/elsewhere :text",
    "Channel operators: says for a bridge what somebody has said elsewhere.",
  ],
  RENAME: ["RENAME channel name [:reason]", "Channel operators: gives a channel another name."],
  SEARCH: [
    "SEARCH text=words;in=target;from=nick;after=TIME;before=TIME;limit=50",
    "Finds what was said; each part may be left out.",
  ],
  SETNAME: ["SETNAME :real name", "Changes your real name."],
  STATS: ["STATS u | g", "Tells how long the server has run; operators, g: who is kept out of it."],
  SUMMON: ["SUMMON", "Not here."],
  TAGMSG: ["TAGMSG target{,target}", "Sends tags without a text, as for a reaction."],
  TIME: ["TIME", "Tells the server's time."],
  TOPIC: ["TOPIC channel [:text]", "Shows the topic, or sets it."],
  UNGLINE: ["UNGLINE mask", "Operators: lets in again whom GLINE keeps out."],
  USER: ["USER name 0 * :real name", "Says who you are, before you come in."],
  USERHOST: ["USERHOST nick...", "Tells where up to five people come from."],
  USERS: ["USERS", "Not here."],
  VERIFY: ["VERIFY account code", "Not needed here: an account is yours as soon as it is made."],
  VERSION: ["VERSION", "Tells the server's version and what it supports."],
  WALLOPS: ["WALLOPS :text", "Operators: says something to all with user mode w."],
  WEBIRC: [
    "WEBIRC password gateway host address [:options]",
    "Gateways that the server trusts: says for whom they connect, before anything else.",
  ],
  WHO: ["WHO mask [o][%fields[,token]]", "Lists who is in a channel, or whom a mask matches; o: operators only."],
  WHOIS: ["WHOIS nick", "Tells who someone is."],
  WHOWAS: ["WHOWAS nick [count]", "Tells who had a nick."],
};

/** The most bytes of a line of the list of commands. */
const LINE_BYTES = 70;

function help(session: Session, [subject = ""]: string[]): void {
  const name = subject.toUpperCase();
  const isKnown = Object.hasOwn(HELP_TEXTS, name);
  if (subject !== "" && !isKnown) {
    throw new ReplyError(ERR_HELPNOTFOUND, subject, "There is no such command; HELP lists all");
  }
  const topic = isKnown ? name : "index";
  const [first, ...rest] = isKnown
    ? HELP_TEXTS[name]
    : ["Commands; HELP and one of them says more:", ...new WordLines(LINE_BYTES, Object.keys(HELP_TEXTS)).lines];
  session.reply(RPL_HELPSTART, topic, first);
  for (const line of rest) session.reply(RPL_HELPTXT, topic, line);
  session.reply(RPL_ENDOFHELP, topic, "End of /HELP");
}

/** The family's commands. */
export const HELP: CommandTable = {
  HELP: { minParams: 0, handler: help },
  HELPOP: { minParams: 0, handler: help },
};
