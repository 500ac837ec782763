/**
 * Accounts: REGISTER and VERIFY (IRCv3 account-registration); PASSWD, which changes a password, and DROP, which removes an
 * account.
 */

import { casefold, ERR_SASLFAIL } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { PASSWORD } from "../auth/verifiers.ts";
import { dropAccount } from "../room/dropping.ts";
import { logOut, weighLogins } from "../room/logins.ts";
import { ReplyError } from "../room/reply.ts";
import { StoreError } from "../store/errors.ts";
import { inTurns } from "../turns/slices.ts";
import type { Call, Command } from "./command.ts";
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
  call: Call,
  accounts: Accounts,
  nick: string,
  name: string,
  password: string,
): [code: string, why: string] | undefined {
  if (!call.session.isRegistered && call.chat.settings.password !== undefined) {
    return ["COMPLETE_CONNECTION_REQUIRED", "Come in first: this room has a password"];
  }
  if (call.person.account !== undefined) {
    return ["ALREADY_AUTHENTICATED", `You are logged in as ${call.person.account}`];
  }
  if (casefold(nick) !== casefold(name)) return ["ACCOUNT_NAME_MUST_BE_NICK", "An account has the name of your nick"];
  const holder = call.chat.find(nick);
  if (holder !== undefined && holder !== call.person) return ["ACCOUNT_EXISTS", "Someone else has that nick now"];
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
  call: Call,
  accounts: Accounts,
  wish: string,
  password: string,
  answer: Answer,
): Promise<void> {
  // Before it has come in it has the nick that it was given last, or has asked for one that somebody else had.
  const { chat } = call;
  const { registration } = call.session;
  const nick = registration === undefined ? call.person.nick : registration.nick ?? registration.wish;
  if (nick === undefined) return answer.refused("NEED_NICK", "*", "Choose a nick first");
  const name = wish === "*" ? nick : wish;
  const refused = refusal(call, accounts, nick, name, password);
  if (refused !== undefined) return answer.refused(refused[0], name, refused[1]);
  if (registration !== undefined) registration.nick ??= nick;
  // What it costs is counted as a guess is, though there is nothing to be guessed.
  const proof = await chat.guesses.attempt(call.session, {
    isCostly: true,
    look: () => accounts.register(nick, password, askerOf(call.chat, call.session, casefold(nick))),
  });
  if (proof !== undefined) call.session.onKept?.(ACCOUNT_BYTES);
  if (call.session.isOver) return;
  if (proof === undefined) return answer.refused("ACCOUNT_EXISTS", nick, "There is an account of that name");
  chat.guesses.remember(casefold(nick), call.session);
  answer.made(nick);
  await inTurns(call.session.pace, logIn(call, proof));
  // Someone may have come in under that nick meanwhile.
  const holder = chat.find(nick);
  if (holder !== undefined && holder !== call.person) chat.checkNick(holder);
}

/** Why a session may not change its account now, if so: it is logged in to none, or has not proved it of late. */
function unproved(call: Call): [code: string, why: string] | undefined {
  if (call.person.account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
  if (!hasProved(call)) return ["NEED_LOGIN", "Log in again first: your password was given more than 5 minutes ago"];
  return undefined;
}

/** Does what writes to the database; where that can't be written, says so. Gives whether it is done. */
async function written(call: Call, command: string, account: string, act: () => void | Promise<void>) {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    call.chat.report(`${command} of ${account}: ${error.message}`);
    call.reply.fail(command, "TEMPORARILY_UNAVAILABLE", account, "Accounts cannot be written at the moment");
    return false;
  }
}

