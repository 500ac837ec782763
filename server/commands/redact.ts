/** REDACT (IRCv3 message-redaction): removes a message. */

import { BOUNDS } from "../room/isupport.ts";
import { cut } from "../room/words.ts";
import type { History } from "../store/history.ts";
import { parseMsgid, privateKey } from "../store/records.ts";
import type { Call, Command } from "./command.ts";
import { readable, Refusal, withHistory } from "./reading.ts";

/** Removes a message, one's own or as an operator, and tells those who saw it. */
function* redact(call: Call, history: History, [target, msgid, reason]: string[]): Generator<void> {
  const { chat } = call;
  const found = yield* readable(call, history, target);
  if (found === undefined) throw new Refusal("INVALID_TARGET", target, `You cannot delete messages from ${target}`);
  const id = parseMsgid(msgid);
  const record = id === undefined ? undefined : history.find(id);
  if (record === undefined || record.command === "TOPIC" || !found.keys.includes(record.conversation)) {
    throw new Refusal("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old");
  }
  const channel = chat.findChannel(target);
  if (record.sender !== call.person.identity && !channel?.isOperator(call.person)) {
    throw new Refusal("REDACT_FORBIDDEN", target, msgid, "You are not authorised to delete this message");
  }
  if (!history.remove(record.id)) {
    throw new Refusal(
      "INVALID_MSGID",
      target,
      msgid,
      "This message can't be deleted at the moment: the disk is full or locked",
    );
  }
  if (channel !== undefined) channel.keptChanges++;
  // Words are for those who may talk there.
  const isTold = reason !== undefined && channel?.whySilenced(call.person) === undefined;
  const params = [found.name, msgid, ...(isTold ? [cut(reason, BOUNDS.kick)] : [])];
  const event = chat.event(call.person, "REDACT", params);
  if (channel !== undefined) return call.reply.publish(channel, event);
  call.reply.send(event);
  const peer = chat.find(target);
  if (
    peer !== undefined && peer !== call.person &&
    privateKey(call.person.identity, peer.identity) === record.conversation
  ) {
    peer.tell(event);
  }
}

/** The family's command. */
export const REDACT: Command[] = [
  {
    name: "REDACT",
    usage: "REDACT target msgid [:reason]",
    help: "Removes a message of yours; channel operators: of anyone there.",
    capability: "draft/message-redaction",
    minParams: 2,
    handler: withHistory("REDACT", redact),
  },
];
