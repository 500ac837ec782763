/**
 * Whose a nick is, and what an account makes of a session: a registered nick stays its owner's, and who was a channel's
 * operator is so again. It must not know how an account is proved, nor any command.
 *
 * @module
 */

import { casefold, RPL_LOGGEDOUT } from "../../protocol.ts";
import { accountMask } from "./bans.ts";
import type { Event } from "./capabilities.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { accountSource, parseMask } from "./masklist.ts";
import { inNextTurn } from "../turns/loop.ts";
import type { KeptChannels } from "../store/channels.ts";
import type { Session } from "./session.ts";
import { recallMetadata } from "./subscribers.ts";

/**
 * How long others than its owner may have the nick of an account, all together, before it is taken away; and after how long that
 * is forgotten, so that an owner who logs in only once they have the nick is not kept from it by others for good. Milliseconds.
 */
const RESERVED = { most: 30_000, forgotten: 3_600_000 } as const;

/**
 * How many may be logged in to an account: more than one has devices, and so few that all can be logged out in one step, each
 * from a hundred channels. Who has been for the longest gives way, so that a stranger with the password keeps out nobody.
 */
export const MOST_LOGINS = 20;

/** What is reported where a change of accounts can't be told. */
const FAILURE = "cannot tell of accounts";

/** How many such nicks are remembered; those that were taken first give way. */
const RESERVATIONS = 10_000;

/**
 * Looks whether a nick is that of another's account: who has it is asked to log in, and has 30 s for that, or what others have
 * left of them.
 */
export function checkReserved(session: Session): void {
  const { chat, nick } = session;
  const { reservations } = chat;
  const folded = casefold(nick);
  session.reservedUntil = undefined;
  if (session.ownsNick) return void reservations.delete(folded);
  if (chat.accounts?.find(nick) === undefined) return;
  const now = chat.now();
  const before = reservations.get(folded);
  const isNew = before === undefined || now >= before + RESERVED.forgotten;
  const until = isNew ? now + RESERVED.most : before;
  if (isNew && reservations.size >= RESERVATIONS) reservations.delete(reservations.keys().next().value!);
  reservations.set(folded, until);
  if (now >= until) return takeNick(session);
  session.reservedUntil = until;
  const text = `${nick} is the nick of an account: log in, or you are given another in ${
    Math.ceil((until - now) / 1000)
  } s`;
  session.deliver(chat.serverEvent("NOTICE", [nick, text]));
}

/** Has somebody give up a nick to the owner of its account. @param session Who wants it. */
export function yieldToOwner(session: Session, nick: string): void {
  const holder = session.chat.find(nick);
  const isOwner = (one: Session) => one.account !== undefined && casefold(one.account) === casefold(nick);
  if (holder !== undefined && holder !== session && isOwner(session) && !isOwner(holder)) takeNick(holder);
}

/** Takes a nick away from someone who has not logged in to its account. */
export function takeNick(session: Session): void {
  const { chat } = session;
  session.reservedUntil = undefined;
  session.lostNick = session.nick;
  const digits = () => 1000 + Math.floor(Math.random() * 9000);
  let nick = `guest-${digits()}`;
  while (chat.find(nick) !== undefined) nick = `guest-${digits()}${digits()}`;
  // Its client may be waiting for a long answer.
  session.apart(() => chat.rename(session, nick));
}

/**
 * Notes which account a session is logged in to, or that it is to none (IRCv3 account-notify), and tells. What it was by the
 * account that it had before ends in the same step: it leaves the channels that it could not join as what it is now.
 */
export function setAccount(session: Session, account: string | undefined): void {
  if (session.account === account) return;
  session.setOff(change(session, account, (event) => session.respond(event)), FAILURE);
}

/**
 * Logs out all sessions of an account, or all but one.
 *
 * @param why What they are told.
 * @returns Resolves when all have been told. Never rejects.
 */
export function logOut(account: string, by: Session, but?: Session, why?: string): Promise<void> {
  return logOutThese([...by.chat.logins.get(casefold(account)) ?? []].filter((session) => session !== but), by, why);
}

/** Logs out who has been logged in to a session's account for the longest, where they are too many. */
export function limitLogins(session: Session): void {
  const logins = [...session.chat.logins.get(casefold(session.account ?? "")) ?? []];
  if (logins.length > MOST_LOGINS) logOutThese(logins.slice(0, -MOST_LOGINS), session);
}

