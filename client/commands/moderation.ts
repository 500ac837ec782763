/**
 * The slash commands of those who keep order in a channel.
 *
 * @module
 */

import { type Message, RPL_BANLIST, RPL_ENDOFBANLIST, RPL_ENDOFWHO, RPL_WHOSPCRPL } from "../../protocol.ts";
import { foldName } from "../bounds.ts";
import type { Client } from "../client.ts";
import type { Member } from "../state/members.ts";
import { arePair, extendedOf, masksFor, masksOf, readEntry } from "../state/masks.ts";
import { refused } from "../connection/outgoing.ts";
import { periodText, readPeriod } from "../state/period.ts";
import {
  channelOf,
  type Command,
  type Commands,
  countOf,
  nick,
  optional,
  type Param,
  reason,
  time,
} from "./command.ts";

const who: Param = { name: "nickOrMask", kind: "nick" };

/** The most people that a channel may be limited to. */
const MOST_PEOPLE = 1_000_000;

/** Changes of a mode in one line where a server does not say how many it takes (RFC 2812 section 3.2.3). */
const CHANGES = 3;

/** What was set for people in this session, by channel and nick, so that it can be lifted when they are gone. */
const set = new WeakMap<Client, Map<string, string[]>>();

/** People that are remembered so; the oldest are forgotten first. */
const REMEMBERED = 500;

/** By which an answer of WHO is known for this client's. */
const WHOX_TOKEN = "113";

export const MODERATION: Commands = {
  kick: {
    params: [nick, reason],
    run: async (client, args) => {
      const name = channelOf(client);
      if (name !== undefined) await client.request("KICK", name, ...args);
    },
  },
  ban: {
    params: [who, time, reason],
    run: async (client, [who, time = "", reason]) => {
      const ban = await restrict(client, who, time, false);
      if (ban === undefined) return;
      client.tell({ type: "info", text: client.sentences.moderation.banned(who, ban.channel, ban.period) });
      const isHere = client.state.joined(ban.channel)?.members.has(foldName(who));
      if (isHere) await client.request("KICK", ban.channel, who, ...(reason === undefined ? [] : [reason]));
    },
  },
  unban: {
    params: [who],
    run: (client, [who]) => lift(client, who, false),
  },
  mute: {
    params: [who, time],
    run: async (client, [who, time = ""]) => {
      const mute = await restrict(client, who, time, true);
      if (mute === undefined) return;
      client.tell({ type: "info", text: client.sentences.moderation.muted(who, mute.channel, mute.period) });
    },
  },
  unmute: {
    params: [who],
    run: (client, [who]) => lift(client, who, true),
  },
  bans: {
    params: [],
    run: async (client) => {
      const name = channelOf(client);
      if (name === undefined) return;
      const replies = await client.request("MODE", name, "b");
      if (!refused(replies) && entriesOf(replies).length === 0) {
        client.tell({ type: "info", text: client.sentences.moderation.nobodyBanned(name) });
      }
    },
  },
  op: rank("+o"),
  deop: rank("-o"),
  voice: rank("+v"),
  devoice: rank("-v"),
  key: {
    params: [optional({ name: "word", kind: "word" })],
    run: async (client, [word]) => {
      const name = channelOf(client);
      if (name === undefined) return;
      // Most servers want a word for taking it away, too, and take any.
      const change = word === undefined ? ["-k", "*"] : ["+k", word];
      if (refused(await client.request("MODE", name, ...change))) return;
      const { keySet, keyRemoved } = client.sentences.moderation;
      client.tell({ type: "info", text: word === undefined ? keyRemoved(name) : keySet(name, word) });
    },
  },
  limit: {
    params: [optional({ name: "count", kind: "word" })],
    run: async (client, [word]) => {
      const name = channelOf(client);
      const count = word === undefined ? 0 : countOf(client, word, MOST_PEOPLE);
      if (name === undefined || count === undefined) return;
      const change = count === 0 ? ["-l"] : ["+l", String(count)];
      if (refused(await client.request("MODE", name, ...change))) return;
      const { limited, unlimited } = client.sentences.moderation;
      client.tell({ type: "info", text: count === 0 ? unlimited(name) : limited(name, count) });
    },
  },
  mode: {
    params: [{ name: "changes", kind: "line", optional: true }],
    run: async (client, [changes = ""]) => {
      const words = changes.split(/\s+/).filter((word) => word !== "");
      const named = words.length > 0 && client.state.isupport.isChannel(words[0]) ? words.shift() : undefined;
      const name = channelOf(client, named);
      if (name !== undefined) await client.request("MODE", name, ...words);
    },
  },
};

