/** Messages of several lines: BATCH, which begins and ends them, and the lines between (IRCv3 client-batch, multiline). */

import { byteLength, type Message } from "../../protocol.ts";
import { MULTILINE } from "../room/capabilities.ts";
import { Reply } from "../room/reply.ts";
import type { Multiline } from "../room/session.ts";
import { type Call, type Command, type Steps, UNKNOWN_COMMAND } from "./command.ts";
import { clientTags, peerOf, sendMessage } from "./messages.ts";

/** The type of batch that is known, and the tag of a line that continues the line before it. */
const TYPE = "draft/multiline";
const CONCAT = "draft/multiline-concat";

const NOT_ALONE = "Until the batch is closed only its lines may be sent";

const NOT_OPEN = "No such batch is open";

/** A refusal: its code, contexts and description (IRCv3 multiline, "Errors"). */
type Fault = [code: string, ...contextAndDescription: string[]];

/** Refuses the message that is being sent, once. The rest of it is passed over. */
function refuse(call: Call, multiline: Multiline, ...fault: Fault): void {
  if (multiline.isRefused) return;
  multiline.isRefused = true;
  // Not in the reply to the line at hand, which may be another command with a label of its own.
  const reply = new Reply(call.session, multiline.label);
  reply.fail("BATCH", ...fault);
  reply.end();
}

/** Why a line can't be the next one of a message; undefined if it can. */
function lineFault(multiline: Multiline, { tags, params }: Message, command: string): Fault | undefined {
  const { reference, target, lines } = multiline;
  const [to = "", text = ""] = params;
  if (tags.batch !== reference) return ["MULTILINE_INVALID", NOT_ALONE];
  if (command !== "PRIVMSG" && command !== "NOTICE") {
    return ["MULTILINE_INVALID", "A batch of lines may hold PRIVMSG or NOTICE, and nothing else"];
  }
  if (multiline.command !== undefined && multiline.command !== command) {
    return ["MULTILINE_INVALID", "A batch of lines may not mix PRIVMSG and NOTICE"];
  }
  if (to !== target) {
    return ["MULTILINE_INVALID_TARGET", target, to, "A line's target is not that of the batch"];
  }
  if (lines.length >= MULTILINE.lines) {
    return ["MULTILINE_MAX_LINES", `${MULTILINE.lines}`, `A message has ${MULTILINE.lines} lines at most`];
  }
  if (CONCAT in tags && (text === "" || lines.length === 0)) {
    return ["MULTILINE_INVALID", "An empty line, or the first one, can't continue the line before it"];
  }
  return undefined;
}

/**
 * Looks at a line that has a `batch` tag, or that comes while a batch is open.
 *
 * @param command The line's command in capitals.
 * @returns Whether the line is done with that. Otherwise it is a command like any other.
 */
export function takeLine(call: Call, message: Message, command: string): boolean {
  const { multiline } = call.session;
  const { tags, params: [, text = ""] } = message;
  if (tags.batch === undefined) {
    // Nothing may be sent between the lines of a batch, except what is about the connection itself.
    const mayCome = command === "BATCH" || command === "PING" || command === "PONG" || command === "QUIT";
    if (multiline !== undefined && !mayCome) refuse(call, multiline, "MULTILINE_INVALID", NOT_ALONE);
    return false;
  }
  if (multiline === undefined) {
    call.reply.fail("BATCH", "INVALID_REFTAG", tags.batch, NOT_OPEN);
    return true;
  }
  if (multiline.isRefused) {
    // What is wrong was said once. But a line with a label must have an answer, and none would mean that it was sent.
    if (tags.label !== undefined) call.reply.fail("BATCH", "MULTILINE_INVALID", "The batch of this line was refused");
    return true;
  }
  const wrong = lineFault(multiline, message, command);
  if (wrong !== undefined) {
    refuse(call, multiline, ...wrong);
    return true;
  }
  const isContinued = CONCAT in tags;
  multiline.command = command;
  multiline.bytes += byteLength(text) + (isContinued || multiline.lines.length === 0 ? 0 : 1);
  multiline.lines.push({ text, isContinued });
  if (multiline.bytes > MULTILINE.bytes) {
    const why = `A message has ${MULTILINE.bytes} bytes at most`;
    refuse(call, multiline, "MULTILINE_MAX_BYTES", `${MULTILINE.bytes}`, why);
  }
  return true;
}

/** Begins a message. */
function open(call: Call, reference: string, type: string, target: string, { tags }: Message): void {
  const { multiline } = call.session;
  if (multiline !== undefined && !multiline.isRefused) {
    return refuse(call, multiline, "MULTILINE_INVALID", NOT_ALONE);
  }
  if (!/^[\w-]{1,64}$/.test(reference)) {
    return call.reply.fail(
      "BATCH",
      "INVALID_REFTAG",
      reference,
      "A reference is 1 to 64 letters, digits, - and _",
    );
  }
  if (type !== TYPE) {
    return call.reply.fail("BATCH", "UNKNOWN_TYPE", reference, type, "No such type of batch");
  }
  const label = call.reply.takeLabel();
  call.session.multiline = {
    reference,
    target,
    lines: [],
    bytes: 0,
    tags: clientTags(call, tags),
    peer: peerOf(call, tags),
    label,
    isRefused: false,
  };
  if (target === "") refuse(call, call.session.multiline, "MULTILINE_INVALID", "The batch has no target");
}

/** Ends a message, and sends it. */
function close(call: Call, reference: string): void | Steps {
  const { multiline } = call.session;
  if (multiline === undefined || multiline.reference !== reference) {
    return call.reply.fail("BATCH", "INVALID_REFTAG", reference, NOT_OPEN);
  }
  call.session.multiline = undefined;
  const { command, target, lines, tags, peer, label, isRefused } = multiline;
  if (isRefused) return;
  if (command === undefined || lines.every(({ text }) => text === "")) {
    return refuse(call, multiline, "MULTILINE_INVALID", "The batch has no line that is not empty");
  }
  const text = lines.map(({ text, isContinued }, i) => (i === 0 || isContinued ? "" : "\n") + text).join("");
  // The answer to the message carries the label of the BATCH that began it.
  call.reply.adoptLabel(label);
  return sendMessage(call, { command, targets: target, text, tags, peer, lines: lines.length > 1 ? lines : undefined });
}

/** The family's command. */
export const MULTILINE_MESSAGES: Command[] = [
  {
    name: "BATCH",
    usage: "BATCH +reference draft/multiline target | BATCH -reference",
    help: "Begins and ends a message of several lines.",
    capability: "draft/multiline",
    withoutCapability: UNKNOWN_COMMAND,
    minParams: 1,
    handler(call, [reference, type = "", target = ""], message) {
      if (reference.startsWith("+")) open(call, reference.slice(1), type, target, message);
      else return close(call, reference.replace(/^-/, ""));
    },
  },
];
