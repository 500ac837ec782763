/**
 * Reads a message of one or more lines as blocks: paragraphs, quotes, lists and code between fences. Pure. Blocks hold no
 * blocks, and all takes linear time, since the text is remote.
 *
 * @module
 */

import { visible } from "../protocol.ts";
import { type Span, spansOf, textOfSpans } from "./marks.ts";
import { sanitize, sanitizeLines } from "./sanitize.ts";

/** An entry of a list. */
export interface Item {
  /** As it was typed: `-`, `*`, `1.` or `1)`. */
  mark: string;
  /** How deep it stands, from 0 to `DEEPEST`. */
  depth: number;
  spans: Span[];
}

/** A part of a message. */
export type Block =
  | { type: "text" | "quote"; lines: Span[][] }
  | { type: "list"; items: Item[] }
  /** `language` as it was typed behind the fence, "" where nothing was. */
  | { type: "code"; language: string; text: string };

/** The deepest entry of a list. */
const DEEPEST = 3;

/** A fence that begins code: up to three spaces, the marks, and what is said of the code. A fence within a line ends it there. */
const FENCE = /^ {0,3}(`{3,})([^`]*)$/;
/** What is said of code where it is its language; else it is the first line of the code. */
const LANGUAGE = /^\s*[\w+#.-]{1,30}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,20})([-*•]|\d{1,9}[.)]) +(?=\S)/;

/** Reads a message. What hides or reorders what it says is left out. */
export function blocksOf(message: string): Block[] {
  const lines = withLineFeeds(visible(message)).split("\n");
  const blocks: Block[] = [];
  const lastFence = lastFenceOf(lines);
  for (let at = 0; at < lines.length;) {
    const { block, next } = codeAt(lines, at, lastFence) ?? listAt(lines, at) ?? textAt(lines, at);
    const last = blocks.at(-1);
    if ((block.type === "text" || block.type === "quote") && last?.type === block.type) last.lines.push(...block.lines);
    else blocks.push(block);
    at = next;
  }
  return blocks.map(trimmed).filter((block) => block.type !== "text" || block.lines.length > 0 || blocks.length === 1);
}

/** A message as one line without marks, as it is shown where there is no room for more. */
export function plainText(message: string): string {
  const texts = blocksOf(message).flatMap((block): string[] => {
    if (block.type === "code") return [sanitize(block.text)];
    if (block.type === "list") return block.items.map(({ mark, spans }) => `${mark} ${textOfSpans(spans)}`);
    return block.lines.map(textOfSpans);
  });
  return texts.map((text) => text.trim()).filter((text) => text !== "").join(" ").replace(/\s+/g, " ");
}

/** Code within a line: between one or two marks. */
const INLINE_CODE = /(?<!`)(`{1,2})(?!`).*?(?<!`)\1(?!`)/g;

/**
 * Changes what a person has written, but for code.
 *
 * @param message Written here, not remote.
 * @param change Gives what stands in place of a part of the text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(changeText("tea `tea` tea", (text) => text.toUpperCase()), "TEA `tea` TEA");
 * ```
 */
export function changeText(message: string, change: (text: string) => string): string {
  const lines = message.split("\n");
  const lastFence = lastFenceOf(lines);
  const changed: string[] = [];
  for (let at = 0; at < lines.length;) {
    const next = codeAt(lines, at, lastFence)?.next;
    if (next === undefined) changed.push(changeLine(lines[at], change));
    else changed.push(...lines.slice(at, next));
    at = next ?? at + 1;
  }
  return changed.join("\n");
}

function changeLine(line: string, change: (text: string) => string): string {
  let changed = "";
  let at = 0;
  for (const { 0: code, index } of line.matchAll(INLINE_CODE)) {
    changed += change(line.slice(at, index)) + code;
    at = index + code.length;
  }
  return changed + change(line.slice(at));
}

/** Whether what is written behind a text goes on with a block of code, which has no end in it. */
export function endsInCode(text: string): boolean {
  // One line more stands for what is written: code that has an end ends before it.
  const lines = [...text.split("\n"), ""];
  const lastFence = lastFenceOf(lines);
  for (let at = 0; at < lines.length;) {
    const next = codeAt(lines, at, lastFence)?.next ?? at + 1;
    if (next === lines.length) return next > at + 1;
    at = next;
  }
  return false;
}

/** A message whose line ends are line feeds. All else that is unsafe is left out where a line or code is read. */
function withLineFeeds(message: string): string {
  return message.replace(/\r\n|[\n\v\f\r\x85\u2028\u2029]/g, "\n");
}

/** A block of text without empty lines at its beginning and end, which stand for the space between blocks. */
function trimmed(block: Block): Block {
  if (block.type !== "text") return block;
  const isSeen = (line: Span[]) => line.some(({ text }) => text.trim() !== "");
  const begin = block.lines.findIndex(isSeen);
  return begin < 0
    ? { ...block, lines: [] }
    : { ...block, lines: block.lines.slice(begin, block.lines.findLastIndex(isSeen) + 1) };
}

/** The last line with a fence; behind it no code ends. */
function lastFenceOf(lines: readonly string[]): number {
  return lines.findLastIndex((line) => FENCE.test(line) || line.trimEnd().endsWith("```"));
}

/** Code that begins at a line. @param lastFence The last line with a fence: code without an end goes on to the end, if it has lines. */
function codeAt(lines: readonly string[], at: number, lastFence: number): { block: Block; next: number } | undefined {
  const line = lines[at];
  const single = /^ {0,3}```([^`]+)```\s*$/.exec(line);
  if (single !== null) return { block: { type: "code", language: "", text: sanitizeLines(single[1]) }, next: at + 1 };
  const [, fence, about] = FENCE.exec(line) ?? [];
  if (fence === undefined || about === undefined || at + 1 >= lines.length) return undefined;
  const isLanguage = about.trim() === "" || LANGUAGE.test(about);
  const code: string[] = isLanguage ? [] : [about];
  let next = at + 1;
  // Behind the last fence nothing has to be looked at.
  for (; next <= lastFence; next++) {
    const end = lines[next].trimEnd();
    if (end.endsWith(fence)) {
      const rest = end.slice(0, -fence.length);
      if (rest.trim() !== "") code.push(rest);
      return { block: codeOf(isLanguage ? about.trim() : "", code), next: next + 1 };
    }
    code.push(lines[next]);
  }
  code.push(...lines.slice(next));
  return { block: codeOf(isLanguage ? about.trim() : "", code), next: lines.length };
}

function codeOf(language: string, lines: string[]): Block {
  return { type: "code", language: sanitize(language), text: sanitizeLines(lines.join("\n")) };
}

/** A list that begins at a line: two entries at least, since one line that begins so may be anything. */
function listAt(lines: readonly string[], at: number): { block: Block; next: number } | undefined {
  const items: Item[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const [whole, spaces = "", mark = ""] = ITEM.exec(lines[next]) ?? [];
    if (whole === undefined) break;
    const depth = Math.min(DEEPEST, Math.floor(spaces.length / 2));
    items.push({ mark, depth, spans: spansOf(lines[next].slice(whole.length)) });
  }
  return items.length < 2 ? undefined : { block: { type: "list", items }, next };
}

function textAt(lines: readonly string[], at: number): { block: Block; next: number } {
  const line = lines[at];
  const [mark] = QUOTE.exec(line) ?? [];
  // `>:(` and `>_<` are no quotes; an empty line is one only where it goes on with one.
  const isEmpty = line.trim() === ">";
  const isQuote = mark !== undefined && (isEmpty ? at > 0 && QUOTE.test(lines[at - 1]) : mark.endsWith(" "));
  const spans = spansOf(isQuote ? line.slice(mark.length) : line);
  return { block: { type: isQuote ? "quote" : "text", lines: [spans] }, next: at + 1 };
}