/** A command that gives a rank in the channel, or takes it. */
function rank(change: string): Command {
  return {
    params: [nick],
    run: async (client, [nick]) => {
      const name = channelOf(client);
      if (name !== undefined) await client.request("MODE", name, change, nick);
    },
  };
}

/** Whether it is a mask, or a ban by other things than a name (`~a:bob`), rather than a nick. */
function isMask(who: string): boolean {
  return /[!@*?:$~]/.test(who);
}

/** Whether it is an address or a host name, which no nick can be: nicks hold neither dots nor colons. */
function isAddress(who: string): boolean {
  return !/[!@*?$~]/.test(who) && (who.includes(".") || who.split(":").length > 2);
}

/** What the server knows of somebody now (IRCv3 whox); where it doesn't tell, what this client knows. */
async function personOf(client: Client, channel: string, nick: string): Promise<Member> {
  const known = client.state.joined(channel)?.members.get(foldName(nick)) ?? { nick, prefix: "", away: false };
  if (client.state.isupport.get("WHOX") === undefined) return known;
  const replies = await client.learn([RPL_WHOSPCRPL, RPL_ENDOFWHO], "WHO", nick, `%tuhna,${WHOX_TOKEN}`);
  const isAbout = ({ command, params: [, token, , , name = ""] }: Message) =>
    command === RPL_WHOSPCRPL && token === WHOX_TOKEN && foldName(name) === foldName(nick);
  const [, , user, host, name, account] = replies?.find(isAbout)?.params ?? [];
  if (name === undefined) return known;
  const isLoggedIn = account !== undefined && account !== "0";
  return { nick: name, prefix: "", away: false, userhost: `${user}@${host}`, ...(isLoggedIn ? { account } : {}) };
}

/** Bans or mutes somebody; gives where and for how long, or nothing where that was refused, and said. */
async function restrict(
  client: Client,
  who: string,
  time: string,
  isMute: boolean,
): Promise<{ channel: string; period: string | undefined } | undefined> {
  const channel = channelOf(client);
  if (channel === undefined) return undefined;
  const { mute, timed, account } = extendedOf(client.state.isupport);
  const { moderation, units } = client.sentences;
  if (isMute && mute === undefined) return void client.refuse(moderation.noMutes);
  const minutes = time === "" ? undefined : readPeriod(time);
  if (time !== "" && minutes === undefined) return void client.refuse(moderation.noPeriod(time));
  if (minutes !== undefined && timed === undefined) {
    return void client.refuse(moderation.nothingEnds(isMute ? "mute" : "ban", who));
  }
  if (client.state.isSelf(who)) {
    return void client.refuse(isMute ? moderation.muteNotYourself : moderation.banNotYourself);
  }
  const masks = isAddress(who) ? [`*!*@${who}`] : isMask(who) ? [who] : masksOf(
    await personOf(client, channel, who),
    client.state.members(channel),
    account === undefined ? {} : { account },
  );
  const before = (minutes === undefined ? "" : `${timed}${minutes}:`) + (isMute ? mute : "");
  const entries = masks.map((mask) => before + mask);
  if (!await addAll(client, channel, entries)) return undefined;
  remember(client, channel, who, entries);
  return { channel, period: minutes === undefined ? undefined : periodText(minutes, units) };
}

