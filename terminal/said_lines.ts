/**
 * The text of a message as lines of a terminal: bold is bold, code is indented, and the lines after the first stand behind a mark, so
 * that none looks like a line of somebody else. Pure.
 *
 * @module
 */

import { type Block, blocksOf } from "../client/blocks.ts";
import type { Span } from "../client/marks.ts";
import { sanitizeLines } from "../client/sanitize.ts";
import { printable, withoutSequences } from "./printable.ts";
import { MARK } from "./wrap.ts";

/** Before code. */
const INDENT = "    ";

/** The codes that begin and end the look of a style (ECMA-48, SGR). */
const CODES: Record<string, [begin: number, end: number]> = {
  bold: [1, 22],
  italic: [3, 23],
  underline: [4, 24],
  strike: [9, 29],
};

/** How the lines look around what has a style of its own: the end of bold ends these as well. */
export type Around = "dim" | "bold" | "";

/**
 * The lines of a text, printable.
 *
 * @param around Undefined where there are no looks: then the text is shown with its marks, as it was typed.
 * @returns At least one line. Those after the first begin with the mark of a line that goes on.
 */
export function saidLines(text: string, around: Around | undefined): string[] {
  const clean = withoutSequences(text);
  const lines = around === undefined
    ? sanitizeLines(clean).split("\n").map(shownText)
    : blocksOf(clean).flatMap((block) => linesOf(block, around));
  return (lines.length === 0 ? [""] : lines).map((line, i) => i === 0 ? line : MARK + line);
}

function linesOf(block: Block, around: Around): string[] {
  const painted = (spans: readonly Span[]) => spans.map((span) => paint(span, around)).join("");
  if (block.type === "code") {
    const language = block.language === "" ? [] : [`${block.language}:`];
    // It does not begin behind a name: it would not stand under its other lines.
    return ["", ...[...language, ...block.text.split("\n")].map((line) => INDENT + shownText(line))];
  }
  if (block.type === "list") {
    return block.items.map(({ mark, depth, spans }) =>
      `${"  ".repeat(depth)}${/\d/.test(mark) ? printable(mark) : "•"} ${painted(spans)}`
    );
  }
  return block.lines.map((spans) => (block.type === "quote" ? "> " : "") + painted(spans));
}

/** A line or a part of one, its tabs as spaces. */
function shownText(text: string): string {
  return printable(text.replaceAll("\t", INDENT));
}

function paint({ text, style }: Span, around: Around): string {
  const shown = shownText(text);
  const styles = style.split(" ");
  // Code has no look that all terminals know.
  if (styles.includes("code")) return `\`${shown}\``;
  const codes = styles.flatMap((name) => Object.hasOwn(CODES, name) ? [CODES[name]] : []);
  const again = styles.includes("bold") ? { dim: "\x1b[2m", bold: "\x1b[1m", "": "" }[around] : "";
  return codes.map(([begin]) => `\x1b[${begin}m`).join("") + shown + codes.map(([, end]) => `\x1b[${end}m`).join("") +
    again;
}
