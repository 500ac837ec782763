import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { decode } from "./decode.ts";
import { drawBlocks, drawKitty, drawSixels } from "./draw.ts";
import { type Pixels, pixelsOf } from "./pixels.ts";
import { fitted, onlyNeeded, sizeOf } from "./size.ts";
import { plainPng, png, pngChunk } from "./testing.ts";

type Rgba = [number, number, number, number];

const RED: Rgba = [255, 0, 0, 255];
const BLUE: Rgba = [0, 0, 255, 255];
const CLEAR: Rgba = [0, 0, 0, 0];

/** Pixels, row by row. */
function pixels(...rows: Rgba[][]): Pixels {
  return { width: rows[0].length, height: rows.length, data: Uint8Array.from(rows.flat(2)) };
}

Deno.test("drawBlocks() puts two pixels into each character, and leaves out what is not seen", () => {
  assertEquals(drawBlocks(pixels([RED, RED, CLEAR, CLEAR], [BLUE, CLEAR, BLUE, CLEAR]), true), [
    "\x1b[0;38;2;255;0;0;48;2;0;0;255m▀\x1b[0;38;2;255;0;0m▀\x1b[0;38;2;0;0;255m▄\x1b[0m \x1b[0m",
  ]);
  assertEquals(drawBlocks(pixels([RED, RED]), false), ["\x1b[0;38;5;196m▀▀\x1b[0m"]);
});

Deno.test("drawSixels() draws bands of six rows, with counts, in colours of a palette", () => {
  const row = Array.from({ length: 8 }, () => RED);
  assertEquals(
    drawSixels(pixels(row, row, row, row, row, row, row)),
    '\x1bP0;1;0q"1;1;8;7#180;2;100;0;0#180!8~-#180!8@\x1b\\',
  );
  assertEquals(drawSixels(pixels([CLEAR])), '\x1bP0;1;0q"1;1;1;1\x1b\\');
});

Deno.test("drawKitty() gives base 64 in pieces, and asks for no answer", () => {
  const picture = new Uint8Array(4_000).fill(7);
  const pieces = drawKitty(picture).split("\x1b\\").slice(0, -1);
  assertEquals(pieces.map((piece) => piece.slice(0, piece.indexOf(";"))), ["\x1b_Ga=T,f=100,q=2,m=1", "\x1b_Gm=0"]);
  const text = pieces.map((piece) => piece.slice(piece.indexOf(";") + 1)).join("");
  assertEquals(new Uint8Array(Buffer.from(text, "base64")), picture);
});

Deno.test("pixelsOf() reads colours, greys and opacity under each filter", () => {
  assertEquals(pixelsOf(png(2, 1, [[255, 0, 0, 0, 0, 255]], 2)), pixels([RED, BLUE]));
  assertEquals(pixelsOf(png(2, 1, [[9, 255, 7, 0]], 4)), pixels([[9, 9, 9, 255], [7, 7, 7, 0]]));
  assertEquals(
    pixelsOf(png(2, 2, [[5, 5], [5, 5]], 0, 1)),
    pixels([[5, 5, 5, 255], [10, 10, 10, 255]], [
      [5, 5, 5, 255],
      [10, 10, 10, 255],
    ]),
  );
  const value = (filter: number) =>
    pixelsOf(png(2, 2, [[5, 5], [5, 5]], 0, filter))!.data.filter((_, i) => i % 4 === 0);
  assertEquals([2, 3, 4].map((filter) => [...value(filter)]), [[5, 5, 10, 10], [5, 7, 7, 12], [5, 10, 10, 15]]);
  assertEquals(pixelsOf(png(1, 1, [[0]], 3)), undefined);
});

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => typeof part === "string" ? [...Buffer.from(part, "latin1")] : part));

