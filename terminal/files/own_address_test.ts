import { assertEquals } from "@std/assert";
import { nameInAddress, ownAddress } from "./own_address.ts";

const ID = "AbcdefghijklmnopqrstuV";

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
