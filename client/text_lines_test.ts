import { assertEquals } from "@std/assert";
import { linesOf, oneLine } from "./text_lines.ts";

Deno.test("each end of a line is a line feed, or a space where there is one line; what no message can hold is gone", () => {
  const text = "tea\r\nmilk\rsugar\nho\0ney";
  assertEquals(linesOf(text), "tea\nmilk\nsugar\nhoney");
  assertEquals(oneLine(text), "tea milk sugar honey");
});
