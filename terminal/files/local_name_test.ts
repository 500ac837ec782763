import { assert, assertEquals } from "@std/assert";
import { localName, numbered } from "./local_name.ts";

Deno.test("localName() leaves nothing in a name that leads out of a folder, hides something or is a device's", () => {
  const names: [string, string][] = [
    ["kettle.jpg", "kettle.jpg"],
    ["../../etc/passwd", "passwd"],
    ["..\\..\\autoexec.bat", "autoexec.bat"],
    ["/etc/shadow", "shadow"],
    ["..", "file"],
    [".", "file"],
    ["...", "file"],
    ["", "file"],
    ["   ", "file"],
    ["a\0.png", "a.png"],
    ["photo\u202egpj.exe", "photogpj.exe"],
    ["a\u200bb\ufeff.txt", "ab.txt"],
    ["\x1b]0;owned\x07tea\x1b[2J.txt", "tea.txt"],
    ["two\r\nlines.txt", "two lines.txt"],
    [".bashrc", "bashrc"],
    ["-rf", "_-rf"],
    ["CON", "_CON"],
    ["nul.tar.gz", "_nul.tar.gz"],
    ["com1 .txt", "_com1.txt"],
    ["LPT9", "_LPT9"],
    ["context.txt", "context.txt"],
    ["tea.txt. . .", "tea.txt"],
    ["a. . b. .c. ", "a. . b..c"],
    ['a<b>c:"d|e?f*.txt', "a_b_c__d_e_f_.txt"],
    ["茶壶 🫖.jpg", "茶壶 🫖.jpg"],
  ];
  for (const [name, local] of names) assertEquals(localName(name), local, JSON.stringify(name));
});

Deno.test("localName() keeps the end of a name that is too long, and stays within what a disk allows", () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  for (const sign of ["a", "茶", "🫖"]) {
    const name = localName(`${sign.repeat(300)}.tar.gz`);
    assert(name.endsWith(".gz") && bytes(name) <= 180, name);
  }
  assert(bytes(localName(`a.${"x".repeat(400)}`)) <= 180);
});

Deno.test("numbered() puts the number before the end", () => {
  assertEquals(numbered("tea.jpg", 1), "tea.jpg");
  assertEquals(numbered("tea.jpg", 2), "tea (2).jpg");
  assertEquals(numbered("tea", 3), "tea (3)");
  assertEquals(numbered("v1.2 notes", 2), "v1.2 notes (2)");
});
