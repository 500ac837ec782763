/** AUTHENTICATE: logging in by SASL (IRCv3 sasl). */

import type { Session } from "../room/session.ts";
import { ERR_SASLABORTED, ERR_SASLFAIL, ERR_SASLTOOLONG, RPL_SASLMECHS, RPL_SASLSUCCESS } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { type Exchange, type Guard, MECHANISMS, type Step } from "../auth/sasl.ts";
import type { Chat } from "../room/chat.ts";
import { inTurns } from "../turns/slices.ts";
import { accountsOf } from "./accounts.ts";
import type { Call, Command } from "./command.ts";
import { askerOf, guessed, keptByLogin, logIn } from "./login.ts";
import { Buffer } from "node:buffer";

/** Bytes of one AUTHENTICATE, and of all that make one message (IRCv3 sasl, "The AUTHENTICATE command"). */
const CHUNK = 400;

const LONGEST = 4 * CHUNK;

function saslError(call: Call, numeric: string, text: string): void {
  call.session.sasl = undefined;
  call.reply.numeric(numeric, text);
}

/** Ends an exchange that is under way, by the client's wish or since registration completes. */
export function abortSasl(call: Call): void {
  if (call.session.sasl !== undefined) saslError(call, ERR_SASLABORTED, "SASL authentication aborted");
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

async function authenticate(call: Call, accounts: Accounts, data: string): Promise<void> {
  if (data === "*" && call.session.sasl !== undefined) return abortSasl(call);
  if (data === "*") return saslError(call, ERR_SASLABORTED, "SASL authentication aborted");
  if (call.session.sasl === undefined) return begin(call, accounts, data);
  call.session.sasl.refuse = () => saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  if (data.length > CHUNK) return saslError(call, ERR_SASLTOOLONG, "SASL message too long");
  if (data !== "+") call.session.sasl.text += data;
  if (call.session.sasl.text.length > LONGEST) return saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  if (data.length === CHUNK) return;
  const { exchange, text } = call.session.sasl;
  call.session.sasl.text = "";
  const message = decode(text);
  const step = message === undefined ? undefined : await exchange.next(message);
  await inTurns(call.session.pace, proceed(call, exchange, step));
}

/** Lets passwords be looked at in the session's turn (guesses.ts), and refuses wrong ones. */
function guard(chat: Chat, session: Session): Guard {
  return (name, look) => {
    const account = guessed(name);
    return chat.guesses.attempt(session, {
      account,
      look: () => look(askerOf(chat, session, account)),
      // The line that brings a wrong password is not the one that began the exchange.
      refuse: () => session.sasl?.refuse(),
    });
  };
}

function begin(call: Call, accounts: Accounts, mechanism: string): void {
  const name = mechanism.toUpperCase();
  if (!Object.hasOwn(MECHANISMS, name)) {
    call.reply.numeric(RPL_SASLMECHS, Object.keys(MECHANISMS).join(","), "are available SASL mechanisms");
    return saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  }
  const refuse = () => saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  call.session.sasl = { exchange: MECHANISMS[name](accounts, guard(call.chat, call.session)), text: "", refuse };
  challenge(call, "");
}

/** Sends a challenge in as many parts as it needs; one that ends with a whole part is followed by an empty one. */
function challenge(call: Call, text: string): void {
  const data = Buffer.from(text).toString("base64");
  for (let at = 0; at <= data.length; at += CHUNK) {
    const part = data.slice(at, at + CHUNK) || "+";
    call.reply.send({ ...call.chat.serverEvent("AUTHENTICATE", [part]), source: undefined });
  }
}

function* proceed(call: Call, exchange: Exchange, step: Step | undefined): Generator<void> {
  // What was wrong has been refused already.
  if (call.session.isOver || call.session.sasl?.exchange !== exchange) return;
  if (step === undefined) return saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  if ("challenge" in step) return challenge(call, step.challenge);
  const isIn = yield* logIn(call, step.proof);
  call.session.sasl = undefined;
  if (isIn) call.reply.numeric(RPL_SASLSUCCESS, "SASL authentication successful");
  else if (!call.session.isOver) saslError(call, ERR_SASLFAIL, "SASL authentication failed");
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
    keeps: ({ person }) => keptByLogin(person),
    handler(call, [data]) {
      return authenticate(call, accountsOf(call, "AUTHENTICATE"), data);
    },
  },
];
