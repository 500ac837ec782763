/** Coming in: PASS, WEBIRC, NICK, USER. */

import {
  ERR_ALREADYREGISTERED,
  ERR_BANNICKCHANGE,
  ERR_ERRONEUSNICKNAME,
  ERR_NEEDMOREPARAMS,
  ERR_NICKNAMEINUSE,
  ERR_NONICKNAMEGIVEN,
  ERR_PASSWDMISMATCH,
  explainFault,
  fit,
  nameFault,
  RPL_CREATED,
  RPL_MYINFO,
  RPL_WELCOME,
  RPL_YOURHOST,
} from "../../protocol.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import { BOUNDS, MODES } from "../room/isupport.ts";
import { checkReserved, yieldToOwner } from "../room/owners.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { tellOwn } from "../room/subscribers.ts";
import { cut, isSecret } from "../room/words.ts";
import { canonicalAddress, displayHost } from "../wire/address.ts";
import { lusers, motd, sendIsupport } from "./about.ts";
import type { Command } from "./command.ts";
import { isService, sayAsNickServ } from "./nickserv.ts";
import { abortSasl } from "./sasl.ts";
import { logInByPassword } from "./login.ts";
import { tellKeeping } from "./keeping.ts";

/** Lets a session in once it has said all that it must (modern.ircdocs.horse/#connection-registration). */
export function completeRegistration(session: Session): void | Promise<void> {
  const { chat: { settings }, registration } = session;
  if (registration?.nick === undefined || registration.user === undefined || registration.negotiating) return;
  const { password = "" } = registration;
  if (settings.password === undefined) {
    delete registration.password;
    return password.includes(":") ? logInAndComeIn(session, password) : comeIn(session);
  }
  if (registration.hasSaidPassword) return comeIn(session);
  const refuse = () => {
    session.reply(ERR_PASSWDMISMATCH, "Password incorrect");
    session.close("Wrong password");
  };
  // To say nothing is no guess.
  return password === "" ? refuse() : sayPassword(session, password, refuse);
}

/**
 * Lets a session in after it has logged in by `PASS account:password`, which clients send that know no SASL. Who says it wrongly
 * is told so: other servers may have asked for another password.
 */
async function logInAndComeIn(session: Session, password: string): Promise<void> {
  const { accounts } = session.chat;
  const at = password.indexOf(":");
  const [name, secret] = [password.slice(0, at), password.slice(at + 1)];
  let isRefused = false;
  if (accounts !== undefined && session.account === undefined) {
    await logInByPassword(session, accounts, name, secret, () => isRefused = true);
  }
  if (session.closed) return;
  comeIn(session);
  if (isRefused) sayAsNickServ(session, `You are not logged in: what PASS said is not the password of ${name}`);
}

/** Lets in who knows the room's password, when its turn has come to be looked at (guesses.ts). */
async function sayPassword(session: Session, password: string, refuse: () => void): Promise<void> {
  const { guesses, settings } = session.chat;
  const look = () => isSecret(password, settings.password!) || undefined;
  if (await guesses.attempt(session, { look, refuse }) === undefined || session.closed) return;
  // Who has to choose another nick need not be looked at again.
  if (session.registration !== undefined) session.registration.hasSaidPassword = true;
  comeIn(session);
}

