import { assertEquals } from "@std/assert";
import { SecretReader } from "./secret.ts";

/** What comes of these keys, one read after the other. */
function typed(...reads: string[]) {
  const reader = new SecretReader();
  return reads.map((read) => reader.keys(read)).at(-1);
}

Deno.test("SecretReader takes characters until Enter", () => {
  assertEquals(typed("te"), { type: "more" });
  assertEquals(typed("te", "a 茶", "\r"), { type: "done", text: "tea 茶" });
  assertEquals(typed("\r"), { type: "done", text: "" });
});

Deno.test("SecretReader erases the last character, whole, or all", () => {
  assertEquals(typed("te😄\x7fx\b\b\x7f\x7f\x7fa\r"), { type: "done", text: "a" });
  assertEquals(typed("old\x15new\r"), { type: "done", text: "new" });
});

Deno.test("SecretReader ends without a secret at Ctrl-C, and at Ctrl-D where nothing is written", () => {
  assertEquals([typed("x\x03"), typed("\x04"), typed("x\x7f\x04")], Array(3).fill({ type: "cancelled" }));
  assertEquals(typed("x\x04y\r"), { type: "done", text: "xy" });
});

Deno.test("SecretReader takes no key for a character that is none", () => {
  assertEquals(typed("a\x1b[Ab\x1b[1;5Dc\x1bOPd\x1bxe\tf\x01g\x1b", "h\r"), { type: "done", text: "abcdefgh" });
});

Deno.test("SecretReader takes a paste without its line ends", () => {
  const reader = new SecretReader();
  reader.paste("tea\r\nleaf\x1b\n");
  assertEquals(reader.keys("\r"), { type: "done", text: "tealeaf" });
});
