/**
 * What a message looks like, as plain parts: IRC's formatting, code, links and picture emoji. Pure; it must not know the
 * page. All text is remote: what would hide or reorder what is said is taken out, and only http and https become links.
 *
 * @module
 */

import { find } from "linkifyjs";
import { isBlank, visible, withoutColours } from "../protocol.ts";
import { sanitize } from "../client/sanitize.ts";

/** A part of a message. A view shows `text` as text, always. */
export interface Part {
  text: string;
  /** Of bold, italic, underline, strike, code: separated by spaces, "" for none. */
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
/** Characters of a message that are read for links and the like, and parts that it has: more would take long to draw. */
const MOST = { read: 2_000, parts: 200 } as const;

/**
 * Cuts a message into its parts; what is past the bounds is one plain part.
 *
 * @param pictures The paths of picture emoji, by name.
 */
export function parts(text: string, pictures: ReadonlyMap<string, string> = new Map()): Part[] {
  const styles = new Set<string>();
  const found: Part[] = [];
  if (text !== "" && isBlank(text)) return [{ text: visible(text), style: "" }];
  const plain = withoutColours(text);
  // No link is cut in two.
  const end = plain.length <= MOST.read ? plain.length : plain.lastIndexOf(" ", MOST.read);
  let at = 0;
  for (const run of plain.slice(0, Math.max(0, end)).split(MARKS)) {
    if (found.length >= MOST.parts) break;
    at += run.length;
    const style = STYLES.get(run);
    if (run === RESET) styles.clear();
    else if (style !== undefined) { if (!styles.delete(style)) styles.add(style); }
    else if (run !== "") found.push(...codes(sanitize(run), [...styles].join(" "), pictures));
  }
  const rest = found.splice(MOST.parts).map(({ text }) => text).join("") + sanitize(plain.slice(at));
  if (rest !== "") found.push({ text: rest, style: "" });
  return found;
}

function codes(text: string, style: string, pictures: ReadonlyMap<string, string>): Part[] {
  return text.split(/`([^`]+)`/).flatMap((run, i) => {
    if (i % 2 === 1) return [{ text: run, style: `${style} code`.trimStart() }];
    return run === "" ? [] : links(run, style, pictures);
  });
}

/** What ends an address where it is written without a space behind it: marks of Chinese and Japanese, and the next address. */
const AFTER_LINK = /([。，、！？；：“”《》〈〉「」『』（）【】〔〕…]+|,(?=https?:\/\/))/i;

function links(text: string, style: string, pictures: ReadonlyMap<string, string>): Part[] {
  if (!text.includes("://")) return linksOf(text, style, pictures);
  const found: Part[] = [];
  for (const run of text.split(AFTER_LINK)) {
    if (run === "") continue;
    for (const part of linksOf(run, style, pictures)) {
      const last = found.at(-1);
      const isPlain = [last, part].every((one) =>
        one !== undefined && one.href === undefined && one.picture === undefined
      );
      if (isPlain) last!.text += part.text;
      else found.push(part);
    }
  }
  return found;
}

function linksOf(text: string, style: string, pictures: ReadonlyMap<string, string>): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const { value, start, end } of find(text, "url")) {
    // What has no scheme may be a file's name, and of the schemes only these do no harm.
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) continue;
    found.push(...images(text.slice(at, start), style, pictures), { text: value, style, href: value });
    at = end;
  }
  return [...found, ...images(text.slice(at), style, pictures)];
}

function images(text: string, style: string, pictures: ReadonlyMap<string, string>): Part[] {
  return text.split(/(:[a-z0-9_+-]+:)/).filter((run) => run !== "").map((run) => {
    const picture = pictures.get(run.slice(1, -1));
    return picture === undefined || run[0] !== ":" ? { text: run, style } : { text: run, style, picture };
  });
}

/** Whether there is nothing but one to three emoji, which are then shown large. */
export function isLarge(all: readonly Part[]): boolean {
  const text = all.map((part) => part.picture === undefined ? part.text : "🍵").join("").replaceAll(" ", "");
  return /^(?:\p{RGI_Emoji}){1,3}$/v.test(text);
}
