import { assertEquals } from "@std/assert";
import { isAnimated, isBare } from "./picture_file.ts";

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

Deno.test("isBare() tells PNGs in which nothing stands but the picture", () => {
  const end = "IEND\xaeB`\x82";
  assertEquals(isBare("image/png", bytes(`\x89PNG....IHDR....IDAT....${end}`)), true);
  for (const chunk of ["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]) {
    assertEquals(isBare("image/png", bytes(`\x89PNG....IHDR....${chunk}....IDAT....${end}`)), false, chunk);
  }
  assertEquals(isBare("image/png", bytes(`\x89PNG....IHDR....IDAT....${end}more`)), false);
  assertEquals(isBare("image/jpeg", bytes(end)), false);
});
