/** AUTHENTICATE: logging in by SASL (IRCv3 sasl). */

import { ERR_SASLABORTED, ERR_SASLFAIL, ERR_SASLTOOLONG, RPL_SASLMECHS, RPL_SASLSUCCESS } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { type Exchange, type Guard, MECHANISMS, type Step } from "../auth/sasl.ts";
import type { Session } from "../room/session.ts";
import { inTurns } from "../turns/slices.ts";
import { accountsOf } from "./accounts.ts";
import type { Command } from "./command.ts";
import { askerOf, guessed, keptByLogin, logIn } from "./login.ts";
import { Buffer } from "node:buffer";

/** Bytes of one AUTHENTICATE, and of all that make one message (IRCv3 sasl, "The AUTHENTICATE command"). */
const CHUNK = 400;

const LONGEST = 4 * CHUNK;

function saslError(session: Session, numeric: string, text: string): void {
  session.sasl = undefined;
  session.reply(numeric, text);
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

/** The family's command. */
export const SASL: Command[] = [
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
];
