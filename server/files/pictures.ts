/**
 * Pictures: takes out of them what they tell beside what is to be seen, and finds out how large they are.
 *
 * @module
 */

import type { Cleaned } from "./compactor.ts";
import { cleanGif } from "./gif.ts";
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
  "image/gif": cleanGif,
};

/** Pictures of these kinds are held in memory to be cleaned; larger ones are refused. Bytes. */
export const LARGEST_PICTURE = 64 * 1_048_576;

/** How pictures of a type are cleaned; undefined for what is not cleaned. */
export function cleaning(type: string): Clean | undefined {
  return Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}

/** Pictures of more pixels are not shown in place: a few bytes may say so many that they fill the memory of all who look. */
const MOST_PIXELS = 128 * 1_048_576;

/** Whether a picture can be shown to people who have not asked for it. */
export function isShowable({ width, height }: Pick<Cleaned, "width" | "height">): boolean {
  return width * height <= MOST_PIXELS;
}
