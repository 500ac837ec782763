/**
 * Cuts lines into rows of a terminal. A terminal that does so itself goes on in the first column, where a line begins, and
 * then a text with the right number of spaces reads as a line of somebody else's. Rows after the first have a mark in front
 * that begins no line. Pure.
 *
 * @module
 */

import { graphemes } from "../client/graphemes.ts";
import { PAINT, printablePainted } from "./printable.ts";

/** What stands before each row of a line but the first: under its time, and where there is little room. */
const MARK = "      | ";
const SHORT_MARK = "| ";
/** In fewer columns than this there is little room; in fewer than the least nobody could read, nor be deceived. */
const NARROW = 40;
const LEAST = 4;

/** What takes two columns in some terminal: East Asian Wide and Fullwidth (UAX #11), emoji and flags, private characters. */
const TWO_COLUMNS = new RegExp(
  "[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Bopomofo}\\p{scx=Yi}\\p{scx=Tangut}\\p{scx=Nushu}" +
    "\\p{scx=Khitan_Small_Script}\\p{Extended_Pictographic}\\p{Emoji_Presentation}\\p{Regional_Indicator}" +
    "\\p{Emoji_Modifier}\\p{Co}\u2329\u232a\u2e80-\u303f\u31c0-\u33ff\ua490-\ua4cf\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uffef" +
    "\u4dc0-\u4dff\u{16fe0}-\u{18fff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]",
  "u",
);

/** Which code points take two columns, as far as that was looked up: 1 for no, 2 for yes. There may be millions to look at. */
const KNOWN = new Uint8Array(0x110000);

/**
 * How many columns a character takes, at most: 1 or 2. Terminals do not agree about emoji, nor about marks and joiners, which
 * take none in most. A row that is too short harms nobody.
 */
function widthOf(code: number): number {
  // Latin letters, which most are.
  if (code < 0x300) return 1;
  return KNOWN[code] ||= TWO_COLUMNS.test(String.fromCodePoint(code)) ? 2 : 1;
}

/**
 * Where a row ends that has no room for what stands at a place: behind a word, where the last one is not long, else before
 * that character, which may be of several code points, and else in the middle of it.
 *
 * @param longest How many code units may be left to the next row.
 */
function endOfRow(part: string, segments: Intl.Segments, begin: number, at: number, longest: number): number {
  if (part[at] === " ") return at;
  const blank = part.lastIndexOf(" ", at - 1);
  if (blank > begin && at - blank <= longest) return blank + 1;
  const { index } = segments.containing(at)!;
  return index > begin ? index : at;
}

/**
 * Cuts a line into rows, each of which a terminal shows in one.
 *
 * @param line May hold colours (see `printablePainted`); they go on from row to row.
 * @param columns How many the terminal has; Infinity where it is none.
 * @returns At least one row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wrap("[12:04] <bob> tea is ready", 16), ["[12:04] <bob> ", "| tea is ready"]);
 * ```
 */
export function wrap(line: string, columns: number): string[] {
  const text = printablePainted(line);
  if (text.length * 2 <= columns) return [text];
  const most = Math.max(LEAST, columns);
  const mark = most < NARROW ? SHORT_MARK : MARK;
  const rows: string[] = [];
  let row = "";
  let left = most;
  for (const [i, part] of text.split(PAINT).entries()) {
    if (i % 2 === 1) {
      row += part;
      continue;
    }
    const segments = graphemes.segment(part);
    let begin = 0;
    for (let at = 0; at < part.length;) {
      const code = part.codePointAt(at)!;
      const width = widthOf(code);
      if (width <= left) {
        left -= width;
        at += code > 0xffff ? 2 : 1;
        continue;
      }
      const end = endOfRow(part, segments, begin, at, Math.floor(most / 3));
      rows.push(row + part.slice(begin, end));
      row = mark;
      left = most - mark.length;
      // A blank that has no room any more is as well the end of the row.
      begin = at = part[end] === " " ? end + 1 : end;
    }
    row += part.slice(begin);
  }
  return [...rows, row];
}

/**
 * Cuts what stands at a prompt into rows, without marks, each of which a terminal shows in one, however it draws what they
 * hold. A character of several code points stays whole where it fits into a row.
 *
 * @returns At least one row; the last one has room for the cursor behind it.
 */
export function rowsOf(text: string, columns: number): string[] {
  const most = Math.max(LEAST, columns);
  const rows: string[] = [];
  let row = "";
  let left = most;
  const put = (part: string, width: number) => {
    if (width > left) {
      rows.push(row);
      row = "";
      left = most;
    }
    row += part;
    left -= width;
  };
  for (const { segment } of graphemes.segment(text)) {
    const width = widthOfText(segment);
    if (width <= most) put(segment, width);
    else for (const point of segment) put(point, widthOf(point.codePointAt(0)!));
  }
  return left > 0 ? [...rows, row] : [...rows, row, ""];
}

/** How many columns a text takes, at most. */
export function widthOfText(text: string): number {
  let width = 0;
  for (const point of text) width += widthOf(point.codePointAt(0)!);
  return width;
}

/** The beginning of a text, in no more than so many columns, and a sign that there is more; at least that sign. */
export function shorten(text: string, columns: number): string {
  let left = columns;
  let end = 0;
  let fits = 0;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOfText(segment);
    if (left < 0) return text.slice(0, fits) + "…";
    end += segment.length;
    if (left > 0) fits = end;
  }
  return text;
}
