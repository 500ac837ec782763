import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import type { Budget } from "../wire/budget.ts";
import { Budgets } from "../wire/budgets.ts";
import { Handshakes } from "./handshakes.ts";
import type { SecureConn } from "./secure_conn.ts";
import { countSockets } from "./sockets.ts";
import { dial, makeIssuer, pairOf } from "./testing.ts";

const issuer = makeIssuer();
const pair = pairOf(issuer);

/** A door where handshakes are completed, and what came of each. */
class Door implements AsyncDisposable {
  readonly budgets = new Budgets({ lines: 4, requests: 50 });
  readonly handshakes: Handshakes;
  readonly #listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  readonly port = (this.#listener.addr as Deno.NetAddr).port;
  readonly came: Promise<SecureConn | undefined>[] = [];
  /** Whether connections are let in. */
  isOpen = true;
  /** Changes what pays for a connection. */
  pay = (budget: Budget): Budget => budget;
  readonly #served: Promise<void>;

  constructor(patience?: number) {
    this.handshakes = new Handshakes(patience, 100);
    this.#served = this.#serve();
  }

  async #serve(): Promise<void> {
    for (;;) {
      try {
        const conn = await this.#listener.accept();
        if (!this.isOpen) {
          this.handshakes.refuse(conn);
          continue;
        }
        const budget = this.pay(this.budgets.open("192.0.2.1", "lines"));
        this.came.push(this.handshakes.complete(conn, budget).finally(() => budget.close()));
      } catch {
        return;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
    this.handshakes.close();
    for (const conn of await Promise.all(this.came)) {
      try {
        conn?.close();
      } catch {
        // The test has closed it.
      }
    }
  }
}

/** What a peer is sent until its end, or why there is none. */
async function rest(conn: Deno.Conn): Promise<number> {
  let count = 0;
  const buffer = new Uint8Array(1000);
  try {
    for (let read; (read = await conn.read(buffer)) !== null;) count += read;
  } catch {
    // It was reset.
  }
  conn.close();
  return count;
}

/** Resolves when something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(10);
}

Deno.test("300 silent peers hold up nobody, and each is closed when its time is over", async () => {
  await using door = new Door(2_000);
  const silent = await Promise.all(
    Array.from({ length: 300 }, () => Deno.connect({ hostname: "127.0.0.1", port: door.port })),
  );
  const begun = performance.now();
  const bob = await dial(door.port, issuer.pem);
  assert(performance.now() - begun < 1_000);
  assert(await door.came.at(-1) !== undefined);
  assertEquals(door.handshakes.size, 300);
  bob.close();
  for (const conn of silent) assertEquals(await rest(conn), 0);
  assertEquals(door.handshakes.size, 0);
});

Deno.test("a peer that speaks plain text, breaks off or ends in the middle costs nobody else anything", async () => {
  await using door = new Door();
  const begin = () => Deno.connect({ hostname: "127.0.0.1", port: door.port });
  const write = async (conn: Deno.TcpConn, bytes: Uint8Array) => void await conn.write(bytes);
  const plain = await begin();
  await write(plain, new TextEncoder().encode("NICK alice\r\nUSER a 0 * :a\r\n"));
  // It is sent an alert, and no line.
  assert(await rest(plain) < 10);
  const garbage = await begin();
  await write(garbage, Uint8Array.from({ length: 5_000 }, (_, i) => i * 7));
  assert(await rest(garbage) < 10);
  // The beginning of a ClientHello that announces more.
  const half = await begin();
  await write(half, Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3));
  half.close();
  const gone = await begin();
  gone.close();
  await Promise.all(door.came);
  assertEquals(await Promise.all(door.came), Array(door.came.length).fill(undefined));
  (await dial(door.port, issuer.pem)).close();
});

Deno.test("a peer that ends TCP without an end of TLS has closed its side", async () => {
  await using door = new Door();
  // Through a wire, which is cut.
  using wire = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const wired = wire.accept().then(async (from) => {
    const there = await Deno.connect({ hostname: "127.0.0.1", port: door.port });
    const passing = [
      from.readable.pipeTo(there.writable, { preventClose: true }),
      there.readable.pipeTo(from.writable),
    ];
    return { there, passing };
  });
  const client = await dial(wire.addr.port, issuer.pem);
  await client.write(new TextEncoder().encode("PING x\r\n"));
  const conn = (await door.came[0])!;
  assertEquals(await conn.read(new Uint8Array(100)), 8);
  const { there, passing } = await wired;
  await there.closeWrite();
  assertEquals(await conn.read(new Uint8Array(100)), null);
  conn.close();
  client.close();
  await Promise.allSettled(passing);
  try {
    there.close();
  } catch {
    // Its stream has closed it.
  }
});

Deno.test({
  name: "a connection that is closed keeps no socket, though its peer takes nothing of what waits for it",
  ignore: countSockets(0) === undefined,
  async fn() {
    await using door = new Door();
    const before = countSockets(door.port)!;
    const client = await dial(door.port, issuer.pem);
    const conn = (await door.came[0])!;
    let taken = 0;
    const written = (async () => {
      for (;;) taken += await conn.write(new Uint8Array(65_536));
    })().catch(() => {});
    // Until nothing more is taken.
    for (let before = -1; taken !== before; await delay(50)) before = taken;
    conn.close();
    await written;
    assertEquals(countSockets(door.port), before + 1);
    await deadline(until(() => countSockets(door.port) === before), 10_000);
    client.close();
  },
});

Deno.test("a program that ends waits for no handshake", async () => {
  await using door = new Door();
  const silent = await Deno.connect({ hostname: "127.0.0.1", port: door.port });
  (await dial(door.port, issuer.pem)).close();
  door.handshakes.close();
  assertEquals(await door.came[0], undefined);
  await rest(silent);
});

Deno.test("a handshake costs its address computing time, also one that fails", async () => {
  await using door = new Door();
  const spent: number[] = [];
  door.pay = (budget) => Object.assign(budget, { spend: (time: number) => spent.push(time) });
  (await dial(door.port, issuer.pem)).close();
  (await Deno.connect({ hostname: "127.0.0.1", port: door.port })).close();
  (await dial(door.port, issuer.pem)).close();
  await Promise.all(door.came);
  assertEquals(spent, [0.5, 0.5, 0.5]);
});

Deno.test({
  name: "a peer that is refused before its handshake keeps no socket",
  ignore: countSockets(0) === undefined,
  async fn() {
    await using door = new Door();
    door.isOpen = false;
    const before = countSockets(door.port)!;
    const silent = await Deno.connect({ hostname: "127.0.0.1", port: door.port });
    assertEquals(await rest(silent), 0);
    await deadline(until(() => countSockets(door.port) === before), 10_000);
  },
});
