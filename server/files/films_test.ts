/** What is left of films, and of pictures that are made as films are. */

import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { random } from "../testing.ts";
import { BoxFile, DamagedError } from "./boxes.ts";
import { cleanBoxes } from "./films.ts";
import { box, film, FRAMES, heic, SECRET } from "./testing.ts";

/** Cleans a film, in all its steps. Gives what is left of it, and how many steps that took. */
function clean(type: string, bytes: Uint8Array): { left: Buffer; steps: number; isChanged: boolean } {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, bytes);
    using file = Deno.openSync(path, { read: true, write: true });
    const boxes = new BoxFile(file, bytes.length);
    let steps = 0;
    for (const _ of cleanBoxes(boxes, type)) steps++;
    return { left: Buffer.from(Deno.readFileSync(path)), steps, isChanged: boxes.isChanged };
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("no film tells where it was taken, and nothing of what is seen has moved", () => {
  for (const [type, whole] of [["video/mp4", film()], ["video/quicktime", film("qt  ")]] as const) {
    assertEquals(whole.includes(SECRET), true);
    const { left, isChanged } = clean(type, whole);
    assertEquals([left.includes(SECRET), left.includes(SECRET.slice(0, 6)), left.includes("ISO6709")], [
      false,
      false,
      false,
    ]);
    assertEquals([left.length, isChanged], [whole.length, true]);
    for (const frame of FRAMES) assertEquals(left.indexOf(frame), whole.indexOf(frame));
    assertEquals(left.indexOf("moov"), whole.indexOf("moov"));
    // The track of pictures and its tables are as they were.
    const from = whole.indexOf("tkhd");
    const end = whole.indexOf("udta", from) - 4;
    assertEquals(left.subarray(from, end).equals(whole.subarray(from, end)), true);
    assertEquals(left.includes("as before"), true);
    // Once more it is the same.
    assertEquals(clean(type, left).left.equals(left), true);
  }
});

Deno.test("of a sound its title stays, and its place goes", () => {
  const { left } = clean("audio/mp4", film("M4A "));
  assertEquals([left.includes("a kettle"), left.includes("\xa9xyz"), left.includes(SECRET)], [true, false, false]);
});

Deno.test("no picture made of items tells where it was taken", () => {
  for (const [type, whole] of [["image/heic", heic()], ["image/avif", heic("avif")]] as const) {
    const { left } = clean(type, whole);
    assertEquals([whole.includes(SECRET), left.includes(SECRET)], [true, false]);
    assertEquals(left.indexOf("pixels"), whole.indexOf("pixels"));
    // EXIF without an entry is in its place.
    assertEquals(left.readUInt16BE(left.indexOf("MM\0*") + 8), 0);
    assertEquals(clean(type, left).left.equals(left), true);
  }
  // The film that phones put behind a picture goes as a whole.
  const moving = Buffer.concat([heic(), box("mpvd", film())]);
  assertEquals(clean("image/heic", moving).left.includes(SECRET), false);
});

Deno.test("what has nothing to hide stays as it is, also where it is cut off", () => {
  const plain = Buffer.concat([box("ftyp", "isom\0\0\0\0"), box("moov", box("mvhd", "\0\0\0\0")), box("mdat", "seen")]);
  for (const whole of [plain, plain.subarray(0, -2), Buffer.concat([plain, Buffer.alloc(20)])]) {
    const { left, isChanged } = clean("video/mp4", whole);
    assertEquals([left.equals(whole), isChanged], [true, false]);
  }
});

Deno.test("a film whose parts can't be told from each other is refused", () => {
  const begin = box("ftyp", "isom\0\0\0\0");
  const longer = (whole: Buffer, type: string) => {
    const copy = Buffer.from(whole);
    copy.writeUInt32BE(2_000_000_000, copy.indexOf(type) - 4);
    return copy;
  };
  const cases: [about: string, type: string, whole: Uint8Array][] = [
    ["a box beyond the one that it is in", "video/mp4", longer(film(), "tkhd")],
    ["a box that is shorter than its head", "video/mp4", Buffer.concat([begin, box("moov", "\0\0\0\x04udta")])],
    [
      "more boxes than any film has",
      "video/mp4",
      Buffer.concat([begin, box("moov", box("free").toString("latin1").repeat(200_001))]),
    ],
    ["a film that is cut off", "video/mp4", film().subarray(0, film().indexOf("keys"))],
    ["what tells of a picture in more pieces than any program makes", "image/heic", heic("heic", 1_000)],
    ["items that lie nowhere", "image/heic", heic().subarray(0, heic().indexOf("idat") - 4)],
  ];
  for (const [about, type, whole] of cases) assertThrows(() => clean(type, whole), DamagedError, undefined, about);
});

Deno.test("tables that say the same place again and again are refused, before anything takes long", () => {
  const whole = film();
  // Each piece of the track of positions has a thousand samples of 4 GB.
  const table = whole.indexOf("stsz", whole.indexOf("meta")) + 8;
  whole.writeUInt32BE(0xffff_ffff, table);
  assertThrows(() => clean("video/mp4", whole), DamagedError);
  const tables = [
    box("stsz", Buffer.alloc(12)),
    box("stsc", Buffer.from("00000000000000010000000100030d4000000001", "hex")),
    box("stco", Buffer.from("0000000000030d40", "hex")),
  ];
  const empty = Buffer.concat([
    box("ftyp", "isom\0\0\0\0"),
    box("moov", box("trak", box("mdia", box("hdlr", Buffer.alloc(8), "meta"), box("minf", box("stbl", ...tables))))),
  ]);
  assertEquals(clean("video/mp4", empty).steps < 500_000, true);
});

Deno.test("a table that says of more runs of pieces than it has is refused, and none is looked for beyond it", () => {
  const whole = film();
  const runs = whole.indexOf("stsc", whole.indexOf("meta")) + 8;
  whole.writeUInt32BE(1_000_000, runs);
  assertThrows(() => clean("video/mp4", whole), DamagedError);
});

Deno.test("a damaged film is cleaned or refused; nothing else is thrown, and it never grows", () => {
  const next = random(23);
  const pick = (most: number) => Math.floor(next() * most);
  const kinds = [["video/mp4", film], ["image/heic", heic], ["audio/mp4", () => film("M4A ")]] as const;
  let refused = 0;
  for (let i = 0; i < 1_500; i++) {
    const [type, make] = kinds[i % 3];
    const whole = make();
    const bytes = whole.subarray(0, pick(4) === 0 ? pick(whole.length) : whole.length);
    for (let damage = 1 + pick(6); damage > 0 && bytes.length > 0; damage--) {
      bytes[pick(bytes.length)] = pick(3) === 0 ? 0 : pick(256);
    }
    try {
      assertEquals(clean(type, bytes).left.length, bytes.length);
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      refused++;
    }
  }
  assertEquals(refused > 100 && refused < 1_400, true, `${refused}`);
});
