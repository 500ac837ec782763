/** What is done in a channel besides talking: TOPIC, INVITE, KICK. */

import {
  ERR_CANNOTSENDTOCHAN,
  ERR_CHANOPRIVSNEEDED,
  ERR_NOSUCHNICK,
  ERR_USERNOTINCHANNEL,
  ERR_USERONCHANNEL,
  RPL_AWAY,
  RPL_ENDOFINVITELIST,
  RPL_INVITELIST,
  RPL_INVITING,
  RPL_NOTOPIC,
} from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError, Session } from "../room/session.ts";
import { cut } from "../room/words.ts";
import { attempt, type Command } from "./command.ts";
import { sendTopic } from "./names.ts";

/** Refuses who is no operator of a channel, nor of the server. Throws 482. */
export function requireOperator(session: Session, channel: Channel): void {
  if (channel.isOperator(session) || session.isOperator) return;
  throw new ReplyError(ERR_CHANOPRIVSNEEDED, channel.name, "You're not channel operator");
}

/** Lists the channels that someone has been invited to (modern.ircdocs.horse/#invite-message; RFC 2812 has no such form). */
function* invitations(session: Session): Generator<void> {
  for (const channel of [...session.invitedTo]) {
    if (channel.isInvited(session)) session.reply(RPL_INVITELIST, channel.name);
    yield;
  }
  session.reply(RPL_ENDOFINVITELIST, "End of /INVITE list");
}

function invite(session: Session, nick: string, name: string): void {
  const { chat } = session;
  const guest = chat.find(nick);
  if (guest === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  const channel = chat.ruledChannel(name, session);
  if (channel.flags.has("i")) requireOperator(session, channel);
  if (channel.isMuted(session)) {
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, channel.name, "Cannot invite to channel (+b: you are banned or muted)");
  }
  if (channel.members.has(guest)) {
    throw new ReplyError(ERR_USERONCHANNEL, guest.nick, channel.name, "is already on channel");
  }
  // Whom a ban covers by what is hidden is told of no more than others: else one could find that out.
  if (session.isOperator ? channel.isBanned(guest) : channel.isSeenBanned(guest)) {
    const why = `${guest.nick} is banned there (+b) and could not come in: lift the ban, or set an exception (+e)`;
    return session.fail("INVITE", "TARGET_BANNED", guest.nick, channel.name, why);
  }
  channel.invite(guest, session);
  session.reply(RPL_INVITING, guest.nick, channel.name);
  if (guest.away !== undefined) session.reply(RPL_AWAY, guest.nick, guest.away);
  const event = chat.event(session, "INVITE", [guest.nick, channel.name]);
  guest.deliver(event);
  // IRCv3 invite-notify: those who could have invited are told.
  const may = (member: Session) => !channel.flags.has("i") || channel.isOperator(member);
  const told = channel.members.keys().filter((member) =>
    member.has("invite-notify") && member !== session && may(member)
  );
  Session.tell(told, event);
}

/** The family's commands. */
export const CHANNELS: Command[] = [
  {
    name: "TOPIC",
    usage: "TOPIC channel [:text]",
    help: "Shows the topic, or sets it.",
    minParams: 1,
    keeps: (_, { length }) => length - 1,
    handler(session, [name, text]) {
      const { chat } = session;
      if (text === undefined) {
        const channel = chat.channel(name, session);
        if (channel.topic === undefined) session.reply(RPL_NOTOPIC, channel.name, "No topic is set");
        else sendTopic(session, channel);
        return;
      }
      const channel = chat.ruledChannel(name, session);
      if (channel.flags.has("t")) requireOperator(session, channel);
      chat.setTopic(session, channel, cut(text, BOUNDS.topic));
    },
  },
  {
    name: "INVITE",
    usage: "INVITE [nick channel]",
    help: "Asks someone into a channel; without parameters, lists what you are invited to.",
    handler(session, [nick, name]) {
      return nick === undefined || name === undefined ? invitations(session) : invite(session, nick, name);
    },
  },
  {
    name: "KICK",
    usage: "KICK channel nick{,nick} [:reason]",
    help: "Channel operators: puts people out of a channel.",
    minParams: 2,
    *handler(session, [channels, nicks, reason]) {
      const { chat } = session;
      // One channel and several nicks, or as many of each (RFC 2812 section 3.2.8).
      const names = channels.split(",");
      for (const [i, nick] of nicks.split(",").entries()) {
        attempt(session, () => {
          if (nick === "") return;
          const channel = chat.ruledChannel(names.length === 1 ? channels : names[i] ?? "", session);
          requireOperator(session, channel);
          const victim = chat.find(nick);
          if (victim === undefined || !channel.members.has(victim)) {
            throw new ReplyError(ERR_USERNOTINCHANNEL, nick, channel.name, "They aren't on that channel");
          }
          chat.kick(session, channel, victim, cut(reason || session.nick, BOUNDS.kick));
        });
        yield;
      }
    },
  },
];
