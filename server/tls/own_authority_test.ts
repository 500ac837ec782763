import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import type { Machine } from "./local_names.ts";
import { OwnAuthority } from "./own_authority.ts";
import { readCertificate } from "./pair.ts";
import { MemoryShelf, PrivateFolder, type Shelf } from "./private_folder.ts";
import { KETTLE } from "./testing.ts";

const DAY = 86_400_000;

/** A room's authority on the kettle, whose clock and addresses the test sets. */
class Kitchen {
  now = Date.parse("2026-03-01T00:00:00Z");
  uptime = 0;
  machine: Machine = KETTLE;
  others: string[] = [];
  readonly log: string[] = [];

  authority(shelf: Shelf): OwnAuthority {
    return new OwnAuthority({
      shelf,
      machine: () => this.machine,
      others: this.others,
      now: () => this.now,
      uptime: () => this.uptime,
      onError: (text) => this.log.push(text),
    });
  }
}

Deno.test("an authority and its certificate are the same after a restart", async () => {
  const kitchen = new Kitchen();
  const shelf = new MemoryShelf();
  const before = kitchen.authority(shelf);
  const pair = await before.open();
  kitchen.now += 100 * DAY;
  const after = kitchen.authority(shelf);
  assertEquals(after.authority, before.authority);
  assertEquals(await after.open(), pair);
  assertEquals(await after.renew(), undefined);
  assertEquals(kitchen.log, []);
});

Deno.test("a certificate is made anew when 30 days are left, while the room runs and after a restart", async () => {
  const kitchen = new Kitchen();
  const shelf = new MemoryShelf();
  const authority = kitchen.authority(shelf);
  const { until } = readCertificate((await authority.open()).cert);
  assertEquals(until - kitchen.now, 397 * DAY);
  kitchen.now = until - 30 * DAY;
  assertEquals(await authority.renew(), undefined);
  kitchen.now += 1000;
  const next = await authority.renew();
  assertEquals(readCertificate(next!.cert).until, kitchen.now + 397 * DAY);
  assertEquals(await authority.renew(), undefined);
  assertEquals(await kitchen.authority(shelf).open(), next);

  kitchen.now += 390 * DAY;
  const restarted = await kitchen.authority(shelf).open();
  assertEquals(readCertificate(restarted.cert).until, kitchen.now + 397 * DAY);
  assert(new X509Certificate(restarted.cert).verify(new X509Certificate(authority.authority.pem).publicKey));
});

Deno.test("a certificate is made anew when the machine has a new address, by the same authority", async () => {
  const kitchen = new Kitchen();
  const authority = kitchen.authority(new MemoryShelf());
  await authority.open();
  kitchen.machine = { ...KETTLE, addresses: [...KETTLE.addresses, "10.8.0.3"] };
  const next = await authority.renew();
  assert(readCertificate(next!.cert).names.addresses.includes("10.8.0.3"));
  // An address that has gone, and one that the authority can't vouch for, are no reason.
  kitchen.machine = { ...KETTLE, addresses: ["203.0.113.9"] };
  assertEquals(await authority.renew(), undefined);
});

Deno.test("names that people use besides are named, and those told that the authority can't vouch for", async () => {
  const kitchen = new Kitchen();
  kitchen.others = ["Tea.LAN", "192.168.1.200", "tea.example.com", "198.51.100.7"];
  const authority = kitchen.authority(new MemoryShelf());
  const { names } = readCertificate((await authority.open()).cert);
  assert(names.hosts.includes("tea.lan") && names.addresses.includes("192.168.1.200"));
  assertEquals(authority.unnamed, ["tea.example.com", "198.51.100.7"]);
});

Deno.test("an authority is made anew before it ends, and its certificates never outlive it", async () => {
  const kitchen = new Kitchen();
  const authority = kitchen.authority(new MemoryShelf());
  await authority.open();
  const { fingerprint, pem } = authority.authority;
  const { until } = readCertificate(pem);
  assertEquals(until - kitchen.now, 3650 * DAY);
  kitchen.now = until - 100 * DAY;
  assertEquals(readCertificate((await authority.renew())!.cert).until, until);
  kitchen.now = until - 20 * DAY;
  // A machine's clock may be put right soon after its start.
  await authority.renew();
  assertEquals(authority.authority.fingerprint, fingerprint);
  kitchen.uptime += 3_600_000;
  kitchen.now += 3_600_000;
  const next = await authority.renew();
  assertNotEquals(authority.authority.fingerprint, fingerprint);
  assert(new X509Certificate(next!.cert).verify(new X509Certificate(authority.authority.pem).publicKey));
});

Deno.test("a clock that jumps ahead, and back, replaces no authority that people have installed, and leaves a good certificate", async () => {
  for (const days of [400, 4000]) {
    const kitchen = new Kitchen();
    const shelf = new MemoryShelf();
    const right = kitchen.now;
    const { authority: { fingerprint } } = kitchen.authority(shelf);
    kitchen.now = right + days * DAY;
    const ahead = kitchen.authority(shelf);
    await ahead.open();
    await ahead.renew();
    assertEquals(ahead.authority.fingerprint, fingerprint, `${days}`);
    kitchen.now = right;
    const again = kitchen.authority(shelf);
    const { from, until } = readCertificate((await again.open()).cert);
    assertEquals([again.authority.fingerprint, from <= right, until > right], [fingerprint, true, true], `${days}`);
    // A new room whose first start has the wrong clock.
    kitchen.now = right + days * DAY;
    const first = new MemoryShelf();
    await kitchen.authority(first).open();
    kitchen.now = right;
    const facts = readCertificate((await kitchen.authority(first).open()).cert);
    const authority = readCertificate(kitchen.authority(first).authority.pem);
    for (const one of [facts, authority]) assertEquals([one.from <= right, one.until > right], [true, true], `${days}`);
    assertEquals(kitchen.log, []);
  }
});

