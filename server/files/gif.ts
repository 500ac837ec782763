/**
 * Takes out of a GIF (GIF89a specification, appendix A) comments, what programs keep in it for themselves (XMP), and what comes
 * behind its end. A script that begins as a GIF ends where it stops being one.
 *
 * @module
 */

import { type Cleaned, Compactor, latin1, le16, MOST_PARTS, STEP_PARTS } from "./compactor.ts";

const BLOCK = { extension: 0x21, image: 0x2c, end: 0x3b } as const;
const LABEL = { text: 0x01, control: 0xf9, application: 0xff } as const;

/** The applications whose blocks say how it is shown: how often it is repeated, and in which colours. */
const APPLICATIONS = new Set(["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]);

const HEADER_BYTES = 13;
const IMAGE_BYTES = 10;

/** How many bytes a table of colours has, by the flags before it. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << (flags & 0x07) + 1;
}

/** Sub-blocks of a chain may be so many, which is more than the largest picture has of those that are full. */
const MOST_BLOCKS = 1_048_576;

/** Where a chain of sub-blocks ends; each begins with its length, and one of no bytes is the last. Undefined where they are too many. */
function* endOfChain(bytes: Uint8Array, from: number): Generator<void, number | undefined> {
  let at = from;
  for (let steps = 1; at < bytes.length && bytes[at] !== 0; steps++) {
    if (steps > MOST_BLOCKS) return undefined;
    at += 1 + bytes[at];
    if (steps % 1_024 === 0) yield;
  }
  return Math.min(at + 1, bytes.length);
}

/** Whether an extension is needed to show the pictures. */
function isNeeded(bytes: Uint8Array, at: number): boolean {
  const label = bytes[at + 1];
  if (label !== LABEL.application) return label === LABEL.control || label === LABEL.text;
  return bytes[at + 2] === 11 && APPLICATIONS.has(latin1(bytes, at + 3, at + 14));
}

/** Cleans a GIF, in place; undefined where it has more parts than any. */
export function* cleanGif(bytes: Uint8Array): Generator<void, Cleaned | undefined> {
  if (bytes.length < HEADER_BYTES) return { length: bytes.length, width: 0, height: 0 };
  const kept = new Compactor(bytes);
  let [width, height] = [le16(bytes, 6), le16(bytes, 8)];
  let isFirst = true;
  let at = Math.min(bytes.length, HEADER_BYTES + tableBytes(bytes[10]));
  yield* kept.keep(0, at);
  for (let parts = 1; at < bytes.length; parts++) {
    if (parts % STEP_PARTS === 0) yield;
    if (parts > MOST_PARTS) return undefined;
    const kind = bytes[at];
    if (kind === BLOCK.extension) {
      const end = yield* endOfChain(bytes, at + 2);
      if (end === undefined) return undefined;
      if (isNeeded(bytes, at)) yield* kept.keep(at, end);
      at = end;
    } else if (kind === BLOCK.image) {
      // Browsers make room for a first picture that is larger than the screen that was said.
      if (isFirst && at + IMAGE_BYTES <= bytes.length) {
        width = Math.max(width, le16(bytes, at + 1) + le16(bytes, at + 5));
        height = Math.max(height, le16(bytes, at + 3) + le16(bytes, at + 7));
      }
      isFirst = false;
      const data = at + IMAGE_BYTES + tableBytes(bytes[at + 9]);
      const end = yield* endOfChain(bytes, Math.min(bytes.length, data + 1));
      if (end === undefined) return undefined;
      yield* kept.keep(at, end);
      at = end;
    } else break;
  }
  kept.pass(bytes.length);
  // One that is cut off ends nevertheless, where there is room for that.
  kept.put(Uint8Array.of(BLOCK.end));
  return { length: kept.length, width, height };
}
