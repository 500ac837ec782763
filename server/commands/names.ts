/** Who is in a channel, and what it is like: NAMES, and what everyone is told who joins. */

import { RPL_ENDOFNAMES, RPL_NAMREPLY, RPL_TOPIC, RPL_TOPICWHOTIME } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Session } from "../room/session.ts";
import { type Command, listItems, replyWithWords } from "./command.ts";
import { tellMarker } from "./markers.ts";

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

export function sendTopic(session: Session, channel: Channel): void {
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

/** The family's command. */
export const NAMES: Command[] = [
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
];
