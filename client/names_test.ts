import { assertEquals } from "@std/assert";
import { LIMITS } from "../protocol.ts";
import { BOUNDS } from "./bounds.ts";
import { isMsgid, isName } from "./names.ts";

Deno.test("isName() and isMsgid() take nothing that could not be written into a line again", () => {
  const odd = ["", ":evil", "#a b", "a\tb", "a\0b", " ", "\u3000"];
  assertEquals(odd.filter(isName), []);
  assertEquals(odd.filter(isMsgid), []);
  assertEquals(["bob", "#茶馆", "a:b", "__proto__"].filter(isName).length, 4);
});

Deno.test("isName() takes no name that is too long as it is compared, and each that our server allows", () => {
  const grown = "\ufdfa".normalize("NFKC").length;
  assertEquals(isName("\ufdfa".repeat(LIMITS.nick)), true);
  assertEquals(isName("#" + "\ufdfa".repeat(LIMITS.channel - 1)), true);
  assertEquals(isName("\ufdfa".repeat(Math.floor(BOUNDS.folded / grown))), true);
  assertEquals(isName("\ufdfa".repeat(Math.floor(BOUNDS.folded / grown) + 1)), false);
});
