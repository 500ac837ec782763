/** AUTHENTICATE, which logs in by SASL (IRCv3 sasl). */

import { Buffer } from "node:buffer";
import { ERR_SASLABORTED, ERR_SASLFAIL, ERR_SASLTOOLONG, RPL_SASLMECHS, RPL_SASLSUCCESS } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import { type Exchange, type Guard, MECHANISMS, type Step } from "../auth/sasl.ts";
import type { Chat } from "../room/chat.ts";
import type { Session } from "../room/session.ts";
import { inTurns } from "../turns/slices.ts";
import { requireAccounts } from "./accounts.ts";
import type { Call, Command } from "./command.ts";
import { askerOf, guessKey, logIn, rowsOfLogin } from "./login.ts";

/** The most bytes of one AUTHENTICATE (IRCv3 sasl, "The AUTHENTICATE command"). */
const CHUNK = 400;

/** The most bytes of a message, which may come in several lines of AUTHENTICATE. */
const LONGEST = 4 * CHUNK;

/** Refuses, and ends the exchange that is under way. */
function saslError(call: Call, numeric: string, text: string): void {
  call.session.sasl = undefined;
  call.reply.numeric(numeric, text);
}

/**
 * Refuses what was said for a password. An app password is none by SCRAM, whose keys are made of the account's own; that is said
 * whoever asks and whatever the name, since it must not tell which accounts there are, or have app passwords.
 */
function refuseSecret(call: Call): void {
  const isByScram = call.session.sasl?.mechanism.startsWith("SCRAM") === true;
  const hint = isByScram ? " (by SCRAM only with the account's own password; an app password needs PLAIN)" : "";
  saslError(call, ERR_SASLFAIL, `SASL authentication failed${hint}`);
}

/** Ends an exchange that is under way, because the client wants that or registration is complete. */
export function abortSasl(call: Call): void {
  if (call.session.sasl !== undefined) saslError(call, ERR_SASLABORTED, "SASL authentication aborted");
}

/** The message that base64 stands for; undefined if the text is no base64, or what it stands for no UTF-8. */
function decode(text: string): string | undefined {
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
}

/** Takes a line of AUTHENTICATE: a mechanism, the next part of a message, or the wish to end. */
async function authenticate(call: Call, accounts: Accounts, data: string): Promise<void> {
  if (data === "*" && call.session.sasl !== undefined) return abortSasl(call);
  if (data === "*") return saslError(call, ERR_SASLABORTED, "SASL authentication aborted");
  if (call.session.sasl === undefined) return begin(call, accounts, data);
  call.session.sasl.refuse = () => refuseSecret(call);
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

/** Has passwords verified when the session's turn comes (auth/guesses.ts), and refuses wrong ones. */
function guard(chat: Chat, session: Session): Guard {
  return (name, look) => {
    const account = guessKey(name);
    return chat.guesses.attempt(session, {
      account,
      look: () => look(askerOf(chat, session, account)),
      // A wrong password is refused in the reply to the line that brought it, not to the one that began the exchange.
      refuse: () => session.sasl?.refuse(),
    });
  };
}

/** Begins an exchange by a mechanism. */
function begin(call: Call, accounts: Accounts, mechanism: string): void {
  const name = mechanism.toUpperCase();
  if (!Object.hasOwn(MECHANISMS, name)) {
    call.reply.numeric(RPL_SASLMECHS, Object.keys(MECHANISMS).join(","), "are available SASL mechanisms");
    return saslError(call, ERR_SASLFAIL, "SASL authentication failed");
  }
  const exchange = MECHANISMS[name](accounts, guard(call.chat, call.session));
  call.session.sasl = { exchange, mechanism: name, text: "", refuse: () => refuseSecret(call) };
  challenge(call, "");
}

/** Sends a challenge in as many parts as it needs. If the last one is full an empty one follows. */
function challenge(call: Call, text: string): void {
  const data = Buffer.from(text).toString("base64");
  for (let at = 0; at <= data.length; at += CHUNK) {
    const part = data.slice(at, at + CHUNK) || "+";
    call.reply.send({ ...call.chat.serverEvent("AUTHENTICATE", [part]), source: undefined });
  }
}

/** Answers a message of the exchange: by the next challenge, by the login, or by a refusal. */
function* proceed(call: Call, exchange: Exchange, step: Step | undefined): Generator<void> {
  // A wrong password has been refused already.
  if (call.session.isOver || call.session.sasl?.exchange !== exchange) return;
  if (step === undefined) return refuseSecret(call);
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
    keptRows: ({ person }) => rowsOfLogin(person),
    handler(call, [data]) {
      return authenticate(call, requireAccounts(call, "AUTHENTICATE"), data);
    },
  },
];
