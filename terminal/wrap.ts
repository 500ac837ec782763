/**
 * Cuts lines into rows of a terminal. A terminal that cuts a line itself goes on in the first column, where lines begin, so that
 * a text with the right number of spaces would read as a line of somebody else. Here each row after the first begins with a mark
 * with which no line begins. Pure, but for how wide ambiguous characters are: that is the terminal's, of which a process has one.
 *
 * @module
 */

import { eastAsianWidth } from "get-east-asian-width";
import { graphemes } from "../client/graphemes.ts";
import { PAINT, printablePainted } from "./printable.ts";

/** Stands before each row of a line but the first, and before each line of a message but the first: under the line's time. */
export const MARK = "      | ";
/** The same for rows in a narrow terminal. */
const SHORT_MARK = "| ";
/** A terminal with fewer columns is narrow. With fewer than the least nobody could read, nor be deceived. */
const NARROW = 40;
const LEAST = 4;

/** Characters that take two columns in some terminal beside those that UAX #11 has wide: emoji, flags, private ones, all of some scripts. */
const TWO_COLUMNS = new RegExp(
  "[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Bopomofo}\\p{scx=Yi}\\p{scx=Tangut}\\p{scx=Nushu}" +
    "\\p{scx=Khitan_Small_Script}\\p{Extended_Pictographic}\\p{Emoji_Presentation}\\p{Regional_Indicator}" +
    "\\p{Emoji_Modifier}\\p{Co}\u2329\u232a\u2e80-\u303f\u31c0-\u33ff\ua490-\ua4cf\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uffef" +
    "\u4dc0-\u4dff\u{16fe0}-\u{18fff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]",
  "u",
);

/** The width of each code point that was looked up: 1 or 2 columns, 0 for not yet. A text may have millions of them. */
const KNOWN = new Uint8Array(0x110000);

/** Below it no character takes two columns, unless the ambiguous ones do. */
let narrowUpTo = 0x300;
let ambiguousAsWide = false;

/**
 * Says how many columns ambiguous characters take (UAX #11), such as `①`, `─` and Greek letters: two in many terminals of people who
 * write Chinese, Japanese or Korean, and one elsewhere.
 */
export function countAmbiguousAsWide(isWide: boolean): void {
  ambiguousAsWide = isWide;
  narrowUpTo = isWide ? 0x80 : 0x300;
  KNOWN.fill(0);
}

/** Whether ambiguous characters may be wide, by the locale's variables of which the first counts that says something (POSIX, section 8.2). */
export function mayAmbiguousBeWide(env: Pick<typeof Deno.env, "get"> = Deno.env): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((variable) => env.get(variable)).find((value) => value);
  return /^(?:zh|ja|ko)(?![a-z])/i.test(locale ?? "");
}

/**
 * How many columns a code point takes at most: 1 or 2. Terminals do not agree about emoji, nor about marks and joiners, which
 * take none in most of them. A row that is too short harms nobody.
 */
function widthOf(code: number): number {
  // Most are Latin letters.
  if (code < narrowUpTo) return 1;
  return KNOWN[code] ||= TWO_COLUMNS.test(String.fromCodePoint(code)) ? 2 : eastAsianWidth(code, { ambiguousAsWide });
}

/** What begins no row, and what ends none: brackets, quotes, marks behind a word, small kana (UAX #14, classes CL, CP, EX, IS, NS, OP). */
const NO_BEGINNING =
  /[\p{Pe}\p{Pf}"'!,.:;?%\u2026\u3001\u3002\u3005\u30fb\u30fc\uff01\uff0c\uff0e\uff1a\uff1b\uff1f\uff5e]|[ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const NO_END = /[\p{Ps}\p{Pi}"']/u;

/** Whether a row may end before a place of a text: behind a blank, and beside a character of a script that has none between words. */
function mayEndAt(text: string, at: number): boolean {
  if (text[at - 1] === " ") return true;
  const next = text.codePointAt(at)!;
  const isPair = (text.codePointAt(at - 2) ?? 0) > 0xffff;
  const previous = text.codePointAt(isPair ? at - 2 : at - 1)!;
  return (widthOf(previous) === 2 || widthOf(next) === 2) && !NO_BEGINNING.test(String.fromCodePoint(next)) &&
    !NO_END.test(String.fromCodePoint(previous));
}

/**
 * Finds the end of a row that has no room for the code point at a place: at the last place where a row may end, where what is
 * behind it is not long; else before the character that has no room; else, where that character begins the row, in the middle
 * of it.
 *
 * @param part The text of which the row is a part, from `begin` on.
 * @param segments The characters of `part`.
 * @param longest How many code units may be moved to the next row.
 */
function endOfRow(part: string, segments: Intl.Segments, begin: number, at: number, longest: number): number {
  if (part[at] === " ") return at;
  for (let end = at; end > begin + 1 && at - end < longest; end--) {
    if (mayEndAt(part, end) && segments.containing(end)!.index === end) return end;
  }
  const { index } = segments.containing(at)!;
  return index > begin ? index : at;
}

/**
 * Cuts a line into rows, each of which a terminal shows in one of its own.
 *
 * @param line May hold colours (see `printablePainted`), which go on from row to row.
 * @param columns The columns of the terminal; Infinity where it is none.
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
      // A blank that has no room ends the row, and is left out.
      begin = at = part[end] === " " ? end + 1 : end;
    }
    row += part.slice(begin);
  }
  return [...rows, row];
}

/**
 * Cuts the text of a prompt into rows, without marks. A terminal shows each in one row of its own, however wide it draws the
 * characters. A character of several code points stays whole where it fits into a row.
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

/** How many columns a text takes at most. */
export function widthOfText(text: string): number {
  let width = 0;
  for (const point of text) width += widthOf(point.codePointAt(0)!);
  return width;
}

/** The beginning of a text in at most so many columns, with `…` where the text goes on; at least `…`. */
export function shorten(text: string, columns: number): string {
  let left = columns;
  let end = 0;
  let fits = 0;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOfText(segment);
    if (left < 0) return text.slice(0, fits) + "…";
    end += segment.length;
    if (left >= widthOfText("…")) fits = end;
  }
  return text;
}
