/**
 * The IRCv3 capabilities that the server offers, as bits, and how an event looks to one who has a set of them.
 * It must not know sessions or channels.
 *
 * @module
 */

import { byteLength, fit, fits, format, formatTags, LIMITS, parseSource } from "../../protocol.ts";
import { BOUNDS } from "./isupport.ts";

/** The capabilities by name, one bit each. */
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
  "account-notify": 1 << 17,
  "chghost": 1 << 18,
  "extended-monitor": 1 << 19,
  "no-implicit-names": 1 << 20,
  "standard-replies": 1 << 21,
  "draft/multiline": 1 << 22,
  "sasl": 1 << 23,
  "draft/account-registration": 1 << 24,
  "draft/read-marker": 1 << 25,
  "draft/channel-rename": 1 << 26,
  "draft/metadata-3": 1 << 27,
  // The same by the name under which it was published.
  "draft/metadata-2": 1 << 27,
  "draft/oper-tag": 1 << 28,
} as const;

/** Capabilities that change nothing of what a client is told of others: what it may ask for, and is told of itself. */
export const OWN_CAPABILITIES = [
  "draft/extended-isupport",
  "draft/pre-away",
  "draft/relaymsg",
  "draft/whoami",
  "znc.in/playback",
] as const;

/** What a nick that is relayed holds and no other does (IRCv3 relaymsg). */
export const RELAY_SEPARATOR = "/";

/** Bounds of a message of several lines (IRCv3 multiline): of its text with the line feeds in it, and of its lines. */
export const MULTILINE = { bytes: 4096, lines: 32 } as const;

/** The longest key of metadata, in bytes. */
const KEY_BYTES = 50;

/** What stands before a value of metadata at the most: the server's name, a channel's in characters of 4 bytes, a key. */
const BEFORE_VALUE = ":".length + BOUNDS.serverName + " 761 * #".length + 4 * (LIMITS.channel - 1) + " ".length +
  KEY_BYTES + " * :".length;

/**
 * Bounds of metadata (IRCv3 metadata): keys of one person or channel, subscriptions of one session, and bytes: 187 of a
 * value, so that one line holds it whatever the names are, now or later.
 */
export const METADATA = {
  keys: 20,
  subscriptions: 50,
  keyBytes: KEY_BYTES,
  valueBytes: LIMITS.lineBytes - 2 - BEFORE_VALUE,
} as const;

const METADATA_VALUE = `before-connect,max-subs=${METADATA.subscriptions},max-keys=${METADATA.keys},` +
  `max-key-bytes=${METADATA.keyBytes},max-value-bytes=${METADATA.valueBytes}`;

/** What `CAP LS 302` tells of a capability beside its name. */
export const CAPABILITY_VALUES: { [name in Capability]?: string } = {
  "sasl": "SCRAM-SHA-256,PLAIN",
  "draft/account-registration": "before-connect",
  "draft/multiline": `max-bytes=${MULTILINE.bytes},max-lines=${MULTILINE.lines}`,
  "draft/metadata-3": METADATA_VALUE,
  "draft/metadata-2": METADATA_VALUE,
  "draft/relaymsg": RELAY_SEPARATOR,
};

/** A capability's name. */
export type Capability = keyof typeof CAPABILITIES | OwnCapability;
export type OwnCapability = (typeof OWN_CAPABILITIES)[number];

/** The capabilities that need kept messages. */
export const HISTORY_CAPABILITIES = CAPABILITIES["draft/chathistory"] | CAPABILITIES["draft/event-playback"] |
  CAPABILITIES["draft/message-redaction"] | CAPABILITIES["soju.im/search"];

/** The capabilities that need accounts. */
export const ACCOUNT_CAPABILITIES = CAPABILITIES.sasl | CAPABILITIES["draft/account-registration"];

/** Whether a text is the name of a capability that is offered. */
export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name) || isOwnCapability(name);
}

export function isOwnCapability(name: string): name is OwnCapability {
  return (OWN_CAPABILITIES as readonly string[]).includes(name);
}

