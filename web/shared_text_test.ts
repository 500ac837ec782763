import { assertEquals } from "@std/assert";
import { sharedIn } from "./shared_text.ts";

Deno.test("what is shared is said once, each part on a line of its own, and never as a command", () => {
  const shared = (parts: Record<string, string>) => sharedIn(`?${new URLSearchParams(parts)}`);
  const url = "https://tea.example/";
  assertEquals(shared({ title: "Tea", text: "for two", url }), `Tea\nfor two\n${url}`);
  assertEquals(shared({ title: "Tea", text: `Tea for two ${url}`, url }), `Tea for two ${url}`);
  assertEquals(shared({ title: url, text: url, url }), url);
  assertEquals(shared({ text: "/quit" }), "//quit");
  assertEquals(shared({ text: "／quit" }), "/／quit");
  assertEquals(shared({ text: "//tea" }), "//tea");
  assertEquals(shared({ text: "\r\n\r\na\u202eb\x07\r\n \n\n茶" }), "ab\n茶");
  assertEquals(shared({ text: "茶".repeat(9_000) }), "茶".repeat(4_000));
  assertEquals([sharedIn(""), sharedIn("?tea=1"), shared({ text: "  " })], ["", "", ""]);
});
