/**
 * Who somebody is, as the server tells it (WHOIS): for a view that says it in its own words.
 *
 * @module
 */

import {
  ERR_NOSUCHNICK,
  type Message,
  RPL_AWAY,
  RPL_ENDOFWHOIS,
  RPL_KEYVALUE,
  RPL_WHOISACCOUNT,
  RPL_WHOISACTUALLY,
  RPL_WHOISBOT,
  RPL_WHOISCHANNELS,
  RPL_WHOISIDLE,
  RPL_WHOISKEYVALUE,
  RPL_WHOISOPERATOR,
  RPL_WHOISUSER,
} from "../../protocol.ts";
import { leftFor } from "../left.ts";
import { isSameName } from "../names.ts";
import { WHOIS_NUMERICS } from "../state/numerics.ts";
import { Profiles } from "../state/profiles.ts";
import type { Actions } from "./actions.ts";

/** Who somebody is. What the server does not tell is left out. All texts are as they came. */
export interface WhoIs {
  /** The nick as it is spelled. */
  nick: string;
  displayName?: string;
  status?: string;
  realName?: string;
  account?: string;
  /** Why they are away, "" where they have not said it; "left": away from the room, but what is written to them waits for them. */
  away?: { why: string } | "left";
  /** When they have come, in milliseconds since 1970, and for how many seconds they have said nothing. */
  since?: number;
  idle?: number;
  /** The channels in which this person is, too, in their order; and of which of them they are an operator. */
  common: string[];
  rules: string[];
  /** Whether they own the room, or are an operator of the server. */
  rank?: "owner" | "operator";
  isBot: boolean;
  /** From where they have come. */
  addresses: string[];
  /** Whether the server takes this person for one of its operators: it tells them more. */
  isForOperators: boolean;
}

/** What answers the question, and is told nowhere else. */
const ANSWERS = [...WHOIS_NUMERICS, ERR_NOSUCHNICK, RPL_AWAY, RPL_ENDOFWHOIS, RPL_WHOISKEYVALUE];

/** Asks who somebody is. @returns Undefined where there is nobody of that nick, or no answer. */
export async function whoIs(client: Actions, nick: string): Promise<WhoIs | undefined> {
  const replies = await client.askQuietly(ANSWERS, "WHOIS", nick) ?? [];
  const about = replies.filter(({ params: [, name = ""] }) => isSameName(name, nick));
  const isKnown = about.some(({ command }) => command === RPL_WHOISUSER || command === RPL_AWAY);
  return isKnown ? read(client, nick, about) : undefined;
}

function read(client: Actions, nick: string, replies: readonly Message[]): WhoIs {
  const of = (numeric: string) => replies.filter(({ command }) => command === numeric).map(({ params }) => params);
  const [user] = of(RPL_WHOISUSER), [account] = of(RPL_WHOISACCOUNT), [away] = of(RPL_AWAY), [idle] = of(RPL_WHOISIDLE);
  const [operator] = of(RPL_WHOISOPERATOR), real = of(RPL_WHOISACTUALLY);
  const profiles = new Profiles();
  for (const params of of(RPL_WHOISKEYVALUE)) profiles.take(RPL_KEYVALUE, params);
  const channels = of(RPL_WHOISCHANNELS).flatMap((params) => params.at(-1)!.split(" "))
    .map((word) => ({ prefix: /^[~&@%+]*/.exec(word)![0], name: word.replace(/^[~&@%+]+/, "") }))
    .filter(({ name }) => client.state.joined(name) !== undefined);
  const [, , seconds, signedOn] = idle ?? [];
  const since = idle !== undefined && idle.length > 4 ? 1000 * Number(signedOn) : NaN;
  return {
    nick: user?.[1] ?? away?.[1] ?? nick,
    ...client.state.profiles.of(nick),
    ...profiles.of(nick),
    ...(user?.at(-1) ? { realName: user.at(-1)! } : {}),
    ...(account?.[2] ? { account: account[2] } : {}),
    ...(away === undefined ? {} : { away: leftFor(away.at(-1)!) === undefined ? { why: away.at(-1)! } : "left" }),
    ...(Number.isFinite(since) ? { since } : {}),
    ...(Number(seconds) >= 0 ? { idle: Number(seconds) } : {}),
    common: channels.map(({ name }) => name),
    rules: channels.filter(({ prefix }) => /[~&@]/.test(prefix)).map(({ name }) => name),
    ...(operator === undefined ? {} : { rank: operator.at(-1) === "owns this room" ? "owner" : "operator" }),
    isBot: of(RPL_WHOISBOT).length > 0,
    addresses: [...new Set([...(user?.[3] ? [user[3]] : []), ...real.flatMap((params) => params.slice(2, -1))])],
    isForOperators: real.length > 0 && !client.state.isSelf(nick),
  };
}
