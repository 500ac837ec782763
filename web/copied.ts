/// <reference lib="dom" />
/**
 * What is selected of a talk as lines to be read elsewhere: time, nick, text. It must not know where rows stand.
 *
 * @module
 */

import { sanitize } from "../client/sanitize.ts";
import { clockText } from "./draw.ts";
import { quotedText } from "./draw_row.ts";
import type { Row } from "./rows.ts";
import type { Talk } from "../client/state/talk.ts";

/** What of a row is its text; the rest says whose it is, or what can be done with it. */
const TEXTS = ".text > p, .happened > span, .date > span, tr, .text li";

/**
 * The text of all rows that a selection reaches, `undefined` where it reaches none. Of a single text that it begins in, what
 * is selected stands alone.
 *
 * @param rows The rows that are drawn, in their order.
 * @param talk Where lines are found that others answer.
 */
export function copied(
  selection: Selection,
  rows: Iterable<[row: Row, element: HTMLElement]>,
  talk: Talk,
  locale: string,
): string | undefined {
  const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
  const found: { row: Row; element: HTMLElement; text: string }[] = [];
  for (const [row, element] of rows) {
    const texts = [...element.querySelectorAll(TEXTS)].flatMap((part) => ranges.map((range) => textIn(part, range)));
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

/** A row as one would write it down. */
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

/** What of an element's text is in a range: of a picture its name, of columns each with a space behind it. */
function textIn(element: Element, range: Range): string {
  if (!range.intersectsNode(element)) return "";
  const part = range.cloneRange();
  const whole = document.createRange();
  whole.selectNodeContents(element);
  if (part.compareBoundaryPoints(Range.START_TO_START, whole) < 0) part.setStart(element, 0);
  if (part.compareBoundaryPoints(Range.END_TO_END, whole) > 0) part.setEnd(element, element.childNodes.length);
  const content = part.cloneContents();
  for (const picture of content.querySelectorAll("img")) picture.replaceWith(picture.alt);
  for (const cell of content.querySelectorAll("td")) cell.append(" ");
  const text = content.textContent;
  return element.matches("p, span") ? text : text.replaceAll(/\s+/g, " ").trim();
}