const { "account-tag": ACCOUNT_TAG, "extended-join": EXTENDED_JOIN, "message-tags": MESSAGE_TAGS } = CAPABILITIES;
const { "server-time": SERVER_TIME, "batch": BATCH, "draft/oper-tag": OPER_TAG } = CAPABILITIES;

/** Who may be told a command at all: those with the capability that introduces it. */
const REQUIRED: Record<string, number> = {
  ACCOUNT: CAPABILITIES["account-notify"],
  AWAY: CAPABILITIES["away-notify"],
  BATCH,
  CHGHOST: CAPABILITIES.chghost,
  MARKREAD: CAPABILITIES["draft/read-marker"],
  REDACT: CAPABILITIES["draft/message-redaction"],
  RENAME: CAPABILITIES["draft/channel-rename"],
  SETNAME: CAPABILITIES.setname,
  TAGMSG: MESSAGE_TAGS,
};

/** What shows a message of several lines as one (IRCv3 multiline, "Dependencies"); with less, each line is a message. */
const WHOLE = CAPABILITIES["draft/multiline"] | BATCH | MESSAGE_TAGS;

/** What makes any message look different. With `WHOLE`, which holds one of them, these are 12 classes at the most. */
const CLASS = ACCOUNT_TAG | MESSAGE_TAGS | SERVER_TIME;

/** What decides only whether or how an event of one kind is told in a channel, by kind; see `deciding`. */
const DECIDING = EXTENDED_JOIN | REQUIRED.ACCOUNT | REQUIRED.AWAY | REQUIRED.CHGHOST | REQUIRED.REDACT |
  REQUIRED.SETNAME | OPER_TAG;

/** The feed that suits a set of capabilities: those who agree in these bits read the same messages. */
export function feedClass(caps: number): number {
  return (caps & CLASS) | ((caps & WHOLE) === WHOLE ? WHOLE : 0);
}

/** The bits of a set that make a difference to what is published in a channel. */
export function publishedCapabilities(caps: number): number {
  return feedClass(caps) | (caps & DECIDING);
}

/** The bits of a set that make a difference to an event: who agree in these are told the same text. */
export function tellingCapabilities(event: Event, caps: number): number {
  return feedClass(caps) | (caps & (decisive(event)));
}

/** The capabilities that decide whether an event is told at all, with what after its parameters, and with which tags. */
function decisive({ command, extended, isOper }: Event): number {
  return (REQUIRED[command] ?? 0) | (extended === undefined ? 0 : EXTENDED_JOIN) | (isOper ? OPER_TAG : 0);
}

/**
 * The capability, as its bit, by which those of one class are told an event or not, or in another way; 0 for none. Of two the
 * one that decides whether: that an operator did it is told with most of what happens, not with all.
 */
export function deciding(event: Event): number {
  const bits = decisive(event) & DECIDING;
  return bits & ~OPER_TAG ? bits & ~OPER_TAG : bits;
}

/** The single bits of `deciding`. */
export const DECIDING_BITS: readonly number[] = Array.from({ length: 31 }, (_, i) => 1 << i).filter((bit) =>
  bit & DECIDING
);

/** One line of a message of several. */
export interface Line {
  text: string;
  /** Whether it goes on where the line before it ended, without a line feed between (`draft/multiline-concat`). */
  isContinued: boolean;
}

/** Tags that a client has attached (IRCv3 message-tags): keys beginning with `+`, and values. */
export class ClientTags {
  readonly tags: Readonly<Record<string, string>>;
  /** As they are written between the `@` and the space; nothing where that is longer than a client may send. Written once, for all. */
  readonly text: string;

  constructor(tags: Readonly<Record<string, string>>) {
    const text = formatTags(tags);
    // So the server's own have room beside them.
    const isShort = fits(text, LIMITS.clientTagBytes);
    this.tags = isShort ? tags : {};
    this.text = isShort ? text.slice(1, -1) : "";
  }
}

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
  /** Whether the sender is a bot (IRCv3 bot-mode); told to those with `message-tags`. */
  isBot?: boolean;
  /** For a message of several lines: its lines, of which the last parameter holds the whole, line feeds in it. */
  lines?: Line[];
  /** Whether the sender is an operator of the server (IRCv3 oper-tag). */
  isOper?: boolean;
  /** For a batch's start: whether nothing is there to be asked for beyond it (IRCv3 chathistory); told to those with `message-tags`. */
  isEnd?: boolean;
  /** Client-only tags, told to those with `message-tags`. */
  clientTags?: ClientTags;
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

