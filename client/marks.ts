/**
 * Reads the marks in what people write: `code`, **bold**, *italic*, ~~struck~~ and IRC's own formatting, which look the same. Pure.
 *
 * The marks are the sender's typed text: nothing of them is changed on the wire. A mark counts only where it can be nothing else, so
 * `2*3*4`, `/*.ts`, `snake_case` and addresses of the web stay as they are. All takes linear time, since the text is remote.
 *
 * @module
 */

import { isBlank } from "../protocol.ts";
import { sanitize } from "./sanitize.ts";

/** A stretch of a line that looks the same. */
export interface Span {
  text: string;
  /** Some of bold, italic, underline, strike and code, separated by spaces; "" for none. */
  style: string;
}

/** The styles by their bits, in the order in which they are named. */
const STYLES = ["bold", "italic", "underline", "strike", "code"] as const;
const [BOLD, ITALIC, UNDERLINE, STRIKE, CODE] = STYLES.map((_, i) => 1 << i);
/** Stands where a mark is that is not shown. */
const HIDDEN = 1 << STYLES.length;

/** The characters that begin and end a style (modern.ircdocs.horse/formatting). */
const TOGGLES = new Map([["\x02", BOLD], ["\x1d", ITALIC], ["\x1f", UNDERLINE], ["\x1e", STRIKE], ["\x11", CODE]]);
const RESET = "\x0f";
// deno-lint-ignore no-control-regex -- these are IRC's characters for styles
const TOGGLE = /([\x02\x0f\x11\x1d\x1e\x1f])/;

/** The marks, and what they mean. */
const MARKS = new Map([["*", ITALIC], ["**", BOLD], ["***", BOLD | ITALIC], ["~~", STRIKE]]);
const RUN = /`+|\*+|~+/g;

/** Letters and digits, but of scripts without spaces between words; and signs of paths and comments, beside which a star is no mark. */
const UNSPACED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}";
const WORD = `[[\\p{L}\\p{M}\\p{N}_\\/\\\\]--[${UNSPACED}]]`;
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, "v");
const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, "v");

/** Reads one line. Its IRC colours are left out, as is what would hide or reorder what it says. */
export function spansOf(line: string): Span[] {
  const { text, masks } = toggled(line);
  // Most lines have no marks.
  if (/[`*~]/.test(text)) marked(text, masks);
  const spans: Span[] = [];
  let begin = 0;
  for (let at = 1; at <= text.length; at++) {
    if (at < text.length && masks[at] === masks[begin]) continue;
    if ((masks[begin] & HIDDEN) === 0) {
      const style = styleOf(masks[begin]);
      const last = spans.at(-1);
      // Where a mark was, the style is another one, but behind marks that say the same twice.
      if (last?.style === style) last.text += text.slice(begin, at);
      else spans.push({ text: text.slice(begin, at), style });
    }
    begin = at;
  }
  return spans;
}

/** A line as one text without its marks. */
export function textOfSpans(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}

function styleOf(mask: number): string {
  return STYLES.filter((_, i) => mask & (1 << i)).join(" ");
}

/** The text of a line without IRC's formatting, and the styles of each of its code units. */
function toggled(line: string): { text: string; masks: Uint8Array } {
  const pieces: { text: string; mask: number }[] = [];
  let mask = 0;
  for (const piece of line.split(TOGGLE)) {
    const toggle = TOGGLES.get(piece);
    if (piece === RESET) mask = 0;
    else if (toggle !== undefined) mask ^= toggle;
    // Tabs stay: code that stands in no block has them too.
    else if (piece !== "") pieces.push({ text: piece.split("\t").map(sanitize).join("\t"), mask });
  }
  const text = pieces.map(({ text }) => text).join("");
  const masks = new Uint8Array(text.length);
  let at = 0;
  for (const { text, mask } of pieces) masks.fill(mask, at, at += text.length);
  return { text, masks };
}

/** A mark that may begin or end a style. */
interface Mark {
  mark: string;
  begin: number;
  end: number;
}

