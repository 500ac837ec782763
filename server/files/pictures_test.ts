/** What is left of pictures. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Buffer } from "node:buffer";
import { random } from "../testing.ts";
import type { Cleaned } from "./compactor.ts";
import { typeOf } from "./media_type.ts";
import { cleaning, isShowable } from "./pictures.ts";
import { cleanedGif, cleanedJpeg, gif, jpeg, png, SECRET, webp } from "./testing.ts";

/** Cleans a picture in all its steps. Gives what is left of it, and what was found. */
function clean(type: string, picture: Uint8Array): { left: Buffer; found: Cleaned } | undefined {
  const bytes = Buffer.from(picture);
  const steps = cleaning(type)!(bytes);
  for (;;) {
    const { done, value: found } = steps.next();
    if (done && found === undefined) return undefined;
    if (done) return { left: bytes.subarray(0, found!.length), found: found! };
  }
}

Deno.test("of a JPEG is left what is to be seen, its colours, and which side is up", () => {
  const { left, found } = clean("image/jpeg", jpeg())!;
  assertEquals(left.toString("hex"), cleanedJpeg().toString("hex"));
  // It is shown upright.
  assertEquals([found.width, found.height], [8, 16]);
  const { left: upright, found: size } = clean("image/jpeg", jpeg(1))!;
  assertEquals(upright.toString("hex"), cleanedJpeg(1).toString("hex"));
  assertEquals([size.width, size.height], [16, 8]);
  // What is clean already stays as it is.
  assertEquals(clean("image/jpeg", cleanedJpeg())!.left.equals(cleanedJpeg()), true);
});

Deno.test("no picture tells where it was taken, and all are shown upright as before", () => {
  for (const [type, picture] of [["image/jpeg", jpeg()], ["image/png", png()], ["image/webp", webp()]] as const) {
    const { left, found } = clean(type, picture)!;
    assertEquals([picture.includes(SECRET), left.includes(SECRET)], [true, false], type);
    assertEquals(left.includes(SECRET.slice(0, 3)), false, type);
    assertEquals([found.width, found.height], [8, 16], type);
    // Cleaned again it is the same, so the number that says how it lies can be read.
    const again = clean(type, left)!;
    assertEquals([again.left.equals(left), again.found], [true, found], type);
  }
  const { left } = clean("image/webp", webp())!;
  assertEquals(left.readUInt32LE(4), left.length - 8);
  assertEquals(left[20] & 0x0c, 0x08);
  assertEquals(clean("image/webp", webp(1))!.left[20] & 0x0c, 0);
});

Deno.test("of a GIF is left what is to be seen, and how often; a script behind such a beginning is cut off", () => {
  const { left, found } = clean("image/gif", gif())!;
  assertEquals(left.toString("hex"), cleanedGif().toString("hex"));
  assertEquals([found.width, found.height], [16, 8]);
  assertEquals(clean("image/gif", left)!.left.equals(left), true);
  const script = Buffer.from("GIF89a/*\0\0\0\0\0*/=1;alert(document.domain)", "latin1");
  assertEquals(clean("image/gif", script)!.left.toString("latin1"), "GIF89a/*\0\0\0\0\0;");
  // One that is cut off is shown as far as it goes.
  for (let length = 0; length < gif().length; length++) clean("image/gif", gif().subarray(0, length));
});

Deno.test("pictures of more pixels than anybody has memory for are not shown in place", () => {
  assertEquals(isShowable({ width: 16_320, height: 12_240 }), false);
  assertEquals(isShowable({ width: 8_192, height: 8_192 }), true);
  assertEquals(isShowable({ width: 0xffff_ffff, height: 0xffff_ffff }), false);
});

