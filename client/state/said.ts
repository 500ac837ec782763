/**
 * Reads what was said from messages: texts, their times and what they answer. Pure.
 *
 * @module
 */

import { type Message, type MessageInit, parseTime } from "../../protocol.ts";
import { readCtcp } from "../ctcp.ts";
import { BOUNDS } from "../bounds.ts";
import { FILE_TAG, readFileTag } from "../../shared/file_message.ts";
import { isMsgid } from "../names.ts";
import type { Happening, Said } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import { readReportTag, REPORT_TAG } from "./report.ts";

/** The tags by which a message answers another one: as ratified (IRCv3 reply), and as it was sent while a draft. */
export const REPLY_TAGS = ["+draft/reply", "+reply"] as const;

/** The tags of an answer to a message: both, since not everybody knows the ratified one yet. */
export function answering(msgid: string): Record<string, string> {
  return Object.fromEntries(REPLY_TAGS.map((tag) => [tag, msgid]));
}

/** The tag by which the server tells with whom a private message was exchanged, and a client whom one is meant for. */
export const PEER_TAG = "teahouse.chat/peer";

/** The tag of a message that gives an earlier one of its sender, whose msgid it holds, another text (draft/message-edit). */
export const EDIT_TAG = "+draft/edit";

/** A message without that tag: not every server sees to it that only its author changes a message. */
export function withoutEdit(message: Message): Message {
  if (message.tags[EDIT_TAG] === undefined) return message;
  const { [EDIT_TAG]: _, ...tags } = message.tags;
  return { ...message, tags };
}

/** When a message of a history was edited last, in milliseconds since 1970; undefined: never. */
export function editedAt({ tags }: Pick<Message, "tags">): number | undefined {
  return readTime(tags["teahouse.chat/edited"] ?? "");
}

/** The tag by which the server says with whom a private message was exchanged, whatever their nick is; "" where it does not. */
export function peerOf({ tags }: Pick<Message, "tags">): string {
  return (tags[PEER_TAG] ?? "").slice(0, BOUNDS.peer);
}

/** A message for the person with whom a talk was so far, whom the server names so: nobody else gets it who has the nick by now. */
export function meantFor(peer: string, message: MessageInit): MessageInit {
  return { ...message, tags: { ...message.tags, [PEER_TAG]: peer } };
}

/** The tags by which a private line says to which channel it belongs (IRCv3 channel-context), as ratified and as a draft. */
const CONTEXT_TAGS = ["+channel-context", "+draft/channel-context"] as const;

/** The msgid that a message answers, where it can be one. */
export function replyOf(tags: Message["tags"]): string | undefined {
  return REPLY_TAGS.map((tag) => tags[tag]).find(isMsgid);
}

/** The client for which a message is read: `State`. */
export interface Recipient {
  isSelf: (nick: string) => boolean;
  /** Whether that is the account that this client's person is logged in to, perhaps from another device. */
  isOwnAccount: (account: string | undefined) => boolean;
  wasSelf: (nick: string, time: number) => boolean;
  /** Whether a history says which messages are this person's own, so that a nick need not be believed. */
  isOwnTold: () => boolean;
  isIgnored: (nick: string) => boolean;
  isMention: (text: string) => boolean;
  /** Whether a line of a talk is this person's own, as far as it is known. */
  isOwnLine: (talk: string, msgid: string) => boolean;
  isupport: Isupport;
}

const NONE: ReadonlySet<string> = new Set();

/** What a history tells: what was said, and topics. */
export type Past = Said | Happening & { type: "topic" };

/**
 * Reads what somebody says.
 *
 * @param from The nick that it is from.
 * @param history Whether it is from the past.
 * @param own The msgids of this person's own lines that came with it, and stand in no talk yet.
 * @returns Undefined for CTCP other than ACTION, and for somebody who is ignored.
 */
