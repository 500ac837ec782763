/**
 * What the numerics of a server mean, by the sentences that a person is told. Data only; it must not know state or views.
 *
 * @module
 */

import {
  ERR_BADCHANMASK,
  ERR_BADCHANNELKEY,
  ERR_BANNEDFROMCHAN,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  nameFault,
  parseSource,
  RPL_YOUREOPER,
} from "../../protocol.ts";

import { BOUNDS } from "../bounds.ts";
import { readEntry, whom } from "./masks.ts";
import { periodText } from "./period.ts";
import { isRefusal } from "../connection/refusals.ts";
import type { Sentences } from "../sentences.ts";

/** By which a server says that a channel cannot be joined. */
export const JOIN_REFUSALS = new Set([
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_BANNEDFROMCHAN,
  ERR_BADCHANNELKEY,
  ERR_BADCHANMASK,
]);

/** A ban from the server: mask, when it was set, when it ends (0: never), by whom, why. */
export const RPL_GLINE = "223";

/** Makes a sentence of a numeric's parameters, own nick left out. */
type Meant = (params: string[], sentences: Sentences) => string;

/** The server's own words. */
const textOf = (p: string[]) => p.at(-1) ?? "";

/** Why a name that a server has refused can't be one, where that can be told by looking at it. */
function faultOf(of: "nick" | "channel", name = "", { refusals }: Sentences): string | undefined {
  // `*` stands for a name that the server could not repeat.
  const fault = name === "*" || name.length > BOUNDS.name ? undefined : nameFault(of, name.normalize("NFC"));
  // Elsewhere channels may begin with other signs.
  return fault === undefined || fault.kind === "prefix" ? undefined : refusals.nameFault(fault);
}

/** Refusals (modern.ircdocs.horse/#numerics). What is not here is shown with its parameters and the server's own words. */
const ERRORS: Record<string, Meant> = {
  "401": ([nick], { talking }) => talking.notOnline(nick),
  "402": ([server], { refusals }) => refusals.noServer(server),
  "403": ([channel = ""], sentences) => {
    const why = faultOf("channel", channel, sentences);
    return why === undefined ? sentences.refusals.noChannel(channel) : sentences.refusals.noChannelName(channel, why);
  },
  "404": (p, { refusals: { cannotTalk, silenced } }) => {
    const mode = modeOf(textOf(p));
    return cannotTalk(p[0], isKeyOf(silenced, mode) ? silenced[mode] : textOf(p));
  },
  "405": ([channel], { refusals }) => refusals.tooManyChannels(channel),
  "406": ([nick], { refusals }) => refusals.nobodyWas(nick),
  "417": (_, { refusals }) => refusals.tooLong,
  "421": ([command], { refusals }) => refusals.unknownCommand(command),
  "432": (p, sentences) => sentences.refusals.noNick(p[0], textOf(p), faultOf("nick", p[0], sentences)),
  "433": ([nick], { refusals }) => refusals.nickInUse(nick),
  "435": ([, channel], { refusals }) => refusals.nickHeld(channel),
  "441": ([nick, channel], { refusals }) => refusals.notThere(nick, channel),
  "442": ([channel], { refusals }) => refusals.youAreNotIn(channel),
  "443": ([nick, channel], { refusals }) => refusals.alreadyIn(nick, channel),
  "461": ([command], { refusals }) => refusals.needsMore(command),
  "464": (_, { refusals }) => refusals.wrongPassword,
  "465": (p, { refusals }) => refusals.bannedFromServer(textOf(p)),
  "471": ([channel], { refusals }) => refusals.full(channel),
  "472": (p, { refusals }) => refusals.unknownMode(p[0], p.join(" ")),
  "473": ([channel], { refusals }) => refusals.inviteOnly(channel),
  "474": ([channel], { refusals }) => refusals.banned(channel),
  "475": ([channel], { refusals }) => refusals.needsKey(channel),
  "476": ([channel], sentences) => sentences.refusals.noChannelName(channel, faultOf("channel", channel, sentences)),
  "478": ([channel], { refusals }) => refusals.listFull(channel),
  "481": (_, { refusals }) => refusals.serverOperatorsOnly,
  "483": textOf,
  "482": ([channel], { refusals }) => refusals.operatorsOnly(channel),
  "491": (_, { refusals }) => refusals.notServerOperator,
  "525": (p, { refusals }) => refusals.badKey(p[0], textOf(p)),
  "696": (p, { refusals }) => refusals.badMode(p[0], textOf(p)),
  "502": (_, { refusals }) => refusals.ownModeOnly,
};

