/**
 * Takes out of films and sounds (ISO/IEC 14496-12; QuickTime File Format) what tells where, when and with what they were taken, in
 * place: titles, notes, and the tracks in which cameras write their position all along.
 *
 * @module
 */

import { type Box, type BoxFile, DamagedError } from "./boxes.ts";
import { be32, latin1 } from "./compactor.ts";
import { cleanItems } from "./heif.ts";

/** What a film's maker says of it: everything in these boxes. */
const SAID = new Set(["udta", "meta", "uuid"]);

/** What tells a place, among what is said of a sound: its title and its cover stay. */
const PLACES = new Set(["\xa9xyz", "loci", "XMP_"]);

/** The outermost box of XMP (XMP specification, part 3): what follows `uuid`. */
const XMP = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/** The tables that say where what is in a track lies. */
const TABLES = new Set(["stsz", "stsc", "stco", "co64"]);

/** So many pieces of a track of positions are wiped out. */
const MOST_PIECES = 200_000;

/** Cleans a film, a sound or a picture made of boxes. @throws {DamagedError} Where its parts can't be told from each other. */
export function* cleanBoxes(file: BoxFile, type: string): Generator<void> {
  const isPicture = type.startsWith("image/");
  for (const box of file.boxes(0, file.size)) {
    yield;
    if (box.type === "moov") yield* cleanFilm(file, box, type.startsWith("audio/"));
    else if (box.type === "meta" && isPicture) yield* cleanItems(file, box);
    else if (box.type === "meta" || box.type === "udta") yield* file.free(box);
    else if (box.type === "uuid" && box.end - box.from >= 16 && latin1(file.read(box.from, 16), 0, 16) === XMP) {
      yield* file.free(box);
    } else if (box.type === "mpvd") {
      // The film behind a picture that moves: what it was before and after. JPEGs lose theirs, too.
      yield* file.free(box);
    }
  }
}

function* cleanFilm(file: BoxFile, film: Box, isSound: boolean): Generator<void> {
  for (const box of file.boxes(film.from, film.end)) {
    yield;
    if (box.type === "trak") yield* cleanTrack(file, box);
    else if (box.type === "udta" && isSound) yield* cleanSaid(file, box);
    else if (SAID.has(box.type)) yield* file.free(box);
  }
}

function* cleanSaid(file: BoxFile, said: Box): Generator<void> {
  for (const box of file.boxes(said.from, said.end)) {
    yield;
    if (PLACES.has(box.type)) yield* file.free(box);
  }
}

function* cleanTrack(file: BoxFile, track: Box): Generator<void> {
  for (const box of file.boxes(track.from, track.end)) {
    yield;
    if (SAID.has(box.type)) yield* file.free(box);
    else if (box.type === "mdia" && (yield* isOfPositions(file, box))) {
      yield* wipeSamples(file, box);
      return yield* file.free(track);
    }
  }
}

/** Whether a track has what is neither seen nor heard: its handler (section 8.4.3) is that of metadata. */
function* isOfPositions(file: BoxFile, media: Box): Generator<void, boolean> {
  const handler = yield* file.find(media.from, media.end, "hdlr");
  return handler !== undefined && handler.end - handler.from >= 12 &&
    latin1(file.read(handler.from + 8, 4), 0, 4) === "meta";
}

/** Wipes out what is in a track; its tables (section 8.6, 8.7) say where that lies. */
function* wipeSamples(file: BoxFile, media: Box): Generator<void> {
  const info = yield* file.find(media.from, media.end, "minf");
  const table = info && (yield* file.find(info.from, info.end, "stbl"));
  if (table === undefined) return;
  const found = new Map<string, Uint8Array>();
  for (const { type, from, end } of file.boxes(table.from, table.end)) {
    yield;
    if (TABLES.has(type)) found.set(type, file.read(from, end - from));
  }
  const [sizes, chunks, short] = [found.get("stsz"), found.get("stsc"), found.get("stco")];
  const places = short ?? found.get("co64");
  // In pieces: what they have stands in other boxes then.
  if (sizes === undefined || chunks === undefined || places === undefined) return;
  const each = be32(sizes, 4);
  const count = be32(places, 4);
  if (count > MOST_PIECES) throw new DamagedError();
  const runs = be32(chunks, 4);
  // What is beyond the table would be read as runs without end.
  if (8 + 12 * runs > chunks.length) throw new DamagedError();
  let [run, sample] = [0, 0];
  for (let chunk = 0; chunk < count; chunk++) {
    // Each run of chunks says from which one on it counts, the first being 1.
    while (run + 1 < runs && be32(chunks, 8 + 12 * (run + 1)) <= chunk + 1) run++;
    const samples = be32(chunks, 8 + 12 * run + 4);
    if (samples > MOST_PIECES) throw new DamagedError();
    let length = each * samples;
    for (let i = 0; each === 0 && i < samples && 16 + 4 * sample <= sizes.length; i++) {
      length += be32(sizes, 12 + 4 * sample++);
      if (i % 1_024 === 0) yield;
    }
    const at = short !== undefined
      ? be32(places, 8 + 4 * chunk)
      : be32(places, 8 + 8 * chunk) * 4_294_967_296 + be32(places, 12 + 8 * chunk);
    if (!Number.isSafeInteger(at + length)) throw new DamagedError();
    yield* file.wipe(at, at + length);
    yield;
  }
}
