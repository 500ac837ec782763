/** What files are called, whatever their senders wish. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { withoutIds } from "./folder.ts";
import { cleanName, nameInUrl } from "./name.ts";

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
    ["a.. b. .", "a.. b"],
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
  assertEquals(nameInUrl("kettle (1)!"), "kettle%20%281%29%21");
  assertEquals(nameInUrl(tea).endsWith(".gz"), true);
});

Deno.test("a fault's text tells no file's address", () => {
  const id = "Vjzsn-39BTNgmk2_Xs5I4A";
  assertEquals(
    withoutIds(`/files/${id}/kettle.jpg: No such file (os error 2): open '/srv/tea.db-files/${id}.part'`),
    "/files/…/kettle.jpg: No such file (os error 2): open '/srv/tea.db-files/….part'",
  );
});
