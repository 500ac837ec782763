import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

Deno.test("printable() takes out what a terminal would obey", () => {
  const harmful: [text: string, harmless: string][] = [
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b[2J\x1b[Hgone", "gone"],
    ["\x1b]0;title\x07text", "text"],
    ["\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x9b31mred", "red"],
    ["bell\x07 back\x08 null\0 del\x7f", "bell back null del"],
    ["one\r\ntwo\tthree\u2028four\x85five", "one two three four five"],
    ["lone \x1b", "lone "],
  ];
  for (const [text, harmless] of harmful) assertEquals(printable(text), harmless);
});

Deno.test("printable() leaves no control character, whatever is put together", () => {
  const parts = [
    "\x1b",
    "[",
    "]",
    "0;",
    "\x07",
    "\x9b",
    "31m",
    "\x1b\x1b",
    "\\",
    "P",
    "\x90",
    "\x9c",
    "\x02",
    "\x03",
    "a",
  ];
  for (const a of parts) {
    for (const b of parts) {
      for (const c of parts) {
        const text = printable(a + b + c + a);
        assertEquals(/\p{Cc}/u.test(text), false, JSON.stringify([a, b, c]));
      }
    }
  }
});

Deno.test("printable() takes out IRC's colours and styles", () => {
  assertEquals(
    printable("\x02bold\x02 \x0304,12colour\x03 \x1d\x1f\x1e\x11\x16all\x0f \x04ff0000hex"),
    "bold colour all hex",
  );
  assertEquals(printable("\x0312345"), "345");
});

Deno.test("printable() takes out what makes a text read as another", () => {
  assertEquals(printable("exe.\u202egpj\u202c \u2066x\u2069 \ufeffbom \ud800"), "exe.gpj x bom ");
});

Deno.test("printable() keeps every script, and emoji with their joiners", () => {
  for (const text of ["张三 in 茶馆", "مرحبا", "שלום", "नमस्ते", "e\u0301", "👩‍👩‍👧 🇨🇳 ❤️ 1️⃣", "a\u200fb"]) {
    assertEquals(printable(text), text);
  }
});
