/** EDITS, which gives what a message said before it was edited. */

import { readableTarget } from "../room/reading.ts";
import { toEvent } from "../room/kept_messages.ts";
import type { Event } from "../room/event.ts";
import type { History } from "../store/history.ts";
import { earlierTexts, type MessageRecord, parseMsgid } from "../store/records.ts";
import type { Call, Command } from "./command.ts";
import { HistoryRefusal, withHistory } from "./history_questions.ts";

/** The earlier texts of a message as events, the first one first, each with the time at which it was written. */
function earlierEvents(record: MessageRecord, name: string): Event[] {
  const target = record.recipient === undefined && record.conversation.startsWith("#") ? name : record.target;
  return earlierTexts(record).map(({ text, time }) => {
    const { msgid: _, ...event } = toEvent({ ...record, target, text, time, edits: undefined, tags: undefined });
    return event;
  });
}

/** Answers whoever may read the message. */
function* edits({ chat, person, reply }: Call, history: History, [target, msgid]: string[]): Generator<void> {
  const found = yield* readableTarget(chat, person, history, target);
  if (found === undefined) throw new HistoryRefusal("INVALID_TARGET", target, "Messages could not be retrieved");
  const id = parseMsgid(msgid);
  const record = id === undefined ? undefined : history.find(id);
  if (record === undefined || record.removal !== undefined || !found.keys.includes(record.conversation)) {
    throw new HistoryRefusal("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old");
  }
  reply.batch(["teahouse.chat/edits", target], earlierEvents(record, found.name));
}

/** The family's command. */
export const EDITS: Command[] = [
  {
    name: "EDITS",
    usage: "EDITS target msgid",
    help: "Gives what a message said before it was edited.",
    capability: "draft/message-edit",
    minParams: 2,
    handler: withHistory("EDITS", edits),
  },
];
