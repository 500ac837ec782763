/** Logging in to an account, as several commands do it: the proof is verified in its turn, and then the session is the account. */

import { channelsOf } from "../room/channel.ts";
import type { Person } from "../room/person.ts";
import type { Session } from "../room/session.ts";
import type { Call } from "./command.ts";
import { casefold, LIMITS, RPL_LOGGEDIN } from "../../protocol.ts";
import type { Accounts, Proof } from "../auth/accounts.ts";
import type { Asker } from "../auth/hashing.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import { limitLogins, MOST_LOGINS, setAccount, weigh, weighLogins } from "../room/logins.ts";
import type { Chat } from "../room/chat.ts";
import { inTurns } from "../turns/slices.ts";
import { addressRange } from "../wire/address.ts";

/** For how long someone who has proved a password may change or remove the account. Milliseconds. */
const PROVED = 300_000;

/**
 * Logs a person in, and says so: to their session first, and then to all who are told of accounts, themselves among them.
 * Somebody who may not be here by that account is turned away.
 *
 * @returns Whether they are logged in, and may stay.
 */
export function* logIn({ chat, session, person, reply }: Call, { account, isStill }: Proof): Generator<void, boolean> {
  yield* weigh(person, account);
  yield* weighLogins(chat, account, person, MOST_LOGINS - 1);
  // In the same step: the account may have been removed meanwhile, or have another password.
  if (session.isOver || !isStill()) return false;
  reply.numeric(RPL_LOGGEDIN, person.source, account, `You are now logged in as ${account}`);
  setAccount(chat, reply, account);
  limitLogins(chat, session);
  person.provedAt = chat.guesses.now();
  return !turnAwayIfBanned(chat.origin, chat.bans, person);
}

/** Whether a person has proved of late that the account is their own. */
export function hasProved({ chat, person: { provedAt } }: Call): boolean {
  return chat.guesses.now() - provedAt < PROVED;
}

/** The account of that name, as guesses are counted; what is longer than a name can be is none. */
export function guessed(name: string): string {
  return casefold(name).slice(0, 2 * LIMITS.nick);
}

/** Who waits for a password to be hashed. */
export function askerOf(chat: Chat, session: Session, account: string): Asker {
  return {
    range: addressRange(session.address),
    isKnown: chat.guesses.isKnown(account, session),
    isOver: () => session.isOver,
  };
}

/**
 * Logs in to an account by its password alone, for clients that know no SASL.
 *
 * @param refuse Called where the password is wrong, or the account may not be here.
 * @returns Whether it is logged in.
 */
export async function logInByPassword(
  call: Call,
  accounts: Accounts,
  name: string,
  password: string,
  refuse: () => void,
): Promise<boolean> {
  const account = guessed(name);
  const proof = await call.chat.guesses.attempt(call.session, {
    account,
    look: () => accounts.verify(name, password, askerOf(call.chat, call.session, account)),
    refuse,
  });
  if (proof === undefined || call.session.isOver) return false;
  const isIn = await inTurns(call.session.pace, logIn(call, proof));
  if (!isIn && !call.session.isOver) refuse();
  return isIn;
}

/** How many things a login keeps at most: the account becomes operator where the person is, which may be two in each channel. */
export function keptByLogin(person: Person): number {
  return 2 * channelsOf(person).size;
}
