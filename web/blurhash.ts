/**
 * BlurHash (https://blurha.sh): a picture as some 30 characters, which are drawn as a blur of it until it is there. Anybody may
 * have written one: what is none is undefined, and drawing one takes a moment, whatever it holds.
 *
 * It is code of ours, since the format is these few lines, and a package for it would be one more that everybody downloads who
 * opens a room. Pure.
 *
 * @module
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/** Red, green and blue, linear, from 0 to 1. */
type Colour = [number, number, number];

/** Of how many cosines a picture is made, along each side: from 1 to 9. */
export interface Components {
  x: number;
  y: number;
}

function encode83(value: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    text = DIGITS[value % 83] + text;
    value = Math.floor(value / 83);
  }
  return text;
}

/** The number that characters stand for; NaN where one is no digit. */
function decode83(text: string): number {
  return [...text].reduce((value, digit) => {
    const at = DIGITS.indexOf(digit);
    return at < 0 ? NaN : value * 83 + at;
  }, 0);
}

/** From what a screen is told to what it shines, and back (IEC 61966-2-1). */
function toLinear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  const part = Math.min(1, Math.max(0, value));
  return Math.round(255 * (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055));
}

function signedPower(value: number, power: number): number {
  return Math.sign(value) * Math.abs(value) ** power;
}

/** One wave of a picture at a pixel. */
function wave({ x, y }: Components, at: Components, width: number, height: number): number {
  return Math.cos(Math.PI * x * at.x / width) * Math.cos(Math.PI * y * at.y / height);
}

/** Writes the hash of a picture. @param pixels Red, green, blue and opacity of each pixel, row by row. */
export function writeBlurHash(pixels: ArrayLike<number>, width: number, height: number, { x, y }: Components): string {
  const waves: Colour[] = [];
  for (let j = 0; j < y; j++) {
    for (let i = 0; i < x; i++) {
      const sum: Colour = [0, 0, 0];
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const part = wave({ x: i, y: j }, { x: column, y: row }, width, height);
          const at = 4 * (row * width + column);
          for (let c = 0; c < 3; c++) sum[c] += part * toLinear(pixels[at + c]);
        }
      }
      const scale = (i === 0 && j === 0 ? 1 : 2) / (width * height);
      waves.push([sum[0] * scale, sum[1] * scale, sum[2] * scale]);
    }
  }
  const [mean, ...others] = waves;
  const largest = Math.max(0, ...others.flat().map(Math.abs));
  const level = Math.min(82, Math.max(0, Math.floor(largest * 166 - 0.5)));
  const [r, g, b] = mean.map(fromLinear);
  const step = (value: number) =>
    Math.min(18, Math.max(0, Math.floor(signedPower(value / ((level + 1) / 166), 0.5) * 9 + 9.5)));
  return encode83(x - 1 + (y - 1) * 9, 1) + encode83(level, 1) + encode83((r << 16) + (g << 8) + b, 4) +
    others.map((colour) => encode83(colour.map(step).reduce((sum, value) => sum * 19 + value, 0), 2)).join("");
}

/** The waves of a hash, the mean colour first; undefined where it is none. */
function wavesOf(hash: string): { size: Components; waves: Colour[] } | undefined {
  const flag = decode83(hash.slice(0, 1));
  const size = { x: flag % 9 + 1, y: Math.floor(flag / 9) + 1 };
  const mean = decode83(hash.slice(2, 6));
  const isFit = hash.length === 4 + 2 * size.x * size.y && size.y <= 9 && mean < 1 << 24 && !isNaN(decode83(hash));
  if (!isFit) return undefined;
  const largest = (decode83(hash.slice(1, 2)) + 1) / 166;
  const waves: Colour[] = [[toLinear(mean >> 16), toLinear(mean >> 8 & 255), toLinear(mean & 255)]];
  for (let at = 6; at < hash.length; at += 2) {
    const value = decode83(hash.slice(at, at + 2));
    const part = (step: number) => signedPower((step - 9) / 9, 2) * largest;
    waves.push([part(Math.floor(value / 361)), part(Math.floor(value / 19) % 19), part(value % 19)]);
  }
  return { size, waves };
}

/** The pixels of a hash, as `writeBlurHash` takes them; undefined where it is none. @param width At most some dozens, as `height`. */
export function readBlurHash(hash: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> | undefined {
  const read = wavesOf(hash);
  if (read === undefined) return undefined;
  const { size, waves } = read;
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const sum: Colour = [0, 0, 0];
      waves.forEach((colour, i) => {
        const of = { x: i % size.x, y: Math.floor(i / size.x) };
        const part = wave(of, { x: column, y: row }, width, height);
        for (let c = 0; c < 3; c++) sum[c] += part * colour[c];
      });
      pixels.set(sum.map(fromLinear), 4 * (row * width + column));
    }
  }
  return pixels;
}