/** The beginning of a GIF with a table of two colours, and an extension and a comment before its first frame. */
function gif(screen: number[], frame: number[]): Uint8Array {
  const two = (numbers: number[]) => numbers.flatMap((number) => [number & 0xff, number >> 8]);
  const extensions = [[0x21, 0xf9, 4, 0, 0, 0, 0, 0], [0x21, 0xfe, 3, 0x2c, 0x2c, 0x2c, 1, 0x2c, 0]].flat();
  return bytes("GIF89a", two(screen), [0x80, 0, 0, 0, 0, 0, 255, 255, 255], extensions, ",", two(frame), [
    0,
    2,
    2,
    0x44,
    1,
    0,
  ], ";");
}

Deno.test("sizeOf() reads the sizes of pictures by their heads; fitted() keeps their shape", () => {
  const pictures: [Uint8Array, [number, number]][] = [
    [png(300, 200, [], 2), [300, 200]],
    [bytes("GIF89a", [0x2c, 1, 0xc8, 0, 0, 0, 0], ",", [0, 0, 0, 0, 0x2c, 1, 0xc8, 0, 0]), [300, 200]],
    [gif([300, 200], [10, 20, 290, 180]), [300, 200]],
    [bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 0, 200, 1, 44]), [300, 200]],
    [bytes("RIFF????WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 43, 1, 0, 199, 0, 0]), [300, 200]],
    [bytes("RIFF????WEBPVP8 ", [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0]), [300, 200]],
    [bytes("RIFF????WEBPVP8L", [0, 0, 0, 0, 0x2f, 0x2b, 0xc1, 0x31, 0]), [300, 200]],
  ];
  for (const [picture, [width, height]] of pictures) {
    assertEquals(sizeOf(picture), { width, height });
    for (let end = 0; end < picture.length && end < 18; end++) sizeOf(picture.subarray(0, end));
  }
  for (const frame of [[0, 0, 65_535, 65_535], [1, 0, 300, 200], [0, 1, 300, 200]]) {
    assertEquals(sizeOf(gif([300, 200], frame)), undefined, `${frame}`);
  }
  for (const none of ["", "<svg", "\xff\xd8\xff\xd9", "GIF89a\0\0\0\0"]) assertEquals(sizeOf(bytes(none)), undefined);
  assertEquals(fitted({ width: 300, height: 200 }, { width: 60, height: 60 }), { width: 60, height: 40 });
  assertEquals(fitted({ width: 3, height: 2 }, { width: 60, height: 60 }), { width: 3, height: 2 });
  assertEquals(fitted({ width: 10_000, height: 1 }, { width: 60, height: 60 }), { width: 60, height: 1 });
});

Deno.test("decode() makes a picture small in a thread of its own, and gives none for what is damaged or too large", async () => {
  const picture = plainPng(64, 32, [255, 0, 0]);
  const small = await decode(picture, { width: 16, height: 16 });
  assertEquals([small?.width, small?.height], [16, 8]);
  assertEquals(pixelsOf(small!.png)!.data.subarray(0, 4), Uint8Array.from(RED));
  assertEquals(await decode(picture.subarray(0, 60), { width: 16, height: 16 }), undefined);
  assertEquals(await decode(png(60_000, 60_000, [], 2), { width: 16, height: 16 }), undefined);
  assertEquals(await decode(new TextEncoder().encode("<svg/>"), { width: 16, height: 16 }), undefined);
  // A profile of colours that would be a thousand times as long is not unpacked.
  const profile = Buffer.concat([Buffer.from("a\0\0"), deflateSync(Buffer.alloc(200_000))]);
  const withProfile = Buffer.concat([picture.subarray(0, 33), pngChunk("iCCP", profile), picture.subarray(33)]);
  assertEquals([onlyNeeded(withProfile), onlyNeeded(picture)], [picture, picture].map((one) => Uint8Array.from(one)));
  for (let end = 0; end < 60; end++) onlyNeeded(withProfile.subarray(0, end));
  const same = await decode(withProfile, { width: 16, height: 16 });
  assertEquals(same, small);
  assert(drawSixels(pixelsOf(small!.png)!).startsWith('\x1bP0;1;0q"1;1;16;8#180;2;100;0;0'));
});