/** Finds the marks of a text, and puts what they mean into its masks. */
function marked(text: string, masks: Uint8Array): void {
  const runs = [...text.matchAll(RUN)].map(({ 0: mark, index }) => ({ mark, begin: index, end: index + mark.length }));
  const addresses = addressesIn(text);
  const ticks = ticksByLength(runs);
  /** The marks that have begun a style, by what they look like; at most one of each. */
  const open = new Map<string, Mark>();
  let address = 0;
  let done = 0;
  for (const run of runs) {
    if (run.begin < done) continue;
    while (address < addresses.length && addresses[address].end <= run.begin) address++;
    const isInAddress = address < addresses.length && addresses[address].begin <= run.begin;
    if (isInAddress || masks[run.begin] & CODE) continue;
    if (run.mark.startsWith("`")) {
      const end = closing(run, ticks);
      if (end === undefined) continue;
      paint(masks, run, end, CODE);
      // What was begun before the code goes on behind it, but nothing in the code counts.
      done = end.end;
      continue;
    }
    const means = MARKS.get(run.mark);
    if (means === undefined) continue;
    const begun = open.get(run.mark);
    const isBehindAddress = address > 0 && addresses[address - 1].end === run.begin;
    if (begun !== undefined && mayEnd(text, run, isBehindAddress) && !isBlank(text.slice(begun.end, run.begin))) {
      paint(masks, begun, run, means);
      // What began within and has not ended is no mark.
      for (const [mark, { begin }] of open) if (begin >= begun.begin) open.delete(mark);
    } else if (mayBegin(text, run)) open.set(run.mark, run);
  }
}

/** Puts a style between two marks, which are hidden. */
function paint(masks: Uint8Array, begin: Mark, end: Mark, style: number): void {
  for (let at = begin.end; at < end.begin; at++) masks[at] |= style;
  masks.fill(HIDDEN, begin.begin, begin.end);
  masks.fill(HIDDEN, end.begin, end.end);
}

/** The character behind a mark is no space, and the one before it belongs to no word. */
function mayBegin(text: string, { begin, end }: Mark): boolean {
  const after = text.slice(end, end + 2);
  return after !== "" && !/^\s/.test(after) && !BEGINS_WITH_PATH.test(after) &&
    !ENDS_WITH_WORD.test(text.slice(Math.max(0, begin - 2), begin));
}

/** The same the other way round; an address of the web may end with a slash. */
function mayEnd(text: string, { begin, end }: Mark, isBehindAddress: boolean): boolean {
  const before = text.slice(Math.max(0, begin - 2), begin);
  return before !== "" && (isBehindAddress || !/[\s/\\]$/.test(before)) &&
    !BEGINS_WITH_WORD.test(text.slice(end, end + 2));
}

/** What follows the star of `*.ts` and `*\/`. */
const BEGINS_WITH_PATH = /^[./\\]/;

/** Runs of one or two backticks by their length, in their order. */
function ticksByLength(runs: readonly Mark[]): Map<number, Mark[]> {
  const ticks = runs.filter(({ mark }) => mark === "`" || mark === "``");
  return Map.groupBy(ticks.toReversed(), ({ mark }) => mark.length);
}

/** The run that ends the code which this one begins; undefined where none does. */
function closing(run: Mark, ticks: Map<number, Mark[]>): Mark | undefined {
  const same = ticks.get(run.mark.length);
  // The last of each list is the first that is left.
  while (same !== undefined && same.length > 0 && same.at(-1)!.begin <= run.begin) same.pop();
  return same?.at(-1);
}

/** Where addresses of the web are: from the scheme to the next space, without the marks at the end. */
function addressesIn(text: string): { begin: number; end: number }[] {
  const found: { begin: number; end: number }[] = [];
  let from = 0;
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", Math.max(from, at + 3))) {
    let begin = at;
    while (begin > from && at - begin < 10 && /[a-z\d+.-]/i.test(text[begin - 1])) begin--;
    if (begin === at) continue;
    const space = text.slice(at).search(SPACE);
    let end = space < 0 ? text.length : at + space;
    while (end > at + 3 && /[*~`]/.test(text[end - 1])) end--;
    found.push({ begin, end });
    from = end;
  }
  return found;
}

const SPACE = /\s/;
