/**
 * What outlives the server: stopped, restarted, killed in the middle of a flood, or given a file that it can't use.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openFolder, openRoom, type Person, type Room, runServer } from "../room.ts";

/** How often a server is killed; test/faults/ does so more often. */
const KILLS = 5;

const CAPS = "batch message-tags server-time draft/chathistory soju.im/search";

/** What a CHATHISTORY gives, as the senders' nicks and texts. */
async function latest(person: Person, target: string, limit = 100): Promise<string[]> {
  await person.send(`CHATHISTORY LATEST ${target} * ${limit}`);
  const lines = await person.everything();
  return lines.flatMap((line) => {
    const [, nick, text] = /:([^ !]+)![^ ]+ (?:PRIVMSG|NOTICE) [^ ]+ :(.*)$/.exec(line) ?? [];
    return nick === undefined ? [] : [`${nick}: ${text}`];
  });
}

Deno.test("What was said before a restart is told to those who join, and given to those who ask", async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  {
    await using room = await openRoom(flags);
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("TOPIC #tea :all about tea", "MODE #tea +kb oolong *!*@spam", "PRIVMSG #tea :first 茶");
    await alice.send("PRIVMSG #tea :\x01ACTION pours\x01", "NOTICE #tea :last");
    await alice.everything();
  }
  await using room = await openRoom(flags);
  const bob = await room.person("bob", { caps: "batch" });
  await bob.send("JOIN #tea");
  assertMatch((await bob.everything()).join("\n"), / 475 bob #tea /);
  await bob.send("JOIN #tea oolong");
  const seen = (await bob.everything()).filter((line) => / (JOIN|332|PRIVMSG|NOTICE) /.test(line));
  const past = ":alice!alice@127.0.0.1";
  const plain = seen.map((line) => line.replace(/^@batch=\S+ /, "").replace(/\[\d\d:\d\d\]/, "[hh:mm]"));
  assertEquals(plain, [
    ":bob!bob@127.0.0.1 JOIN #tea",
    ":Teahouse.local 332 bob #tea :all about tea",
    `${past} PRIVMSG #tea :[hh:mm] first 茶`,
    `${past} PRIVMSG #tea :\x01ACTION [hh:mm] pours\x01`,
    `${past} NOTICE #tea :[hh:mm] last`,
  ]);
  await bob.send("MODE #tea b");
  await bob.sees(/ 367 bob #tea \*!\*@spam /);

  const carol = await room.person("carol", { caps: CAPS });
  await carol.send("JOIN #tea oolong");
  assertEquals((await carol.everything()).filter((line) => / (PRIVMSG|BATCH) /.test(line)), []);
  assertEquals(await latest(carol, "#tea"), ["alice: first 茶", "alice: \x01ACTION pours\x01", "alice: last"]);
  await carol.send("SEARCH in=#tea;text=茶");
  assertStringIncludes((await carol.everything()).join("\n"), "PRIVMSG #tea :first 茶");
});

/** Logs in to an account, which is made the first time. */
async function logIn(person: Person, verb: "REGISTER" | "IDENTIFY"): Promise<void> {
  if (verb === "REGISTER") {
    await person.send("REGISTER * * correct-horse");
    await person.sees(/ REGISTER SUCCESS /);
  } else {
    await person.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0${person.nick}\0correct-horse`)}`);
    await person.sees(/ 903 /);
  }
}

Deno.test("A private talk is given back to the accounts that had it, after a restart, too, and to nobody else", async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  const caps = `${CAPS} sasl draft/account-registration`;
  for (const verb of ["REGISTER", "IDENTIFY"] as const) {
    await using room = await openRoom(flags);
    const [alice, bob, eve] = await Promise.all(["alice", "bob", "eve"].map((nick) => room.person(nick, { caps })));
    for (const person of [alice, bob]) await logIn(person, verb);
    if (verb === "REGISTER") {
      await alice.send("PRIVMSG bob :for you alone");
      await bob.sees(/for you alone/);
    }
    assertEquals(await latest(bob, "alice"), ["alice: for you alone"]);
    assertEquals(await latest(alice, "bob"), ["alice: for you alone"]);
    assertEquals(await latest(eve, "alice"), []);
    assertEquals(await latest(eve, "bob"), []);
    await eve.send("SEARCH text=alone");
    assert(!(await eve.everything()).join("\n").includes("for you alone"));
  }
});

