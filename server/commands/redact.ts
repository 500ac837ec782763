/** REDACT, which removes a message (IRCv3 message-redaction). */

import { BOUNDS } from "../room/isupport.ts";
import { readableTarget } from "../room/reading.ts";
import { deliverToAll, sessionsOf } from "../room/recipient.ts";
import { whySilenced } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import type { History } from "../store/history.ts";
import { removalBytes } from "../store/record_sizes.ts";
import { isMessage, operatorsKey, parseMsgid, privateKey } from "../store/records.ts";
import type { Call, Command, Steps } from "./command.ts";
import { HistoryRefusal, withHistory } from "./history_questions.ts";

/** Removes a message of the sender, or of anybody in a channel of which the sender is operator, and tells those who saw it. */
function* redact({ chat, session, person, reply }: Call, history: History, [target, msgid, reason]: string[]): Steps {
  const found = yield* readableTarget(chat, person, history, target);
  if (found === undefined) {
    throw new HistoryRefusal("INVALID_TARGET", target, `You cannot delete messages from ${target}`);
  }
  const id = parseMsgid(msgid);
  const record = id === undefined ? undefined : history.find(id);
  const isThere = record !== undefined && record.command !== "TOPIC" && record.removal === undefined;
  if (!isThere || !found.keys.includes(record.conversation)) {
    throw new HistoryRefusal("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old");
  }
  const channel = chat.channels.find(target);
  if (record.sender !== person.identity && !channel?.isOperator(person)) {
    throw new HistoryRefusal("REDACT_FORBIDDEN", target, msgid, "You are not authorised to delete this message");
  }
  const { source, identity: sender, account } = person;
  // A reaction that is taken back leaves nothing.
  const removal = isMessage(record) ? { source, sender, account, time: chat.now() } : undefined;
  if (!history.remove(record.id, removal)) {
    throw new HistoryRefusal(
      "INVALID_MSGID",
      target,
      msgid,
      "This message can't be deleted at the moment: the disk is full or locked",
    );
  }
  session.onKept?.(removalBytes(removal));
  if (channel !== undefined) channel.keptChanges++;
  // Nobody finds its files any more from now on; that their bytes are off the disk is waited for at the end.
  const files = chat.files?.ofMessage(record) ?? [];
  const removed = files.length > 0 ? chat.files!.remove(files) : undefined;
  // A reason is shown only if the sender may talk there.
  const isTold = reason !== undefined && (channel === undefined || whySilenced(channel, person) === undefined);
  const params = [found.name, msgid, ...(isTold ? [cut(reason, BOUNDS.kick)] : [])];
  const event = chat.event(person, "REDACT", params);
  if (channel !== undefined && record.conversation === operatorsKey(channel)) {
    reply.sendToPerson(event);
    deliverToAll(sessionsOf([...channel.ranked("@")].filter((one) => one !== person)), event);
  } else if (channel !== undefined) reply.publish(channel, event);
  else {
    reply.sendToPerson(event);
    const peer = chat.find(target);
    const isTheirs = peer !== undefined && peer !== person &&
      privateKey(person.identity, peer.identity) === record.conversation;
    if (isTheirs) peer.tell(event);
  }
  if (removed !== undefined) yield removed;
}

/** The family's command. */
export const REDACT: Command[] = [
  {
    name: "REDACT",
    usage: "REDACT target msgid [:reason]",
    help: "Removes a message of yours; channel operators: of anyone there.",
    capability: "draft/message-redaction",
    minParams: 2,
    keptRows: () => 1,
    handler: withHistory("REDACT", redact),
  },
];
