import { assertEquals, assertMatch } from "@std/assert";
import { Acme } from "./acme.ts";
import type { Pair } from "./pair.ts";
import { MemoryShelf } from "./private_folder.ts";
import type { Source } from "./source.ts";
import { makeIssuer, pairOf } from "./testing.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NAMES = { hosts: ["tea.example"], addresses: [] };

const issuer = makeIssuer();
const ownPair = pairOf(issuer);

/** A room that asks where nobody answers. test/acme_test.ts asks where somebody does. */
class Hermitage {
  now = Date.now();
  readonly log: string[] = [];
  readonly shelf = new MemoryShelf();

  source(hosts = ["tea.example"]): Acme {
    const own: Source = {
      voucher: "own",
      authority: { pem: issuer.pem, fingerprint: "AB" },
      open: () => Promise.resolve(ownPair),
      renew: () => Promise.resolve(undefined),
    };
    return new Acme({
      hosts,
      directory: "https://127.0.0.1:1/dir",
      challenges: new Map(),
      shelf: this.shelf,
      own,
      now: () => this.now,
      onError: (text) => this.log.push(text),
    });
  }

  keep({ cert, key }: Pair): void {
    this.shelf.write("acme-cert.pem", cert);
    this.shelf.write("acme-key.pem", key);
  }
}

Deno.test("the room's own authority vouches until there is a certificate; attempts are made less and less often", async () => {
  const room = new Hermitage();
  const source = room.source();
  assertEquals(await source.open(), ownPair);
  assertEquals([source.voucher, source.authority?.fingerprint], ["own", "AB"]);
  for (const minutes of [15, 30, 60, 120, 240, 480, 720, 720]) {
    assertEquals(await source.renew(), undefined);
    assertMatch(room.log.pop()!, new RegExp(`^no certificate for tea.example by ACME: .* in ${minutes} minutes; `));
    room.now += (minutes - 1) * MINUTE;
    await source.renew();
    assertEquals(room.log, []);
    room.now += MINUTE;
  }
});

Deno.test("a certificate that is kept is presented, and renewed when 30 days are left", async () => {
  const room = new Hermitage();
  const pair = pairOf(issuer, NAMES, 50);
  room.keep(pair);
  const source = room.source();
  assertEquals(await source.open(), pair);
  assertEquals([source.voucher, source.authority], ["acme", undefined]);
  await source.renew();
  room.now += 19 * DAY;
  await source.renew();
  assertEquals(room.log, []);
  room.now += 2 * DAY;
  assertEquals(await source.renew(), undefined);
  assertEquals(room.log.length, 1);
  assertEquals(source.voucher, "acme");
});

Deno.test("a certificate that is kept is not presented if it is over, damaged or for other names", async () => {
  const room = new Hermitage();
  const pair = pairOf(issuer, NAMES);
  room.keep(pair);
  assertEquals(await room.source(["tea.example", "pot.example"]).open(), ownPair);
  room.now += 51 * DAY;
  assertEquals(await room.source().open(), ownPair);
  room.now -= 51 * DAY;
  assertEquals(room.log, []);
  room.keep({ cert: pair.cert, key: ownPair.key });
  assertEquals(await room.source().open(), ownPair);
  assertMatch(
    room.log.join("\n"),
    /^the certificate that is kept can't be used, so there is a new one: the key belongs/,
  );
});