Deno.test("Killed in the middle of a flood, again and again: what was acknowledged before is there, in order, once", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/tea.db`;
  const flags = ["--db", file, "--flood-limit", "0"];
  let said = 0;
  /** What was not acknowledged in time before a kill, and may be gone. */
  const mayBeLost = new Set<number>();
  for (let round = 0; round < KILLS; round++) {
    const room = await openRoom(flags);
    let inTime = said;
    try {
      const alice = await room.person("alice", { caps: "message-tags", join: "#tea" });
      const times: { at: number; said: number }[] = [];
      // A flood that goes on until it is cut off.
      for (const end = performance.now() + 400; performance.now() < end;) {
        await alice.send(...Array.from({ length: 20 }, () => `PRIVMSG #tea :${said++} of many`));
        await alice.everything();
        times.push({ at: performance.now(), said });
      }
      void alice.send(...Array.from({ length: 500 }, () => `PRIVMSG #tea :${said++} of many`)).catch(() => {});
      room.kill("SIGKILL");
      const killedAt = performance.now();
      inTime = times.findLast(({ at }) => at < killedAt - 200)!.said;
      assert(await room.ended() !== 0);
    } finally {
      await room[Symbol.asyncDispose]();
    }
    const db = new DatabaseSync(file);
    const rows = db.prepare("SELECT text FROM messages ORDER BY id").all() as { text: string }[];
    db.close();
    const numbers = rows.map(({ text }) => parseInt(text));
    assertEquals(numbers, [...new Set(numbers)].sort((a, b) => a - b), "in order, once");
    const kept = new Set(numbers);
    for (let i = 0; i < inTime; i++) assert(kept.has(i) || mayBeLost.has(i), `message ${i} of ${said} is lost`);
    for (let i = inTime; i < said; i++) mayBeLost.add(i);
  }
  assert(said - mayBeLost.size > 50 * KILLS, `${said} said, ${mayBeLost.size} not in time`);
});

Deno.test("A stop loses nothing, however soon after the last word it comes", async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const room = await openRoom(flags);
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send(`PRIVMSG #tea :before ${signal}`);
    await alice.everything();
    room.kill(signal);
    assertEquals(await room.ended(), 0);
    await room[Symbol.asyncDispose]();
  }
  await using room = await openRoom(flags);
  const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
  assertEquals(await latest(bob, "#tea"), ["alice: before SIGTERM", "alice: before SIGINT"]);
});

Deno.test("An error that nobody has caught is reported once, the room goes on, and what was said is kept", async () => {
  await using folder = await openFolder();
  const preload = `${folder.path}/faults.ts`;
  Deno.writeTextFileSync(
    preload,
    `Deno.addSignalListener("SIGUSR1", () => { throw new Error("thrown"); });
    Deno.addSignalListener("SIGUSR2", () => { Promise.reject(new Error("rejected")); });`,
  );
  const file = `${folder.path}/tea.db`;
  const room = await openRoom(["--db", file], { preload });
  const faults = () => room.log.filter((line) => line.includes("a fault that nobody has caught"));
  const said: string[] = [];
  try {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    for (const [signal, fault] of [["SIGUSR1", "thrown"], ["SIGUSR2", "rejected"]] as const) {
      said.push(`before it was ${fault}`, `after it was ${fault}`);
      await alice.send(`PRIVMSG #tea :before it was ${fault}`);
      room.kill(signal);
      await room.logs(new RegExp(`a fault that nobody has caught: Error: ${fault}$`));
      room.kill(signal);
      await alice.send(`PRIVMSG #tea :after it was ${fault}`);
      for (const text of said.slice(-2)) await bob.sees(`:alice!alice@127.0.0.1 PRIVMSG #tea :${text}`);
    }
    await room.servesNewcomers();
    room.kill("SIGTERM");
    assertEquals(await room.ended(), 0);
  } finally {
    await room[Symbol.asyncDispose]();
  }
  assertEquals(faults().length, 2, faults().join("\n"));
  const db = new DatabaseSync(file);
  assertEquals(db.prepare("SELECT text FROM messages WHERE target = '#tea'").all().map(({ text }) => text), said);
  db.close();
});

Deno.test("--keep 0 keeps nothing and offers nothing, and what is older than --keep is not told", async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  {
    await using room = await openRoom([...flags, "--keep", "90d"]);
    const alice = await room.stranger("alice");
    await alice.send("NICK alice", "USER alice 0 * :alice");
    await alice.sees(/ NOTICE alice :This room keeps what is said for 90 days/);
    await alice.send("JOIN #tea", "PRIVMSG #tea :kept");
    await alice.everything();
  }
  await using room = await openRoom([...flags, "--keep", "0"]);
  const bob = await room.stranger("bob");
  await bob.send("CAP LS 302");
  assert(!(await bob.next())!.includes("chathistory"));
  await bob.send("NICK bob", "USER bob 0 * :bob", "CAP END", "JOIN #tea", "PRIVMSG #tea :not kept");
  const seen = (await bob.everything()).join("\n");
  assert(!seen.includes(":kept") && !seen.includes("keeps what is said"), seen);
});

/** What the server prints when it refuses to start with a database. */
async function refusal(file: string): Promise<string> {
  const { code, stderr, stdout } = await runServer("--port", "0", "--db", file);
  assertEquals(code, 1, stdout + stderr);
  return stderr;
}

