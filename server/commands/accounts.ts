/**
 * Making an account, by REGISTER and VERIFY (IRCv3 account-registration); changing its password, by PASSWD; and removing it,
 * by DROP.
 */

import { casefold, ERR_SASLFAIL } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import type { Device, Successor } from "../auth/device.ts";
import { PASSWORD } from "../auth/verifiers.ts";
import { dropAccount } from "../room/dropping.ts";
import { closeEnded, renewable, renewed } from "../room/devices.ts";
import { logOut, weighLogins } from "../room/logins.ts";
import { ReplyError } from "../room/reply.ts";
import { StoreError } from "../store/errors.ts";
import { inTurns } from "../turns/slices.ts";
import type { Fault } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { askerOf, hasProved, logIn, rowsOfLogin } from "./login.ts";

/** What an account takes on the disk, roughly, in bytes. */
const ACCOUNT_BYTES = 512;

/** Why a text can't be the password of an account; undefined if it can (IRCv3 account-registration, "Responses"). */
function passwordFault(account: string, password: string): Fault | undefined {
  const length = [...password].length;
  if (length < PASSWORD.least || casefold(password) === casefold(account)) {
    return ["WEAK_PASSWORD", `A password has at least ${PASSWORD.least} characters and is not your name`];
  }
  if (length > PASSWORD.most) return ["UNACCEPTABLE_PASSWORD", `A password has at most ${PASSWORD.most} characters`];
  return undefined;
}

/** Why an account can't be made; undefined if it can (IRCv3 account-registration, "Responses"). */
function registrationFault(
  { chat, session, person }: Call,
  accounts: Accounts,
  nick: string,
  name: string,
  password: string,
): Fault | undefined {
  if (!session.isRegistered && chat.settings.password !== undefined) {
    return ["COMPLETE_CONNECTION_REQUIRED", "Come in first: this room has a password"];
  }
  if (person.account !== undefined) {
    return ["ALREADY_AUTHENTICATED", `You are logged in as ${person.account}`];
  }
  if (casefold(nick) !== casefold(name)) return ["ACCOUNT_NAME_MUST_BE_NICK", "An account has the name of your nick"];
  const holder = chat.find(nick);
  if (holder !== undefined && holder !== person) return ["ACCOUNT_EXISTS", "Someone else has that nick now"];
  if (accounts.find(name) !== undefined) return ["ACCOUNT_EXISTS", "There is an account of that name"];
  if (!accounts.isFree(name)) return ["TEMPORARILY_UNAVAILABLE", "Accounts cannot be read at the moment"];
  const alike = chat.lookAlikes.refusal(person, name);
  if (alike !== undefined) return ["BAD_ACCOUNT_NAME", alike.why];
  return passwordFault(name, password);
}

/** How a person is told whether their account was made. */
export interface RegistrationAnswer {
  made(account: string): void;
  /** @param code See IRCv3 account-registration, "Responses". */
  refused(code: string, account: string, why: string): void;
}

/** Makes an account and logs in to it. @param wish The name of the account; `*` for the nick. */
export async function register(
  call: Call,
  accounts: Accounts,
  wish: string,
  password: string,
  answer: RegistrationAnswer,
): Promise<void> {
  const { chat, session, person } = call;
  // Before registration is complete the nick is the last one that was free, or else the last that was asked for.
  const { registration } = session;
  const nick = registration === undefined ? person.nick : registration.nick ?? registration.wish;
  if (nick === undefined) return answer.refused("NEED_NICK", "*", "Choose a nick first");
  const name = wish === "*" ? nick : wish;
  const refused = registrationFault(call, accounts, nick, name, password);
  if (refused !== undefined) return answer.refused(refused[0], name, refused[1]);
  if (registration !== undefined) registration.nick ??= nick;
  // While the password is hashed, somebody may come in under a name that looks like this one.
  let alike: string | undefined;
  const isAllowed = () => (alike = chat.lookAlikes.refusal(person, nick)?.why) === undefined;
  // It is counted as a guess because it costs as much, though nothing can be guessed by it.
  const proof = await chat.guesses.attempt(session, {
    isCostly: true,
    look: () => accounts.register(nick, password, askerOf(chat, session, casefold(nick)), isAllowed),
  });
  if (proof !== undefined) session.onKept?.(ACCOUNT_BYTES);
  if (session.isOver) return;
  if (alike !== undefined) return answer.refused("BAD_ACCOUNT_NAME", nick, alike);
  if (proof === undefined) return answer.refused("ACCOUNT_EXISTS", nick, "There is an account of that name");
  chat.guesses.remember(casefold(nick), session);
  answer.made(nick);
  await inTurns(session.pace, logIn(call, proof, true));
  // Somebody may have come in under that nick meanwhile.
  const holder = chat.find(nick);
  if (holder !== undefined && holder !== person) chat.ownedNicks.check(holder);
}

