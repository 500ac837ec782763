/**
 * Turns an event into lines of a terminal, in its language. All remote text in them is made harmless.
 *
 * @module
 */

import type { Member } from "../client/state/members.ts";
import { sanitizeLines } from "../client/sanitize.ts";
import { plainText } from "../client/blocks.ts";
import { departureText } from "../client/departures.ts";
import { type ClientEvent, type Happening, isSaid, type Said } from "../client/state/events.ts";
import { modeSentences } from "../client/state/modes.ts";
import { banReason, banText } from "../client/state/restriction_replies.ts";
import type { TalkLine } from "../client/state/line.ts";
import { styleText } from "node:util";
import { visible } from "../protocol.ts";
import { qrLines } from "../shared/qr.ts";
import { callLine } from "./calls.ts";
import { cardOf, fileOf } from "./files/shown_file.ts";
import { sentences, words } from "./language.ts";
import { printable, printableBeginning, withoutSequences } from "./printable.ts";
import { saidLines } from "./said_lines.ts";
import { MARK, widthOfText } from "./wrap.ts";

/** How an event is shown. */
export interface RenderOptions {
  /** Whether to use colours. */
  color: boolean;
  /** Own nick. */
  nick: string;
  /** The current channel. Events of another channel are shown with its name. */
  channel: string | undefined;
  /** Now, in milliseconds since 1970. A time of another day is shown with its date. */
  now: number;
  /** Whether the event is from the history, and shown dimmed. */
  isPast?: boolean;
  /** Where files are sent to; a message that is nothing but the address of one there is shown as a file. */
  fileHost?: string | undefined;
}

/** The look of each kind of line, in the terms of styleText of node:util. */
const STYLES = { own: "blueBright", other: "green", private: "red", notice: "dim", error: "yellow" } as const;

/** The printable beginning of a text, without its marks. */
const firstWords = (text: string) => printableBeginning(plainText(withoutSequences(text)), 40);

const about = (line: TalkLine | undefined) => line && firstWords(line.text);

/** Gives the style of an event of one kind, and its lines without the time; undefined where nothing is shown. */
type Renderer<Type extends Happening["type"]> = (
  event: Happening & { type: Type },
  options: RenderOptions,
) => [style: keyof typeof STYLES, ...lines: string[]] | undefined;

type Renderers = { [Type in Happening["type"]]: Renderer<Type> };

/** `#tea ` where that is not the current channel. */
const where = (channel: string, options: RenderOptions) => channel === options.channel ? "" : `${channel} `;
const styleOf = (said: Said) => said.private ? "private" : said.own ? "own" : "other";
const route = ({ from, own, target, context }: Said) =>
  (context === undefined ? "" : `${context} `) +
  (own ? words().happenings.toSomebody(target) : words().happenings.toYou(from));

/** The lines of what somebody said, printable, with looks of their own in them. */
function spoken(head: string, said: Said, { color, isPast, fileHost }: RenderOptions): string[] {
  const { type, text, mention, edited } = said;
  const file = fileOf(said, fileHost);
  // Signs in a name, or in an address, are no marks.
  if (file !== undefined) {
    const caption = file.caption === "" ? [] : sanitizeLines(withoutSequences(file.caption)).split("\n");
    return [printable(head + cardOf(file)), ...caption.map((line) => MARK + printable(line))];
  }
  const around = isPast || type === "notice" ? "dim" : mention ? "bold" : "";
  const [first, ...rest] = saidLines(visible(text), color ? around : undefined);
  const lines = [printable(head) + first, ...rest];
  if (edited) lines.push(words().happenings.edited(lines.pop()!));
  return lines;
}