Deno.test("near the end of an authority, and with a clock far ahead, one certificate is made and not another with each look", async () => {
  // 3640 is within the authority's last 30 days, 4000 is after its end.
  for (const days of [3640, 4000]) {
    const kitchen = new Kitchen();
    const authority = kitchen.authority(new MemoryShelf());
    await authority.open();
    kitchen.now += days * DAY;
    const certificates = [];
    for (let i = 0; i < 5; i++) {
      certificates.push(await authority.renew());
      kitchen.now += 5_000;
      kitchen.uptime += 5_000;
    }
    assertEquals(certificates.map((pair) => pair !== undefined), [true, false, false, false, false], `${days}`);
    // A name that is new is in the next one all the same.
    kitchen.machine = { ...kitchen.machine, addresses: [...kitchen.machine.addresses, "192.168.7.7"] };
    const { names } = readCertificate((await authority.renew())!.cert);
    assertEquals(names.addresses.includes("192.168.7.7"), true, `${days}`);
    assertEquals(await authority.renew(), undefined, `${days}`);
  }
});

Deno.test("an authority that is renewed stays under another name", async () => {
  const kitchen = new Kitchen();
  const shelf = new MemoryShelf();
  const authority = kitchen.authority(shelf);
  const before = [shelf.read("ca.key"), shelf.read("ca.pem")];
  await authority.open();
  // A jump of the clock while the room is open is not believed either.
  kitchen.uptime += 7_200_000;
  kitchen.now += 3640 * DAY;
  await authority.renew();
  assertEquals(shelf.read("ca.key"), before[0]);
  kitchen.uptime += 3_600_000;
  kitchen.now += 3_600_000;
  await authority.renew();
  assertNotEquals(shelf.read("ca.key"), before[0]);
  const [, name] = /kept as (\S+)\.key and /.exec(kitchen.log[0])!;
  assertEquals([shelf.read(`${name}.key`), shelf.read(`${name}.pem`)], before);
});

Deno.test("a damaged authority is left as it is, and that is told; a damaged certificate is replaced without a word", async () => {
  const kitchen = new Kitchen();
  for (const [file, text] of [["ca.pem", "no certificate"], ["ca.key", "no key"]]) {
    const shelf = new MemoryShelf();
    const { fingerprint } = kitchen.authority(shelf).authority;
    shelf.write(file, text);
    const other = file === "ca.pem" ? "ca.key" : "ca.pem";
    const kept = shelf.read(other);
    const replaced = kitchen.authority(shelf);
    assert(new X509Certificate((await replaced.open()).cert).verify(
      new X509Certificate(replaced.authority.pem).publicKey,
    ));
    assertNotEquals(replaced.authority.fingerprint, fingerprint);
    assertEquals([shelf.read(file), shelf.read(other), shelf.read("cert.pem")], [text, kept, undefined]);
    assertMatch(
      kitchen.log.pop()!,
      /^the room's authority can't be used, so another one holds for this run of the server/,
    );
  }
  const shelf = new MemoryShelf();
  const other = new MemoryShelf();
  await kitchen.authority(other).open();
  const first = await kitchen.authority(shelf).open();
  shelf.write("key.pem", other.read("key.pem")!);
  const second = await kitchen.authority(shelf).open();
  assertNotEquals(second, first);
  // One of another authority is none.
  for (const name of ["cert.pem", "key.pem"]) shelf.write(name, other.read(name)!);
  assertNotEquals((await kitchen.authority(shelf).open()).cert, other.read("cert.pem"));
  assertEquals(kitchen.log, []);
});

Deno.test("keys lie in a folder and in files that are their owner's alone, and no half-written file is left", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tea.db-tls`;
    // Whoever looks at a folder before it is private may wait there.
    await Deno.mkdir(path, { mode: 0o755 });
    await Deno.writeTextFile(`${path}/ca.key.new`, "left by a crash", { mode: 0o666 });
    const kitchen = new Kitchen();
    await kitchen.authority(new PrivateFolder(path)).open();
    const found = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
    assertEquals(found.sort(), ["ca.key", "ca.pem", "cert.pem", "key.pem"]);
    if (Deno.build.os === "windows") return;
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o700);
    for (const name of found) assertEquals((await Deno.stat(`${path}/${name}`)).mode! & 0o777, 0o600, name);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("where nothing can be kept the authority holds while the room runs, and that is told once", async () => {
  const kitchen = new Kitchen();
  const shelf: Shelf = {
    read: () => undefined,
    write: () => {
      throw new Deno.errors.PermissionDenied("no writing here");
    },
  };
  const authority = kitchen.authority(shelf);
  await authority.open();
  kitchen.machine = { ...KETTLE, addresses: ["10.8.0.3"] };
  const next = await authority.renew();
  assert(new X509Certificate(next!.cert).verify(new X509Certificate(authority.authority.pem).publicKey));
  assertEquals(kitchen.log, [
    "the room's authority can't be kept, so it ends with this run of the server: no writing here",
  ]);
});
