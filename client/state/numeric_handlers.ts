/**
 * What numerics of the server change in the state: a table. All other numerics are only told, if they mean something to a
 * person (numerics.ts).
 *
 * @module
 */

import {
  detached,
  ERR_BANNEDFROMCHAN,
  ERR_INVITEONLYCHAN,
  ERR_YOUREBANNEDCREEP,
  type Message,
  RPL_ENDOFNAMES,
  RPL_ISUPPORT,
  RPL_KEYNOTSET,
  RPL_KEYVALUE,
  RPL_LOGGEDIN,
  RPL_LOGGEDOUT,
  RPL_NAMREPLY,
  RPL_NOWAWAY,
  RPL_TOPIC,
  RPL_UNAWAY,
  RPL_WELCOME,
  RPL_YOUREOPER,
} from "../../protocol.ts";
import { OWNS_ROOM } from "../../shared/owner_words.ts";
import { isName, isSameName, mayBeNick } from "../names.ts";
import { refusalText } from "../room_bans.ts";
import type { Happening } from "./events.ts";
import { Isupport } from "./isupport.ts";
import { sortMembers } from "./name_lists.ts";
import { isProfileKey } from "./profiles.ts";
import { JOIN_REFUSALS, meaning } from "./numerics.ts";
import type { State } from "./state.ts";

/** Takes the parameters of a numeric, own nick first. */
type NumericHandler = (state: State, params: string[]) => Happening[];

const HANDLERS: ReadonlyMap<string, NumericHandler> = new Map<string, NumericHandler>([
  [RPL_WELCOME, (state, [nick = state.nick]) => {
    if (mayBeNick(nick)) state.nick = detached(nick);
    state.isupport = new Isupport();
    state.nameLists.clear();
    return [];
  }],
  // Own nick, own nick!user@host, account, sentence (IRCv3 sasl).
  [RPL_LOGGEDIN, (state, [, , account]) => {
    state.account = account !== undefined && isName(account) ? detached(account) : undefined;
    return [];
  }],
  // The same without the account.
  [RPL_LOGGEDOUT, (state, params) => {
    const { account } = state;
    state.account = undefined;
    if (account === undefined) return [];
    return [{ type: "error", text: state.sentences.accounts.loggedOut(account, params.at(-1) ?? "") }];
  }],
  [RPL_ISUPPORT, (state, params) => {
    state.isupport.add(params);
    return [];
  }],
  [RPL_TOPIC, (state, [, name = "", topic = ""]) => {
    const channel = state.joined(name);
    if (channel !== undefined) channel.topic = detached(topic);
    return [{ type: "topic", channel: name, topic, by: "" }];
  }],
  // RPL_NAMREPLY: own nick, `=` or for a secret channel `@`, channel, names.
  [RPL_NAMREPLY, (state, [, sign = "", name = "", names = ""]) => {
    const channel = state.joined(name);
    if (channel !== undefined) channel.isSecret = sign === "@";
    state.nameLists.add(name, names, state.isupport);
    return [];
  }],
  [RPL_ENDOFNAMES, (state, [, name = ""]) => {
    const list = state.nameLists.end(name);
    const channel = state.joined(name);
    if (channel !== undefined) {
      state.talks.setMembers(channel, list);
      for (const folded of list.keys()) state.returning.seen(channel, folded);
    }
    state.showAway();
    return [{ type: "names", channel: channel?.name ?? name, members: sortMembers([...list.values()]) }];
  }],
]);

/** Takes a numeric into the state and gives what it means. @param time When it was sent, in milliseconds since 1970. */
export function takeNumeric(state: State, { command, params }: Message, time: number): Happening[] {
  const handler = HANDLERS.get(command);
  if (handler !== undefined) return handler(state, params);
  if (command === RPL_KEYVALUE || command === RPL_KEYNOTSET) {
    const nick = params[1] ?? "";
    // Of others nobody would say when they are gone, and somebody else has the nick.
    const isSeen = state.isSelf(nick) || state.spelledNick(nick) !== undefined;
    const changed = isSeen ? state.profiles.take(command, params) : isProfileKey(params[2]) ? undefined : "other";
    if (changed !== "other") return changed === undefined ? [] : [{ type: "profile", ...changed }];
  }
  if (command === RPL_NOWAWAY || command === RPL_UNAWAY) {
    state.away = command === RPL_UNAWAY ? undefined : state.away ?? "";
    state.showAway();
  }
  if (command === RPL_YOUREOPER && params.at(-1)?.endsWith(OWNS_ROOM)) state.isOwner = true;
  // A channel that could not be joined again after the connection was lost.
  if (JOIN_REFUSALS.has(command) && state.joined(params[1] ?? "")?.members.size === 0) {
    state.leave(params[1], state.nick);
  }
  const { toldBan } = state;
  if (command === ERR_BANNEDFROMCHAN && toldBan !== undefined && isSameName(toldBan, params[1] ?? "")) {
    state.toldBan = undefined;
    return [];
  }
  const banned = command === ERR_YOUREBANNEDCREEP ? refusalText(params.at(-1) ?? "", time, state.sentences) : undefined;
  if (banned !== undefined) return [{ type: "error", text: banned }];
  const told = meaning(command, params, state.sentences);
  if (told?.type === "error" && command === ERR_INVITEONLYCHAN) return [{ ...told, uninvitedTo: params[1] ?? "" }];
  return told === undefined ? [] : [told];
}
