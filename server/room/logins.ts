/**
 * Logging in to accounts and out of them, and what that changes: whose a nick is, and what a person is in their channels.
 *
 * @module
 */

import { casefold, RPL_LOGGEDOUT } from "../../protocol.ts";
import { inNextTurn } from "../turns/loop.ts";
import type { Event } from "./event.ts";
import { type Channel, channelsOf, invitationsOf } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { loseDevices } from "./devices.ts";
import { expel } from "./joining.ts";
import { rankOfFirst, recogniseOwner } from "./owners.ts";
import type { Person } from "./person.ts";
import { deliverToAll } from "./recipient.ts";
import type { Reply } from "./reply.ts";
import type { Session } from "./session.ts";
import { recallMetadata } from "./metadata.ts";

/**
 * How many may be logged in to an account: enough for a person's devices, and so few that all can be logged out in one step,
 * each from a hundred channels. Whoever has been logged in for the longest gives way, so a stranger with the password keeps
 * nobody out.
 */
export const MOST_LOGINS = 20;

/** What is reported if a change of accounts can't be told. */
const FAILURE = "cannot tell of accounts";

/**
 * Notes which account a person is logged in to, or that it is none (IRCv3 account-notify), and tells everybody concerned. What
 * the person was by the account before ends in the same step: they leave the channels that they could not join as what they
 * are now.
 *
 * @param reply Of the command that logs in or out.
 */
export function setAccount(chat: Chat, reply: Reply, account: string | undefined): void {
  const { session, session: { person } } = reply;
  if (person.account === account) return;
  session.setOff(change(chat, person, account, (event) => reply.sendToPerson(event), session), FAILURE);
}

/**
 * Logs out everybody who is logged in to an account, or all but one.
 *
 * @param by The session that sets it off.
 * @param why What those who are logged out are told.
 * @returns Resolves when all have been told. Never rejects.
 */
export function logOut(chat: Chat, account: string, by: Session, but?: Person, why?: string): Promise<void> {
  const logins = [...chat.logins.get(casefold(account)) ?? []].filter((person) => person !== but);
  return logOutThese(chat, logins, by, why);
}

/** Logs out whoever has been logged in to a session's account for the longest, if there are too many. */
export function limitLogins(chat: Chat, by: Session): void {
  const logins = [...chat.logins.get(casefold(by.person.account ?? "")) ?? []];
  if (logins.length > MOST_LOGINS) logOutThese(chat, logins.slice(0, -MOST_LOGINS), by);
}

/** Logs out persons: all at once, before anybody is told. */
function logOutThese(chat: Chat, persons: Person[], by: Session, why = "You are now logged out"): Promise<void> {
  const tellings = persons.map((person) => {
    person.tell(chat.serverEvent(RPL_LOGGEDOUT, [person.nick, person.source, why]));
    return change(chat, person, undefined, (event) => person.tell(event));
  });
  const told = by.setOff(tellings.values().flatMap((telling) => telling), FAILURE);
  // Nobody comes back to a channel before they have been seen to leave it.
  for (const { sessions } of persons) for (const session of sessions) session.waitFor(told);
  return told;
}

/**
 * Finds out in small steps what the lists of channels say of a person, as what they are and as the owner of an account, or of
 * none. What depends on that changes in one step with the account, in which judging by each mask would take too long.
 */
export function* weigh(person: Person, account: string | undefined): Generator<void> {
  for (const channel of [...channelsOf(person)]) {
    channel.weigh(person, person.account);
    yield;
    channel.weigh(person, account);
    yield;
  }
}

/**
 * The same for everybody who is to be logged out of an account, or all but one. Their next lines wait for it, since with
 * another nick all would begin again.
 *
 * @param most How many may stay: those who logged in last.
 */
export function* weighLogins(chat: Chat, account: string, but?: Person, most = 0): Generator<void> {
  const logins = [...chat.logins.get(casefold(account)) ?? []].filter((person) => person !== but);
  const leaving = logins.slice(0, Math.max(0, logins.length - most));
  const { promise: weighed, resolve } = Promise.withResolvers<void>();
  for (const { sessions } of leaving) for (const session of sessions) session.waitFor(weighed);
  try {
    for (const person of leaving) yield* weigh(person, undefined);
  } finally {
    // They are logged out in the step that follows.
    inNextTurn(resolve);
  }
}

/**
 * Changes a person's account, and everything that they may do by it. To be weighed before.
 *
 * @param answer Tells the person.
 * @param by The session that logs in, to which what is kept is charged.
 * @returns The steps that tell others, as far as it is still so.
 */
