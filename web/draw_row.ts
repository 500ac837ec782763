/// <reference lib="dom" />
/**
 * Draws the rows of a talk. What other people wrote becomes text nodes only.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { Sentences } from "../client/sentences.ts";
import { beginningOf } from "../client/graphemes.ts";
import { plainText } from "../client/blocks.ts";
import { textWithName } from "../client/file_address.ts";
import { foldName, isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { isForAll, type Redaction, type TalkLine } from "../client/state/line.ts";
import type { Profile } from "../client/state/profiles.ts";
import type { Talk } from "../client/state/talk.ts";
import { drawAvatar, drawClock, drawDisplayName, drawRuns, drawSentence, hueOf } from "./draw.ts";
import { drawReactions } from "./draw_reactions.ts";
import { drawReport, drawReportHead, isReport, reportLook } from "./draw_report.ts";
import { nameOfFile } from "./file_name.ts";
import type { FileParts } from "./file_part.ts";
import { happenings, isCrowd } from "./happenings.ts";
import { icon } from "./icon.ts";
import { answeredBy } from "./moderated.ts";
import { restrictedSince, silenceHintIn } from "./muted.ts";
import type { Note } from "./notes.ts";
import { quickReactions } from "./quick_reactions.ts";
import type { Row } from "./rows.ts";
import { drawParts, readText, type TextContext } from "./draw_text.ts";
import { isLarge, runsOf } from "./runs.ts";
import { name, sentence } from "./sentence.ts";
import type { Strings } from "./strings.ts";

/** What rows are drawn with: the talk, the words, what the person may do, and what is called when they do it. */
export interface RowContext {
  talk: Talk;
  words: Strings;
  /** What the client says, in the same language. */
  sentences: Sentences;
  /** How dates and times are written. */
  locale: string;
  pictures: ReadonlyMap<string, string>;
  files: FileParts;
  /** Whether the server takes reactions and answers. */
  canTag: boolean;
  /** The nick of this person. */
  nick: string;
  /** Whether that is a channel that the person is in. */
  isChannel: (name: string) => boolean;
  /** Under which name somebody is shown, who is here. */
  profileOf: (nick: string) => Profile;
  /** Whether the pointer or the focus is at a line: only such a line is drawn with buttons for what can be done with it. */
  isAt: (line: TalkLine) => boolean;
  /** Called for one of the buttons of a line. */
  act: (action: "reply" | "react" | "earlier" | "moderate" | "remove", line: TalkLine, place: Element) => void;
  /** Shows the menu of a line. @param place Where. */
  menu: (line: TalkLine, place: Element) => void;
  /** Adds a reaction of the person, or takes it back. */
  toggle: (line: TalkLine, reaction: string) => void;
  /** Shows the talk with a person, or a channel. */
  open: (name: string) => void;
  /** Draws the card that meets the person. */
  welcome: () => unknown;
  /** Scrolls to another line of the talk. */
  goTo: (line: TalkLine) => void;
  /** Goes to a message of the talk by its msgid, which need not be loaded. */
  seek: (msgid: string) => void;
  /** Whether that is the line to which the person has jumped. */
  isSought: (line: TalkLine) => boolean;
  /** Whether that is the line whose text stands in the field. */
  isEdited: (line: TalkLine) => boolean;
}

/** Code points of an answered line that are shown. */
const QUOTED = 120;

/** The text of each line as it was read, kept since a talk is drawn anew with each line that comes. */
const texts = new WeakMap<TalkLine, { text: string } & ReturnType<typeof readText>>();

function textOfLine(line: TalkLine, { files, pictures }: RowContext): ReturnType<typeof readText> {
  const known = texts.get(line);
  const text = files.textOf(line);
  if (known?.text === text) return known;
  const fresh = { text, ...readText(text, pictures) };
  texts.set(line, fresh);
  return fresh;
}

