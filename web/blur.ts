/// <reference lib="dom" />
/**
 * The blur of a picture that is shown until the picture is there: made of one that is sent, and drawn of what a message says.
 *
 * @module
 */

import { readBlurHash, writeBlurHash } from "./blurhash.ts";

/** Pixels of the longer side, of what is looked at and of what is drawn. */
const SIDES = { read: 32, drawn: 16 } as const;

/** Waves along the longer and the shorter side. */
const WAVES = { long: 4, short: 3 } as const;

interface Size {
  width: number;
  height: number;
}

/** A size of the same shape. @param most Of its longer side. */
export function shrunk({ width, height }: Size, most: number): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Draws a picture smaller; undefined where the browser can't. */
export function drawSmaller(picture: CanvasImageSource, size: Size): HTMLCanvasElement | undefined {
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d", { willReadFrequently: size.width <= SIDES.read });
  if (context === null) return undefined;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, size.width, size.height);
  return canvas;
}

/** Makes the blur of a picture, as BlurHash; undefined where the browser does not let a page look at pictures. */
export function blurOf(picture: CanvasImageSource, shape: Size): string | undefined {
  const { width, height } = shrunk(shape, SIDES.read);
  const { data } = drawSmaller(picture, { width, height })?.getContext("2d")?.getImageData(0, 0, width, height) ?? {};
  const waves = width >= height ? { x: WAVES.long, y: WAVES.short } : { x: WAVES.short, y: WAVES.long };
  return data && writeBlurHash(data, width, height, waves);
}

/** Draws a blur as the whole of a canvas, which the style sheet makes larger. What is none leaves it empty. */
export function drawBlur(canvas: HTMLCanvasElement, hash: string, shape: Size): void {
  const size = shrunk(shape, SIDES.drawn);
  Object.assign(canvas, size);
  const pixels = readBlurHash(hash, size.width, size.height);
  if (pixels !== undefined) canvas.getContext("2d")?.putImageData(new ImageData(pixels, size.width), 0, 0);
}
