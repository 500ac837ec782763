/**
 * Accounts: REGISTER and VERIFY (IRCv3 account-registration); PASSWD, which changes a password, and DROP, which removes an
 * account.
 */

import { casefold, ERR_SASLFAIL } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { PASSWORD } from "../auth/verifiers.ts";
import { checkReserved, dropAccount, logOut, weighLogins } from "../room/owners.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { StoreError } from "../store/errors.ts";
import { inTurns } from "../turns/slices.ts";
import type { Command } from "./command.ts";
import { askerOf, hasProved, keptByLogin, logIn } from "./login.ts";

/** What an account takes of the disk, about, in bytes. */
const ACCOUNT_BYTES = 512;

/** Why a text can't be the password of an account, if so (IRCv3 account-registration, "Responses"). */
function passwordFault(account: string, password: string): [code: string, why: string] | undefined {
  const length = [...password].length;
  if (length < PASSWORD.least || casefold(password) === casefold(account)) {
    return ["WEAK_PASSWORD", `A password has at least ${PASSWORD.least} characters and is not your name`];
  }
  if (length > PASSWORD.most) return ["UNACCEPTABLE_PASSWORD", `A password has at most ${PASSWORD.most} characters`];
  return undefined;
}

/** Why an account can't be made; nothing where it can (IRCv3 account-registration, "Responses"). */
function refusal(
  session: Session,
  accounts: Accounts,
  nick: string,
  name: string,
  password: string,
): [code: string, why: string] | undefined {
  if (session.registration !== undefined && session.chat.settings.password !== undefined) {
    return ["COMPLETE_CONNECTION_REQUIRED", "Come in first: this room has a password"];
  }
  if (session.account !== undefined) return ["ALREADY_AUTHENTICATED", `You are logged in as ${session.account}`];
  if (casefold(nick) !== casefold(name)) return ["ACCOUNT_NAME_MUST_BE_NICK", "An account has the name of your nick"];
  const holder = session.chat.find(nick);
  if (holder !== undefined && holder !== session) return ["ACCOUNT_EXISTS", "Someone else has that nick now"];
  if (accounts.find(name) !== undefined) return ["ACCOUNT_EXISTS", "There is an account of that name"];
  if (!accounts.isFree(name)) return ["TEMPORARILY_UNAVAILABLE", "Accounts cannot be read at the moment"];
  return passwordFault(name, password);
}

/** How a client is told what became of its wish for an account. */
export interface Answer {
  made(account: string): void;
  /** @param code See IRCv3 account-registration, "Responses". */
  refused(code: string, account: string, why: string): void;
}

/** Makes an account and logs in to it. @param wish Its name; `*` for the nick. */
export async function register(
  session: Session,
  accounts: Accounts,
  wish: string,
  password: string,
  answer: Answer,
): Promise<void> {
  // Before it has come in it has the nick that it was given last, or has asked for one that somebody else had.
  const { chat, registration } = session;
  const nick = registration === undefined ? session.nick : registration.nick ?? registration.wish;
  if (nick === undefined) return answer.refused("NEED_NICK", "*", "Choose a nick first");
  const name = wish === "*" ? nick : wish;
  const refused = refusal(session, accounts, nick, name, password);
  if (refused !== undefined) return answer.refused(refused[0], name, refused[1]);
  if (registration !== undefined) registration.nick ??= nick;
  // What it costs is counted as a guess is, though there is nothing to be guessed.
  const proof = await chat.guesses.attempt(session, {
    isCostly: true,
    look: () => accounts.register(nick, password, askerOf(session, casefold(nick))),
  });
  if (proof !== undefined) session.onKept?.(ACCOUNT_BYTES);
  if (session.closed) return;
  if (proof === undefined) return answer.refused("ACCOUNT_EXISTS", nick, "There is an account of that name");
  chat.guesses.remember(casefold(nick), session);
  answer.made(nick);
  await inTurns(session.pace, logIn(session, proof));
  // Someone may have come in under that nick meanwhile.
  const holder = chat.find(nick);
  if (holder !== undefined && holder !== session) checkReserved(holder);
}

/** Why a session may not change its account now, if so: it is logged in to none, or has not proved it of late. */
function unproved(session: Session): [code: string, why: string] | undefined {
  if (session.account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
  if (!hasProved(session)) return ["NEED_LOGIN", "Log in again first: your password was given more than 5 minutes ago"];
  return undefined;
}

/** Does what writes to the database; where that can't be written, says so. Gives whether it is done. */
async function written(session: Session, command: string, account: string, act: () => void | Promise<void>) {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    session.chat.report(`${command} of ${account}: ${error.message}`);
    session.fail(command, "TEMPORARILY_UNAVAILABLE", account, "Accounts cannot be written at the moment");
    return false;
  }
}

