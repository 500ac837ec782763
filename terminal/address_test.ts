import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress, parseAddress, parseServer } from "./address.ts";

const HOME = { hostname: "127.0.0.1", port: 8888 };

Deno.test("parseAddress() reads what people write", () => {
  const read: [text: string, address: string][] = [
    ["", "127.0.0.1:8888"],
    ["tea.example", "tea.example:8888"],
    ["tea.example:6667", "tea.example:6667"],
    ["tea.example:", "tea.example:8888"],
    [":6667", "127.0.0.1:6667"],
    ["10.0.0.1:1", "10.0.0.1:1"],
    ["茶.example", "茶.example:8888"],
    ["::1", "[::1]:8888"],
    ["[::1]", "[::1]:8888"],
    ["[::1]:6667", "[::1]:6667"],
    ["fe80::1%eth0", "[fe80::1%eth0]:8888"],
    ["2001:db8::1", "[2001:db8::1]:8888"],
  ];
  for (const [text, address] of read) {
    const parsed = parseAddress(text, HOME);
    assertEquals(formatAddress(parsed), address, text);
    assertEquals(parseAddress(address, HOME), parsed);
  }
});

Deno.test("parseAddress() says what is wrong", () => {
  const wrong: [text: string, why: string][] = [
    ["host:99999", 'port "99999" is not between 1 and 65535'],
    ["host:0", 'port "0"'],
    ["host:-1", 'port "-1"'],
    ["host:1e3", 'port "1e3"'],
    ["host:tea", 'port "tea"'],
    ["[::1]:x", 'port "x"'],
    ["[tea]", '"tea" is no IPv6 address'],
    ["[]", '"" is no IPv6 address'],
    ["a:b:c", '"a:b:c" is no IPv6 address'],
    ["http://tea", 'port "//tea"'],
    ["tea house", '"tea house" is no host name'],
    ["bob@tea", '"bob@tea" is no host name'],
  ];
  for (const [text, why] of wrong) assertThrows(() => parseAddress(text, HOME), RangeError, why);
});

Deno.test("parseServer() reads schemes, and leaves out a port that is not written", () => {
  assertEquals(parseServer("tea.local", "home"), { hostname: "tea.local", port: undefined, isTls: undefined });
  assertEquals(parseServer("tcp://tea.local", "home"), { hostname: "tea.local", port: undefined, isTls: false });
  assertEquals(parseServer("tls://", "home"), { hostname: "home", port: undefined, isTls: true });
  assertEquals(parseServer("ircs://[::1]:7/", "home"), { hostname: "::1", port: 7, isTls: true });
  assertThrows(() => parseServer("wss://tea.local", "home"), RangeError, "write tls:// for TLS");
});
