import { assertEquals } from "@std/assert";
import { fileHost, isAddress, nameInAddress, ownAddress } from "./host.ts";

const ID = "AbcdefghijklmnopqrstuV";

Deno.test("fileHost() takes either token, and no value that is no address", () => {
  const host = (tokens: Record<string, string>) => fileHost({ get: (token) => tokens[token] });
  assertEquals(host({ "draft/FILEHOST": "https://tea.example/files" }), "https://tea.example/files");
  assertEquals(host({ "soju.im/FILEHOST": "https://tea.example/up" }), "https://tea.example/up");
  assertEquals(host({ "draft/FILEHOST": "file:///etc", "soju.im/FILEHOST": "http://tea/up" }), "http://tea/up");
  assertEquals([host({}), host({ "draft/FILEHOST": "" })], [undefined, undefined]);
});

Deno.test("ownAddress() leads to the room by the client's own way, whatever host has said the address", () => {
  const own = (url: string, host: string | undefined = "https://10.0.0.5:8443/files") => ownAddress(url, host);
  assertEquals(own(`http://127.0.0.1:8080/files/${ID}/tea.jpg`), `https://10.0.0.5:8443/files/${ID}`);
  assertEquals(own(`http://127.0.0.1:8080/files/${ID}`), `https://10.0.0.5:8443/files/${ID}`);
  assertEquals(own("https://elsewhere.example/tea.jpg"), undefined);
  assertEquals(ownAddress(`http://a/files/${ID}`, undefined), undefined);
});

Deno.test("nameInAddress() reads the end of an address, as it is where it can't be", () => {
  assertEquals(nameInAddress("http://a/files/x/my%20tea.jpg?a#b"), "my tea.jpg");
  assertEquals(nameInAddress("http://a/%ff"), "%ff");
  assertEquals(nameInAddress("http://a/"), "");
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
