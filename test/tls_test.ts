/**
 * TLS over the whole way: the server as a program, its own authority, a certificate that is given to it, and peers that
 * behave badly.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { readCertificate } from "../server/tls/pair.ts";
import { dial, makeIssuer, pairOf } from "../server/tls/testing.ts";
import { openFolder, openRoom, PATIENCE, type Person, runServer, until } from "./room.ts";
import { SecureRoom } from "./tls.ts";
import { frame, TEXT } from "./websocket.ts";

/** What WHOIS says of somebody. */
async function whois(person: Person, nick: string): Promise<string[]> {
  await person.send(`WHOIS ${nick}`);
  const lines: string[] = [];
  for (;;) {
    const line = (await person.next())!;
    if (/ 318 /.test(line)) return lines;
    lines.push(line);
  }
}

/** Reads to the end of a connection, or until something has come. */
async function readUntil(conn: Deno.Conn, isThere: (text: string) => boolean = () => false): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  while (!isThere(text)) {
    const count = await deadline(conn.read(buffer), PATIENCE).catch(() => null);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}

/** Asks for something over HTTP. */
async function ask(conn: Deno.Conn, path: string, headers = ""): Promise<string> {
  await conn.write(new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`,
  ));
  const answer = await readUntil(conn);
  conn.close();
  return answer;
}

const UPGRADE = (port: number) =>
  `GET /irc HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: https://localhost:${port}\r\nConnection: Upgrade\r\n` +
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

Deno.test("chat and page are there over TLS without a flag, by an authority of the room's own that a restart keeps", async () => {
  const folder = await openFolder();
  const keeps = { path: folder.path, [Symbol.asyncDispose]: () => Promise.resolve() };
  let authority: string;
  {
    await using secure = await SecureRoom.open(() => [], {}, keeps);
    authority = await secure.authority();
    await using alice = await secure.person("alice");
    const bob = await secure.room.person("bob");
    assertMatch((await whois(bob, "alice")).join("\n"), / 671 bob alice :is using a secure connection/);
    assertEquals((await whois(alice, "bob")).some((line) => / 671 /.test(line)), false);
    assertMatch(await ask(await dial(secure.pagePort, authority), "/"), /^HTTP\/1.1 200 OK\r\n[^]*<!doctype html>/i);
    assertMatch(await ask(await dial(secure.pagePort, authority, "127.0.0.1"), "/health"), /\r\nok\n/);
    await alice.send("PRIVMSG bob :over TLS");
    await bob.sees(/^:alice!\S+ PRIVMSG bob :over TLS$/);
  }
  {
    await using secure = await SecureRoom.open(() => [], {}, keeps);
    assertEquals(await secure.authority(), authority);
    await using carol = await secure.person("carol", authority);
    assertMatch((await carol.everything()).join("\n"), /^$/);
  }
  await folder[Symbol.asyncDispose]();
});

Deno.test("a page over TLS is secure, and its cookie goes nowhere else", async () => {
  await using secure = await SecureRoom.open();
  const conn = await dial(secure.pagePort, await secure.authority());
  await conn.write(new TextEncoder().encode(UPGRADE(secure.pagePort)));
  const head = await readUntil(conn, (text) => text.includes("\r\n\r\n"));
  assertMatch(head, /^HTTP\/1.1 101 /);
  assertMatch(head, /\r\nSet-Cookie: __Host-teahouse-\w+=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Secure; /);
  for (const line of ["NICK dora", "USER d 0 * :d"]) await conn.write(frame(TEXT, line));
  assertStringIncludes(await readUntil(conn, (text) => / 422 /.test(text)), " 001 dora ");
  const bob = await secure.room.person("bob");
  assertMatch((await whois(bob, "dora")).join("\n"), / 671 bob dora /);
  conn.close();
});

Deno.test("a gateway that this machine trusts says whether its user's way is secure", async () => {
  await using secure = await SecureRoom.open(() => ["--trust-proxy", "127.0.0.1"]);
  const bob = await secure.room.person("bob");
  for (const [nick, options, isSecure] of [["eve", " :secure", true], ["fay", "", false]] as const) {
    await using user = await secure.stranger(nick);
    await user.send(`WEBIRC x gateway host 203.0.113.9${options}`, `NICK ${nick}`, `USER u 0 * :u`);
    await user.sees(/ 422 /);
    assertEquals((await whois(bob, nick)).some((line) => / 671 /.test(line)), isSecure, nick);
  }
});

Deno.test("a port that is taken and was not asked for is left to its owner; one that was asked for is told of", async () => {
  const listen = (port: number) => {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch {
      return undefined;
    }
  };
  // A room of another test may have it for a while, and somebody else for good.
  const hold = (port: number) => until(`port ${port}`, () => listen(port)).catch(() => undefined);
  const taken = await Promise.all([6697, 8443].map(hold));
  {
    await using room = await openRoom([], { page: "default" });
    const chat = await room.tlsPort();
    const [, page] = /https:\/\/[^/]*:(\d+)/.exec(await room.logs(/https:/))!;
    assert(taken[0] === undefined || chat !== 6697);
    assert(taken[1] === undefined || page !== "8443");
  }
  for (const listener of taken) listener?.close();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  for (const flag of ["--tls-port", "--web-tls-port"]) {
    const flags = ["--host", "127.0.0.1", "--port", "0", "--web-port", "0", "--db", ":memory:", flag, `${port}`];
    const { code, stderr } = await runServer(...flags);
    assertEquals([code, stderr.trim()], [1, `server.ts: port ${port} is in use; choose another with ${flag}`]);
  }
});

Deno.test("without TLS there is none; flags that contradict each other, and files that can't be used, are refused", async () => {
  {
    await using room = await openRoom(["--no-tls"]);
    assertEquals(room.log.filter((line) => /https:|TLS/.test(line)), []);
  }
  const room = ["--host", "127.0.0.1", "--port", "0", "--db", ":memory:"];
  const cases: [string[], number, RegExp][] = [
    [["--no-tls", "--tls-port", "0"], 2, /--tls-port and --no-tls exclude each other/],
    [["--no-web", "--web-tls-port", "0"], 2, /--web-tls-port and --no-web exclude each other/],
    [["--tls-cert", "x.pem"], 2, /--tls-cert and --tls-key belong together/],
    [["--tls-cert", "/no/x.pem", "--tls-key", "/no/k.pem"], 1, /cannot use TLS: cannot look at --tls-cert \/no\/x.pem/],
    [["--acme", "192.168.1.7"], 2, /--acme must be host names as tea.example.org/],
    [["--acme", "localhost"], 2, /--acme must be host names as tea.example.org/],
    [["--acme", "tea.example", "--no-web"], 2, /--acme and --no-web exclude each other/],
    [["--acme-directory", "http://x/"], 2, /--acme-directory must be an address that begins with https/],
  ];
  for (const [flags, code, expected] of cases) {
    const ended = await runServer(...room, ...flags);
    assertEquals(ended.code, code, flags.join(" "));
    assertMatch(ended.stderr, expected);
  }
});

Deno.test("a certificate is exchanged under 100 connections, none of which ends; a broken one changes nothing", async () => {
  const [old, fresh] = [makeIssuer(), makeIssuer()];
  await using folder = await openFolder();
  const [cert, key] = ["cert.pem", "key.pem"].map((name) => `${folder.path}/${name}`);
  const put = async (pair: { cert: string; key: string }) => {
    await Deno.writeTextFile(cert, pair.cert);
    await Deno.writeTextFile(key, pair.key, { mode: 0o600 });
  };
  await put(pairOf(old));
  await using secure = await SecureRoom.open(() => ["--tls-cert", cert, "--tls-key", key, "--flood-limit", "0"]);
  const guests: Person[] = [];
  for (let i = 0; i < 100; i++) guests.push(await secure.person(`guest${i}`, old.pem));
  const page = await dial(secure.pagePort, old.pem);

  await put(pairOf(fresh));
  await secure.room.logs(/there is a new certificate, which holds until /);
  await using late = await secure.person("late", fresh.pem);
  await assertRejects(() => secure.stranger("old", old.pem), Deno.errors.InvalidData);
  (await dial(secure.pagePort, fresh.pem)).close();
  await late.send(...guests.map((_, i) => `PRIVMSG guest${i} :are you there?`));
  for (const guest of guests) await guest.sees(/^:late!\S+ PRIVMSG \S+ :are you there\?$/);
  assertMatch(await ask(page, "/health"), /\r\nok\n/);

  await Deno.writeTextFile(key, "no key");
  await Deno.utime(key, new Date(0), new Date(0));
  await secure.room.logs("the certificate stays as it was: the key can't be read");
  await using after = await secure.person("after", fresh.pem);
  await after.send("PRIVMSG guest0 :still");
  await guests[0].sees(/ PRIVMSG guest0 :still$/);
  for (const guest of guests) await guest[Symbol.asyncDispose]();
});

Deno.test("an expired certificate is told of", async () => {
  await using folder = await openFolder();
  const pair = pairOf(makeIssuer(), {}, -2);
  const [cert, key] = ["cert.pem", "key.pem"].map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(cert, pair.cert);
  await Deno.writeTextFile(key, pair.key, { mode: 0o600 });
  await using secure = await SecureRoom.open(() => ["--tls-cert", cert, "--tls-key", key]);
  const { until: end } = readCertificate(pair.cert);
  const day = new Date(end).toISOString().slice(0, 10);
  assertEquals(
    (await secure.room.logs("expired")).replace(/^\S+ /, ""),
    `the certificate has expired on ${day}: clients refuse it`,
  );
});

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
