import { assertEquals } from "@std/assert";
import { addressRange, canonicalAddress } from "./address.ts";

Deno.test("canonicalAddress() gives all spellings of one address as one, and no address where there is none", () => {
  const cases: [text: string, address: string | undefined][] = [
    ["203.0.113.7", "203.0.113.7"],
    ...[
      "::ffff:203.0.113.7",
      "::FFFF:203.0.113.7",
      "0:0:0:0:0:ffff:203.0.113.7",
      "0::ffff:cb00:7107",
      "::ffff:cb00:7107%1",
    ]
      .map((text) => [text, "203.0.113.7"] as [string, string]),
    ...["2001:db8::1", "2001:0DB8:0000::0001", "2001:db8:0:0:0:0:0:1", "2001:db8::0.0.0.1", "2001:db8::1%eth0"]
      .map((text) => [text, "2001:db8::1"] as [string, string]),
    ...["::1", "0::1", "0:0:0:0:0:0:0:1", "::0.0.0.1"].map((text) => [text, "::1"] as [string, string]),
    ["::", "::"],
    ["fe80::1%", "fe80::1"],
    ["::ffff:0:0", "0.0.0.0"],
    // These only look like IPv4 within IPv6.
    ["::fffe:cb00:7107", "::fffe:cb00:7107"],
    ["::ffff:0:cb00:7107", "::ffff:0:cb00:7107"],
    ...[
      ...["", "kettle", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "0x7f.1", "2130706433", "1.2.3.4%eth0", " ::1"],
      ...[
        "[::1]",
        "::1]",
        "1::2::3",
        ":::",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "::ffff:1.2.3",
        "::1/64",
        "::1\n",
        "%",
        "::g",
      ],
      ...[":".repeat(65_536), "1".repeat(65_536), `::1${"%".repeat(65_536)}`.slice(1)],
    ].map((text) => [text, undefined] as [string, undefined]),
  ];
  for (const [text, address] of cases) assertEquals(canonicalAddress(text), address, text.slice(0, 60));
});

Deno.test("addressRange() is one for all addresses of a /64, however they are written, and for one IPv4 address", () => {
  const cases: [range: string, hosts: string[]][] = [
    ["203.0.113.7", ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107", "0:0:0:0:0:FFFF:203.0.113.7"]],
    ["2001:db8:1:2::/64", [
      ...["2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:0db8:0001:0002:a:b:c:d", "2001:DB8:1:2::1.2.3.4"],
      "2001:db8:1:2::%eth0",
    ]],
    ["2001:db8:0:0::/64", ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8::1:2:3:4"]],
    ["0:0:0:0::/64", ["::1", "0::1", "::"]],
    ["fe80:0:0:0::/64", ["fe80::1%eth0", "fe80::2%eth1"]],
    ["1:0:0:2::/64", ["1:0:0:2::", "1::2:0:0:0:0"]],
    // What is no address is its own.
    ["localhost", ["localhost"]],
    ["1::2::3", ["1::2::3"]],
  ];
  for (const [range, hosts] of cases) for (const host of hosts) assertEquals(addressRange(host), range, host);
});
