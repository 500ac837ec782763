/**
 * Changing what was said: a message with the tag `+draft/edit` gives an earlier one of its sender another text.
 *
 * @module
 */

import { parseSource } from "../../protocol.ts";
import { channelKey, edited, isMessage, type MessageRecord, parseMsgid, privateKey, saidAt } from "../store/records.ts";
import { reasonOf } from "../turns/faults.ts";
import { RELAY_SEPARATOR } from "./capabilities.ts";
import { Channel } from "./channel.ts";
import { CANNOT_KEEP } from "./channel_list.ts";
import type { Chat } from "./chat.ts";
import { ClientTags, type Event } from "./event.ts";
import { BOUNDS } from "./isupport.ts";
import { Failure } from "./reply.ts";
import type { Session } from "./session.ts";

/** The tag that names the message which is changed. */
export const EDIT_TAG = "+draft/edit";

/** A change of a message, before it is known whether it may be made. */
export interface Change {
  /** PRIVMSG or NOTICE. */
  command: string;
  text: string;
  /** Where it is said: to a channel, or to one person. */
  to: Channel | { readonly identity: string };
  /** The name of that, as it is told. */
  name: string;
  /** The message's id, as the sender wrote it. */
  msgid: string;
  /** Whether only some of a channel's members are told. Such messages can't be changed. */
  isForSome: boolean;
  /** See `Speech`. */
  relayedFrom?: string | undefined;
}

/** Whether a text is a question to a program, which no message becomes. */
function isRequest(text: string): boolean {
  return text.startsWith("\x01") && !text.startsWith("\x01ACTION ");
}

/**
 * The message that somebody wants to change, if they may.
 *
 * It must be theirs, by the identity by which they may remove it (REDACT); of the same command, in the same talk, not removed,
 * not older than the room allows, and not changed too often. In a channel they must be a member still.
 *
 * @throws {Failure} Where they may not.
 */
export function requireEditable(chat: Chat, session: Session, change: Change): MessageRecord {
  const { command, text, to, name, msgid, isForSome, relayedFrom } = change;
  const { person } = session;
  const refusal = (code: string, context: string[], why: string) => new Failure(command, code, name, ...context, why);
  if (!session.has("draft/message-edit")) {
    throw new Failure(
      command,
      "NEED_CAPABILITY",
      "draft/message-edit",
      "Ask for the capability draft/message-edit first",
    );
  }
  const record = isForSome ? undefined : find(chat, command, name, msgid);
  const key = to instanceof Channel ? channelKey(to.name) : privateKey(person.identity, to.identity);
  if (record === undefined || !isMessage(record) || record.conversation !== key) {
    throw refusal("UNKNOWN_MSGID", [msgid], "This message does not exist or is too old");
  }
  const relayed = parseSource(record.source).nick;
  const isSameSpeaker = relayedFrom === (relayed.includes(RELAY_SEPARATOR) ? relayed : undefined);
  const isThere = !(to instanceof Channel) || to.members.has(person);
  if (
    record.sender !== person.identity || !isSameSpeaker || !isThere || record.command !== command || isRequest(text)
  ) {
    throw refusal("EDIT_FORBIDDEN", [msgid], "You are not authorised to edit this message");
  }
  if (chat.now() - saidAt(record) > chat.editFor || chat.endings.isPastEditing(record.id)) {
    const seconds = Math.floor(chat.editFor / 1000);
    throw refusal("EDIT_WINDOW_EXPIRED", [msgid, `${seconds}`], "You can no longer edit this message");
  }
  if ((record.edits?.length ?? 0) >= BOUNDS.edits) {
    throw refusal("EDIT_LIMIT_REACHED", [msgid, `${BOUNDS.edits}`], `A message can be edited ${BOUNDS.edits} times`);
  }
  return record;
}

/** The message of that id, if it is kept. Throws a `Failure` if the database can't be read. */
function find({ history }: Chat, command: string, name: string, msgid: string): MessageRecord | undefined {
  const id = parseMsgid(msgid);
  try {
    return id === undefined ? undefined : history?.find(id);
  } catch (error) {
    history!.onError(`cannot read the history: ${reasonOf(error)}`);
    throw new Failure(command, "MESSAGE_ERROR", name, msgid, "The history cannot be read at the moment");
  }
}

/** Makes an event one that tells a change: its tags are those of the message that is changed, and name it. */
export function markEdit(event: Event, { tags }: MessageRecord, msgid: string): void {
  const all = new ClientTags({ ...tags, [EDIT_TAG]: msgid });
  // Its own tags may take all the room that there is.
  event.clientTags = all.text === "" ? new ClientTags({ [EDIT_TAG]: msgid }) : all;
  event.isEdit = true;
}

/** Keeps a change that is about to be told. Throws a `Failure` if that is not possible: then it must not be told. */
export function keepEdit({ history }: Chat, session: Session, record: MessageRecord, event: Event): void {
  const { command, params: [name, text], time } = event;
  const next = edited(record, text, time);
  const bytes = session.onKept === undefined ? 0 : history!.costOf(next);
  if (!history!.edit(next)) throw new Failure(command, "MESSAGE_ERROR", name, `Cannot edit (${CANNOT_KEEP})`);
  session.onKept?.(bytes);
}
