/**
 * Draws pixels as a terminal understands them: as half blocks in colours, as sixels (DEC STD 070), or in kitty's protocol
 * (sw.kovidgoyal.net/kitty/graphics-protocol). Nothing of any text is in what it gives. Pure.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Pixels } from "./pixels.ts";

/** A pixel as text that sets a colour, `undefined` where it is not seen. */
type Colour = (at: number, isBehind: boolean) => string;

/** From which opacity on a pixel is seen. */
const SEEN = 128;

/** The levels of each of three colours in the cube of 256 colours, and their codes. */
const LEVELS = [0, 95, 135, 175, 215, 255];

/** The level that is nearest to a value. */
function levelOf(value: number): number {
  return value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.floor((value - 35) / 40));
}

/** Draws with half blocks, two pixels in each character. @param isTrue Whether the terminal has more than 256 colours. */
export function drawBlocks({ width, height, data }: Pixels, isTrue: boolean): string[] {
  const colour: Colour = (at, isBehind) => {
    const [red, green, blue] = data.subarray(at, at + 3);
    const place = isBehind ? 48 : 38;
    if (isTrue) return `${place};2;${red};${green};${blue}`;
    return `${place};5;${16 + 36 * levelOf(red) + 6 * levelOf(green) + levelOf(blue)}`;
  };
  const rows: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let row = "";
    let last = "";
    for (let x = 0; x < width; x++) {
      const [upper, lower] = [(y * width + x) * 4, ((y + 1) * width + x) * 4];
      const isUpper = data[upper + 3] >= SEEN;
      const isLower = y + 1 < height && data[lower + 3] >= SEEN;
      const look = isUpper
        ? `0;${colour(upper, false)}${isLower ? `;${colour(lower, true)}` : ""}`
        : isLower
        ? `0;${colour(lower, false)}`
        : "0";
      row += (look === last ? "" : `\x1b[${look}m`) + (isUpper ? "▀" : isLower ? "▄" : " ");
      last = look;
    }
    rows.push(`${row}\x1b[0m`);
  }
  return rows;
}

/** The order in which the pixels of a square of four by four are made lighter (Bayer). */
const ORDER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

/** Draws as sixels, in 216 colours with a fine pattern of dots for those between. */
export function drawSixels({ width, height, data }: Pixels): string {
  const colours = new Int16Array(width * height).fill(-1);
  const used = new Set<number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      if (data[at + 3] < SEEN) continue;
      const lighter = (ORDER[(y % 4) * 4 + x % 4] / 16 - 0.5) * 40;
      const level = (n: number) => levelOf(Math.max(0, Math.min(255, data[at + n] + lighter)));
      used.add(colours[y * width + x] = 36 * level(0) + 6 * level(1) + level(2));
    }
  }
  const percent = (level: number) => Math.round(LEVELS[level] * 100 / 255);
  const palette = [...used].map((colour) => {
    const parts = [Math.floor(colour / 36), Math.floor(colour / 6) % 6, colour % 6].map(percent);
    return `#${colour};2;${parts.join(";")}`;
  });
  const bands: string[] = [];
  for (let top = 0; top < height; top += 6) bands.push(band(colours, width, Math.min(6, height - top), top));
  // Pixels that are not seen stay as they are (P2 = 1).
  return `\x1bP0;1;0q"1;1;${width};${height}${palette.join("")}${bands.join("-")}\x1b\\`;
}

/** Six rows of pixels: for each colour in them the columns that have it. */
function band(colours: Int16Array, width: number, rows: number, top: number): string {
  const bits = new Map<number, Uint8Array>();
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(top + y) * width + x];
      if (colour < 0) continue;
      let columns = bits.get(colour);
      if (columns === undefined) bits.set(colour, columns = new Uint8Array(width));
      columns[x] |= 1 << y;
    }
  }
  return [...bits].map(([colour, columns]) => `#${colour}${repeated(columns)}`).join("$");
}

/** Sixels, with a count before those that are repeated. */
function repeated(columns: Uint8Array): string {
  let text = "";
  for (let x = 0; x < columns.length;) {
    let end = x + 1;
    while (end < columns.length && columns[end] === columns[x]) end++;
    const sign = String.fromCharCode(63 + columns[x]);
    text += end - x > 3 ? `!${end - x}${sign}` : sign.repeat(end - x);
    x = end;
  }
  return text;
}

/** Bytes of base 64 in one sequence. */
const CHUNK = 4_096;

/** Gives a PNG to a terminal that knows kitty's protocol. The terminal is not to answer. */
export function drawKitty(png: Uint8Array): string {
  const text = Buffer.from(png).toString("base64");
  const chunks = text.match(new RegExp(`.{1,${CHUNK}}`, "g")) ?? [];
  return chunks.map((chunk, i) => {
    const more = i < chunks.length - 1 ? 1 : 0;
    return `\x1b_G${i === 0 ? "a=T,f=100,q=2," : ""}m=${more};${chunk}\x1b\\`;
  }).join("");
}
