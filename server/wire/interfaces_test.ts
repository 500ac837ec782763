import { assertEquals } from "@std/assert";
import { multicastName, reachedAt } from "./interfaces.ts";

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

Deno.test("reachedAt() names the networks that are only inside this machine last", () => {
  const interfaces = [
    { name: "docker0", family: "IPv4" as const, address: "172.17.0.1" },
    { name: "eth0", family: "IPv4" as const, address: "192.168.1.5" },
  ];
  assertEquals(reachedAt(undefined, interfaces), ["localhost", "192.168.1.5", "172.17.0.1"]);
});

Deno.test("multicastName() is a name by which this machine finds itself where others do", async () => {
  const machine = (hostname: string) => ({
    hostname: () => hostname,
    interfaces: () => [{ address: "127.0.0.1" }, { address: "192.168.1.5" }],
  });
  const found = (...addresses: string[]) => (name: string) =>
    name === "kettle.local" ? Promise.resolve(addresses.map((address) => ({ address }))) : Promise.reject(new Error());
  assertEquals(await multicastName(machine("Kettle.example"), found("192.168.1.5")), "kettle.local");
  // The system's own file of names may say so, which helps nobody else; and the name may be another machine's.
  assertEquals(await multicastName(machine("kettle"), found("127.0.0.1")), undefined);
  assertEquals(await multicastName(machine("kettle"), found("192.168.1.77")), undefined);
  assertEquals(await multicastName(machine("pot"), found("192.168.1.5")), undefined);
  assertEquals(await multicastName(machine(""), () => Promise.resolve([{ address: "192.168.1.5" }])), undefined);
});
