/// <reference lib="dom" />
/**
 * Writes what is selected of a talk as lines with time, nick and text, to be pasted elsewhere.
 *
 * @module
 */

import { visible } from "../protocol.ts";
import { sanitize, sanitizeLines } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { clockText } from "./draw.ts";
import { quotedText } from "./draw_row.ts";
import type { Row } from "./rows.ts";
import { settings } from "./settings.ts";

/** The elements of a row that hold its text. The others say whose it is, or what can be done with it. */
const TEXTS =
  ".text > p, .text > .body, .happened > span, .happened > details > summary, .date > span, tr, .text > ul > li";

/**
 * Puts what is selected of a talk onto the clipboard; where nothing is, or something in a field, the browser copies.
 *
 * @param elements What is drawn of the rows, by their keys.
 */
export function copyRows(
  event: ClipboardEvent,
  rows: readonly Row[],
  elements: ReadonlyMap<unknown, HTMLElement>,
  talk: Talk,
): void {
  const selection = getSelection();
  const isField = event.target instanceof Element && event.target.matches("input, textarea");
  if (selection === null || selection.isCollapsed || isField) return;
  const drawn = rows.flatMap((row): [Row, HTMLElement][] => {
    const element = elements.get(row.key);
    return element === undefined ? [] : [[row, element]];
  });
  const text = copied(selection, drawn, talk, settings.locale);
  if (text === undefined) return;
  event.clipboardData?.setData("text/plain", text);
  event.preventDefault();
}

/**
 * Gives the rows that a selection reaches as text. Where the selection begins and ends in the text of one row, only the selected
 * part of that text is given, without time and nick.
 *
 * @param rows The rows that are drawn, in their order.
 * @param talk The talk of the rows, in which answered lines are found.
 * @returns Undefined where the selection reaches no row.
 */
function copied(
  selection: Selection,
  rows: Iterable<[row: Row, element: HTMLElement]>,
  talk: Talk,
  locale: string,
): string | undefined {
  const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
  const found: { row: Row; element: HTMLElement; text: string }[] = [];
  for (const [row, element] of rows) {
    const texts = [...element.querySelectorAll(TEXTS)].flatMap((part) =>
      ranges.map((range) => textIn(part, range, row))
    );
    const text = texts.filter((text) => text !== "").join("\n");
    if (text !== "" && row.type !== "new") found.push({ row, element, text });
  }
  if (found.length === 0) return undefined;
  const [{ element, text }] = found;
  const { startContainer } = ranges[0];
  const isPart = [...element.querySelectorAll(TEXTS)].some((part) => part.contains(startContainer));
  if (found.length === 1 && isPart) return text;
  return found.map(({ row, text }) => written(row, text, talk, locale)).join("\n");
}

/** Writes a row as a line. */
function written(row: Row, text: string, talk: Talk, locale: string): string {
  if (row.type === "happened") return `${clockText(row.lines[0].time, locale)} ${text}`;
  if (row.type === "note") {
    const { time, from } = row.note;
    return `${clockText(time, locale)} ${from === undefined ? "" : `<${sanitize(from)}> `}${text}`;
  }
  if (row.type !== "said") return text;
  const { kind, from, time, replyTo } = row.line;
  const answered = talk.find(replyTo);
  const quote = answered === undefined ? "" : ` ↳ ${sanitize(answered.from)}: ${quotedText(answered)}`;
  return `${clockText(time, locale)} ${kind === "action" ? "* " : `<${sanitize(from)}> `}${text}${quote}`;
}

/**
 * The part of an element's text that is in a range. All of a message is given as it was typed. A picture gives its name; a cell of a
 * table has a space behind it.
 */
function textIn(element: Element, range: Range, row: Row): string {
  if (!range.intersectsNode(element)) return "";
  const part = range.cloneRange();
  const whole = document.createRange();
  whole.selectNodeContents(element);
  if (part.compareBoundaryPoints(Range.START_TO_START, whole) < 0) part.setStart(element, 0);
  if (part.compareBoundaryPoints(Range.END_TO_END, whole) > 0) part.setEnd(element, element.childNodes.length);
  const text = textOf(part.cloneContents());
  if (row.type === "said" && row.line.redacted === undefined && text.trim() === textOf(whole.cloneContents()).trim()) {
    return typed(row.line);
  }
  return element.matches("p, span, .body") ? text : text.replaceAll(/\s+/g, " ").trim();
}

/** Blocks of a message, which stand on lines of their own. */
const BLOCKS = "p, blockquote, .items, .items > li, .code";

function textOf(content: DocumentFragment): string {
  for (const picture of content.querySelectorAll("img")) picture.replaceWith(picture.alt);
  for (const cell of content.querySelectorAll("td")) cell.append(" ");
  for (const button of content.querySelectorAll(".copy, .edited")) button.remove();
  for (const block of content.querySelectorAll(BLOCKS)) if (block.nextElementSibling !== null) block.append("\n");
  return content.textContent;
}

/** What the sender has typed, with the actor before an action. */
function typed({ kind, from, text }: TalkLine): string {
  const written = sanitizeLines(visible(text));
  return kind === "action" ? `${sanitize(from)} ${written}` : written;
}
