/** What files are called, whatever their senders wish. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { withoutIds } from "./folder.ts";
import { cleanName, disposition, nameInDisposition, nameInUrl } from "./name.ts";

Deno.test("a name is that of a file, and leads nowhere", () => {
  const names: [wish: string, name: string][] = [
    ["kettle.jpg", "kettle.jpg"],
    ["../../etc/passwd", "passwd"],
    ["..\\..\\boot.ini", "boot.ini"],
    ["..%2f..%2fetc", "%2f..%2fetc"],
    ["a\0.png", "a.png"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["LPT¹.log", "_LPT¹.log"],
    ["console.log", "console.log"],
    ["photo\u202Egnp.exe", "photognp.exe"],
    ["line\r\nbreak.txt", "linebreak.txt"],
    ["", "file"],
    ["...", "file"],
    [".", "file"],
    ["/", "file"],
    [". . .", "file"],
    ["  two   words .txt ", "two words.txt"],
    [".bashrc", "bashrc"],
    ["what?<now>.txt", "what__now_.txt"],
    ["\u200B\u200D", "file"],
    ["茶.jpg", "茶.jpg"],
    ["e\u0301.txt", "é.txt"],
    ["half \uD83D.txt", "half.txt"],
  ];
  assertEquals(names.map(([wish]) => cleanName(wish)), names.map(([, name]) => name));
});

Deno.test("a long name is cut, but for its end; in a URL it is cut once more, at whole characters", () => {
  const long = cleanName(`${"a".repeat(300)}.jpg`);
  assertEquals(long, `${"a".repeat(104)}.jpg`);
  const tea = cleanName(`${"茶".repeat(300)}.tar.gz`);
  assertEquals([...tea].length, 107);
  for (const name of [long, tea, "🍵".repeat(50), `x.${"y".repeat(300)}`, "100 % (tea)!.txt"]) {
    const inUrl = nameInUrl(cleanName(name));
    assertLessOrEqual(inUrl.length, 120);
    assertEquals(/^[\w.~%-]+$/.test(inUrl), true, inUrl);
    decodeURIComponent(inUrl);
  }
  assertEquals(nameInUrl("big kettle.jpg"), "big%20kettle.jpg");
  assertEquals(nameInUrl(tea).endsWith(".gz"), true);
});

Deno.test("a header with a name holds nothing but that name", () => {
  assertEquals(
    disposition('te"a\\;.txt', false),
    `attachment; filename="te_a_;.txt"; filename*=UTF-8''te%22a%5C%3B.txt`,
  );
  assertEquals(disposition("茶.png", true), `inline; filename="_.png"; filename*=UTF-8''%E8%8C%B6.png`);
});

Deno.test("a name is read in each way in which programs write it", () => {
  const names: [header: string, name: string | undefined][] = [
    ['attachment; filename="kettle.jpg"', "kettle.jpg"],
    ["attachment; filename=kettle.jpg; size=3", "kettle.jpg"],
    [`attachment; filename="x"; filename*=UTF-8''%E8%8C%B6.jpg`, "茶.jpg"],
    [`attachment; filename="x"; filename*=UTF-8''%E8%8`, "x"],
    ['attachment; filename="say \\"tea\\".txt"', 'say "tea".txt'],
    // UTF-8 that came as Latin-1.
    ['attachment; filename="\u00e8\u008c\u00b6.jpg"', "茶.jpg"],
    ["attachment", undefined],
    ["", undefined],
  ];
  assertEquals(names.map(([header]) => nameInDisposition(header)), names.map(([, name]) => name));
});

Deno.test("a fault's text tells no file's address", () => {
  const id = "Vjzsn-39BTNgmk2_Xs5I4A";
  assertEquals(
    withoutIds(`/files/${id}/kettle.jpg: No such file (os error 2): open '/srv/tea.db-files/${id}.part'`),
    "/files/…/kettle.jpg: No such file (os error 2): open '/srv/tea.db-files/….part'",
  );
});
