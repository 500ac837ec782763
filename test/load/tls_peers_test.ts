/**
 * TLS over the whole way, with peers that behave badly: silent ones, such as speak no TLS or break off, readers who stop, and
 * who sends too fast.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { dial } from "../../server/tls/testing.ts";
import { PATIENCE, until } from "../room.ts";
import { readUntil, SecureRoom } from "../tls.ts";

Deno.test("300 silent peers, and peers that speak no TLS, hold up nobody and are closed", async () => {
  await using secure = await SecureRoom.open(() => ["--max-per-ip", "400", "--log-level", "debug"]);
  const { room, chatPort, pagePort } = secure;
  await using alice = await secure.person("alice");
  const bob = await room.person("bob");
  const begun = room.descriptors;
  const connect = (port: number) => Deno.connect({ hostname: "127.0.0.1", port });
  const silent = await Promise.all(
    Array.from({ length: 300 }, (_, i) => connect(i % 2 === 0 ? chatPort : pagePort)),
  );
  await until("the server to have them", () => room.descriptors >= begun + 300 || undefined);
  for (
    const [port, text] of [[chatPort, "NICK eve\r\nUSER e 0 * :e\r\n"], [pagePort, "GET / HTTP/1.1\r\n\r\n"]] as const
  ) {
    const plain = await connect(port);
    await plain.write(new TextEncoder().encode(text));
    // An alert of TLS, and nothing else.
    assertEquals((await readUntil(plain)).length <= 7, true);
    plain.close();
  }
  const before = performance.now();
  await alice.send("PRIVMSG bob :hold up?");
  await bob.sees(/PRIVMSG bob :hold up\?$/);
  (await dial(pagePort, await secure.authority())).close();
  assert(performance.now() - before < 2_000);
  // In the room they never were.
  await bob.send("LUSERS");
  await bob.sees(/ 251 bob :There are 2 users/);
  for (const conn of silent) {
    assertEquals(await readUntil(conn), "");
    conn.close();
  }
  await until("their sockets to be given back", () => room.descriptors <= begun + 10 || undefined);
  assertEquals(room.log.filter((line) => /fault|rror/.test(line)), []);
});

Deno.test("a peer that is reset, breaks off in the middle, or ends without an end of TLS ends alone", async () => {
  await using secure = await SecureRoom.open();
  const bob = await secure.room.person("bob", { join: "#tea" });
  const authority = await secure.authority();
  for (const nick of ["cut", "gone"]) {
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port: secure.chatPort });
    const conn = await Deno.startTls(tcp, { hostname: "localhost", caCerts: [authority] });
    await conn.handshake();
    await conn.write(
      new TextEncoder().encode(`NICK ${nick}\r\nUSER u 0 * :u\r\nJOIN #tea\r\nPRIVMSG #tea :last words\r\n`),
    );
    await bob.sees(new RegExp(`^:${nick}!\\S+ PRIVMSG #tea :last words$`));
    conn.close();
    await bob.sees(new RegExp(`^:${nick}!\\S+ QUIT :`));
  }
  // Bytes in the middle that are no record of TLS: through a wire that changes them.
  using broken = await tamper(secure.chatPort);
  const eve = await Deno.startTls(await Deno.connect({ hostname: "127.0.0.1", port: broken.port }), {
    hostname: "localhost",
    caCerts: [authority],
  });
  await eve.handshake();
  await eve.write(new TextEncoder().encode("NICK eve\r\nUSER u 0 * :u\r\nJOIN #tea\r\n"));
  await bob.sees(/^:eve!\S+ JOIN #tea$/);
  broken.isBreaking = true;
  await eve.write(new TextEncoder().encode("PRIVMSG #tea :changed on the way\r\n")).catch(() => {});
  await bob.sees(/^:eve!\S+ QUIT :Connection reset$/);
  eve.close();
  await secure.room.servesNewcomers();
  assertEquals(secure.room.log.filter((line) => /fault|rror/.test(line)), []);
});

/** A wire to a port, which changes bytes of what goes there once it is told to. */
async function tamper(to: number): Promise<Disposable & { port: number; isBreaking: boolean }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const state = { port: listener.addr.port, isBreaking: false, [Symbol.dispose]: () => listener.close() };
  await Promise.resolve();
  listener.accept().then(async (from) => {
    const there = await Deno.connect({ hostname: "127.0.0.1", port: to });
    const change = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (state.isBreaking) chunk[chunk.length - 1] ^= 1;
        controller.enqueue(chunk);
      },
    });
    await Promise.allSettled([
      from.readable.pipeThrough(change).pipeTo(there.writable),
      there.readable.pipeTo(from.writable),
    ]);
  }, () => {});
  return state;
}

Deno.test("a reader that stops is closed by its SendQ over TLS, too, and keeps no socket and no memory", async () => {
  await using secure = await SecureRoom.open(() => ["--flood-limit", "0"]);
  const { room } = secure;
  await using stopped = await secure.stranger("stopped");
  await stopped.send("NICK stopped", "USER s 0 * :s", "JOIN #tea");
  const bob = await room.person("bob", { join: "#tea" });
  await bob.send("NAMES #tea");
  const text = "x".repeat(400);
  const flooding = (async () => {
    for (;;) {
      await bob.send(...Array.from({ length: 200 }, () => `PRIVMSG #tea :${text}`));
      if ((await bob.everything()).some((line) => /^:stopped!\S+ QUIT :SendQ exceeded$/.test(line))) return;
    }
  })();
  await deadline(flooding, PATIENCE);
  const before = room.descriptors;
  await until("its socket to be given back", () => room.descriptors < before || undefined);
});

Deno.test("what somebody sends faster than it is handled waits with them, over TLS as without", async () => {
  await using secure = await SecureRoom.open();
  const { room } = secure;
  await using eve = await secure.person("eve");
  const before = room.memory;
  const lines = new TextEncoder().encode(`PRIVMSG eve :${"x".repeat(400)}\r\n`.repeat(2_000));
  let taken = 0;
  const sending = (async () => {
    for (;;) {
      await eve.sendBytes(lines);
      taken += lines.length;
    }
  })().catch(() => {});
  // Until no more is taken: what the system holds on both sides.
  for (let last = -1; taken !== last; await delay(500)) last = taken;
  assert(taken < 32 * 2 ** 20, `${taken} bytes were taken`);
  assert(room.memory - before < 32 * 2 ** 20, `${room.memory - before} bytes more`);
  await room.servesNewcomers();
  await eve[Symbol.asyncDispose]();
  await sending;
});
