/**
 * Many connections: of strangers who say nothing, of people who are silent, of more than there are files for.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { Peer } from "../peer.ts";
import { openFolder, openRoom, type Person, type Room, until } from "../room.ts";

const MEBIBYTE = 1 << 20;
const isLinux = Deno.build.os === "linux";

/** As many connections, a few at a time. */
async function connectMany(room: Room, count: number): Promise<Deno.TcpConn[]> {
  const conns: Deno.TcpConn[] = [];
  while (conns.length < count) {
    conns.push(...await Promise.all(Array.from({ length: Math.min(50, count - conns.length) }, () => room.connect())));
  }
  return conns;
}

/** Waits until someone is let in: one who comes right after another has gone may come before that is counted. */
async function hasRoom(room: Room): Promise<void> {
  await until("room for one more", async () => {
    const guest = await room.stranger();
    await guest.send("PING in", "QUIT");
    return (await guest.rest()).some((line) => line.endsWith(" PONG Teahouse.local :in")) || undefined;
  });
}

Deno.test("500 connections that never register: others are served meanwhile, and memory is modest", {
  ignore: !isLinux,
}, async () => {
  await using room = await openRoom(["--max-per-ip", "0"]);
  await room.servesNewcomers();
  const before = room.memory;
  await connectMany(room, 500);
  const alice = await room.person("alice");
  await alice.send("LUSERS");
  // They have all been accepted.
  await alice.sees(":Teahouse.local 253 alice 500 :unregistered connections");
  assertLess(room.memory - before, 50 * MEBIBYTE);
  await room.servesNewcomers();
});

Deno.test("--max-per-ip: those beyond it are told why and closed; who leaves makes room", async () => {
  await using room = await openRoom(["--max-per-ip", "5"]);
  const people: Person[] = [];
  for (const nick of ["alice", "bob", "carol"]) people.push(await room.person(nick, { join: "#tea" }));
  // Those who have not registered count, too.
  const strangers = [await room.stranger(), await room.stranger()];
  for (let i = 0; i < 20; i++) {
    const refused = await room.stranger();
    assertEquals(await refused.rest(), ["ERROR :Closing link: (Too many connections from your address)"]);
  }
  await people[0].send("PRIVMSG #tea :we are still here");
  await people[2].sees(":alice!alice@127.0.0.1 PRIVMSG #tea :we are still here");
  for (const stranger of strangers) {
    await stranger.send("QUIT");
    await stranger.rest();
  }
  await hasRoom(room);
});

Deno.test("--max-per-ip 1: one after the other", async () => {
  await using room = await openRoom(["--max-per-ip", "1"]);
  for (let i = 0; i < 3; i++) await hasRoom(room);
});

Deno.test("no more files to open: those inside are served, who waits comes in when others go, and nothing spins", {
  ignore: !isLinux,
}, async () => {
  // As npx starts it, which the server then looks for by opening a file.
  await using room = await openRoom(["--flood-limit", "0"], { openFiles: 64, env: { npm_lifecycle_event: "npx" } });
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  // The kernel completes them all; the server can take only some of them.
  const conns = await connectMany(room, 100);
  await room.logs(/cannot accept .*Too many open files/);

  const begun = room.computed;
  await delay(2_000);
  assertLess(room.computed - begun, 60, "milliseconds computed in 2 s");

  await alice.send("PRIVMSG #tea :it is crowded");
  await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :it is crowded");

  for (const conn of conns) conn.close();
  await room.servesNewcomers();
  // It says so when it begins, not each time that it tries again.
  assertLess(room.log.filter((line) => line.includes("cannot accept")).length, 5, room.log.join("\n"));
});

Deno.test("1,000 silent people cost less than 1 % of a core", { ignore: !isLinux }, async () => {
  await using room = await openRoom(["--max-per-ip", "0"]);
  const conns = await connectMany(room, 1_000);
  const buffer = new Uint8Array(65536);
  await Promise.all(conns.map(async (conn, i) => {
    await conn.write(new TextEncoder().encode(`NICK guest${i}\r\nUSER guest 0 * :guest\r\nJOIN #tea\r\n`));
    await conn.read(buffer);
  }));
  const alice = await room.person("alice");
  await alice.send("LUSERS");
  assertMatch(await alice.sees(/ 251 /), /:There are 1001 users /);
  await alice.everything();
  // What they were sent on coming in has been written by now, or is waiting for them to read it. After such a rush the
  // server collects its garbage once, and hands memory back, within some seconds: that is not what they cost. So further looks
  // are allowed.
  let computed = Infinity;
  for (let looks = 0; computed >= 30 && looks < 6; looks++) {
    const begun = room.computed;
    await delay(3_000);
    computed = room.computed - begun;
  }
  assertLess(computed, 30, "milliseconds computed in 3 s");
  await room.servesNewcomers();
});

Deno.test("Passwords that many have had hashed leave no memory behind", { ignore: !isLinux }, async () => {
  await using folder = await openFolder();
  await using room = await openRoom(["--db", `${folder.path}/teahouse.db`]);
  const before = room.memory;
  for (let i = 1; i <= 90; i += 3) {
    // Each from an address of its own, or they would have to wait.
    const guests = [i, i + 1, i + 2].map(async (n) => {
      using guest = await Peer.connect(room.port, `127.0.2.${n}`);
      await guest.say("CAP REQ :draft/account-registration", `NICK guest${n}`, "USER x 0 * :x", "CAP END");
      await guest.say("REGISTER * * opensesame");
      assert(await guest.sees(/ REGISTER SUCCESS /));
    });
    await Promise.all(guests);
  }
  // 16 MiB for each, in each thread that has had one.
  assertLess((room.memory - before) / MEBIBYTE, 48);
});
