import { assert, assertEquals } from "@std/assert";
import { readBlurHash, writeBlurHash } from "./blurhash.ts";

/** The hash of the example of blurha.sh. */
const EXAMPLE = "LEHV6nWB2yk8pyo0adR*.7kCMdnj";

/** A picture whose left half is dark and whose right half is light. */
function halves(width: number, height: number): number[] {
  return Array.from(
    { length: width * height },
    (_, i) => i % width < width / 2 ? [100, 51, 102, 255] : [180, 160, 204, 255],
  )
    .flat();
}

Deno.test("a hash is read as the picture that it was made of, about", () => {
  const hash = writeBlurHash(halves(32, 24), 32, 24, { x: 4, y: 3 });
  assertEquals(hash.length, 28);
  const pixels = readBlurHash(hash, 8, 6)!;
  assertEquals(pixels.length, 4 * 8 * 6);
  // Not at the very edge, where few waves swing beyond.
  const [left, right] = [pixels.slice(4, 8), pixels.slice(24, 28)];
  const isAbout = (pixel: Uint8ClampedArray, ...colour: number[]) =>
    colour.every((c, i) => Math.abs(pixel[i] - c) < 25);
  assert(isAbout(left, 100, 51, 102) && isAbout(right, 180, 160, 204), `${left} ${right}`);
  assertEquals([left[3], right[3]], [255, 255]);
});

Deno.test("a picture of one colour keeps it, and the example of others is read", () => {
  const grey = Array(16 * 16).fill([120, 130, 140, 255]).flat();
  const pixels = readBlurHash(writeBlurHash(grey, 16, 16, { x: 1, y: 1 }), 2, 2)!;
  assertEquals([...pixels.slice(0, 4)], [120, 130, 140, 255]);
  // Its mean colour stands in four digits: HV6n is #979695.
  const pixelsOfExample = readBlurHash(EXAMPLE, 16, 12)!;
  const [r, g, b] = [0, 1, 2].map((c) =>
    pixelsOfExample.filter((_, i) => i % 4 === c).reduce((sum, value) => sum + value) / 192
  );
  assert([r, g, b].every((value) => value > 110 && value < 190), `${[r, g, b]}`);
});

Deno.test("what is no hash is nothing", () => {
  for (
    const wrong of [
      "",
      "L",
      EXAMPLE.slice(1),
      `${EXAMPLE}x`,
      EXAMPLE.replace("n", "!"),
      EXAMPLE.replace("L", "~"),
      `00~~~~`,
      "x".repeat(120),
    ]
  ) assertEquals(readBlurHash(wrong, 8, 6), undefined, wrong);
});
