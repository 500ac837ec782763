/**
 * Cuts a message into runs of one look: IRC's formatting, code, links and picture emoji. Pure. All text is remote, so what
 * would hide or reorder what is said is taken out, and only http and https become links.
 *
 * @module
 */

import { find } from "linkifyjs";
import { isBlank, visible, withoutColours } from "../protocol.ts";
import { sanitizeLines } from "../client/sanitize.ts";

/** A stretch of a message that looks the same. A view shows `text` as text, always. */
export interface Run {
  text: string;
  /** Some of bold, italic, underline, strike and code, separated by spaces; "" for none. */
  style: string;
  /** An http or https address. */
  href?: string;
  /** The path of a picture on the server itself. */
  picture?: string;
}

/** The characters that begin and end a style (modern.ircdocs.horse/formatting). */
const STYLES = new Map([
  ["\x02", "bold"],
  ["\x1d", "italic"],
  ["\x1f", "underline"],
  ["\x1e", "strike"],
  ["\x11", "code"],
]);
const RESET = "\x0f";
// deno-lint-ignore no-control-regex -- these are IRC's characters for styles
const MARKS = /([\x02\x0f\x11\x1d\x1e\x1f])/;
/** Characters of a message in which links and the like are looked for, and runs of a message: more would take long to draw. */
const MOST = { read: 2_000, runs: 200 } as const;

/**
 * Cuts a message into its runs; what is past the bounds is one plain run.
 *
 * @param pictures The paths of picture emoji, by name.
 */
export function runsOf(text: string, pictures: ReadonlyMap<string, string> = new Map()): Run[] {
  const styles = new Set<string>();
  const found: Run[] = [];
  if (text !== "" && isBlank(text)) return [{ text: visible(text), style: "" }];
  const plain = withoutColours(text);
  // At a space, so that no link is cut in two.
  const end = plain.length <= MOST.read ? plain.length : plain.lastIndexOf(" ", MOST.read);
  let at = 0;
  for (const piece of plain.slice(0, Math.max(0, end)).split(MARKS)) {
    if (found.length >= MOST.runs) break;
    at += piece.length;
    const style = STYLES.get(piece);
    if (piece === RESET) styles.clear();
    else if (style !== undefined) { if (!styles.delete(style)) styles.add(style); }
    else if (piece !== "") found.push(...withCode(sanitizeLines(piece), [...styles].join(" "), pictures));
  }
  const rest = found.splice(MOST.runs).map(({ text }) => text).join("") + sanitizeLines(plain.slice(at));
  if (rest !== "") found.push({ text: rest, style: "" });
  return found;
}

function withCode(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  return text.split(/`([^`]+)`/).flatMap((piece, i) => {
    if (i % 2 === 1) return [{ text: piece, style: `${style} code`.trimStart() }];
    return piece === "" ? [] : withLinks(piece, style, pictures);
  });
}

/** What ends an address that has no space behind it: marks of Chinese and Japanese, and the comma before another address. */
const AFTER_LINK = /([。，、！？；：“”《》〈〉「」『』（）【】〔〕…]+|,(?=https?:\/\/))/i;

function withLinks(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  if (!text.includes("://")) return linksOf(text, style, pictures);
  const found: Run[] = [];
  for (const piece of text.split(AFTER_LINK)) {
    if (piece === "") continue;
    for (const run of linksOf(piece, style, pictures)) {
      const last = found.at(-1);
      const isPlain = [last, run].every((one) =>
        one !== undefined && one.href === undefined && one.picture === undefined
      );
      if (isPlain) last!.text += run.text;
      else found.push(run);
    }
  }
  return found;
}

function linksOf(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  const found: Run[] = [];
  let at = 0;
  for (const { value, start, end } of find(text, "url")) {
    // A text without a scheme may be a file's name, and no schemes but these are harmless.
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) continue;
    found.push(...withPictures(text.slice(at, start), style, pictures), { text: value, style, href: value });
    at = end;
  }
  return [...found, ...withPictures(text.slice(at), style, pictures)];
}

function withPictures(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  return text.split(/(:[a-z0-9_+-]+:)/).filter((piece) => piece !== "").map((piece) => {
    const picture = pictures.get(piece.slice(1, -1));
    return picture === undefined || piece[0] !== ":" ? { text: piece, style } : { text: piece, style, picture };
  });
}

/** Whether a message is nothing but one to three emoji. Those are shown large. */
export function isLarge(runs: readonly Run[]): boolean {
  const text = runs.map((run) => run.picture === undefined ? run.text : "🍵").join("").replaceAll(" ", "");
  return /^(?:\p{RGI_Emoji}){1,3}$/v.test(text);
}
