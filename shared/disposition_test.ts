/** What a file is called, in the header in which HTTP says it. */

import { assertEquals } from "@std/assert";
import { disposition, nameInDisposition } from "./disposition.ts";

Deno.test("a header with a name holds nothing but that name", () => {
  assertEquals(
    disposition('te"a\\;.txt', false),
    `attachment; filename="te_a_;.txt"; filename*=UTF-8''te%22a%5C%3B.txt`,
  );
  assertEquals(
    disposition("it's (1)*!.txt", false),
    `attachment; filename="it's (1)*!.txt"; filename*=UTF-8''it%27s%20%281%29%2A%21.txt`,
  );
  assertEquals(
    disposition("half \uD83D.txt", false),
    `attachment; filename="half _.txt"; filename*=UTF-8''half%20%EF%BF%BD.txt`,
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
    ["attachment; filename=tea-cake.txt", "tea-cake.txt"],
    ["attachment", undefined],
    ["", undefined],
  ];
  assertEquals(names.map(([header]) => nameInDisposition(header)), names.map(([, name]) => name));
});

Deno.test("a name comes back out of the header as it went in", () => {
  for (const name of ["kettle.jpg", 'te"a\\;.txt', "it's (1)*!.txt", "茶.png", "100 %.txt"]) {
    assertEquals(nameInDisposition(disposition(name, false)), name);
  }
});
