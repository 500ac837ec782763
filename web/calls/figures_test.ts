import { assertEquals } from "@std/assert";
import { columnsOf, elapsedText, gradeOf, loudness } from "./figures.ts";

Deno.test("elapsedText() writes minutes, and hours where there are any", () => {
  const texts = [-5, 0, 7_900, 247_000, 3_599_000, 3_750_000].map(elapsedText);
  assertEquals(texts, ["0:00", "0:00", "0:07", "4:07", "59:59", "1:02:30"]);
});

Deno.test("gradeOf() says how good a connection is by what is lost and how late", () => {
  assertEquals([gradeOf(0), gradeOf(0.02, 0.1), gradeOf(0.05), gradeOf(0, 0.4), gradeOf(0.2), gradeOf(0, 1)], [
    "good",
    "good",
    "weak",
    "weak",
    "bad",
    "bad",
  ]);
});

Deno.test("loudness() is 0 in silence and 1 at the loudest", () => {
  assertEquals([loudness(new Float32Array()), loudness(new Float32Array(8)), loudness(new Float32Array([1, -1, 1]))], [
    0,
    0,
    1,
  ]);
});

Deno.test("columnsOf() has tiles as square as can be", () => {
  assertEquals([1, 2, 3, 4, 5, 6, 9].map(columnsOf), [1, 2, 2, 2, 3, 3, 3]);
});
