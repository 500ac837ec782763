import { assert, assertEquals, assertRejects } from "@std/assert";
import { freePort } from "../testing.ts";
import { TlsListener } from "./listener.ts";
import { isSentAtOnce } from "./sockets.ts";
import { dial, makeIssuer, pairOf } from "./testing.ts";

/** Accepts on a listener until it is closed, and has each connection say again what it was told. */
async function echo(listener: TlsListener): Promise<void> {
  const talks: Promise<void>[] = [];
  for (;;) {
    try {
      const conn = await listener.accept();
      talks.push(conn.readable.pipeTo(conn.writable).catch(() => {}));
    } catch {
      return void await Promise.all(talks);
    }
  }
}

/** Has a connection's other end say something again. */
async function hears(conn: Deno.TlsConn, text: string): Promise<boolean> {
  await conn.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(100);
  const count = await conn.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0)) === text;
}

/** How a listener listens, on a port that nobody else gets while it is exchanged. */
const options = () => ({ hostname: "127.0.0.1", port: freePort(), protocol: "irc" });

Deno.test("a certificate is exchanged under 100 connections, none of which ends; new ones see the new one", async () => {
  const [old, fresh] = [makeIssuer(), makeIssuer()];
  const log: string[] = [];
  const listener = new TlsListener(pairOf(old), { ...options(), onError: (text) => log.push(text) });
  const served = echo(listener);
  const { port } = listener.addr;
  const before = await Promise.all(Array.from({ length: 100 }, () => dial(port, old.pem)));
  // While nobody comes, and while somebody is coming.
  for (const issuer of [fresh, old, fresh]) await listener.use(pairOf(issuer));
  assertEquals(listener.addr.port, port);
  await assertRejects(() => dial(port, old.pem), Deno.errors.InvalidData, "invalid peer certificate");
  const after = await dial(port, fresh.pem);
  for (const conn of [...before, after]) assert(await hears(conn, "tea?"));
  for (const conn of [...before, after]) conn.close();
  listener.close();
  await served;
  assertEquals(log, []);
});

Deno.test("exchanges that are asked for at once come one after the other, and the last one holds", async () => {
  const issuers = Array.from({ length: 5 }, () => makeIssuer());
  const listener = new TlsListener(pairOf(issuers[0]), { ...options(), onError: () => {} });
  const served = echo(listener);
  await Promise.all(issuers.map((issuer) => listener.use(pairOf(issuer))));
  (await dial(listener.addr.port, issuers[4].pem)).close();
  listener.close();
  await served;
  // One that is closed opens nothing again.
  await listener.use(pairOf(issuers[0]));
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }));
});

Deno.test({
  name: "all connections send at once what is written, also those of an exchanged listener",
  ignore: Deno.build.os === "windows",
  async fn() {
    const issuer = makeIssuer();
    const listener = new TlsListener(pairOf(issuer), { ...options(), onError: () => {} });
    const { port } = listener.addr;
    const conns: Deno.TlsConn[] = [];
    for (let i = 0; i < 2; i++) {
      const [client, server] = await Promise.all([
        dial(port, issuer.pem),
        listener.accept().then(async (conn) => {
          await conn.handshake();
          return conn;
        }),
      ]);
      conns.push(client, server);
      assertEquals(isSentAtOnce(port), true);
      const exchanged = listener.use(pairOf(issuer));
      await exchanged;
    }
    for (const conn of conns) conn.close();
    listener.close();
  },
});

Deno.test("a peer that speaks another protocol is refused, and one that names none is not", async () => {
  const issuer = makeIssuer();
  const listener = new TlsListener(pairOf(issuer), { ...options(), onError: () => {} });
  const served = echo(listener);
  const { port } = listener.addr;
  const connect = async (alpnProtocols: string[]) => {
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
    const conn = await Deno.startTls(tcp, { hostname: "localhost", caCerts: [issuer.pem], alpnProtocols });
    try {
      return (await conn.handshake()).alpnProtocol;
    } finally {
      conn.close();
    }
  };
  assertEquals(await connect(["irc", "http/1.1"]), "irc");
  assertEquals(await connect([]), null);
  await assertRejects(() => connect(["h2", "http/1.1"]), Deno.errors.InvalidData);
  listener.close();
  await served;
});
