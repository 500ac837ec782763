/**
 * MUTE, UNMUTE, BAN, UNBAN: the operators of a channel keep a person from talking there, or from being there. The server
 * decides by which masks the person is named (room/person_masks.ts). The entries are those of mode `b`, so MODE lists them and
 * lifts them as well.
 */

import { ERR_BANLISTFULL, ERR_NOSUCHNICK, fit } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { BOUNDS } from "../room/isupport.ts";
import { kick } from "../room/joining.ts";
import { Glob } from "../room/mask.ts";
import { type Mask, MaskEntry, MOST_MINUTES, parseMask } from "../room/masklist.ts";
import type { Person } from "../room/person.ts";
import {
  type Basis,
  entriesFor,
  isHost,
  isMask,
  maskOfHost,
  masksOf,
  masksOfNick,
  type PersonMask,
} from "../room/person_masks.ts";
import { ReplyError } from "../room/reply.ts";
import { endOf, REASON_BYTES, setterOf, tellFreedom, tellRestriction, untilWords } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import { isShortMask, setMask } from "./channel_modes.ts";
import { requireChannelOperator } from "./checks.ts";
import type { Call, Command, Steps } from "./command.ts";
import { ModeChanges } from "./mode_changes.ts";
import { publishChanges } from "./modes.ts";

/** Which of the two a command is about. */
type Kind = "MUTE" | "BAN";

/** What it holds for, in words. */
const HOLDS_FOR: Record<Basis | "mask", (name: string, mask: string) => string> = {
  account: (_, mask) => `the account ${mask.slice("~a:".length)}`,
  device: () => "their device",
  address: (_, mask) => `everybody at ${mask.slice("*!*@".length)}`,
  nick: (name) => `the nick ${name} at their address, which others share`,
  connection: () => "their connection",
  name: (name) => `whoever has the nick ${name}, which nobody here has or had lately`,
  mask: (_, mask) => `the mask ${mask}`,
};

/** The most entries that one command sets for a person. */
const MOST_ENTRIES = 6;

/** How long it lasts, as it is written: `10m`, `1h`, `2d12h`, `1w`; `0` or `*` for ever. */
const TIME = /^(?:\d{1,9}[wdhm])+$/i;
const UNITS: Record<string, number> = { m: 1, h: 60, d: 1440, w: 10_080 };

/** Reads a time. @returns Minutes, 0 for ever; undefined for what is no time from a minute to a year. */
function readMinutes(text: string): number | undefined {
  if (text === "0" || text === "*") return 0;
  if (!TIME.test(text)) return undefined;
  const parts = text.toLowerCase().matchAll(/(\d+)(\D)/g);
  const minutes = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);
  return minutes < 1 || minutes > MOST_MINUTES ? undefined : minutes;
}

/** Reads what stands behind the nick: a time and a reason, each of which may be left out. */
function readTerms(rest: string[]): { minutes: number; reason: string } | undefined {
  const [first = ""] = rest;
  const minutes = readMinutes(first);
  if (minutes === undefined && /^\d\S*$/.test(first)) return undefined;
  const reason = rest.slice(minutes === undefined ? 0 : 1).join(" ").trim();
  return { minutes: minutes ?? 0, reason: fit(cut(reason, BOUNDS.kick), REASON_BYTES) };
}

/** Whom a command is about: the nick or the mask, the person if they are here, and the masks to set. */
interface Target {
  name: string;
  person: Person | undefined;
  masks: (PersonMask | { text: string; basis: "mask" })[];
}

/** Finds out whom a word names, and by which masks. Throws 401 for an empty word. */
function* targetOf(chat: Chat, word: string): Generator<void, Target> {
  if (word === "") throw new ReplyError(ERR_NOSUCHNICK, "*", "No such nick");
  if (isMask(word) || isHost(word)) {
    const text = isMask(word) ? word : maskOfHost(word);
    return { name: text, person: undefined, masks: [{ text, basis: "mask" }] };
  }
  const person = chat.find(word);
  const known = person ?? chat.whowas.find(word)[0];
  if (known === undefined) return { name: word, person, masks: masksOfNick(chat, word) };
  return { name: known.nick, person, masks: yield* masksOf(chat, known) };
}

