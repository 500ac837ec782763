/**
 * Bans and mutes as our server tells them by standard replies: those of this client's own person, and the answers to an
 * operator. The parameters say what a sentence needs, and the reason is what stands behind the first `: ` of the server's words.
 *
 *     NOTE MUTE YOU_ARE_MUTED #tea alice 2026-01-01T12:10:00.000Z :alice muted you in #tea until 12:10 UTC: too loud
 *
 * @module
 */

import { detached, parseTime } from "../../protocol.ts";
import { isSameName } from "../names.ts";
import { readRoomBanNews } from "../room_bans.ts";
import type { Sentences } from "../sentences.ts";
import { untilText } from "../until_text.ts";
import type { Happening } from "./events.ts";
import { maskText, readBan, serverMaskText } from "./masks.ts";
import { modeSentences } from "./modes.ts";
import type { Silence } from "./silence.ts";
import type { State } from "./state.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A time as a parameter, in milliseconds since 1970; `Infinity` for `*`. */
const timeOf = (text = "*") => parseTime(text) ?? Infinity;

/** The reason in the server's words. @param names Names before it, in which there may be a colon as well. */
function reasonIn(text: string, ...names: string[]): string {
  let rest = text;
  for (const name of names) rest = rest.replace(name, () => "");
  const at = rest.indexOf(": ");
  return at < 0 ? "" : detached(rest.slice(at + 2));
}

/** What keeps this person from talking in a channel at a time, if something does. */
export function silenceIn(state: State, channel: string, now: number): Silence | undefined {
  const silence = state.joined(channel)?.silence;
  return silence !== undefined && silence.until > now ? silence : undefined;
}

/** The sentence that tells why this person cannot talk in a channel. */
export function silenceText(channel: string, silence: Silence, now: number, sentences: Sentences): string {
  const until = untilText(silence.until, now, sentences);
  return sentences.moderation.cannotTalk({ ...silence, channel, until });
}

const BAN_REASON = /^Banned(?: until (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) UTC)?(?:: (.*))?$/s;

/** What the operator gave as a reason, in the reason of a KICK by which our server puts out who is banned; undefined in another. */
export function banReason(text: string): string | undefined {
  const found = BAN_REASON.exec(text);
  return found === null ? undefined : found[3] ?? "";
}

/**
 * The sentence that tells this person of the ban by which they were put out; undefined where the KICK was no such.
 *
 * @param told The KICK: the channel, the operator, and the reason as the server wrote it, which has its hour in UTC.
 * @param time When it was sent, in milliseconds since 1970.
 */
export function banText(
  { channel, by, reason }: { channel: string; by: string; reason: string },
  time: number,
  sentences: Sentences,
): string | undefined {
  const found = BAN_REASON.exec(reason);
  if (found === null) return undefined;
  const [, day, hour, why = ""] = found;
  const today = new Date(time).toISOString().slice(0, 10);
  const end = hour === undefined ? Infinity : Date.parse(`${day ?? today}T${hour}:00Z`);
  // Without a day it is within one: an hour that has passed is tomorrow's.
  const until = day === undefined && end < time - MINUTE ? end + DAY : end;
  const told = { channel, isMute: false, by, reason: why, until: untilText(until, time, sentences) };
  return sentences.moderation.youAreBanned(told);
}

/** Among so many last lines of a channel is what a standard reply tells of. */
const LAST = 10;

/** Marks the lines in which a MODE, and the KICK of a ban, have told already what is told now in better words. @param by The operator. */
function leaveOut(state: State, channel: string, by: string, isMute: boolean): void {
  const last = state.joined(channel)?.lines.slice(-LAST).filter(({ from }) => isSameName(from, by)) ?? [];
  const isOfKind = ({ kind }: { kind: string }) => kind === "noVoice" || kind === (isMute ? "muted" : "banned");
  const at = last.findLastIndex(({ kind, text }) =>
    kind === "mode" && /^\+b/.test(text) && modeSentences(text, state.sentences).every(isOfKind)
  );
  if (at < 0) return;
  last[at].isTold = true;
  if (isMute) return;
  for (const line of last.slice(at)) if (line.kind === "kick" && banReason(line.text) !== undefined) line.isTold = true;
}

