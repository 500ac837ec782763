/**
 * The slash commands about channels: to come and go, and to see who and what there is.
 *
 * @module
 */

import { type Message, RPL_LIST } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import { compareNames, foldText } from "../names.ts";
import type { Actions } from "./actions.ts";
import { answerTo, channel, type Command, nick, optional, text } from "./command.ts";

/** How many channels are shown at once. */
const MOST_SHOWN = 50;

/** The channels of an answer to LIST whose name or topic holds a word, those of many people first, as the rows of a table. */
function channelRows(replies: readonly Message[], word: string, { sentences }: Actions): string[][] {
  const wanted = foldText(word);
  const found = replies.filter(({ command }) => command === RPL_LIST)
    .map(({ params: [, name = "", count = "0", topic = ""] }) => ({ name, count: Number(count) || 0, topic }))
    .filter(({ name, topic }) => foldText(`${name} ${topic}`).includes(wanted))
    .sort((a, b) => b.count - a.count || compareNames(a.name, b.name));
  const { public: title, more } = sentences.channels;
  const rows = found.slice(0, MOST_SHOWN).map(({ name, count, topic }) => [`${count}  ${name}`, topic]);
  const left = found.length - rows.length;
  return [[title(found.length)], ...rows, ...left > 0 ? [[more(left)]] : []];
}

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
    name: "channels",
    params: [optional({ name: "words", kind: "line" })],
    run: async (client, [word = ""]) => {
      const replies = await client.withoutShowing([RPL_LIST], () => answerTo(client, "channels", "LIST"));
      if (replies === undefined || isRefused(replies)) return;
      client.tell({ type: "table", rows: channelRows(replies, word, client) });
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