/** Answers, each for a view's dim lines. */
const REPLIES: Record<string, Meant> = {
  "301": (p, { away }) => away.is(p[0], textOf(p)),
  "305": (_, { away }) => away.youAreNot,
  "306": (_, { away }) => away.youAre,
  "322": (p, { channels }) => channels.listed(p[0], p[1], textOf(p)),
  "331": ([channel], { channels }) => channels.noTopic(channel),
  "341": ([nick, channel], { channels }) => channels.invited(nick, channel),
  "367": ([channel, entry = "", by, setAt], sentences) => {
    const { moderation, units } = sentences;
    const { mask, isMute, minutes } = readEntry(entry);
    const who = whom(mask, moderation);
    const hasEnd = setAt !== undefined && minutes !== undefined;
    return moderation.listed({
      channel,
      isMute,
      // The mask stands there where it is needed to lift it.
      who: who === mask || `${who}!*@*` === mask ? who : `${who} (${mask})`,
      period: minutes === undefined ? undefined : periodText(minutes, units),
      until: hasEnd ? date(Number(setAt) + minutes * 60, sentences) : undefined,
      by: by === undefined ? undefined : parseSource(by).nick,
    });
  },
  "372": textOf,
  [RPL_GLINE]: ([mask = "", , end, by = "", reason = ""], sentences) => {
    const seconds = Number(end);
    const until = seconds > 0 ? date(seconds, sentences) : undefined;
    return sentences.operators.listed({ mask, until, by: parseSource(by).nick, reason });
  },
  [RPL_YOUREOPER]: (_, { operators }) => operators.isOne,
  "324": (p, { channels }) => channels.mode(p[0], p.slice(1).join(" ")),
};

/** What is known of a person; the first parameter is the nick. */
const WHOIS: Record<string, Meant> = {
  "311": (p, { whois }) => whois.address(`${p[1]}@${p[2]}`, textOf(p)),
  "312": (p, { whois }) => whois.server(p[1], textOf(p)),
  "313": (p, { whois }) => whois.operator(textOf(p)),
  "317": (p, sentences) => {
    const since = p.length > 3 ? date(Number(p[2]), sentences) : undefined;
    return sentences.whois.idle(duration(Number(p[1]), sentences), since);
  },
  "319": (p, { whois }) => whois.channels(textOf(p).trim()),
  "330": (p, { whois }) => whois.account(p[1]),
  "335": (p, { whois }) => whois.bot(textOf(p)),
  "338": (p, { whois }) => whois.realAddress(p.slice(1, -1).join(" ")),
  "378": textOf,
  "379": textOf,
  "671": (p, { whois }) => whois.secure(textOf(p)),
};

/** Said on every connection and of no use to a person, or known to the state already. */
const SILENT = new Set(
  ("001 002 003 004 005 042 221 250 251 252 253 254 255 265 266 303 315 318 321 323 329 332 333 353 366 369 374 375 376 " +
    "396 422 368 337 903").split(" "),
);

/** The mode that a refusal names in brackets at its end: `(+m)`, `(+m: only some may)`; "" where it names none. */
function modeOf(text: string): string {
  // From the last one on: a pattern would look from each bracket to the end.
  const [, mode = ""] = /^\(\+(\w)(?:: .*)?\)$/.exec(text.slice(Math.max(0, text.lastIndexOf("(+")))) ?? [];
  return mode;
}

function isKeyOf<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}

function duration(seconds: number, { shortUnits, whois }: Sentences): string {
  if (!Number.isFinite(seconds) || seconds < 0) return whois.someTime;
  const parts = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const;
  const at = Math.max(0, parts.findIndex(([size]) => seconds >= size));
  const [size, unit] = seconds === 0 ? parts[3] : parts[at];
  return shortUnits[unit](Math.floor(seconds / size));
}

function date(unixSeconds: number, sentences: Sentences): string {
  const time = new Date(unixSeconds * 1000);
  return Number.isNaN(time.getTime()) ? "?" : sentences.date(time);
}

/** A numeric's meaning. */
export type Meaning = { type: "error" | "info"; text: string } | { type: "whois"; nick: string; text: string };

/**
 * Says what a numeric means.
 *
 * @param command Three digits.
 * @param params Its parameters as the server sent them, own nick first.
 * @returns Nothing for a numeric that a person need not see.
 */
export function meaning(command: string, params: string[], sentences: Sentences): Meaning | undefined {
  if (SILENT.has(command)) return undefined;
  const rest = params.slice(1);
  if (Object.hasOwn(ERRORS, command)) return { type: "error", text: ERRORS[command](rest, sentences) };
  if (Object.hasOwn(WHOIS, command)) {
    return { type: "whois", nick: rest[0] ?? "", text: WHOIS[command](rest, sentences) };
  }
  if (Object.hasOwn(REPLIES, command)) return { type: "info", text: REPLIES[command](rest, sentences) };
  return { type: isRefusal(command) ? "error" : "info", text: rest.join(" ") };
}