/** The same for the MODE by which a ban or a mute was lifted. @param by The operator; `*`: the server, since its time is over. */
function leaveOutLifting(state: State, channel: string, by: string, isMute: boolean): void {
  const kind = isMute ? "unmuted" : "unbanned";
  const line = state.joined(channel)?.lines.slice(-LAST).findLast(({ kind, from, text }) =>
    kind === "mode" && (by === "*" ? from.includes(".") : isSameName(from, by)) && /^-b/.test(text)
  );
  if (line === undefined || !modeSentences(line.text, state.sentences).every((one) => one.kind === kind)) return;
  line.isTold = true;
}

/** Takes a standard reply into the state; gives what it means. @param time When it was sent, in milliseconds since 1970. */
type Taker = (state: State, params: string[], time: number) => Happening[];

/** This person is banned or muted: channel, by, until, text. */
function restricted(isMute: boolean): Taker {
  return (state, [name = "", by = "", end, text = ""], time) => {
    const { moderation } = state.sentences;
    const talk = state.joined(name);
    const silence = { isMute, by: detached(by), until: timeOf(end), reason: reasonIn(text, by, name) };
    if (talk !== undefined) talk.silence = silence;
    else if (!isMute) state.toldBan = detached(name);
    const told = { ...silence, channel: name, until: untilText(silence.until, time, state.sentences) };
    if (isMute) {
      leaveOut(state, name, by, true);
      return [{ type: "error", text: moderation.youAreMuted(told) }];
    }
    const isNew = talk !== undefined || isSameName(name, state.bannedFrom ?? "");
    state.bannedFrom = undefined;
    const bannedFrom = talk === undefined ? { bannedFrom: name } : {};
    return [{ type: "error", text: moderation[isNew ? "youAreBanned" : "cannotCome"](told), ...bannedFrom }];
  };
}

/** This person is so no longer: channel, by (`*`: its time is over), text. */
function freed(isIn: boolean): Taker {
  return (state, [name = "", by = "*"]) => {
    const { moderation } = state.sentences;
    const talk = state.joined(name);
    if (talk !== undefined) talk.silence = undefined;
    leaveOutLifting(state, name, by, isIn);
    const from = by === "*" ? undefined : by;
    if (isIn) return [{ type: "info", text: moderation.youMayTalk(name, from) }];
    return [{ type: "info", text: moderation.youMayCome(name, from), ...(talk === undefined && { mayJoin: name }) }];
  };
}

/** The answer to an operator who banned or muted somebody: channel, who, until, what it holds for, text. */
function done(isMute: boolean): Taker {
  return (state, [channel = "", who = "", end, bases = ""], time) => {
    const { sentences, sentences: { moderation }, restrictsFor: reason } = state;
    leaveOut(state, channel, state.nick, isMute);
    const until = untilText(timeOf(end), time, sentences);
    const { holdsFor } = moderation;
    const whom = maskText(who, moderation);
    const words = bases.split(",").flatMap((basis) =>
      // Whom a mask is for that is said in words is said by these.
      Object.hasOwn(holdsFor, basis) && whom === who ? [holdsFor[basis as keyof typeof holdsFor]] : []
    );
    const told = { channel, who: whom, isMute, until, reason, holdsFor: words.join(moderation.and) };
    const text = moderation.restricted(told);
    return [{ type: "info", text }];
  };
}

/** The answer to an operator who lifted that: channel, who, text. */
function lifted(isMute: boolean): Taker {
  return (state, [channel = "", mask = ""]) => {
    const { sentences: { moderation } } = state;
    leaveOutLifting(state, channel, state.nick, isMute);
    const who = maskText(mask, moderation);
    return [{ type: "info", text: isMute ? moderation.unmuted(who, channel) : moderation.unbanned(who, channel) }];
  };
}

/** Takes what the server tells its operators of a ban from the whole room; undefined where it is something else. */
export function takeRoomBanNews(state: State, text: string, time: number): Happening[] | undefined {
  const news = readRoomBanNews(text);
  if (news === undefined) return undefined;
  const { by, masks, ban } = news;
  if (state.changesRoomBans && state.isSelf(by)) return [];
  const { sentences, sentences: { moderation, operators } } = state;
  const who = masks.map((mask) => serverMaskText(mask, moderation)).join(moderation.and);
  if (ban === undefined) return [{ type: "info", text: operators.unbannedBy(by, who) }];
  const until = untilText(ban.until, time, sentences);
  return [{ type: "info", text: operators.bannedBy({ by, who, until, reason: ban.reason }) }];
}

