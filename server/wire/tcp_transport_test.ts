import { assertEquals, assertLess } from "@std/assert";
import { setImmediate } from "node:timers";
import { TcpTransport } from "./tcp_transport.ts";

/** A connection whose other end sends this much, and then ends its side if it is told to; what has been read, and how often. */
function sending(bytes: number): { conn: Deno.TcpConn; readonly read: number; readonly reads: number } {
  let [read, reads] = [0, 0];
  let isClosed = false;
  const conn = {
    remoteAddr: { hostname: "127.0.0.1" },
    setNoDelay() {},
    close: () => isClosed = true,
    async read(buffer: Uint8Array) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isClosed) throw new Deno.errors.BadResource();
      reads++;
      if (read >= bytes) return null;
      read += buffer.length;
      return buffer.length;
    },
  };
  return {
    conn: conn as unknown as Deno.TcpConn,
    get read() {
      return read;
    },
    get reads() {
      return reads;
    },
  };
}

Deno.test("what comes once a session is over is dropped up to its end, and the end is all that is told", async () => {
  const peer = sending(100_000);
  const transport = new TcpTransport(peer.conn);
  const reading = transport.read();
  transport.discard();
  assertEquals(await reading, null);
  assertEquals(peer.read >= 100_000, true);
});

Deno.test("of one who sends and sends once the session is over no more is read than some", async () => {
  const peer = sending(Infinity);
  const transport = new TcpTransport(peer.conn);
  const reading = transport.read();
  transport.discard();
  for (let i = 0; i < 2_000; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  assertEquals(peer.read, 262_144);
  // In large pieces: when a crowd is over, everybody else waits for all these reads.
  assertLess(peer.reads, 7);
  transport.close();
  assertEquals(await reading, null);
});

/** A connection that gives these one after the other, an error by failing with it, and then nothing more; and what is still to be read. */
function giving(...rest: (Uint8Array | Error | null)[]): { conn: Deno.TcpConn; rest: unknown[] } {
  const conn = {
    remoteAddr: { hostname: "127.0.0.1" },
    setNoDelay() {},
    close() {},
    async read(buffer: Uint8Array) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const next = rest.shift();
      if (next === undefined) return await new Promise<never>(() => {});
      if (next === null) return null;
      if (next instanceof Error) throw next;
      const part = next.subarray(0, buffer.length);
      buffer.set(part);
      if (part.length < next.length) rest.unshift(next.subarray(part.length));
      return part.length;
    },
  };
  return { conn: conn as unknown as Deno.TcpConn, rest };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 200; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Waits for what comes with one of the next turns; for good where it does not come. */
async function until(hasCome: () => boolean): Promise<void> {
  while (!hasCome()) await turns();
  await turns();
}

/** Reads on and gives the lines that come, or how it ends. */
async function next(transport: TcpTransport): Promise<unknown> {
  const count = await transport.read();
  return count === null ? null : [...transport.lines(count)];
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("what is read ahead is told in its order, and its end last and each time", async () => {
  const { conn, rest } = giving(bytes("a\r\n"), bytes("b\r\nc"), bytes("d\r\n"), null);
  const transport = new TcpTransport(conn);
  transport.onGone = () => {
    throw new Error("it has only said all");
  };
  const lines = transport.lines((await transport.read())!) as Iterable<string>;
  transport.readAhead();
  await until(() => rest.length === 0);
  // Those that were told of before are still there.
  assertEquals([...lines], ["a"]);
  assertEquals(await next(transport), ["b", "cd"]);
  assertEquals(await next(transport), null);
  assertEquals(await next(transport), null);
});

Deno.test("what comes while a read ahead is under way is told at once, and then it is read as before", async () => {
  const { conn, rest } = giving(bytes("a\r\n"), bytes("b\r\n"), bytes("c\r\n"), bytes("d\r\n"), null);
  const transport = new TcpTransport(conn);
  assertEquals(await next(transport), ["a"]);
  transport.readAhead();
  assertEquals(await next(transport), ["b"]);
  await turns();
  assertEquals(rest.length, 3);
  assertEquals([await next(transport), await next(transport), await next(transport)], [["c"], ["d"], null]);
});

Deno.test("a reset is told while lines that came before it wait", async () => {
  const reset = new Deno.errors.ConnectionReset();
  const transport = new TcpTransport(giving(bytes("a\r\n"), bytes("b\r\n"), reset).conn);
  const gone = Promise.withResolvers<unknown>();
  transport.onGone = gone.resolve;
  await transport.read();
  transport.readAhead();
  assertEquals(await gone.promise, reset);
});

Deno.test("of one who sends and sends while lines wait no more is read ahead than some, and nothing is lost", async () => {
  const { conn, rest } = giving(bytes("a\r\n"), bytes("0123456\r\n".repeat(10_000)), null);
  const transport = new TcpTransport(conn);
  await transport.read();
  transport.readAhead();
  await until(() => (rest[0] as Uint8Array).length <= 90_000 - 16_384);
  assertEquals((rest[0] as Uint8Array).length, 90_000 - 16_384);
  let lines = 0;
  for (let count = await transport.read(); count !== null; count = await transport.read()) {
    transport.readAhead();
    for (const line of transport.lines(count)) if (line === "0123456") lines++;
  }
  assertEquals(lines, 10_000);
});