Deno.test("a picture that says twice how large it is has the larger size, which a browser may have made room for", () => {
  /** Puts a part before the first of its kind, or behind it. */
  const withTwo = (whole: Buffer, at: number, length: number, size: [at: number, hex: string], isBefore: boolean) => {
    const other = Buffer.from(whole.subarray(at, at + length));
    other.set(Buffer.from(size[1], "hex"), size[0]);
    const place = isBefore ? at : at + length;
    return Buffer.concat([whole.subarray(0, place), other, whole.subarray(place)]);
  };
  const upright = jpeg(1);
  const frame = upright.indexOf(Buffer.from([0xff, 0xc0]));
  const frameBytes = 2 + upright.readUInt16BE(frame + 2);
  for (const isBefore of [true, false]) {
    const { found } = clean("image/jpeg", withTwo(upright, frame, frameBytes, [5, "03e803e8"], isBefore))!;
    assertEquals([found.width, found.height], [1_000, 1_000], `JPEG ${isBefore}`);
    const { found: size } = clean("image/png", withTwo(png(1), 8, 25, [8, "000003e8000003e8"], isBefore))!;
    assertEquals([size.width, size.height], [1_000, 1_000], `PNG ${isBefore}`);
  }
  const large = gif();
  const image = large.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 16, 0]));
  large.writeUInt16LE(900, image + 1);
  large.writeUInt16LE(1_000, image + 7);
  const { found } = clean("image/gif", large)!;
  assertEquals([found.width, found.height], [916, 1_000]);
  const odd = webp(1);
  const lossless = odd.indexOf("VP8L");
  // 14 bits for each side, less 1.
  odd.writeUInt32LE(999 | 999 << 14, lossless + 9);
  const { found: told } = clean("image/webp", odd)!;
  assertEquals([told.width, told.height], [1_000, 1_000]);
});

Deno.test("a JPEG keeps its colours alone, however many segments it has of which kind", () => {
  const whole = jpeg();
  const at = whole.indexOf(Buffer.from([0xff, 0xe2]));
  const more = (marker: number, text: string) =>
    Buffer.concat([Buffer.from([0xff, marker, 0, text.length + 2]), Buffer.from(text, "latin1")]);
  const crowded = Buffer.concat([
    whole.subarray(0, at),
    more(0xe1, `http://ns.adobe.com/xmp/extension/\0${SECRET}`),
    more(0xe1, `Exif\0\0${SECRET}`),
    more(0xe1, SECRET),
    more(0xe3, SECRET),
    more(0xfe, `%PDF-1.7 ${SECRET}`),
    more(0xef, SECRET),
    whole.subarray(at),
  ]);
  assertEquals(clean("image/jpeg", crowded)!.left.toString("hex"), cleanedJpeg().toString("hex"));
});

Deno.test("a damaged picture is cleaned or refused; nothing is thrown, and what is left is never longer", () => {
  const next = random(17);
  const pick = (most: number) => Math.floor(next() * most);
  const kinds = [["image/jpeg", jpeg], ["image/png", png], ["image/webp", webp], ["image/gif", gif]] as const;
  let refused = 0;
  for (let i = 0; i < 8_000; i++) {
    const [type, make] = kinds[i % 4];
    const whole = make(1 + pick(8));
    const picture = whole.subarray(0, pick(4) === 0 ? pick(whole.length) : whole.length);
    if (picture.length < 16) continue;
    for (let damage = pick(6); damage > 0; damage--) picture[12 + pick(picture.length - 12)] = pick(256);
    const done = clean(type, picture);
    if (done === undefined) refused++;
    else assertLessOrEqual(done.left.length, picture.length);
  }
  assertEquals(refused > 100 && refused < 5_000, true, `${refused}`);
});

Deno.test("a picture of millions of parts of a few bytes takes few steps", () => {
  const parts: [type: string, head: Uint8Array, part: number[]][] = [
    ["image/jpeg", Uint8Array.of(0xff, 0xd8), [0xff, 0x01]],
    ["image/jpeg", Uint8Array.of(0xff, 0xd8), [0xff, 0xfe, 0, 2]],
    ["image/gif", Buffer.from("GIF89a\x01\0\x01\0\0\0\0", "latin1"), [0x21, 0xfe, 0]],
    ["image/gif", Buffer.from("GIF89a\x01\0\x01\0\0\0\0", "latin1"), [0x21, 0xf9, 0]],
  ];
  for (const [type, head, part] of parts) {
    const picture = Buffer.concat([head, Buffer.alloc(1_048_576 * 2, Buffer.from(part))]);
    const cleaned = cleaning(type)!(picture);
    let steps = 0;
    while (cleaned.next().done === false) steps++;
    assertLessOrEqual(steps, 10_000, `${type} ${part}`);
  }
});