/** Adds entries to a channel's list, in one line where the server takes so many; tells whether none was refused. */
async function addAll(client: Client, channel: string, entries: readonly string[]): Promise<boolean> {
  const told = Number(client.state.isupport.get("MODES") ?? CHANGES);
  const most = Number.isInteger(told) && told > 0 ? told : entries.length;
  for (let at = 0; at < entries.length; at += most) {
    const some = entries.slice(at, at + most);
    if (refused(await client.request("MODE", channel, `+${"b".repeat(some.length)}`, ...some))) return false;
  }
  return true;
}

const keyOf = (channel: string, who: string) => `${foldName(channel)} ${foldName(who)}`;

function remember(client: Client, channel: string, who: string, entries: readonly string[]): void {
  const all = set.get(client) ?? new Map<string, string[]>();
  set.set(client, all);
  const key = keyOf(channel, who);
  const known = all.get(key) ?? [];
  all.delete(key);
  all.set(key, [...known, ...entries].slice(-REMEMBERED));
  if (all.size > REMEMBERED) all.delete(all.keys().next().value!);
}

/** Lifts every ban, or mute, of somebody. */
async function lift(client: Client, who: string, isMute: boolean): Promise<void> {
  const channel = channelOf(client);
  if (channel === undefined) return;
  const list = await client.learn([RPL_BANLIST, RPL_ENDOFBANLIST], "MODE", channel, "b");
  if (list === undefined) return client.refuse(client.sentences.calling.unanswered(isMute ? "unmute" : "unban"));
  if (refused(list)) return;
  const extended = extendedOf(client.state.isupport);
  const masks = isAddress(who)
    ? new Set([foldName(`*!*@${who}`), foldName(who)])
    : isMask(who)
    ? new Set([foldName(who)])
    : masksFor(await personOf(client, channel, who), extended);
  // Somebody who is offline may have an account of their nick.
  const isNick = !isMask(who) && !isAddress(who);
  if (isNick && extended.account !== undefined) masks.add(foldName(extended.account + who));
  for (const text of set.get(client)?.get(keyOf(channel, who)) ?? []) masks.add(foldName(text));
  const entries = entriesOf(list).map(({ text, ...where }) => ({ text, ...where, ...readEntry(text) }));
  const found = entries.filter((entry) =>
    entry.isMute === isMute && (masks.has(foldName(entry.mask)) || masks.has(foldName(entry.text)))
  );
  // What was set together, and stands so in the list, is lifted together: one half may be for what nobody knows any more.
  const lifted = entries.filter((entry, i) => {
    const [before, after] = [entries[i - 1], entries[i + 1]];
    const isTogether = (other: typeof entry | undefined) =>
      other !== undefined && found.includes(other) && other.by === entry.by && other.setAt === entry.setAt;
    return found.includes(entry) ||
      (isNick && ((isTogether(before) && arePair(before, entry)) || (isTogether(after) && arePair(entry, after))));
  });
  const { moderation } = client.sentences;
  if (lifted.length === 0) {
    return client.refuse(isMute ? moderation.notMuted(who, channel) : moderation.notBanned(who, channel));
  }
  const replies = await Promise.all(lifted.map(({ text }) => client.request("MODE", channel, "-b", text)));
  if (replies.some(refused)) return;
  set.get(client)?.delete(keyOf(channel, who));
  const text = isMute ? moderation.unmuted(who, channel) : moderation.unbanned(who, channel);
  client.tell({ type: "info", text });
}

/** The entries of a list that a server has told, with who has set each and when, where it tells that. */
function entriesOf(replies: readonly Message[]): { text: string; by: string | undefined; setAt: string | undefined }[] {
  return replies.filter(({ command }) => command === RPL_BANLIST).map(({ params: [, , text = "", by, setAt] }) => {
    return { text, by, setAt };
  });
}
