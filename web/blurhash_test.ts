import { assert, assertEquals } from "@std/assert";
import { readBlurHash, writeBlurHash } from "./blurhash.ts";

/** The hash of the example of blurha.sh. */
const EXAMPLE = "LEHV6nWB2yk8pyo0adR*.7kCMdnj";

/** A picture whose left half is dark and whose right half is light. */
function halves(width: number, height: number): number[] {
  return Array.from(
    { length: width * height },
    (_, i) => i % width < width / 2 ? [0, 51, 102, 255] : [255, 238, 204, 255],
  )
    .flat();
}

Deno.test("a hash is read as the picture that it was made of, about", () => {
  const hash = writeBlurHash(halves(32, 24), 32, 24, { x: 4, y: 3 });
  assertEquals(hash.length, 28);
  const pixels = readBlurHash(hash, 8, 6)!;
  assertEquals(pixels.length, 4 * 8 * 6);
  const [left, right] = [pixels.slice(0, 4), pixels.slice(28, 32)];
  assert(left[0] < 60 && left[2] < 140 && right[0] > 220 && right[2] > 160, `${left} ${right}`);
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
