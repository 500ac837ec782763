/**
 * The slash commands about channels: to come and go, and to see who and what there is.
 *
 * @module
 */

import { RPL_LIST } from "../../protocol.ts";
import { refused } from "../connection/outgoing.ts";
import { channel, channelOf, type Commands, nick, optional, text } from "./command.ts";

export const CHANNELS: Commands = {
  who: {
    params: [optional(channel)],
    run: async (client, args) => {
      const name = channelOf(client, args[0]);
      if (name === undefined) return;
      const channel = client.state.joined(name);
      if (channel === undefined || channel.members.size === 0) await client.request("NAMES", name);
      else client.tell({ type: "names", channel: channel.name, members: client.state.members(name), isAsked: true });
    },
  },
  join: {
    params: [channel, { name: "key", kind: "word", optional: true }],
    run: (client, [name, key]) => client.join(name, key),
  },
  part: {
    params: [optional(channel)],
    run: async (client, args) => {
      const name = channelOf(client, args[0]);
      if (name !== undefined) await client.request("PART", name);
    },
  },
  list: {
    params: [],
    run: async (client) => {
      const replies = await client.request("LIST");
      const hasAny = replies.some(({ command }) => command === RPL_LIST);
      if (!hasAny && !refused(replies)) client.tell({ type: "info", text: client.sentences.channels.none });
    },
  },
  topic: {
    params: [optional(text)],
    run: async (client, args) => {
      const name = channelOf(client);
      if (name === undefined) return;
      const replies = await client.request("TOPIC", name, ...args);
      const told = replies.find(({ command }) => command.toUpperCase() === "TOPIC")?.params[1];
      if (args.length > 0 && told !== undefined && told !== args[0]) client.refuse(client.sentences.channels.topicCut);
    },
  },
  invite: {
    params: [nick, optional(channel)],
    run: async (client, [nick, channel]) => {
      const name = channelOf(client, channel);
      if (name !== undefined) await client.request("INVITE", nick, name);
    },
  },
};
