/**
 * Turns an event into lines of a terminal. All remote text in them is made harmless. Pure.
 *
 * @module
 */

import type { Member } from "../client/state/members.ts";
import { plainText } from "../client/blocks.ts";
import { type ClientEvent, type Happening, isSaid, type Said } from "../client/state/events.ts";
import { modeSentences } from "../client/state/modes.ts";
import { ENGLISH } from "../client/sentences.ts";
import type { TalkLine } from "../client/state/line.ts";
import { styleText } from "node:util";
import { visible } from "../protocol.ts";
import { qrLines } from "../shared/qr.ts";
import { printable, printableBeginning, withoutSequences } from "./printable.ts";
import { saidLines } from "./said_lines.ts";

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
}

/** The look of each kind of line, in the terms of styleText of node:util. */
const STYLES = { own: "blueBright", other: "green", private: "red", notice: "dim", error: "yellow" } as const;

/** The printable beginning of a text, without its marks. */
const firstWords = (text: string) => printableBeginning(plainText(withoutSequences(text)), 40);

const about = (line: TalkLine | undefined) => line === undefined ? "" : ` to: ${firstWords(line.text)}`;

/** Gives the style of an event of one kind, and its lines without the time; undefined where nothing is shown. */
type Renderer<Type extends Happening["type"]> = (
  event: Happening & { type: Type },
  options: RenderOptions,
) => [style: keyof typeof STYLES, ...lines: string[]] | undefined;

type Renderers = { [Type in Happening["type"]]: Renderer<Type> };

const online = (count: number) => `(${count} online)`;
const because = (reason: string) => reason === "" ? "" : `: ${reason}`;
/** `#tea ` where that is not the current channel. */
const where = (channel: string, options: RenderOptions) => channel === options.channel ? "" : `${channel} `;
const styleOf = (said: Said) => said.private ? "private" : said.own ? "own" : "other";
const route = ({ from, own, target, context }: Said) =>
  `${context === undefined ? "" : `${context} `}${own ? `you -> ${target}` : `${from} -> you`}`;

/** The lines of what somebody said, printable, with looks of their own in them. */
function spoken(head: string, { type, text, mention, edited }: Said, { color, isPast }: RenderOptions): string[] {
  const around = isPast || type === "notice" ? "dim" : mention ? "bold" : "";
  const [first, ...rest] = saidLines(visible(text), color ? around : undefined);
  const lines = [printable(head) + first, ...rest];
  if (edited) lines.push(`${lines.pop()} (edited)`);
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
  return modeSentences(change, ENGLISH).map(({ kind, what, period }) => ENGLISH.modes[kind](what, channel, period))
    .join(" and ");
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
    return ["notice", ...spoken(`${place}-${e.from}- `, e, options)];
  },
  // Of this client's own person the list of names says it, which follows.
  join: (e) => e.own ? undefined : ["notice", `${e.nick} joined ${e.channel} ${online(e.online)}`],
  part: (e) => [
    "notice",
    e.own ? `You left ${e.channel}` : `${e.nick} left ${e.channel} ${online(e.online)}${because(e.reason)}`,
  ],
  kick: (e) => [
    e.own ? "error" : "notice",
    e.own
      ? `${e.by} threw you out of ${e.channel}${because(e.reason)}`
      : `${e.by} threw ${e.nick} out of ${e.channel} ${online(e.online)}${because(e.reason)}`,
  ],
  quit: (e, { channel }) => {
    const count = e.channels.find(({ name }) => name === channel) ?? e.channels[0];
    return count && ["notice", `${e.nick} went offline ${online(count.online)}${because(e.reason)}`];
  },
  nick: (e) => ["notice", e.own ? `You are now ${e.renamed}` : `${e.nick} is now ${e.renamed}`],
  topic: (e) => {
    if (e.by === "") return ["notice", `Topic of ${e.channel}: ${e.topic}`];
    return ["notice", e.topic === "" ? `${e.by} cleared the topic` : `${e.by} set the topic: ${e.topic}`];
  },
  mode: (e) => ["notice", `${e.by} ${modeChange(e.change, e.channel)}`],
  reaction: (e) => [
    "notice",
    `${e.own ? "You" : e.from} ${e.added ? `reacted ${e.reaction}` : `took back ${e.reaction}`}${about(e.line)}`,
  ],
  redaction: (e, { now }) => {
    const whose = e.line.from === e.by ? "" : ` of ${e.line.from}`;
    const when = clockTime(e.line.time, now).slice(1, -1);
    return ["notice", `${e.own ? "You" : e.by} removed a message${whose}, said at ${when}${because(e.reason)}`];
  },
  edit: () => undefined,
  editing: () => undefined,
  typing: () => undefined,
  history: () => undefined,
  search: () => undefined,
  read: () => undefined,
  // Its place is /whois: it is told of everybody on joining.
  profile: () => undefined,
  away: (e) => ["notice", e.away ? `${e.nick} is away${because(e.reason)}` : `${e.nick} is back`],
  invite: (e, { nick }) => [
    "notice",
    e.nick === nick ? `${e.by} invites you: /join ${e.channel}` : `${e.by} invites ${e.nick} to ${e.channel}`,
  ],
  names: (e) => ["notice", `${e.channel}: ${e.members.length} online: ${e.members.map(memberName).join(", ")}`],
  whois: (e) => ["notice", `${e.nick} ${e.text}`],
  info: (e) => ["notice", e.text],
  error: (e) => ["error", e.text],
  // Up-arrow brings such a line back.
  unsaid: () => undefined,
  // A row of one cell is a title.
  table: (e) => ["notice", ...align(e.rows.map((row) => row.length === 1 ? row : ["  " + row[0], ...row.slice(1)]))],
  invitation: (e) => ["notice", e.address, ...qrLines(e.address, false)],
  target: () => undefined,
  connected: (e) => ["notice", `${e.again ? "Connected again" : "Connected"} to ${e.server} as ${e.nick}`],
  disconnected: (e) => [
    "error",
    `Connection lost: ${e.reason}. Trying again in ${Math.round(e.retryMs / 1000)} s; what you write is kept.`,
  ],
};

const memberName = ({ prefix, nick, away }: Member) => prefix.slice(0, 1) + nick + (away ? " (away)" : "");

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
  const answered = quote && ` \u21b3 ${quote.from}: ${quote.redacted ? "(removed)" : firstWords(quote.text)}`;
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
    const who = ENGLISH.talking.anotherPerson(event.own ? event.target : event.from);
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

/** Aligns the columns of rows, but for the last one of each row. The texts must be as wide as they are long, as help texts are. */
export function align(rows: string[][]): string[] {
  const width = (column: number) => Math.max(0, ...rows.map((row) => row.length > column + 1 ? row[column].length : 0));
  return rows.map((row) => row.map((cell, i) => i === row.length - 1 ? cell : cell.padEnd(width(i))).join("  "));
}
