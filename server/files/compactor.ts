/**
 * Takes parts out of a block of bytes, in place: what is kept moves to the front. So a picture of any kind is cleaned in the
 * memory that it takes itself, however many parts it has.
 *
 * @module
 */

/** So many bytes are looked at, or moved, in one step. */
export const STEP_BYTES = 65_536;

/** So many parts, of whatever size, are looked at in one step. */
export const STEP_PARTS = 256;

/**
 * No picture has more parts: 20 minutes that move have fewer. Ones of nothing but parts without content would take a second for each
 * 8 MiB.
 */
export const MOST_PARTS = 65_536;

/** A picture that was cleaned in place. */
export interface Cleaned {
  /** How many of its bytes are left, from the first one on. */
  length: number;
  /** In pixels, as it is shown; 0 where it does not say. */
  width: number;
  height: number;
}

/** A block of bytes of which parts are kept, in their order. */
export class Compactor {
  readonly bytes: Uint8Array;
  /** How many bytes are kept so far. */
  length = 0;
  /** Up to where the bytes have been passed: nothing is written beyond that. */
  #passed = 0;
  /** How many bytes were kept since the last step: a file may have millions of parts of a few bytes. */
  #sinceStep = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Keeps the bytes from one place up to another, behind those that are kept. What is between them and the last ones is left out. */
  *keep(from: number, end: number): Generator<void> {
    this.#passed = end;
    for (let at = from; at < end; at += STEP_BYTES) {
      const next = Math.min(end, at + STEP_BYTES);
      if (at !== this.length) this.bytes.copyWithin(this.length, at, next);
      this.length += next - at;
      this.#sinceStep += next - at;
      if (this.#sinceStep < STEP_BYTES) continue;
      this.#sinceStep = 0;
      yield;
    }
  }

  /** Leaves out what comes before this place. */
  pass(end: number): void {
    this.#passed = end;
  }

  /** Puts other bytes behind those that are kept, if what has been left out has made room for them. @returns Whether it has. */
  put(bytes: Uint8Array): boolean {
    if (this.length + bytes.length > this.#passed) return false;
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return true;
  }
}

/** A number of two bytes, the higher one first; likewise of four, and with the lower one first. */
export const be16 = (bytes: Uint8Array, at: number): number => bytes[at] << 8 | bytes[at + 1];
export const be32 = (bytes: Uint8Array, at: number): number => be16(bytes, at) * 65_536 + be16(bytes, at + 2);
export const le16 = (bytes: Uint8Array, at: number): number => bytes[at] | bytes[at + 1] << 8;
export const le24 = (bytes: Uint8Array, at: number): number => le16(bytes, at) | bytes[at + 2] << 16;
export const le32 = (bytes: Uint8Array, at: number): number => le24(bytes, at) + bytes[at + 3] * 16_777_216;

/** Some bytes as a text of characters up to 255. */
export function latin1(bytes: Uint8Array, from: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(end, from + 64)));
}
