/** Coming in and going out: PASS, CAP, NICK, USER, PING, PONG, QUIT. */

import { timingSafeEqual } from "node:crypto";
import {
  ERR_ALREADYREGISTERED,
  ERR_ERRONEUSNICKNAME,
  ERR_INVALIDCAPCMD,
  ERR_NEEDMOREPARAMS,
  ERR_NICKNAMEINUSE,
  ERR_NONICKNAMEGIVEN,
  ERR_NOORIGIN,
  ERR_PASSWDMISMATCH,
  isNick,
  RPL_CREATED,
  RPL_MYINFO,
  RPL_WELCOME,
  RPL_YOURHOST,
} from "../../protocol.ts";
import { CAPABILITIES, FEED_CAPABILITIES } from "../capabilities.ts";
import { BOUNDS } from "../isupport.ts";
import { ReplyError, type Session } from "../session.ts";
import { lusers, motd, sendIsupport } from "./about.ts";
import { cut } from "../words.ts";
import type { CommandTable } from "./command.ts";
import { tellKeeping } from "./history.ts";

/** Lets a session in once it has said all that it must (modern.ircdocs.horse/#connection-registration). */
function completeRegistration(session: Session): void {
  const { chat, registration } = session;
  if (registration?.nick === undefined || registration.user === undefined || registration.negotiating) return;
  const { nick, user, realname = "", password = "" } = registration;
  if (chat.settings.password !== undefined && !sameText(password, chat.settings.password)) {
    session.reply(ERR_PASSWDMISMATCH, "Password incorrect");
    return session.close("Wrong password");
  }
  session.user = user;
  session.realname = realname;
  try {
    chat.enter(session, nick);
  } catch (error) {
    // Someone else has taken the name since; the client is to send another.
    delete registration.nick;
    throw error;
  }
  session.completeRegistration();
  session.reply(RPL_WELCOME, `Welcome to ${chat.settings.network}, ${session.source}`);
  session.reply(RPL_YOURHOST, `Your host is ${chat.name}, running Teahouse ${chat.settings.version}`);
  session.reply(RPL_CREATED, `This room was opened ${new Date(chat.created).toUTCString()}`);
  session.reply(RPL_MYINFO, chat.name, `teahouse-${chat.settings.version}`, "i", "biklmnostv", "bklov");
  sendIsupport(session);
  lusers(session);
  tellKeeping(session);
  motd(session);
}

/** Compares in a time that tells nothing of where the texts differ. */
function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => new TextEncoder().encode(text));
  return x.length === y.length && timingSafeEqual(x, y);
}

/** A user name made of what was sent: letters and digits of any script and `._-`; IRC's `~` for unchecked is left out. */
function cleanUser(user: string): string {
  const clean = user.normalize("NFC").replace(/[^\p{L}\p{M}\p{Nd}._-]/gu, "");
  return cut(clean, BOUNDS.user) || "user";
}

/** CAP's subcommands (IRCv3 capability-negotiation). */
const CAP: Record<string, (session: Session, params: string[]) => void> = {
  LS(session, [version]) {
    const { registration } = session;
    if (registration !== undefined) registration.negotiating = true;
    session.capVersion = Math.max(session.capVersion, parseInt(version, 10) || 301);
    // Version 302 brings cap-notify with it.
    if (session.capVersion >= 302) session.caps |= CAPABILITIES["cap-notify"];
    capReply(session, "LS", Object.keys(CAPABILITIES).filter((name) => session.chat.offers(name)));
  },
  LIST(session) {
    capReply(
      session,
      "LIST",
      Object.entries(CAPABILITIES).filter(([, bit]) => session.caps & bit).map(([name]) => name),
    );
  },
  REQ(session, [list = ""]) {
    if (session.registration !== undefined) session.registration.negotiating = true;
    // Each once: an ACK repeats them, and must fit where the request did. A NAK repeats the request as it was.
    const names = [...new Set(list.split(" ").filter((name) => name !== ""))];
    let caps = session.caps;
    for (const name of names) {
      const bare = name.replace(/^-/, "");
      // All or nothing; and what version 302 implies can't be given back.
      const fixed = bare === "cap-notify" && name !== bare && session.capVersion >= 302;
      if (!session.chat.offers(bare) || fixed) return capReply(session, "NAK", [list]);
      caps = name === bare ? caps | CAPABILITIES[bare] : caps & ~CAPABILITIES[bare];
    }
    changeCapabilities(session, caps);
    capReply(session, "ACK", names);
  },
  END(session) {
    if (session.registration === undefined) return;
    session.registration.negotiating = false;
    completeRegistration(session);
  },
};

function capReply(session: Session, subcommand: string, words: string[]): void {
  session.respond(session.chat.serverEvent("CAP", [session.nick, subcommand, words.join(" ")]));
}

/** Moves the session to the feeds that suit its new capabilities. */
function changeCapabilities(session: Session, caps: number): void {
  const moves = ((session.caps ^ caps) & FEED_CAPABILITIES) !== 0;
  if (moves) { for (const channel of session.channels) channel.unfollow(session); }
  session.caps = caps;
  if (moves) { for (const channel of session.channels) channel.follow(session); }
}

/** The family's commands. */
export const REGISTRATION: CommandTable = {
  CAP: {
    minParams: 1,
    beforeRegistration: true,
    handler(session, [subcommand, ...params]) {
      const name = subcommand.toUpperCase();
      if (!Object.hasOwn(CAP, name)) throw new ReplyError(ERR_INVALIDCAPCMD, subcommand, "Invalid CAP command");
      CAP[name](session, params);
    },
  },
  PASS: {
    minParams: 1,
    beforeRegistration: true,
    handler(session, [password]) {
      if (session.registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      session.registration.password = password;
    },
  },
  NICK: {
    minParams: 0,
    beforeRegistration: true,
    handler(session, [wish = ""]) {
      if (wish === "") throw new ReplyError(ERR_NONICKNAMEGIVEN, "No nickname given");
      const nick = wish.normalize("NFC");
      if (!isNick(nick)) {
        throw new ReplyError(ERR_ERRONEUSNICKNAME, wish, "Erroneous nickname: 1 to 30 letters, digits and -_[]\\`^{}|");
      }
      if (session.registration === undefined) {
        if (nick !== session.nick) session.chat.rename(session, nick);
        return;
      }
      const holder = session.chat.find(nick);
      if (holder !== undefined) throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is already in use");
      session.registration.nick = nick;
      completeRegistration(session);
    },
  },
  USER: {
    minParams: 4,
    beforeRegistration: true,
    handler(session, [user, , , realname]) {
      const { registration } = session;
      if (registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      if (user === "" || realname === "") throw new ReplyError(ERR_NEEDMOREPARAMS, "USER", "Not enough parameters");
      registration.user = cleanUser(user);
      registration.realname = cut(realname, BOUNDS.realname);
      completeRegistration(session);
    },
  },
  PING: {
    minParams: 0,
    beforeRegistration: true,
    handler(session, [token = ""]) {
      if (token === "") throw new ReplyError(ERR_NOORIGIN, "No origin specified");
      session.respond(session.chat.serverEvent("PONG", [session.chat.name, token]));
    },
  },
  // It has been heard, which is all that it is for.
  PONG: { minParams: 0, beforeRegistration: true, handler() {} },
  QUIT: {
    minParams: 0,
    beforeRegistration: true,
    handler(session, [reason]) {
      session.close(reason ? `Quit: ${cut(reason, BOUNDS.quit)}` : "Quit");
    },
  },
};
