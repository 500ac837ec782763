/** Channels: JOIN, PART, NAMES, TOPIC, INVITE, KICK. */

import {
  ERR_BADCHANNELKEY,
  ERR_CANNOTSENDTOCHAN,
  ERR_CHANOPRIVSNEEDED,
  ERR_NOSUCHNICK,
  ERR_USERNOTINCHANNEL,
  ERR_USERONCHANNEL,
  RPL_AWAY,
  RPL_ENDOFINVITELIST,
  RPL_ENDOFNAMES,
  RPL_INVITELIST,
  RPL_INVITING,
  RPL_NAMREPLY,
  RPL_NOTOPIC,
  RPL_TOPIC,
  RPL_TOPICWHOTIME,
} from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError, Session } from "../room/session.ts";
import { inTurn } from "../turns/slices.ts";
import { introduce, sync } from "../room/subscribers.ts";
import { cut } from "../room/words.ts";
import { attempt, type Command, listItems, replyWithWords } from "./command.ts";
import { tellMarker } from "./markers.ts";
import { replay } from "./replay.ts";

/** Refuses who is no operator of a channel, nor of the server. Throws 482. */
export function requireOperator(session: Session, channel: Channel): void {
  if (channel.isOperator(session) || session.isOperator) return;
  throw new ReplyError(ERR_CHANOPRIVSNEEDED, channel.name, "You're not channel operator");
}

/** Tells who is in a channel: all to a member, to others those that are not invisible. */
function* listNames(session: Session, channel: Channel): Generator<void> {
  const all = session.has("multi-prefix");
  const withHost = session.has("userhost-in-names");
  const params = [channel.flags.has("s") ? "@" : "=", channel.name];
  if (channel.members.has(session)) {
    // In one step: what happens next must not be told before who is in.
    for (const line of channel.names(all, withHost)) session.reply(RPL_NAMREPLY, ...params, line);
    return yield;
  }
  const words: string[] = [];
  // A copy: an iterator that waits would keep all who come and go meanwhile.
  for (const member of [...channel.members.keys()]) {
    const isSeen = channel.members.has(member) && !member.invisible;
    if (isSeen) words.push(channel.prefix(member, all) + (withHost ? member.source : member.nick));
    yield;
    // It may have become secret meanwhile.
    if (!channel.isVisibleTo(session) && !session.isOperator) return;
  }
  replyWithWords(session, RPL_NAMREPLY, params, words);
}

/** Closes one or several lists of names. */
function endOfNames(session: Session, names: string): void {
  session.reply(RPL_ENDOFNAMES, names, "End of /NAMES list");
}

function sendTopic(session: Session, channel: Channel): void {
  const { topic } = channel;
  if (topic === undefined) return;
  session.reply(RPL_TOPIC, channel.name, topic.text);
  session.reply(RPL_TOPICWHOTIME, channel.name, topic.by, `${Math.floor(topic.at / 1000)}`);
}

/** Tells one who has just come in what a channel is like, but not its metadata. */
export function describe(session: Session, channel: Channel): void {
  sendTopic(session, channel);
  tellMarker(session, channel.name);
  if (!session.has("no-implicit-names")) {
    for (const _ of listNames(session, channel));
    endOfNames(session, channel.name);
  }
}

/** Brings a session into a channel, and tells it and the others at once: in a later step it might be out again. */
function arrive(session: Session, name: string, key?: string): Arrival | undefined {
  const channel = session.chat.join(session, name, key);
  if (channel === undefined) return undefined;
  const past = replay(session, channel);
  introduce(session, channel);
  describe(session, channel);
  return { channel, past };
}

/** A channel that a session has come into, and the steps that tell what was said there before. */
interface Arrival {
  channel: Channel;
  past: Generator<void>;
}

/**
 * Brings a session into a channel. A key waits for its turn (guesses.ts), whether the channel asks for one or not.
 *
 * @returns Nothing if the session was in it already, or may not come in, which is told.
 */
function* enter(session: Session, name: string, key = ""): Generator<Promise<unknown>, Arrival | undefined> {
  const { chat } = session;
  if (key === "") return attempt(session, () => arrive(session, name));
  let arrival: Arrival | undefined;
  let isWrong = false;
  const look = () => {
    if (session.closed) return undefined;
    attempt(session, () => {
      try {
        arrival = arrive(session, name, key);
      } catch (error) {
        isWrong = error instanceof ReplyError && error.numeric === ERR_BADCHANNELKEY;
        throw error;
      }
    });
    return isWrong ? undefined : true;
  };
  yield chat.guesses.attempt(session, { look: () => inTurn(session.pace, look) });
  return arrival;
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
    name: "JOIN",
    usage: "JOIN channel{,channel} [key{,key}] | JOIN 0",
    help: "Takes you into channels; with 0, out of all of them.",
    minParams: 1,
    tells: true,
    keeps: ({ account }, [list]) => account === undefined ? 0 : list.split(",").length,
    *handler(session, [list, keys = ""]) {
      if (list === "0") {
        // RFC 2812 section 3.2.1: leaves every channel.
        for (const channel of [...session.channels]) {
          if (channel.members.has(session)) session.chat.part(session, channel);
          yield;
        }
        return;
      }
      const keyList = keys.split(",");
      for (const [i, name] of list.split(",").entries()) {
        if (name === "") continue;
        const arrival = yield* enter(session, name.normalize("NFC"), keyList[i]);
        if (arrival === undefined) continue;
        const { channel, past } = arrival;
        yield;
        if (channel.members.has(session)) yield* sync(session, channel);
        yield* past;
        yield;
      }
    },
  },
  {
    name: "PART",
    usage: "PART channel{,channel} [:reason]",
    help: "Takes you out of channels.",
    minParams: 1,
    *handler(session, [list, reason]) {
      for (const name of listItems(list)) {
        attempt(session, () => {
          session.chat.part(session, session.chat.ownChannel(name, session), reason && cut(reason, BOUNDS.quit));
        });
        yield;
      }
    },
  },
  {
    name: "NAMES",
    usage: "NAMES channel{,channel}",
    help: "Lists who is in a channel.",
    *handler(session, [list]) {
      // Without a parameter RFC 2812 would list everything; as modern servers do, nothing is listed.
      if (list === undefined) return endOfNames(session, "*");
      const names = listItems(list, BOUNDS.names);
      let only: string | undefined;
      for (const name of names) {
        const channel = session.chat.findChannel(name);
        if (channel?.isVisibleTo(session)) {
          yield* listNames(session, channel);
          only = channel.name;
        }
        yield;
      }
      endOfNames(session, names.length === 1 ? only ?? list : list);
    },
  },
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
