/** Logging in to an account, as several commands do it: the proof is verified in its turn, and then the session is the account. */

import { casefold, LIMITS, RPL_LOGGEDIN } from "../../protocol.ts";
import type { Accounts, Proof } from "../auth/accounts.ts";
import type { Asker } from "../auth/hashing.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import { limitLogins, MOST_LOGINS, setAccount, weigh, weighLogins } from "../room/owners.ts";
import type { Session } from "../room/session.ts";
import { inTurns } from "../turns/slices.ts";
import { addressRange } from "../wire/address.ts";

/** For how long someone who has proved a password may change or remove the account. Milliseconds. */
const PROVED = 300_000;

/**
 * Logs a session in, and says so: to itself first, then to all who are told of accounts, itself among them. One that may
 * not be here by that account is turned away.
 *
 * @returns Whether it is logged in, and may stay.
 */
export function* logIn(session: Session, { account, isStill }: Proof): Generator<void, boolean> {
  yield* weigh(session, account);
  yield* weighLogins(session.chat, account, session, MOST_LOGINS - 1);
  // In the same step: it may have been removed meanwhile, or have another password.
  if (session.closed || !isStill()) return false;
  session.reply(RPL_LOGGEDIN, session.source, account, `You are now logged in as ${account}`);
  setAccount(session, account);
  limitLogins(session);
  session.provedAt = session.chat.guesses.now();
  return !turnAwayIfBanned(session);
}

/** Whether a session has proved of late that its account is its own. */
export function hasProved({ chat, provedAt }: Session): boolean {
  return chat.guesses.now() - provedAt < PROVED;
}

/** The account of that name, as guesses are counted; what is longer than a name can be is none. */
export function guessed(name: string): string {
  return casefold(name).slice(0, 2 * LIMITS.nick);
}

/** Who waits for a password to be hashed. */
export function askerOf(session: Session, account: string): Asker {
  return {
    range: addressRange(session.address),
    isKnown: session.chat.guesses.isKnown(account, session),
    isOver: () => session.closed,
  };
}

/**
 * Logs in to an account by its password alone, for clients that know no SASL.
 *
 * @param refuse Called where the password is wrong, or the account may not be here.
 * @returns Whether it is logged in.
 */
export async function logInByPassword(
  session: Session,
  accounts: Accounts,
  name: string,
  password: string,
  refuse: () => void,
): Promise<boolean> {
  const account = guessed(name);
  const proof = await session.chat.guesses.attempt(session, {
    account,
    look: () => accounts.verify(name, password, askerOf(session, account)),
    refuse,
  });
  if (proof === undefined || session.closed) return false;
  const isIn = await inTurns(session.pace, logIn(session, proof));
  if (!isIn && !session.closed) refuse();
  return isIn;
}

/** Of the channels that it is operator of its account becomes operator: each may be two things to be kept. */
export function keptByLogin({ channels }: Session): number {
  return 2 * channels.size;
}
