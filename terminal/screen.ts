/**
 * The one place where a terminal is written to. Text is made harmless here, whoever gives it; what a terminal obeys is a
 * `Control`, which nothing but this file can make. It must not know what the lines mean.
 *
 * @module
 */

import process from "node:process";
import { BRACKETED_PASTE } from "./paste.ts";
import { printable, printableBeginning, printablePainted } from "./printable.ts";
import { wrap } from "./wrap.ts";

/** Bytes that may wait for a terminal that takes nothing, as one that was stopped by Ctrl-S. */
const WAITING = 16 * 1024 * 1024;

/** Characters of a window's title. */
const TITLE = 200;

/** Something that a terminal obeys. */
class Control {
  readonly sequence: string;

  constructor(sequence: string) {
    this.sequence = sequence;
  }
}

export type { Control };

/** What a prompt has a terminal do. */
export const CONTROLS = {
  /** So many rows up. */
  up: (rows: number) => new Control(rows > 0 ? `\x1b[${Math.floor(rows)}A` : ""),
  /** Away with all from the beginning of this row to the end of the screen. */
  clearDown: new Control("\r\x1b[J"),
  clearAll: new Control("\x1b[H\x1b[2J"),
  rowStart: new Control("\r"),
  lineEnd: new Control("\r\n"),
  showCursor: new Control("\x1b[?25h"),
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

/** Columns and rows of a terminal that does not say it. */
const COLUMNS = 80;
const ROWS = 24;

/** How many columns there are where a stream goes: Infinity where that is no terminal. */
function columnsOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number {
  return isTTY ? columns || COLUMNS : Infinity;
}

/** How many columns there are on standard output: Infinity where that is no terminal. */
export function columns(): number {
  return columnsOf(process.stdout);
}

/** How many rows there are, in the same way. */
export function rows(): number {
  const { isTTY, rows } = process.stdout;
  return isTTY ? rows || ROWS : Infinity;
}

/**
 * Writes parts to this process's terminal, one after the other: text, which may hold colours and nothing else, and what the
 * terminal shall do.
 */
export function show(...parts: (string | Control)[]): void {
  if (process.stdout.writableLength > WAITING) return;
  process.stdout.write(parts.map((part) => typeof part === "string" ? printablePainted(part) : part.sequence).join(""));
}

/** Prints lines where there is no prompt. */
export function say(...lines: string[]): void {
  console.log(lines.flatMap((line) => wrap(line, columnsOf(process.stdout))).join("\n"));
}

/** Prints lines on standard error, without colours: they may hold a server's words, and no line of ours ends its colours. */
export function complain(...lines: string[]): void {
  console.error(lines.flatMap((line) => wrap(printable(line), columnsOf(process.stderr))).join("\n"));
}

/** Says that lines of the person were not delivered. */
export function complainOfUndelivered(count: number): void {
  complain(count === 1 ? "One line was not delivered." : `${count} lines were not delivered.`);
}
