import { assertEquals } from "@std/assert";
import { sizeText, sizeTexts } from "./size_text.ts";

Deno.test("a size has three digits at most, and is never told as more than it is", () => {
  const sizes = [
    0,
    999,
    1_000,
    1_024,
    10_239,
    10_240,
    1_023_999,
    1_024_000,
    25_165_823,
    5 * 1_024 ** 3,
    1_024 ** 5 * 3,
  ];
  assertEquals(sizes.map(sizeText), [
    "0 B",
    "999 B",
    "0.9 KiB",
    "1.0 KiB",
    "9.9 KiB",
    "10 KiB",
    "999 KiB",
    "0.9 MiB",
    "23 MiB",
    "5.0 GiB",
    "3072 TiB",
  ]);
});

Deno.test("two sizes that differ have texts that differ", () => {
  assertEquals(sizeTexts(1_024, 2_048), ["1.0 KiB", "2.0 KiB"]);
  assertEquals(sizeTexts(25_165_823, 25_165_824), ["23 MiB", "24 MiB"]);
  assertEquals(sizeTexts(25_165_824, 25_165_825), ["25165824 B", "25165825 B"]);
  assertEquals(sizeTexts(25_165_824, 25_165_824), ["24 MiB", "24 MiB"]);
});
