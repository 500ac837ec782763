import { assertEquals } from "@std/assert";
import { addressSet } from "../wire/networks.ts";
import { Visitors } from "./visitors.ts";

Deno.test("X-Forwarded-For: the last address that is no trusted proxy's is who asks", () => {
  const visitors = new Visitors(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
  const cases: [address: string, forwarded: string | undefined, who: string][] = [
    ["203.0.113.7", undefined, "203.0.113.7"],
    // Nobody else is believed.
    ["203.0.113.7", "198.51.100.1", "203.0.113.7"],
    ["127.0.0.1", undefined, "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["127.0.0.1", "198.51.100.1,10.1.2.3 , 10.9.9.9", "198.51.100.1"],
    ["127.0.0.1", "10.1.2.3", "10.1.2.3"],
    ["127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"],
    ["127.0.0.1", "198.51.100.1, 10.1.2.3, <script>", "127.0.0.1"],
    ["127.0.0.1", "203.0.113.7:4711", "203.0.113.7"],
    ["127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"],
    ["fd00::1", "2001:db8::7", "2001:db8::7"],
    ["127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"],
    ["127.0.0.1", "1.2.3", "127.0.0.1"],
    ["127.0.0.1", ",".repeat(10_000), "127.0.0.1"],
  ];
  for (const [address, forwarded, who] of cases) {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    assertEquals(visitors.address({ address, headers }), who, `${address} for ${forwarded}`.slice(0, 80));
  }
});

Deno.test("who comes from a private address must ask for a name that nobody else can have", () => {
  const visitors = new Visitors(["10.0.0.1"], ["Tea.example"]);
  const cases: [address: string, host: string | undefined, isRefused: boolean][] = [
    ["192.168.1.5", "192.168.1.9:8080", false],
    ["192.168.1.5", "kettle:8080", false],
    ["192.168.1.5", "kettle.local", false],
    ["::1", "[::1]:8080", false],
    ["fe80::1%eth0", "kettle.home.arpa", false],
    ["127.0.0.1", "localhost", false],
    ["127.0.0.1", "tea.EXAMPLE.:8080", false],
    ["127.0.0.1", undefined, false],
    ["127.0.0.1", "elsewhere.example", true],
    ["::ffff:192.168.1.5", "elsewhere.example", true],
    ["100.64.0.9", "elsewhere.example:8080", true],
    ["127.0.0.1", "localhost.elsewhere.example", true],
    ["127.0.0.1", "127.0.0.1.elsewhere.example", true],
    ["127.0.0.1", "local@elsewhere.example", true],
    ["127.0.0.1", "elsewhere.example/local", true],
    ["127.0.0.1", "", true],
    // Whoever is elsewhere has got in already, and a proxy has looked at the name.
    ["203.0.113.7", "elsewhere.example", false],
    ["10.0.0.1", "elsewhere.example", false],
  ];
  for (const [address, host, isRefused] of cases) {
    const headers = host === undefined ? {} : { host };
    assertEquals(visitors.refuses({ address, headers }) !== undefined, isRefused, `${address} asks for ${host}`);
  }
});

Deno.test("who comes from a network of this machine's own is as near, whatever its addresses", () => {
  const visitors = new Visitors([], [], addressSet(["2001:db8:1:2::1/64", "203.0.113.5/24"]));
  const headers = { host: "tea.elsewhere.example:8080" };
  for (const address of ["2001:db8:1:2::5", "203.0.113.77"]) {
    assertEquals(visitors.refuses({ address, headers })?.slice(0, 20), "this room is not kno", address);
  }
  for (const address of ["2001:db8:1:3::5", "203.0.114.77"]) {
    assertEquals(visitors.refuses({ address, headers }), undefined, address);
  }
});

Deno.test("a WebSocket is for pages of the host that it is asked of", () => {
  const visitors = new Visitors(["10.0.0.1"]);
  const cases: [headers: Record<string, string>, isSame: boolean][] = [
    [{ host: "kettle:8080" }, true],
    [{ host: "kettle:8080", origin: "http://kettle:8080" }, true],
    [{ host: "KETTLE:80", origin: "http://kettle" }, true],
    [{ host: "kettle", origin: "https://kettle" }, true],
    [{ host: "kettle:443", origin: "https://kettle" }, true],
    [{ host: "kettle:8080", origin: "http://kettle" }, false],
    [{ host: "kettle:8080", origin: "http://kettle:8081" }, false],
    [{ host: "kettle", origin: "http://kettle.elsewhere.example" }, false],
    [{ host: "kettle", origin: "null" }, false],
    [{ host: "kettle", origin: "" }, false],
    [{ host: "kettle", origin: "ftp://kettle" }, false],
    [{ origin: "http://kettle" }, false],
    // Nobody but a proxy tells of another host.
    [{ host: "kettle", origin: "http://elsewhere.example", "x-forwarded-host": "elsewhere.example" }, false],
  ];
  for (const [headers, isSame] of cases) {
    assertEquals(visitors.isSameOrigin({ address: "192.168.1.5", headers }), isSame, JSON.stringify(headers));
  }
  const headers = { host: "inside:8080", origin: "https://tea.example", "x-forwarded-host": "tea.example, inside" };
  assertEquals(visitors.isSameOrigin({ address: "10.0.0.1", headers }), true);
  assertEquals(
    visitors.isSameOrigin({ address: "10.0.0.1", headers: { ...headers, origin: "https://x.example" } }),
    false,
  );
});

Deno.test("a page that came without TLS opens no WebSocket over TLS, whoever ends the TLS", () => {
  const visitors = new Visitors(["10.0.0.1"]);
  const proxied = { "x-forwarded-for": "203.0.113.7", "x-forwarded-host": "tea.example" };
  const cases: [scheme: string, visit: { address: string; isSecure: boolean }, more: object, isSame: boolean][] = [
    ["https", { address: "192.168.1.5", isSecure: true }, {}, true],
    ["http", { address: "192.168.1.5", isSecure: true }, {}, false],
    ["http", { address: "192.168.1.5", isSecure: false }, {}, true],
    // A proxy ends the TLS, and may say so.
    ["https", { address: "10.0.0.1", isSecure: false }, { ...proxied, "x-forwarded-proto": "https" }, true],
    ["http", { address: "10.0.0.1", isSecure: false }, { ...proxied, "x-forwarded-proto": "https" }, false],
    ["https", { address: "10.0.0.1", isSecure: false }, proxied, true],
    ["http", { address: "10.0.0.1", isSecure: false }, proxied, true],
    // The page came to the proxy without TLS, and the proxy comes with it.
    ["http", { address: "10.0.0.1", isSecure: true }, { ...proxied, "x-forwarded-proto": "http" }, true],
    // Nobody else is believed.
    ["http", { address: "192.168.1.5", isSecure: true }, { "x-forwarded-proto": "http" }, false],
  ];
  for (const [scheme, visit, more, isSame] of cases) {
    const headers = { host: "tea.example", origin: `${scheme}://tea.example`, ...more };
    assertEquals(visitors.isSameOrigin({ ...visit, headers }), isSame, JSON.stringify([scheme, visit, more]));
  }
});

Deno.test("a browser on the machine of a trusted proxy is no proxy: it may not ask for another's name, nor be told to", () => {
  for (const address of ["127.0.0.1", "::1"]) {
    const visitors = new Visitors([address]);
    const direct = { host: "elsewhere.example:8080", origin: "http://elsewhere.example:8080" };
    assertEquals(visitors.refuses({ address, headers: direct }) !== undefined, true, address);
    const told = {
      host: "localhost:8080",
      origin: "http://elsewhere.example",
      "x-forwarded-host": "elsewhere.example",
    };
    assertEquals(visitors.isSameOrigin({ address, headers: told }), false, address);
    const passedOn = { ...direct, "x-forwarded-for": "203.0.113.7" };
    assertEquals(visitors.refuses({ address, headers: passedOn }), undefined, address);
    assertEquals(
      visitors.isSameOrigin({ address, headers: { ...told, "x-forwarded-for": "203.0.113.7" } }),
      true,
      address,
    );
  }
});

Deno.test("the origin that was asked is that of the proxy's own page, and nobody else's word", () => {
  const visitors = new Visitors(["10.0.0.1"]);
  const proxied = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "tea.example" };
  const cases: [visit: Parameters<Visitors["origin"]>[0], origin: string | undefined, isPrivate: boolean][] = [
    [{ address: "192.168.1.5", headers: { host: "kettle:8080" } }, "http://kettle:8080", false],
    [{ address: "192.168.1.5", isSecure: true, headers: { host: "kettle:8443" } }, "https://kettle:8443", true],
    [{ address: "10.0.0.1", headers: { ...proxied, host: "127.0.0.1:8080" } }, "https://tea.example", true],
    [{ address: "203.0.113.9", headers: { ...proxied, host: "kettle" } }, "http://kettle", false],
    [{ address: "127.0.0.1", headers: { host: "localhost:8080" } }, "http://localhost:8080", true],
    // A proxy that nobody trusts stands on this machine.
    [{ address: "127.0.0.1", headers: { ...proxied, host: "localhost" } }, "http://localhost", false],
    [{ address: "192.168.1.5", headers: { host: "evil/path" } }, undefined, false],
    [{ address: "192.168.1.5", headers: {} }, undefined, false],
  ];
  for (const [visit, origin, isPrivate] of cases) {
    assertEquals([visitors.origin(visit), visitors.isPrivate(visit)], [origin, isPrivate], JSON.stringify(visit));
  }
});
