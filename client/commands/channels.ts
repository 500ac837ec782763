/**
 * The slash commands about channels: to come and go, to see who and what there is, and to keep order.
 *
 * @module
 */

import { casefold, type Message, parseSource, RPL_BANLIST, RPL_LIST } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { refused } from "../outgoing.ts";
import { channel, channelOf, type Command, type Commands, nick, optional, reason, text } from "./command.ts";

export const CHANNELS: Commands = {
  who: {
    params: [optional(channel)],
    description: "list who is online",
    run: async (client, args) => {
      const name = channelOf(client, args[0]);
      if (name === undefined) return;
      const channel = client.state.joined(name);
      if (channel === undefined || channel.members.size === 0) await client.request("NAMES", name);
      else client.tell({ type: "names", channel: channel.name, members: client.state.members(name) });
    },
  },
  join: {
    params: [channel, { name: "key", kind: "word", optional: true }],
    description: "join a channel and talk there",
    run: (client, [name, key]) => client.join(name, key),
  },
  part: {
    params: [optional(channel)],
    description: "leave a channel",
    run: async (client, args) => {
      const name = channelOf(client, args[0]);
      if (name !== undefined) await client.request("PART", name);
    },
  },
  list: {
    params: [],
    description: "list the channels",
    run: async (client) => {
      const replies = await client.request("LIST");
      const hasAny = replies.some(({ command }) => command === RPL_LIST);
      if (!hasAny && !refused(replies)) client.tell({ type: "info", text: "There is no channel." });
    },
  },
  topic: {
    params: [optional(text)],
    description: "show the channel's topic, or set it",
    run: async (client, args) => {
      const name = channelOf(client);
      if (name !== undefined) await client.request("TOPIC", name, ...args);
    },
  },
  invite: {
    params: [nick, optional(channel)],
    description: "invite somebody into the channel",
    run: async (client, [nick, channel]) => {
      const name = channelOf(client, channel);
      if (name !== undefined) await client.request("INVITE", nick, name);
    },
  },
  kick: {
    params: [nick, reason],
    description: "throw somebody out (operators)",
    run: async (client, args) => {
      const name = channelOf(client);
      if (name !== undefined) await client.request("KICK", name, ...args);
    },
  },
  ban: {
    params: [{ ...nick, name: "nick|mask" }, reason],
    description: "throw somebody out for good (operators): /ban bob, /ban *!*@10.0.0.7",
    run: async (client, [who, ...reason]) => {
      const name = channelOf(client);
      if (name === undefined) return;
      const mask = isMask(who) ? who : maskOf(client, name, who);
      if (refused(await client.request("MODE", name, "+b", mask))) return;
      if (isMask(who)) return;
      client.tell({ type: "info", text: `/unban ${mask} lets ${who} in again.` });
      if (client.state.joined(name)?.members.has(casefold(who))) await client.request("KICK", name, who, ...reason);
    },
  },
  unban: {
    params: [{ ...nick, name: "nick|mask" }],
    description: "let somebody in again (operators)",
    run: async (client, [who]) => {
      const name = channelOf(client);
      if (name === undefined) return;
      const masks = isMask(who) ? [who] : (await bans(client, name))?.map(({ params: [, , mask = ""] }) => mask)
        .filter((mask) => casefold(parseSource(mask).nick) === casefold(who));
      if (masks?.length === 0) client.refuse(`No ban in ${name} names ${who}: /bans lists them.`);
      for (const mask of masks ?? []) await client.request("MODE", name, "-b", mask);
    },
  },
  bans: {
    params: [],
    description: "list who is banned",
    run: async (client) => {
      const name = channelOf(client);
      const list = name === undefined ? undefined : await bans(client, name);
      if (list?.length === 0) client.tell({ type: "info", text: `Nobody is banned from ${name}.` });
    },
  },
  op: rank("+o", "make somebody an operator of the channel (operators)"),
  deop: rank("-o", "take that back"),
  voice: rank("+v", "let somebody speak where only some may, /mode +m (operators)"),
  devoice: rank("-v", "take that back"),
  mode: {
    params: [{ name: "changes", kind: "line", optional: true }],
    description: "show the channel's mode, or change it: /mode +m",
    run: async (client, [changes = ""]) => {
      const words = changes.split(/\s+/).filter((word) => word !== "");
      const named = words.length > 0 && client.state.isupport.isChannel(words[0]) ? words.shift() : undefined;
      const name = channelOf(client, named);
      if (name !== undefined) await client.request("MODE", name, ...words);
    },
  },
};

/** A command that gives a rank in the channel, or takes it. */
function rank(change: string, description: string): Command {
  return {
    params: [nick],
    description,
    run: async (client, [nick]) => {
      const name = channelOf(client);
      if (name !== undefined) await client.request("MODE", name, change, nick);
    },
  };
}

/** Whether it is a mask, or a ban by other things than a name (`~account:bob`), rather than a nick. */
function isMask(who: string): boolean {
  return /[!@*?:$~]/.test(who);
}

/**
 * The mask that bans somebody: by their host, so that a new nick is of no use; but by their nick where that is not known, or
 * others in the channel share it, as behind one router.
 */
function maskOf(client: Client, channel: string, nick: string): string {
  const members = client.state.members(channel);
  const hostOf = (userhost = "") => userhost.slice(userhost.indexOf("@") + 1);
  const host = hostOf(members.find((member) => casefold(member.nick) === casefold(nick))?.userhost);
  const sharing = members.filter(({ userhost }) => hostOf(userhost) === host);
  return host !== "" && sharing.length === 1 ? `*!*@${host}` : `${nick}!*@*`;
}

/** The bans of a channel, which the person sees as they come; undefined if the server does not tell them. */
async function bans(client: Client, channel: string): Promise<Message[] | undefined> {
  const replies = await client.request("MODE", channel, "b");
  return refused(replies) ? undefined : replies.filter(({ command }) => command === RPL_BANLIST);
}
