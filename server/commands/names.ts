/** NAMES, and what a person is told who joins a channel: its topic and its members. */

import { RPL_ENDOFNAMES, RPL_NAMREPLY, RPL_TOPIC, RPL_TOPICWHOTIME } from "../../protocol.ts";
import { tellOfCall } from "../room/calling.ts";
import type { Channel } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Reply } from "../room/reply.ts";
import { restrictionNote } from "../room/restrictions.ts";
import type { Command } from "./command.ts";
import { tellMarker } from "./markers.ts";
import { listItems } from "./params.ts";
import { replyWithWords, seconds } from "./replies.ts";

/** Lists who is in a channel: all members for a member, and for others those that are not invisible. */
function* listNames(reply: Reply, channel: Channel): Generator<void> {
  const { session, session: { person } } = reply;
  const hasAllPrefixes = session.has("multi-prefix");
  const hasHosts = session.has("userhost-in-names");
  const params = [channel.flags.has("s") ? "@" : "=", channel.name];
  if (channel.members.has(person)) {
    // In one step: what happens next must not be told before the list.
    for (const line of channel.names(hasAllPrefixes, hasHosts)) reply.numeric(RPL_NAMREPLY, ...params, line);
    return yield;
  }
  const words: string[] = [];
  // A copy: an iterator that waits would keep all who come and go meanwhile.
  for (const member of [...channel.members.keys()]) {
    const isSeen = channel.members.has(member) && !member.isInvisible;
    if (isSeen) words.push(channel.prefix(member, hasAllPrefixes) + (hasHosts ? member.source : member.nick));
    yield;
    // It may have become secret meanwhile.
    if (!channel.isVisibleTo(person) && !person.isOperator) return;
  }
  replyWithWords(reply, RPL_NAMREPLY, params, words);
}

/** Ends one list of names, or several. @param names As they were asked for. */
function endOfNames(reply: Reply, names: string): void {
  reply.numeric(RPL_ENDOFNAMES, names, "End of /NAMES list");
}

/** Tells a channel's topic, if it has one, and who set it when. */
export function sendTopic(reply: Reply, channel: Channel): void {
  const { topic } = channel;
  if (topic === undefined) return;
  reply.numeric(RPL_TOPIC, channel.name, topic.text);
  reply.numeric(RPL_TOPICWHOTIME, channel.name, topic.by, seconds(topic.at));
}

/**
 * Tells somebody who has come into a channel its topic, up to when they have read it, its members, if they may not talk there,
 * why and until when, and who is in the call there.
 */
export function describe(chat: Chat, reply: Reply, channel: Channel): void {
  sendTopic(reply, channel);
  tellMarker(chat, reply, channel.name);
  if (!reply.session.has("no-implicit-names")) {
    for (const _ of listNames(reply, channel));
    endOfNames(reply, channel.name);
  }
  const { session, session: { origin, person } } = reply;
  const entry = channel.silencing(person);
  if (entry !== undefined) reply.send(restrictionNote(origin, session, person, channel.name, entry));
  tellOfCall(chat.calls, reply, channel);
}

/** The family's command. */
export const NAMES: Command[] = [
  {
    name: "NAMES",
    usage: "NAMES channel{,channel}",
    help: "Lists who is in a channel.",
    *handler(call, [list]) {
      // Without a parameter RFC 2812 would list everything; as modern servers do, nothing is listed.
      if (list === undefined) return endOfNames(call.reply, "*");
      const names = listItems(list, BOUNDS.names);
      let only: string | undefined;
      for (const name of names) {
        const channel = call.chat.channels.find(name);
        if (channel?.isVisibleTo(call.person)) {
          yield* listNames(call.reply, channel);
          only = channel.name;
        }
        yield;
      }
      endOfNames(call.reply, names.length === 1 ? only ?? list : list);
    },
  },
];
