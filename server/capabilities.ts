/**
 * The IRCv3 capabilities that the server offers, as bits, and how an event looks to one who has a set of them.
 * It must not know sessions or channels.
 *
 * @module
 */

import { fit, format, formatTags, LIMITS } from "../protocol.ts";

/** The capabilities by name, one bit each, in the order in which `CAP LS` lists them. */
export const CAPABILITIES = {
  "account-tag": 1 << 0,
  "away-notify": 1 << 1,
  "batch": 1 << 2,
  "cap-notify": 1 << 3,
  "echo-message": 1 << 4,
  "extended-join": 1 << 5,
  "invite-notify": 1 << 6,
  "labeled-response": 1 << 7,
  "message-tags": 1 << 8,
  "multi-prefix": 1 << 9,
  "server-time": 1 << 10,
  "setname": 1 << 11,
  "userhost-in-names": 1 << 12,
  "draft/chathistory": 1 << 13,
  "draft/event-playback": 1 << 14,
  "draft/message-redaction": 1 << 15,
  "soju.im/search": 1 << 16,
} as const;

/** A capability's name. */
export type Capability = keyof typeof CAPABILITIES;

/** The capabilities that need kept messages. */
export const HISTORY_CAPABILITIES = CAPABILITIES["draft/chathistory"] | CAPABILITIES["draft/event-playback"] |
  CAPABILITIES["draft/message-redaction"] | CAPABILITIES["soju.im/search"];

/** Whether a text is the name of a capability that is offered. */
export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name);
}

const { "account-tag": ACCOUNT_TAG, "extended-join": EXTENDED_JOIN, "message-tags": MESSAGE_TAGS } = CAPABILITIES;
const { "server-time": SERVER_TIME, "batch": BATCH, "labeled-response": LABELED_RESPONSE } = CAPABILITIES;

/** Who may be told a command at all: those with the capability that introduces it. */
const REQUIRED: Record<string, number> = {
  AWAY: CAPABILITIES["away-notify"],
  BATCH,
  REDACT: CAPABILITIES["draft/message-redaction"],
  SETNAME: CAPABILITIES.setname,
  TAGMSG: MESSAGE_TAGS,
};

/** The capabilities that make one event look different: members who agree in these share a feed. */
export const FEED_CAPABILITIES = ACCOUNT_TAG | EXTENDED_JOIN | MESSAGE_TAGS | SERVER_TIME | REQUIRED.AWAY |
  REQUIRED.REDACT | REQUIRED.SETNAME;

/** Something that happened, before it is a line for anyone in particular. */
export interface Event {
  /** Who it comes from: `nick!user@host` or the server's name; nobody where the line is without one. */
  source?: string | undefined;
  command: string;
  params: string[];
  /** What follows the parameters for those with `extended-join`. */
  extended?: string[];
  /** When, in milliseconds since 1970; told to those with `server-time`. */
  time: number;
  /** The message's id (IRCv3 message-ids), told to those with `message-tags`. */
  msgid?: string;
  /** The sender's account, told to those with `account-tag`. */
  account?: string | undefined;
  /** Client-only tags, keys beginning with `+`, told to those with `message-tags`. */
  clientTags?: Record<string, string>;
  /** The batch that it is part of. */
  batch?: string;
  /** The label of the command that it answers. */
  label?: string;
}

let isoTime = 0;
let isoText = "";

/** A time as IRCv3 server-time writes it; the last one is kept, since many events share a millisecond. */
function iso(time: number): string {
  if (time !== isoTime) {
    isoTime = time;
    isoText = new Date(time).toISOString();
  }
  return isoText;
}

/** Whether an event may be told at all to one who has these capabilities. */
export function isFor({ command }: Event, caps: number): boolean {
  const required = REQUIRED[command];
  return required === undefined || (caps & required) !== 0;
}

/**
 * The line that tells an event to one who has these capabilities, without its line end.
 *
 * @param caps Bits of `CAPABILITIES`.
 * @returns The line, or nothing where the event is not for such a client.
 */
export function encode(event: Event, caps: number): string | undefined {
  const { source, command, extended, clientTags, params } = event;
  if (!isFor(event, caps)) return undefined;
  const tags: Record<string, string> = {};
  // Tags of the server first, so that a client's can't push them over the bound (IRCv3 message-tags, "Client-only tags").
  if (event.batch !== undefined && caps & BATCH) tags.batch = event.batch;
  if (event.label !== undefined && caps & LABELED_RESPONSE) tags.label = event.label;
  if (caps & SERVER_TIME) tags.time = iso(event.time);
  if (event.account !== undefined && caps & ACCOUNT_TAG) tags.account = event.account;
  if (caps & MESSAGE_TAGS) {
    if (event.msgid !== undefined) tags.msgid = event.msgid;
    if (clientTags !== undefined) Object.assign(tags, clientTags);
  }
  const all = extended !== undefined && caps & EXTENDED_JOIN ? [...params, ...extended] : params;
  return formatTags(tags) + fit(format({ source, command, params: all }), LIMITS.lineBytes - 2);
}