/** Why a person may not change their account now: they are logged in to none, or the login is too long ago. */
export function proofFault(call: Call): Fault | undefined {
  if (call.person.account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
  if (!hasProved(call)) return ["NEED_LOGIN", "Log in again first: your password was given more than 5 minutes ago"];
  return undefined;
}

/** Does something that writes to the database; if that can't be written, says so. @returns Whether it is done. */
export async function write(call: Call, command: string, account: string, act: () => void | Promise<void>) {
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

/** Changes the password of the account, ends all its other devices, and logs out all other sessions of the account. */
async function changePassword(call: Call, accounts: Accounts, [password]: string[]): Promise<void> {
  const { chat, session, person, reply } = call;
  const { account } = person;
  const refused = proofFault(call) ?? passwordFault(account!, password);
  if (refused !== undefined) return reply.fail("PASSWD", refused[0], account ?? "*", refused[1]);
  // While the password is hashed the person may be logged out, or the account removed.
  const isAllowed = () => !session.isOver && person.account === account;
  const { devices } = accounts;
  await chat.guesses.attempt(session, {
    isCostly: true,
    look: async () => {
      let isChanged = false;
      let spared: { device?: Device | undefined; successor?: Successor | undefined } = {};
      const isDone = await write(call, "PASSWD", account!, async () => {
        const asker = askerOf(chat, session, casefold(account!));
        const weighed = () => inTurns(session.pace, weighLogins(chat, account!, person));
        isChanged = await accounts.changePassword(account!, password, isAllowed, asker, weighed, () => {
          const own = renewable(session, accounts.identity(account!));
          // Whoever knew its secret knows it no longer, as nobody does who knew the password.
          return spared = { device: session.device, successor: own && devices.successor(own) };
        });
        // In the same step: no login by the old password may outlive it.
        const why = "You are now logged out: the password was changed";
        if (!isChanged) return;
        closeEnded(devices.endedOf(accounts.identity(account!), session.device));
        if (spared.successor !== undefined) renewed(devices, session, spared.successor);
        logOut(chat, account!, session, person, why);
      });
      if (isChanged) {
        reply.send(chat.serverEvent("PASSWD", ["SUCCESS", account!, "Your password is changed"]));
        chat.report(`${person.source} has changed the password of ${account}`);
      } else if (isDone) reply.fail("PASSWD", "ACCOUNT_REQUIRED", account!, "You are logged in to no account");
      return true;
    },
  });
}

/** Why a person may not remove an account now; undefined if they may. */
function dropFault(call: Call, accounts: Accounts, name: string): Fault | undefined {
  const { account, isOperator } = call.person;
  if (!isOperator) {
    if (account === undefined) return ["ACCOUNT_REQUIRED", "You are logged in to no account"];
    if (casefold(account) !== casefold(name)) return ["NO_PERMISSION", "That is not your account"];
    const refused = proofFault(call);
    if (refused !== undefined) return refused;
  }
  if (!accounts.isFree(name) && !accounts.isHeld(name)) return undefined;
  return ["ACCOUNT_UNKNOWN", "There is no account of that name"];
}

/** Removes an account with everything that is the account's. */
async function drop(call: Call, accounts: Accounts, [name]: string[]): Promise<void> {
  const { chat, session, person, reply } = call;
  let refused = dropFault(call, accounts, name);
  if (refused === undefined) {
    await inTurns(session.pace, weighLogins(chat, name));
    if (session.isOver) return;
    refused = dropFault(call, accounts, name);
  }
  if (refused !== undefined) return reply.fail("DROP", refused[0], name, refused[1]);
  const spelled = accounts.find(name) ?? casefold(name);
  if (!await write(call, "DROP", spelled, () => dropAccount(chat, name, session))) return;
  reply.send(chat.serverEvent("DROP", ["SUCCESS", spelled, "The account is no more"]));
  chat.report(`${person.source} has removed the account ${spelled}`);
}

/** The accounts of the room. Throws 904 if it has none. */
export function requireAccounts(call: Call, command: string): Accounts {
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
    keptRows: (call) => 2 + rowsOfLogin(call.person),
    handler(call, [wish, , password]) {
      return register(call, requireAccounts(call, "REGISTER"), wish, password, {
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
    handler: (call, params) => changePassword(call, requireAccounts(call, "PASSWD"), params),
  },
  {
    name: "DROP",
    usage: "DROP account",
    help: "Removes your account, if you have logged in to it of late; operators: any.",
    minParams: 1,
    handler: (call, params) => drop(call, requireAccounts(call, "DROP"), params),
  },
];
