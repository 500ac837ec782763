/**
 * Reads the pixels of a PNG that the runtime itself has made: eight or sixteen bits, not interlaced (PNG, third edition). No other
 * PNG comes here, so nothing here needs to expect the worst. Pure.
 *
 * @module
 */

import { inflateSync } from "node:zlib";

/** Pixels as red, green, blue and opacity, a byte each, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Samples of a pixel, by the type of colour. */
const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** Reads the pixels; undefined where it is no such PNG. */
export function pixelsOf(png: Uint8Array): Pixels | undefined {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height, depth, colour] = [view.getUint32(16), view.getUint32(20), png[24], png[25]];
  const samples = SAMPLES[colour];
  if (samples === undefined || (depth !== 8 && depth !== 16) || png[28] !== 0) return undefined;
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 8 <= png.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (packed.set(part, at), at + part.length), 0);
  const bytes = depth / 8;
  const rows = unfiltered(inflateSync(packed), width * samples * bytes, height, samples * bytes);
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const sample = (n: number) => rows[(i * samples + n) * bytes];
    const isGrey = samples < 3;
    data[i * 4] = sample(0);
    data[i * 4 + 1] = sample(isGrey ? 0 : 1);
    data[i * 4 + 2] = sample(isGrey ? 0 : 2);
    data[i * 4 + 3] = samples % 2 === 0 ? sample(samples - 1) : 255;
  }
  return { width, height, data };
}

/** Takes the filter of each row away (section 9). @param step Bytes of a pixel. */
function unfiltered(raw: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array {
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x++) {
      const at = y * rowBytes + x;
      const left = x < step ? 0 : rows[at - step];
      const up = y === 0 ? 0 : rows[at - rowBytes];
      const corner = x < step || y === 0 ? 0 : rows[at - rowBytes - step];
      const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter] ?? 0;
      rows[at] = raw[y * (rowBytes + 1) + 1 + x] + guess;
    }
  }
  return rows;
}

/** Paeth's choice (section 9.4). */
function nearest(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