/** Draws one row. */
export function drawRow(row: Row, context: RowContext): unknown {
  if (row.type === "said") {
    return guard(lookOf(row, context), () => drawSaid(row, context));
  }
  if (row.type === "happened") {
    // A line may be left out while another comes.
    return guard([row.lines.length, row.lines.at(-1), context.words], () => drawHappened(row.lines, context));
  }
  if (row.type === "note" && row.note.isWelcome) return context.welcome();
  if (row.type === "note") return drawNote(row.note, context);
  if (row.type === "another") {
    // A talk may have lines that were said under another nick.
    const told = sentence(context.sentences.talking.anotherPerson, name(context.talk.name));
    return html`<li class="another" role="note"><span>${drawSentence(told)}</span></li>`;
  }
  if (row.type === "new") return html`<li class="new"><span>${context.words.newLines}</span></li>`;
  return html`<li class="date"><span>${longDate(row.time, context.locale)}</span></li>`;
}

type SaidRow = Extract<Row, { type: "said" }>;

/** Everything on which the look of a line depends. */
function lookOf(
  { line, isHead, isJoined }: SaidRow,
  context: RowContext,
): unknown[] {
  const { words, locale, canTag, talk, nick, isAt, profileOf, isSought, isEdited, files } = context;
  const quote = answeredBy(line, talk);
  const { displayName } = isHead ? profileOf(line.from) : {};
  const quoted = [quote, quote?.redacted, quote?.text];
  const looks = [line, isHead, isJoined, line.changes, line.redacted, ...quoted, words, locale, canTag, nick];
  return [
    ...looks,
    silenceHintIn(talk),
    isAt(line) && quickReactions().join(),
    isSought(line),
    isEdited(line),
    displayName,
    ...reportLook(line, context, restrictedSince),
    ...files.lookOf(line),
  ];
}

function longDate(time: number, locale: string): string {
  const format: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return new Date(time).toLocaleDateString(locale, format);
}

function drawHappened(lines: readonly TalkLine[], { words, sentences, locale }: RowContext): TemplateResult {
  const draw = (of: "names" | "number" | "all") =>
    happenings(lines, words, sentences, of).map((sentence, i) =>
      html`${i === 0 ? nothing : " · "}<span class="event">${drawSentence(sentence)}</span>`
    );
  const clock = drawClock(lines[0].time, locale);
  if (!isCrowd(lines)) return html`<li class="happened">${clock}<span>${draw("names")}</span></li>`;
  return html`<li class="happened">${clock}<details><summary>${draw("number")}</summary>${draw("all")}</details></li>`;
}

function drawSaid({ line, isHead, isJoined, isPending }: SaidRow, context: RowContext): TemplateResult {
  const { words } = context;
  const { parts, runs } = textOfLine(line, context);
  const kind = line.private ? "private" : line.own ? "own" : "other";
  const classes = [
    "said",
    kind,
    line.kind,
    isHead ? "head" : "",
    isJoined ? "joined" : "",
    line.own ? "mine" : "",
    line.mention ? "mention" : "",
    context.isSought(line) ? "sought" : "",
    context.isEdited(line) ? "editing" : "",
    isPending ? "pending" : "",
    line.redacted === undefined ? "" : "removed",
    isReport(line) ? "report" : "",
  ];
  const removed = line.redacted && drawRemoval(line.redacted, words);
  // Not in one template with the text: the paragraph shows line ends, and would show those of the template.
  const actor = html`<bdi>${sanitize(line.from)}</bdi>`;
  const isFileAlone = parts.length === 0 && line.text !== "";
  const edited = drawEdited(line, context);
  const shown = removed !== undefined
    ? html`<p dir="auto"><em>${removed}</em></p>`
    : isReport(line)
    ? drawReport(line, context, restrictedSince)
    : isFileAlone
    ? nothing
    : drawParts(parts, textContextOf(line, context), line.kind === "action" ? [actor, " "] : [], edited);
  return html`
    <li class=${[...classes, isLarge(runs) ? "large" : ""].filter(Boolean).join(" ")} tabindex="-1"
      aria-live=${isPending ? "off" : nothing}>
        ${isReport(line) ? drawReportHead(line, context) : isHead ? drawSpeaker(line, context) : nothing} ${isPending
          ? drawPending(words)
          : drawClock(line.time, context.locale)}
        <div class="text">
          ${drawQuote(line, context)} ${drawAlone(line, context)}
          ${shown}
          ${context.files.draw(line)}
          ${isFileAlone ? edited : nothing}
          ${drawReactions(line, context)}
        </div>
        ${!isPending && line.redacted === undefined && context.isAt(line) ? drawActions(line, context) : nothing}
      </li>
  `;
}

