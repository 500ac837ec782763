import { assertEquals } from "@std/assert";
import { fuzzy } from "./fuzzy.ts";

Deno.test("fuzzy() finds the beginning of a name first, then a part of it, then letters in their order", () => {
  const names = ["sweet tea", "#tea", "theatre", "Teapot", "coffee", "茶馆"];
  const found = (sought: string) => fuzzy(sought, names, (name) => name);
  assertEquals(found("tea"), ["#tea", "Teapot", "sweet tea", "theatre"]);
  assertEquals(found("TT"), ["sweet tea", "theatre", "Teapot"]);
  assertEquals(found("馆"), ["茶馆"]);
  assertEquals(found("aet"), []);
  assertEquals(found(" "), names);
});
