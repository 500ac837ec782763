/** Which pictures are drawn in the talk, and by whose word. */

import { assertEquals } from "@std/assert";
import type { FileInfo } from "../shared/file_message.ts";
import { isDrawn, isShortText, isVeryLarge, sizeInTalk, together } from "./file_shape.ts";

const file = (type: string, width?: number, height?: number): FileInfo => ({
  name: "night",
  size: 25_000,
  type,
  ...(width !== undefined && height !== undefined && { width, height }),
});

Deno.test("a picture is drawn where the room knows how large it is, and that is not very large", () => {
  assertEquals(isDrawn(file("image/png", 8_000, 5_000)), true);
  assertEquals(isDrawn(file("image/png", 8_000, 5_001)), false);
  assertEquals(isDrawn(file("image/jpeg", 10_000, 10_000)), false);
  assertEquals(isDrawn(file("image/png")), false);
  assertEquals(isDrawn(file("image/avif")), false);
  assertEquals(isDrawn(file("image/svg+xml", 9, 9)), false);
  assertEquals(isDrawn(file("application/octet-stream", 9, 9)), false);
});

Deno.test("what may move is drawn with fewer pixels", () => {
  for (const type of ["image/gif", "image/apng", "image/webp"]) {
    assertEquals([isDrawn(file(type, 4_000, 4_000)), isDrawn(file(type, 4_000, 4_001))], [true, false], type);
  }
});

Deno.test("a picture of so many pixels that the room gives it no type is told to be very large, a film is not", () => {
  assertEquals(isVeryLarge(file("application/octet-stream", 20_000, 20_000)), true);
  assertEquals(isVeryLarge(file("application/octet-stream")), false);
  assertEquals(isVeryLarge(file("video/mp4", 20_000, 20_000)), false);
});

Deno.test("of a picture the room's shape counts, also where it knows none; of a film its sender's", () => {
  const shapeOf = (known: FileInfo, said: FileInfo) => {
    const { width, height } = together(known, said)!;
    return [width, height];
  };
  assertEquals(shapeOf(file("image/png", 10_000, 9_000), file("image/png", 9, 9)), [10_000, 9_000]);
  assertEquals(shapeOf(file("image/avif"), file("image/avif", 9, 9)), [undefined, undefined]);
  assertEquals(shapeOf(file("image/png", 60, 40), file("video/mp4", 9, 9)), [60, 40]);
  assertEquals(shapeOf(file("video/mp4"), file("video/mp4", 160, 90)), [160, 90]);
});

Deno.test("sizeInTalk() makes what is large smaller, and no side nothing", () => {
  assertEquals(sizeInTalk(file("image/png", 60, 40)), { width: 60, height: 40 });
  assertEquals(sizeInTalk(file("image/png", 1_707, 2_560)), { width: 213, height: 320 });
  assertEquals(sizeInTalk(file("image/png", 100_000, 1)), { width: 420, height: 1 });
  assertEquals(sizeInTalk(file("image/png")), {});
});

Deno.test("a text that the page shows is neither long nor empty, and nothing but a text", () => {
  const isText = (type: string, size: number) => isShortText({ ...file(type), size });
  assertEquals([isText("text/plain", 65_536), isText("text/plain", 65_537)], [true, false]);
  assertEquals([isText("text/plain", 0), isText("application/pdf", 9), isText("text/html", 9)], [false, false, false]);
});
