/**
 * Pictures: takes out of them what they tell beside what is to be seen, and finds out how large they are.
 *
 * @module
 */

import { type Cleaned, le16 } from "./compactor.ts";
import { cleanJpeg } from "./jpeg.ts";
import { cleanPng } from "./png.ts";
import { cleanWebp } from "./webp.ts";

/** Cleans a picture in place, in steps; undefined where it is damaged. */
type Clean = (bytes: Uint8Array) => Generator<void, Cleaned | undefined>;

const KINDS: Readonly<Record<string, Clean>> = {
  "image/jpeg": cleanJpeg,
  "image/png": cleanPng,
  "image/apng": cleanPng,
  "image/webp": cleanWebp,
};

/** Pictures of these kinds are held in memory to be cleaned; larger ones are refused. Bytes. */
export const LARGEST_PICTURE = 64 * 1_048_576;

/** How pictures of a type are cleaned; undefined for what is not cleaned. */
export function cleaning(type: string): Clean | undefined {
  return Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}

/** The size of a GIF, which is not cleaned, by its beginning. */
export function sizeOfGif(sample: Uint8Array): Pick<Cleaned, "width" | "height"> {
  return sample.length < 10 ? { width: 0, height: 0 } : { width: le16(sample, 6), height: le16(sample, 8) };
}
