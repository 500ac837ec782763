/**
 * What the numerics of a server mean, as the sentences that a person is told: a table.
 *
 * @module
 */

import {
  ERR_BADCHANMASK,
  ERR_BADCHANNELKEY,
  ERR_BANLISTFULL,
  ERR_BANNEDFROMCHAN,
  ERR_BANNICKCHANGE,
  ERR_CANNOTSENDTOCHAN,
  ERR_CANTKILLSERVER,
  ERR_CHANNELISFULL,
  ERR_CHANOPRIVSNEEDED,
  ERR_ERRONEUSNICKNAME,
  ERR_INPUTTOOLONG,
  ERR_INVALIDKEY,
  ERR_INVALIDMODEPARAM,
  ERR_INVITEONLYCHAN,
  ERR_NEEDMOREPARAMS,
  ERR_NICKNAMEINUSE,
  ERR_NOMOTD,
  ERR_NOOPERHOST,
  ERR_NOPRIVILEGES,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  ERR_NOSUCHSERVER,
  ERR_NOTONCHANNEL,
  ERR_PASSWDMISMATCH,
  ERR_TOOMANYCHANNELS,
  ERR_UNKNOWNCOMMAND,
  ERR_UNKNOWNMODE,
  ERR_USERNOTINCHANNEL,
  ERR_USERONCHANNEL,
  ERR_USERSDONTMATCH,
  ERR_WASNOSUCHNICK,
  ERR_YOUREBANNEDCREEP,
  nameFault,
  parseSource,
  RPL_AWAY,
  RPL_BANLIST,
  RPL_CHANNELMODEIS,
  RPL_CREATED,
  RPL_CREATIONTIME,
  RPL_ENDOFBANLIST,
  RPL_ENDOFINFO,
  RPL_ENDOFINVITELIST,
  RPL_ENDOFMOTD,
  RPL_ENDOFNAMES,
  RPL_ENDOFWHO,
  RPL_ENDOFWHOIS,
  RPL_ENDOFWHOWAS,
  RPL_GLOBALUSERS,
  RPL_INVITING,
  RPL_ISON,
  RPL_ISUPPORT,
  RPL_LIST,
  RPL_LISTEND,
  RPL_LISTSTART,
  RPL_LOCALUSERS,
  RPL_LUSERCHANNELS,
  RPL_LUSERCLIENT,
  RPL_LUSERME,
  RPL_LUSEROP,
  RPL_LUSERUNKNOWN,
  RPL_METADATASUBOK,
  RPL_METADATASYNCLATER,
  RPL_MOTD,
  RPL_MOTDSTART,
  RPL_MYINFO,
  RPL_NAMREPLY,
  RPL_NOTOPIC,
  RPL_NOWAWAY,
  RPL_SASLSUCCESS,
  RPL_STATSCONN,
  RPL_STATSGLINE,
  RPL_TOPIC,
  RPL_TOPICWHOTIME,
  RPL_UMODEIS,
  RPL_UNAWAY,
  RPL_VISIBLEHOST,
  RPL_WELCOME,
  RPL_WHOISACCOUNT,
  RPL_WHOISACTUALLY,
  RPL_WHOISBOT,
  RPL_WHOISCHANNELS,
  RPL_WHOISHOST,
  RPL_WHOISIDLE,
  RPL_WHOISMODES,
  RPL_WHOISOPERATOR,
  RPL_WHOISSECURE,
  RPL_WHOISSERVER,
  RPL_WHOISUSER,
  RPL_YOUREOPER,
  RPL_YOURHOST,
  RPL_YOURID,
} from "../../protocol.ts";

import { OWNS_ROOM } from "../../shared/owner_words.ts";
import { BOUNDS } from "../bounds.ts";
import { maskText, readBan } from "./masks.ts";
import { periodText, roundedPeriod } from "./period.ts";
import { isRefusal } from "../connection/refusals.ts";
import { isTooMuchLeft, leftFor } from "../left.ts";
import { lookAlikeOf } from "../look_alikes.ts";
import type { Sentences } from "../sentences.ts";