/** Bans or mutes somebody. */
function* restrict(call: Call, kind: Kind, [name, word, ...rest]: string[]): Steps {
  const { chat, person, reply } = call;
  const fail = (code: string, context: string, why: string) => reply.fail(kind, code, name, context, why);
  requireChannelOperator(person, chat.ruledChannel(name, person));
  const terms = readTerms(rest);
  if (terms === undefined) return fail("INVALID_TIME", rest[0], "A time is 10m, 1h, 2d12h; at most a year, 0 for ever");
  const target = yield* targetOf(chat, word);
  // Everything may have changed meanwhile.
  const channel = chat.ruledChannel(name, person);
  requireChannelOperator(person, channel);
  chat.channels.requireKeeping(channel);
  const isMute = kind === "MUTE";
  const before = (terms.minutes === 0 ? "" : `~t:${terms.minutes}:`) + (isMute ? "~m:" : "");
  const masks = target.masks.map(({ text }) => parseMask(before + text)).filter((mask) => mask !== undefined);
  if (
    masks.length < target.masks.length || !masks.every(isShortMask) || [...target.name].length > BOUNDS.mask ||
    /^:|\s/.test(target.name)
  ) {
    return fail("INVALID_MASK", target.name, "That is neither a nick nor a mask");
  }
  const globs = masks.map(({ pattern }) => new Glob(pattern));
  const isCovered = ({ sources }: Person) => sources.some((source) => globs.some((glob) => glob.matches(source)));
  if (isCovered(person)) return fail("NOT_YOURSELF", target.name, "That would be for you, too");
  if (isMute && target.person !== undefined && channel.isOperator(target.person)) {
    return fail("IS_OPERATOR", target.name, `${target.name} is an operator of ${channel.name}, who can always talk`);
  }
  if (target.person?.isOwner && !person.isOwner) return fail("IS_OWNER", target.name, `${target.name} owns this room`);
  const entry = setMasks(call, channel, target, masks, terms.reason);
  const basis = [...new Set(target.masks.map(({ basis }) => basis))];
  const holdsFor = [...new Set(target.masks.map(({ basis, text }) => HOLDS_FOR[basis](target.name, text)))];
  const what = isMute ? `cannot talk in ${channel.name}` : `is banned from ${channel.name}`;
  const words = `${target.name} ${what}${untilWords(entry)}: this holds for ${holdsFor.join(", and for ")}`;
  const context = [channel.name, target.name, endOf(entry), basis.join(",")];
  reply.send(chat.serverEvent("NOTE", [kind, isMute ? "MUTED" : "BANNED", ...context, words]));
  if (!isMute && target.person !== undefined) yield* putOut(call, channel, target, entry);
}

/**
 * Sets the entries, tells all who are concerned, and puts a person out who is banned: in one step.
 *
 * @returns One of the entries.
 */
function setMasks(call: Call, channel: Channel, target: Target, masks: Mask[], reason: string): MaskEntry {
  const { chat, person } = call;
  const { lists: { b: list } } = channel;
  if (list.size + masks.filter((mask) => list.get(mask) === undefined).length > BOUNDS.list) {
    throw new ReplyError(ERR_BANLISTFULL, channel.name, "b", "Channel list is full");
  }
  const [first] = masks;
  const isPerson = target.masks[0].basis !== "mask";
  const cause = { ...(isPerson && { nick: target.name }), ...(reason !== "" && { reason }) };
  const changes = new ModeChanges();
  for (const mask of masks) {
    setMask(call, channel, changes, "b", mask, cause);
    changes.add(true, "b", mask.text);
  }
  const entry = new MaskEntry(first, person.source, chat.steadyTime, cause);
  const victim = target.person;
  const isIn = victim !== undefined && channel.members.has(victim);
  // Voice would let them talk.
  if (first.isMute && isIn && channel.setRank(victim, "v", false)) changes.add(false, "v", victim.nick);
  publishChanges(call, channel, changes, new Set(isIn ? [victim] : []));
  if (!isIn) return entry;
  if (first.isMute) tellRestriction(chat.origin, victim, channel.name, entry);
  else putOneOut(call, channel, victim, entry);
  return entry;
}

/** Puts a person out, and tells them why: behind the KICK, since clients may close with it what was told in the channel. */
function putOneOut({ chat, reply }: Call, channel: Channel, victim: Person, entry: MaskEntry): void {
  const { reason } = entry.cause ?? {};
  const why = `Banned${untilWords(entry)}${reason === undefined ? "" : `: ${reason}`}`;
  kick(chat, reply, channel, victim, cut(why, BOUNDS.kick));
  tellRestriction(chat.origin, victim, channel.name, entry);
}

/** Puts out who is the same person as somebody who is banned: logged in to the same account, or by the same device. */
function* putOut(call: Call, channel: Channel, { masks }: Target, entry: MaskEntry): Steps {
  const lasting = masks.filter(({ basis }) => basis === "account" || basis === "device");
  const own = new Set(lasting.map(({ text }) => parseMask(text)!.key));
  for (const member of [...channel.members.keys()]) {
    yield;
    const isSame = channel.members.has(member) && member.sources.some((source) => own.has(source));
    if (!isSame || call.chat.channels.find(channel.name) !== channel) continue;
    putOneOut(call, channel, member, entry);
  }
}

