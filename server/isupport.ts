/**
 * The server's own bounds and the `005` tokens that tell clients of them (modern.ircdocs.horse/#rplisupport-parameters).
 * Every token is made from the number that the code obeys.
 *
 * @module
 */

import { LIMITS } from "../protocol.ts";

/** Bounds that a command obeys; texts in characters. A longer text is cut, but a key and a mask are refused. */
export const BOUNDS = {
  topic: 300,
  kick: 200,
  away: 200,
  quit: 200,
  realname: 100,
  user: 16,
  key: 32,
  mask: 120,
  /** Channels that one person may be in. */
  channels: 100,
  /** Bans that a channel may have. */
  bans: 100,
  /** Modes with a parameter in one MODE. */
  modes: 8,
  /** Receivers of one PRIVMSG, NOTICE or TAGMSG. */
  targets: 4,
  /** Channels of one NAMES. */
  names: 10,
  /** Messages of one CHATHISTORY. */
  history: 1000,
  /** Messages that those who know nothing of CHATHISTORY are sent when they join. */
  replay: 50,
  /** Messages of one SEARCH. */
  search: 100,
} as const;

/** The tokens of `005`, each without a space. */
export function isupport(network: string, keepsHistory = false): string[] {
  return [
    `NETWORK=${network.replaceAll("\\", "\\x5C").replaceAll(" ", "\\x20").replaceAll("=", "\\x3D")}`,
    "CASEMAPPING=ascii",
    "CHANTYPES=#",
    "PREFIX=(ov)@+",
    "CHANMODES=b,k,l,imnst",
    `CHANLIMIT=#:${BOUNDS.channels}`,
    `MAXLIST=b:${BOUNDS.bans}`,
    `MODES=${BOUNDS.modes}`,
    `NICKLEN=${LIMITS.nick}`,
    `CHANNELLEN=${LIMITS.channel}`,
    `USERLEN=${BOUNDS.user}`,
    `TOPICLEN=${BOUNDS.topic}`,
    `KICKLEN=${BOUNDS.kick}`,
    `AWAYLEN=${BOUNDS.away}`,
    `NAMELEN=${BOUNDS.realname}`,
    `KEYLEN=${BOUNDS.key}`,
    `TARGMAX=JOIN:,PART:,NAMES:${BOUNDS.names},WHOIS:1,KICK:,LIST:,` +
    ["PRIVMSG", "NOTICE", "TAGMSG"].map((command) => `${command}:${BOUNDS.targets}`).join(","),
    "SAFELIST",
    "UTF8ONLY",
    ...(keepsHistory ? [`CHATHISTORY=${BOUNDS.history}`, "MSGREFTYPES=msgid,timestamp"] : []),
  ];
}