/** The numerics by which a server says that a channel cannot be joined. */
export const JOIN_REFUSALS = new Set([
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_BANNEDFROMCHAN,
  ERR_BADCHANNELKEY,
  ERR_BADCHANMASK,
]);

/** Makes a sentence of a numeric's parameters, without the first, which is the own nick. */
type ToSentence = (params: string[], sentences: Sentences) => string;

/** The server's own words, in the last parameter. */
const textOf = (p: string[]) => p.at(-1) ?? "";

/** Why a name that a server has refused cannot be one, where the name itself shows it. */
function faultOf(of: "nick" | "channel", name = "", { refusals }: Sentences): string | undefined {
  // `*` stands for a name that the server could not repeat.
  const fault = name === "*" || name.length > BOUNDS.name ? undefined : nameFault(of, name.normalize("NFC"));
  // Elsewhere channels may begin with other signs.
  return fault === undefined || fault.kind === "prefix" ? undefined : refusals.nameFault(fault);
}

/** Refusals (modern.ircdocs.horse/#numerics). A numeric that stands in no table is shown with its parameters. */
const ERRORS: Record<string, ToSentence> = {
  [ERR_NOSUCHNICK]: ([nick], { talking }) => talking.notOnline(nick),
  [ERR_NOSUCHSERVER]: ([server], { refusals }) => refusals.noServer(server),
  [ERR_NOSUCHCHANNEL]: ([channel = ""], sentences) => {
    const why = faultOf("channel", channel, sentences);
    return why === undefined ? sentences.refusals.noChannel(channel) : sentences.refusals.noChannelName(channel, why);
  },
  [ERR_CANNOTSENDTOCHAN]: (p, { away, refusals: { cannotTalk, silenced } }) => {
    if (isTooMuchLeft(textOf(p))) return away.tooMuchLeft(p[0]);
    const mode = modeOf(textOf(p));
    return cannotTalk(p[0], isKeyOf(silenced, mode) ? silenced[mode] : textOf(p));
  },
  [ERR_TOOMANYCHANNELS]: ([channel], { refusals }) => refusals.tooManyChannels(channel),
  [ERR_WASNOSUCHNICK]: ([nick], { refusals }) => refusals.nobodyWas(nick),
  [ERR_INPUTTOOLONG]: (_, { refusals }) => refusals.tooLong,
  [ERR_UNKNOWNCOMMAND]: ([command], { refusals }) => refusals.unknownCommand(command),
  [ERR_ERRONEUSNICKNAME]: (p, sentences) =>
    sentences.refusals.noNick(p[0], textOf(p), faultOf("nick", p[0], sentences)),
  [ERR_NICKNAMEINUSE]: (p, { refusals }) => {
    const alike = lookAlikeOf(textOf(p));
    return alike === undefined ? refusals.nickInUse(p[0]) : refusals.looksLike(p[0], alike);
  },
  [ERR_BANNICKCHANGE]: ([, channel], { refusals }) => refusals.nickHeld(channel),
  [ERR_USERNOTINCHANNEL]: ([nick, channel], { refusals }) => refusals.notThere(nick, channel),
  [ERR_NOTONCHANNEL]: ([channel], { refusals }) => refusals.youAreNotIn(channel),
  [ERR_USERONCHANNEL]: ([nick, channel], { refusals }) => refusals.alreadyIn(nick, channel),
  [ERR_NEEDMOREPARAMS]: ([command], { refusals }) => refusals.needsMore(command),
  [ERR_PASSWDMISMATCH]: (_, { refusals }) => refusals.wrongPassword,
  [ERR_YOUREBANNEDCREEP]: (p, { refusals }) => refusals.bannedFromServer(textOf(p)),
  [ERR_CHANNELISFULL]: ([channel], { refusals }) => refusals.full(channel),
  [ERR_UNKNOWNMODE]: (p, { refusals }) => refusals.unknownMode(p[0], p.join(" ")),
  [ERR_INVITEONLYCHAN]: ([channel], { refusals }) => refusals.inviteOnly(channel),
  [ERR_BANNEDFROMCHAN]: ([channel], { refusals }) => refusals.banned(channel),
  [ERR_BADCHANNELKEY]: ([channel], { refusals }) => refusals.needsKey(channel),
  [ERR_BADCHANMASK]: ([channel], sentences) =>
    sentences.refusals.noChannelName(channel, faultOf("channel", channel, sentences)),
  [ERR_BANLISTFULL]: ([channel], { refusals }) => refusals.listFull(channel),
  [ERR_NOPRIVILEGES]: (_, { refusals }) => refusals.serverOperatorsOnly,
  [ERR_CHANOPRIVSNEEDED]: ([channel], { refusals }) => refusals.operatorsOnly(channel),
  [ERR_CANTKILLSERVER]: textOf,
  [ERR_NOOPERHOST]: (_, { refusals }) => refusals.notServerOperator,
  [ERR_USERSDONTMATCH]: (_, { refusals }) => refusals.ownModeOnly,
  [ERR_INVALIDKEY]: (p, { refusals }) => refusals.badKey(p[0], textOf(p)),
  [ERR_INVALIDMODEPARAM]: (p, { refusals }) => refusals.badMode(p[0], textOf(p)),
};

