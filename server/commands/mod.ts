/**
 * The one place where a line becomes a call: the line is parsed, the record of its command is found, the checks that the
 * record names are made, and the handler runs. A refusal that it throws becomes the reply (`attempt` in checks.ts).
 *
 * @module
 */

import {
  byteLength,
  detached,
  ERR_INPUTTOOLONG,
  ERR_NEEDMOREPARAMS,
  ERR_NOTREGISTERED,
  ERR_UNKNOWNCOMMAND,
  LIMITS,
  LineError,
  type Message,
  parse,
  ProtocolError,
} from "../../protocol.ts";
import { channelsOf } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { Reply, ReplyError } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import { type Pace, UNPACED } from "../turns/slices.ts";
import { attempt, requireServerOperator } from "./checks.ts";
import { type Call, type Command, type Steps, UNKNOWN_COMMAND } from "./command.ts";
import { takeLine } from "./multiline.ts";
import { COMMANDS } from "./table.ts";
import { Task } from "./task.ts";

/** What a kept row takes besides its text, in bytes: the row itself and its places in the indexes. */
const ROW_BYTES = 256;

/** In so few channels it is found in one step whether somebody is muted. */
const FEW_CHANNELS = 4;

/** How often the channels are looked at again at most, because their lists have changed meanwhile. */
const MOST_ROUNDS = 5;

/**
 * Whether a line asks for something by HTTP (RFC 9112, section 3), with whatever method: a browser can be made to send chat lines
 * inside a request to this port, so such a line closes the connection.
 */
function isRequest({ command, params }: Message): boolean {
  return /^HTTP\/\d/i.test(params.at(-1) ?? "") ||
    /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH)$/i.test(command);
}

/**
 * Carries out one line of a session, or answers what is wrong with it. Never throws because of what a client sent.
 *
 * @param pace How work is divided into slices.
 * @returns Nothing if all is done; a promise if other connections have their turn first, or the reader of the answer is waited for.
 */
export function handleLine(
  chat: Chat,
  session: Session,
  line: string | LineError,
  pace: Pace = UNPACED,
): Promise<void> | undefined {
  const { putOut } = session.person;
  if (putOut !== undefined) return void putOut();
  if (line instanceof LineError) return void refuseLine(session, line);
  let message: Message;
  try {
    message = parse(line);
    // A parameter that is kept would otherwise hold the whole line in memory, with all its tags.
    if (line.length > LIMITS.lineBytes) message.params = message.params.map(detached);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return void new Reply(session).fail("*", "INVALID_MESSAGE", error.message);
  }
  const reply = new Reply(session, message.tags.label);
  const work = attempt(reply, () => handleMessage({ chat, session, person: session.person, reply }, message));
  if (work instanceof Promise) return finish(reply, work);
  if (work !== undefined) {
    const task = new Task(reply, work);
    if (!task.run(pace)) return task.finish(pace);
  }
  reply.end();
}

async function finish(reply: Reply, work: Promise<void>): Promise<void> {
  const refusal = await work.catch((error) => error);
  if (refusal !== undefined) {
    attempt(reply, () => {
      throw refusal;
    });
  }
  reply.end();
}

function refuseLine(session: Session, { fault, command = "*", label }: LineError): void {
  const reply = new Reply(session, label);
  if (fault === "too long") reply.numeric(ERR_INPUTTOOLONG, "Input line was too long");
  else reply.fail(command.toUpperCase(), "INVALID_UTF8", "Message rejected: it is not UTF-8");
  reply.end();
}

function handleMessage(call: Call, message: Message): void | Steps | Promise<void> {
  const { session } = call;
  const name = message.command.toUpperCase();
  if (!session.isRegistered && isRequest(message)) {
    return session.close("This is a chat server, not a web server");
  }
  if (session.multiline !== undefined || message.tags.batch !== undefined) {
    if (session.has("draft/multiline") && takeLine(call, message, name)) return;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) throw new ReplyError(ERR_UNKNOWNCOMMAND, message.command, "Unknown command");
  if (!mayRun(call, command, message.params)) return;
  const handle = () => command.handler(call, message.params, message);
  const rows = command.keptRows?.(call, message.params) ?? 0;
  const wait = rows === 0 ? undefined : session.affords?.(rows * ROW_BYTES + byteLength(message.params.join(" ")));
  const isLong = command.isReadByOthers === true && channelsOf(call.person).size > FEW_CHANNELS;
  return wait === undefined && !isLong ? handle() : handleAfter(call, wait, isLong, handle);
}

/** Makes the checks that the record of a command names. Throws a refusal, or sends it and gives false. */
function mayRun({ session, person, reply }: Call, command: Command, params: string[]): boolean {
  const { name, beforeRegistration = false, minParams = 0, withoutFirst, isForOperators, capability } = command;
  const isEarly = !session.isRegistered;
  if (isEarly && !(typeof beforeRegistration === "string" ? session.has(beforeRegistration) : beforeRegistration)) {
    throw new ReplyError(ERR_NOTREGISTERED, "You have not registered");
  }
  if (params.length < minParams) throw new ReplyError(ERR_NEEDMOREPARAMS, name, "Not enough parameters");
  if (withoutFirst !== undefined && !params[0]) throw new ReplyError(...withoutFirst);
  if (isForOperators) requireServerOperator(person);
  if (capability === undefined || session.has(capability)) return true;
  const { withoutCapability } = command;
  if (withoutCapability === UNKNOWN_COMMAND) throw new ReplyError(ERR_UNKNOWNCOMMAND, name, "Unknown command");
  if (withoutCapability !== undefined) throw new ReplyError(...withoutCapability);
  reply.fail(name, "NEED_CAPABILITY", capability, `Ask for the capability ${capability} first`);
  return false;
}

/** Waits until something may be kept, then finds in steps in which channels a person is muted, and then runs the handler. */
function* handleAfter(
  { person }: Call,
  wait: Promise<void> | undefined,
  isLong: boolean,
  handle: () => void | Steps | Promise<void>,
): Steps {
  if (wait !== undefined) yield wait;
  for (let round = 0; isLong && round < MOST_ROUNDS; round++) {
    const unjudged = [...channelsOf(person)].filter((channel) => !channel.isJudged(person));
    if (unjudged.length <= FEW_CHANNELS) break;
    for (const channel of unjudged) {
      channel.isMuted(person);
      yield;
    }
  }
  const work = handle();
  if (work instanceof Promise) yield work;
  else if (work !== undefined) yield* work;
}
