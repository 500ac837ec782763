/** What is done in a channel besides talking: TOPIC, INVITE, KICK. */

import { invitationsOf } from "../room/channel.ts";
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
import type { Person } from "../room/person.ts";
import { BOUNDS } from "../room/isupport.ts";
import { kick } from "../room/joining.ts";
import { deliverToAll, sessionsOf } from "../room/recipient.ts";
import { ReplyError } from "../room/reply.ts";
import { setTopic } from "../room/talking.ts";
import { cut } from "../room/words.ts";
import { attempt, type Call, type Command } from "./command.ts";
import { sendTopic } from "./names.ts";

/** Refuses somebody who is operator neither of a channel nor of the server. Throws 482. */
export function requireOperator(person: Person, channel: Channel): void {
  if (channel.isOperator(person) || person.isOperator) return;
  throw new ReplyError(ERR_CHANOPRIVSNEEDED, channel.name, "You're not channel operator");
}

/** Lists the channels that someone has been invited to (modern.ircdocs.horse/#invite-message; RFC 2812 has no such form). */
function* invitations(call: Call): Generator<void> {
  for (const channel of [...invitationsOf(call.person)]) {
    if (channel.isInvited(call.person)) call.reply.numeric(RPL_INVITELIST, channel.name);
    yield;
  }
  call.reply.numeric(RPL_ENDOFINVITELIST, "End of /INVITE list");
}

function invite(call: Call, nick: string, name: string): void {
  const { chat } = call;
  const guest = chat.find(nick);
  if (guest === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  const channel = chat.ruledChannel(name, call.person);
  if (channel.flags.has("i")) requireOperator(call.person, channel);
  if (channel.isMuted(call.person)) {
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, channel.name, "Cannot invite to channel (+b: you are banned or muted)");
  }
  if (channel.members.has(guest)) {
    throw new ReplyError(ERR_USERONCHANNEL, guest.nick, channel.name, "is already on channel");
  }
  // Whom a ban covers by what is hidden is told of no more than others: else one could find that out.
  if (call.person.isOperator ? channel.isBanned(guest) : channel.isSeenBanned(guest)) {
    const why = `${guest.nick} is banned there (+b) and could not come in: lift the ban, or set an exception (+e)`;
    return call.reply.fail("INVITE", "TARGET_BANNED", guest.nick, channel.name, why);
  }
  channel.invite(guest, call.person);
  call.reply.numeric(RPL_INVITING, guest.nick, channel.name);
  if (guest.away !== undefined) call.reply.numeric(RPL_AWAY, guest.nick, guest.away);
  const event = chat.event(call.person, "INVITE", [guest.nick, channel.name]);
  guest.tell(event);
  // IRCv3 invite-notify: those who could have invited are told.
  const may = (member: Person) => !channel.flags.has("i") || channel.isOperator(member);
  const told = channel.members.keys().filter((member) => member !== call.person && may(member));
  deliverToAll(sessionsOf(told).filter((session) => session.has("invite-notify")), event);
}

/** The family's commands. */
export const CHANNELS: Command[] = [
  {
    name: "TOPIC",
    usage: "TOPIC channel [:text]",
    help: "Shows the topic, or sets it.",
    minParams: 1,
    keeps: (_, { length }) => length - 1,
    handler(call, [name, text]) {
      const { chat } = call;
      if (text === undefined) {
        const channel = chat.channel(name, call.person);
        if (channel.topic === undefined) call.reply.numeric(RPL_NOTOPIC, channel.name, "No topic is set");
        else sendTopic(call.reply, channel);
        return;
      }
      const channel = chat.ruledChannel(name, call.person);
      if (channel.flags.has("t")) requireOperator(call.person, channel);
      setTopic(call.chat, call.reply, channel, cut(text, BOUNDS.topic));
    },
  },
  {
    name: "INVITE",
    usage: "INVITE [nick channel]",
    help: "Asks someone into a channel; without parameters, lists what you are invited to.",
    handler(call, [nick, name]) {
      return nick === undefined || name === undefined ? invitations(call) : invite(call, nick, name);
    },
  },
  {
    name: "KICK",
    usage: "KICK channel nick{,nick} [:reason]",
    help: "Channel operators: puts people out of a channel.",
    minParams: 2,
    *handler(call, [channels, nicks, reason]) {
      const { chat } = call;
      // One channel and several nicks, or as many of each (RFC 2812 section 3.2.8).
      const names = channels.split(",");
      for (const [i, nick] of nicks.split(",").entries()) {
        attempt(call.reply, () => {
          if (nick === "") return;
          const channel = chat.ruledChannel(names.length === 1 ? channels : names[i] ?? "", call.person);
          requireOperator(call.person, channel);
          const victim = chat.find(nick);
          if (victim === undefined || !channel.members.has(victim)) {
            throw new ReplyError(ERR_USERNOTINCHANNEL, nick, channel.name, "They aren't on that channel");
          }
          kick(call.chat, call.reply, channel, victim, cut(reason || call.person.nick, BOUNDS.kick));
        });
        yield;
      }
    },
  },
];
