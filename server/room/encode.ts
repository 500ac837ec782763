/**
 * How an event becomes a line for somebody with a set of capabilities. This is the one place that sees to it that no line is
 * longer than it may be, whatever its parts hold.
 *
 * @module
 */

import { byteLength, fit, fits, format, formatTags, LIMITS, parseSource } from "../../protocol.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { ClientTags, type Event, type Line } from "./event.ts";
import { BOUNDS } from "./isupport.ts";

const { "account-tag": ACCOUNT_TAG, "extended-join": EXTENDED_JOIN, "message-tags": MESSAGE_TAGS } = CAPABILITIES;
const { "draft/message-edit": MESSAGE_EDIT } = CAPABILITIES;
const { "teahouse.chat/identity": IDENTITY } = CAPABILITIES;
const { "server-time": SERVER_TIME, "batch": BATCH, "draft/oper-tag": OPER_TAG } = CAPABILITIES;

/** The capability that introduces each command: only clients that have it may be told the command at all. */
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

/** What a client needs to show a message of several lines as one (IRCv3 multiline, "Dependencies"). To others each line is a message. */
const WHOLE = CAPABILITIES["draft/multiline"] | BATCH | MESSAGE_TAGS;

/** What a client needs to take a change of a message in: the message is named by a tag. */
const EDITS = MESSAGE_EDIT | MESSAGE_TAGS;

/** The capabilities that change how every message looks. With `WHOLE`, which holds one of them, there are at most 12 classes. */
const CLASS = ACCOUNT_TAG | MESSAGE_TAGS | SERVER_TIME;

/** The capabilities that only decide whether, or in which form, events of one kind are told in a channel; see `deciding`. */
const DECIDING = EXTENDED_JOIN | REQUIRED.ACCOUNT | REQUIRED.AWAY | REQUIRED.CHGHOST | REQUIRED.REDACT |
  REQUIRED.SETNAME | OPER_TAG | MESSAGE_EDIT;

/** The class of a set of capabilities: sessions that agree in these bits are told messages in the same form, by one feed. */
export function feedClass(caps: number): number {
  return (caps & CLASS) | ((caps & WHOLE) === WHOLE ? WHOLE : 0);
}

/** The bits of a set that change what a channel tells. */
export function publishedCapabilities(caps: number): number {
  return feedClass(caps) | (caps & DECIDING);
}

/** The bits of a set that change how an event is told: sessions that agree in these are told the same text. */
export function tellingCapabilities(event: Event, caps: number): number {
  return feedClass(caps) | (caps & (decisive(event)));
}

/** The capabilities that decide whether an event is told at all, what follows its parameters, and which tags it has. */
function decisive({ command, extended, isOper, isEdit, editedAt, peer }: Event): number {
  return (REQUIRED[command] ?? 0) | (extended === undefined ? 0 : EXTENDED_JOIN) | (isOper ? OPER_TAG : 0) |
    (isEdit || editedAt !== undefined ? MESSAGE_EDIT : 0) | (peer === undefined ? 0 : IDENTITY);
}

/**
 * The capability, as its bit, by which the sessions of one class differ about an event: they are told it or not, or in another
 * form; 0 if they don't differ. Where there are two, the one that decides whether it is told counts, and the other (that an
 * operator did it) is left out.
 */
export function deciding(event: Event): number {
  const bits = decisive(event) & DECIDING;
  return bits & ~OPER_TAG ? bits & ~OPER_TAG : bits;
}

/** The single bits of `deciding`. */
export const DECIDING_BITS: readonly number[] = Array.from({ length: 31 }, (_, i) => 1 << i).filter((bit) =>
  bit & DECIDING
);

let isoTime = 0;
let isoText = "";

/** A time as IRCv3 server-time writes it. The last one is kept, since many events share a millisecond. */
function iso(time: number): string {
  if (time !== isoTime) {
    isoTime = time;
    isoText = new Date(time).toISOString();
  }
  return isoText;
}

/** Whether a client with these capabilities may be told an event at all. */
export function isFor({ command }: Event, caps: number): boolean {
  const required = REQUIRED[command];
  return required === undefined || (caps & required) !== 0;
}

/** The most bytes of a line, without its end and its tags. */
const LINE = LIMITS.lineBytes - " \n".length;

/** The longest `nick!user@host`, in bytes. */
export const SOURCE_BYTES = 4 * LIMITS.nick + "!".length + BOUNDS.userBytes + "@".length + BOUNDS.host;

/**
 * The bytes that are left for a text whatever the names are: 84. Each part is checked when it is set, and parts from older
 * databases are shortened to leave as much.
 *
 *     :nick!user@host PRIVMSG #channel :text
 *      120 + 1 + 32 + 1 + 63            = 217, with the colon 218
 *                     9                 = " PRIVMSG "
 *                             197 + 2   = a channel's name, and " :"
 */
export const TEXT_BYTES = LINE - ":".length - SOURCE_BYTES - " PRIVMSG ".length - (4 * LIMITS.channel - 3) -
  " :".length;

/** So many bytes of a text, or of a last word, are worth more than the words before it. */
const WORTH = { text: 64, word: SOURCE_BYTES + "@+".length };

/** Whether a text can stand where other parameters follow it. */
function isWord(text: string): boolean {
  return /^[^ :\0\r\n][^ \0\r\n]*$/.test(text);
}

