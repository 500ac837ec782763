/** What people do in a channel besides talking: TOPIC, INVITE, KICK. */

import {
  ERR_CANNOTSENDTOCHAN,
  ERR_USERONCHANNEL,
  RPL_AWAY,
  RPL_ENDOFINVITELIST,
  RPL_INVITELIST,
  RPL_INVITING,
  RPL_NOTOPIC,
} from "../../protocol.ts";
import { type Channel, invitationsOf } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { kick } from "../room/joining.ts";
import { otherSessions } from "../room/attaching.ts";
import { deviceSource } from "../room/masklist.ts";
import type { Person } from "../room/person.ts";
import { deliverToAll, sessionsOf } from "../room/recipient.ts";
import { ReplyError } from "../room/reply.ts";
import { restrictionWords, untilWords } from "../room/restrictions.ts";
import { setTopic } from "../room/talking.ts";
import { cut } from "../room/texts.ts";
import { attempt, requireChannelOperator, requireMember, requireNoOwner, requirePerson } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { sendTopic } from "./names.ts";

/** Lists the channels that the sender is invited to (modern.ircdocs.horse/#invite-message; RFC 2812 has no such form). */
function* listInvitations({ person, reply }: Call): Generator<void> {
  for (const channel of [...invitationsOf(person)]) {
    if (channel.isInvited(person)) reply.numeric(RPL_INVITELIST, channel.name);
    yield;
  }
  reply.numeric(RPL_ENDOFINVITELIST, "End of /INVITE list");
}

/**
 * By what of a guest an inviter is told of a ban. A ban that covers something hidden of the guest is not told, because the
 * inviter could find out what it is; but operators of the channel, who ban people by their devices, are told of those.
 */
function sourcesFor(person: Person, guest: Person, channel: Channel): readonly string[] {
  if (person.isOperator) return guest.sources;
  const stamps = channel.isOperator(person) ? [...guest.stamps] : [];
  return [...guest.shownSources, ...stamps.map(deviceSource)];
}

function invite({ chat, session, person, reply }: Call, nick: string, name: string): void {
  const guest = requirePerson(chat, nick);
  const channel = chat.ruledChannel(name, person);
  if (channel.flags.has("i")) requireChannelOperator(person, channel);
  const silencing = channel.members.has(person) ? channel.silencing(person) : undefined;
  if (silencing !== undefined) {
    const why = `Cannot invite to channel (+b: ${restrictionWords(silencing)})`;
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, channel.name, why);
  }
  if (channel.members.has(guest)) {
    throw new ReplyError(ERR_USERONCHANNEL, guest.nick, channel.name, "is already on channel");
  }
  const ban = channel.banOf(sourcesFor(person, guest, channel));
  if (ban !== undefined) {
    const why = `${guest.nick} is banned there (+b)${untilWords(ban)} and could not come in: lift the ban, or set an ` +
      "exception (+e)";
    return reply.fail("INVITE", "TARGET_BANNED", guest.nick, channel.name, why);
  }
  channel.invite(guest, person);
  reply.numeric(RPL_INVITING, guest.nick, channel.name);
  if (guest.away !== undefined) reply.numeric(RPL_AWAY, guest.nick, guest.away);
  const event = chat.event(person, "INVITE", [guest.nick, channel.name]);
  guest.tell(event);
  // Members who could have invited are told (IRCv3 invite-notify).
  const mayInvite = (member: Person) => !channel.flags.has("i") || channel.isOperator(member);
  const told = channel.members.keys().filter((member) => member !== person && mayInvite(member));
  const all = [...sessionsOf(told), ...otherSessions(person, session)];
  deliverToAll(all.filter((one) => one.has("invite-notify") && channel.isFollowedBy(one)), event);
}

/** The family's commands. */
export const CHANNELS: Command[] = [
  {
    name: "TOPIC",
    usage: "TOPIC channel [:text]",
    help: "Shows the topic, or sets it.",
    minParams: 1,
    keptRows: (_, { length }) => length - 1,
    handler({ chat, person, reply }, [name, text]) {
      if (text === undefined) {
        const channel = chat.channel(name, person);
        if (channel.topic === undefined) reply.numeric(RPL_NOTOPIC, channel.name, "No topic is set");
        else sendTopic(reply, channel);
        return;
      }
      const channel = chat.ruledChannel(name, person);
      if (channel.flags.has("t")) requireChannelOperator(person, channel);
      setTopic(chat, reply, channel, cut(text, BOUNDS.topic));
    },
  },
  {
    name: "INVITE",
    usage: "INVITE [nick channel]",
    help: "Asks someone into a channel; without parameters, lists what you are invited to.",
    handler(call, [nick, name]) {
      return nick === undefined || name === undefined ? listInvitations(call) : invite(call, nick, name);
    },
  },
  {
    name: "KICK",
    usage: "KICK channel nick{,nick} [:reason]",
    help: "Channel operators: puts people out of a channel.",
    minParams: 2,
    *handler({ chat, person, reply }, [channels, nicks, reason]) {
      // One channel and several nicks, or as many of each (RFC 2812 section 3.2.8).
      const names = channels.split(",");
      for (const [i, nick] of nicks.split(",").entries()) {
        attempt(reply, () => {
          if (nick === "") return;
          const channel = chat.ruledChannel(names.length === 1 ? channels : names[i] ?? "", person);
          requireChannelOperator(person, channel);
          const victim = chat.find(nick);
          requireMember(channel, victim, nick);
          requireNoOwner(person, channel, victim);
          kick(chat, reply, channel, victim, cut(reason || person.nick, BOUNDS.kick));
        });
        yield;
      }
    },
  },
];
