import { assertEquals } from "@std/assert";
import { type Doors, filesAt, hostsForOthers, invitations, pagesAt, pageToSay, securePageToSay } from "./doors.ts";

const DOORS: Doors = {
  here: "localhost",
  elsewhere: ["192.168.1.5", "[2001:db8::7]"],
  trusted: [],
  chat: 8888,
  secureChat: 6697,
  page: 8080,
  securePage: 8443,
  base: "/",
};

Deno.test("invitations() begins with the page that every browser opens, and ends with the chat", () => {
  assertEquals(invitations({ ...DOORS, elsewhere: ["192.168.1.5"] }), [
    "http://192.168.1.5:8080/",
    "https://192.168.1.5:8443/",
    "ircs://192.168.1.5:6697",
    "irc://192.168.1.5:8888",
  ]);
  assertEquals(invitations(DOORS)[2], "http://[2001:db8::7]:8080/");
});

Deno.test("invitations() begins with the page over TLS by a name for which everybody trusts the certificate", () => {
  const doors = { ...DOORS, trusted: ["tea.example"], securePage: 443, base: "/chat/" };
  assertEquals(invitations(doors).slice(0, 2), ["https://tea.example/chat/", "http://tea.example:8080/chat/"]);
});

Deno.test("invitations() names no door that is not there, and none where only this machine gets in", () => {
  const plain = { ...DOORS, page: undefined, securePage: undefined, secureChat: undefined };
  assertEquals(invitations({ ...plain, elsewhere: ["10.0.0.2"] }), ["irc://10.0.0.2:8888"]);
  assertEquals(invitations({ ...DOORS, elsewhere: [] }), []);
  assertEquals(hostsForOthers({ ...DOORS, here: "127.0.0.1", elsewhere: [] }), []);
  assertEquals(hostsForOthers({ ...DOORS, here: "10.0.0.2", elsewhere: [] }), ["10.0.0.2"]);
});

Deno.test("pagesAt() leaves out the ports that browsers suppose", () => {
  const doors = { ...DOORS, page: 80, securePage: 443 };
  assertEquals(pagesAt(doors, "kettle.local"), ["https://kettle.local/", "http://kettle.local/"]);
});

Deno.test("filesAt() leads to the page by the way by which somebody has come, and never from TLS to plain text", () => {
  const near = { reached: { host: "192.168.1.5" }, isSecure: false };
  const byTls = { ...near, isSecure: true };
  const byPage = { reached: { origin: "https://tea.example" }, isSecure: true };
  assertEquals(filesAt(DOORS, near), "http://192.168.1.5:8080/files");
  assertEquals(filesAt(DOORS, byTls), "https://192.168.1.5:8443/files");
  assertEquals(filesAt({ ...DOORS, base: "/chat/" }, byPage), "https://tea.example/chat/files");
  assertEquals(filesAt({ ...DOORS, securePage: undefined }, byTls), undefined);
  // Everybody trusts the certificate, for that name.
  const trusted = { ...DOORS, trusted: ["tea.example"], securePage: 443 };
  assertEquals([filesAt(trusted, near), filesAt(trusted, byTls)], Array(2).fill("https://tea.example/files"));
  assertEquals(filesAt({ ...DOORS, page: undefined, securePage: undefined }, near), undefined);
  assertEquals([filesAt(undefined, near), filesAt(DOORS, { reached: undefined, isSecure: false })], [
    undefined,
    undefined,
  ]);
});

Deno.test("pageToSay() is the page by which somebody has come, unless others can't open that", () => {
  const doors = { ...DOORS, elsewhere: ["192.168.1.5"] };
  const cases: [doors: Doors, origin: string, page: string][] = [
    [doors, "http://192.168.1.5:8080", "http://192.168.1.5:8080/"],
    [doors, "https://kettle.local:8443", "https://kettle.local:8443/"],
    [{ ...doors, base: "/chat/" }, "https://tea.example", "https://tea.example/chat/"],
    [doors, "http://127.0.0.1:8080", "http://192.168.1.5:8080/"],
    [doors, "https://localhost:8443", "http://192.168.1.5:8080/"],
    [doors, "http://[::1]:8080", "http://192.168.1.5:8080/"],
    // Nobody else comes in.
    [{ ...doors, elsewhere: [] }, "http://127.0.0.1:8080", "http://127.0.0.1:8080/"],
    // Whoever is on this network can open it by the name that everybody can.
    [{ ...doors, trusted: ["tea.example"] }, "http://192.168.1.5:8080", "https://tea.example:8443/"],
    [{ ...doors, trusted: ["tea.example"] }, "http://tea.example:8080", "http://tea.example:8080/"],
    [{ ...doors, url: "https://tea.example/" }, "http://192.168.1.5:8080", "https://tea.example/"],
    [{ ...doors, url: "https://tea.example/chat/" }, "https://tea.example", "https://tea.example/chat/"],
  ];
  for (const [given, origin, page] of cases) assertEquals(pageToSay(given, origin), page, origin);
});

Deno.test("the address that the room was given comes first, and is where files are sent to", () => {
  const doors = { ...DOORS, elsewhere: [], url: "https://tea.example/chat/" };
  assertEquals(invitations(doors), ["https://tea.example/chat/"]);
  assertEquals(invitations({ ...doors, url: "http://192.168.1.5:8080/", elsewhere: ["192.168.1.5"] }).slice(0, 2), [
    "http://192.168.1.5:8080/",
    "https://192.168.1.5:8443/",
  ]);
  const near = { reached: { host: "172.17.0.2" }, isSecure: false };
  assertEquals(filesAt(doors, near), "https://tea.example/chat/files");
  // Never from TLS to plain text.
  const plain = { ...doors, url: "http://tea.example/" };
  assertEquals(filesAt(plain, { ...near, isSecure: true }), "https://172.17.0.2:8443/files");
  // A page asks its own origin; the path is the one that its proxy takes off.
  const page = (origin: string) => filesAt(doors, { reached: { origin }, isSecure: true });
  assertEquals(page("https://tea.example"), "https://tea.example/chat/files");
  assertEquals(page("https://tea.example.net"), "https://tea.example.net/files");
});

Deno.test("securePageToSay() is the page over TLS, by the address that others use", () => {
  assertEquals(securePageToSay(DOORS), "https://192.168.1.5:8443/");
  assertEquals(securePageToSay({ ...DOORS, trusted: ["tea.example"], securePage: 443 }), "https://tea.example/");
  assertEquals(securePageToSay({ ...DOORS, url: "https://tea.example/chat/" }), "https://tea.example/chat/");
  assertEquals(securePageToSay({ ...DOORS, url: "http://tea.example/" }), "https://192.168.1.5:8443/");
  assertEquals(securePageToSay({ ...DOORS, elsewhere: [] }), "https://localhost:8443/");
  assertEquals(securePageToSay({ ...DOORS, securePage: undefined }), undefined);
  assertEquals(securePageToSay(undefined), undefined);
});
