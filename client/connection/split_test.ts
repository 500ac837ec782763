import { assert, assertEquals } from "@std/assert";
import { byteLength, format } from "../../protocol.ts";
import { ctcp, readCtcp } from "../ctcp.ts";
import { splitMessage, splitText } from "./split.ts";

Deno.test("splitText() gives short text as it is", () => {
  assertEquals(splitText("", 10), [""]);
  assertEquals(splitText("0123456789", 10), ["0123456789"]);
});

Deno.test("splitText() cuts at a space where one is near", () => {
  assertEquals(splitText("green tea and more", 10), ["green tea", "and more"]);
  assertEquals(splitText("a tea0123456789", 10), ["a tea01234", "56789"]);
});

Deno.test("splitText() cuts no character in two", () => {
  assertEquals(splitText("茶茶茶", 8), ["茶茶", "茶"]);
  assertEquals(splitText("😄😄😄", 9), ["😄😄", "😄"]);
  // A letter with its accent, a flag, and a family are one each.
  assertEquals(splitText("e\u0301e\u0301", 5), ["e\u0301", "e\u0301"]);
  assertEquals(splitText("🇨🇳🇩🇪", 12), ["🇨🇳", "🇩🇪"]);
  assertEquals(splitText("👩‍👩‍👧👩‍👩‍👧", 20), ["👩‍👩‍👧", "👩‍👩‍👧"]);
});

Deno.test("splitText() cuts a grapheme that is longer than the limit between code points", () => {
  assertEquals(splitText("👩‍👩‍👧", 8), ["👩‍", "👩‍", "👧"]);
});

Deno.test("splitText() loses nothing but the spaces at which it cuts", () => {
  const text = "茶 tea 😄 e\u0301 ".repeat(200);
  for (const limit of [4, 5, 17, 100, 399]) {
    const pieces = splitText(text, limit);
    assert(pieces.every((piece) => byteLength(piece) <= limit), `limit ${limit}`);
    assertEquals(pieces.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }
});

Deno.test("splitMessage() fills lines to 512 bytes as they are relayed, and no further", () => {
  const source = "bob!~tea@host.example";
  for (const text of ["x".repeat(2000), "茶".repeat(700), ctcp("waves ".repeat(300))]) {
    const parts = splitMessage({ command: "PRIVMSG", params: ["#tea", text] }, source.length);
    const sizes = parts.map((part) => byteLength(format({ ...part, source })) + 2);
    assert(parts.length > 1 && sizes.every((size) => size <= 512), String(sizes));
    assert(sizes.slice(0, -1).every((size) => size > 500), String(sizes));
  }
});

Deno.test("splitMessage() wraps each part of an ACTION", () => {
  const parts = splitMessage({ command: "PRIVMSG", params: ["#tea", ctcp("x".repeat(600))] }, 20);
  assert(parts.every(({ params }) => readCtcp(params![1])?.command === "ACTION" && params![1].endsWith("\x01")));
});

Deno.test("splitMessage() leaves other commands alone", () => {
  const topic = { command: "TOPIC", params: ["#tea", "x".repeat(600)] };
  assertEquals(splitMessage(topic, 20), [topic]);
});
