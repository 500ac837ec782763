/**
 * Makes lines of a talk from what happened. Pure; it must not know what else a client knows.
 *
 * @module
 */

import { detached, type Message, parseTime } from "../../protocol.ts";
import { isMsgid } from "../names.ts";
import { readCtcp } from "../ctcp.ts";
import type { Happening, Said } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import type { LineKind, TalkLine } from "./line.ts";
import type { Talk } from "./talk.ts";

/** The tags by which a message answers another one: as ratified (IRCv3 reply), and as it was sent while a draft. */
export const REPLY_TAGS = ["+draft/reply", "+reply"] as const;

/** The tags of an answer to a message: both, since not everybody knows the ratified one yet. */
export function answering(msgid: string): Record<string, string> {
  return Object.fromEntries(REPLY_TAGS.map((tag) => [tag, msgid]));
}

/** The tags by which a private line says to which channel it belongs (IRCv3 channel-context), as ratified and as a draft. */
const CONTEXT_TAGS = ["+channel-context", "+draft/channel-context"] as const;

/** What an event says as a line. */
type Content = { from: string; text: string; about?: string };

/** The events that are lines, each with what it says; the others are not kept. */
const CONTENTS: { [Type in LineKind]: (event: Happening & { type: Type }) => Content | undefined } = {
  message: (e) => e,
  action: (e) => e,
  notice: (e) => e,
  join: (e) => ({ from: e.nick, text: "" }),
  part: (e) => ({ from: e.nick, text: e.reason }),
  kick: (e) => ({ from: e.by, text: e.reason, about: e.nick }),
  quit: (e) => ({ from: e.nick, text: e.reason }),
  nick: (e) => ({ from: e.nick, text: e.renamed }),
  // Nobody has set it just now.
  topic: (e) => e.by === "" ? undefined : { from: e.by, text: e.topic },
  mode: (e) => ({ from: e.by, text: e.change }),
};

function isLine(event: Happening): event is Happening & { type: LineKind } {
  return Object.hasOwn(CONTENTS, event.type);
}

/** Whether something was said. */
export function isSaid(event: Happening): event is Said {
  return event.type === "message" || event.type === "action" || event.type === "notice";
}

/** The line that an event is; undefined for what is not kept. */
export function lineOf(event: Happening, time: number, { tags }: Pick<Message, "tags">): TalkLine | undefined {
  if (!isLine(event)) return undefined;
  const content = (CONTENTS[event.type] as (event: Happening) => Content | undefined)(event);
  if (content === undefined) return undefined;
  const said: Partial<Said> = "private" in event ? event : {};
  const replyTo = replyOf(tags);
  return {
    kind: event.type,
    time,
    from: detached(content.from),
    text: detached(content.text),
    ...(content.about === undefined ? {} : { about: detached(content.about) }),
    ...(isMsgid(tags.msgid) ? { msgid: detached(tags.msgid) } : {}),
    ...(tags.account ? { account: detached(tags.account) } : {}),
    ...(replyTo === undefined ? {} : { replyTo: detached(replyTo) }),
    own: "own" in event ? event.own : false,
    private: said.private ?? false,
    mention: said.mention ?? false,
    history: said.history ?? false,
    reactions: new Map(),
  };
}

/** The msgid that a message answers, where it can be one. */
export function replyOf(tags: Message["tags"]): string | undefined {
  return REPLY_TAGS.map((tag) => tags[tag]).find(isMsgid);
}

/** Whom a message is read for. */
export interface Reader {
  isSelf: (nick: string) => boolean;
  /** Whether that is the account that this client's person is logged in to: they may be here by another device as well. */
  isOwnAccount: (account: string | undefined) => boolean;
  wasSelf: (nick: string, time: number) => boolean;
  isIgnored: (nick: string) => boolean;
  isMention: (text: string) => boolean;
  isupport: Isupport;
}

/** What a history tells of: what was said, and topics. */
export type Past = Said | Happening & { type: "topic" };

/** Reads what somebody says; undefined for CTCP other than ACTION, and for somebody who is ignored. */
export function readSaid(
  { tags, source = "", params }: Message,
  from: string,
  type: "message" | "notice",
  reader: Reader,
  history = false,
): Said | undefined {
  const [to = "", text = ""] = params;
  const ctcp = readCtcp(text);
  if ((ctcp !== undefined && ctcp.command !== "ACTION") || reader.isIgnored(from)) return undefined;
  // A line to the ranks of a channel (`@#tea`) belongs to that channel.
  const target = to.replace(/^[~&@%+]+(?=[#&])/, "");
  const replyTo = replyOf(tags);
  const isPrivate = !reader.isupport.isChannel(target);
  const context = isPrivate ? CONTEXT_TAGS.map((tag) => tags[tag]).find((tag) => tag !== undefined) : undefined;
  const said: Said = {
    type: ctcp === undefined ? type : "action",
    from,
    target,
    private: isPrivate,
    ...(context !== undefined && reader.isupport.isChannel(context) ? { context } : {}),
    own: from !== "" && (reader.isSelf(from) || reader.isOwnAccount(tags.account) ||
      (history && reader.wasSelf(from, timeOf({ tags }, NaN)))),
    ...(/[!@]/.test(source) || reader.isSelf(from) ? {} : { isServer: true }),
    history,
    text: ctcp?.text ?? text,
    ...(isMsgid(tags.msgid) ? { msgid: tags.msgid } : {}),
    ...(tags.account ? { account: tags.account } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
  const named = !said.own && !said.private && said.type !== "notice" && reader.isMention(said.text);
  return named ? { ...said, mention: true } : said;
}

/** Reads a message of a history; undefined for what is not a line, or is from somebody who is ignored. */
export function readPast(message: Message, from: string, reader: Reader): Past | undefined {
  const { command, params: [channel = "", topic = ""] } = message;
  const name = command.toUpperCase();
  if (name === "TOPIC") return { type: "topic", channel, topic, by: from };
  if (name !== "PRIVMSG" && name !== "NOTICE") return undefined;
  return readSaid(message, from, name === "NOTICE" ? "notice" : "message", reader, true);
}

/** The line that a line answers, where it is known. */
export function quoteOf(talk: Talk | undefined, replyTo: string | undefined): { quote?: TalkLine } {
  const quote = talk?.find(replyTo);
  return quote === undefined ? {} : { quote };
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
