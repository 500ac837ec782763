import { assertEquals } from "@std/assert";
import { LIMITS } from "../protocol.ts";
import { BOUNDS } from "./bounds.ts";
import { compareNames, isMsgid, isName, namingOf } from "./names.ts";

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

Deno.test("namingOf() makes a nick of a name with spaces, which is kept as the display name", () => {
  assertEquals(namingOf("bob"), { nick: "bob" });
  assertEquals(namingOf(" bob "), { nick: "bob" });
  assertEquals(namingOf("Ms Chen"), { nick: "Ms_Chen", displayName: "Ms Chen" });
  assertEquals(namingOf(" Ms.  Chen "), { nick: "Ms_Chen", displayName: "Ms. Chen" });
  assertEquals(namingOf("陈 老师"), { nick: "陈_老师", displayName: "陈 老师" });
  assertEquals(namingOf("José\u3000Núñez".normalize("NFD")), { nick: "José_Núñez", displayName: "José Núñez" });
  // What cannot be made a nick stays what was written, and is refused as that.
  assertEquals(namingOf("2 bob"), { nick: "2_bob", displayName: "2 bob" });
  assertEquals(namingOf(""), { nick: "" });
});

Deno.test("compareNames() puts numbers in names in their order", () => {
  assertEquals(["guest10", "Guest2", "guest1", "alice", "茶"].sort(compareNames), [
    "alice",
    "guest1",
    "Guest2",
    "guest10",
    "茶",
  ]);
});
