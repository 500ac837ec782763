/**
 * Accounts: AUTHENTICATE (IRCv3 sasl), REGISTER and VERIFY (IRCv3 account-registration); PASSWD, which changes a password,
 * and DROP, which removes an account.
 */

import { Buffer } from "node:buffer";
import {
  casefold,
  ERR_SASLABORTED,
  ERR_SASLFAIL,
  ERR_SASLTOOLONG,
  LIMITS,
  RPL_LOGGEDIN,
  RPL_SASLMECHS,
  RPL_SASLSUCCESS,
} from "../../protocol.ts";
import { type Accounts, PASSWORD, type Proof } from "../auth/accounts.ts";
import { addressRange } from "../wire/address.ts";
import { turnAwayIfBanned } from "../room/bans.ts";
import type { Asker } from "../auth/hashing.ts";
import {
  checkReserved,
  dropAccount,
  limitLogins,
  logOut,
  MOST_LOGINS,
  setAccount,
  weigh,
  weighLogins,
} from "../room/owners.ts";
import { type Exchange, type Guard, MECHANISMS, type Step } from "../auth/sasl.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { StoreError } from "../store/errors.ts";
import { inTurns } from "../turns/slices.ts";
import type { Command } from "./command.ts";

/** Bytes of one AUTHENTICATE, and of all that make one message (IRCv3 sasl, "The AUTHENTICATE command"). */
const CHUNK = 400;
const LONGEST = 4 * CHUNK;

function saslError(session: Session, numeric: string, text: string): void {
  session.sasl = undefined;
  session.reply(numeric, text);
}

/** What an account takes of the disk, about, in bytes. */
const ACCOUNT_BYTES = 512;

/** For how long someone who has proved a password may change or remove the account. Milliseconds. */
const PROVED = 300_000;

/**
 * Logs a session in, and says so: to itself first, then to all who are told of accounts, itself among them. One that may
 * not be here by that account is turned away.
 *
 * @returns Whether it is logged in, and may stay.
 */
function* logIn(session: Session, { account, isStill }: Proof): Generator<void, boolean> {
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
function hasProved({ chat, provedAt }: Session): boolean {
  return chat.guesses.now() - provedAt < PROVED;
}

/** The account of that name, as guesses are counted; what is longer than a name can be is none. */
function guessed(name: string): string {
  return casefold(name).slice(0, 2 * LIMITS.nick);
}

/** Who waits for a password to be hashed. */
function askerOf(session: Session, account: string): Asker {
  return {
    range: addressRange(session.address),
    isKnown: session.chat.guesses.isKnown(account, session),
    isOver: () => session.closed,
  };
}

/** Ends an exchange that is under way, by the client's wish or since registration completes. */
export function abortSasl(session: Session): void {
  if (session.sasl !== undefined) saslError(session, ERR_SASLABORTED, "SASL authentication aborted");
}

/** The message that chunks of base64 make; nothing where they make none. */
function decode(text: string): string | undefined {
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
}

async function authenticate(session: Session, accounts: Accounts, data: string): Promise<void> {
  if (data === "*" && session.sasl !== undefined) return abortSasl(session);
  if (data === "*") return saslError(session, ERR_SASLABORTED, "SASL authentication aborted");
  if (session.sasl === undefined) return begin(session, accounts, data);
  if (data.length > CHUNK) return saslError(session, ERR_SASLTOOLONG, "SASL message too long");
  if (data !== "+") session.sasl.text += data;
  if (session.sasl.text.length > LONGEST) return saslError(session, ERR_SASLFAIL, "SASL authentication failed");
  if (data.length === CHUNK) return;
  const { exchange, text } = session.sasl;
  session.sasl.text = "";
  const message = decode(text);
  const step = message === undefined ? undefined : await exchange.next(message);
  await inTurns(session.pace, proceed(session, exchange, step));
}

/** Lets passwords be looked at in the session's turn (guesses.ts), and refuses wrong ones. */
function guard(session: Session): Guard {
  return (name, look) => {
    const account = guessed(name);
    return session.chat.guesses.attempt(session, {
      account,
      look: () => look(askerOf(session, account)),
      refuse: () => saslError(session, ERR_SASLFAIL, "SASL authentication failed"),
    });
  };
}

function begin(session: Session, accounts: Accounts, mechanism: string): void {
  const name = mechanism.toUpperCase();
  if (!Object.hasOwn(MECHANISMS, name)) {
    session.reply(RPL_SASLMECHS, Object.keys(MECHANISMS).join(","), "are available SASL mechanisms");
    return saslError(session, ERR_SASLFAIL, "SASL authentication failed");
  }
  session.sasl = { exchange: MECHANISMS[name](accounts, guard(session)), text: "" };
  challenge(session, "");
}

/** Sends a challenge in as many parts as it needs; one that ends with a whole part is followed by an empty one. */
function challenge(session: Session, text: string): void {
  const data = Buffer.from(text).toString("base64");
  for (let at = 0; at <= data.length; at += CHUNK) {
    const part = data.slice(at, at + CHUNK) || "+";
    session.respond({ ...session.chat.serverEvent("AUTHENTICATE", [part]), source: undefined });
  }
}

function* proceed(session: Session, exchange: Exchange, step: Step | undefined): Generator<void> {
  // What was wrong has been refused already.
  if (session.closed || session.sasl?.exchange !== exchange) return;
  if (step === undefined) return saslError(session, ERR_SASLFAIL, "SASL authentication failed");
  if ("challenge" in step) return challenge(session, step.challenge);
  const isIn = yield* logIn(session, step.proof);
  session.sasl = undefined;
  if (isIn) session.reply(RPL_SASLSUCCESS, "SASL authentication successful");
  else if (!session.closed) saslError(session, ERR_SASLFAIL, "SASL authentication failed");
}

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
function accountsOf(session: Session, command: string): Accounts {
  const { accounts } = session.chat;
  if (accounts === undefined) throw new ReplyError(ERR_SASLFAIL, `${command}: this room has no accounts`);
  return accounts;
}

/** The family's commands. */
export const ACCOUNTS: Command[] = [
  {
    name: "AUTHENTICATE",
    usage: "AUTHENTICATE mechanism | data | *",
    help: "Logs you in to your account (SASL); a client does that for you.",
    capability: "sasl",
    withoutCapability: [ERR_SASLFAIL, "Ask for the capability sasl first"],
    minParams: 1,
    beforeRegistration: true,
    keeps: keptByLogin,
    handler(session, [data]) {
      return authenticate(session, accountsOf(session, "AUTHENTICATE"), data);
    },
  },
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
