import { assertEquals, assertLess } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { setImmediate } from "node:timers";
import type { Budget } from "../wire/budget.ts";
import { Budgets } from "../wire/budgets.ts";
import { idle, nextTurn } from "../turns/loop.ts";
import { TcpSocket } from "./tcpsocket.ts";

const PATIENCE = 20_000;

// The loop's own turn is over when a test is.
Deno.test.afterEach(idle);

/** A socket, the other end of its connection, and what was reported of it. */
async function pair(budget: Budget = new Budgets({ lines: 0, requests: 0 }).open("127.0.0.1", "requests")) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [peer, conn] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  const log: unknown[] = [];
  const socket = new TcpSocket(conn, budget, (error) => log.push(error));
  socket.on("error", () => {});
  return {
    socket,
    peer,
    log,
    closed: new Promise<void>((resolve) => socket.once("close", resolve)),
    [Symbol.dispose]() {
      socket.destroy();
      peer.close();
    },
  };
}

/** Resolves when the connection has ended, however it did. */
async function ended(peer: Deno.TcpConn): Promise<void> {
  try {
    while (await deadline(peer.read(new Uint8Array(1024)), PATIENCE) !== null);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

for (const event of ["data", "end", "timeout", "finish", "drain", "close", "error", "pause"]) {
  Deno.test(`what is thrown on "${event}" ends that connection, and is reported once`, async () => {
    using house = await pair();
    const { socket, peer, log, closed } = house;
    const fault = new Error(`a fault on ${event}`);
    socket.on(event, () => {
      throw fault;
    });
    socket.on("data", () => {});
    if (event === "data") await peer.write(new Uint8Array([1]));
    if (event === "end") await peer.closeWrite();
    if (event === "timeout") socket.setTimeout(1);
    if (event === "finish") socket.end();
    if (event === "drain") socket.write(new Uint8Array(1 << 20));
    if (event === "close") socket.destroy();
    if (event === "error") socket.destroy(new Error("reset"));
    if (event === "pause") socket.pause();
    await ended(peer);
    await deadline(closed, PATIENCE);
    assertEquals(log, [fault]);
    socket.fail(new Error("another"));
    assertEquals(log, [fault]);
  });
}

Deno.test("an error that nobody listens for ends that connection", async () => {
  using house = await pair();
  house.socket.removeAllListeners("error");
  house.socket.destroy(new Error("reset"));
  await ended(house.peer);
  await deadline(house.closed, PATIENCE);
  assertEquals(house.log.length, 1);
});

Deno.test("a connection that has been closed under it ends, and throws nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peer = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const conn = await listener.accept();
  conn.close();
  peer.close();
  const log: unknown[] = [];
  const socket = new TcpSocket(conn, new Budgets({ lines: 0, requests: 0 }).open("", "requests"), (e) => log.push(e));
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("error", () => {}).resume();
  await deadline(closed, PATIENCE);
  assertEquals(log, []);
});

/** Lets everything happen that can, some times over: between two turns of the loop as well. */
async function turns(): Promise<void> {
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 5; j++) await new Promise<void>((resolve) => setImmediate(resolve));
    await nextTurn();
  }
}

/** The other end of this never stops sending. Tells how much has been read. */
function endless(): { conn: Deno.TcpConn; readonly read: number } {
  let read = 0;
  const conn = {
    remoteAddr: { hostname: "127.0.0.1" },
    setNoDelay() {},
    close() {},
    async read(buffer: Uint8Array) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      read += buffer.length;
      return buffer.length;
    },
  };
  return {
    conn: conn as unknown as Deno.TcpConn,
    get read() {
      return read;
    },
  };
}

Deno.test("what comes is charged by its bytes, and nothing is read while something is owed", async () => {
  const budget = new Budgets({ lines: 0, requests: 1 }, () => 0).open("127.0.0.1", "requests");
  const peer = endless();
  const socket = new TcpSocket(peer.conn, budget, () => {});
  socket.on("data", () => {});
  await turns();
  // A burst of 5 s is 5 tokens, each of which pays for 512 bytes.
  assertLess(peer.read, 6 * 512);
  assertEquals(budget.isWaiting, true);
  socket.destroy();
  budget.close();
});