Deno.test("a picture of more parts than any has is refused after as many, and one of very many is cleaned", () => {
  const riff = (size: number) => {
    const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
    head.writeUInt32LE(size + 4, 4);
    return head;
  };
  const count = 1_000_000;
  const table: [type: string, (parts: number) => Buffer, end?: number[]][] = [
    ["image/webp", (n) => Buffer.concat([riff(8 * n), Buffer.alloc(8 * n, Buffer.from("ABCD\0\0\0\0", "latin1"))])],
    [
      "image/png",
      (n) =>
        Buffer.concat([png(1).subarray(0, 8), Buffer.alloc(12 * n, Buffer.from("\0\0\0\0tEXt\0\0\0\0", "latin1"))]),
    ],
    ["image/jpeg", (n) => Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.alloc(4 * n, Buffer.of(0xff, 0xe1, 0, 2))])],
    [
      "image/gif",
      (n) =>
        Buffer.concat([
          Buffer.from("GIF89a\x01\0\x01\0\0\0\0", "latin1"),
          Buffer.alloc(3 * n, Buffer.of(0x21, 0xfe, 0)),
        ]),
    ],
    [
      "image/gif",
      (n) =>
        Buffer.concat([
          Buffer.from("GIF89a\x01\0\x01\0\0\0\0\x21\xfe", "latin1"),
          Buffer.alloc(2 * n * 17, Buffer.of(1, 65)),
        ]),
    ],
  ];
  for (const [type, make] of table) {
    const cleaned = cleaning(type)!(make(count));
    let steps = 0;
    for (;;) {
      const step = cleaned.next();
      if (step.done) {
        assertEquals(step.value, undefined, type);
        break;
      }
      steps++;
    }
    assertLessOrEqual(steps, 65_538, type);
  }
  // A film of 50,000 pictures.
  const head = Buffer.from("GIF89a\x01\0\x01\0\0\0\0", "latin1");
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0]);
  const film = Buffer.concat([head, Buffer.alloc(50_000 * frame.length, frame), Buffer.of(0x3b)]);
  assertEquals(clean("image/gif", film)?.left.length, film.length);
});

Deno.test("a type is found by what is in a file", () => {
  const files: [content: string | Uint8Array, type: string][] = [
    [jpeg(), "image/jpeg"],
    [png(), "image/png"],
    [webp(), "image/webp"],
    ["GIF89a/*<script>alert(1)</script>*/", "image/gif"],
    ["<html><script>alert(1)</script>", "text/plain"],
    ['<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "text/plain"],
    ["<?xml version='1.0'?><a/>", "text/plain"],
    ["PK\x03\x04 an archive", "application/zip"],
    ["\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", "video/mp4"],
    ["\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif"],
    ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"],
    ["\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"],
    ["ID3\x04\0\0", "audio/mpeg"],
    [Uint8Array.of(0xff, 0xfb, 0x90, 0x64, 0), "audio/mpeg"],
    [Uint8Array.of(0xff, 0xf1, 0x50, 0x80), "audio/aac"],
    ["fLaC\0", "audio/flac"],
    [`OggS${"\0".repeat(24)}OpusHead`, "audio/ogg"],
    ["RIFF\x24\0\0\0WAVEfmt ", "audio/wav"],
    [Buffer.from("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104", "hex"), "video/webm"],
    // What begins as text in UTF-16 does, is no sound.
    [Uint8Array.of(0xff, 0xfe, 0x41, 0), "application/octet-stream"],
    ["%PDF-1.7\n", "application/pdf"],
    ["tea at four", "text/plain"],
    ["", "text/plain"],
    ["a\0b", "application/octet-stream"],
    [Uint8Array.of(0xc3, 0x28), "application/octet-stream"],
  ];
  for (const [content, type] of files) {
    const bytes = Buffer.from(content as string);
    assertEquals(typeOf(bytes, true), type, bytes.subarray(0, 20).toString());
  }
  // A sample may end within a character.
  assertEquals(typeOf(Buffer.from("茶").subarray(0, 2), false), "text/plain");
});
