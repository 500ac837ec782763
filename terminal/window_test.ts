import { assertEquals, assertThrows } from "@std/assert";
import { browsersOf, readPage } from "./window.ts";

Deno.test("readPage() reads addresses of pages, and no others", () => {
  for (
    const [text, href] of [
      ["https://tea.example", "https://tea.example/"],
      ["localhost:8080", "http://localhost:8080/"],
      ["[::1]:8080/chat/", "http://[::1]:8080/chat/"],
      ["HTTPS://tea.example:8443/#茶", "https://tea.example:8443/#%E8%8C%B6"],
      ["-x.example/$(touch tea)", "http://-x.example/$(touch%20tea)"],
    ]
  ) assertEquals(readPage(text).href, href);
  for (const text of ["", "file:///etc/passwd", "javascript://x", "http://", "tea house", "chrome://settings"]) {
    assertThrows(() => readPage(text), RangeError, "must be the address of a page", text);
  }
  for (const text of ["https://bob:secret@tea.example/", "localhost:8080/#owner=secret"]) {
    const { message } = assertThrows(() => readPage(text), RangeError, "must hold no secret");
    assertEquals(message.includes("=secret") || message.includes(":secret"), false);
  }
});

Deno.test("browsersOf() looks where each system has its programs, and leaves out folders that there are not", () => {
  const system = (os: string, values: Record<string, string>) => browsersOf({ os, valueOf: (name) => values[name] });
  assertEquals(system("linux", {})[0], "chromium");
  assertEquals(system("darwin", { HOME: "/Users/bob" }).filter((path) => path.includes("Edge")), [
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Users/bob/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ]);
  assertEquals(system("darwin", {}).length, 3);
  assertEquals(system("windows", { ProgramFiles: "C:\\Program Files" }), [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Program Files\\Chromium\\Application\\chrome.exe",
  ]);
});
