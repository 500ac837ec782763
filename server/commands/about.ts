/** What the server tells about itself: MOTD, ISUPPORT, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS; and SUMMON and USERS, which it refuses. */

import {
  ERR_NOADMININFO,
  ERR_NOMOTD,
  ERR_NOSUCHSERVER,
  ERR_SUMMONDISABLED,
  ERR_USERSDISABLED,
  RPL_ENDOFINFO,
  RPL_ENDOFLINKS,
  RPL_ENDOFMOTD,
  RPL_ENDOFSTATS,
  RPL_GLOBALUSERS,
  RPL_INFO,
  RPL_ISUPPORT,
  RPL_LOCALUSERS,
  RPL_LUSERCHANNELS,
  RPL_LUSERCLIENT,
  RPL_LUSERME,
  RPL_LUSEROP,
  RPL_LUSERUNKNOWN,
  RPL_MOTD,
  RPL_MOTDSTART,
  RPL_STATSUPTIME,
  RPL_TIME,
  RPL_VERSION,
} from "../../protocol.ts";
import type { Chat } from "../room/chat.ts";
import type { Event } from "../room/event.ts";
import { isupport } from "../room/isupport.ts";
import { matches } from "../room/mask.ts";
import { type Reply, ReplyError } from "../room/reply.ts";
import { bytesLeft, wordLists } from "../room/texts.ts";
import { mostInCall } from "../room/call_options.ts";
import type { Call, Command } from "./command.ts";
import { seconds } from "./replies.ts";
import { listBans } from "./server_bans.ts";
import { filesOf } from "./tokens.ts";

/** Sends the message of the day, or says that there is none. */
export function motd({ name, settings }: Chat, reply: Reply): void {
  if (settings.motd.length === 0) return reply.numeric(ERR_NOMOTD, "There is no message of the day");
  reply.numeric(RPL_MOTDSTART, `- ${name} Message of the day -`);
  for (const line of settings.motd) reply.numeric(RPL_MOTD, `- ${line}`);
  reply.numeric(RPL_ENDOFMOTD, "End of /MOTD command");
}

/** Tells how many people and channels there are. */
export function lusers(chat: Chat, reply: Reply): void {
  const { unregistered, peak } = chat;
  const online = chat.persons.size;
  const invisible = chat.withMode("i").size;
  reply.numeric(RPL_LUSERCLIENT, `There are ${online - invisible} users and ${invisible} invisible on 1 server`);
  reply.numeric(RPL_LUSEROP, `${chat.withMode("o").size}`, "operators online");
  reply.numeric(RPL_LUSERUNKNOWN, `${unregistered}`, "unregistered connections");
  reply.numeric(RPL_LUSERCHANNELS, `${chat.channels.countFor(reply.session.person)}`, "channels formed");
  reply.numeric(RPL_LUSERME, `I have ${online} clients and 0 servers`);
  reply.numeric(RPL_LOCALUSERS, `${online}`, `${peak}`, `Current local users ${online}, max ${peak}`);
  reply.numeric(RPL_GLOBALUSERS, `${online}`, `${peak}`, `Current global users ${online}, max ${peak}`);
}

/** Sends what the server supports: as a batch to clients that know such a batch (IRCv3 extended-isupport). */
export function sendIsupport(chat: Chat, reply: Reply): void {
  const { session, session: { person: { nick } } } = reply;
  const isBatch = session.has("draft/extended-isupport") && session.has("batch");
  const events = isupportEvents(chat, nick, filesOf(chat, session));
  if (isBatch) reply.batch(["draft/isupport"], events);
  else for (const event of events) reply.send(event);
}

/** The `005` lines, each with at most 13 tokens, and no more than fit. */
function* isupportEvents(chat: Chat, nick: string, files: string | undefined): Generator<Event> {
  const { icon, network } = chat.settings;
  const offers = {
    keepsHistory: chat.history !== undefined,
    hasAccounts: chat.accounts !== undefined,
    icon,
    files,
    call: chat.calls && mostInCall(chat.calls.options),
  };
  const bytes = bytesLeft(`:${chat.name} ${RPL_ISUPPORT} ${nick}  :${SUPPORTED}`);
  for (const tokens of wordLists(isupport(network, offers), bytes, 13)) {
    yield chat.serverEvent(RPL_ISUPPORT, [nick, ...tokens, SUPPORTED]);
  }
}

const SUPPORTED = "are supported by this server";