/**
 * Writes a line that fits into `LINE`, whatever its parts hold. A parameter that can't stand where it is becomes `*`. If the
 * names take all the room, the source is shortened to the nick; in a reply, repeated words become `*`: first those longer than
 * any name, then the reader's nick, then the longest. What is left of the text is cut at its end.
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
  // The first two parameters of a standard reply are its command and its code.
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
 * The line that tells an event to a client with these capabilities, without its line end; of a message of several lines all
 * of them, with CR LF between. Never throws, whatever a client has written into the event's parts. No line is longer than 512
 * bytes, and no tags are longer than 8,191.
 *
 * @param caps Bits of `CAPABILITIES`.
 * @returns The line, or undefined if such a client is not told the event.
 */
export function encode(event: Event, caps: number): string | undefined {
  const { source, command, extended, params } = event;
  if (!isFor(event, caps)) return undefined;
  if (event.isEdit && (caps & EDITS) !== EDITS) return encode(correction(event), caps);
  if (event.lines !== undefined) return encodeLines(event, event.lines, caps);
  const all = extended !== undefined && caps & EXTENDED_JOIN ? [...params, ...extended] : params;
  return prefixOf(event, caps) + lineOf({ source, command, params: all });
}

/** A change of a message for clients that know no changes: the new text as a message of its own, with a star before it. */
function correction(event: Event): Event {
  const { params: [target, text], clientTags } = event;
  const action = text.startsWith("\x01ACTION ") ? "\x01ACTION " : "";
  const { "+draft/edit": _, ...tags } = clientTags?.tags ?? {};
  const { isEdit: __, lines: ___, ...rest } = event;
  const told: Event = {
    ...rest,
    params: [target, `${action}* ${text.slice(action.length)}`],
    clientTags: new ClientTags(tags),
  };
  const lines = linesOf(told);
  if (lines !== undefined) told.lines = lines;
  return told;
}

/** The lines of a message that is kept as one text: it is broken at line feeds, and where a line would be too long. */
export function linesOf({ source, command, params: [target, text = ""] }: Event): Line[] | undefined {
  // Names from older databases may be longer than any name is now.
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

/** The most characters of a sender's tags that are told with each line of several; longer ones are told with the first line. */
const LONGEST_REPEATED = 100;

/** The lines of a message: in a batch for clients that can show it as one, else each by itself without the empty ones. */
function encodeLines(event: Event, lines: Line[], caps: number): string {
  const { source, command, params: [target], msgid } = event;
  const line = (tags: string, text: string) => tags + lineOf({ source, command, params: [target, text] });
  if ((caps & WHOLE) !== WHOLE) {
    // The message has one id, and a command one response (IRCv3 multiline, "Message ids", "Labeled response"). Long tags of the
    // sender are told once as well: 4 KB with each of 32 lines would be 128 KB.
    const { msgid: _, label: __, clientTags, ...rest } = event;
    const isLong = clientTags !== undefined && clientTags.text.length > LONGEST_REPEATED;
    const again = prefixOf(isLong || clientTags === undefined ? rest : { ...rest, clientTags }, caps);
    const told = lines.filter(({ text }) => text !== "");
    return told.map(({ text }, i) => line(i === 0 ? prefixOf(event, caps) : again, text)).join("\r\n");
  }
  // It is unique among the batches that one reader has open, since no other message has this id. What a message said before has
  // none, and is told at once.
  const batch = `m${msgid ?? event.time}`;
  const told = lines.map(({ text, isContinued }) =>
    line(formatTags(isContinued ? { batch, "draft/multiline-concat": "" } : { batch }), text)
  );
  const open = prefixOf(event, caps) +
    lineOf({ source, command: "BATCH", params: [`+${batch}`, "draft/multiline", target] });
  return [open, ...told, lineOf({ source, command: "BATCH", params: [`-${batch}`] })].join("\r\n");
}

/** The tags of an event for a client with these capabilities, as they stand before its line. */
function prefixOf(event: Event, caps: number): string {
  // Without capabilities there are no tags: then many are told in one form, which should cost little.
  if (caps === 0 && event.label === undefined) return "";
  const tags: Record<string, string> = {};
  if (event.batch !== undefined && caps & BATCH) tags.batch = event.batch;
  // Whether a command is labeled was decided when it came: the ACK of the command that ends labeled-response has a label.
  if (event.label !== undefined) tags.label = event.label;
  if (caps & SERVER_TIME) tags.time = iso(event.time);
  if (event.account !== undefined && caps & ACCOUNT_TAG) tags.account = event.account;
  if (caps & MESSAGE_TAGS) {
    if (event.msgid !== undefined) tags.msgid = event.msgid;
    if (event.isBot) tags.bot = "";
    if (event.editedAt !== undefined && caps & MESSAGE_EDIT) tags["teahouse.chat/edited"] = iso(event.editedAt);
    if (caps & IDENTITY) {
      if (event.isOwn) tags["teahouse.chat/own"] = "";
      if (event.peer !== undefined) tags["teahouse.chat/peer"] = event.peer;
    }
    if (event.isEnd) tags["draft/chathistory-end"] = "";
  }
  if (event.isOper && caps & OPER_TAG) tags["draft/oper"] = "";
  const own = formatTags(tags);
  const added = caps & MESSAGE_TAGS ? event.clientTags?.text ?? "" : "";
  if (added === "") return own;
  return own === "" ? `@${added} ` : `${own.slice(0, -1)};${added} `;
}