function change(
  chat: Chat,
  person: Person,
  account: string | undefined,
  answer: (event: Event) => void,
  by?: Session,
): Generator<void> {
  const { account: before, identity: identityBefore, nick } = person;
  const mode = (channel: Channel, change: string) => chat.serverEvent("MODE", [channel.name, change, nick]);
  const kickFrom = ({ name }: Channel) =>
    chat.serverEvent("KICK", [name, person.nick, `No longer logged in as ${before}`]);
  const demotedIn = new Set<Channel>();
  const guarded = new Set<Channel>();
  if (before !== undefined) {
    for (const channel of channelsOf(person)) {
      if (demote(person, channel, identityBefore)) demotedIn.add(channel);
      if (channel.flags.has("i") || !channel.isBanned(person, true)) guarded.add(channel);
    }
    // The person who was invited may be somebody else by now.
    for (const channel of [...invitationsOf(person)]) channel.uninvite(person);
    chat.forgetLogin(person);
    // Whoever comes back by that account joins somebody who is logged in to it.
    person.sharedKey = undefined;
  }
  person.account = account;
  person.accountIdentity = account === undefined ? undefined : chat.accounts?.identity(account);
  for (const session of person.sessions) session.provedAt = -Infinity;
  loseDevices(chat.devices, person);
  if (account !== undefined) {
    const folded = casefold(account);
    chat.logins.set(folded, (chat.logins.get(folded) ?? new Set()).add(person));
  }
  if (person.ownsNick) chat.ownedNicks.check(person);
  const promotedIn = [...channelsOf(person)].filter((channel) =>
    recognise(chat, person, channel, before !== undefined, by)
  );
  const expelled = [...guarded].filter((channel) => !channel.isOpenTo(person, true)).map((channel) => {
    const kick = kickFrom(channel);
    const told = [...person.sessions].filter((session) => channel.isFollowedBy(session));
    if (demotedIn.has(channel)) deliverToAll(told, mode(channel, "-o"));
    deliverToAll(told, kick);
    expel(chat, person, channel);
    return { channel, kick };
  });
  const tellingOfOwner = recogniseOwner(chat, person);
  const tellingOfMetadata = recallMetadata(chat, person, before);
  return tellOfChange();

  function* tellOfChange(): Generator<void> {
    for (const channel of demotedIn) {
      if (!channel.isOperator(person)) channel.publish(mode(channel, "-o"));
      yield;
    }
    for (const channel of promotedIn) {
      if (channel.isOperator(person)) channel.publish(mode(channel, "+o"));
      yield;
    }
    for (const { channel, kick } of expelled) {
      channel.publish(kick);
      yield;
    }
    // If the lists have changed since they were weighed, they are asked again.
    for (const channel of guarded) {
      if (channelsOf(person).has(channel) && person.account === account && !channel.isOpenTo(person)) {
        channel.publish(kickFrom(channel));
        expel(chat, person, channel);
      }
      yield;
    }
    yield* tellingOfOwner;
    yield* tellingOfMetadata;
    if (!chat.isHere(person) || person.account !== account) return;
    const event = chat.event(person, "ACCOUNT", [account ?? "*"]);
    chat.tellPeers(person, event);
    yield;
    chat.monitor.tell(person, event);
    answer(event);
    // A nick that was theirs by the account is so no longer.
    if (before !== undefined && !person.ownsNick) chat.ownedNicks.check(person);
  }
}

/**
 * After a login: gives the member the rank that the account has in a channel, or the account the rank that the member has.
 * True if the member has become operator.
 *
 * @param wasAccount Whether they were logged in to an account before, which keeps its seat.
 */
function recognise(
  chat: Chat,
  person: Person,
  channel: Channel,
  wasAccount: boolean,
  by: Session | undefined,
): boolean {
  const { account, identity } = person;
  channel.identityChanged(person, wasAccount);
  if (account === undefined) return false;
  const isPromoted = !channel.isOperator(person) && channel.isKeptOperator(identity) &&
    channel.setRankForNow(person, "o", true);
  if (channel.isOperator(person) && !person.isOwner) noteRank(chat, person, channel);
  if (channel.hasChanges) chat.channels.settingsChanged(channel, by);
  return isPromoted;
}

/** Notes that a member has logged in who is operator already: it is the account that is operator, or the founder if they were first. */
function noteRank(chat: Chat, person: Person, channel: Channel): void {
  const isFounder = channel.members.get(person)!.wasFirst === true && channel.isNobodys &&
    rankOfFirst(chat, person, channel) === "founder";
  if (isFounder) channel.found(person.identity);
  else channel.noteOperator(person.identity, true);
}

/** Takes from a member the rank that they have by an account, which keeps it. True if they had it. @param identity The account's. */
function demote(person: Person, channel: Channel, identity: string): boolean {
  return channel.isKeptOperator(identity) && channel.setRankForNow(person, "o", false);
}
