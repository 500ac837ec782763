/**
 * Pictures for tests.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** A chunk of a PNG, with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/**
 * A PNG of eight bits.
 *
 * @param rows The samples of each row.
 * @param colour The type of colour: 0 grey, 2 red, green and blue; 4 and 6 the same with opacity.
 * @param filter That of each row.
 */
export function png(width: number, height: number, rows: number[][], colour = 2, filter = 0): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, colour], 8);
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [filter, ...row])));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, pngChunk("IHDR", head), pngChunk("IDAT", data), pngChunk("IEND", Buffer.alloc(0))]);
}

/** A PNG of one colour: red, green and blue. */
export function plainPng(width: number, height: number, colour: number[]): Uint8Array {
  const row = Array.from({ length: width }, () => colour).flat();
  return png(width, height, Array.from({ length: height }, () => row));
}