/** Says whose line it is. */
function drawSpeaker(line: TalkLine, context: RowContext): TemplateResult[] {
  const name = drawDisplayName(context.profileOf(line.from));
  return [drawAvatar(line.from), html`<span class="who">${drawNick(line, context)}${name}</span>`];
}

/** Says who alone reads a line, where that is not everybody in the talk. */
function drawAlone({ private: isPrivate, status }: TalkLine, { words, talk }: RowContext): unknown {
  const readers = status !== undefined
    ? status.includes("+") ? words.voicedAlone : words.operatorsAlone
    : isPrivate && talk.kind === "channel"
    ? words.betweenTwo
    : undefined;
  return readers === undefined ? nothing : html`<small class="alone">${icon("lock")}${readers}</small>`;
}

/** Stands in the place of the time while the server does not have a line. */
function drawPending({ notSentYet }: Strings): TemplateResult {
  return html`<small class="unsent" title=${notSentYet}>${
    icon("clock")
  }<span class="hidden">${notSentYet}</span></small>`;
}

function textContextOf(line: TalkLine, { words, talk, nick: own, isChannel, isAt, open }: RowContext): TextContext {
  const isPerson = (nick: string) => !isSameName(nick, own) && talk.members.get(foldName(nick)) !== undefined;
  return { words, mayCopy: isAt(line), names: { words, open, isChannel, isPerson } };
}

function drawNick(line: TalkLine, { words, open }: RowContext): TemplateResult {
  const nick = sanitize(line.from);
  if (line.own || line.kind === "notice") return html`<b class="nick"><bdi>${nick}</bdi></b>`;
  return html`
    <button class="nick named ${hueOf(line.from)}" type="button" tabindex="-1" title=${words.talkTo(nick)}
      @click=${() => open(line.from)}><bdi>${nick}</bdi></button>
  `;
}

/** Stands in the place of a message that was removed. */
function drawRemoval({ by }: Redaction, words: Strings): unknown {
  return drawSentence(sentence(words.removed, sanitize(by) === "" ? [words.someone] : name(by)));
}

/** The beginning of a line, as it is shown where another line answers it. */
export function quotedText(line: TalkLine): string {
  return beginningOf(plainText(textWithName(line, nameOfFile)), QUOTED);
}

/** Says that a line was edited. Screen readers read out what comes into the talk, but this button is no news. */
function drawEdited(line: TalkLine, { words, locale, act }: RowContext): unknown {
  const { edited, redacted } = line;
  if (edited === undefined || redacted !== undefined) return nothing;
  const title = words.editedAt(new Date(edited).toLocaleString(locale));
  // Without spaces of a template: the paragraph shows them.
  const button = html`<button type="button" tabindex="-1" title=${title} @click=${(
    { currentTarget }: Event,
  ) => act("earlier", line, currentTarget as Element)}>${words.edited}</button>`;
  return html`<span class="edited" aria-live="off">${button}</span>`;
}

function drawQuote(line: TalkLine, { talk, words, goTo, seek }: RowContext): unknown {
  if (line.replyTo === undefined) return nothing;
  const answered = answeredBy(line, talk);
  if (answered === undefined) {
    const { replyTo } = line;
    return html`
      <blockquote><button type="button" tabindex="-1" @click=${() => seek(replyTo)}>${icon("reply")} ${words
        .olderMessage}</button></blockquote>
    `;
  }
  const text = answered.redacted === undefined ? quotedText(answered) : drawRemoval(answered.redacted, words);
  const colour = answered.own ? "mine" : `named ${hueOf(answered.from)}`;
  const author = html`<b class=${colour}><bdi>${sanitize(answered.from)}</bdi></b>`;
  return html`
    <blockquote
      dir="auto"><button type="button" tabindex="-1" @click=${() =>
        goTo(answered)}><bdi>${author} ${text}</bdi></button></blockquote>
  `;
}

