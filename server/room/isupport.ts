/**
 * The server's own bounds and the `005` tokens that tell clients of them (modern.ircdocs.horse/#rplisupport-parameters).
 * Every token is made from the number that the code obeys.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { EXTBAN } from "./masklist.ts";

/** The letters of all modes, by the parameter that goes with them (modern.ircdocs.horse/#chanmodes-parameter). */
export const MODES = {
  /** Lists of masks. */
  lists: "beI",
  /** Modes that always take a parameter, and modes that take one when they are set. */
  always: "k",
  whenSet: "l",
  /** On or off. */
  flags: "Cimnst",
  /** The ranks of members, the highest first, and the prefixes that show them. */
  ranks: "ov",
  prefixes: "@+",
  /** User modes (modern.ircdocs.horse/#user-modes). */
  user: "Biow",
} as const;

/**
 * Bounds that commands obey. Lengths of texts are in characters unless bytes are named. A longer text is cut, but a longer key,
 * mask or host is refused. What may stand in every line has a bound in bytes as well, so that room is left for a text; see
 * `TEXT_BYTES` in encode.ts.
 */
export const BOUNDS = {
  topic: 300,
  kick: 200,
  away: 200,
  quit: 200,
  realname: 100,
  user: 16,
  userBytes: 32,
  key: 32,
  mask: 120,
  /** Of a mask as it is told, completed and with its time. */
  maskBytes: 180,
  /** Channels that one person may be in. */
  channels: 100,
  /** Entries of each of a channel's lists of masks. */
  list: 100,
  /** Of the server's name, in bytes: as many as a label of a host name may have (RFC 1123 section 2.1). */
  serverName: 63,
  /** Of a host that an operator gives somebody, in bytes. */
  host: 63,
  /** Nicks that one person may watch (MONITOR). */
  monitor: 100,
  /** Modes with a parameter in one MODE. */
  modes: 8,
  /** Receivers of one PRIVMSG, NOTICE or TAGMSG. */
  targets: 4,
  /** Channels of one NAMES. */
  names: 10,
  /** Messages of one CHATHISTORY, and their bytes as they are told: there is room for a hundred of the longest messages. */
  history: 1000,
  historyBytes: 1024 * 1024,
  /**
   * Messages that clients without CHATHISTORY are sent when they join, and their bytes. Clients without batches are sent fewer,
   * one of each channel every `replayPause` milliseconds: clients that count lines take old ones for a flood. Messages of many
   * channels come one after the other, with `replayGap` milliseconds between them.
   */
  replay: 50,
  replayBytes: 64 * 1024,
  replayUnbatched: 10,
  replayPause: 2000,
  replayGap: 250,
  /** How often one message may be edited. All that it said before is kept, so that nobody can hide it. */
  edits: 10,
  /** Messages of one SEARCH. */
  search: 100,
  /** Values of metadata that are told unasked at once, to somebody who joins, or about somebody who joins. */
  metadata: 500,
} as const;

/** What a room may have or not. */
interface Offers {
  keepsHistory: boolean;
  hasAccounts: boolean;
  /** The address of a picture that stands for the room. */
  icon?: string | undefined;
  /** Where files are sent to, if anywhere. */
  files?: string | undefined;
  /** How many people a call has at the most, where there are calls. */
  call?: number | undefined;
}

/** The tokens of `005`, each without a space. */
export function isupport(network: string, { keepsHistory, hasAccounts, icon, files, call }: Offers): string[] {
  const escaped = (text: string) => text.replaceAll("\\", "\\x5C").replaceAll(" ", "\\x20").replaceAll("=", "\\x3D");
  return [
    `NETWORK=${escaped(network)}`,
    ...(icon === undefined ? [] : [`draft/ICON=${escaped(icon)}`]),
    // By both names (IRCv3 filehost): some clients know the one, and some the other.
    ...(files === undefined
      ? []
      : [`draft/FILEHOST=${escaped(files)}`, `soju.im/FILEHOST=${escaped(files)}`, "draft/AUTHTOKEN"]),
    ...(call === undefined ? [] : [`teahouse.chat/CALL=${call}`]),
    "CASEMAPPING=ascii",
    "CHANTYPES=#",
    `PREFIX=(${MODES.ranks})${MODES.prefixes}`,
    `STATUSMSG=${MODES.prefixes}`,
    `CHANMODES=${MODES.lists},${MODES.always},${MODES.whenSet},${MODES.flags}`,
    "EXCEPTS=e",
    "INVEX=I",
    `EXTBAN=${EXTBAN.prefix},${EXTBAN.letters}`,
    ...(hasAccounts ? [`ACCOUNTEXTBAN=${EXTBAN.account}`] : []),
    // MUTE, UNMUTE, BAN and UNBAN are there, and this letter names a device.
    `PERSONBAN=${EXTBAN.device}`,
    `CHANLIMIT=#:${BOUNDS.channels}`,
    `MAXLIST=${[...MODES.lists].map((letter) => `${letter}:${BOUNDS.list}`).join(",")}`,
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
    `HOSTLEN=${BOUNDS.host}`,
    `MONITOR=${BOUNDS.monitor}`,
    "ELIST=CMNTU",
    "SAFELIST",
    "WHOX",
    "BOT=B",
    "UTF8ONLY",
    ...(keepsHistory ? [`CHATHISTORY=${BOUNDS.history}`, "MSGREFTYPES=msgid,timestamp"] : []),
  ];
}