/** Bytes of a line without its end and its tags. */
const LINE = LIMITS.lineBytes - " \n".length;

/** The longest `nick!user@host`, in bytes. */
export const SOURCE_BYTES = 4 * LIMITS.nick + "!".length + BOUNDS.userBytes + "@".length + BOUNDS.host;

/**
 * What is left for a text whatever the names are: 84 bytes. Each part is checked when it is set, and those of older databases
 * are shortened to leave as much.
 *
 *     :nick!user@host PRIVMSG #channel :text
 *      120 + 1 + 32 + 1 + 63            = 217, with the colon 218
 *                     9                 = " PRIVMSG "
 *                             197 + 2   = a channel's name, and " :"
 */
export const TEXT_BYTES = LINE - ":".length - SOURCE_BYTES - " PRIVMSG ".length - (4 * LIMITS.channel - 3) -
  " :".length;

/** Of a text this much is worth more than the words before it, and so is a word of the length of a source. Bytes. */
const WORTH = { text: 64, word: SOURCE_BYTES + "@+".length };

/** Whether a text can stand where others follow it. */
function isWord(text: string): boolean {
  return /^[^ :\0\r\n][^ \0\r\n]*$/.test(text);
}

/**
 * Writes a line that fits into `LINE`, whatever its parts hold: this is the one place that sees to it. A parameter that
 * can't stand where it is becomes `*`. Where the names take all the room, one who does something is named without user
 * and host, and of the words that a reply repeats those longer than any name, the reader's nick and then the longest
 * become `*`; what is left of a text is cut at its end.
 */
function lineOf({ source, command, params }: Pick<Event, "source" | "command" | "params">): string {
  let from = source;
  let safe = params;
  let line: string;
  try {
    line = format({ source, command, params });
  } catch {
    const last = params.length - 1;
    from = source === undefined || isWord(source) ? source : "*";
    safe = params.map((param, i) => i === last ? param.replace(/[\0\r\n]+/g, " ") : isWord(param) ? param : "*");
    line = format({ source: from, command, params: safe });
  }
  if (fits(line, LINE)) return line;
  return fit(format(shortened({ source: from, command, params: safe }, byteLength(line) - LINE)), LINE);
}

/** The same event with less before its text. @param excess By how many bytes it is too long. */
function shortened({ source, command, params }: Pick<Event, "source" | "command" | "params">, excess: number) {
  const last = params.at(-1) ?? "";
  const bytes = byteLength(last);
  let needed = excess - bytes + Math.min(bytes, isWord(last) ? WORTH.word : WORTH.text);
  const words = [...params];
  const short = { source, command, params: words };
  const isReply = /^\d/.test(command) || command === "FAIL" || command === "WARN";
  if (source !== undefined && needed > 0 && (!isReply || !fits(source, SOURCE_BYTES))) {
    short.source = fit(parseSource(source).nick, 4 * LIMITS.nick) || "*";
    needed -= byteLength(source) - byteLength(short.source);
  }
  if (!isReply) return short;
  // A standard reply's first two are its command and its code.
  const first = /^\d/.test(command) ? 0 : 2;
  const repeated = params.slice(0, -1).map((word, i) => ({ i, bytes: byteLength(word) })).slice(first);
  const rank = ({ i, bytes }: { i: number; bytes: number }) => bytes > SOURCE_BYTES ? 2 : Number(i === 0);
  repeated.sort((a, b) => rank(b) - rank(a) || b.bytes - a.bytes);
  for (const { i, bytes } of repeated) {
    if (needed <= 0) break;
    words[i] = "*";
    needed -= bytes - 1;
  }
  return short;
}