/**
 * Refuses a target that is not this server, because there is no other. Throws 402.
 *
 * @param target A name or a mask, or the nick of somebody who is here.
 */
function requireServer({ chat }: Call, target: string | undefined): void {
  if (target === undefined || matches(target, chat.name) || chat.find(target) !== undefined) return;
  throw new ReplyError(ERR_NOSUCHSERVER, target, "No such server");
}

/** How long the server has run, as STATS tells it. @param ms Milliseconds. */
function uptime(ms: number): string {
  const all = Math.floor(ms / 1000);
  const [days, hours, minutes] = [all / 86_400, all / 3_600 % 24, all / 60 % 60].map(Math.floor);
  const two = (n: number) => `${n}`.padStart(2, "0");
  return `Server Up ${days} days ${hours}:${two(minutes)}:${two(all % 60)}`;
}

/** The handler of a command that is known and always refused. */
function refusing(numeric: string, why: string): Command["handler"] {
  return () => {
    throw new ReplyError(numeric, why);
  };
}

/** The family's commands. */
export const ABOUT: Command[] = [
  {
    name: "MOTD",
    usage: "MOTD",
    help: "Shows the message of the day.",
    handler(call, [target]) {
      requireServer(call, target);
      motd(call.chat, call.reply);
    },
  },
  {
    name: "ISUPPORT",
    usage: "ISUPPORT",
    help: "Tells what this server supports; before coming in, too.",
    beforeRegistration: "draft/extended-isupport",
    handler: ({ chat, reply }) => sendIsupport(chat, reply),
  },
  {
    name: "LUSERS",
    usage: "LUSERS",
    help: "Tells how many people and channels there are.",
    handler: ({ chat, reply }) => lusers(chat, reply),
  },
  {
    name: "VERSION",
    usage: "VERSION",
    help: "Tells the server's version and what it supports.",
    handler(call, [target]) {
      requireServer(call, target);
      const { name, settings } = call.chat;
      call.reply.numeric(RPL_VERSION, `teahouse-${settings.version}`, name, settings.network);
      sendIsupport(call.chat, call.reply);
    },
  },
  {
    name: "TIME",
    usage: "TIME",
    help: "Tells the server's time.",
    handler(call, [target]) {
      requireServer(call, target);
      const now = call.chat.now();
      call.reply.numeric(RPL_TIME, call.chat.name, seconds(now), "0", new Date(now).toUTCString());
    },
  },
  {
    name: "INFO",
    usage: "INFO",
    help: "Tells what this server is.",
    handler(call, [target]) {
      requireServer(call, target);
      const { settings, created } = call.chat;
      call.reply.numeric(RPL_INFO, `Teahouse ${settings.version}: a chat room that anyone can open`);
      call.reply.numeric(RPL_INFO, `${settings.network} was opened ${new Date(created).toUTCString()}`);
      call.reply.numeric(RPL_ENDOFINFO, "End of /INFO list");
    },
  },
  {
    name: "ADMIN",
    usage: "ADMIN",
    help: "Tells who runs the server, if they want it told.",
    handler(call, [target]) {
      requireServer(call, target);
      throw new ReplyError(ERR_NOADMININFO, call.chat.name, "No administrative info available");
    },
  },
  // One server stands alone, so it has no links.
  {
    name: "LINKS",
    usage: "LINKS",
    help: "Lists linked servers, of which there are none.",
    handler: (call) => call.reply.numeric(RPL_ENDOFLINKS, "*", "End of /LINKS list"),
  },
  {
    name: "STATS",
    usage: "STATS u | g",
    help: "Tells how long the server has run; operators, g: who is kept out of it.",
    minParams: 1,
    handler(call, [query, target]) {
      requireServer(call, target);
      const { now, created } = call.chat;
      // Of all that STATS could tell (modern.ircdocs.horse/#stats-message), everybody may know how long the server has run, and
      // operators may know the bans.
      if (query === "g") return listBans(call);
      if (query === "u") call.reply.numeric(RPL_STATSUPTIME, uptime(now() - created));
      call.reply.numeric(RPL_ENDOFSTATS, query, "End of /STATS report");
    },
  },
  {
    name: "SUMMON",
    usage: "SUMMON",
    help: "Not here.",
    handler: refusing(ERR_SUMMONDISABLED, "SUMMON has been disabled"),
  },
  {
    name: "USERS",
    usage: "USERS",
    help: "Not here.",
    handler: refusing(ERR_USERSDISABLED, "USERS has been disabled"),
  },
];