Deno.test("what has come to many at once is worked on in turns of each", async () => {
  const budgets = new Budgets({ lines: 4, requests: 8 });
  const told: number[] = [];
  let count = 0;
  const came = Promise.withResolvers<void>();
  const sockets = Array.from({ length: 20 }, (_, i) => {
    const conn = {
      remoteAddr: { hostname: "127.0.0.1" },
      setNoDelay() {},
      close() {},
      async read(buffer: Uint8Array) {
        await came.promise;
        return buffer.length;
      },
    };
    const socket = new TcpSocket(
      conn as unknown as Deno.TcpConn,
      budgets.open(`198.51.100.${i}`, "requests"),
      () => {},
    );
    socket.on("data", () => {
      const begun = performance.now();
      while (performance.now() - begun < 2);
      count++;
      socket.pause();
    });
    return socket;
  });
  await turns();
  came.resolve();
  for (let before = -1; before < 20;) {
    before = count;
    await nextTurn();
    told.push(count - before);
  }
  assertLess(Math.max(...told), 10);
  for (const socket of sockets) socket.destroy();
});

Deno.test("nothing is read for a listener who is not ready for more", async () => {
  const peer = endless();
  const socket = new TcpSocket(peer.conn, new Budgets({ lines: 0, requests: 0 }).open("", "requests"), () => {});
  socket.on("data", () => socket.pause());
  await turns();
  assertLess(peer.read, 4_000);
  socket.destroy();
});

Deno.test("what comes when nobody waits for it is read to its end where that is near, and else left unread", async () => {
  using house = await pair();
  house.socket.discard();
  await house.peer.write(new Uint8Array(10_000));
  const end = new Promise<void>((resolve) => house.socket.once("end", resolve));
  await house.peer.closeWrite();
  await deadline(end, PATIENCE);

  const peer = endless();
  const socket = new TcpSocket(peer.conn, new Budgets({ lines: 0, requests: 0 }).open("", "requests"), () => {});
  socket.discard();
  await turns();
  assertEquals(peer.read, 65_536);
  socket.destroy();
});

/** The sizes of the pieces in which a socket gives what comes. */
function sizesOf(socket: TcpSocket): number[] {
  const sizes: number[] = [];
  socket.on("data", (bytes: Uint8Array) => sizes.push(bytes.length));
  return sizes;
}

Deno.test("a file is read in large pieces up to its end, and what follows it as all else", async () => {
  for (const [left, most] of [[150_000, 65_536], [undefined, 4_096]] as const) {
    const peer = endless();
    const socket = new TcpSocket(peer.conn, new Budgets({ lines: 0, requests: 0 }).open("", "requests"), () => {});
    const sizes = sizesOf(socket);
    await turns();
    assertLess(Math.max(...sizes), 513);
    sizes.length = 0;
    socket.beginFile(left);
    await turns();
    assertEquals(Math.max(...sizes), most);
    if (left !== undefined) {
      // The read that was under way had little room.
      const [first, ...others] = sizes[0] > 512 ? [0, ...sizes] : sizes;
      const large = others.filter((size) => size > 512);
      assertEquals(large.reduce((sum, size) => sum + size, first), left);
      assertEquals(others.slice(0, large.length), large);
    }
    sizes.length = 0;
    socket.endFile();
    await turns();
    assertLess(Math.max(...sizes.slice(1)), 513);
    socket.destroy();
  }
});

Deno.test("what still comes after the last answer is read and dropped, and nobody looks at it", async () => {
  using house = await pair();
  const { socket, peer } = house;
  const sizes = sizesOf(socket);
  await peer.write(new Uint8Array(10));
  while (sizes.length === 0) await nextTurn();
  socket.linger();
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n".repeat(10_000));
  for (let sent = 0; sent < request.length;) sent += await deadline(peer.write(request.subarray(sent)), PATIENCE);
  const end = new Promise<void>((resolve) => socket.once("end", resolve));
  await peer.closeWrite();
  await deadline(end, PATIENCE);
  assertEquals(sizes, [10]);
});
