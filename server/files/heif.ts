/**
 * Takes EXIF and XMP out of pictures that are made of items (HEIF, ISO/IEC 23008-12; HEIC and AVIF), in place. Which side is up
 * says a property of the picture itself, so nothing of them is needed.
 *
 * @module
 */

import { type Box, type BoxFile, DamagedError } from "./boxes.ts";
import { latin1 } from "./compactor.ts";

/** EXIF that says nothing (annex A.2.1): where its block begins, and a block without an entry. */
const NO_EXIF = Uint8Array.of(0, 0, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0);

/** Reads numbers one after the other. @throws {DamagedError} Where there are no more. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The next number, of so many bytes; 0 where it has none. */
  number(bytes: number): number {
    if (this.at + bytes > this.#bytes.length) throw new DamagedError();
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + this.#bytes[this.at++];
    if (!Number.isSafeInteger(value)) throw new DamagedError();
    return value;
  }

  text(bytes: number): string {
    if (this.at + bytes > this.#bytes.length) throw new DamagedError();
    this.at += bytes;
    return latin1(this.#bytes, this.at - bytes, this.at);
  }
}

/** Cleans a picture made of items. @param meta The box that describes them. @throws {DamagedError} */
export function* cleanItems(file: BoxFile, meta: Box): Generator<void> {
  // It has a version before its boxes.
  const from = meta.from + 4;
  const names = yield* file.find(from, meta.end, "iinf");
  const places = yield* file.find(from, meta.end, "iloc");
  const inside = yield* file.find(from, meta.end, "idat");
  if (names === undefined || places === undefined) return;
  const said = yield* itemsThatTell(file, names);
  if (said.size === 0) return;
  for (const { item, at, end } of yield* extents(file, places, inside, said)) {
    yield* file.wipe(at, end);
    if (said.get(item) === "Exif" && end - at >= NO_EXIF.length) file.write(at, NO_EXIF);
  }
}

/** The items that are EXIF or XMP, with their types (ISO/IEC 14496-12, section 8.11.6). */
function* itemsThatTell(file: BoxFile, names: Box): Generator<void, Map<number, string>> {
  const version = file.read(names.from, 1)[0];
  const found = new Map<number, string>();
  for (const { type, from, end } of file.boxes(names.from + (version === 0 ? 6 : 8), names.end)) {
    yield;
    if (type !== "infe") continue;
    const entry = new Reader(file.read(from, end - from));
    const entryVersion = entry.number(4) >>> 24;
    if (entryVersion < 2) continue;
    const id = entry.number(entryVersion === 2 ? 2 : 4);
    entry.number(2);
    const kind = entry.text(4);
    // A MIME type is a text; of what is told by one only XMP is in pictures.
    if (kind === "Exif" || kind === "mime") found.set(id, kind);
  }
  return found;
}

/** Pieces in which all stands that tells of a picture: programs write each in one. */
const MOST_EXTENTS = 1_000;

/** Where items lie (section 8.11.3). */
function* extents(
  file: BoxFile,
  places: Box,
  inside: Box | undefined,
  wanted: ReadonlyMap<number, string>,
): Generator<void, { item: number; at: number; end: number }[]> {
  const reader = new Reader(file.read(places.from, places.end - places.from));
  const version = reader.number(4) >>> 24;
  if (version > 2) throw new DamagedError();
  const sizes = reader.number(2);
  const [offset, length, base] = [sizes >> 12 & 15, sizes >> 8 & 15, sizes >> 4 & 15];
  const index = version === 0 ? 0 : sizes & 15;
  const found = [];
  for (let items = reader.number(version < 2 ? 2 : 4); items > 0; items--) {
    yield;
    const item = reader.number(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : reader.number(2) & 15;
    reader.number(2);
    const begin = reader.number(base);
    const count = reader.number(2);
    if (!wanted.has(item)) {
      reader.at += count * (index + offset + length);
      continue;
    }
    for (let i = 0; i < count; i++) {
      if (i % 256 === 255) yield;
      reader.number(index);
      const from = begin + reader.number(offset);
      const size = reader.number(length);
      // Within other items, or all there is: nobody writes EXIF so.
      const origin = method === 0 ? 0 : method === 1 ? inside?.from : undefined;
      if (origin === undefined || size === 0 || found.length >= MOST_EXTENTS) throw new DamagedError();
      found.push({ item, at: origin + from, end: origin + from + size });
    }
  }
  return found;
}
