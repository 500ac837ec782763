/**
 * The rows at the bottom of a terminal in which the prompt is shown: drawn, and drawn again below what is printed.
 *
 * Terminals don't agree how wide a character is: a family is two columns in one and eight in another. So nothing here depends
 * on it. The line is cut into rows that fit in any of them (wrap.ts), and the cursor comes to its place by writing what stands
 * before it once more: the terminal itself measures that. (`node:readline` computes both, and knows no characters of several
 * code points.)
 *
 * @module
 */

import { columns, type Control, CONTROLS, rows, show } from "./screen.ts";
import { rowsOf, shorten, widthOfText, wrap } from "./wrap.ts";

/**
 * Cuts lines into rows, each with its end. Where a terminal draws a character wider than it is counted here, nothing of a row comes
 * to the next one, where it would look like a line of somebody else. A picture is whole.
 */
function printed(lines: readonly (string | Control)[]): (string | Control)[] {
  return lines.flatMap((line): (string | Control)[] => {
    if (typeof line !== "string") return [line, CONTROLS.lineEnd];
    const [first, ...others] = wrap(line, columns());
    const rows = [first, ...others.flatMap((row) => [CONTROLS.lineEnd, row])];
    return [CONTROLS.cutOff, ...rows, CONTROLS.goOn, CONTROLS.lineEnd];
  });
}

/** Prints lines where no prompt is shown. */
export function print(lines: readonly (string | Control)[]): void {
  show(...printed(lines));
}

/** The rows of one prompt. */
export class PromptRows {
  #rows: string[] = [];
  /** The row that the cursor is in, and what stands before the cursor there. */
  #row = 0;
  #before = "";

  /**
   * Takes the prompt away, prints lines in its place, and shows it below them.
   *
   * @param lines Lines, which may hold colours.
   * @param text The prompt: what stands before the line that is being written, and that line.
   * @param cursor The place of the cursor in `text`, in UTF-16 code units.
   * @param status A row that stands above the prompt, "" for none.
   */
  draw(lines: readonly (string | Control)[], text: string, cursor: number, status = ""): void {
    const above: (string | Control)[] = [CONTROLS.up(this.#row), CONTROLS.clearDown, ...printed(lines)];
    this.#lay(text, cursor, status === "" ? 1 : 2);
    if (status !== "") {
      this.#rows.unshift(shorten(status, columns() - 1));
      this.#row++;
    }
    const [first, ...others] = this.#rows;
    const below = others.length - this.#row;
    show(...above, first, ...others.flatMap((row) => [CONTROLS.lineEnd, row]));
    const isAtEnd = below === 0 && this.#before === this.#rows[this.#row];
    if (!isAtEnd) show(CONTROLS.up(below), CONTROLS.rowStart, this.#before);
  }

  /** Takes the prompt away. */
  clear(): void {
    show(CONTROLS.up(this.#row), CONTROLS.clearDown);
  }

  /** Has the next `draw` begin where the cursor is: nothing of the prompt is on the screen any more. */
  forget(): void {
    this.#row = 0;
  }

  /** Finds the rows again after the terminal's width has changed: terminals wrap what they show anew, the cursor with it. */
  rewrap(): void {
    const width = columns();
    const rowsIn = (text: string) => Math.max(1, Math.ceil(widthOfText(text) / width));
    const above = this.#rows.slice(0, this.#row).reduce((sum, row) => sum + rowsIn(row), 0);
    this.#row = above + Math.floor(widthOfText(this.#before) / width);
  }

  /** Cuts the prompt into rows, and finds the cursor in them. @param others Rows of the screen that are not for it. */
  #lay(text: string, cursor: number, others: number): void {
    this.#rows = rowsOf(text, columns());
    let before = cursor;
    this.#row = 0;
    while (this.#row < this.#rows.length - 1 && before >= this.#rows[this.#row].length) {
      before -= this.#rows[this.#row++].length;
    }
    this.#before = this.#rows[this.#row].slice(0, before);
    // What has left the screen at the top can't be taken away any more. So only the rows around the cursor are shown of a
    // text that is longer than the screen.
    const most = Math.max(1, rows() - others);
    const first = Math.max(0, Math.min(this.#row - Math.floor(most / 2), this.#rows.length - most));
    this.#rows = this.#rows.slice(first, first + most);
    this.#row -= first;
  }
}
