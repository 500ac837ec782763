/**
 * The one place where a terminal is written to. All text is made printable here. Sequences that a terminal obeys are of the
 * class `Control`, which only this file can make.
 *
 * @module
 */

import process from "node:process";
import { words } from "./language.ts";
import { BRACKETED_PASTE } from "./paste.ts";
import { QUESTIONS } from "./pictures/abilities.ts";
import { printable, printableBeginning, printablePainted } from "./printable.ts";
import { wrap } from "./wrap.ts";

/** Bytes that may wait for a terminal that takes nothing, such as one that was stopped by Ctrl-S. */
const WAITING = 16 * 1024 * 1024;

/** Code points of a window's title. */
const TITLE = 200;

/** A sequence that a terminal obeys. */
class Control {
  readonly sequence: string;

  constructor(sequence: string) {
    this.sequence = sequence;
  }
}

export type { Control };

/** The sequences that a prompt needs. */
export const CONTROLS = {
  /** Moves the cursor up. */
  up: (rows: number) => new Control(rows > 0 ? `\x1b[${Math.floor(rows)}A` : ""),
  /** Clears the screen from the beginning of the cursor's row to its end. */
  clearDown: new Control("\r\x1b[J"),
  clearAll: new Control("\x1b[H\x1b[2J"),
  rowStart: new Control("\r"),
  lineEnd: new Control("\r\n"),
  /** Has a terminal that draws a row wider than it was counted write over its last column, and not go on in the first one (DECAWM). */
  cutOff: new Control("\x1b[?7l"),
  goOn: new Control("\x1b[?7h"),
  showCursor: new Control("\x1b[?25h"),
  /** A picture, as terminal/pictures/draw.ts has drawn it: of pixels, and of no text. */
  drawn: (picture: string) => new Control(picture),
  askAbilities: new Control(QUESTIONS),
  pasteOn: new Control(BRACKETED_PASTE.on),
  pasteOff: new Control(BRACKETED_PASTE.off),
  /** The title has a stack in most terminals (xterm's XTWINOPS 22 and 23); elsewhere it is cleared at the end. */
  keepTitle: new Control("\x1b[22;0t"),
  restoreTitle: new Control("\x1b[23;0t"),
  title: (text: string) => new Control(`\x1b]0;${printableBeginning(text, TITLE)}\x07`),
} as const;

/** Whether a person is at a terminal that can draw. */
export function isInteractive(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb";
}

/** Columns and rows of a terminal that does not tell them. */
const COLUMNS = 80;
const ROWS = 24;

/** How many columns a stream has: Infinity where it is no terminal. */
function columnsOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number {
  return isTTY ? columns || COLUMNS : Infinity;
}

/** How many columns standard output has: Infinity where it is no terminal. */
export function columns(): number {
  return columnsOf(process.stdout);
}

/** How many rows standard output has: Infinity where it is no terminal. */
export function rows(): number {
  const { isTTY, rows } = process.stdout;
  return isTTY ? rows || ROWS : Infinity;
}

/**
 * Writes parts to this process's terminal, one after the other: text, which may hold colours, and controls. Nothing is written
 * while too much waits already.
 */
export function show(...parts: (string | Control)[]): void {
  if (process.stdout.writableLength > WAITING) return;
  process.stdout.write(parts.map((part) => typeof part === "string" ? printablePainted(part) : part.sequence).join(""));
}

/** Prints lines where there is no prompt. */
export function say(...lines: string[]): void {
  console.log(lines.flatMap((line) => wrap(line, columnsOf(process.stdout))).join("\n"));
}

/** Prints lines on standard error, without colours: they may hold a server's words, and then no other line would end its colours. */
export function complain(...lines: string[]): void {
  console.error(lines.flatMap((line) => wrap(printable(line), columnsOf(process.stderr))).join("\n"));
}

/** Lines of lost texts that are shown, at most. */
const MOST_LOST = 200;

/**
 * Says that lines of the person were not delivered.
 *
 * @param texts What is lost with them, to be shown so that it can be copied.
 */
export function complainOfUndelivered(count: number, texts: readonly string[] = []): void {
  const lost = texts.flatMap((text) => text.split("\n"));
  const shown = lost.slice(0, MOST_LOST);
  if (lost.length > MOST_LOST) shown.push(words().history.moreLines(lost.length - MOST_LOST));
  complain(words().prompt.undelivered(count, shown.length > 0), ...shown.map((line) => `  ${line}`));
}
