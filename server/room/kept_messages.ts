/**
 * Turns an event into the record that the store keeps of it, or nothing; and a record into the event that tells it again.
 *
 * @module
 */

import { linesOf } from "./encode.ts";
import { ClientTags, type Event } from "./event.ts";
import { Channel } from "./channel.ts";
import {
  channelKey,
  type MessageRecord,
  msgid,
  operatorsKey,
  privateKey,
  type Removal,
  REMOVED,
  saidAt,
} from "../store/records.ts";
import type { Person } from "./person.ts";

/** Whether one of these tags is kept: that somebody is typing is of no use later. */
export function mayBeKept(tags: Readonly<Record<string, string>>): boolean {
  return Object.keys(tags).some((key) => key !== "+typing");
}

/** The record of what a person said; nothing for what is of no use later: that they are typing, and CTCP questions to programs. */
export function toRecord(
  person: Person,
  to: Channel | { readonly identity: string },
  event: Event & { id: number },
): MessageRecord | undefined {
  const { id, time, command, params: [target, text = ""], clientTags } = event;
  const tags = clientTags === undefined || clientTags.text === ""
    ? []
    : Object.entries(clientTags.tags).filter(([key]) => key !== "+typing");
  if (command === "TAGMSG" ? tags.length === 0 : text.startsWith("\x01") && !text.startsWith("\x01ACTION ")) return;
  const { identity: sender } = person;
  const keyOf = (channel: Channel) => target.startsWith("@") ? operatorsKey(channel) : channelKey(channel.name);
  const { source = person.source, account } = event;
  return {
    id,
    conversation: to instanceof Channel ? keyOf(to) : privateKey(sender, to.identity),
    command,
    source,
    sender,
    account,
    target,
    text,
    time,
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags),
    recipient: to instanceof Channel ? undefined : to.identity,
  };
}

/** The event that tells a kept message as it was told when it was said. */
export function toEvent(record: MessageRecord): Event {
  const { id, source, command, target, text, account, tags } = record;
  const params = command === "TAGMSG" ? [target] : [target, text];
  const event: Event = { source, command, params, time: saidAt(record), msgid: msgid(id), account };
  if (record.edits !== undefined) event.editedAt = record.edits.at(-1)?.time;
  if (tags !== undefined) event.clientTags = new ClientTags(tags);
  const lines = linesOf(event);
  if (lines !== undefined) event.lines = lines;
  return event;
}

/**
 * The event that tells again that a message was removed. It has the time of the message: an answer is in the order of time, and
 * many clients ask for what follows by the time of its last line.
 */
export function removalEvent(record: MessageRecord & { removal: Removal }): Event {
  const { source, account } = record.removal;
  return { source, command: REMOVED, params: [record.target, msgid(record.id)], time: saidAt(record), account };
}
