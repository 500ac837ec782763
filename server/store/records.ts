/**
 * Records: messages as the store keeps them, their ids, and the conversations that they belong to.
 *
 * @module
 */

import { casefold, parseSource } from "../../protocol.ts";

/**
 * An id is a time in milliseconds since 1970, multiplied by this, plus a count. So ids order the messages, and tell when
 * each was said.
 */
const PER_MILLISECOND = 1024;

/**
 * The last time that ids tell, in milliseconds since 1970. What is said while a clock is beyond it is counted on from there: ids
 * stay numbers that JavaScript tells apart, up to 2^53, and there is room for as many as anybody may say.
 */
const LAST_TIME = Date.UTC(2200, 0, 1);

/** A message as the store keeps it. */
export interface MessageRecord {
  id: number;
  /** The conversation in which it was said: see `channelKey` and `privateKey`. */
  conversation: string;
  command: string;
  /** The sender's `nick!user@host`. */
  source: string;
  /** The sender's identity, by which the store tells people apart: an account's or a guest's. */
  sender: string;
  account?: string | undefined;
  /** The channel or the nick that it was sent to. */
  target: string;
  /** The text; the lines of a message of several lines have line feeds between them. */
  text: string;
  /** Client-only tags. */
  tags?: Record<string, string> | undefined;
  /** When it was said, in milliseconds since 1970, where its id tells another time; see `saidAt`. */
  time?: number | undefined;
  /** How its sender has changed the text since, the first change first; see `Edit`. */
  edits?: readonly Edit[] | undefined;
  /** The recipient's identity, where one person received it. */
  recipient?: string | undefined;
  /** Set where the message was removed; see `marker`. */
  removal?: Removal | undefined;
}

/** What is kept of a removal: never what the message said. */
export interface Removal {
  /** PRIVMSG or NOTICE, as the message was. */
  command: string;
  /** Who removed it: `nick!user@host`, the identity, and the account if they had one. */
  source: string;
  sender: string;
  account?: string | undefined;
  /** When, in milliseconds since 1970. */
  time: number;
}

/** The command of a record that stands in the place of a removed message. It is no `isMessage`. */
export const REMOVED = "REDACT";

/** What stands in the place of a removed message: when and by whom it was said, and its removal. */
export function marker(record: MessageRecord, removal: Omit<Removal, "command">): MessageRecord {
  const { tags: _, edits: __, ...rest } = record;
  return { ...rest, command: REMOVED, text: "", removal: { command: record.command, ...removal } };
}

/** One change of a message's text. */
export interface Edit {
  /** When it was changed, in milliseconds since 1970. */
  time: number;
  /** The text that stood there until then. */
  before: string;
}

/** The record with another text, and with what it replaces among its edits. @param time In milliseconds since 1970. */
export function edited(record: MessageRecord, text: string, time: number): MessageRecord {
  return { ...record, text, edits: [...record.edits ?? [], { time, before: record.text }] };
}

/** The texts that a message has had before, the first one first, and when each was written, in milliseconds since 1970. */
export function earlierTexts(record: MessageRecord): { text: string; time: number }[] {
  const edits = record.edits ?? [];
  return edits.map(({ before }, i) => ({ text: before, time: i === 0 ? saidAt(record) : edits[i - 1].time }));
}

/** The conversation of a channel's members. */
export function channelKey(name: string): string {
  return casefold(name);
}

/** The conversation in which something is said to the operators of a channel (`@#tea`). @param era See `LastingChannel.era`. */
export function operatorsKey({ name, era = "" }: { name: string; era?: string | undefined }): string {
  // No channel's name has a space.
  return `@${channelKey(name)} ${era}`.trimEnd();
}

/** The conversation of two people, given by their identities. */
export function privateKey(one: string, other: string): string {
  return [one, other].sort().join("\n");
}

/** The identity of whoever somebody talks with in a private conversation of theirs; undefined in a channel. */
export function peerIn(conversation: string, identity: string): string | undefined {
  const [one, other] = conversation.split("\n");
  return one === identity ? other : other && one;
}

/** Whether a conversation is a private one of this identity. */
export function isPrivateOf(conversation: string, identity: string): boolean {
  return conversation.split("\n").includes(identity);
}

/** A message's id as clients see it (IRCv3 message-ids). */
export function msgid(id: number): string {
  return id.toString(36);
}

/** The id that a msgid stands for; nothing where this program does not write it so. */
export function parseMsgid(text: string): number | undefined {
  const id = parseInt(text, 36);
  return Number.isSafeInteger(id) && id > 0 && msgid(id) === text ? id : undefined;
}

/** The first id of a millisecond. @param time In milliseconds since 1970. */
export function firstId(time: number): number {
  return time * PER_MILLISECOND;
}

/** The id of what is said now. @param last The highest id so far. @param time In milliseconds since 1970. */
export function nextId(last: number, time: number): number {
  return Math.max(last + 1, firstId(Math.min(time, LAST_TIME)));
}

/** The time that an id tells, in milliseconds since 1970. It is later than the true one where the clock was set back. */
export function timeOf(id: number): number {
  return Math.floor(id / PER_MILLISECOND);
}

/** When a message was said, in milliseconds since 1970. */
export function saidAt({ id, time }: { id: number; time?: number | null | undefined }): number {
  return time ?? timeOf(id);
}

/** Whether a record is of a PRIVMSG or NOTICE; the others are of topics, reactions and removed messages. */
export function isMessage({ command }: Pick<MessageRecord, "command">): boolean {
  return command === "PRIVMSG" || command === "NOTICE";
}

/** One person's side of a private conversation. */
export interface PrivateTalk {
  /** Whose side it is. */
  identity: string;
  /** The other's folded nick. */
  peer: string;
}

/** Both sides of the private conversation that a message belongs to; none for a channel's. */
export function talksOf({ source, sender, target, recipient }: MessageRecord): PrivateTalk[] {
  if (recipient === undefined) return [];
  return [
    { identity: sender, peer: casefold(target) },
    { identity: recipient, peer: casefold(parseSource(source).nick) },
  ];
}
