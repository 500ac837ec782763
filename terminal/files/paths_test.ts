import { assertEquals } from "@std/assert";
import { completePath, type Entry, readPaths, wholePath, writtenPath } from "./paths.ts";

const UNIX = { isWindows: false, home: "/home/alice" };
const WINDOWS = { isWindows: true, home: "C:\\Users\\alice" };

const FOLDERS: Record<string, Entry[]> = {
  ".": [
    { name: "tea.jpg", isFolder: false },
    { name: "tea pot.jpg", isFolder: false },
    { name: "Teapots", isFolder: true },
    { name: ".hidden", isFolder: false },
    { name: 'it\'s "mine".txt', isFolder: false },
  ],
  "/home/alice/": [{ name: "my notes.txt", isFolder: false }, { name: "my pictures", isFolder: true }],
  "Teapots/": [{ name: "brown.png", isFolder: false }],
};

const complete = (line: string, system = UNIX) => completePath(line, system, (folder) => FOLDERS[folder] ?? []);
const texts = (line: string, system = UNIX) => complete(line, system).candidates.map(({ text }) => text);

Deno.test("readPaths() reads words, quotes, backslashes and ~ as a shell does", () => {
  const read = (text: string) => readPaths(text, UNIX);
  assertEquals(read("a.jpg  b.jpg"), ["a.jpg", "b.jpg"]);
  assertEquals(read("my\\ notes.txt 'two words' \"three 'own' words\""), [
    "my notes.txt",
    "two words",
    "three 'own' words",
  ]);
  assertEquals(
    read("~/tea.jpg ~ '~/tea' \\~ a~b"),
    ["/home/alice/tea.jpg", "/home/alice", "~/tea", "~", "a~b"].with(2, "~/tea"),
  );
  assertEquals(read("'unfinished line"), ["unfinished line"]);
  assertEquals(read(`"a\\"b" 'a\\b' end\\`), ['a"b', "a\\b", "end\\"]);
  assertEquals([read(""), read("   "), read("''")], [[], [], []]);
  assertEquals(readPaths('C:\\tea\\kettle.jpg "D:\\my tea\\a.jpg" it\'s.txt', WINDOWS), [
    "C:\\tea\\kettle.jpg",
    "D:\\my tea\\a.jpg",
    "it's.txt",
  ]);
});

Deno.test("wholePath() takes a line as it is", () => {
  assertEquals(wholePath(" ~/it's my  tea.jpg ", UNIX), "/home/alice/it's my  tea.jpg");
  assertEquals([wholePath("~tea a", UNIX), wholePath("a ~/b", UNIX)], ["~tea a", "a ~/b"]);
});

Deno.test("what writtenPath() writes is what readPaths() reads", () => {
  for (const path of ["tea.jpg", "my notes.txt", "it's", 'a "b"', "back\\slash", "~tilde", "茶 壶.jpg", "tab\there"]) {
    for (const quote of ["", "'", '"']) {
      if (quote === "'" && path.includes("'")) continue;
      assertEquals(readPaths(writtenPath(path, UNIX, quote), UNIX), [path], `${quote} ${path}`);
    }
  }
  assertEquals(readPaths(writtenPath("C:\\my tea\\a.jpg", WINDOWS), WINDOWS), ["C:\\my tea\\a.jpg"]);
});

Deno.test("completePath() gives names as they are written, folders with a slash, hidden ones to whoever asks", () => {
  assertEquals(
    texts("te"),
    ["tea pot.jpg", "tea.jpg", "Teapots"].map((name) => name.replace(" ", "\\ ")).map((name) =>
      name === "Teapots" ? "Teapots/" : `${name} `
    ),
  );
  assertEquals(complete("te").common, "tea".slice(0, 2));
  assertEquals(complete("tea").word, "tea");
  assertEquals(texts("x.jpg Teapots/b"), ["Teapots/brown.png "]);
  assertEquals(texts(".h"), [".hidden "]);
  assertEquals(texts("").includes(".hidden "), false);
  assertEquals(texts("it"), ['it\\\'s\\ \\"mine\\".txt ']);
  assertEquals(texts("'tea p"), ["'tea pot.jpg' "]);
  assertEquals(texts("tea\\ p"), ["tea\\ pot.jpg "]);
  assertEquals(texts("~/my\\ n"), ["~/my\\ notes.txt "]);
  const both = complete("~/m");
  assertEquals([both.word, both.common], ["~/m", "~/my\\ "]);
  assertEquals(texts("nowhere/x"), []);
  assertEquals(texts("te", WINDOWS), ['"tea pot.jpg" ', "tea.jpg ", "Teapots/"]);
});
