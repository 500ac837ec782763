/**
 * What the numerics of a server mean, as sentences for a person. Data only; it must not know state or views.
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
  parseSource,
  RPL_YOUREOPER,
} from "../protocol.ts";

import { forHowLong, readEntry, whom } from "./masks.ts";

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

/** Makes a sentence of a numeric's parameters, own nick left out. */
type Sentence = (params: string[]) => string;

/** The server's own words, where they say it well enough. */
const text: Sentence = (p) => p.at(-1) ?? "";

/** Why one may not talk, by the mode that servers name there. */
const CLOSED: Record<string, string> = {
  b: "you are banned or muted.",
  m: "only those may whom an operator gives /voice.",
  n: "you are not in it.",
};

/** Refusals (modern.ircdocs.horse/#numerics). What is not here is shown with its parameters and the server's own words. */
const ERRORS: Record<string, Sentence> = {
  "401": (p) => `${p[0]} is not online.`,
  "402": (p) => `There is no server ${p[0]}.`,
  "403": (p) => `There is no channel ${p[0]}.`,
  "404": (p) => {
    const [, mode] = /\(\+(\w)(?:: .*)?\)$/.exec(text(p)) ?? [];
    return `You cannot talk in ${p[0]}: ${mode !== undefined && Object.hasOwn(CLOSED, mode) ? CLOSED[mode] : text(p)}`;
  },
  "405": (p) => `You cannot join ${p[0]}: you are in too many channels.`,
  "406": (p) => `Nobody called ${p[0]} was here.`,
  "417": () => "That line is too long.",
  "421": (p) => `The server does not know ${p[0]}.`,
  "432": (p) => `${p[0]} cannot be a nick: ${text(p)}`,
  "433": (p) => `The nick ${p[0]} is in use.`,
  "441": (p) => `${p[0]} is not in ${p[1]}.`,
  "442": (p) => `You are not in ${p[0]}.`,
  "443": (p) => `${p[0]} is already in ${p[1]}.`,
  "461": (p) => `${p[0]} needs more than that.`,
  "464": () => "The password is wrong.",
  "465": (p) => `You are banned from this server: ${text(p)}`,
  "471": (p) => `You cannot join ${p[0]}: it is full.`,
  "473": (p) => `You cannot join ${p[0]}: it is for invited people only.`,
  "474": (p) => `You cannot join ${p[0]}: you are banned there.`,
  "475": (p) => `You cannot join ${p[0]}: it needs its key (/join ${p[0]} KEY).`,
  "476": (p) => `${p[0]} is no channel's name.`,
  "478": (p) => `The list of ${p[0]} is full: /unban somebody first.`,
  "481": () => "Only the server's operators may do that.",
  "483": text,
  "482": (p) => `Only an operator of ${p[0]} may do that.`,
  "491": () => "You cannot become an operator of this server.",
  "525": (p) => `That cannot be the word of ${p[0]}: ${text(p)}`,
  "696": (p) => `That cannot be set in ${p[0]}: ${text(p)}`,
  "502": () => "You can change only your own mode.",
};

/** Answers, each for a view's dim lines. */
const REPLIES: Record<string, Sentence> = {
  "301": (p) => `${p[0]} is away: ${text(p)}`,
  "305": () => "You are no longer away.",
  "306": () => "You are away now.",
  "322": (p) => `${p[0]} (${p[1]} online)${text(p) === "" ? "" : `: ${text(p)}`}`,
  "331": (p) => `${p[0]} has no topic.`,
  "341": (p) => `You invited ${p[0]} to ${p[1]}.`,
  "367": ([channel, entry = "", by, setAt]) => {
    const { mask, isMute, minutes } = readEntry(entry);
    const who = whom(mask);
    const time = setAt === undefined || minutes === undefined
      ? forHowLong({ minutes })
      : ` until ${date(String(Number(setAt) + minutes * 60))}`;
    const set = by === undefined ? "" : ` (by ${parseSource(by).nick})`;
    // The mask stands there where it is needed to lift it.
    const named = who === mask || `${who}!*@*` === mask ? "" : ` (${mask})`;
    return `${who}${named} ${isMute ? "cannot talk in" : "is banned from"} ${channel}${time}${set}`;
  },
  "372": text,
  [RPL_YOUREOPER]: () => "You are an operator of this server now.",
  "324": (p) => `${p[0]} has mode ${p.slice(1).join(" ")}`,
};

/** What is known of a person; the first parameter is the nick. */
const WHOIS: Record<string, Sentence> = {
  "311": (p) => `is ${p[1]}@${p[2]} (${text(p)})`,
  "312": (p) => `is on ${p[1]} (${text(p)})`,
  "313": (p) => text(p),
  "317": (p) => `has been idle for ${duration(Number(p[1]))}` + (p.length > 3 ? `, here since ${date(p[2])}` : ""),
  "319": (p) => `is in ${text(p).trim()}`,
  "330": (p) => `is logged in as ${p[1]}`,
  "335": (p) => text(p),
  "338": (p) => `is really at ${p.slice(1, -1).join(" ")}`,
  "378": (p) => text(p),
  "379": (p) => text(p),
  "671": (p) => text(p),
};

/** Said on every connection and of no use to a person, or known to the state already. */
const SILENT = new Set(
  ("001 002 003 004 005 042 221 250 251 252 253 254 255 265 266 303 315 318 321 323 329 332 333 353 366 369 374 375 376 " +
    "396 422 368 337 903").split(" "),
);

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "some time";
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]] as const;
  const at = Math.max(0, parts.findIndex(([size]) => seconds >= size));
  const [size, unit] = seconds === 0 ? parts[3] : parts[at];
  return `${Math.floor(seconds / size)} ${unit}`;
}

function date(unixSeconds: string): string {
  const time = new Date(Number(unixSeconds) * 1000);
  return Number.isNaN(time.getTime()) ? "?" : time.toLocaleString();
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
export function meaning(command: string, params: string[]): Meaning | undefined {
  if (SILENT.has(command)) return undefined;
  const rest = params.slice(1);
  if (Object.hasOwn(ERRORS, command)) return { type: "error", text: ERRORS[command](rest) };
  if (Object.hasOwn(WHOIS, command)) return { type: "whois", nick: rest[0] ?? "", text: WHOIS[command](rest) };
  if (Object.hasOwn(REPLIES, command)) return { type: "info", text: REPLIES[command](rest) };
  return { type: /^[45]/.test(command) ? "error" : "info", text: rest.join(" ") };
}
