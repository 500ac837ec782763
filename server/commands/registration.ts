/** Registration, by which a person comes in: PASS, WEBIRC, NICK, USER (modern.ircdocs.horse/#connection-registration). */

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
} from "../../protocol.ts";
import { isSecret } from "../auth/secret.ts";
import { personToJoin } from "../room/attaching.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import { keepDevice, rowsOfBelongings } from "../room/devices.ts";
import { BOUNDS } from "../room/isupport.ts";
import { recogniseOwner } from "../room/owners.ts";
import { ReplyError } from "../room/reply.ts";
import { mutedIn } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import { canonicalAddress, displayHost } from "../wire/address.ts";
import { loopback } from "../wire/networks.ts";
import { joinPerson } from "./attaching.ts";
import type { Call, Command } from "./command.ts";
import { logInByPassword } from "./login.ts";
import { words } from "./params.ts";
import { tellOfUnseen } from "./left_messages.ts";
import { isService, sayAsNickServ } from "./nickserv.ts";
import { comeBack } from "./returning.ts";
import { abortSasl } from "./sasl.ts";
import { welcome } from "./welcome.ts";

/** Lets a person in as soon as their session has said everything that it must. */
export function completeRegistration(call: Call): void | Promise<void> {
  const { chat, chat: { settings }, session: { registration }, person } = call;
  if (registration?.user === undefined || registration.negotiating) return;
  // Whoever comes to be somebody who is here has that nick, and needs no other.
  if (registration.nick === undefined && (!registration.wish || !personToJoin(chat, person))) return;
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
  // No password at all is no guess.
  return password === "" ? refuse() : sayPassword(call, password, refuse);
}

/**
 * Lets a person in after their client has logged in by `PASS account:password`, as clients do that know no SASL. A wrong
 * password keeps nobody out, because it may be another server's; the person is told.
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
  const told = comeIn(call);
  const { person } = call.session;
  if (isRefused) {
    sayAsNickServ({ ...call, person }, `You are not logged in: what PASS said is not the password of ${name}`);
  }
  await told;
}

/** Lets a person in who knows the room's password. It waits for its turn (auth/guesses.ts). */
async function sayPassword(call: Call, password: string, refuse: () => void): Promise<void> {
  const { guesses, settings } = call.chat;
  const look = () => isSecret(password, settings.password!) || undefined;
  if (await guesses.attempt(call.session, { look, refuse }) === undefined || call.session.isOver) return;
  // A person who has to choose another nick now need not be asked again.
  const { registration } = call.session;
  if (registration !== undefined) registration.hasSaidPassword = true;
  await comeIn(call);
}

/** Lets a person in, unless they are banned or somebody else has the nick by now; or makes the session one of their sessions. */
function comeIn(call: Call): void | Promise<void> {
  const { chat, session, person } = call;
  const { registration } = session;
  if (registration?.user === undefined) return;
  // If it has no nick of its own, the one that it wanted may have been left by the person it was to join.
  const { nick = registration.wish ?? "", user, realname = "" } = registration;
  person.user = user;
  if (turnAwayIfBanned(chat.origin, chat.bans, person)) return;
  const there = personToJoin(chat, person);
  if (there !== undefined) {
    const told = joinPerson(call, there);
    void keepDevice(chat, session);
    tellOfUnseen({ ...call, person: there });
    return told;
  }
  person.realname = realname;
  try {
    chat.enter(session, nick);
  } catch (error) {
    // Somebody else has taken the nick since, so the client has to send another.
    delete registration.nick;
    throw error;
  }
  abortSasl(call);
  chat.completeRegistration(session);
  welcome(call);
  recogniseOwner(chat, person);
  chat.ownedNicks.check(person, true);
  void keepDevice(chat, session);
  comeBack(call);
  tellOfUnseen(call);
}

/** The user name that is made of a wish: letters and digits of any script and `._-`. IRC's `~` for "unchecked" is left out. */
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
    handler(call, [, , , ip, options = ""]) {
      if (call.session.isRegistered) throw new ReplyError(ERR_ALREADYREGISTERED, "You may not reregister");
      // A gateway is known by its address. The password proves nothing, nor does a host name that nobody has looked up.
      if (!call.session.mayStandFor) {
        return call.session.close("WEBIRC is for the gateways that --trust-proxy names, as their first line");
      }
      if (canonicalAddress(ip) === undefined) return call.session.close("WEBIRC without an address");
      call.session.standsFor = displayHost(ip);
      // The whole way has to be secure: the user's to the gateway, and the gateway's to here.
      const isGatewaySecure = call.session.isSecure || loopback.has(call.session.address);
      call.session.isSecure = isGatewaySecure && words(options).includes("secure");
    },
  },
  {
    name: "NICK",
    usage: "NICK nick",
    help: "Changes your name.",
    beforeRegistration: true,
    isReadByOthers: true,
    withoutFirst: [ERR_NONICKNAMEGIVEN, "No nickname given"],
    keptRows: ({ session }) => rowsOfBelongings(session),
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
      chat.ownedNicks.yieldToOwner(person, nick);
      const own = personToJoin(chat, person);
      const holder = chat.find(nick);
      const isFree = holder === undefined || holder === own;
      if (!isFree) {
        // So that its owner, who has come by another device, is told to log in.
        const why = holder.ownsNick ? "Nickname is in use by its account" : "Nickname is already in use";
        throw new ReplyError(ERR_NICKNAMEINUSE, nick, why);
      }
      chat.lookAlikes.requireNick(own ?? person, nick);
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
