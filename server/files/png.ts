/**
 * Takes out of a PNG or APNG (W3C PNG, third edition) all chunks that are no part of the picture: EXIF, texts, times, and what
 * nobody knows.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { be32, type Cleaned, Compactor, latin1, MOST_PARTS } from "./compactor.ts";
import { isTurned, orientationIn, tiffOf } from "./exif.ts";

/** The chunks that say which pixels there are, in which colours, and when they are shown. */
const NEEDED = new Set(
  ("IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT").split(" "),
);

const SIGNATURE_BYTES = 8;

/** A chunk with its length and its checksum. */
function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** Cleans a PNG, in place; undefined where it is damaged so that its parts can't be told from each other. */
export function* cleanPng(bytes: Uint8Array): Generator<void, Cleaned | undefined> {
  const kept = new Compactor(bytes);
  yield* kept.keep(0, SIGNATURE_BYTES);
  let [orientation, width, height] = [1, 0, 0];
  for (let at = SIGNATURE_BYTES, parts = 1; at + 12 <= bytes.length; parts++) {
    yield;
    if (parts > MOST_PARTS) return undefined;
    const end = at + 12 + be32(bytes, at);
    if (end > bytes.length) return undefined;
    const type = latin1(bytes, at + 4, at + 8);
    if (type === "IHDR" && end >= at + 20) {
      // There is one. Where there are several, browsers may go by any of them.
      [width, height] = [Math.max(width, be32(bytes, at + 8)), Math.max(height, be32(bytes, at + 12))];
    }
    if (NEEDED.has(type)) yield* kept.keep(at, end);
    kept.pass(end);
    if (type === "eXIf" && orientation === 1) {
      const found = orientationIn(bytes.subarray(at + 8, end - 4));
      if (found !== 1 && kept.put(chunkOf("eXIf", tiffOf(found)))) orientation = found;
    }
    at = end;
    if (type !== "IEND") continue;
    const [shownWidth, shownHeight] = isTurned(orientation) ? [height, width] : [width, height];
    return { length: kept.length, width: shownWidth, height: shownHeight };
  }
  return undefined;
}