/** One entry of the list of bans, as the server tells it. */
export interface Listed {
  isMute: boolean;
  /** For whom it was set; undefined for a mask. */
  nick: string | undefined;
  mask: string;
  by: string;
  at: string;
  until: number;
  reason: string;
}

/** Reads an entry of the list: channel, kind, nick, mask, by, since, until, text. */
export function readListed([, kind, nick = "*", mask = "", by = "", at = "", end, text = ""]: string[]): Listed {
  const isMute = kind === "mute";
  const reason = reasonIn(text, nick === "*" ? mask : nick, by);
  return { isMute, nick: nick === "*" ? undefined : nick, mask, by, at, until: timeOf(end), reason };
}

/** The sentence that tells an entry of the list. @param now Milliseconds since 1970; 0 to name the day in any case. */
export function listedText(channel: string, entry: Listed, now: number, sentences: Sentences): string {
  const { nick, mask, isMute, by, until, reason } = entry;
  const who = nick ?? maskText(readBan(mask).mask, sentences.moderation);
  const end = untilText(until, now, sentences);
  return sentences.moderation.listed({ channel, who, isMute, until: end, by, reason });
}

const refused = (toText: (moderation: Sentences["moderation"], params: string[]) => string): Taker =>
(
  { sentences: { moderation } },
  params,
) => [{ type: "error", text: toText(moderation, params) }];

/** What is left of bans and mutes when one was lifted: channel, who, the entry that is left, text. */
function stillCovered(moderation: Sentences["moderation"], [, who, text]: string[]): string {
  const { mask, isMute } = readBan(text);
  // These are set for one person (see `maskText`), and are lifted by that person's nick.
  const isOwn = /^~(?:d|a|account):/.test(mask);
  return moderation.stillCovered({ who, whom: isOwn ? undefined : maskText(mask, moderation), isMute });
}

/** The standard replies by their command and code. */
const TAKERS: ReadonlyMap<string, Taker> = new Map<string, Taker>([
  ["MUTE YOU_ARE_MUTED", restricted(true)],
  ["BAN YOU_ARE_BANNED", restricted(false)],
  ["UNMUTE YOU_MAY_TALK", freed(true)],
  ["UNBAN YOU_MAY_COME", freed(false)],
  ["MUTE MUTED", done(true)],
  ["BAN BANNED", done(false)],
  ["UNMUTE UNMUTED", lifted(true)],
  ["UNBAN UNBANNED", lifted(false)],
  ...["MUTE", "BAN"].flatMap((command): [string, Taker][] => [
    [`${command} LISTED`, (state, params, time) => {
      return [{ type: "info", text: listedText(params[0], readListed(params), time, state.sentences) }];
    }],
    [`${command} END_OF_LIST`, () => []],
    [`${command} IS_OPERATOR`, refused(({ isOperator }, [channel, who]) => isOperator(who, channel))],
    [`${command} NOT_YOURSELF`, refused(({ coversYou }, [, who]) => coversYou(who))],
    [`${command} INVALID_TIME`, refused(({ noPeriod }, [, word]) => noPeriod(word))],
    [`${command} INVALID_MASK`, refused(({ noMask }, [, word]) => noMask(word))],
    [`UN${command} STILL_COVERED`, refused(stillCovered)],
  ]),
  ["UNMUTE NOT_MUTED", refused(({ notMuted }, [channel, who]) => notMuted(who, channel))],
  ["UNBAN NOT_BANNED", refused(({ notBanned }, [channel, who]) => notBanned(who, channel))],
  ["INVITE TARGET_BANNED", refused(({ cannotInvite }, [who, channel]) => cannotInvite(who, channel))],
]);

/** Takes a standard reply that is about bans and mutes; undefined for another. */
export function takeRestriction(state: State, params: string[], time: number): Happening[] | undefined {
  const [command = "", code = "", ...rest] = params;
  return TAKERS.get(`${command} ${code}`)?.(state, rest, time);
}
