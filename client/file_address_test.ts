import { assertEquals } from "@std/assert";
import { captionOf, fileHost, isAddress, textWithName, withCaption } from "./file_address.ts";

const ID = "AbcdefghijklmnopqrstuV";
const AT = `http://tea.local:8080/files/${ID}/kettle.jpg`;

Deno.test("fileHost() takes either token, and no value that is no address", () => {
  const host = (tokens: Record<string, string>) => fileHost({ get: (token) => tokens[token] });
  assertEquals(host({ "draft/FILEHOST": "https://tea.example/files" }), "https://tea.example/files");
  assertEquals(host({ "soju.im/FILEHOST": "https://tea.example/up" }), "https://tea.example/up");
  assertEquals(host({ "draft/FILEHOST": "file:///etc", "soju.im/FILEHOST": "http://tea/up" }), "http://tea/up");
  assertEquals([host({}), host({ "draft/FILEHOST": "" })], [undefined, undefined]);
});

Deno.test("isAddress() takes an address of the web and nothing beside it", () => {
  assertEquals(["http://a/b", "HTTPS://a"].map(isAddress), [true, true]);
  assertEquals(["ftp://a", "http://", "http://a b", "see http://a", `http://${"a".repeat(2_000)}`].map(isAddress), [
    false,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("captionOf() gives what is said of the one file with whose address a text begins", () => {
  assertEquals(captionOf(AT), { id: ID, address: AT, caption: "" });
  for (const caption of ["our kettle", "two\nlines", "long ".repeat(40).trim()]) {
    assertEquals(captionOf(withCaption(AT, caption)), { id: ID, address: AT, caption });
  }
  assertEquals(withCaption(AT, "our kettle"), `${AT} our kettle`);
  assertEquals(withCaption(AT, "two\nlines"), `${AT}\ntwo\nlines`);
  // By a path of a proxy's, and without a name.
  const other = `https://tea.example/room/files/${ID}`;
  assertEquals(captionOf(other), { id: ID, address: other, caption: "" });
  for (
    const text of [
      "",
      "tea",
      `see ${AT}`,
      `/files/${ID}`,
      `javascript:${AT}`,
      `${AT} http://a/files/${"0".repeat(22)}`,
      `http://tea.local/files/${ID}x`,
      `http://${"x".repeat(700)}/files/${ID}`,
    ]
  ) assertEquals(captionOf(text), undefined, text);
});

Deno.test("captionOf() takes a moment for a hostile text", () => {
  const begun = performance.now();
  for (const text of ["http://a/files/".repeat(5_000), `http://${"a/".repeat(10_000)}files/`]) captionOf(text);
  assertEquals(performance.now() - begun < 1_000, true);
});

Deno.test("textWithName() names the file in the place of its address", () => {
  const file = { name: "kettle.jpg", size: 3, type: "image/jpeg" };
  assertEquals(textWithName({ text: AT, file }), "kettle.jpg");
  assertEquals(textWithName({ text: `${AT} ours`, file }, ({ size }) => `${size} B`), `${file.size} B: ours`);
  assertEquals(textWithName({ text: `${AT} ours`, file }), "kettle.jpg: ours");
  assertEquals(textWithName({ text: `see ${AT}`, file }), `see ${AT}`);
  assertEquals(textWithName({ text: AT }), AT);
});