function drawActions(line: TalkLine, { words, act, menu, toggle, canTag, talk }: RowContext): TemplateResult {
  const silence = silenceHintIn(talk);
  const button = (label: string, sign: unknown, press: (place: Element) => void, why?: string, title = label) =>
    html`
      <button type="button" tabindex="-1" aria-label=${label} title=${why ?? title} ?disabled=${why !== undefined}
        @click=${({ currentTarget }: Event) => press(currentTarget as Element)}>${sign}</button>
    `;
  // Screen readers read out what comes into the talk, but these buttons are no news.
  return html`<div class="actions" aria-live="off">${
    canTag && isForAll(line) && line.msgid !== undefined
      ? [
        ...(silence === undefined ? quickReactions() : []).map((emoji) =>
          button(emoji, emoji, () => toggle(line, emoji), undefined, `${words.react} ${emoji}`)
        ),
        button(words.reply, icon("reply"), (place) => act("reply", line, place), silence),
        button(words.react, icon("smile-plus"), (place) => act("react", line, place), silence),
      ]
      : nothing
  }${button(words.more, icon("ellipsis"), (place) => menu(line, place))}</div>`;
}

/** A row of a table; one of a single cell is a title. */
function drawCells(cells: string[]): TemplateResult {
  if (cells.length === 1) {
    return html`
      <tr>
        <th colspan="2" scope="rowgroup">${sanitize(cells[0])}</th>
      </tr>
    `;
  }
  return html`<tr>${cells.map((cell) => html`<td>${sanitize(cell)}</td>`)}</tr>`;
}

/** A notice of somebody to this person alone: it looks like a line of a talk, so that nobody takes it for the page's words. */
function drawNotice(
  from: string,
  { time, text, leftOut }: Note,
  { words, open, locale, pictures }: RowContext,
): TemplateResult {
  const nick = sanitize(from);
  return html`<li class="said private notice head" tabindex="-1">
    ${drawAvatar(from)}
    <button class="nick" type="button" tabindex="-1" title=${words.talkTo(nick)} @click=${() =>
    open(from)}><bdi>${nick}</bdi></button>
    ${drawClock(time, locale)}
    <div class="text">${drawLeftOut(leftOut, words)}<p dir="auto">${
    typeof text === "string" ? drawRuns(runsOf(text, pictures)) : drawSentence(text)
  }</p></div>
  </li>`;
}

/** Says how many notes before this one are not kept. */
function drawLeftOut(leftOut: number | undefined, words: Strings): unknown {
  return leftOut === undefined ? nothing : html`
    <p class="hint">${words.leftOut(leftOut)}</p>
  `;
}

function drawNote(note: Note, context: RowContext): TemplateResult {
  const { kind, time, from, text, reason, rows, found, invitedTo, leftOut } = note;
  if (from !== undefined) return drawNotice(from, note, context);
  const why = reason === undefined ? nothing : html`: <bdi class="written">${sanitize(reason)}</bdi>`;
  return html`<li class="note ${kind}">${drawClock(time, context.locale)}
    <div class="text">
      ${drawLeftOut(leftOut, context.words)} ${
    text === ""
      ? nothing
      : html`<p dir="auto">${typeof text === "string" ? sanitize(text) : drawSentence(text)}${why}</p>`
  }
      ${
    rows === undefined ? nothing : html`
      <table>
        <tbody>${rows.map(drawCells)}</tbody>
      </table>
    `
  }
      ${
    found === undefined
      ? nothing
      : html`<ul>${
        found.map((hit) =>
          html`<li>${drawClock(hit.time, context.locale)} <b><bdi>${sanitize(hit.from)}</bdi></b> <bdi>${
            sanitize(hit.target)
          }</bdi> ${drawRuns(runsOf(hit.text))}</li>`
        )
      }</ul>`
  }
      ${
    invitedTo === undefined
      ? nothing
      : html`<button type="button" @click=${() => context.open(invitedTo)}>${context.words.join}</button>`
  }
    </div>
  </li>`;
}
