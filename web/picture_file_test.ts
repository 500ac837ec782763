import { assertEquals } from "@std/assert";
import { isAnimated } from "./picture_file.ts";

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

Deno.test("isAnimated() tells pictures that move by what stands in them", () => {
  assertEquals(isAnimated("image/gif", bytes("GIF89a")), true);
  assertEquals(isAnimated("image/webp", bytes("RIFF....WEBPVP8X....\x02")), true);
  assertEquals(isAnimated("image/webp", bytes("RIFF....WEBPVP8X....\x10")), false);
  assertEquals(isAnimated("image/webp", bytes("RIFF....WEBPVP8 ....\x02")), false);
  assertEquals(isAnimated("image/png", bytes("\x89PNG....IHDR....acTL....IDAT")), true);
  assertEquals(isAnimated("image/png", bytes("\x89PNG....IHDR....IDAT....acTL")), false);
  assertEquals(isAnimated("image/jpeg", bytes("acTL....IDAT")), false);
});
