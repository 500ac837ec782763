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
import { mutedIn } from "../room/channel.ts";
import { BOUNDS, MODES } from "../room/isupport.ts";
import { ReplyError } from "../room/reply.ts";
import { tellOwn } from "../room/subscribers.ts";
import { cut, isSecret } from "../room/words.ts";
import { canonicalAddress, displayHost } from "../wire/address.ts";
import { lusers, motd, sendIsupport } from "./about.ts";
import type { Call, Command } from "./command.ts";
import { isService, sayAsNickServ } from "./nickserv.ts";
import { abortSasl } from "./sasl.ts";
import { logInByPassword } from "./login.ts";
import { tellKeeping } from "./keeping.ts";

/** Lets a person in once their session has said everything that it must (modern.ircdocs.horse/#connection-registration). */
export function completeRegistration(call: Call): void | Promise<void> {
  const { chat: { settings }, session: { registration } } = call;
  if (registration?.nick === undefined || registration.user === undefined || registration.negotiating) return;
  const { password = "" } = registration;
  if (settings.password === undefined) {
    delete registration.password;
    return password.includes(":") ? logInAndComeIn(call, password) : comeIn(call);
  }
  if (registration.hasSaidPassword) return comeIn(call);
  const refuse = () => {
    call.reply.numeric(ERR_PASSWDMISMATCH, "Password incorrect");
    call.session.close("Wrong password");
  };
  // To say nothing is no guess.
  return password === "" ? refuse() : sayPassword(call, password, refuse);
}

/**
 * Lets a session in after it has logged in by `PASS account:password`, which clients send that know no SASL. Who says it wrongly
 * is told so: other servers may have asked for another password.
 */
async function logInAndComeIn(call: Call, password: string): Promise<void> {
  const { accounts } = call.chat;
  const at = password.indexOf(":");
  const [name, secret] = [password.slice(0, at), password.slice(at + 1)];
  let isRefused = false;
  if (accounts !== undefined && call.person.account === undefined) {
    await logInByPassword(call, accounts, name, secret, () => isRefused = true);
  }
  if (call.session.isOver) return;
  comeIn(call);
  if (isRefused) sayAsNickServ(call, `You are not logged in: what PASS said is not the password of ${name}`);
}

/** Lets in who knows the room's password, when its turn has come to be looked at (guesses.ts). */
async function sayPassword(call: Call, password: string, refuse: () => void): Promise<void> {
  const { guesses, settings } = call.chat;
  const look = () => isSecret(password, settings.password!) || undefined;
  if (await guesses.attempt(call.session, { look, refuse }) === undefined || call.session.isOver) return;
  // Who has to choose another nick need not be looked at again.
  const { registration } = call.session;
  if (registration !== undefined) registration.hasSaidPassword = true;
  comeIn(call);
}

/** Lets a session in, unless it is banned or somebody else has its nick by now. */
function comeIn(call: Call): void {
  const { chat, session, person, reply } = call;
  const { registration } = session;
  if (registration?.nick === undefined || registration.user === undefined) return;
  const { nick, user, realname = "" } = registration;
  person.user = user;
  if (turnAwayIfBanned(chat.origin, chat.bans, person)) return;
  person.realname = realname;
  try {
    chat.enter(session, nick);
  } catch (error) {
    // Someone else has taken the name since; the client is to send another.
    delete registration.nick;
    throw error;
  }
  abortSasl(call);
  chat.completeRegistration(session);
  reply.numeric(RPL_WELCOME, `Welcome to ${chat.settings.network}, ${person.source}`);
  reply.numeric(RPL_YOURHOST, `Your host is ${chat.name}, running Teahouse ${chat.settings.version}`);
  reply.numeric(RPL_CREATED, `This room was opened ${new Date(chat.created).toUTCString()}`);
  const withParam = MODES.lists + MODES.always + MODES.whenSet + MODES.ranks;
  const sorted = (letters: string) => [...letters].sort().join("");
  const channelModes = [sorted(withParam + MODES.flags), sorted(withParam)];
  reply.numeric(RPL_MYINFO, chat.name, `teahouse-${chat.settings.version}`, sorted(MODES.user), ...channelModes);
  sendIsupport(chat, reply);
  person.tellWhoami(chat.now(), person.realname);
  lusers(chat, reply);
  tellKeeping(call);
  tellOwn(chat, reply);
  motd(chat, reply);
  chat.checkNick(person);
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
    handler(call, [password]) {
      const { registration } = call.session;
      if (registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      registration.password = password;
      registration.hasSaidPassword = false;
    },
  },
  {
    name: "WEBIRC",
    usage: "WEBIRC password gateway host address [:options]",
    help: "Gateways that the server trusts: says for whom they connect, before anything else.",
    minParams: 4,
    beforeRegistration: true,
    handler(call, [, , , ip]) {
      if (call.session.isRegistered) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      // The gateway is known by its address. The password says nothing, nor does a host name that nobody has looked up.
      if (!call.session.mayStandFor) {
        return call.session.close("WEBIRC is for the gateways that --trust-proxy names, as their first line");
      }
      if (canonicalAddress(ip) === undefined) return call.session.close("WEBIRC without an address");
      call.session.standsFor = displayHost(ip);
    },
  },
  {
    name: "NICK",
    usage: "NICK nick",
    help: "Changes your name.",
    beforeRegistration: true,
    tells: true,
    missing: [ERR_NONICKNAMEGIVEN, "No nickname given"],
    handler(call, [wish]) {
      const nick = wish.normalize("NFC");
      const fault = nameFault("nick", nick);
      if (fault !== undefined) {
        throw new ReplyError(ERR_ERRONEUSNICKNAME, wish, `Erroneous nickname: ${explainFault(fault)}`);
      }
      if (isService(nick)) throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is that of a service");
      const { chat, session: { registration }, person, reply } = call;
      if (registration === undefined) {
        if (nick === person.nick) return;
        const channel = mutedIn(person);
        if (channel !== undefined) {
          const why = "Cannot change nickname while you are banned or muted on channel";
          throw new ReplyError(ERR_BANNICKCHANGE, nick, channel.name, why);
        }
        return chat.rename(person, nick, reply);
      }
      registration.wish = nick;
      chat.yieldToOwner(person, nick);
      if (chat.find(nick) !== undefined) throw new ReplyError(ERR_NICKNAMEINUSE, nick, "Nickname is already in use");
      registration.nick = nick;
      return completeRegistration(call);
    },
  },
  {
    name: "USER",
    usage: "USER name 0 * :real name",
    help: "Says who you are, before you come in.",
    minParams: 4,
    beforeRegistration: true,
    handler(call, [user, , , realname]) {
      const { registration } = call.session;
      if (registration === undefined) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      if (user === "" || realname === "") throw new ReplyError(ERR_NEEDMOREPARAMS, "USER", "Not enough parameters");
      registration.user = cleanUser(user);
      registration.realname = cut(realname, BOUNDS.realname);
      return completeRegistration(call);
    },
  },
];
