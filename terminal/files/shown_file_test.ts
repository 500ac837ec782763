import { assertEquals } from "@std/assert";
import { speak } from "../language.ts";
import { cardOf, fileOf, isPicture } from "./shown_file.ts";

const HOST = "http://10.0.0.5:8080/files";
const URL_OF = `${HOST}/AbcdefghijklmnopqrstuV/kettle.jpg`;
const TAG = { name: "kettle.jpg", size: 1_258_292, type: "image/jpeg", width: 1200, height: 800 };

Deno.test("a file is a line with its name, what it is, and its address, in either language", () => {
  assertEquals(cardOf(fileOf({ text: URL_OF, file: TAG }, HOST)!), `kettle.jpg (1.2 MiB, picture 1200x800) ${URL_OF}`);
  assertEquals(cardOf(fileOf({ text: URL_OF }, HOST)!), `kettle.jpg ${URL_OF}`);
  const film = { ...TAG, name: "a.mp4", type: "video/mp4" };
  assertEquals(cardOf(fileOf({ text: URL_OF, file: film }, HOST)!), `a.mp4 (1.2 MiB, film 1200x800) ${URL_OF}`);
  const notes = { name: "notes", size: 5, type: "application/octet-stream" };
  assertEquals(cardOf(fileOf({ text: URL_OF, file: notes }, HOST)!), `notes (5 B) ${URL_OF}`);
  speak("zh");
  try {
    assertEquals(cardOf(fileOf({ text: URL_OF, file: TAG }, HOST)!), `kettle.jpg（1.2 MiB，图片 1200x800） ${URL_OF}`);
  } finally {
    speak("en");
  }
});

Deno.test("fileOf() finds the address and the caption behind it, and believes no tag without an address", () => {
  const parts = (text: string, file: typeof TAG | undefined = TAG) => {
    const found = fileOf({ text, file }, HOST);
    return found && [found.url, found.caption];
  };
  assertEquals(parts(URL_OF), [URL_OF, ""]);
  assertEquals(parts(`${URL_OF} our kettle`), [URL_OF, "our kettle"]);
  assertEquals(parts(`${URL_OF}\ntwo\nlines`), [URL_OF, "two\nlines"]);
  assertEquals(parts(`see ${URL_OF}`), undefined);
  assertEquals(parts("tea at four"), undefined);
  assertEquals(parts("javascript:alert(1)"), undefined);
  assertEquals(fileOf({ text: `see ${URL_OF}` }, HOST), undefined);
  assertEquals(fileOf({ text: "http://elsewhere.example/a.jpg" }, HOST), undefined);
  assertEquals(fileOf({ text: URL_OF }, undefined), undefined);
});

Deno.test("isPicture() goes by the type, and by the name where there is none", () => {
  const file = (name: string, type?: string) => isPicture({ url: URL_OF, name, type, caption: "" });
  assertEquals([file("a", "image/png"), file("a.svg", "image/svg+xml"), file("a.png", "text/plain")], [
    true,
    false,
    false,
  ]);
  assertEquals([file("a.JPG"), file("a.svg"), file("a")], [true, false, false]);
});