/** Answers. */
const REPLIES: Record<string, ToSentence> = {
  [RPL_AWAY]: (p, { away }) => {
    const left = leftFor(textOf(p));
    return left === undefined ? away.is(p[0], textOf(p)) : away[left](p[0]);
  },
  [RPL_UNAWAY]: (_, { away }) => away.youAreNot,
  [RPL_NOWAWAY]: (_, { away }) => away.youAre,
  [RPL_LIST]: (p, { channels }) => channels.listed(p[0], p[1], textOf(p)),
  [RPL_CHANNELMODEIS]: (p, { channels }) => channels.mode(p[0], p.slice(1).join(" ")),
  [RPL_NOTOPIC]: ([channel], { channels }) => channels.noTopic(channel),
  [RPL_INVITING]: ([nick, channel], { channels }) => channels.invited(nick, channel),
  [RPL_BANLIST]: ([channel, entry = "", by, setAt], sentences) => {
    const { moderation, units } = sentences;
    const { mask, isMute, minutes } = readBan(entry);
    const who = maskText(mask, moderation);
    const hasEnd = setAt !== undefined && minutes !== undefined;
    return moderation.listed({
      channel,
      isMute,
      // The mask is shown as well where it is needed to lift the ban.
      who: who === mask || `${who}!*@*` === mask ? who : `${who} (${mask})`,
      period: minutes === undefined ? undefined : periodText(minutes, units),
      until: hasEnd ? date(Number(setAt) + minutes * 60, sentences) : undefined,
      by: by === undefined ? undefined : parseSource(by).nick,
    });
  },
  [RPL_MOTD]: textOf,
  // Mask, when it was set, when it ends (0: never), by whom, why.
  [RPL_STATSGLINE]: ([mask = "", , end, by = "", reason = ""], sentences) => {
    const seconds = Number(end);
    const until = seconds > 0 ? date(seconds, sentences) : undefined;
    return sentences.operators.listed({ mask, until, by: parseSource(by).nick, reason });
  },
  [RPL_YOUREOPER]: (_, { operators }) => operators.isOne,
};

/** What a server tells of a person; the first parameter is the nick. */
const WHOIS: Record<string, ToSentence> = {
  [RPL_WHOISUSER]: (p, { whois }) => whois.address(`${p[1]}@${p[2]}`, textOf(p)),
  [RPL_WHOISSERVER]: (p, { whois }) => whois.server(p[1], textOf(p)),
  [RPL_WHOISOPERATOR]: (p, { whois }) => whois.operator(textOf(p)),
  [RPL_WHOISIDLE]: (p, sentences) => {
    const since = p.length > 3 ? date(Number(p[2]), sentences) : undefined;
    return sentences.whois.idle(duration(Number(p[1]), sentences), since);
  },
  [RPL_WHOISCHANNELS]: (p, { whois }) => whois.channels(textOf(p).trim()),
  [RPL_WHOISACCOUNT]: (p, { whois }) => whois.account(p[1]),
  [RPL_WHOISBOT]: (p, { whois }) => whois.bot(textOf(p)),
  [RPL_WHOISACTUALLY]: (p, { whois }) => whois.realAddress(p.slice(1, -1).join(" ")),
  [RPL_WHOISHOST]: textOf,
  [RPL_WHOISMODES]: textOf,
  [RPL_WHOISSECURE]: (p, { whois }) => whois.secure(textOf(p)),
};