/**
 * The line that tells an event to one who has these capabilities, without its line end; for a message of several lines
 * all of them, CR LF between. It never throws, whatever a client has written into the event's parts, and no line is
 * longer than 512 bytes, nor its tags than 8191.
 *
 * @param caps Bits of `CAPABILITIES`.
 * @returns The line, or nothing where the event is not for such a client.
 */
export function encode(event: Event, caps: number): string | undefined {
  const { source, command, extended, params } = event;
  if (!isFor(event, caps)) return undefined;
  if (event.lines !== undefined) return encodeLines(event, event.lines, caps);
  const all = extended !== undefined && caps & EXTENDED_JOIN ? [...params, ...extended] : params;
  return prefixOf(event, caps) + lineOf({ source, command, params: all });
}

/** The lines of a message that is kept as one text: broken at line feeds, and where a line would be too long. */
export function linesOf({ source, command, params: [target, text = ""] }: Event): Line[] | undefined {
  // Names of older databases may be longer than any is now.
  const most = Math.max(LINE - byteLength(`:${source} ${command} ${target} :`), TEXT_BYTES);
  if (!text.includes("\n") && fits(text, most)) return undefined;
  return text.split("\n").flatMap((line) => {
    const parts: Line[] = [];
    for (let rest = line; rest !== "" || parts.length === 0; rest = rest.slice(parts.at(-1)!.text.length)) {
      parts.push({ text: fit(rest, most), isContinued: parts.length > 0 });
    }
    return parts;
  });
}

/** Tags of the sender's that are so long in all, in characters, are told with each line of several. */
const LONGEST_REPEATED = 100;

/** The lines of a message: in a batch for those who can show it as one, else each by itself, the empty ones left out. */
function encodeLines(event: Event, lines: Line[], caps: number): string {
  const { source, command, params: [target], msgid } = event;
  const line = (tags: string, text: string) => tags + lineOf({ source, command, params: [target, text] });
  if ((caps & WHOLE) !== WHOLE) {
    // The message has one id, and a command one response (IRCv3 multiline, "Message ids", "Labeled response"). What its sender
    // has added is told once as well where it is long: with each of 32 lines, 4 KB would be 128.
    const { msgid: _, label: __, clientTags, ...rest } = event;
    const isLong = clientTags !== undefined && clientTags.text.length > LONGEST_REPEATED;
    const again = prefixOf(isLong || clientTags === undefined ? rest : { ...rest, clientTags }, caps);
    const told = lines.filter(({ text }) => text !== "");
    return told.map(({ text }, i) => line(i === 0 ? prefixOf(event, caps) : again, text)).join("\r\n");
  }
  // Unique among the batches that one reader has open at once: no other message has this id.
  const batch = `m${msgid}`;
  const told = lines.map(({ text, isContinued }) =>
    line(formatTags(isContinued ? { batch, "draft/multiline-concat": "" } : { batch }), text)
  );
  const open = prefixOf(event, caps) +
    lineOf({ source, command: "BATCH", params: [`+${batch}`, "draft/multiline", target] });
  return [open, ...told, lineOf({ source, command: "BATCH", params: [`-${batch}`] })].join("\r\n");
}

/** The tags that an event has for one with these capabilities, as they stand before its line. */
function prefixOf(event: Event, caps: number): string {
  const tags: Record<string, string> = {};
  if (event.batch !== undefined && caps & BATCH) tags.batch = event.batch;
  // A command is labeled or not by what was negotiated when it came: the ACK that ends labeled-response is.
  if (event.label !== undefined) tags.label = event.label;
  if (caps & SERVER_TIME) tags.time = iso(event.time);
  if (event.account !== undefined && caps & ACCOUNT_TAG) tags.account = event.account;
  if (caps & MESSAGE_TAGS) {
    if (event.msgid !== undefined) tags.msgid = event.msgid;
    if (event.isBot) tags.bot = "";
    if (event.isEnd) tags["draft/chathistory-end"] = "";
  }
  if (event.isOper && caps & OPER_TAG) tags["draft/oper"] = "";
  const own = formatTags(tags);
  const added = caps & MESSAGE_TAGS ? event.clientTags?.text ?? "" : "";
  if (added === "") return own;
  return own === "" ? `@${added} ` : `${own.slice(0, -1)};${added} `;
}
