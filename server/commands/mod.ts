/**
 * The command table, and the one place where a line becomes a call: generic checks stand before the handler, and what
 * it throws is caught once.
 *
 * @module
 */

import {
  ERR_INPUTTOOLONG,
  ERR_NEEDMOREPARAMS,
  ERR_NOTREGISTERED,
  ERR_UNKNOWNCOMMAND,
  LineError,
  type Message,
  parse,
  ProtocolError,
} from "../../protocol.ts";
import { ReplyError, type Session } from "../session.ts";
import { ABOUT } from "./about.ts";
import { ACCOUNTS } from "./accounts.ts";
import { CHANNELS } from "./channels.ts";
import { attempt, type Command, type CommandTable, type Parts } from "./command.ts";
import { HELP } from "./help.ts";
import { HISTORY } from "./history.ts";
import { LIST } from "./list.ts";
import { MARKERS } from "./markers.ts";
import { MESSAGES } from "./messages.ts";
import { METADATA } from "./metadata.ts";
import { MODES } from "./modes.ts";
import { MONITOR } from "./monitor.ts";
import { BATCHES, takeLine } from "./multiline.ts";
import { OPERATORS } from "./operators.ts";
import { PEOPLE } from "./people.ts";
import { REGISTRATION } from "./registration.ts";
import { RENAME } from "./rename.ts";
import { WHO } from "./who.ts";

const TABLES: CommandTable[] = [
  REGISTRATION,
  ACCOUNTS,
  CHANNELS,
  RENAME,
  LIST,
  MODES,
  MESSAGES,
  BATCHES,
  HISTORY,
  MARKERS,
  METADATA,
  WHO,
  PEOPLE,
  MONITOR,
  OPERATORS,
  ABOUT,
  HELP,
];

/** All commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(TABLES.flatMap((table) => Object.entries(table)));

/** Browsers can be made to send chat lines within a request to this port; one such line and the connection is closed. */
const HTTP = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH"]);

/**
 * Carries out one line of a session, or says what is wrong with it. Never throws for what a client has sent.
 *
 * @returns Nothing when it is done; a promise where the answer is long and its reader has to take some of it first.
 */
export function handleLine(session: Session, line: string | LineError): Promise<void> | undefined {
  if (line instanceof LineError) return void refuseLine(session, line);
  let message: Message;
  try {
    message = parse(line);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return void session.fail("*", "INVALID_MESSAGE", error.message);
  }
  session.beginResponse(message.tags.label);
  const parts = attempt(session, () => handleMessage(session, message));
  if (parts instanceof Promise) return finish(session, parts);
  const wait = parts && sendParts(session, parts);
  if (wait) return sendPartsLater(session, parts, wait);
  session.endResponse();
}

async function finish(session: Session, work: Promise<void>): Promise<void> {
  const refusal = await work.catch((error) => error);
  if (refusal !== undefined) {
    attempt(session, () => {
      throw refusal;
    });
  }
  session.endResponse();
}

/** Sends parts of an answer while there is room for them; where some may be left, gives what to wait for. */
function sendParts(session: Session, parts: Parts): Promise<unknown> | undefined {
  while (!session.closed) {
    const step = attempt(session, () => parts.next());
    if (step?.done !== false) return undefined;
    if (step.value instanceof Promise) return step.value;
    if (session.outbox.isCrowded) return session.outbox.room();
  }
  return undefined;
}

async function sendPartsLater(session: Session, parts: Parts, first: Promise<unknown>): Promise<void> {
  for (let wait: Promise<unknown> | undefined = first; wait !== undefined; wait = sendParts(session, parts)) await wait;
  session.endResponse();
}

function refuseLine(session: Session, { fault, command = "*" }: LineError): void {
  if (fault === "too long") session.reply(ERR_INPUTTOOLONG, "Input line was too long");
  else session.fail(command.toUpperCase(), "INVALID_UTF8", "Message rejected: it is not UTF-8");
}

function handleMessage(session: Session, message: Message): void | Parts | Promise<void> {
  const name = message.command.toUpperCase();
  const registered = session.registration === undefined;
  if (!registered && HTTP.has(name)) return session.close("This is a chat server, not a web server");
  if (session.multiline !== undefined || message.tags.batch !== undefined) {
    if (session.has("draft/multiline") && takeLine(session, message, name)) return;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) throw new ReplyError(ERR_UNKNOWNCOMMAND, message.command, "Unknown command");
  if (!registered && !command.beforeRegistration) throw new ReplyError(ERR_NOTREGISTERED, "You have not registered");
  if (message.params.length < command.minParams) {
    throw new ReplyError(ERR_NEEDMOREPARAMS, name, "Not enough parameters");
  }
  return command.handler(session, message.params, message);
}
