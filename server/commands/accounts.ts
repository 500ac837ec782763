/** Accounts: AUTHENTICATE (IRCv3 sasl), REGISTER and VERIFY (IRCv3 account-registration). */

import { Buffer } from "node:buffer";
import {
  casefold,
  ERR_SASLABORTED,
  ERR_SASLFAIL,
  ERR_SASLTOOLONG,
  RPL_LOGGEDIN,
  RPL_SASLMECHS,
  RPL_SASLSUCCESS,
} from "../../protocol.ts";
import { type Accounts, PASSWORD } from "../accounts.ts";
import { addressRange } from "../address.ts";
import { checkReserved, setAccount } from "../owners.ts";
import { MECHANISMS, type Step } from "../sasl.ts";
import { ReplyError, type Session } from "../session.ts";
import type { CommandTable } from "./command.ts";

/** Bytes of one AUTHENTICATE, and of all that make one message (IRCv3 sasl, "The AUTHENTICATE command"). */
const CHUNK = 400;
const LONGEST = 4 * CHUNK;

function saslError(session: Session, numeric: string, text: string): void {
  session.sasl = undefined;
  session.reply(numeric, text);
}

/** Logs a session in, and says so: to itself first, then to all who are told of accounts, itself among them. */
function logIn(session: Session, account: string): void {
  session.reply(RPL_LOGGEDIN, session.source, account, `You are now logged in as ${account}`);
  setAccount(session, account);
}

/** Whose tries a session's are: nobody has more of them by another nick or host. */
function origin({ address }: Session): string {
  return addressRange(address);
}

/** Ends an exchange that is under way, by the client's wish or since registration completes. */
export function abortSasl(session: Session): void {
  // A password that is being looked at has been tried.
  if (session.sasl?.isTried === false) session.chat.accounts?.giveBack(origin(session));
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
  const message = decode(session.sasl.text);
  session.sasl.text = "";
  session.sasl.isTried = true;
  const step = message === undefined ? undefined : await session.sasl.exchange.next(message);
  if (session.closed) return;
  if (step === undefined) return saslError(session, ERR_SASLFAIL, "SASL authentication failed");
  proceed(session, accounts, step);
}

function begin(session: Session, accounts: Accounts, mechanism: string): void {
  const name = mechanism.toUpperCase();
  if (!Object.hasOwn(MECHANISMS, name)) {
    session.reply(RPL_SASLMECHS, Object.keys(MECHANISMS).join(","), "are available SASL mechanisms");
    return saslError(session, ERR_SASLFAIL, "SASL authentication failed");
  }
  if (!accounts.take(origin(session))) {
    return saslError(session, ERR_SASLFAIL, "Too many failed logins from your address: wait some minutes");
  }
  session.sasl = { exchange: MECHANISMS[name](accounts), text: "", isTried: false };
  session.respond({ ...session.chat.serverEvent("AUTHENTICATE", ["+"]), source: undefined });
}

function proceed(session: Session, accounts: Accounts, step: Step): void {
  if ("challenge" in step) {
    const text = Buffer.from(step.challenge).toString("base64");
    return session.respond({ ...session.chat.serverEvent("AUTHENTICATE", [text]), source: undefined });
  }
  session.sasl = undefined;
  accounts.giveBack(origin(session));
  logIn(session, step.account);
  session.reply(RPL_SASLSUCCESS, "SASL authentication successful");
}

/** Why an account can't be made; nothing where it can, and then one of the tries is taken (IRCv3 account-registration, "Responses"). */
function refusal(
  session: Session,
  accounts: Accounts,
  nick: string,
  name: string,
  password: string,
): [string, string] | undefined {
  const is = (other: string) => casefold(other) === casefold(name);
  const length = [...password].length;
  if (session.registration !== undefined && session.chat.settings.password !== undefined) {
    return ["COMPLETE_CONNECTION_REQUIRED", "Come in first: this room has a password"];
  }
  if (session.account !== undefined) return ["ALREADY_AUTHENTICATED", `You are logged in as ${session.account}`];
  if (!is(nick)) return ["ACCOUNT_NAME_MUST_BE_NICK", "An account has the name of your nick"];
  const holder = session.chat.find(nick);
  if (holder !== undefined && holder !== session) return ["ACCOUNT_EXISTS", "Someone else has that nick now"];
  if (accounts.find(name) !== undefined) return ["ACCOUNT_EXISTS", "There is an account of that name"];
  if (!accounts.isFree(name)) return ["TEMPORARILY_UNAVAILABLE", "Accounts cannot be read at the moment"];
  if (length < PASSWORD.least || is(password)) {
    return ["WEAK_PASSWORD", `A password has at least ${PASSWORD.least} characters and is not your name`];
  }
  if (length > PASSWORD.most) return ["UNACCEPTABLE_PASSWORD", `A password has at most ${PASSWORD.most} characters`];
  if (!accounts.take(origin(session))) {
    return ["TEMPORARILY_UNAVAILABLE", "Too many tries: wait some minutes"];
  }
  return undefined;
}

async function register(session: Session, accounts: Accounts, [wish, , password]: string[]): Promise<void> {
  // Before it has come in it has the nick that it was given last, or has asked for one that somebody else had.
  const { registration } = session;
  const nick = registration === undefined ? session.nick : registration.nick ?? registration.wish;
  if (nick === undefined) return session.fail("REGISTER", "NEED_NICK", "*", "Choose a nick first");
  const name = wish === "*" ? nick : wish;
  const refused = refusal(session, accounts, nick, name, password);
  if (refused !== undefined) return session.fail("REGISTER", refused[0], name, refused[1]);
  if (registration !== undefined) registration.nick ??= nick;
  const isMade = await accounts.register(nick, password);
  if (session.closed) return;
  if (!isMade) return session.fail("REGISTER", "ACCOUNT_EXISTS", nick, "There is an account of that name");
  session.respond(session.chat.serverEvent("REGISTER", ["SUCCESS", nick, "Account successfully registered"]));
  logIn(session, nick);
  // Someone may have come in under that nick meanwhile.
  const holder = session.chat.find(nick);
  if (holder !== undefined && holder !== session) checkReserved(holder);
}

/** The accounts of the room that a session is in. */
function accountsOf(session: Session, command: string): Accounts {
  const { accounts } = session.chat;
  if (accounts === undefined) throw new ReplyError(ERR_SASLFAIL, `${command}: this room has no accounts`);
  return accounts;
}

/** The family's commands. */
export const ACCOUNTS: CommandTable = {
  AUTHENTICATE: {
    minParams: 1,
    beforeRegistration: true,
    handler(session, [data]) {
      if (!session.has("sasl")) throw new ReplyError(ERR_SASLFAIL, "Ask for the capability sasl first");
      return authenticate(session, accountsOf(session, "AUTHENTICATE"), data);
    },
  },
  REGISTER: {
    minParams: 3,
    beforeRegistration: true,
    handler: (session, params) => register(session, accountsOf(session, "REGISTER"), params),
  },
  VERIFY: {
    minParams: 2,
    handler(session, [name]) {
      session.fail("VERIFY", "INVALID_CODE", name, "No code is needed here");
    },
  },
};
