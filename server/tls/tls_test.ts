import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { examine } from "./examination.ts";
import type { Pair } from "./pair.ts";
import type { Source } from "./source.ts";
import { dial, makeIssuer, pairOf } from "./testing.ts";
import { Tls } from "./tls.ts";

const DAY = 86_400_000;

/** A room's TLS whose certificates, clock and trust the test sets. */
class Cellar {
  readonly log: string[] = [];
  now = Date.now();
  isPublic = false;
  /** What the source has next. */
  next: Pair | undefined;

  async open(pair: Pair, { really = false } = {}): Promise<Tls> {
    const source: Source = {
      voucher: "given",
      authority: undefined,
      open: () => Promise.resolve(pair),
      renew: () => {
        const { next } = this;
        this.next = undefined;
        return Promise.resolve(next);
      },
    };
    return await Tls.open({
      source,
      examine: really ? examine : () => Promise.resolve({ isPublic: this.isPublic }),
      now: () => this.now,
      onNews: (text) => this.log.push(text),
      onError: (text) => this.log.push(text),
    });
  }
}

const issuer = makeIssuer();
const LISTEN = { hostname: "127.0.0.1", port: 0, protocol: "irc", onError: () => {} };

Deno.test("a new certificate is presented on all listeners, and told", async () => {
  const cellar = new Cellar();
  const tls = await cellar.open(pairOf(issuer));
  const listeners = [tls.listen(LISTEN), tls.listen(LISTEN)];
  const before = tls.certificate.fingerprint;
  await tls.check();
  assertEquals(tls.certificate.fingerprint, before);

  const other = makeIssuer();
  cellar.next = pairOf(other);
  await tls.check();
  assertEquals(tls.certificate.fingerprint === before, false);
  for (const listener of listeners) {
    const [client, server] = await Promise.all([dial(listener.addr.port, other.pem), listener.accept()]);
    client.close();
    server.close();
    listener.close();
  }
  await tls.close();
  assertMatch(cellar.log.join("\n"), /^there is a new certificate, which holds until \d{4}-\d\d-\d\d$/);
});

Deno.test("a certificate that no server can present is refused at the beginning, and later keeps the one before", async () => {
  const cellar = new Cellar();
  const [one, two] = [pairOf(issuer), pairOf(issuer)];
  const mixed = { cert: one.cert, key: two.key };
  await assertRejects(() => cellar.open(mixed, { really: true }));
  const tls = await cellar.open(one, { really: true });
  const listener = tls.listen(LISTEN);
  cellar.next = mixed;
  await tls.check();
  const [client, server] = await Promise.all([dial(listener.addr.port, issuer.pem), listener.accept()]);
  client.close();
  server.close();
  listener.close();
  await tls.close();
  assertEquals(cellar.log.length, 1);
  assertMatch(cellar.log[0], /^the new certificate can't be used, so the one before stays: /);
});

Deno.test("a certificate that expires is told of once, and is then trusted by nobody", async () => {
  const cellar = new Cellar();
  cellar.isPublic = true;
  const tls = await cellar.open(pairOf(issuer, {}, 3));
  assertEquals(tls.isPublic, true);
  cellar.now += 2 * DAY;
  await tls.check();
  assertEquals(cellar.log, []);
  cellar.now += 2 * DAY;
  await tls.check();
  await tls.check();
  assertEquals(tls.isPublic, false);
  assertMatch(cellar.log.join("\n"), /^the certificate has expired on \d{4}-\d\d-\d\d: clients refuse it$/);
  await tls.close();
});

Deno.test("a certificate that has expired already, or is not valid yet, is told of at the beginning", async () => {
  for (const [shift, expected] of [[10 * DAY, /has expired on/], [-400 * DAY, /is not valid before/]] as const) {
    const cellar = new Cellar();
    cellar.now += shift;
    const tls = await cellar.open(pairOf(issuer, {}, 3));
    assertMatch(cellar.log.join("\n"), expected);
    await tls.close();
  }
});

Deno.test("a certificate of an authority that nobody knows is not public", async () => {
  const names = { hosts: ["localhost"], addresses: ["127.0.0.1"] };
  assertEquals(await examine(pairOf(issuer, names)), { isPublic: false });
  assertEquals(await examine(pairOf(issuer, { hosts: ["*.tea.lan"], addresses: [] })), { isPublic: false });
  assertEquals(await examine(pairOf(issuer, { hosts: [], addresses: ["127.0.0.1"] })), { isPublic: false });
});
