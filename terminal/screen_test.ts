import { assertEquals } from "@std/assert";
import { printableBeginning, printablePainted } from "./printable.ts";

Deno.test("printablePainted() keeps the colours of a line, and nothing else that a terminal obeys", () => {
  const lines: [line: string, harmless: string][] = [
    ["\x1b[2m[12:00]\x1b[22m \x1b[94mhi\x1b[39m", "\x1b[2m[12:00]\x1b[22m \x1b[94mhi\x1b[39m"],
    ["\x1b[32mhi\x1b[6n\x1b[c\x1b]52;c;eA==\x07\x1bP+q\x1b\\\x1b[39m", "\x1b[32mhi\x1b[39m"],
    // A title that would begin before a colour and end after it; what conceals, blinks or scrolls.
    ["\x1b]0;a\x1b[31mb\x07c", "0;a\x1b[31mbc"],
    ["\x1b[8mhidden\x1b[5mblink\x1b[3Jgone\x9b2Jx", "hiddenblinkgonex"],
    ["one\r\ntwo\x1b[31", "one two"],
  ];
  for (const [line, expected] of lines) assertEquals(printablePainted(line), expected);
});

Deno.test("printableBeginning() gives the first characters of a text, harmless, however long it is", () => {
  assertEquals(printableBeginning("a\x1b[2Jb茶👍c", 4), "ab茶👍…");
  assertEquals(
    [printableBeginning("abc", 3), printableBeginning("", 3), printableBeginning("x".repeat(1_000_000), 3)],
    ["abc", "", "xxx…"],
  );
});

Deno.test("only screen.ts and output.ts write to the terminal, so that nothing goes past them", async () => {
  const root = new URL("..", import.meta.url);
  const files = ["client.ts"];
  for (const folder of ["client", "client/connection", "client/state", "client/commands", "terminal"]) {
    for await (const { name } of Deno.readDir(new URL(folder, root))) {
      if (name.endsWith(".ts") && !name.endsWith("_test.ts") && name !== "testing.ts") files.push(`${folder}/${name}`);
    }
  }
  const writing = [];
  for (const file of files) {
    const source = await Deno.readTextFile(new URL(file, root));
    if (/\bconsole\.|(?:stdout|stderr)\.write|Deno\.(?:stdout|stderr)\.writ|\balert\(/.test(source)) writing.push(file);
  }
  assertEquals(writing, ["terminal/screen.ts"]);
});