async function changePassword(call: Call, accounts: Accounts, [password]: string[]): Promise<void> {
  const { chat } = call;
  const { account } = call.person;
  const refused = unproved(call) ?? passwordFault(account!, password);
  if (refused !== undefined) return call.reply.fail("PASSWD", refused[0], account ?? "*", refused[1]);
  // Hashing takes time, in which somebody may have logged it out, or removed the account.
  const isAllowed = () => !call.session.isOver && call.person.account === account;
  await chat.guesses.attempt(call.session, {
    isCostly: true,
    look: async () => {
      let isChanged = false;
      const isDone = await written(call, "PASSWD", account!, async () => {
        const asker = askerOf(call.chat, call.session, casefold(account!));
        const weighed = () => inTurns(call.session.pace, weighLogins(chat, account!, call.person));
        isChanged = await accounts.changePassword(account!, password, isAllowed, asker, weighed);
        // In the same step: whoever logged in by the old password is nobody now.
        const why = "You are now logged out: the password was changed";
        if (isChanged) logOut(chat, account!, call.session, call.person, why);
      });
      if (isChanged) {
        call.reply.send(chat.serverEvent("PASSWD", ["SUCCESS", account!, "Your password is changed"]));
        chat.report(`${call.person.source} has changed the password of ${account}`);
      } else if (isDone) call.reply.fail("PASSWD", "ACCOUNT_REQUIRED", account!, "You are logged in to no account");
      return true;
    },
  });
}

/** Why a session may not remove an account now, if so. */
function dropRefusal(call: Call, accounts: Accounts, name: string): [code: string, why: string] | undefined {
  const { account, isOperator } = call.person;
  if (!isOperator) {
    if (account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
    if (casefold(account) !== casefold(name)) return ["NO_PERMISSION", "That is not your account"];
    const refused = unproved(call);
    if (refused !== undefined) return refused;
  }
  if (!accounts.isFree(name) && !accounts.isHeld(name)) return undefined;
  return ["ACCOUNT_UNKNOWN", "There is no account of that name"];
}

async function drop(call: Call, accounts: Accounts, [name]: string[]): Promise<void> {
  const { chat } = call;
  let refused = dropRefusal(call, accounts, name);
  if (refused === undefined) {
    await inTurns(call.session.pace, weighLogins(chat, name));
    if (call.session.isOver) return;
    refused = dropRefusal(call, accounts, name);
  }
  if (refused !== undefined) return call.reply.fail("DROP", refused[0], name, refused[1]);
  const spelled = accounts.find(name) ?? casefold(name);
  if (!await written(call, "DROP", spelled, () => dropAccount(chat, name, call.session))) return;
  call.reply.send(chat.serverEvent("DROP", ["SUCCESS", spelled, "The account is no more"]));
  chat.report(`${call.person.source} has removed the account ${spelled}`);
}

/** The accounts of the room that a session is in. */
export function accountsOf(call: Call, command: string): Accounts {
  const { accounts } = call.chat;
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
    keeps: (call) => 2 + keptByLogin(call.person),
    handler(call, [wish, , password]) {
      return register(call, accountsOf(call, "REGISTER"), wish, password, {
        made(account) {
          const text = "Account successfully registered";
          call.reply.send(call.chat.serverEvent("REGISTER", ["SUCCESS", account, text]));
        },
        refused: (code, account, why) => call.reply.fail("REGISTER", code, account, why),
      });
    },
  },
  {
    name: "VERIFY",
    usage: "VERIFY account code",
    help: "Not needed here: an account is yours as soon as it is made.",
    minParams: 2,
    handler(call, [name]) {
      call.reply.fail("VERIFY", "INVALID_CODE", name, "No code is needed here");
    },
  },
  {
    name: "PASSWD",
    usage: "PASSWD :password",
    help: "Gives your account another password, if you have logged in to it of late.",
    minParams: 1,
    handler: (call, params) => changePassword(call, accountsOf(call, "PASSWD"), params),
  },
  {
    name: "DROP",
    usage: "DROP account",
    help: "Removes your account, if you have logged in to it of late; operators: any.",
    minParams: 1,
    handler: (call, params) => drop(call, accountsOf(call, "DROP"), params),
  },
];
