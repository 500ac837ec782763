/// <reference lib="dom" />
/**
 * Makes a file ready to be sent: a picture upright, without what it says of where and how it was taken, and no larger than a screen
 * shows. What moves, or what this browser can't read, stays as it is; the server takes the same things out of it.
 *
 * @module
 */

import { blurOf, drawSmaller, shrunk } from "./blur.ts";
import { lookAtFilm } from "./film_file.ts";

/** Pixels of the longer side of a picture that is sent, unless the person wants it as it is. */
const MOST_PIXELS = 2_560;

/** How well JPEG and WebP are kept. */
const QUALITY = 0.9;

/** Pixels of the longer side of a thumbnail. */
const THUMBNAIL = 96;

/** Pictures are read here up to this size, in bytes: larger ones take much memory when they are unpacked. */
const LARGEST = 100 * 2 ** 20;

/** So many bytes of a picture's beginning are looked at for whether it moves. */
const SAMPLE = 65_536;

/** How a PNG ends: nothing stands behind it. */
const PNG_END = "IEND\xaeB`\x82";

/** The types that are written anew, each with the type that it has then, and the end of its name. */
const WRITTEN: ReadonlyMap<string, readonly [type: string, end: string]> = new Map([
  ["image/jpeg", ["image/jpeg", "jpg"]],
  ["image/png", ["image/png", "png"]],
  ["image/webp", ["image/webp", "webp"]],
  ["image/avif", ["image/webp", "webp"]],
  ["image/bmp", ["image/png", "png"]],
]);

/** A picture that this browser can read. */
export interface Picture {
  /** As it is shown, upright. */
  width: number;
  height: number;
  thumbnail: HTMLCanvasElement;
}

/** What is sent. */
export interface Prepared {
  blob: Blob;
  name: string;
  type: string;
  width?: number;
  height?: number;
  blur?: string;
}

/** Reads a picture; undefined where it is none, or none that this browser can read. */
async function decode(file: Blob): Promise<ImageBitmap | undefined> {
  // SVG is drawn by no bitmap, and is no picture for others either.
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml" || file.size > LARGEST) return undefined;
  // Upright, as the picture itself says.
  return await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
}

/** Reads how large a picture or a film is, and makes its thumbnail; undefined for what is neither here. */
export async function readPicture(file: Blob): Promise<Picture | undefined> {
  const read = (picture: CanvasImageSource, { width, height }: { width: number; height: number }) => {
    const thumbnail = drawSmaller(picture, shrunk({ width, height }, THUMBNAIL));
    return thumbnail && { width, height, thumbnail };
  };
  const bitmap = await decode(file);
  if (bitmap === undefined) return await lookAtFilm(file, read);
  try {
    return read(bitmap, bitmap);
  } finally {
    bitmap.close();
  }
}

/** Whether a picture moves: it would stand still if it were written anew. */
export function isAnimated(type: string, bytes: Uint8Array): boolean {
  if (type === "image/gif") return true;
  const text = () => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // A chunk VP8X whose second flag is set (WebP container, "Extended File Format").
  if (type === "image/webp") return text().slice(12, 16) === "VP8X" && (bytes[20] & 0x02) !== 0;
  // A chunk acTL before the first one of the picture itself (PNG, third edition, section 11.3.2).
  return type === "image/png" && text().split("IDAT", 1)[0].includes("acTL");
}

/** Whether nothing can stand in a PNG but the picture: no text, no Exif, no time (third edition, section 11.3). */
export function isBare(type: string, bytes: Uint8Array): boolean {
  if (type !== "image/png") return false;
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return text.endsWith(PNG_END) && !/eXIf|[tiz][ET]Xt|tIME/.test(text);
}

/** What is told of a picture, so that there is room for it before it comes. */
function shapeOf(picture: CanvasImageSource, { width, height }: { width: number; height: number }) {
  const blur = blurOf(picture, { width, height });
  return { width, height, ...(blur !== undefined && { blur }) };
}

/** Makes a file ready to be sent. @param isOriginal Whether it is to be sent as it is. */
export async function prepare(file: File, isOriginal: boolean): Promise<Prepared> {
  const asIs: Prepared = { blob: file, name: file.name, type: file.type };
  const bitmap = await decode(file);
  if (bitmap === undefined) return { ...asIs, ...await lookAtFilm(file, shapeOf) };
  try {
    const told = shapeOf(bitmap, bitmap);
    const written = WRITTEN.get(file.type);
    const sample = new Uint8Array(await file.slice(0, SAMPLE).arrayBuffer());
    if (isOriginal || written === undefined || isAnimated(file.type, sample)) return { ...asIs, ...told };
    const size = shrunk(bitmap, MOST_PIXELS);
    const canvas = drawSmaller(bitmap, size);
    const blob = canvas &&
      await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, written[0], QUALITY));
    if (blob == null) return { ...asIs, ...told };
    // A small drawing is larger when it is written anew.
    if (blob.size >= file.size && file.size <= SAMPLE && isBare(file.type, sample)) return { ...asIs, ...told };
    const [type, end] = blob.type === written[0] ? written : [blob.type, "png"];
    const name = type === file.type ? file.name : `${file.name.replace(/\.[^.]{1,5}$/, "")}.${end}`;
    return { blob, name, type, ...told, ...size };
  } finally {
    bitmap.close();
  }
}
