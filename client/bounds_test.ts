import { assertEquals } from "@std/assert";
import { isMsgid, isName } from "./bounds.ts";

Deno.test("isName() and isMsgid() take nothing that could not be written into a line again", () => {
  const odd = ["", ":evil", "#a b", "a\tb", "a\0b", " ", "\u3000"];
  assertEquals(odd.filter(isName), []);
  assertEquals(odd.filter(isMsgid), []);
  assertEquals(["bob", "#茶馆", "a:b", "__proto__"].filter(isName).length, 4);
});