/** Logs out sessions: at once, before anybody is told. */
function logOutThese(sessions: Session[], by: Session, why = "You are now logged out"): Promise<void> {
  const { chat } = by;
  const tellings = sessions.map((session) => {
    session.deliver(chat.serverEvent(RPL_LOGGEDOUT, [session.nick, sourceOf(session), why]));
    return change(session, undefined, (event) => session.deliver(event));
  });
  const told = by.setOff(tellings.values().flatMap((telling) => telling), FAILURE);
  // Whoever comes back to a channel has been seen to leave it.
  for (const session of sessions) session.waitFor(told);
  return told;
}

/**
 * Finds out in small steps what the lists of channels say of a session, as what it is and as the owner of an account, or of
 * none: what depends on that changes in one step with the account, for which each mask would take too long.
 */
export function* weigh(session: Session, account: string | undefined): Generator<void> {
  for (const channel of [...session.channels]) {
    channel.weigh(session, session.account);
    yield;
    channel.weigh(session, account);
    yield;
  }
}

/**
 * The same for all of an account that are to be logged out, or all but one. Their own next lines wait for it, since another
 * nick would have all begin again.
 *
 * @param most How many may stay who came last.
 */
export function* weighLogins(chat: Chat, account: string, but?: Session, most = 0): Generator<void> {
  const logins = [...chat.logins.get(casefold(account)) ?? []].filter((session) => session !== but);
  const leaving = logins.slice(0, Math.max(0, logins.length - most));
  const { promise: weighed, resolve } = Promise.withResolvers<void>();
  for (const session of leaving) session.waitFor(weighed);
  try {
    for (const session of leaving) yield* weigh(session, undefined);
  } finally {
    // They are logged out in the step that follows.
    inNextTurn(resolve);
  }
}

/**
 * Changes a session's account, and all that it may by it. To be weighed before.
 *
 * @param answer Tells the session itself.
 * @returns Tells the others, in small steps, as far as it is still so.
 */
function change(session: Session, account: string | undefined, answer: (event: Event) => void): Generator<void> {
  const { chat, account: before, nick } = session;
  const mode = (channel: Channel, change: string) => chat.serverEvent("MODE", [channel.name, change, nick]);
  const kickFrom = ({ name }: Channel) =>
    chat.serverEvent("KICK", [name, session.nick, `No longer logged in as ${before}`]);
  const dismissed = new Set<Channel>();
  const guarded = new Set<Channel>();
  if (before !== undefined) {
    for (const channel of session.channels) {
      if (dismiss(session, channel, casefold(before))) dismissed.add(channel);
      if (channel.flags.has("i") || !channel.isBanned(session, true)) guarded.add(channel);
    }
    // Who was invited may be somebody else by now.
    for (const channel of [...session.invitedTo]) channel.uninvite(session);
    chat.forgetLogin(session);
  }
  session.account = account;
  session.accountIdentity = account === undefined ? undefined : chat.accounts?.identity(account);
  if (account === undefined) session.provedAt = -Infinity;
  else {
    const folded = casefold(account);
    chat.logins.set(folded, (chat.logins.get(folded) ?? new Set()).add(session));
  }
  if (session.ownsNick) checkReserved(session);
  const promoted = [...session.channels].filter((channel) => recognise(session, channel));
  const expelled = [...guarded].filter((channel) => !channel.isOpenTo(session, true)).map((channel) => {
    const kick = kickFrom(channel);
    if (dismissed.has(channel)) session.deliver(mode(channel, "-o"));
    session.deliver(kick);
    chat.expel(session, channel);
    return { channel, kick };
  });
  const tellingOfMetadata = recallMetadata(session, before);
  return tellOfChange();

  function* tellOfChange(): Generator<void> {
    for (const channel of dismissed) {
      if (!channel.isOperator(session)) channel.publish(mode(channel, "-o"));
      yield;
    }
    for (const channel of promoted) {
      if (channel.isOperator(session)) channel.publish(mode(channel, "+o"));
      yield;
    }
    for (const { channel, kick } of expelled) {
      channel.publish(kick);
      yield;
    }
    // Where the lists have changed since they were weighed, they are asked again.
    for (const channel of guarded) {
      if (session.channels.has(channel) && session.account === account && !channel.isOpenTo(session)) {
        channel.publish(kickFrom(channel));
        chat.expel(session, channel);
      }
      yield;
    }
    yield* tellingOfMetadata;
    if (session.registration !== undefined || session.closed || session.account !== account) return;
    const event = chat.event(session, "ACCOUNT", [account ?? "*"]);
    chat.tellPeers(session, event);
    yield;
    chat.monitor.tell(session, event);
    answer(event);
    // A nick that was theirs by the account is not any more.
    if (before !== undefined && !session.ownsNick) checkReserved(session);
  }
}

