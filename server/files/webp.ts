/**
 * Takes out of a WebP (RFC 9649) all chunks that are no part of the picture: EXIF, XMP, and what nobody knows.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type Cleaned, Compactor, latin1, le16, le24, le32, MOST_PARTS } from "./compactor.ts";
import { isTurned, orientationIn, tiffOf } from "./exif.ts";

/** The chunks that say which pixels there are, in which colours, and when they are shown (section 2.7). */
const NEEDED = new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);

/** What the flags of VP8X say (section 2.7.1). */
const FLAGS = { exif: 0x08, xmp: 0x04 } as const;

const HEADER_BYTES = 12;

/** Where the TIFF block begins in a chunk of EXIF: some programs write the name that JPEG has before it. */
function tiffIn(data: Uint8Array): Uint8Array {
  return latin1(data, 0, 6) === "Exif\0\0" ? data.subarray(6) : data;
}

/** A chunk of EXIF with the orientation alone; its length is even. */
function exifChunk(orientation: number): Uint8Array {
  const tiff = tiffOf(orientation);
  const chunk = Buffer.alloc(8 + tiff.length);
  chunk.write("EXIF", 0, "latin1");
  chunk.writeUInt32LE(tiff.length, 4);
  chunk.set(tiff, 8);
  return chunk;
}

/** The size that a chunk tells, if it is one that does. */
function sizeIn(type: string, data: Uint8Array): [width: number, height: number] | undefined {
  if (type === "VP8X" && data.length >= 10) return [le24(data, 4) + 1, le24(data, 7) + 1];
  if (type === "VP8 " && data.length >= 10) return [le16(data, 6) & 0x3fff, le16(data, 8) & 0x3fff];
  if (type !== "VP8L" || data.length < 5) return undefined;
  const bits = le32(data, 1);
  return [(bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1];
}

/** Cleans a WebP, in place; undefined where it is damaged so that its parts can't be told from each other. */
export function* cleanWebp(bytes: Uint8Array): Generator<void, Cleaned | undefined> {
  const kept = new Compactor(bytes);
  yield* kept.keep(0, HEADER_BYTES);
  // What comes behind it is no part of it.
  const all = Math.min(bytes.length, 8 + le32(bytes, 4));
  let [orientation, width, height] = [1, 0, 0];
  let flagsAt: number | undefined;
  for (let at = HEADER_BYTES, parts = 1; at + 8 <= all; parts++) {
    yield;
    if (parts > MOST_PARTS) return undefined;
    const size = le32(bytes, at + 4);
    const dataEnd = at + 8 + size;
    if (dataEnd > all) return undefined;
    // Chunks of odd lengths have a byte behind them, which some programs leave out at the end.
    const end = Math.min(all, dataEnd + size % 2);
    const type = latin1(bytes, at, at + 4);
    const data = bytes.subarray(at + 8, dataEnd);
    const found = sizeIn(type, data);
    if (found !== undefined) [width, height] = [Math.max(width, found[0]), Math.max(height, found[1])];
    const lies = type === "EXIF" && orientation === 1 ? orientationIn(tiffIn(data)) : 1;
    if (type === "VP8X" && size > 0) flagsAt ??= kept.length + 8;
    if (NEEDED.has(type)) yield* kept.keep(at, end);
    kept.pass(end);
    if (lies !== 1 && flagsAt !== undefined && kept.put(exifChunk(lies))) orientation = lies;
    at = end;
  }
  if (flagsAt !== undefined) {
    bytes[flagsAt] &= ~(FLAGS.exif | FLAGS.xmp);
    if (orientation !== 1) bytes[flagsAt] |= FLAGS.exif;
  }
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(4, kept.length - 8, true);
  const [shownWidth, shownHeight] = isTurned(orientation) ? [height, width] : [width, height];
  return { length: kept.length, width: shownWidth, height: shownHeight };
}
