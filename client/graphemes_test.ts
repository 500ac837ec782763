import { assertEquals } from "@std/assert";
import { beginningOf } from "./graphemes.ts";

Deno.test("beginningOf() gives so many code points, cuts no character of several in two, and shows that there are more", () => {
  assertEquals([beginningOf("tea", 3), beginningOf("teas", 3), beginningOf("", 0)], ["tea", "tea…", ""]);
  assertEquals([beginningOf("茶🇨🇳🇨🇳", 4), beginningOf("茶🇨🇳🇨🇳", 5)], ["茶🇨🇳…", "茶🇨🇳🇨🇳"]);
  assertEquals([beginningOf("👨‍👩‍👧‍👦", 3), beginningOf("e\u0301".repeat(100_000), 3)], ["…", "e\u0301…"]);
});