/** A change of a message as something that was said: what it says now. */
function saidAnew({ target, from, own, line, time }: ClientEvent & { type: "edit" }): Said & { time: number } {
  const isInChannel = line.private && /^[#&]/.test(target);
  return {
    type: line.kind === "action" ? "action" : line.kind === "notice" ? "notice" : "message",
    from,
    target,
    own,
    private: line.private,
    ...(isInChannel ? { context: target } : {}),
    history: false,
    text: line.text,
    edited: true,
    time,
  };
}

/** What somebody did to a channel's mode, in words. */
function modeChange(change: string, channel: string): string {
  const { modes } = sentences();
  return modeSentences(change, sentences()).map(({ kind, what, period }) => modes[kind](what, channel, period))
    .join(words().happenings.and);
}

const RENDERERS: Renderers = {
  message: (e, options) => [
    styleOf(e),
    ...spoken(e.private ? `${route(e)}: ` : `${where(e.target, options)}<${e.from}> `, e, options),
  ],
  action: (e, options) => [
    styleOf(e),
    ...spoken(e.private ? `${route(e)}: * ${e.from} ` : `${where(e.target, options)}* ${e.from} `, e, options),
  ],
  notice: (e, options) => {
    const place = e.private && e.context === undefined ? "" : where(e.context ?? e.target, options);
    const text = e.isServer ? words().happenings.serverSays(e.text) : e.text;
    return ["notice", ...spoken(`${place}-${e.from}- `, { ...e, text }, options)];
  },
  // Of this client's own person the list of names says it, which follows.
  join: (e) => e.own || e.isBack ? undefined : ["notice", words().happenings.joined(e.nick, e.channel, e.online)],
  part: (e) => [
    "notice",
    e.own ? words().happenings.youLeft(e.channel) : words().happenings.left(e.nick, e.channel, e.online, e.reason),
  ],
  // The server's own words of a ban have an hour of UTC, and the line of the ban before has told others how long it lasts.
  kick: (e, { now }) => [
    e.own ? "error" : "notice",
    e.own
      ? banText(e, now, sentences()) ?? words().happenings.youWereKicked(e.by, e.channel, e.reason)
      : words().happenings.kicked(e.by, e.nick, e.channel, e.online, banReason(e.reason) ?? e.reason),
  ],
  quit: (e, { channel, now }) => {
    const count = e.channels.find(({ name }) => name === channel) ?? e.channels[0];
    const why = departureText(e.reason, now, sentences());
    return count && ["notice", words().happenings.offline(e.nick, count.online, why)];
  },
  nick: (e) => [
    "notice",
    e.own ? words().happenings.youAreNow(e.renamed) : words().happenings.renamed(e.nick, e.renamed),
  ],
  topic: (e) => [
    "notice",
    e.by === "" ? words().happenings.topicIs(e.channel, e.topic) : words().happenings.topicSet(e.by, e.topic),
  ],
  mode: (e) => e.isBack ? undefined : ["notice", `${e.by} ${modeChange(e.change, e.channel)}`],
  reaction: (e) => [
    "notice",
    words().happenings[e.added ? "reacted" : "tookBack"](e.own ? undefined : e.from, e.reaction, about(e.line)),
  ],
  redaction: (e, { now }) => {
    const whose = e.line.from === e.by ? undefined : e.line.from;
    const when = clockTime(e.line.time, now).slice(1, -1);
    return ["notice", words().happenings.messageRemoved(e.own ? undefined : e.by, whose, when, e.reason)];
  },
  edit: () => undefined,
  editing: () => undefined,
  call: (e, options) => {
    const line = callLine(e);
    if (line === undefined) return undefined;
    const isToReader = e.change === "ring" || e.record?.what === "missed";
    return isToReader ? ["private", line] : ["notice", (/^[#&]/.test(e.target) ? where(e.target, options) : "") + line];
  },
  signal: () => undefined,
  typing: () => undefined,
  history: () => undefined,
  search: () => undefined,
  read: () => undefined,
  // Its place is /whois: it is told of everybody on joining.
  profile: () => undefined,
  away: (e) => ["notice", e.away ? words().happenings.isAway(e.nick, e.reason) : words().happenings.isBack(e.nick)],
  invite: (e, { nick }) => [
    "notice",
    e.nick === nick
      ? words().happenings.invitesYou(e.by, e.channel)
      : words().happenings.invites(e.by, e.nick, e.channel),
  ],
  names: (e) => {
    const { names, betweenNames } = words().happenings;
    return ["notice", names(e.channel, e.members.length, e.members.map(memberName).join(betweenNames))];
  },
  whois: (e) => ["notice", `${e.nick} ${e.text}`],
  info: (e) => ["notice", e.text],
  error: (e) => ["error", e.text],
  // Up-arrow brings such a line back.
  unsaid: () => undefined,
  // A row of one cell is a title.
  table: (e) => ["notice", ...align(e.rows.map((row) => row.length === 1 ? row : ["  " + row[0], ...row.slice(1)]))],
  invitation: ({ address }) =>
    address === undefined ? ["error", sentences().general.onlyHere] : ["notice", address, ...qrLines(address, false)],
  target: () => undefined,
  connected: (e) => ["notice", words().happenings.connected(e.server, e.nick, e.again)],
  disconnected: (e) => ["error", words().happenings.disconnected(e.reason, Math.round(e.retryMs / 1000))],
};

const memberName = ({ prefix, nick, away }: Member) => {
  const name = prefix.slice(0, 1) + nick;
  return away ? words().happenings.nameAway(name) : name;
};

/**
 * Gives an event as lines of text.
 *
 * @returns The lines without their ends; none where nothing is shown.
 */
export function render(event: ClientEvent, options: RenderOptions): string[] {
  if (event.type === "edit") return render(saidAnew(event), options);
  const renderer = RENDERERS[event.type] as Renderer<typeof event.type>;
  const [style, ...lines] = renderer(event as never, options) ?? [];
  if (style === undefined) return [];
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  const clock = clockTime(event.time, options.now);
  const time = paint("dim", clock);
  const { quote } = "quote" in event ? event : {};
  const answered = quote &&
    ` \u21b3 ${quote.from}: ${quote.redacted ? words().happenings.removed : firstWords(quote.text)}`;
  const isSpoken = isSaid(event);
  const shown = lines.map((line, i) => {
    // What was said is printable already, and has looks in it.
    const text = paint(options.isPast ? "dim" : STYLES[style], isSpoken ? line : printable(line));
    // The lines of a message stand under one head.
    if (isSpoken && i > 0) return "mention" in event && event.mention ? paint("bold", text) : text;
    // A table, as of /help, has no time. Nor has a code.
    if (event.type === "table" || (event.type === "invitation" && i > 0)) return text;
    return `${time} ${"mention" in event && event.mention ? paint("bold", text) : text}`;
  });
  if (isSpoken && event.isAnother) {
    const who = sentences().talking.anotherPerson(event.own ? event.target : event.from);
    shown.unshift(`${time} ${paint(STYLES.error, printable(who))}`);
  }
  return answered ? [paint("dim", " ".repeat(clock.length) + printable(answered)), ...shown] : shown;
}

/** `[12:04]` in local time, with the date before it where `time` is of another day than `now`. */
function clockTime(time: number, now: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now).toDateString()) return `[${clock}]`;
  return `[${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}]`;
}

/** Aligns the columns of rows, but for the last one of each row. A Chinese character takes two columns of a terminal. */
export function align(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, widthOfText(cell));
  }
  const padded = (cell: string, i: number) => cell + " ".repeat(widths[i] - widthOfText(cell));
  return rows.map((row) => row.map((cell, i) => i === row.length - 1 ? cell : padded(cell, i)).join("  "));
}
