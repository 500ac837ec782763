/**
 * The slash commands about channels: to come and go, and to see who and what there is.
 *
 * @module
 */

import { RPL_LIST } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import { channel, type Command, nick, optional, text } from "./command.ts";

export const CHANNELS: readonly Command[] = [
  {
    name: "who",
    params: [optional(channel)],
    needs: "channel",
    run: async (client, _, channel) => {
      const joined = client.state.joined(channel);
      if (joined === undefined || joined.members.size === 0) await client.request("NAMES", channel);
      else client.tell({ type: "names", channel: joined.name, members: client.state.members(channel), isAsked: true });
    },
  },
  {
    name: "join",
    params: [channel, optional({ name: "key", kind: "word" })],
    run: (client, [name, key]) => client.join(name, key),
  },
  {
    name: "part",
    params: [optional(channel)],
    needs: "channel",
    run: async (client, _, channel) => void await client.request("PART", channel),
  },
  {
    name: "list",
    params: [],
    run: async (client) => {
      const replies = await client.request("LIST");
      const hasAny = replies.some(({ command }) => command === RPL_LIST);
      if (!hasAny && !isRefused(replies)) client.tell({ type: "info", text: client.sentences.channels.none });
    },
  },
  {
    name: "topic",
    params: [optional(text)],
    needs: "channel",
    run: async (client, args, channel) => {
      const replies = await client.request("TOPIC", channel, ...args);
      const told = replies.find(({ command }) => command.toUpperCase() === "TOPIC")?.params[1];
      if (args.length > 0 && told !== undefined && told !== args[0]) client.refuse(client.sentences.channels.topicCut);
    },
  },
  {
    name: "invite",
    params: [nick, optional(channel)],
    needs: "channel",
    run: async (client, [nick], channel) => void await client.request("INVITE", nick, channel),
  },
];
