import { assertEquals } from "@std/assert";
import { fileIdsIn, type FileInfo, fileTag, readFileTag } from "./file_message.ts";

Deno.test("a tag says what a file is, and is read as it was written", () => {
  const files: FileInfo[] = [
    {
      name: "kettle.jpg",
      size: 48_213,
      type: "image/jpeg",
      width: 800,
      height: 600,
      blur: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    },
    { name: '茶 & cake = 100 %; a"b.tar.gz', size: 0, type: "application/gzip" },
  ];
  for (const file of files) assertEquals(readFileTag(fileTag(file)), file);
  assertEquals(fileTag({ name: "a b.txt", size: 3, type: "text/plain" }), "name=a+b.txt&size=3&type=text%2Fplain");
});

Deno.test("what is no file is none, and what can't be is left out", () => {
  const right = "name=a.png&size=3&type=image/png";
  for (
    const wrong of [
      undefined,
      "",
      "name=a.png",
      "name=&size=3&type=image/png",
      "name=a/b&size=3&type=image/png",
      "name=a%00&size=3&type=image/png",
      "name=%E2%80%AEa&size=3&type=image/png",
      "name=a&size=-3&type=image/png",
      "name=a&size=3e9&type=image/png",
      "name=a&size=3&type=text%2Fhtml%3Bx",
      `name=${"a".repeat(121)}&size=3&type=image/png`,
      `${right}&x=${"x".repeat(2_000)}`,
    ]
  ) assertEquals(readFileTag(wrong), undefined, wrong);
  const file = { name: "a.png", size: 3, type: "image/png" };
  assertEquals(readFileTag(`${right}&width=0&height=5&blur=x`), file);
  assertEquals(readFileTag(`${right}&width=8`), file);
  assertEquals(readFileTag(`${right}&width=8&height=6&blur=${"x".repeat(121)}`), { ...file, width: 8, height: 6 });
});

Deno.test("a text names files by their addresses, each once", () => {
  const [one, other] = ["A".repeat(22), "b_-".repeat(7) + "c"];
  const text = `https://tea.example/chat/files/${one}/kettle.jpg http://[::1]:8080/files/${other}, /files/${one}`;
  assertEquals(fileIdsIn(text), [one, other]);
  assertEquals(fileIdsIn(`/files/${one}d /files/short /file/${one}`), []);
  assertEquals(
    fileIdsIn(Array.from({ length: 30 }, (_, i) => `/files/${`${i}`.padStart(22, "x")}`).join(" ")).length,
    16,
  );
});
