/**
 * QR codes (ISO/IEC 18004) of addresses, for cameras: as squares for the page, and as lines for terminals. Pure.
 *
 * @module
 */

import qrcode from "qrcode-generator";

/** Light squares around the code. The standard asks for 4; cameras need 2, and a terminal has few rows. */
const MARGIN = 2;

/** Black on white, whatever the terminal's own colours are; and the end of that. */
const COLORS = ["\x1b[38;5;16;48;5;231m", "\x1b[0m"] as const;

/**
 * The squares of a code, row by row, with a light margin: true where one is dark.
 *
 * @param text ASCII, at most 2,331 bytes, as an address is that `URL` has written.
 * @throws {Error} If it is longer.
 */
export function qrSquares(text: string): boolean[][] {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const positions = Array.from({ length: count + 2 * MARGIN }, (_, i) => i - MARGIN);
  const isInside = (at: number) => at >= 0 && at < count;
  return positions.map((row) => positions.map((at) => isInside(row) && isInside(at) && code.isDark(row, at)));
}

/**
 * The lines of a code for a terminal, two rows of squares in each.
 *
 * @param hasColors Whether it is drawn black on white. Otherwise its light squares are drawn, as for a dark terminal.
 */
export function qrLines(text: string, hasColors: boolean): string[] {
  const squares = qrSquares(text);
  const lines: string[] = [];
  for (let row = 0; row < squares.length; row += 2) {
    const isDrawn = (at: boolean | undefined) => (at ?? false) === hasColors;
    const signs = squares[row].map((upper, at) => {
      const lower = row + 1 < squares.length ? isDrawn(squares[row + 1][at]) : false;
      return isDrawn(upper) ? lower ? "█" : "▀" : lower ? "▄" : " ";
    }).join("");
    lines.push(hasColors ? COLORS[0] + signs + COLORS[1] : signs);
  }
  return lines;
}
