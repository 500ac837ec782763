import { assertEquals } from "@std/assert";
import { addressToScan, announcement } from "./announcement.ts";
import type { Doors } from "./room/doors.ts";

const DOORS: Doors = {
  here: "localhost",
  elsewhere: ["192.168.1.5", "10.0.0.2"],
  trusted: [],
  chat: 8888,
  secureChat: 6697,
  page: 8080,
  securePage: 8443,
  base: "/",
};

Deno.test("announcement() names addresses for this machine and for others, by TLS first, and how to trust that", () => {
  assertEquals(announcement({ name: "Tea", doors: DOORS, fingerprint: "AB:CD" }), [
    "Tea is open on port 8888",
    "the page is at https://localhost:8443/",
    "the page is at http://localhost:8080/",
    "from other machines it is at https://192.168.1.5:8443/ or http://192.168.1.5:8080/",
    "from other machines it is at https://10.0.0.2:8443/ or http://10.0.0.2:8080/",
    "join it with: deno run -A client.ts --server localhost:8888, or any IRC client",
    "from other machines with: --server tls://192.168.1.5:6697",
    "from other machines with: --server tls://10.0.0.2:6697",
    "in an IRC client: host 192.168.1.5, port 6697 with TLS, or 8888 without",
    "its TLS is on port 6697; its authority's fingerprint is AB:CD",
    "how browsers come to trust that authority: http://192.168.1.5:8080/trust",
  ]);
});

Deno.test("announcement() names the address that the room was given", () => {
  const doors = { ...DOORS, url: "https://tea.example/" };
  const lines = announcement({ name: "Tea", doors, fingerprint: undefined });
  assertEquals(lines[3], "from everywhere it is at https://tea.example/");
  assertEquals(addressToScan(doors), "https://tea.example/");
});

Deno.test("announcement() says nothing of doors that are not there", () => {
  const doors = { ...DOORS, here: "127.0.0.1", elsewhere: [], secureChat: undefined, securePage: undefined };
  assertEquals(announcement({ name: "Tea", doors, fingerprint: undefined }), [
    "Tea is open on port 8888",
    "the page is at http://127.0.0.1:8080/",
    "join it with: deno run -A client.ts --server 127.0.0.1:8888, or any IRC client",
  ]);
  const elsewhere = { ...doors, page: undefined, elsewhere: ["10.0.0.2"] };
  assertEquals(announcement({ name: "Tea", doors: elsewhere, fingerprint: undefined }).slice(1), [
    "join it with: deno run -A client.ts --server 127.0.0.1:8888, or any IRC client",
    "from other machines with: --server 10.0.0.2:8888",
    "in an IRC client: host 10.0.0.2, port 8888",
  ]);
});

Deno.test("addressToScan() is one that another machine opens, or none", () => {
  assertEquals(addressToScan(DOORS), "http://192.168.1.5:8080/");
  assertEquals(addressToScan({ ...DOORS, trusted: ["tea.example"] }), "https://tea.example:8443/");
  assertEquals(addressToScan({ ...DOORS, elsewhere: [] }), undefined);
  assertEquals(addressToScan({ ...DOORS, page: undefined, securePage: undefined }), undefined);
});
