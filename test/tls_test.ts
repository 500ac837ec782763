/**
 * TLS over the whole way: the server as a program, its own authority, and a certificate that is given to it. Peers that
 * behave badly are in load/tls_peers_test.ts.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { readCertificate } from "../server/tls/pair.ts";
import { dial, makeIssuer, pairOf } from "../server/tls/testing.ts";
import { openFolder, openRoom, type Person, runServer, until } from "./room.ts";
import { readUntil, SecureRoom } from "./tls.ts";
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
