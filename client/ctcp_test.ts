import { assertEquals } from "@std/assert";
import { ctcp, readCtcp } from "./ctcp.ts";

Deno.test("readCtcp() reads what ctcp() writes", () => {
  assertEquals(readCtcp(ctcp("waves :)")), { command: "ACTION", text: "waves :)" });
  assertEquals(readCtcp(ctcp("")), { command: "ACTION", text: "" });
});

Deno.test("readCtcp() takes a text without the mark at its end, and none at all", () => {
  assertEquals(readCtcp("\x01ACTION waves"), { command: "ACTION", text: "waves" });
  assertEquals(readCtcp("\x01version\x01"), { command: "VERSION", text: "" });
  assertEquals(readCtcp("\x01"), { command: "", text: "" });
  assertEquals(readCtcp("plain"), undefined);
});