/** Lifts the bans or the mutes of somebody, also of somebody who is not here or has another nick now. */
function lift(call: Call, kind: Kind, [name, word]: string[]): void {
  const { chat, person, reply } = call;
  const channel = chat.ruledChannel(name, person);
  requireChannelOperator(person, channel);
  chat.channels.requireKeeping(channel);
  const isMute = kind === "MUTE";
  const command = `UN${kind}`;
  const there = chat.find(word);
  const entries = [...channel.lists.b.values()].filter((entry) => entry.isMute === isMute);
  const keys = isMask(word) || isHost(word)
    ? [word, `*!*@${word}`, maskOfHost(word)].flatMap((text) => [parseMask(text)?.key, parseMask(`~m:${text}`)?.key])
    : undefined;
  const found = keys === undefined ? entriesFor(entries, word, there) : entries.filter(({ key }) => keys.includes(key));
  const doing = isMute ? "muted" : "banned";
  if (found.length === 0) {
    const why = `No ${kind.toLowerCase()} in ${channel.name} is for ${word}; ${kind} ${channel.name} lists them`;
    return reply.fail(command, isMute ? "NOT_MUTED" : "NOT_BANNED", channel.name, word, why);
  }
  const changes = new ModeChanges();
  for (const entry of found) changes.add(false, "b", channel.removeMask("b", entry)!);
  const isIn = there !== undefined && channel.members.has(there);
  publishChanges(call, channel, changes);
  const may = isMute ? `can talk in ${channel.name}` : `can come into ${channel.name}`;
  reply.send(
    chat.serverEvent("NOTE", [command, `UN${doing.toUpperCase()}`, channel.name, word, `${word} ${may} again`]),
  );
  if (there === undefined) return;
  const left = isIn ? channel.silencing(there) : channel.banOf(there.sources);
  if (left !== undefined) {
    const why = `${word} is still ${left.isMute ? "muted" : "banned"} by ${left.text}`;
    return reply.send(chat.serverEvent("WARN", [command, "STILL_COVERED", channel.name, word, left.text, why]));
  }
  if (!isMute && !isIn && channel.isVisibleTo(there)) tellFreedom(chat.origin, there, channel.name, false, person.nick);
}

/** Lists who is banned or muted in a channel, with the reasons for its operators. */
function* list({ chat, person, reply }: Call, kind: Kind, name: string): Steps {
  const channel = chat.channel(name, person);
  const isOperator = channel.isOperator(person) || person.isOperator;
  for (const entry of [...channel.lists.b.values()]) {
    const { text, isMute, at, cause } = entry;
    const nick = cause?.nick;
    const why = isOperator && cause?.reason !== undefined ? `: ${cause.reason}` : "";
    const words = `${nick ?? text} is ${isMute ? "muted" : "banned"}${untilWords(entry)} by ${setterOf(entry)}${why}`;
    const context = [
      channel.name,
      isMute ? "mute" : "ban",
      nick ?? "*",
      text,
      setterOf(entry),
      new Date(at).toISOString(),
    ];
    reply.send(chat.serverEvent("NOTE", [kind, "LISTED", ...context, endOf(entry), words]));
    yield;
  }
  const words = `These are all who are banned or muted in ${channel.name}`;
  reply.send(chat.serverEvent("NOTE", [kind, "END_OF_LIST", channel.name, words]));
}

const run = (kind: Kind) => (call: Call, params: string[]) =>
  params.length < 2 ? list(call, kind, params[0]) : restrict(call, kind, params);

/** The family's commands. */
export const RESTRICTIONS: Command[] = [
  {
    name: "MUTE",
    usage: "MUTE channel [nick | mask [time] [:reason]]",
    help: [
      "Channel operators: lets a person listen only, for 10m, 1h, 2d12h, or for ever; without a nick, lists bans and mutes.",
      "It holds for the account, the device or the address, whatever the person is called. UNMUTE ends it.",
    ],
    minParams: 1,
    keptRows: (_, { length }) => length < 2 ? 0 : MOST_ENTRIES,
    handler: run("MUTE"),
  },
  {
    name: "UNMUTE",
    usage: "UNMUTE channel nick | mask",
    help: "Channel operators: lets a person talk again, also one who is not here or has another nick by now.",
    minParams: 2,
    handler: (call, params) => lift(call, "MUTE", params),
  },
  {
    name: "BAN",
    usage: "BAN channel [nick | mask [time] [:reason]]",
    help: [
      "Channel operators: puts a person out and keeps them out, for 10m, 1h, 2d12h, or for ever; without a nick, lists them.",
      "It holds for the account, the device or the address, whatever the person is called. UNBAN ends it.",
    ],
    minParams: 1,
    keptRows: (_, { length }) => length < 2 ? 0 : MOST_ENTRIES,
    handler: run("BAN"),
  },
  {
    name: "UNBAN",
    usage: "UNBAN channel nick | mask",
    help: "Channel operators: lets a person in again, also one who is not here or has another nick by now.",
    minParams: 2,
    handler: (call, params) => lift(call, "BAN", params),
  },
];
