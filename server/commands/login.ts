/** Logging in to an account, which several commands do. */

import { casefold, LIMITS, RPL_LOGGEDIN, RPL_LOGGEDOUT } from "../../protocol.ts";
import type { Accounts, Proof } from "../auth/accounts.ts";
import type { Asker } from "../auth/hashing.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import { channelsOf } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { giveDevice, isElsewhere, lendDevice, refreshSharedKey, releaseDevice, signOutHere } from "../room/devices.ts";
import { limitLogins, MOST_LOGINS, setAccount, weigh, weighLogins } from "../room/logins.ts";
import { moveRights } from "../room/owners.ts";
import type { Person } from "../room/person.ts";
import type { Session } from "../room/session.ts";
import { inTurns } from "../turns/slices.ts";
import { addressRange } from "../wire/address.ts";
import type { Call } from "./command.ts";
import { tellOfUnseen } from "./left_messages.ts";

/** How long after a password was verified its person may change or remove the account, in milliseconds. */
const PROOF_PERIOD = 300_000;

/**
 * Logs a person in, with the device of their session, and tells their session first, and then everybody who is told of accounts, that person included. A person
 * who is banned by that account is turned away.
 *
 * @param isNew Whether the person has just made the account, which then goes on as the guest whose device this is.
 * @returns Whether the person is logged in and may stay.
 */
export function* logIn(call: Call, { account, isStill, device }: Proof, isNew = false): Generator<void, boolean> {
  const { chat, session, person, reply } = call;
  yield* weigh(person, account);
  yield* weighLogins(chat, account, person, MOST_LOGINS - 1);
  // In the same step: the account may have been removed meanwhile, or have another password.
  if (session.isOver || !isStill()) return false;
  reply.numericToPerson(RPL_LOGGEDIN, person.source, account, `You are now logged in as ${account}`);
  const { devices, accounts } = chat;
  const guest = session.device?.isGuest ? session.device.identity : undefined;
  if (isNew && guest !== undefined) accounts!.adopt(account, guest);
  const identity = accounts!.identity(account);
  if (device !== undefined) lendDevice(devices!, session, device);
  else giveDevice(devices!, session, identity);
  const isGiven = device === undefined && guest !== undefined && guest !== identity &&
    session.device?.identity === identity;
  if (isGiven) moveRights(chat, session, guest, identity, account);
  setAccount(chat, reply, account);
  limitLogins(chat, session);
  refreshSharedKey(person);
  // A device opens its account, but proves no password.
  if (device === undefined) session.provedAt = chat.guesses.now();
  if (turnAwayIfBanned(chat.origin, chat.bans, person)) return false;
  if (session.isRegistered) tellOfUnseen(call);
  return true;
}

/**
 * Logs a person out on the device of their session, which is a guest's from then on. Where the same person is here by other
 * devices as well, these notice nothing: the session ends, and whoever comes back by its device is that guest.
 *
 * @param tell Called when it is done, before the session ends.
 */
export function* logOutHere({ chat, session, person, reply }: Call, tell?: () => void): Generator<void> {
  yield* weigh(person, undefined);
  if (session.isOver || person.account === undefined) return;
  const text = "You are now logged out";
  if (isElsewhere(session)) {
    reply.numeric(RPL_LOGGEDOUT, person.source, text);
    tell?.();
    return signOutHere(chat.devices!, session);
  }
  reply.numericToPerson(RPL_LOGGEDOUT, person.source, text);
  releaseDevice(chat.devices!, session);
  setAccount(chat, reply, undefined);
  tell?.();
}

/** Whether a person gave the account's password by this session in the last five minutes. */
export function hasProved({ chat, session: { provedAt } }: Call): boolean {
  return chat.guesses.now() - provedAt < PROOF_PERIOD;
}

/** The key under which guesses at an account are counted. Longer names than there can be are cut. */
export function guessKey(name: string): string {
  return casefold(name).slice(0, 2 * LIMITS.nick);
}

/** The one for whom a password is hashed, as the queue of hashings knows it. @param account Folded. */
export function askerOf(chat: Chat, session: Session, account: string): Asker {
  return {
    range: addressRange(session.address),
    isKnown: chat.guesses.isKnown(account, session),
    isOver: () => session.isOver,
  };
}

/**
 * Logs in to an account by its password alone, for clients that know no SASL. The password waits for its turn
 * (auth/guesses.ts).
 *
 * @param refuse Called if the password is wrong, or the account is banned.
 * @returns Whether the person is logged in.
 */
export async function logInByPassword(
  call: Call,
  accounts: Accounts,
  name: string,
  password: string,
  refuse: () => void,
): Promise<boolean> {
  const { chat, session } = call;
  const account = guessKey(name);
  const proof = await chat.guesses.attempt(session, {
    account,
    look: () => accounts.verify(name, password, askerOf(chat, session, account)),
    refuse,
  });
  if (proof === undefined || session.isOver) return false;
  const isIn = await inTurns(session.pace, logIn(call, proof));
  if (!isIn && !session.isOver) refuse();
  return isIn;
}

/** The most rows that a login keeps: where the person is operator the account becomes so, which is a row or two a channel, of which one is long. */
export function rowsOfLogin(person: Person): number {
  return 3 * channelsOf(person).size;
}
