/**
 * The slash commands of the operators of a channel.
 *
 * @module
 */

import { foldName } from "../names.ts";
import { isRefused } from "../connection/refusals.ts";
import { lift, listRestrictions, restrictPerson } from "./bans.ts";
import { channelOf, type Command, countOf, nick, nickOrMask, optional, reason, time } from "./command.ts";

/** The most people that a channel may be limited to. */
const MOST_PEOPLE = 1_000_000;

/** A command that gives a rank in the channel, or takes it, by a change of the member's mode: `+o`. */
function rank(name: "op" | "deop" | "devoice", change: string): Command {
  return {
    name,
    params: [nick],
    needs: "channel",
    run: async (client, [nick], channel) => void await client.request("MODE", channel, change, nick),
  };
}

/** What no nick has: a file's name has an end, or its folder before it; a file without either is written as `./tea`. */
const OF_PATHS = /[./\\'"~]/;

/** Gives voice to a member, as in every client of IRC. What can be no nick is a file of sound, which is sent as a voice message. */
const VOICE: Command = {
  name: "voice",
  params: [{ name: "nickOrFile", kind: "nick" }, { name: "place", kind: "line", isOptional: true }],
  needs: "talk",
  run: async (client, [who, rest], talk) => {
    const isMember = rest === undefined && talk.members.has(foldName(who));
    if (isMember || (rest === undefined && !OF_PATHS.test(who))) {
      const channel = channelOf(client, undefined);
      return channel === undefined ? undefined : void await client.request("MODE", channel, "+v", who);
    }
    if (client.fileView === undefined) return client.refuse(client.sentences.files.notHere);
    await client.fileView.voice(rest === undefined ? who : `${who} ${rest}`, talk);
  },
};

export const MODERATION: readonly Command[] = [
  {
    name: "kick",
    params: [nick, reason],
    needs: "channel",
    run: async (client, args, channel) => void await client.request("KICK", channel, ...args),
  },
  {
    name: "ban",
    params: [nickOrMask, time, reason],
    needs: "channel",
    run: async (client, [who, time = "", reason], channel) => {
      const ban = await restrictPerson(client, channel, who, time, reason, false);
      if (ban === undefined) return;
      client.tell({ type: "info", text: client.sentences.moderation.banned(who, channel, ban.period) });
      const isHere = client.state.joined(channel)?.members.has(foldName(who));
      if (isHere) await client.request("KICK", channel, who, ...(reason === undefined ? [] : [reason]));
    },
  },
  {
    name: "unban",
    params: [nickOrMask],
    needs: "channel",
    run: (client, [who], channel) => lift(client, channel, who, false),
  },
  {
    name: "mute",
    params: [nickOrMask, time, reason],
    needs: "channel",
    run: async (client, [who, time = "", reason], channel) => {
      const mute = await restrictPerson(client, channel, who, time, reason, true);
      if (mute === undefined) return;
      client.tell({ type: "info", text: client.sentences.moderation.muted(who, channel, mute.period) });
    },
  },
  {
    name: "unmute",
    params: [nickOrMask],
    needs: "channel",
    run: (client, [who], channel) => lift(client, channel, who, true),
  },
  {
    name: "bans",
    params: [],
    needs: "channel",
    run: (client, _, channel) => listRestrictions(client, channel),
  },
  rank("op", "+o"),
  rank("deop", "-o"),
  VOICE,
  rank("devoice", "-v"),
  {
    name: "key",
    params: [optional({ name: "word", kind: "word" })],
    needs: "channel",
    run: async (client, [word], channel) => {
      // Most servers want a parameter for taking the key away, too, and take any.
      const change = word === undefined ? ["-k", "*"] : ["+k", word];
      if (isRefused(await client.request("MODE", channel, ...change))) return;
      const { keySet, keyRemoved } = client.sentences.moderation;
      client.tell({ type: "info", text: word === undefined ? keyRemoved(channel) : keySet(channel, word) });
    },
  },
  {
    name: "limit",
    params: [optional({ name: "count", kind: "word" })],
    needs: "channel",
    run: async (client, [word], channel) => {
      const count = word === undefined ? 0 : countOf(client, word, MOST_PEOPLE);
      if (count === undefined) return;
      const change = count === 0 ? ["-l"] : ["+l", String(count)];
      if (isRefused(await client.request("MODE", channel, ...change))) return;
      const { limited, unlimited } = client.sentences.moderation;
      client.tell({ type: "info", text: count === 0 ? unlimited(channel) : limited(channel, count) });
    },
  },
  {
    name: "mode",
    params: [optional({ name: "changes", kind: "line" })],
    run: async (client, [changes = ""]) => {
      const words = changes.split(/\s+/).filter((word) => word !== "");
      const named = words.length > 0 && client.state.isupport.isChannel(words[0]) ? words.shift() : undefined;
      const channel = channelOf(client, named);
      if (channel !== undefined) await client.request("MODE", channel, ...words);
    },
  },
];
