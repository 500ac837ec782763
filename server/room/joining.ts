/**
 * Coming into channels and leaving them: JOIN, PART, KICK, and what follows from a login or a ban.
 *
 * @module
 */

import {
  ERR_BADCHANNELKEY,
  ERR_BANNEDFROMCHAN,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  explainFault,
  nameFault,
} from "../../protocol.ts";
import { isSecret } from "../auth/secret.ts";
import { type Channel, channelsOf } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { BOUNDS } from "./isupport.ts";
import { rankOfFirst } from "./owners.ts";
import type { Person } from "./person.ts";
import { publicAway } from "./profile.ts";
import { type Reply, ReplyError } from "./reply.ts";
import { restrictionNote, restrictionWords, whySilenced } from "./restrictions.ts";

/**
 * Brings a person into a channel, which comes into being if it does not exist. Of the person's sessions only the one that asks
 * is told.
 *
 * @param reply Of the command that asks for it.
 * @param key The word that the channel may ask for (mode `k`).
 * @returns The channel, or nothing if the person was in it already.
 * @throws {ReplyError} 403, 404, 405, 471, 473, 474 or 475.
 */
export function join(chat: Chat, reply: Reply, name: string, key?: string): Channel | undefined {
  const { session, session: { person } } = reply;
  const fault = nameFault("channel", name);
  if (fault !== undefined) throw new ReplyError(ERR_NOSUCHCHANNEL, name, `No such channel: ${explainFault(fault)}`);
  const before = chat.channels.find(name);
  if (before?.members.has(person)) return undefined;
  if (channelsOf(person).size >= BOUNDS.channels) {
    throw new ReplyError(ERR_TOOMANYCHANNELS, name, "You have joined too many channels");
  }
  const alike = before === undefined ? chat.channels.alike(name) : undefined;
  if (alike !== undefined) {
    throw new ReplyError(ERR_NOSUCHCHANNEL, name, `No such channel: ${looksLike(chat, person, name, alike)}`);
  }
  const channel = before ?? chat.channels.prepare(name);
  admit(reply, channel, key);
  // What would be kept by joining: that the first member is the founder, or that whoever was in may come back.
  const first = channel.members.size === 0 && channel.isNobodys ? rankOfFirst(chat, person, channel) : "none";
  if (channel.flags.has("i") || first === "founder") chat.channels.requireKeeping(channel);
  channel.add(person, first, [session]);
  chat.belongings.changed(person);
  if (before === undefined) chat.channels.open(channel);
  else chat.calls?.joinedChannel(person, channel);
  if (channel.hasChanges) chat.channels.settingsChanged(channel, session);
  reply.publish(channel, chat.joinEvent(person, channel));
  // Whoever joins sees their rank in the list of names; those who are in would not know it.
  if (channel.isOperator(person)) {
    channel.publish(chat.serverEvent("MODE", [channel.name, "+o", person.nick]), [session]);
  }
  if (person.away !== undefined) {
    channel.publish(chat.event(person, "AWAY", [publicAway(person, person.away)]), [session]);
  }
  return channel;
}

/** Says what the name of a channel looks like. That there is a channel is told to those who may know of it. */
export function looksLike(chat: Chat, person: Person, name: string, alike: string): string {
  const other = chat.channels.find(alike);
  const isKnown = other === undefined || chat.mayKnow(person, other);
  return `${name} looks like ${isKnown ? alike : "the name of another channel"}`;
}

/**
 * Throws if the channel's modes keep a person out. An invitation opens `i`, and an operator's opens `l`. Nothing keeps an owner
 * of the room out: they could open every door all the same, as operators of the server.
 */
function admit(reply: Reply, channel: Channel, key: string | undefined): void {
  const { session, session: { origin, person } } = reply;
  const refuse = (numeric: string, why: string): never => {
    throw new ReplyError(numeric, channel.name, `Cannot join channel (${why})`);
  };
  if (person.isOwner) return;
  const ban = channel.banOf(person.sources);
  if (ban !== undefined) {
    // Others are told the same by the refusal.
    if (session.has("standard-replies")) reply.send(restrictionNote(origin, session, person, channel.name, ban));
    refuse(ERR_BANNEDFROMCHAN, `+b: ${restrictionWords(ban)}`);
  }
  if (channel.flags.has("i") && !channel.mayComeUninvited(person)) refuse(ERR_INVITEONLYCHAN, "+i: by invitation only");
  if (channel.key !== undefined && !isSecret(key ?? "", channel.key)) refuse(ERR_BADCHANNELKEY, "+k: wrong key");
  if (channel.limit !== undefined && channel.members.size >= channel.limit && !channel.isAdmitted(person)) {
    refuse(ERR_CHANNELISFULL, "+l: it is full");
  }
}

/** Takes a person out of a channel by their own wish. The reason is told if they may talk there. */
export function part(chat: Chat, reply: Reply, channel: Channel, reason?: string): void {
  const { person } = reply.session;
  const isTold = reason !== undefined && whySilenced(channel, person) === undefined;
  reply.publish(channel, chat.event(person, "PART", isTold ? [channel.name, reason] : [channel.name]));
  // Whoever goes by their own wish gives up the right to come back; but the last one would lock the channel for good.
  if (channel.members.size > 1) channel.unseat(person);
  if (channel.hasChanges) chat.channels.settingsChanged(channel);
  chat.removeMember(person, channel);
}

/** Takes a person out of a channel by an operator's wish. */
export function kick(chat: Chat, reply: Reply, channel: Channel, victim: Person, reason: string): void {
  reply.publish(channel, chat.event(reply.session.person, "KICK", [channel.name, victim.nick, reason]));
  // Whoever is thrown out has no right to come back.
  channel.unseat(victim);
  if (channel.hasChanges) chat.channels.settingsChanged(channel);
  chat.removeMember(victim, channel);
}

/**
 * Takes a person out of a channel who may not be there any more. What their account has there stays the account's. To tell of
 * it is the caller's business.
 */
export function expel(chat: Chat, person: Person, channel: Channel): void {
  channel.uninvite(person);
  if (channel.hasChanges) chat.channels.settingsChanged(channel);
  chat.removeMember(person, channel);
}
