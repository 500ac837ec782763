import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UntrustedError } from "./tls.ts";
import { RoomsInMemory } from "./known_rooms.ts";
import { Certificates, hasOpenssl } from "./testing.ts";
import { offeredTlsPort } from "./tls_offer.ts";
import { findWayIn, type WayInOptions } from "./way_in.ts";

/** This machine by an address that is none of its own names, so that the network is taken for one with others in it. */
const HOST = "0.0.0.0";

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: !hasOpenssl || Deno.build.os === "windows", fn });

/** A server without TLS that answers the first lines of each client, and what it was asked. */
function plainServer(answer: (line: string) => string): AsyncDisposable & { port: number; asked: string[] } {
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const asked: string[] = [];
  const talk = async (conn: Deno.Conn) => {
    const buffer = new Uint8Array(512);
    for (;;) {
      const length = await conn.read(buffer);
      if (length === null) break;
      for (const line of new TextDecoder().decode(buffer.subarray(0, length)).trimEnd().split("\r\n")) {
        asked.push(line);
        await conn.write(new TextEncoder().encode(answer(line)));
      }
    }
    conn.close();
  };
  const served = (async () => {
    const talks: Promise<void>[] = [];
    for await (const conn of listener) talks.push(talk(conn).catch(() => {}));
    await Promise.all(talks);
  })();
  return {
    port: listener.addr.port,
    asked,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await served;
    },
  };
}

const offering = (port: number) =>
  plainServer(() => `:tea CAP * LS * :multi-prefix\r\n:tea CAP * LS :teahouse.chat/tls=${port} sasl\r\n`);

/** Finds a way, and tells what was asked and what was said on it. */
async function way(options: Partial<WayInOptions> & Pick<WayInOptions, "server" | "rooms">) {
  const warnings: string[] = [], questions: string[] = [];
  const ask = options.ask && ((address: string, fingerprint: string) => {
    questions.push(fingerprint);
    return options.ask!(address, fingerprint);
  });
  const { address, isTls } = await findWayIn({ warn: (line) => warnings.push(line), ...options, ask });
  return { port: address.port, isTls, warnings, questions };
}

const yes = () => Promise.resolve(true), no = () => Promise.resolve(false);

test("findWayIn() comes by TLS where the server offers it and the person says that it is the room's, and asks once", async () => {
  await using certificates = new Certificates();
  const fingerprint = certificates.authority("tea");
  await using tls = certificates.serve(certificates.issue("tea", `IP:${HOST}`), () => Promise.resolve());
  await using plain = offering(tls.port);
  const rooms = new RoomsInMemory();
  const server = { hostname: HOST, port: plain.port, isTls: undefined };
  await assertRejects(() => way({ server, rooms, ask: no }), UntrustedError, "You did not accept");
  const byTls = { port: tls.port, isTls: true, warnings: [] };
  assertEquals(await way({ server, rooms, ask: yes }), { ...byTls, questions: [fingerprint] });
  // It is known now, and a program need not be told.
  assertEquals(await way({ server, rooms }), { ...byTls, questions: [] });
  assertEquals(await way({ server: { ...server, port: undefined }, rooms }), { ...byTls, questions: [] });
  assertEquals(plain.asked, Array(3).fill("CAP LS 302"), "nothing else is said without TLS");
});

test("findWayIn() stays without TLS where nobody can be asked, and says so in one line; --pin is an answer", async () => {
  await using certificates = new Certificates();
  const pin = certificates.authority("tea");
  await using tls = certificates.serve(certificates.issue("tea", `IP:${HOST}`), () => Promise.resolve());
  await using plain = offering(tls.port);
  const rooms = new RoomsInMemory();
  const server = { hostname: HOST, port: plain.port, isTls: undefined };
  const found = await way({ server, rooms });
  assertEquals([found.port, found.isTls, found.warnings.length], [plain.port, false, 1]);
  assertStringIncludes(found.warnings[0], `offers TLS on port ${tls.port}, whose authority is not known here`);
  assertEquals((await way({ server, rooms, pin })).isTls, true);
});

test("findWayIn() goes to no room without TLS that is known by it, unless the address says tcp://", async () => {
  await using certificates = new Certificates();
  certificates.authority("tea");
  await using tls = certificates.serve(certificates.issue("tea", `IP:${HOST}`), () => Promise.resolve());
  const rooms = new RoomsInMemory();
  await way({ server: { hostname: HOST, port: tls.port, isTls: true }, rooms, ask: yes });
  await using plain = plainServer(() => ":tea CAP * LS :sasl\r\n");
  const server = { hostname: HOST, port: plain.port, isTls: undefined };
  for (const ask of [undefined, yes]) {
    await assertRejects(() => way({ server, rooms, ask }), UntrustedError, `is known by TLS, on port ${tls.port}`);
  }
  assertEquals((await way({ server: { ...server, isTls: false }, rooms })).isTls, false);
  // Nor where it offers another port, behind which is somebody else.
  certificates.authority("milk");
  await using other = certificates.serve(certificates.issue("milk", `IP:${HOST}`), () => Promise.resolve());
  await using luring = offering(other.port);
  await assertRejects(() => way({ server: { ...server, port: luring.port }, rooms }), UntrustedError, "--pin");
  // Who says yes to everything is not asked: that would make a room that has changed a new one.
  const lured = way({ server: { ...server, port: luring.port }, rooms, ask: yes });
  await assertRejects(() => lured, UntrustedError, "is not the server that it was");
  assertEquals(rooms.portsOf(HOST), [tls.port]);
  // The same room may have moved to another port.
  await using moved = certificates.serve(certificates.issue("tea", `IP:${HOST}`), () => Promise.resolve());
  await using telling = offering(moved.port);
  const found = await way({ server: { ...server, port: telling.port }, rooms });
  assertEquals([found.port, found.isTls, rooms.portsOf(HOST)], [moved.port, true, [tls.port, moved.port]]);
});

test("findWayIn() asks nothing on this machine, and nothing of a server without TLS", async () => {
  const rooms = new RoomsInMemory();
  await using plain = offering(1);
  for (const hostname of ["localhost", "127.0.0.1"]) {
    const server = { hostname, port: plain.port, isTls: undefined };
    assertEquals((await way({ server, rooms, ask: yes })).isTls, false);
  }
  assertEquals(plain.asked, []);
  await using old = plainServer(() => ":tea 421 * CAP :Unknown command\r\n");
  const server = { hostname: HOST, port: old.port, isTls: undefined };
  assertEquals(await way({ server, rooms, ask: yes }), { port: old.port, isTls: false, warnings: [], questions: [] });
  await assertRejects(() => way({ server, rooms, pin: "AB:CD" }), UntrustedError, "offers no TLS, which --pin is for");
});

test("offeredTlsPort() reads sts as well, and waits no longer than it is told to", async () => {
  await using strict = plainServer(() => ":tea CAP * LS :sts=duration=9,port=7000 sasl\r\n");
  assertEquals(await offeredTlsPort({ hostname: HOST, port: strict.port }, 9_000), 7000);
  await using silent = plainServer(() => "");
  assertEquals(await offeredTlsPort({ hostname: HOST, port: silent.port }, 50), undefined);
});