export function readSaid(
  { tags, source = "", params }: Message,
  from: string,
  type: "message" | "notice",
  recipient: Recipient,
  history = false,
  own: ReadonlySet<string> = NONE,
): Said | undefined {
  const [to = "", text = ""] = params;
  const ctcp = readCtcp(text);
  if ((ctcp !== undefined && ctcp.command !== "ACTION") || recipient.isIgnored(from)) return undefined;
  // A line to the ranks of a channel (`@#tea`) belongs to that channel.
  const [status = ""] = /^[~&@%+]+(?=[#&])/.exec(to) ?? [];
  const target = to.slice(status.length);
  const replyTo = replyOf(tags);
  const isPrivate = !recipient.isupport.isChannel(target);
  const context = isPrivate ? CONTEXT_TAGS.map((tag) => tags[tag]).find((tag) => tag !== undefined) : undefined;
  const file = readFileTag(tags[FILE_TAG]);
  // What goes to others as well is no report, whatever it says of itself.
  const report = type === "notice" && status === "@" ? readReportTag(tags[REPORT_TAG]) : undefined;
  const said: Said = {
    type: ctcp === undefined ? type : "action",
    from,
    target,
    private: isPrivate,
    ...(context !== undefined && recipient.isupport.isChannel(context) ? { context } : {}),
    own: isOwnMessage(tags, from, recipient, history),
    ...(/[!@]/.test(source) || recipient.isSelf(from) ? {} : { isServer: true }),
    history,
    text: ctcp?.text ?? text,
    ...(isMsgid(tags.msgid) ? { msgid: tags.msgid } : {}),
    ...(tags.account ? { account: tags.account } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(status === "" ? {} : { status }),
    ...(editedAt({ tags }) === undefined ? {} : { edited: true as const }),
    ...(file === undefined ? {} : { file }),
    ...(report === undefined ? {} : { report }),
  };
  // A notice to the operators alone, such as the report of a message, is for each of them.
  const isForThis = said.type === "notice" ? to.startsWith("@") : recipient.isMention(said.text) ||
    // So is what answers this person.
    (replyTo !== undefined && (own.has(replyTo) || recipient.isOwnLine(said.target, replyTo)));
  return isForThis && !said.own && !said.private ? { ...said, mention: true } : said;
}

/** Whether a message is this client's own person's, as far as the account, the nick and the server say it. */
export function isOwnMessage(tags: Message["tags"], from: string, recipient: Recipient, history: boolean): boolean {
  if (from === "") return false;
  if (recipient.isOwnAccount(tags.account)) return true;
  if (history && recipient.isOwnTold()) return tags["teahouse.chat/own"] !== undefined;
  return recipient.isSelf(from) || (history && recipient.wasSelf(from, timeOf({ tags }, NaN)));
}

/**
 * Reads a message of a history; undefined for what is not a line, or is from somebody who is ignored.
 *
 * @param own See `readSaid`.
 */
export function readPast(
  message: Message,
  from: string,
  recipient: Recipient,
  own?: ReadonlySet<string>,
): Past | undefined {
  const { command, params: [channel = "", topic = ""] } = message;
  const name = command.toUpperCase();
  if (name === "TOPIC") return { type: "topic", channel, topic, by: from };
  if (name !== "PRIVMSG" && name !== "NOTICE") return undefined;
  return readSaid(message, from, name === "NOTICE" ? "notice" : "message", recipient, true, own);
}

/**
 * Reads a time of a server (IRCv3 server-time), `2026-11-25T12:00:00.000Z`, in milliseconds since 1970; undefined where it is
 * none of the years 1970 to 9999, which dates and what is computed from them can bear.
 */
export function readTime(text: string): number | undefined {
  const time = parseTime(text);
  return time === undefined || time < 0 ? undefined : time;
}

/** When a message was sent, in milliseconds since 1970; `now` where it does not say it. */
export function timeOf({ tags }: Pick<Message, "tags">, now: number): number {
  return readTime(tags.time ?? "") ?? now;
}
