import { assert, assertEquals, assertRejects } from "@std/assert";
import { asWord, inRows, KnownRooms, RoomsInMemory } from "./known_rooms.ts";
import { Certificates, hasOpenssl } from "./testing.ts";
import { connectTls, type Trust, UntrustedError } from "./tls.ts";

/** A server that greets whoever comes with "tea". */
class Room extends Certificates {
  open(pair: { cert: string; key: string }, port?: number) {
    return this.serve(pair, async (conn) => {
      await conn.write(new TextEncoder().encode("tea"));
      while (await conn.read(new Uint8Array(99)) !== null);
    }, port);
  }

  /** Comes to a server on this machine, and reads its greeting. */
  async come(port: number, trust: Omit<Trust, "rooms"> = {}): Promise<string> {
    const rooms = new KnownRooms(this.path);
    const signal = AbortSignal.timeout(20_000);
    using conn = await connectTls({ hostname: "127.0.0.1", port }, { rooms, ...trust }, signal);
    const buffer = new Uint8Array(9);
    return new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  }
}

const rows = (fingerprint: string) => inRows(fingerprint).join("\n    ");

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, fn, ignore: !hasOpenssl });

test("connectTls() asks the first time, and no more when the certificate is another one of the same authority", async () => {
  await using room = new Room();
  const fingerprint = room.authority("tea");
  const asked: string[] = [];
  const ask = (text: string) => Promise.resolve(asked.push(text) > 1);
  let port: number;
  {
    await using server = room.open(room.issue("tea"));
    port = server.port;
    const error = await assertRejects(() => room.come(port, { ask }), UntrustedError);
    assertEquals(error.message, `You did not accept the fingerprint of 127.0.0.1:${port}. Nothing was sent.`);
    assertEquals(await room.come(port, { ask }), "tea");
    assertEquals(asked, [fingerprint, fingerprint]);
    assertEquals(await room.come(port, { ask }), "tea");
  }
  await using _server = room.open(room.issue("tea"), port);
  assertEquals(await room.come(port), "tea", "known, so nobody is needed to ask");
  assertEquals(asked.length, 2);
});

test("connectTls() refuses another authority with both fingerprints, and takes it where the person names it", async () => {
  await using room = new Room();
  const [first, second] = [room.authority("tea"), room.authority("milk")];
  let port: number;
  {
    await using server = room.open(room.issue("tea"));
    port = server.port;
    await room.come(port, { ask: () => Promise.resolve(true) });
  }
  const pair = room.issue("milk");
  await using _server = room.open(pair, port);
  const ask = () => Promise.reject(new Error("nobody may be asked to accept a change"));
  const { message } = await assertRejects(() => room.come(port, { ask }), UntrustedError);
  assert(message.includes(`expected:\n    ${rows(first)}\n  presented:\n    ${rows(second)}\n`), message);
  assert(message.includes(`--server tls://127.0.0.1:${port}\n  --pin ${asWord(second)}`), message);
  await assertRejects(() => room.come(port, { pin: first, ask }), UntrustedError, `presented:\n    ${rows(second)}`);
  assertEquals(await room.come(port, { pin: second, ask }), "tea");
  assertEquals(await room.come(port), "tea", "and it is known from then on");
});

test("connectTls() refuses an unknown room where there is nobody to ask, unless its fingerprint is given", async () => {
  await using room = new Room();
  const fingerprint = room.authority("tea");
  await using server = room.open(room.issue("tea"));
  await assertRejects(() => room.come(server.port), UntrustedError, `add:\n  --pin ${asWord(fingerprint)}`);
  await assertRejects(() => room.come(server.port), UntrustedError, "is not known yet");
  assertEquals(await room.come(server.port, { pin: fingerprint }), "tea");
  assertEquals(await room.come(server.port), "tea");
});

test("connectTls() keeps no authority whose certificate is for another name", async () => {
  await using room = new Room();
  const pin = room.authority("tea");
  await using server = room.open(room.issue("tea", "DNS:elsewhere.local"));
  await assertRejects(() => room.come(server.port, { pin }), UntrustedError, "does not hold for 127.0.0.1");
  assertEquals(new KnownRooms(room.path).authorityOf(`127.0.0.1:${server.port}`), undefined);
});

Deno.test("connectTls() says that a server does not talk TLS, and gives up when told", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const come = (signal: AbortSignal) =>
    connectTls({ hostname: "127.0.0.1", port }, { rooms: new RoomsInMemory() }, signal);
  const refused = assertRejects(() => come(AbortSignal.timeout(20_000)), Error, "it does not talk TLS on this port");
  {
    using plain = await listener.accept();
    await plain.write(new TextEncoder().encode("NOTICE * :tea\r\n"));
    await refused;
  }
  const stop = new AbortController();
  const stopped = assertRejects(() => come(stop.signal), Error, "enough");
  using _silent = await listener.accept();
  stop.abort(new Error("enough"));
  await stopped;
});
