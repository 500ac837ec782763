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
import { CHANNELS } from "./channels.ts";
import type { CommandTable } from "./command.ts";
import { MESSAGES } from "./messages.ts";
import { MODES } from "./modes.ts";
import { PEOPLE } from "./people.ts";
import { REGISTRATION } from "./registration.ts";

const COMMANDS: CommandTable = { ...REGISTRATION, ...CHANNELS, ...MODES, ...MESSAGES, ...PEOPLE, ...ABOUT };

/** Browsers can be made to send chat lines within a request to this port; one such line and the connection is closed. */
const HTTP = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH"]);

/** Carries out one line of a session, or says what is wrong with it. Never throws for what a client has sent. */
export function handleLine(session: Session, line: string | LineError): void {
  session.heardAt = session.chat.now();
  if (line instanceof LineError) return refuseLine(session, line);
  let message: Message;
  try {
    message = parse(line);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return session.fail("*", "INVALID_MESSAGE", error.message);
  }
  session.labeled(message.tags.label, () => {
    try {
      handleMessage(session, message);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      session.reply(error.numeric, ...error.params);
    }
  });
}

function refuseLine(session: Session, { fault }: LineError): void {
  if (fault === "too long") session.reply(ERR_INPUTTOOLONG, "Input line was too long");
  else session.fail("*", "INVALID_UTF8", "Message rejected: it is not UTF-8");
}

function handleMessage(session: Session, message: Message): void {
  const name = message.command.toUpperCase();
  const registered = session.registration === undefined;
  if (!registered && HTTP.has(name)) return session.close("This is a chat server, not a web server");
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new ReplyError(ERR_UNKNOWNCOMMAND, message.command, "Unknown command");
  }
  const command = COMMANDS[name];
  if (!registered && !command.beforeRegistration) throw new ReplyError(ERR_NOTREGISTERED, "You have not registered");
  if (message.params.length < command.minParams) {
    throw new ReplyError(ERR_NEEDMOREPARAMS, name, "Not enough parameters");
  }
  command.handler(session, message.params, message);
}
