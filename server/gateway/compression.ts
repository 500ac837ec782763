/**
 * Compression of what is served, in pieces, one body after the other: between two pieces everybody else has a turn.
 *
 * @module
 */

import { finished } from "node:stream/promises";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { nextTurn } from "../turns/loop.ts";

/** The codings that are offered, best first. */
export const CODINGS = ["br", "gzip"] as const;
export type Coding = typeof CODINGS[number];

const COMPRESSORS = {
  gzip: () => createGzip(),
  // From quality 7 on each file takes some 30 ms at one go, and becomes a hundredth smaller.
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
};

const FLUSH_FLAGS = { gzip: constants.Z_SYNC_FLUSH, br: constants.BROTLI_OPERATION_FLUSH };

/** So many bytes are compressed at one go, which takes some milliseconds. */
const COMPRESSED_AT_ONCE = 16_384;

/** The last work that `oneByOne` was given. */
let lastWork: Promise<unknown> = Promise.resolve();

/**
 * Does work of some milliseconds when all work that was given before is done and others have had their turn: many first
 * requests at once would otherwise leave no time between their files.
 */
export function oneByOne<T>(work: () => T | Promise<T>): Promise<T> {
  const done = lastWork.then(nextTurn).then(work);
  lastWork = done.catch(() => {});
  return done;
}

/** Compresses a body, in its turn. */
export function compress(body: Uint8Array, coding: Coding): Promise<Uint8Array> {
  return oneByOne(() => compressNow(body, coding));
}

async function compressNow(body: Uint8Array, coding: Coding): Promise<Uint8Array> {
  const stream = COMPRESSORS[coding]();
  const done = finished(stream);
  done.catch(() => {});
  const parts: Uint8Array<ArrayBuffer>[] = [];
  stream.on("data", (part) => parts.push(part));
  for (let at = 0; at < body.length; at += COMPRESSED_AT_ONCE) {
    // Without a flush all the work would be done at the end.
    if (at > 0) {
      await new Promise<void>((resolve) => stream.flush(FLUSH_FLAGS[coding], resolve));
      await nextTurn();
    }
    await new Promise<void>((resolve) => stream.write(body.subarray(at, at + COMPRESSED_AT_ONCE), () => resolve()));
  }
  stream.end();
  await done;
  return await new Blob(parts).bytes();
}
