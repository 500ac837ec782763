/// <reference lib="dom" />
/**
 * The rows of a talk as HTML, text nodes only. It must not know where they stand.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { Sentences } from "../client/sentences.ts";
import { beginningOf, graphemes } from "../client/graphemes.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Redaction, TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { isLarge, type Part, parts } from "./format.ts";
import { happenings, joined, name, sentence, type Words } from "./happenings.ts";
import type { Note, Row } from "./rows.ts";
import type { Strings } from "./strings.ts";

/** What rows need of the page. */
export interface RowView {
  talk: Talk;
  words: Strings;
  /** What the client says, in the same language. */
  sentences: Sentences;
  /** How dates and times are written. */
  locale: string;
  pictures: ReadonlyMap<string, string>;
  canTag: boolean;
  /** Whose messages may be removed. */
  canRemove: "own" | "all" | "none";
  isSelf: (nick: string) => boolean;
  /** Whether the pointer or the focus is at a line: only there it is drawn what can be done with it. */
  isAt: (line: TalkLine) => boolean;
  act: (action: "reply" | "react" | "remove", line: TalkLine) => void;
  toggle: (line: TalkLine, reaction: string) => void;
  open: (name: string) => void;
  /** Goes to another line of the talk. */
  goTo: (line: TalkLine) => void;
}

/** How many colours of avatars there are. */
const HUES = 12;

/** Characters of an answered line that are shown. */
const QUOTED = 120;

const partsOf = new WeakMap<TalkLine, { text: string; all: Part[] }>();

/** What a line consists of, worked out once: a talk is drawn anew with each line that comes. */
function read(line: TalkLine, pictures: ReadonlyMap<string, string>): Part[] {
  const known = partsOf.get(line);
  if (known?.text === line.text) return known.all;
  const all = parts(line.text, pictures);
  partsOf.set(line, { text: line.text, all });
  return all;
}

/** One row. */
export function drawRow(row: Row, view: RowView): unknown {
  if (row.type === "said") return guard(lookOf(row.line, row.isHead, view), () => said(row.line, row.isHead, view));
  if (row.type === "happened") return guard([row.lines.length, view.words], () => happened(row.lines, view));
  if (row.type === "note") return note(row.note, view);
  if (row.type === "new") return html`<li class="new"><span>${view.words.newLines}</span></li>`;
  return html`<li class="date"><span>${day(row.time, view.locale)}</span></li>`;
}

/** All on which the look of a line depends. */
function lookOf(line: TalkLine, isHead: boolean, { words, canTag, canRemove, talk, isAt }: RowView): unknown[] {
  const quote = talk.find(line.replyTo);
  return [line, isHead, line.changes, line.redacted, quote, quote?.redacted, words, canTag, canRemove, isAt(line)];
}

function day(time: number, locale: string): string {
  const format: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return new Date(time).toLocaleDateString(locale, format);
}

