/** What the server says about itself: MOTD, LUSERS, VERSION, TIME, INFO. */

import {
  byteLength,
  ERR_NOMOTD,
  ERR_NOSUCHSERVER,
  LIMITS,
  RPL_ENDOFINFO,
  RPL_ENDOFMOTD,
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
  RPL_TIME,
  RPL_VERSION,
} from "../../protocol.ts";
import { isupport } from "../isupport.ts";
import { matches } from "../mask.ts";
import { ReplyError, type Session } from "../session.ts";
import { WordLines } from "../words.ts";
import type { CommandTable } from "./command.ts";

/** Sends the message of the day, or says that there is none. */
export function motd(session: Session): void {
  const { name, settings } = session.chat;
  if (settings.motd.length === 0) return session.reply(ERR_NOMOTD, "There is no message of the day");
  session.reply(RPL_MOTDSTART, `- ${name} Message of the day -`);
  for (const line of settings.motd) session.reply(RPL_MOTD, `- ${line}`);
  session.reply(RPL_ENDOFMOTD, "End of /MOTD command");
}

/** Tells how many are here. */
export function lusers(session: Session): void {
  const { sessions, channels, unregistered, peak } = session.chat;
  const online = sessions.size;
  const invisible = sessions.values().reduce((n, { invisible }) => n + Number(invisible), 0);
  session.reply(RPL_LUSERCLIENT, `There are ${online - invisible} users and ${invisible} invisible on 1 server`);
  session.reply(RPL_LUSEROP, "0", "operators online");
  session.reply(RPL_LUSERUNKNOWN, `${unregistered}`, "unregistered connections");
  session.reply(RPL_LUSERCHANNELS, `${channels.size}`, "channels formed");
  session.reply(RPL_LUSERME, `I have ${online} clients and 0 servers`);
  session.reply(RPL_LOCALUSERS, `${online}`, `${peak}`, `Current local users ${online}, max ${peak}`);
  session.reply(RPL_GLOBALUSERS, `${online}`, `${peak}`, `Current global users ${online}, max ${peak}`);
}

/** Sends the `005` lines: at most 13 tokens each, and as many as fit. */
export function sendIsupport(session: Session): void {
  const { chat, nick } = session;
  const room = LIMITS.lineBytes - 2 - byteLength(`:${chat.name} 005 ${nick}  :${SUPPORTED}`);
  for (let tokens = isupport(chat.settings.network, chat.history !== undefined); tokens.length > 0;) {
    const first = new WordLines(room, tokens.slice(0, 13)).lines[0].split(" ");
    session.reply(RPL_ISUPPORT, ...first, SUPPORTED);
    tokens = tokens.slice(first.length);
  }
}

const SUPPORTED = "are supported by this server";

/** There is one server; a target that does not name it is refused (402). It may be a mask or the nick of someone on it. */
function checkServer(session: Session, target: string | undefined): void {
  const { chat } = session;
  if (target === undefined || matches(target, chat.name) || chat.find(target) !== undefined) return;
  throw new ReplyError(ERR_NOSUCHSERVER, target, "No such server");
}

/** The family's commands. */
export const ABOUT: CommandTable = {
  MOTD: {
    minParams: 0,
    handler(session, [target]) {
      checkServer(session, target);
      motd(session);
    },
  },
  LUSERS: { minParams: 0, handler: lusers },
  VERSION: {
    minParams: 0,
    handler(session, [target]) {
      checkServer(session, target);
      const { name, settings } = session.chat;
      session.reply(RPL_VERSION, `teahouse-${settings.version}`, name, settings.network);
      sendIsupport(session);
    },
  },
  TIME: {
    minParams: 0,
    handler(session, [target]) {
      checkServer(session, target);
      const now = session.chat.now();
      session.reply(RPL_TIME, session.chat.name, `${Math.floor(now / 1000)}`, "0", new Date(now).toUTCString());
    },
  },
  INFO: {
    minParams: 0,
    handler(session, [target]) {
      checkServer(session, target);
      const { settings, created } = session.chat;
      session.reply(RPL_INFO, `Teahouse ${settings.version}: a chat room that anyone can open`);
      session.reply(RPL_INFO, `${settings.network} was opened ${new Date(created).toUTCString()}`);
      session.reply(RPL_ENDOFINFO, "End of /INFO list");
    },
  },
};
