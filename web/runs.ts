/**
 * Cuts a message into runs of one look: formatting, code, links, names of channels and people, and picture emoji. Pure. All text
 * is remote, so what would hide or reorder what is said is taken out, and only http and https become links.
 *
 * @module
 */

import { find } from "linkifyjs";
import { visible } from "../protocol.ts";
import { type Block, blocksOf } from "../client/blocks.ts";
import { type Span, spansOf } from "../client/marks.ts";

/** A stretch of a message that looks the same. A view shows `text` as text, always. */
export interface Run extends Span {
  /** An http or https address. */
  href?: string;
  /** The path of a picture on the server itself. */
  picture?: string;
  /** Whether it begins with what may be a channel's name, or with `@` and what may be a nick. */
  isName?: true;
}

/** A part of a message, as of `Block`, in runs. */
export type Part =
  | { type: "text" | "quote"; lines: Run[][] }
  | { type: "list"; items: { mark: string; depth: number; runs: Run[] }[] }
  | Extract<Block, { type: "code" }>;

/** Characters of a message in which links and the like are looked for, and runs of a message: more would take long to draw. */
const MOST = { read: 2_000, runs: 200 } as const;

/** What is left of `MOST` for the rest of a message. */
class Budget {
  #read: number = MOST.read;
  #runs: number = MOST.runs;

  /** Cuts spans into runs; what is past the bounds is one plain run. */
  runs(spans: readonly Span[], pictures: ReadonlyMap<string, string>): Run[] {
    const found: Run[] = [];
    let rest = "";
    for (const { text, style } of spans) {
      if (this.#runs <= 0 || this.#read <= 0) {
        rest += text;
        continue;
      }
      // At a space, so that no link is cut in two.
      const end = text.length <= this.#read ? text.length : Math.max(0, text.lastIndexOf(" ", this.#read));
      const runs = style.includes("code") || end === 0
        ? [{ text: text.slice(0, end), style }].filter(({ text }) => text !== "")
        : withLinks(text.slice(0, end), style, pictures);
      this.#read = end < text.length ? 0 : this.#read - end;
      const kept = runs.slice(0, this.#runs);
      this.#runs -= kept.length;
      found.push(...kept);
      rest += runs.slice(kept.length).map(({ text }) => text).join("") + text.slice(end);
    }
    if (rest !== "") found.push({ text: rest, style: "" });
    return found;
  }
}

/**
 * Cuts a text into its runs, whatever blocks its lines make; what is past the bounds of each line is one plain run.
 *
 * @param pictures The paths of picture emoji, by name.
 */
export function runsOf(text: string, pictures: ReadonlyMap<string, string> = new Map()): Run[] {
  if (text === "") return [];
  const budget = new Budget();
  return visible(text).split("\n").flatMap((line, i): Run[] => {
    const runs = budget.runs(spansOf(line), pictures);
    return i === 0 ? runs : [{ text: "\n", style: "" }, ...runs];
  });
}

/** Cuts a message into its blocks, and these into runs. */
export function partsOf(message: string, pictures: ReadonlyMap<string, string> = new Map()): Part[] {
  if (message === "") return [];
  const budget = new Budget();
  return blocksOf(message).map((block): Part => {
    if (block.type === "code") return block;
    if (block.type === "list") {
      const items = block.items.map(({ mark, depth, spans }) => ({ mark, depth, runs: budget.runs(spans, pictures) }));
      return { type: "list", items };
    }
    return { type: block.type, lines: block.lines.map((spans) => budget.runs(spans, pictures)) };
  });
}

/** What ends an address that has no space behind it: marks of Chinese and Japanese, and the comma before another address. */
const AFTER_LINK = /([。，、！？；：“”《》〈〉「」『』（）【】〔〕…]+|,(?=https?:\/\/))/i;

function withLinks(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  if (!/:\/\/|www\./i.test(text)) return linksOf(text, style, pictures);
  const found: Run[] = [];
  for (const piece of text.split(AFTER_LINK)) {
    if (piece === "") continue;
    for (const run of linksOf(piece, style, pictures)) {
      const last = found.at(-1);
      if (last !== undefined && isPlain(last) && isPlain(run)) last.text += run.text;
      else found.push(run);
    }
  }
  return found;
}

function isPlain({ href, picture, isName }: Run): boolean {
  return href === undefined && picture === undefined && isName === undefined;
}

function linksOf(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  const found: Run[] = [];
  let at = 0;
  for (const { value, start, end } of find(text, "url")) {
    // A text without a scheme may be a file's name, but for one that begins with `www.`, and no schemes but these are harmless.
    const href = /^www\./i.test(value) ? `https://${value}` : value;
    if (!/^https?:\/\//i.test(href) || !URL.canParse(href)) continue;
    found.push(...withNames(text.slice(at, start), style, pictures), { text: value, style, href });
    at = end;
  }
  return [...found, ...withNames(text.slice(at), style, pictures)];
}

/** Letters of scripts with spaces between words: behind them a name does not begin, as in `c#` and `me@home`. */
const SPACED =
  "[[\\p{L}\\p{M}\\p{N}_]--[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}]]";
/** Letters, digits and the signs of names in the midst of them. */
const NAME = "[\\p{L}\\p{M}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_\\-.]{0,62}[\\p{L}\\p{M}\\p{N}_\\-])?";
/** A number, as of an issue, is no channel here. */
const NAMES = new RegExp(`(?<!${SPACED}|[#@&.\\/\\\\:=\\-])((?:#(?!\\d+(?!${NAME}))|@)${NAME})`, "v");

function withNames(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  if (!/[#@]/.test(text)) return withPictures(text, style, pictures);
  return text.split(NAMES).flatMap((piece, i): Run[] =>
    i % 2 === 1 ? [{ text: piece, style, isName: true }] : withPictures(piece, style, pictures)
  );
}

function withPictures(text: string, style: string, pictures: ReadonlyMap<string, string>): Run[] {
  return text.split(/(:[a-z0-9_+-]+:)/).filter((piece) => piece !== "").map((piece) => {
    const picture = pictures.get(piece.slice(1, -1));
    return picture === undefined || piece[0] !== ":" ? { text: piece, style } : { text: piece, style, picture };
  });
}

/** Characters of scripts without spaces between words, behind which a name may end where the text goes on. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Hang}]/u;

/**
 * The longest beginning of a text that is a name which is known: in `@小明你好` it may be 小明. Nothing ends in the midst of a word of
 * a script with spaces.
 */
export function knownName(text: string, isKnown: (name: string) => boolean): string | undefined {
  for (let end = text.length; end > 0; end--) {
    const mayEnd = end === text.length || UNSPACED.test(text.slice(end, end + 2)) || UNSPACED.test(text.slice(end - 1));
    if (mayEnd && isKnown(text.slice(0, end))) return text.slice(0, end);
  }
  return undefined;
}

/** Whether a message is nothing but one to three emoji. Those are shown large. */
export function isLarge(runs: readonly Run[]): boolean {
  const text = runs.map((run) => run.picture === undefined ? run.text : "🍵").join("").replaceAll(" ", "");
  return /^(?:\p{RGI_Emoji}){1,3}$/v.test(text);
}