async function changePassword(session: Session, accounts: Accounts, [password]: string[]): Promise<void> {
  const { chat, account } = session;
  const refused = unproved(session) ?? passwordFault(account!, password);
  if (refused !== undefined) return session.fail("PASSWD", refused[0], account ?? "*", refused[1]);
  // Hashing takes time, in which somebody may have logged it out, or removed the account.
  const isAllowed = () => !session.closed && session.account === account;
  await chat.guesses.attempt(session, {
    isCostly: true,
    look: async () => {
      let isChanged = false;
      const isDone = await written(session, "PASSWD", account!, async () => {
        const asker = askerOf(session, casefold(account!));
        const weighed = () => inTurns(session.pace, weighLogins(chat, account!, session));
        isChanged = await accounts.changePassword(account!, password, isAllowed, asker, weighed);
        // In the same step: what knew the old password is nobody now.
        if (isChanged) logOut(account!, session, session, "You are now logged out: the password was changed");
      });
      if (isChanged) {
        session.respond(chat.serverEvent("PASSWD", ["SUCCESS", account!, "Your password is changed"]));
        chat.report(`${session.source} has changed the password of ${account}`);
      } else if (isDone) session.fail("PASSWD", "ACCOUNT_REQUIRED", account!, "You are logged in to no account");
      return true;
    },
  });
}

/** Why a session may not remove an account now, if so. */
function dropRefusal(session: Session, accounts: Accounts, name: string): [code: string, why: string] | undefined {
  const { account, isOperator } = session;
  if (!isOperator) {
    if (account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
    if (casefold(account) !== casefold(name)) return ["NO_PERMISSION", "That is not your account"];
    const refused = unproved(session);
    if (refused !== undefined) return refused;
  }
  if (!accounts.isFree(name) && !accounts.isHeld(name)) return undefined;
  return ["ACCOUNT_UNKNOWN", "There is no account of that name"];
}

async function drop(session: Session, accounts: Accounts, [name]: string[]): Promise<void> {
  const { chat } = session;
  let refused = dropRefusal(session, accounts, name);
  if (refused === undefined) {
    await inTurns(session.pace, weighLogins(chat, name));
    if (session.closed) return;
    refused = dropRefusal(session, accounts, name);
  }
  if (refused !== undefined) return session.fail("DROP", refused[0], name, refused[1]);
  const spelled = accounts.find(name) ?? casefold(name);
  if (!await written(session, "DROP", spelled, () => dropAccount(name, session))) return;
  session.respond(chat.serverEvent("DROP", ["SUCCESS", spelled, "The account is no more"]));
  chat.report(`${session.source} has removed the account ${spelled}`);
}

/** The accounts of the room that a session is in. */
export function accountsOf(session: Session, command: string): Accounts {
  const { accounts } = session.chat;
  if (accounts === undefined) throw new ReplyError(ERR_SASLFAIL, `${command}: this room has no accounts`);
  return accounts;
}

/** The family's commands. */
export const ACCOUNTS: Command[] = [
  {
    name: "REGISTER",
    usage: "REGISTER * * password",
    help: "Makes an account of your nick, which then stays yours.",
    minParams: 3,
    beforeRegistration: true,
    keeps: (session) => 2 + keptByLogin(session),
    handler(session, [wish, , password]) {
      return register(session, accountsOf(session, "REGISTER"), wish, password, {
        made(account) {
          const text = "Account successfully registered";
          session.respond(session.chat.serverEvent("REGISTER", ["SUCCESS", account, text]));
        },
        refused: (code, account, why) => session.fail("REGISTER", code, account, why),
      });
    },
  },
  {
    name: "VERIFY",
    usage: "VERIFY account code",
    help: "Not needed here: an account is yours as soon as it is made.",
    minParams: 2,
    handler(session, [name]) {
      session.fail("VERIFY", "INVALID_CODE", name, "No code is needed here");
    },
  },
  {
    name: "PASSWD",
    usage: "PASSWD :password",
    help: "Gives your account another password, if you have logged in to it of late.",
    minParams: 1,
    handler: (session, params) => changePassword(session, accountsOf(session, "PASSWD"), params),
  },
  {
    name: "DROP",
    usage: "DROP account",
    help: "Removes your account, if you have logged in to it of late; operators: any.",
    minParams: 1,
    handler: (session, params) => drop(session, accountsOf(session, "DROP"), params),
  },
];