/** Lets a session in, unless it is banned or somebody else has its nick by now. */
function comeIn(session: Session): void {
  const { chat, registration } = session;
  if (registration?.nick === undefined || registration.user === undefined) return;
  const { nick, user, realname = "" } = registration;
  session.user = user;
  if (turnAwayIfBanned(session)) return;
  session.realname = realname;
  try {
    chat.enter(session, nick);
  } catch (error) {
    // Someone else has taken the name since; the client is to send another.
    delete registration.nick;
    throw error;
  }
  abortSasl(session);
  session.completeRegistration();
  session.reply(RPL_WELCOME, `Welcome to ${chat.settings.network}, ${session.source}`);
  session.reply(RPL_YOURHOST, `Your host is ${chat.name}, running Teahouse ${chat.settings.version}`);
  session.reply(RPL_CREATED, `This room was opened ${new Date(chat.created).toUTCString()}`);
  const withParam = MODES.lists + MODES.always + MODES.whenSet + MODES.ranks;
  const sorted = (letters: string) => [...letters].sort().join("");
  const channelModes = [sorted(withParam + MODES.flags), sorted(withParam)];
  session.reply(RPL_MYINFO, chat.name, `teahouse-${chat.settings.version}`, sorted(MODES.user), ...channelModes);
  sendIsupport(session);
  session.tellWhoami(session.realname);
  lusers(session);
  tellKeeping(session);
  tellOwn(session);
  motd(session);
  checkReserved(session);
}

/** A user name made of what was sent: letters and digits of any script and `._-`; IRC's `~` for unchecked is left out. */
function cleanUser(user: string): string {
  const clean = user.normalize("NFKC").replace(/[^\p{L}\p{M}\p{Nd}._-]/gu, "");
  return fit(cut(clean, BOUNDS.user), BOUNDS.userBytes) || "user";
}

/** The family's commands. */
export const REGISTRATION: Command[] = [
  {
    name: "PASS",
    usage: "PASS password | PASS account:password",
    help: "The room's password, before you come in; in a room that has none, your account's.",
    minParams: 1,
    beforeRegistration: true,
    handler(session, [password]) {
      if (session.registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      session.registration.password = password;
      session.registration.hasSaidPassword = false;
    },
  },
  {
    name: "WEBIRC",
    usage: "WEBIRC password gateway host address [:options]",
    help: "Gateways that the server trusts: says for whom they connect, before anything else.",
    minParams: 4,
    beforeRegistration: true,
    handler(session, [, , , ip]) {
      if (session.registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      // The gateway is known by its address. The password says nothing, nor does a host name that nobody has looked up.
      if (!session.mayStandFor) {
        return session.close("WEBIRC is for the gateways that --trust-proxy names, as their first line");
      }
      if (canonicalAddress(ip) === undefined) return session.close("WEBIRC without an address");
      session.standsFor = displayHost(ip);
    },
  },
  {
    name: "NICK",
    usage: "NICK nick",
    help: "Changes your name.",
    beforeRegistration: true,
    tells: true,
    missing: [ERR_NONICKNAMEGIVEN, "No nickname given"],
    handler(session, [wish]) {
      const nick = wish.normalize("NFC");
      const fault = nameFault("nick", nick);
      if (fault !== undefined) {
        throw new ReplyError(ERR_ERRONEUSNICKNAME, wish, `Erroneous nickname: ${explainFault(fault)}`);
      }
      if (isService(nick)) throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is that of a service");
      if (session.registration === undefined) {
        if (nick === session.nick) return;
        const channel = session.chat.mutedIn(session);
        if (channel !== undefined) {
          const why = "Cannot change nickname while you are banned or muted on channel";
          throw new ReplyError(ERR_BANNICKCHANGE, nick, channel.name, why);
        }
        return session.chat.rename(session, nick);
      }
      session.registration.wish = nick;
      yieldToOwner(session, nick);
      const holder = session.chat.find(nick);
      if (holder !== undefined) throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is already in use");
      session.registration.nick = nick;
      return completeRegistration(session);
    },
  },
  {
    name: "USER",
    usage: "USER name 0 * :real name",
    help: "Says who you are, before you come in.",
    minParams: 4,
    beforeRegistration: true,
    handler(session, [user, , , realname]) {
      const { registration } = session;
      if (registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      if (user === "" || realname === "") throw new ReplyError(ERR_NEEDMOREPARAMS, "USER", "Not enough parameters");
      registration.user = cleanUser(user);
      registration.realname = cut(realname, BOUNDS.realname);
      return completeRegistration(session);
    },
  },
];
