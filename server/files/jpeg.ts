/**
 * Takes out of a JPEG (ITU T.81, annex B) what is no part of the picture: EXIF, XMP, IPTC, comments, thumbnails, and what comes
 * behind its end, where phones put whole films. The picture itself stays as it is, byte for byte.
 *
 * @module
 */

import { be16, type Cleaned, Compactor, latin1, MOST_PARTS, STEP_BYTES, STEP_PARTS } from "./compactor.ts";
import { isTurned, orientationIn, tiffOf } from "./exif.ts";

const MARKER = { begin: 0xd8, end: 0xd9, scan: 0xda, app0: 0xe0, app1: 0xe1, app2: 0xe2, app14: 0xee } as const;

/** How long a JFIF segment is that has no thumbnail, with its marker. */
const JFIF_BYTES = 18;

/** Whether nothing follows a marker that belongs to it: RSTn, TEM. */
const isAlone = (marker: number) => marker >= 0xd0 && marker <= 0xd7 || marker === 0x01;

/** Whether a marker begins a frame, whose header tells the picture's size. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Whether a segment is needed to show the picture: tables and headers, and what says how its colours are meant. */
function isNeeded(marker: number, id: string): boolean {
  if (marker >= 0xc0 && marker <= 0xdf) return true;
  return marker === MARKER.app2 && id.startsWith("ICC_PROFILE\0") || marker === MARKER.app14 && id.startsWith("Adobe");
}

/** The EXIF segment with the orientation alone. */
function exifSegment(orientation: number): Uint8Array {
  const content = [...new TextEncoder().encode("Exif\0\0"), ...tiffOf(orientation)];
  return Uint8Array.from([0xff, MARKER.app1, 0, content.length + 2, ...content]);
}

/** Where the data of a scan end: at a marker that is none of RSTn and no byte that was stuffed. */
function* endOfScan(bytes: Uint8Array, from: number): Generator<void, number> {
  let step = from + STEP_BYTES;
  for (let at = from; at + 1 < bytes.length; at++) {
    if (at >= step) {
      step = at + STEP_BYTES;
      yield;
    }
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1];
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** Cleans a JPEG, in place; undefined where it is damaged so that its parts can't be told from each other. */
export function* cleanJpeg(bytes: Uint8Array): Generator<void, Cleaned | undefined> {
  const kept = new Compactor(bytes);
  yield* kept.keep(0, 2);
  let [orientation, width, height] = [1, 0, 0];
  const done = (): Cleaned => {
    const [shownWidth, shownHeight] = isTurned(orientation) ? [height, width] : [width, height];
    return { length: kept.length, width: shownWidth, height: shownHeight };
  };
  for (let at = 2, parts = 1; at + 2 <= bytes.length; parts++) {
    if (parts % STEP_PARTS === 0) yield;
    if (parts > MOST_PARTS) return undefined;
    if (bytes[at] !== 0xff) return undefined;
    // Any number of these may stand before a marker (B.1.1.2).
    for (let filled = 0; bytes[at + 1] === 0xff; at++) if (++filled % STEP_BYTES === 0) yield;
    const marker = bytes[at + 1];
    if (marker === MARKER.end) {
      yield* kept.keep(at, at + 2);
      return done();
    }
    if (isAlone(marker)) {
      yield* kept.keep(at, at + 2);
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) return undefined;
    const end = at + 2 + be16(bytes, at + 2);
    if (end < at + 4 || end > bytes.length) return undefined;
    const id = latin1(bytes, at + 4, Math.min(at + 20, end));
    if (isFrame(marker) && end >= at + 9) {
      // There is one. Where there are several, browsers have drawn the first before they come to the next.
      [height, width] = [Math.max(height, be16(bytes, at + 5)), Math.max(width, be16(bytes, at + 7))];
    }
    if (marker === MARKER.app1 && id.startsWith("Exif\0")) {
      const found = orientationIn(bytes.subarray(at + 10, end));
      kept.pass(end);
      // The first one counts.
      if (orientation === 1 && found !== 1 && kept.put(exifSegment(found))) orientation = found;
    } else if (marker === MARKER.app0 && id.startsWith("JFIF\0") && end - at >= JFIF_BYTES) {
      // Its thumbnail may show what was cut off.
      bytes.set([0, JFIF_BYTES - 2], at + 2);
      bytes.set([0, 0], at + 16);
      yield* kept.keep(at, at + JFIF_BYTES);
    } else if (isNeeded(marker, id)) yield* kept.keep(at, end);
    kept.pass(end);
    at = end;
    if (marker !== MARKER.scan) continue;
    at = yield* endOfScan(bytes, end);
    yield* kept.keep(end, at);
  }
  // It is cut off, which browsers show as far as it goes.
  return done();
}