/** The time of day, as it stands before a line. */
export function clockText(time: number, locale: string): string {
  return new Date(time).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function clock(time: number, locale: string): TemplateResult {
  const date = new Date(time);
  return html`<time datetime=${date.toISOString()} title=${date.toLocaleString(locale)}>${
    clockText(time, locale)
  }</time>`;
}

function part({ text, style, href, picture }: Part): TemplateResult | string {
  if (picture !== undefined) return html`<img class="picture" src=${picture} alt=${text} title=${text}>`;
  if (href !== undefined) {
    return html`<a class=${style} href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
  }
  if (/\bcode\b/.test(style)) return html`<code class=${style}>${text}</code>`;
  return style === "" ? text : html`<span class=${style}>${text}</span>`;
}

function happened(lines: readonly TalkLine[], { words, sentences, locale }: RowView): TemplateResult {
  const all = happenings(lines, words, sentences).map((sentence, i) =>
    html`${i === 0 ? nothing : " · "}<span class="event">${sentence.map(drawWords)}</span>`
  );
  return html`<li class="happened">${clock(lines[0].time, locale)}<span>${all}</span></li>`;
}

/** What is somebody else's can't be taken for words of the page's own, nor reorder them. */
export function drawWords(words: Words): TemplateResult | string {
  if (typeof words === "string") return words;
  return html`<bdi class=${words.isName ? "name" : "written"}>${words.text}</bdi>`;
}

/** What was drawn for a name: the same people come again and again. */
const avatars = new Map<string, TemplateResult>();
/** Names that are remembered. */
const AVATARS = 5_000;

/** The first character of a name in a colour of its own: it says nothing that the name does not. */
export function avatar(nick: string): TemplateResult {
  const known = avatars.get(nick);
  if (known !== undefined) return known;
  if (avatars.size >= AVATARS) avatars.clear();
  const shown = sanitize(nick);
  let hash = 0;
  for (const character of shown.toLowerCase()) hash = (hash * 31 + character.codePointAt(0)!) % 65_521;
  const first = [...graphemes.segment(shown)][0]?.segment ?? "?";
  const drawn = html`<span class="avatar hue${hash % HUES}" aria-hidden="true">${first.toUpperCase()}</span>`;
  avatars.set(nick, drawn);
  return drawn;
}

function said(line: TalkLine, isHead: boolean, view: RowView): TemplateResult {
  const { words } = view;
  const all = read(line, view.pictures);
  const kind = line.private ? "private" : line.own ? "own" : "other";
  const classes = [
    "said",
    kind,
    line.kind,
    isHead ? "head" : "",
    line.own ? "mine" : "",
    line.mention ? "mention" : "",
  ];
  const removed = line.redacted && removal(line.redacted, words);
  // No template: its line ends would be shown as those of the text are.
  const actor = html`<bdi>${sanitize(line.from)}</bdi>`;
  const shown = line.kind === "action" ? [actor, " ", ...all.map(part)] : all.map(part);
  return html`<li class=${[...classes, isLarge(all) ? "large" : ""].filter(Boolean).join(" ")} tabindex="-1">
    ${isHead ? avatar(line.from) : nothing} ${isHead ? who(line, view) : nothing} ${clock(line.time, view.locale)}
    <div class="text">
      ${quote(line, view)} ${
    line.private && view.talk.kind === "channel" ? html`<small class="alone">${words.betweenTwo}</small>` : nothing
  }
      <p dir="auto">${removed === undefined ? shown : html`<em>${removed}</em>`}</p>
      ${reactions(line, view)}
    </div>
    ${mayAct(line, view) ? actions(line, view) : nothing}
  </li>`;
}

function mayAct(line: TalkLine, { canTag, isAt }: RowView): boolean {
  return canTag && isAt(line) && line.msgid !== undefined && line.redacted === undefined;
}

function who(line: TalkLine, { words, open }: RowView): TemplateResult {
  const nick = sanitize(line.from);
  if (line.own || line.kind === "notice") return html`<b class="nick"><bdi>${nick}</bdi></b>`;
  return html`<button class="nick" type="button" tabindex="-1" title=${words.talkTo(nick)} @click=${() =>
    open(line.from)}><bdi>${nick}</bdi></button>`;
}

/** What stands in the place of a message that was removed. */
function removal({ by }: Redaction, words: Strings): unknown {
  return sentence(words.removed, sanitize(by) === "" ? [words.someone] : name(by)).map(drawWords);
}

/** The beginning of an answered line. */
export function firstWords({ text }: TalkLine): string {
  return beginningOf(sanitize(text), QUOTED);
}

function quote(line: TalkLine, { talk, words, goTo }: RowView): unknown {
  if (line.replyTo === undefined) return nothing;
  const answered = talk.find(line.replyTo);
  if (answered === undefined) return html`<blockquote>↩ ${words.olderMessage}</blockquote>`;
  const text = answered.redacted === undefined ? firstWords(answered) : removal(answered.redacted, words);
  return html`
    <blockquote
      dir="auto"><button type="button" tabindex="-1" @click=${() => goTo(answered)}><b><bdi>${sanitize(
        answered.from,
      )}</bdi></b> ${text}</button></blockquote>
  `;
}

/** Reactions that are shown of one line, and people who are named for one. */
const REACTIONS = 12;
const REACTORS = 50;

function reactions(line: TalkLine, { toggle, isSelf, words }: RowView): unknown {
  const all = [...line.reactions].flatMap(([reaction, reactors]) => {
    const text = sanitize(reaction);
    return text.trim() === "" ? [] : [{ reaction, nicks: [...reactors], text }];
  });
  if (all.length === 0) return nothing;
  const more = all.length - REACTIONS;
  return html`<div class="reactions">${
    all.slice(0, REACTIONS).map(({ reaction, nicks, text }) => {
      const more = nicks.length > REACTORS ? [[words.others(nicks.length - REACTORS)]] : [];
      const who = joined([...nicks.slice(0, REACTORS).map(name), ...more]);
      const title = who.map((part) => typeof part === "string" ? part : part.text).join("");
      return html`
        <button type="button" tabindex="-1" title=${title} aria-pressed=${nicks.some(isSelf)}
          @click=${() => toggle(line, reaction)}><bdi>${text}</bdi> ${nicks
            .length}<span class="hidden"> ${who.map(drawWords)}</span></button>
      `;
    })
  }${more > 0 ? html`<span>${words.moreReactions(more)}</span>` : nothing}</div>`;
}

const ICONS = { reply: "↩", react: "☺", remove: "✕" } as const;

function actions(line: TalkLine, { words, act, canRemove }: RowView): TemplateResult {
  const mayRemove = canRemove === "all" || (canRemove === "own" && line.own);
  const offered = (["reply", "react", "remove"] as const).filter((name) => name !== "remove" || mayRemove);
  // They come and go in what is read out as it comes, and are no news.
  return html`<div class="actions" aria-live="off">${
    offered.map((name) =>
      html`<button type="button" tabindex="-1" aria-label=${words[name]} title=${words[name]} @click=${() =>
        act(name, line)}>${ICONS[name]}</button>`
    )
  }</div>`;
}

/** A row of columns; one of a single cell is a title. */
function tableRow(cells: string[]): TemplateResult {
  if (cells.length === 1) {
    return html`
      <tr>
        <th colspan="2" scope="rowgroup">${sanitize(cells[0])}</th>
      </tr>
    `;
  }
  return html`<tr>${cells.map((cell) => html`<td>${sanitize(cell)}</td>`)}</tr>`;
}

function textOf(text: Note["text"], pictures: ReadonlyMap<string, string>): unknown {
  return typeof text === "string" ? parts(text, pictures).map(part) : text.map(drawWords);
}

/** What somebody says to this person alone, as a row like those of a talk: it is not the page that tells it. */
function told(from: string, { time, text, leftOut }: Note, { words, open, locale, pictures }: RowView): TemplateResult {
  const nick = sanitize(from);
  return html`<li class="said private notice head" tabindex="-1">
    ${avatar(from)}
    <button class="nick" type="button" tabindex="-1" title=${words.talkTo(nick)} @click=${() =>
    open(from)}><bdi>${nick}</bdi></button>
    ${clock(time, locale)}
    <div class="text">${before(leftOut, words)}<p dir="auto">${textOf(text, pictures)}</p></div>
  </li>`;
}

/** What was told before a note and is not kept. */
function before(leftOut: number | undefined, words: Strings): unknown {
  return leftOut === undefined ? nothing : html`
    <p class="hint">${words.leftOut(leftOut)}</p>
  `;
}

function note(all: Note, view: RowView): TemplateResult {
  const { kind, time, from, text, reason, rows, found, invitedTo, leftOut } = all;
  if (from !== undefined) return told(from, all, view);
  const why = reason === undefined ? nothing : html`: <bdi class="written">${sanitize(reason)}</bdi>`;
  return html`<li class="note ${kind}">${clock(time, view.locale)}
    <div class="text">
      ${before(leftOut, view.words)} ${
    text === ""
      ? nothing
      : html`<p dir="auto">${typeof text === "string" ? sanitize(text) : text.map(drawWords)}${why}</p>`
  }
      ${
    rows === undefined ? nothing : html`
      <table>
        <tbody>${rows.map(tableRow)}</tbody>
      </table>
    `
  }
      ${
    found === undefined
      ? nothing
      : html`<ul>${
        found.map((hit) =>
          html`<li>${clock(hit.time, view.locale)} <b><bdi>${sanitize(hit.from)}</bdi></b> <bdi>${
            sanitize(hit.target)
          }</bdi> ${parts(hit.text).map(part)}</li>`
        )
      }</ul>`
  }
      ${
    invitedTo === undefined
      ? nothing
      : html`<button type="button" @click=${() => view.open(invitedTo)}>${view.words.join}</button>`
  }
    </div>
  </li>`;
}
