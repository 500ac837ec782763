import { assertEquals, assertThrows } from "@std/assert";
import { addressSet, isIn, parseAddress, parseNetwork } from "./networks.ts";

Deno.test("addressSet() refuses what is neither an address nor a subnet", () => {
  for (
    const entry of ["", "kettle", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/8/8", "::1/129", "1.2.3.4/-1", " ::1"]
  ) {
    assertThrows(() => addressSet([entry]), TypeError, `"${entry}" is none`);
  }
  const set = addressSet(["192.0.2.0/24", "2001:db8::/32"]);
  assertEquals(["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::9", "192.0.3.1", "x"].map((at) => set.has(at)), [
    ...[true, true, true, false, false],
  ]);
});

Deno.test("isIn(): an IPv4 address is in networks of IPv4 alone, however either is written", () => {
  const has = (network: string, address: string) => isIn(parseAddress(address)!, parseNetwork(network)!);
  const cases: [network: string, isIn: string[], isOut: string[]][] = [
    ["::1", ["::1", "::2"], ["127.0.0.1", "::ffff:127.0.0.1", "1::1"]],
    ["::/16", ["::1", "0:1::"], ["203.0.113.7", "2001:db8::1"]],
    ["203.0.113.0/24", ["203.0.113.7", "::ffff:203.0.113.7"], ["203.0.114.7", "::203.0.113.7"]],
    ["::ffff:203.0.113.0/120", ["203.0.113.7"], ["203.0.114.7", "::1"]],
  ];
  for (const [network, inside, outside] of cases) {
    for (const address of inside) assertEquals(has(network, address), true, `${address} in ${network}`);
    for (const address of outside) assertEquals(has(network, address), false, `${address} in ${network}`);
  }
  assertEquals(["2001:db8::1", "203.0.113.7"].map((address) => addressSet(["::/0"]).has(address)), [true, false]);
});