/** The numerics that tell something of somebody who was asked for (WHOIS). */
export const WHOIS_NUMERICS: readonly string[] = Object.keys(WHOIS);

/** Numerics that a person is not told: they come on every connection, or the state takes them. */
const SILENT: ReadonlySet<string> = new Set([
  RPL_WELCOME,
  RPL_YOURHOST,
  RPL_CREATED,
  RPL_MYINFO,
  RPL_ISUPPORT,
  RPL_YOURID,
  RPL_UMODEIS,
  RPL_STATSCONN,
  RPL_LUSERCLIENT,
  RPL_LUSEROP,
  RPL_LUSERUNKNOWN,
  RPL_LUSERCHANNELS,
  RPL_LUSERME,
  RPL_LOCALUSERS,
  RPL_GLOBALUSERS,
  RPL_ISON,
  RPL_ENDOFWHO,
  RPL_ENDOFWHOIS,
  RPL_LISTSTART,
  RPL_LISTEND,
  RPL_CREATIONTIME,
  RPL_TOPIC,
  RPL_TOPICWHOTIME,
  RPL_ENDOFINVITELIST,
  RPL_NAMREPLY,
  RPL_ENDOFNAMES,
  RPL_ENDOFBANLIST,
  RPL_ENDOFWHOWAS,
  RPL_ENDOFINFO,
  RPL_MOTDSTART,
  RPL_ENDOFMOTD,
  RPL_VISIBLEHOST,
  ERR_NOMOTD,
  RPL_SASLSUCCESS,
  RPL_METADATASUBOK,
  RPL_METADATASYNCLATER,
]);

/** The mode that a refusal names in brackets at its end: `(+m)`, `(+m: only some may)`; "" where it names none. */
function modeOf(text: string): string {
  // A pattern alone would look from each bracket to the end of the text.
  const [, mode = ""] = /^\(\+(\w)(?:: .*)?\)$/.exec(text.slice(Math.max(0, text.indexOf("(+")))) ?? [];
  return mode;
}

function isKeyOf<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}

function duration(seconds: number, { shortUnits, whois }: Sentences): string {
  if (!Number.isFinite(seconds) || seconds < 0) return whois.someTime;
  return roundedPeriod(seconds, shortUnits);
}

function date(unixSeconds: number, sentences: Sentences): string {
  const time = new Date(unixSeconds * 1000);
  return Number.isNaN(time.getTime()) ? "?" : sentences.date(time);
}

/** What a person is told of a numeric. */
export type Meaning = { type: "error" | "info"; text: string } | { type: "whois"; nick: string; text: string };

/**
 * What a person is told of a numeric.
 *
 * @param command Three digits.
 * @param params Its parameters as the server sent them, own nick first.
 * @returns Undefined for a numeric of which the person is not told.
 */
export function meaning(command: string, params: string[], sentences: Sentences): Meaning | undefined {
  if (SILENT.has(command)) return undefined;
  // An owner is told of it by what makes them one, and not again whenever they come back.
  if (command === RPL_YOUREOPER && textOf(params).endsWith(OWNS_ROOM)) return undefined;
  const rest = params.slice(1);
  if (Object.hasOwn(ERRORS, command)) return { type: "error", text: ERRORS[command](rest, sentences) };
  if (Object.hasOwn(WHOIS, command)) {
    return { type: "whois", nick: rest[0] ?? "", text: WHOIS[command](rest, sentences) };
  }
  if (Object.hasOwn(REPLIES, command)) return { type: "info", text: REPLIES[command](rest, sentences) };
  return { type: isRefusal(command) ? "error" : "info", text: rest.join(" ") };
}
