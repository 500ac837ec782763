/**
 * The owners of the room: what they may do, and where the rank of those comes from who come into a channel first.
 *
 * An owner is known by an account or a device (auth/owners.ts). Whenever they are in the room they are an operator of the
 * server and of each channel that they are in. That begins and ends in the same step as what it follows from: that they come
 * in, log in or out, are named or are owners no longer. Others are told after it.
 *
 * @module
 */

import { casefold, RPL_YOUREOPER } from "../../protocol.ts";
import { DEFAULT_CHANNEL } from "../../shared/default_channel.ts";
import { OWNS_ROOM } from "../../shared/owner_words.ts";
import { isLastingIdentity } from "../store/identities.ts";
import { type Channel, channelsOf, type FirstRank } from "./channel.ts";
import type { Chat } from "./chat.ts";
import type { Person } from "./person.ts";
import type { Session } from "./session.ts";

/** How many channels somebody founds at the most, by a device alone or by an account. In others they are operator while they stay. */
const MOST_FOUNDED = { device: 50, account: 500 } as const;

/** Whether a channel is the one that people come into who have chosen none. */
function isDefault({ name }: Channel): boolean {
  return casefold(name) === casefold(`#${DEFAULT_CHANNEL}`);
}

/**
 * What a person is in a channel that is nobody's, if they come first. A room that has an owner is the owner's: there nobody
 * becomes operator of the default channel by that. Who can't return founds nothing.
 */
export function rankOfFirst({ owners, channels }: Chat, { identity, account }: Person, channel: Channel): FirstRank {
  if (owners?.isOwned && isDefault(channel)) return "none";
  if (!isLastingIdentity(identity)) return "operator";
  const most = account === undefined ? MOST_FOUNDED.device : MOST_FOUNDED.account;
  return (channels.kept?.countFounded(identity) ?? 0) < most ? "founder" : "operator";
}

/**
 * Gives a person who is in the room the rights of owners, if their identity is an owner's, or takes them. The person is told
 * at once.
 *
 * @returns The steps that tell the channels.
 */
export function recogniseOwner(chat: Chat, person: Person): Generator<void> {
  const { owners } = chat;
  const isOwner = owners?.has(person.identity) === true;
  const isNew = person.isOwner !== isOwner && chat.isHere(person);
  if (!isNew) return tellRanks(chat, person, []);
  person.isOwner = isOwner;
  const changed = [...channelsOf(person)].filter((channel) => {
    // What was given to them, or is theirs as founders, stays.
    const keeps = !isOwner && channel.isKeptOperator(person.identity);
    return !keeps && channel.setRankForNow(person, "o", isOwner);
  });
  if (isOwner) makeServerOperator(chat, person, owners!);
  else endServerOperator(chat, person, owners!);
  return tellRanks(chat, person, changed);
}

function makeServerOperator(chat: Chat, person: Person, reason: object): void {
  person.operatorBy.add(reason);
  if (person.isOperator) return;
  chat.setMode(person, "o", true);
  person.tell(chat.serverEvent(RPL_YOUREOPER, [person.nick, `You are now an IRC operator: ${OWNS_ROOM}`]));
  person.tell(chat.event(person, "MODE", [person.nick, "+o"]));
  chat.report(`${person.source} is an operator, as an owner of the room`);
}

function endServerOperator(chat: Chat, person: Person, reason: object): void {
  person.operatorBy.delete(reason);
  // Whoever has said the password for it (OPER) is it as long as their connection.
  if (!person.isOperator || person.operatorBy.size > 0) return;
  chat.setMode(person, "o", false);
  person.tell(chat.event(person, "MODE", [person.nick, "-o"]));
  chat.report(`${person.source} is no operator any more, since they do not own the room`);
}

/** Tells channels which rank a member has now. */
function* tellRanks(chat: Chat, person: Person, channels: readonly Channel[]): Generator<void> {
  for (const channel of channels) {
    const change = channel.isOperator(person) ? "+o" : "-o";
    if (channel.members.has(person)) channel.publish(chat.serverEvent("MODE", [channel.name, change, person.nick]));
    yield;
  }
}

/**
 * Gives all who are in the room by an identity the rights of owners, or takes them: all at once, before the channels are told.
 *
 * @returns The steps that tell them.
 */
export function recogniseAll(chat: Chat, identity: string): IteratorObject<void> {
  const tellings = personsOf(chat, identity).map((person) => recogniseOwner(chat, person));
  return tellings.values().flatMap((telling) => telling);
}

/** The persons in the room who have an identity: several, where an account is logged in to by several clients. */
function personsOf(chat: Chat, identity: string): Person[] {
  const account = chat.accountOf(identity);
  const known = account === undefined ? [chat.shared.get(identity)] : chat.logins.get(account) ?? [];
  return [...known].filter((person) =>
    person !== undefined && person.identity === identity && chat.isHere(person)
  ) as Person[];
}

/**
 * The room has its first owner: whoever is operator of the default channel because they came first is it no longer, unless that
 * is the owner. Those whom they have made operators stay that.
 *
 * @returns The steps that tell the channel.
 */
export function takeOverDefault(chat: Chat): Generator<void> {
  const name = `#${DEFAULT_CHANNEL}`;
  const channel = chat.channels.find(name) ?? chat.channels.prepare(name);
  const { founder } = channel;
  if (founder !== undefined && !chat.owners!.has(founder)) channel.found(undefined);
  const demoted: Person[] = [];
  for (const [person, { wasFirst }] of channel.members) {
    const isByComing = wasFirst || (founder !== undefined && person.identity === founder);
    const keeps = person.isOwner || channel.isKeptOperator(person.identity);
    if (isByComing && !keeps && channel.setRankForNow(person, "o", false)) demoted.push(person);
  }
  if (channel.hasChanges) chat.channels.settingsChanged(channel);
  return tellDemoted(chat, channel, demoted);
}

function* tellDemoted(chat: Chat, channel: Channel, persons: readonly Person[]): Generator<void> {
  for (const person of persons) {
    yield* tellRanks(chat, person, [channel]);
  }
}

/**
 * A guest's device has become that of an account: what the guest founded, and where they were made operator, is the account's
 * from now on, and so is the room if it was theirs. Whoever has the device could give all that to the account anyway; and
 * nobody would have it, if it stayed with the guest, who is nobody any more. To be called before the account is the person's.
 *
 * @param by The session that logs in.
 * @param account The account's name.
 */
export function moveRights(chat: Chat, by: Session, before: string, after: string, account: string): void {
  try {
    chat.owners?.move(before, after, account);
  } catch (error) {
    chat.origin.reportFailure(`cannot note that ${account} owns the room now, in place of ${before}`, error);
  }
  by.setOff(moveRanks(chat, before, after), `cannot give ${account} the channels of ${before}`);
}

/** The same for channels: in steps, since there may be many. */
function* moveRanks({ channels }: Chat, before: string, after: string): Generator<void> {
  for (;;) {
    const names = channels.kept?.moveRanks(before, after);
    if (names === undefined) return;
    for (const name of names) {
      const channel = channels.get(name);
      if (channel?.founder === before) channel.found(after);
      if (channel?.operators.has(before)) {
        // The channel is nobody's at no time, which would begin another era; where its list is full there is room afterwards.
        channel.noteOperator(after, true);
        channel.noteOperator(before, false);
        channel.noteOperator(after, true);
      }
      if (channel?.hasChanges) channels.settingsChanged(channel);
      yield;
    }
  }
}