/** Makes a member who has logged in what its account is in a channel, or its account what the member is; true where it has become operator. */
function recognise(session: Session, channel: Channel): boolean {
  const { account, chat } = session;
  channel.recognised(session);
  if (account === undefined) return false;
  const folded = casefold(account);
  const isPromoted = !channel.isOperator(session) && channel.operators.has(folded) &&
    channel.setRank(session, "o", true);
  if (channel.isOperator(session)) channel.noteOperator(folded, true);
  if (channel.hasChanges) chat.settingsChanged(channel, session);
  return isPromoted;
}

/** Takes from a member what it is in a channel by an account, which keeps it; true where it was. @param account Folded. */
function dismiss(session: Session, channel: Channel, account: string): boolean {
  if (!channel.operators.has(account) || !channel.setRank(session, "o", false)) return false;
  channel.noteOperator(account, true);
  return true;
}

/** A session's `nick!user@host`, or `*` before it has one. */
function sourceOf({ source, registration }: Session): string {
  return registration === undefined ? source : "*";
}

/**
 * Removes an account, and in the same step all that follows from it: logins, what it is in channels, metadata, read
 * markers, its side of private talks. Whoever has that name later is another person to all that is kept. What channels have
 * of it is forgotten in slices, and until then nobody else can have the name.
 *
 * @throws {StoreError} Where that can't be written; then nothing has changed.
 */
export async function dropAccount(name: string, by: Session): Promise<void> {
  const { chat } = by;
  const { accounts, keptChannels, guesses, bans } = chat;
  const account = casefold(name);
  const identity = accounts!.identity(name);
  // What is gathered is written first, so the database has the open channels' as well.
  accounts!.drop(name, () => keptChannels?.leaves(account, identity));
  const toldOfLogins = logOut(account, by);
  guesses.forgetAccount(account);
  bans.remove(accountMask(account));
  chat.metadataLimit.forgetAccount(account);
  const holder = chat.find(account);
  if (holder !== undefined) holder.reservedUntil = undefined;
  chat.reservations.delete(account);
  const letGo = accounts!.hold(account);
  let isForgotten = false;
  await by.setOff(forgetEverywhere(chat, account, identity, () => isForgotten = true), `cannot forget ${account}`);
  await toldOfLogins;
  // What could not be written is forgotten at the next start, and until then nobody can have the name.
  if (isForgotten) letGo();
}

/** Forgets an account in all channels, and its talks. @param onDone Called when nothing is left. */
function* forgetEverywhere(chat: Chat, account: string, identity: string, onDone: () => void): Generator<void> {
  const { keptChannels } = chat;
  const all = keptChannels === undefined
    ? [[...chat.channels.values()]]
    : keptOf(chat, keptChannels, account, identity);
  for (const channels of all) {
    for (const channel of channels) {
      // One that has ended meanwhile must write nothing over another of its name.
      const isOpen = channel !== undefined && chat.findChannel(channel.name) === channel;
      if (isOpen) forgetAccount(chat, channel, account, identity);
      yield;
    }
  }
  while (chat.accounts!.dropTalks(identity)) yield;
  onDone();
}

/**
 * Removes an account from what is kept, some of it at a time: gives the channels that had that, or nothing where one is not
 * open. They are looked up at once, since they may have other names soon.
 */
function* keptOf(
  chat: Chat,
  keptChannels: KeptChannels,
  account: string,
  identity: string,
): Generator<(Channel | undefined)[]> {
  for (;;) {
    const names = keptChannels.forgetAccount(account, identity);
    if (names === undefined) return;
    yield [...names].map((name) => chat.channels.get(name));
  }
}

/** Removes an account from a channel that is open, and tells the members which masks go with it. */
function forgetAccount(chat: Chat, channel: Channel, account: string, identity: string): void {
  let hasChanged = channel.operators.has(account);
  channel.noteOperator(account, false);
  channel.forgetSeat(identity);
  const masks = [accountSource(account), `~m:${accountSource(account)}`].map((text) => parseMask(text)!);
  for (const letter of ["b", "e", "I"] as const) {
    for (const mask of masks) {
      const text = channel.lists[letter].get(mask) && channel.removeMask(letter, mask);
      if (text === undefined) continue;
      hasChanged = true;
      channel.publish(chat.serverEvent("MODE", [channel.name, `-${letter}`, text]));
    }
  }
  if (hasChanged || channel.hasChanges) chat.settingsChanged(channel);
}
