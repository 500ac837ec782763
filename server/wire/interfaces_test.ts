import { assertEquals } from "@std/assert";
import { reachedAt } from "./interfaces.ts";

Deno.test("reachedAt() names addresses that open: the local one first, then those of this machine's networks", () => {
  const of = (family: "IPv4" | "IPv6", ...addresses: string[]) => addresses.map((address) => ({ family, address }));
  const interfaces = [
    ...of("IPv6", "::1", "fe80::1", "2001:db8::7"),
    ...of("IPv4", "127.0.0.1", "192.168.1.5", "169.254.3.4", "10.0.0.2"),
  ];
  assertEquals(reachedAt(undefined, interfaces), ["localhost", "192.168.1.5", "10.0.0.2", "[2001:db8::7]"]);
  assertEquals(reachedAt("::", interfaces), reachedAt(undefined, interfaces));
  assertEquals(reachedAt("0.0.0.0", interfaces), ["localhost", "192.168.1.5", "10.0.0.2"]);
  assertEquals(["10.0.0.2", "::1", "kettle"].map((host) => reachedAt(host, interfaces)), [["10.0.0.2"], ["[::1]"], [
    "kettle",
  ]]);
  const many = of("IPv4", ...Array.from({ length: 30 }, (_, i) => `10.0.0.${i}`));
  assertEquals(reachedAt(undefined, many).length, 5);
  assertEquals(reachedAt(undefined, []), ["localhost"]);
});
