import { assertEquals, assertMatch } from "@std/assert";
import { constraintsOf, type Names } from "./certificate.ts";
import { constraintsFor, namesOf, permitted } from "./local_names.ts";
import { readCertificate } from "./pair.ts";
import { dial, KETTLE, makeIssuer, pairOf } from "./testing.ts";

/** What rustls, which Deno's clients use, says of a certificate for these names when it is asked for one of them. */
async function refusalByRustls(names: Partial<Names>, asked: string, machine = KETTLE): Promise<string> {
  const issuer = makeIssuer(machine);
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pairOf(issuer, names) });
  const accepted = listener.accept().then(async (conn) => {
    await conn.handshake().catch(() => {});
    conn.close();
  });
  try {
    (await dial((listener.addr as Deno.NetAddr).port, issuer.pem, asked)).close();
    return "";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await accepted;
  }
}

/** What `openssl verify` says of the same, strictly. */
async function refusalByOpenssl(names: Partial<Names>, machine = KETTLE): Promise<string> {
  const issuer = makeIssuer(machine);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/ca.pem`, issuer.pem);
    await Deno.writeTextFile(`${folder}/cert.pem`, pairOf(issuer, names).cert);
    const args = ["verify", "-x509_strict", "-CAfile", `${folder}/ca.pem`, `${folder}/cert.pem`];
    const { success, stderr } = await new Deno.Command("openssl", { args }).output();
    return success ? "" : new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const hasOpenssl = await new Deno.Command("openssl", { args: ["version"] }).output().then(() => true, () => false);

/** A machine that has the name of a top-level domain, and an address that everybody reaches. */
const DEV = { hostname: "dev", addresses: ["203.0.113.5", "2001:db8:1:2::3"] };

/** Names, on which machine, and whether its authority can vouch for them. */
const NAMES: [names: Partial<Names>, asked: string, machine: typeof KETTLE, isTrusted: boolean][] = [
  [{}, "localhost", KETTLE, true],
  [{ hosts: ["kettle"] }, "kettle", KETTLE, true],
  [{ hosts: ["kettle.local", "pot.fritz.home.arpa"] }, "pot.fritz.home.arpa", KETTLE, true],
  [{ addresses: ["192.168.1.7", "fd00::2", "::1"] }, "fd00::2", KETTLE, true],
  [{ hosts: ["example.com"] }, "example.com", KETTLE, false],
  [{ hosts: ["localhost", "www.example.com"] }, "localhost", KETTLE, false],
  [{ hosts: ["kettle.example.com"] }, "kettle.example.com", KETTLE, false],
  [{ hosts: ["teakettle"] }, "teakettle", KETTLE, false],
  [{ addresses: ["8.8.8.8"] }, "8.8.8.8", KETTLE, false],
  [{ addresses: ["2001:db8::1"] }, "2001:db8::1", KETTLE, false],
  [{ hosts: ["dev"] }, "dev", DEV, true],
  [{ hosts: ["shop.dev"] }, "shop.dev", DEV, false],
  [{ hosts: ["web.dev", "dev"] }, "dev", DEV, false],
  [{ addresses: ["203.0.113.5", "2001:db8:1:2:aaaa::1"] }, "203.0.113.5", DEV, true],
  [{ addresses: ["203.0.113.6"] }, "203.0.113.6", DEV, false],
  [{ addresses: ["2001:db8:1:3::1"] }, "2001:db8:1:3::1", DEV, false],
];

Deno.test("rustls takes a certificate for what the authority may vouch for, and no other", async () => {
  for (const [names, asked, machine, isTrusted] of NAMES) {
    const refusal = await refusalByRustls(names, asked, machine);
    assertMatch(refusal, isTrusted ? /^$/ : /invalid peer certificate/, `${JSON.stringify(names)} for ${asked}`);
  }
});

Deno.test({
  name: "openssl takes a certificate for what the authority may vouch for, and no other",
  ignore: !hasOpenssl,
  async fn() {
    for (const [names, , machine, isTrusted] of NAMES) {
      const refusal = await refusalByOpenssl(names, machine);
      assertMatch(
        refusal,
        isTrusted ? /^$/ : /permitted subtree violation|excluded subtree violation/,
        JSON.stringify(names),
      );
    }
  },
});

Deno.test({
  name: "every certificate is as RFC 5280 has it, whatever numbers chance gives it",
  ignore: !hasOpenssl,
  async fn() {
    for (let i = 0; i < 20; i++) assertEquals(await refusalByOpenssl({ addresses: [`10.0.0.${i}`] }), "");
  },
});

Deno.test("what an authority can vouch for is read out of its certificate", () => {
  for (const machine of [KETTLE, DEV, { hostname: "", addresses: [] }]) {
    assertEquals(constraintsOf(makeIssuer(machine).certificate), constraintsFor(machine));
  }
});

Deno.test("a machine is reached by its names and addresses; those of a link and names that are none are left out", () => {
  const machine = { hostname: "Kettle.Home", addresses: ["192.168.1.7", "fe80::1%eth0", "::ffff:10.0.0.1", "::"] };
  assertEquals(namesOf(machine, ["tea.lan", "192.168.1.9", "no name", "-x", "0.0.0.0", "1.2.3"]), {
    hosts: ["localhost", "kettle.home", "kettle.local", "tea.lan"],
    addresses: ["127.0.0.1", "::1", "192.168.1.7", "10.0.0.1", "192.168.1.9"],
  });
});

Deno.test("names that the authority can't vouch for are not asked of it", async () => {
  const others = ["tea.lan", "tea.example.com", "198.51.100.1"];
  const names = permitted(namesOf(KETTLE, others), constraintsFor(KETTLE));
  assertEquals(names.hosts, ["localhost", "kettle", "kettle.local", "tea.lan"]);
  assertEquals(names.addresses, ["127.0.0.1", "::1", "192.168.1.7", "fd00::2"]);
  assertEquals(await refusalByRustls(names, "tea.lan"), "");
});

Deno.test("what a certificate says is read: names, time, fingerprint", () => {
  const issuer = makeIssuer();
  const { names, from, until, fingerprint } = readCertificate(
    pairOf(issuer, { hosts: ["localhost", "kettle"], addresses: ["::1", "10.0.0.7"] }, 3).cert,
  );
  assertEquals(names, { hosts: ["localhost", "kettle"], addresses: ["::1", "10.0.0.7"] });
  assertEquals(Math.round((until - Date.now()) / 86_400_000), 3);
  assertEquals(Math.round((Date.now() - from) / 86_400_000), 365);
  assertMatch(fingerprint, /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
});