Deno.test("A database that can't be used is refused in one line, and is not touched", async () => {
  await using folder = await openFolder();
  const path = (name: string) => `${folder.path}/${name}`;
  Deno.writeTextFileSync(path("text.db"), "this is a letter and no database\n".repeat(100));
  const other = new DatabaseSync(path("other.db"));
  other.exec("CREATE TABLE songs (name TEXT)");
  other.close();
  await (await openRoom(["--db", path("newer.db")]))[Symbol.asyncDispose]();
  const newer = new DatabaseSync(path("newer.db"));
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  const locked = new DatabaseSync(path("locked.db"));
  locked.exec("CREATE TABLE songs (name TEXT); BEGIN EXCLUSIVE");
  await Deno.mkdir(path("folder.db"));

  const table: [string, RegExp][] = [
    ["text.db", /file is not a database/],
    ["other.db", /is the database of another program/],
    ["newer.db", /newer version of Teahouse \(its schema is 999, this one knows \d+\)/],
    ["locked.db", /database is locked/],
    ["folder.db", /unable to open database file/],
    ["no/such/folder/tea.db", /there is no folder \S+\/no\/such\/folder, and none above it in which it could be made/],
  ];
  for (const [name, expected] of table) {
    const stderr = await refusal(path(name));
    assertMatch(stderr, expected);
    assertMatch(stderr, /^server\.ts: [^\n]*; choose another with --db\n$/, name);
  }
  locked.close();
  assertStringIncludes(Deno.readTextFileSync(path("text.db")), "this is a letter");

  await using _room = await openRoom(["--db", path("shared.db")]);
  assertMatch(await refusal(path("shared.db")), /shared\.db is in use by another server/);
});

Deno.test("A damaged database is refused in one line", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/tea.db`;
  {
    await using room = await openRoom(["--db", file, "--flood-limit", "0"]);
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send(...Array.from({ length: 2_000 }, (_, i) => `PRIVMSG #tea :${i} ${"words ".repeat(20)}`));
    await alice.everything();
  }
  const bytes = Deno.readFileSync(file);
  // What was said, then the tables themselves.
  for (const from of [80_000, 100]) {
    bytes.fill(0xAA, from);
    Deno.writeFileSync(file, bytes);
    const stderr = await refusal(file);
    assertMatch(stderr, /^server\.ts: cannot use [^\n]* as the database: [^\n]*; choose another with --db\n$/);
  }
});

/** Has another program lock a room's file, and alice say something then. @returns The other program's way to the file, and her. */
async function locked(room: Room, file: string): Promise<{ db: DatabaseSync; alice: Person }> {
  const alice = await room.person("alice", { join: "#tea" });
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec("BEGIN IMMEDIATE");
  await alice.send("PRIVMSG #tea :said while it is locked");
  return { db, alice };
}

/** The texts of all messages in a database. */
const textsIn = (db: DatabaseSync) => db.prepare("SELECT text FROM messages").all().map(({ text }) => text);

Deno.test("A file that another program has locked holds up nobody, and all is written once it is free", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/tea.db`;
  await using room = await openRoom(["--db", file]);
  const { db } = await locked(room, file);
  await room.logs(/cannot write .*tea\.db: database is locked; what is said is kept in memory/);
  const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
  assertEquals(await latest(bob, "#tea"), ["alice: said while it is locked"]);
  db.exec("ROLLBACK");
  await room.logs(/tea\.db is written again/);
  assertEquals(textsIn(db), ["said while it is locked"]);
  db.close();
  assertEquals(room.log.filter((line) => line.includes("cannot write")).length, 1);
});

Deno.test("A room that is closed while another program has its file locked waits for that, and loses nothing", {
  ignore: Deno.build.os === "windows",
}, async () => {
  for (const isGivenUp of [false, true]) {
    await using folder = await openFolder();
    const file = `${folder.path}/tea.db`;
    await using room = await openRoom(["--db", file]);
    const { db, alice } = await locked(room, file);
    await alice.everything();
    room.kill("SIGTERM");
    await alice.rest();
    await room.logs(/another program has locked the database: .* 60 s at the most; a second SIGTERM or Ctrl-C ends /);
    if (isGivenUp) room.kill("SIGTERM");
    else db.exec("ROLLBACK");
    assertEquals(await room.ended(), isGivenUp ? 1 : 0);
    assertEquals(room.log.some((line) => /what was not written to \S+tea\.db is lost/.test(line)), isGivenUp);
    if (isGivenUp) db.exec("ROLLBACK");
    const texts = textsIn(db);
    db.close();
    assertEquals(texts, isGivenUp ? [] : ["said while it is locked"]);
  }
});

Deno.test("--keep takes a time, 0 or forever, and nothing else", async () => {
  for (const keep of ["90", "soon", "-1d", "1.5d", ""]) {
    const { code, stderr } = await runServer(`--keep=${keep}`);
    assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
    assertMatch(stderr, /--keep must be a time as 12h or 90d, 0 or forever/);
  }
});
