import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { TcpTransport } from "./transport.ts";

/** A connection whose other end sends this much, and then ends its side if it is told to; and what has been read. */
function sending(bytes: number): { conn: Deno.TcpConn; readonly read: number } {
  let read = 0;
  let isClosed = false;
  const conn = {
    remoteAddr: { hostname: "127.0.0.1" },
    setNoDelay() {},
    close: () => isClosed = true,
    async read(buffer: Uint8Array) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isClosed) throw new Deno.errors.BadResource();
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
  transport.close();
  assertEquals(await reading, null);
});
