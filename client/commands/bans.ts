/**
 * Banning and muting people in a channel, and lifting that: the masks that are made for a person, and those that are found in
 * the channel's list.
 *
 * @module
 */

import { type Message, RPL_BANLIST, RPL_ENDOFBANLIST, RPL_ENDOFWHO, RPL_WHOSPCRPL } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import { foldName, isSameName } from "../names.ts";
import { arePair, extendedMasksOf, masksToLift, masksToSet, readBan } from "../state/masks.ts";
import type { Member } from "../state/members.ts";
import { periodText, readPeriod } from "../state/period.ts";
import { type Listed, listedText, readListed } from "../state/restriction_replies.ts";
import type { Actions } from "./actions.ts";

/** Changes of a mode in one line where a server does not say how many it takes (RFC 2812 section 3.2.3). */
const CHANGES = 3;

/** By which an answer of WHO is known for this client's (IRCv3 whox). */
const WHOX_TOKEN = "113";

/** What answers the question who is banned. What the server says meanwhile of a ban or a mute that was just set is shown. */
const LISTING = ["NOTE BAN LISTED", "NOTE BAN END_OF_LIST"];

/** Whether a word is a mask, an extended one (`~a:bob`) among them, rather than a nick. */
function isMask(who: string): boolean {
  return /[!@*?:$~]/.test(who);
}

/** Whether a word is an address or a host name, rather than a nick: nicks hold neither dots nor colons. */
function isAddress(who: string): boolean {
  return !/[!@*?$~]/.test(who) && (who.includes(".") || who.split(":").length > 2);
}

/** What the server knows of somebody now (IRCv3 whox); where it does not tell, what this client knows. */
export async function personOf(client: Actions, channel: string, nick: string): Promise<Member> {
  const known = client.state.joined(channel)?.members.get(foldName(nick)) ?? { nick, prefix: "", away: false };
  if (client.state.isupport.get("WHOX") === undefined) return known;
  const replies = await client.askQuietly([RPL_WHOSPCRPL, RPL_ENDOFWHO], "WHO", nick, `%tuhna,${WHOX_TOKEN}`);
  const isAbout = ({ command, params: [, token, , , name = ""] }: Message) =>
    command === RPL_WHOSPCRPL && token === WHOX_TOKEN && isSameName(name, nick);
  const [, , user, host, name, account] = replies?.find(isAbout)?.params ?? [];
  if (name === undefined) return known;
  const isLoggedIn = account !== undefined && account !== "0";
  return { nick: name, prefix: "", away: false, userhost: `${user}@${host}`, ...(isLoggedIn ? { account } : {}) };
}

/** Whether the server itself names a person by what lasts (MUTE, BAN); else this client makes the masks. */
function namesPersons({ state }: Actions): boolean {
  return state.isupport.get("PERSONBAN") !== undefined;
}

/** Whether what was written as a reason is a time with a unit that does not exist: `10x`. */
const NO_TIME = /^\d+\p{L}+$/u;

/**
 * Bans or mutes somebody in a channel. A server that names persons itself also puts out who is banned, and says what was done.
 *
 * @returns For how long, in words, where it has an end; undefined where nothing is left to do and to say.
 */
export async function restrictPerson(
  client: Actions,
  channel: string,
  who: string,
  time: string,
  reason: string | undefined,
  isMute: boolean,
): Promise<{ period: string | undefined } | undefined> {
  const { moderation } = client.sentences;
  if (time === "" && reason !== undefined && NO_TIME.test(reason)) {
    return void client.refuse(moderation.noPeriod(reason));
  }
  if (!namesPersons(client)) return await restrict(client, channel, who, time, isMute);
  const minutes = time === "" ? 0 : readPeriod(time);
  if (minutes === undefined) return void client.refuse(moderation.noPeriod(time));
  if (client.state.isSelf(who)) {
    return void client.refuse(isMute ? moderation.muteNotYourself : moderation.banNotYourself);
  }
  const params = [channel, who, minutes === 0 ? "0" : `${minutes}m`, ...(reason === undefined ? [] : [reason])];
  client.state.restrictsFor = reason ?? "";
  try {
    await client.request(isMute ? "MUTE" : "BAN", ...params);
  } finally {
    client.state.restrictsFor = "";
  }
}

/** Tells who is banned or muted in a channel: each person once. */
export async function listRestrictions(client: Actions, channel: string): Promise<void> {
  const nobody = client.sentences.moderation.nobodyBanned(channel);
  if (!namesPersons(client)) {
    const replies = await client.request("MODE", channel, "b");
    if (!isRefused(replies) && bansOf(replies).length === 0) client.tell({ type: "info", text: nobody });
    return;
  }
  const entries = await restrictionsOf(client, channel);
  if (entries?.length === 0) return client.tell({ type: "info", text: nobody });
  for (const entry of entries ?? []) {
    client.tell({ type: "info", text: listedText(channel, entry, 0, client.sentences) });
  }
}

/**
 * Who is banned or muted in a channel, each person once, as a server tells it that names persons itself.
 *
 * @returns Undefined where the server does not tell.
 */
export async function restrictionsOf(client: Actions, channel: string): Promise<Listed[] | undefined> {
  if (!namesPersons(client)) return undefined;
  const replies = await client.askQuietly(LISTING, "BAN", channel);
  if (replies === undefined || isRefused(replies)) return undefined;
  const listed = replies.filter(({ command, params }) => command === "NOTE" && params[1] === "LISTED")
    .map(({ params }) => readListed(params.slice(2)));
  // Somebody has an entry for each thing by which they are known, and maybe of several bans. What ends last holds.
  const persons = Map.groupBy(listed, (entry) => {
    const { isMute, nick } = entry;
    return nick === undefined ? entry : `${isMute} ${foldName(nick)}`;
  });
  return [...persons.values()].map((entries) => entries.reduce((one, other) => other.until > one.until ? other : one));
}

/**
 * Bans or mutes somebody in a channel.
 *
 * @param who A nick, an address or a mask.
 * @param time For how long, as a period (`10m`); "" where it has no end.
 * @returns For how long, in words, where it has an end. Undefined where it was refused, which the person is told.
 */
async function restrict(
  client: Actions,
  channel: string,
  who: string,
  time: string,
  isMute: boolean,
): Promise<{ period: string | undefined } | undefined> {
  const { mute, timed, account } = extendedMasksOf(client.state.isupport);
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
  const masks = isAddress(who) ? [`*!*@${who}`] : isMask(who) ? [who] : masksToSet(
    await personOf(client, channel, who),
    client.state.members(channel),
    account === undefined ? {} : { account },
  );
  const before = (minutes === undefined ? "" : `${timed}${minutes}:`) + (isMute ? mute : "");
  const entries = masks.map((mask) => before + mask);
  if (!await addBans(client, channel, entries)) return undefined;
  client.restrictions.add(channel, who, entries);
  return { period: minutes === undefined ? undefined : periodText(minutes, units) };
}

/** Adds entries to a channel's list, as many in one line as the server takes. @returns Whether none was refused. */
async function addBans(client: Actions, channel: string, entries: readonly string[]): Promise<boolean> {
  const most = Number(client.state.isupport.get("MODES") ?? CHANGES);
  const atOnce = Number.isInteger(most) && most > 0 ? most : entries.length;
  for (let at = 0; at < entries.length; at += atOnce) {
    const some = entries.slice(at, at + atOnce);
    if (isRefused(await client.request("MODE", channel, `+${"b".repeat(some.length)}`, ...some))) return false;
  }
  return true;
}

/** Lifts every ban, or every mute, of somebody in a channel. */
export async function lift(client: Actions, channel: string, who: string, isMute: boolean): Promise<void> {
  if (namesPersons(client)) return void await client.request(isMute ? "UNMUTE" : "UNBAN", channel, who);
  const list = await client.askQuietly([RPL_BANLIST, RPL_ENDOFBANLIST], "MODE", channel, "b");
  if (list === undefined) return client.refuse(client.sentences.calling.unanswered(isMute ? "unmute" : "unban"));
  if (isRefused(list)) return;
  const extended = extendedMasksOf(client.state.isupport);
  const masks = isAddress(who)
    ? new Set([foldName(`*!*@${who}`), foldName(who)])
    : isMask(who)
    ? new Set([foldName(who)])
    : masksToLift(await personOf(client, channel, who), extended);
  // Somebody who is offline may have an account of their nick.
  const isNick = !isMask(who) && !isAddress(who);
  if (isNick && extended.account !== undefined) masks.add(foldName(extended.account + who));
  for (const text of client.restrictions.of(channel, who)) masks.add(foldName(text));
  const entries = bansOf(list).map(({ text, ...where }) => ({ text, ...where, ...readBan(text) }));
  const found = entries.filter((entry) =>
    entry.isMute === isMute && (masks.has(foldName(entry.mask)) || masks.has(foldName(entry.text)))
  );
  // A ban of an account and of a place that were set together are lifted together: one of them may be for an account or a place
  // that is not known any more.
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
  if (replies.some(isRefused)) return;
  client.restrictions.delete(channel, who);
  const text = isMute ? moderation.unmuted(who, channel) : moderation.unbanned(who, channel);
  client.tell({ type: "info", text });
}

/** The entries of a channel's list in the server's answer, each with who set it and when (seconds since 1970), where it says so. */
export function bansOf(
  replies: readonly Message[],
): { text: string; by: string | undefined; setAt: string | undefined }[] {
  return replies.filter(({ command }) => command === RPL_BANLIST).map(({ params: [, , text = "", by, setAt] }) => {
    return { text, by, setAt };
  });
}
