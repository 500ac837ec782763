import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Buffer } from "node:buffer";
import { Channel } from "../room/channel.ts";
import { History } from "./history.ts";
import { firstId } from "./records.ts";
import { parseMask } from "../room/masklist.ts";
import { KeptChannels } from "./channels.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { Store } from "./store.ts";
import { type Person, quickAccounts, Room, sessionOf } from "../testing.ts";

/** A database over several openings of a room, with accounts for whoever needs one. */
class House implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly file = `${this.folder}/tea.db`;
  readonly log: string[] = [];

  /** Opens the room and, after the test, ends it: as a stop does, or in the middle of everything. */
  async open(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
    const onError = (text: string) => this.log.push(text);
    const store = new Store(this.file, { onError });
    const history = new History(store, { onError });
    {
      await using room = new Room({}, {}, {
        history,
        keptChannels: new KeptChannels(store),
        accounts: quickAccounts(store),
      });
      await test(room, store);
    }
    history.close();
    await store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Someone who comes in logged in to an account, which is made where there is none. */
async function owner(room: Room, nick: string): Promise<Person> {
  const accounts = room.chat.accounts!;
  if (accounts.find(nick) === undefined) await accounts.register(nick, "opensesame");
  const person = await room.person(nick, { caps: "sasl" });
  await person.send("AUTHENTICATE PLAIN");
  await person.sees("AUTHENTICATE +");
  await person.send(`AUTHENTICATE ${Buffer.from(`\0${nick}\0opensesame`).toString("base64")}`);
  await person.sees(/ 903 /);
  return person;
}

/** Whether someone gets in. */
async function getsIn(person: Person, channel = "#tea"): Promise<boolean> {
  await person.send(`JOIN ${channel}`);
  const lines = await person.everything();
  const isIn = lines.some((line) => line.endsWith(` JOIN ${channel}`));
  assertEquals(lines.some((line) => / 473 /.test(line)), !isIn, lines.join("\n"));
  return isIn;
}

async function leaves(...people: Person[]): Promise<void> {
  for (const person of people) {
    await person.send("QUIT");
    await person.rest();
  }
}

Deno.test("Who is kicked from a channel with mode i is not back, neither at once nor after the others left nor after a restart", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const [alice, bob] = [await owner(room, "alice"), await owner(room, "bob")];
    await alice.send("JOIN #tea", "MODE #tea +i", "INVITE bob #tea");
    await bob.sees(/INVITE/);
    assert(await getsIn(bob));
    await alice.send("KICK #tea bob");
    await bob.sees(/ KICK #tea bob /);
    assertEquals(await getsIn(bob), false);
    await leaves(alice);
    assertEquals(await getsIn(bob), false);
  });
  await house.open(async (room) => {
    const bob = await owner(room, "bob");
    assertEquals(await getsIn(bob), false);
    // The operator had a seat as well, and has it still.
    assert(await getsIn(await owner(room, "alice")));
    assertEquals(await getsIn(bob), false);
  });
});

Deno.test("A seat is given when mode i is set or one is let in, is kept over a lost connection and a restart, and given up by PART", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const [alice, bob, carol] = [await owner(room, "alice"), await owner(room, "bob"), await owner(room, "carol")];
    await alice.send("JOIN #tea");
    await alice.everything();
    assert(await getsIn(bob));
    await alice.send("MODE #tea +i", "INVITE carol #tea");
    await carol.sees(/INVITE/);
    assert(await getsIn(carol));
    await bob.send("PART #tea");
    await bob.everything();
    // What is set just before the last one leaves has the seats of all.
    await alice.send("TOPIC #tea :for us three");
    await leaves(alice, carol);
  });
  await house.open(async (room) => {
    for (const nick of ["carol", "alice"]) assert(await getsIn(await owner(room, nick)), nick);
    for (const nick of ["bob", "dave"]) assertEquals(await getsIn(await owner(room, nick)), false);
  });
});

Deno.test("A ban takes the seats of those whom it covers, whether they are in or away; lifting mode i takes all", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const people = [];
    for (const nick of ["alice", "bob", "carol", "dave", "erin"]) people.push(await owner(room, nick));
    const [alice, bob, carol, dave, erin] = people;
    for (const person of people) assert(await getsIn(person));
    await alice.send("MODE #tea +i");
    await leaves(carol);
    // Erin is excepted, and to be muted takes no seat.
    await alice.send("MODE #tea +e ~a:erin", "MODE #tea +bb ~a:bob ~a:carol", "MODE #tea +b ~m:~a:dave");
    await alice.send("MODE #tea +b ~a:erin", "MODE #tea -bbb ~a:bob ~a:carol ~a:erin");
    await alice.everything();
    await leaves(bob, dave, erin);
  });
  await house.open(async (room) => {
    const found: Record<string, boolean> = {};
    for (const nick of ["bob", "carol", "dave", "erin"]) found[nick] = await getsIn(await owner(room, nick));
    assertEquals(found, { bob: false, carol: false, dave: true, erin: true });
    const alice = await owner(room, "alice");
    assert(await getsIn(alice));
    await alice.send("PART #tea");
    await alice.everything();
    const dave = await owner(room, "dave2");
    await dave.everything();
    room.chat.channels.find("#tea")!.setFlag("i", false);
    room.chat.channels.find("#tea")!.setFlag("i", true);
    assertEquals(await getsIn(alice), false);
  });
});

Deno.test("A seat follows its owner who logs in or out, and takes nobody else along", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await owner(room, "alice");
    await alice.send("JOIN #tea");
    await alice.everything();
    const bob = await room.person("robert", { caps: "sasl", join: "#tea" });
    await alice.send("MODE #tea +i");
    await alice.everything();
    await room.chat.accounts!.register("bob", "opensesame");
    await bob.send("AUTHENTICATE PLAIN");
    await bob.sees("AUTHENTICATE +");
    await bob.send(`AUTHENTICATE ${Buffer.from("\0bob\0opensesame").toString("base64")}`);
    await bob.sees(/ 903 /);
    await leaves(bob);
    // The seat that the guest had is the account's now.
    assertEquals(await getsIn(await room.person("robert")), false);
    await leaves(alice);
  });
  await house.open(async (room) => {
    assert(await getsIn(await owner(room, "bob")));
    const alice = await owner(room, "alice");
    assert(await getsIn(alice));
    await alice.send("KICK #tea bob");
    await alice.everything();
  });
  await house.open(async (room) => assertEquals(await getsIn(await owner(room, "bob")), false));
});

Deno.test("A guest's seat ends with the connection", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await owner(room, "alice");
    const bob = await room.person("bob");
    await alice.send("JOIN #tea");
    await alice.everything();
    assert(await getsIn(bob));
    await alice.send("MODE #tea +i");
    await alice.everything();
    await leaves(bob);
    assertEquals(await getsIn(await room.person("bob")), false);
  });
});

Deno.test("A channel with full lists is brought over from an older database, and a change writes a row or two", async () => {
  await using house = new House();
  const older = new DatabaseSync(house.file);
  for (const migration of MIGRATIONS.slice(0, 4)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 4`);
  const masks = (letter: string) =>
    Array.from({ length: 100 }, (_, i) => ({ text: `${letter}${i}!*@*`, by: "alice!a@b", at: 1_000 + i }));
  const settings = {
    name: "#Tea",
    created: 1,
    topic: { text: "old", by: "alice!a@b", at: 5 },
    flags: "int",
    key: "oolong",
    limit: 7,
    bans: masks("b"),
    exceptions: masks("e"),
    inviteExceptions: masks("I"),
    operators: ["alice", "bob"],
    seats: ["account:alice", "account:carol"],
    metadata: [["url", "https://tea"], ["avatar", ""]],
  };
  const put = older.prepare("INSERT INTO channels VALUES (?, ?, 0)");
  put.run("#tea", JSON.stringify(settings));
  // As it was before there were exceptions and metadata; and damaged ones, which are in nobody's way.
  put.run("#old", JSON.stringify({ name: "#old", created: 1, flags: "m", bans: [], operators: ["x"], seats: [] }));
  put.run("#bad1", "{");
  put.run("#bad2", "null");
  put.run("#bad3", '{"name":"#bad3","created":1,"flags":"","bans":[1,"x",{"text":null}],"metadata":[["a"]],"seats":5}');
  older.exec("INSERT INTO conversations VALUES (1, '#tea')");
  const id = firstId(Date.now());
  older.exec(`INSERT INTO messages VALUES (${id}, 1, 'PRIVMSG', 'a!a@b', 'account:a', 'a', '#tea', 'kept', NULL)`);
  older.close();
  await house.open(async (room, store) => {
    const keptChannels = new KeptChannels(store);
    const none = { founder: undefined, keyId: undefined, era: undefined };
    const brought = { ...settings, operators: ["account:alice", "account:bob"], ...none };
    assertEquals(keptChannels.find("#tea"), brought as unknown as typeof brought & { metadata: [string, string][] });
    assertEquals([keptChannels.find("#old")?.operators, keptChannels.find("#bad1"), keptChannels.find("#bad2")], [
      ["account:x"],
      undefined,
      undefined,
    ]);
    keptChannels.find("#bad3");
    const channel = new Channel("#tea", 1, keptChannels.find("#tea"));
    const written = (change: () => void) => {
      const count = () => Number(store.db.prepare("SELECT total_changes() AS n").get()!.n);
      store.flush();
      const before = count();
      change();
      keptChannels.changed(channel);
      store.flush();
      assertEquals(keptChannels.find("#tea"), channel.settings);
      return count() - before;
    };
    const topic = { text: "new", by: "alice!a@b", at: 6 };
    assertEquals(written(() => channel.topic = topic), 1);
    assertEquals(written(() => channel.removeMask("b", parseMask("b5!*@*")!)), 2);
    assertEquals(written(() => channel.addMask("b", parseMask("~t:9:b6!*@*")!, "alice!a@b", 1)), 3);
    assertEquals(written(() => channel.metadata.set("url", "https://milk")), 2);
    assertEquals(written(() => channel.noteOperator("account:bob", false)), 2);
    const carol = parseMask("~a:carol")!;
    const ban = () => {
      channel.addMask("b", carol, "alice!a@b", 1);
      for (const _ of channel.unseatBanned(carol));
    };
    assertEquals(written(ban), 3);
    await room.chat.accounts!.register("alice", "opensesame");
    const alice = await room.person("alice", { caps: "sasl" });
    await alice.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0alice\0opensesame").toString("base64")}`);
    await alice.sees(/ 903 /);
    await alice.send("JOIN #tea oolong");
    await alice.sees(/ PRIVMSG #Tea :(\[.*\] )?kept$/);
  });
  assertMatch(house.log.join("\n"), /^cannot read the settings of a channel in \S+: [^\n]+$/);
});

Deno.test("A channel that begins anew has nothing of one under its name that could not be read", async () => {
  await using house = new House();
  await house.open(async (room, store) => {
    store.db.exec("INSERT INTO channels VALUES ('#tea', '{', 0)");
    store.db.exec(
      "INSERT INTO channel_items (channel, kind, item, value) VALUES ('#tea', 'operator', 'account:mallory', '')",
    );
    const alice = await owner(room, "alice");
    await alice.send("JOIN #tea", "TOPIC #tea :anew");
    await alice.everything();
    store.flush();
    const items = store.db.prepare("SELECT kind, item FROM channel_items").all().map(({ kind, item }) => [kind, item]);
    assertEquals(items, [["founder", "account:alice"]]);
  });
});

Deno.test("Seats and operators are bounded, and guests push out no account", () => {
  const channel = new Channel("#tea", 1);
  for (let i = 0; i < 600; i++) channel.noteOperator(`account:${i}`, true);
  assertEquals(channel.operators.size, 500);
  const kept = {
    ...channel.settings!,
    flags: "int",
    seats: Array.from({ length: 1_000 }, (_, i) => [`account:a${i}`, `guest:g${i}`]).flat(),
  };
  const seats = new Channel("#tea", 1, kept).settings!.seats;
  assert(seats.length <= 500 && seats[0] === "account:a0", `${seats.length}`);
});

Deno.test("What waits of channels for a database that can't be written is bounded: changes are refused, kicks are not", async () => {
  await using house = new House();
  await house.open(async (room, store) => {
    const [alice, bob] = [await owner(room, "alice"), await owner(room, "bob")];
    await alice.send("JOIN #tea", "MODE #tea +i", "INVITE bob #tea");
    await bob.sees(/INVITE/);
    assert(await getsIn(bob));
    await alice.everything();
    store.flush();
    store.db.exec("PRAGMA query_only = 1");
    for (let i = 0; room.chat.channels.canKeep; i++) {
      const channel = new Channel(`#c${i}`, 1);
      channel.topic = { text: "x".repeat(100_000), by: "x", at: 1 };
      room.chat.channels.settingsChanged(channel);
    }
    await alice.send("MODE #tea +m", "TOPIC #tea :full", "JOIN #new", "MODE #tea b");
    const codes = (await alice.everything()).map((line) => line.split(" ")[1]);
    assertEquals(codes, ["404", "404", "404", "368"]);
    await alice.send("KICK #tea bob");
    await bob.sees(/ KICK #tea bob /);
    store.db.exec("PRAGMA query_only = 0");
    store.transact(() => {});
    await alice.send("MODE #tea +m");
    await alice.sees(/ MODE #tea \+m/);
    assertEquals(await getsIn(bob), false);
  });
});

Deno.test("A clock that jumps ahead lifts no ban, in a running room and after a restart", async () => {
  const folder = await Deno.makeTempDir();
  let uptime = 0;
  const year = 365 * 86_400_000;
  const open = async (start: number, test: (room: Room, alice: Person) => Promise<void>) => {
    let now = () => start;
    const store = new Store(`${folder}/tea.db`);
    const history = new History(store, { now: () => now(), uptime: () => uptime });
    {
      const parts = { keptChannels: new KeptChannels(store), accounts: quickAccounts(store) };
      await using room = new Room({ operators: new Map([["root", "oolong"]]) }, {}, { store, history, ...parts });
      room.now = start;
      now = () => room.now;
      const alice = await owner(room, "alice");
      await alice.send("JOIN #tea");
      await alice.everything();
      await alice.everything();
      await test(room, alice);
    }
    history.close();
    await store.close();
  };
  const start = Date.parse("2026-01-01T12:00:00Z");
  await open(start, async (room, alice) => {
    await alice.send("MODE #tea +b ~t:60:mallory", "PRIVMSG #tea :hello");
    await alice.send("OPER root oolong", "GLINE 10.0.0.7 1h :spam");
    await alice.everything();
    room.now += year;
    room.chat.expire();
    assertEquals(await alice.everything(), []);
    room.now -= year;
    room.chat.expire();
    assertEquals(await alice.everything(), []);
  });
  await open(start + year, async (room, alice) => {
    assertEquals(room.chat.bans.all.map(({ mask }) => mask.text), ["10.0.0.7"]);
    await alice.send("MODE #tea b");
    await alice.sees(/ 367 alice #tea ~t:60:mallory!\*@\* /);
    uptime += 3_500_000;
    room.now += 3_500_000;
    room.chat.expire();
    assertEquals((await alice.everything()).filter((line) => line.includes("MODE")), []);
    uptime += 200_000;
    room.now += 200_000;
    room.chat.expire();
    await alice.sees(/ MODE #tea -b ~t:60:mallory!\*@\*$/);
    assertEquals(room.chat.bans.all, []);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("What is kept of a channel's settings is charged by its bytes to who sets them", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await owner(room, "alice");
    await alice.send("JOIN #tea");
    await alice.everything();
    await alice.everything();
    const charged: number[] = [];
    sessionOf(room.chat, "alice").onKept = (bytes) => charged.push(bytes);
    const masks = Array.from({ length: 8 }, (_, i) => `${"n".repeat(10)}${i}!u@${"h".repeat(30)}`);
    const table: [least: number, line: string][] = [
      [20, "MODE #tea +b x"],
      [8 * 200, `MODE #tea +bbbbbbbb ${masks.join(" ")}`],
      [8 * 200, `MODE #tea +eeeeeeee ${masks.map((mask) => `~m:${mask}`).join(" ")}`],
      [300, `TOPIC #tea :${"t".repeat(300)}`],
      [20, "MODE #tea +k oolong"],
      [180, `METADATA #tea SET about :${"v".repeat(180)}`],
    ];
    for (const [least, line] of table) {
      await alice.send(line);
      await alice.everything();
      const bytes = charged.splice(0).reduce((sum, one) => sum + one, 0);
      assert(bytes >= least && bytes <= 2_000 + 4 * least, `${bytes} bytes for ${line}`);
    }
    // Nothing is kept where nothing changes.
    await alice.send("MODE #tea +b x", "MODE #tea -b y");
    await alice.everything();
    assertEquals(charged, []);
  });
});

Deno.test("What is kept of an account is found by whose it is, in an older database, too, and nobody else's goes with it", async () => {
  await using house = new House();
  const older = new DatabaseSync(house.file);
  for (const migration of MIGRATIONS.slice(0, 6)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 6`);
  const put = older.prepare("INSERT INTO channel_items (channel, kind, item, value) VALUES (?, ?, ?, '{}')");
  const [bobs, bens, others] = [
    [["b", "~a:BOB"], ["e", "~t:9:~m:~a:Bob"], ["operator", "bob"], ["seat", "account:bob"]],
    [["I", "~a:BÉN"], ["operator", "bén"]],
    [["b", "~a:bo*"], ["b", "bob!*@*"], ["b", "~a:bobby"], ["seat", "account:bob/1"], ["metadata", "bob"]],
  ];
  for (const items of [bobs, bens, others]) for (const item of items) put.run("#tea", ...item);
  put.run("#milk", "operator", "bob");
  older.close();
  await house.open(async (room, store) => {
    const keptChannels = new KeptChannels(store);
    const left = () =>
      store.db.prepare("SELECT kind, item FROM channel_items ORDER BY id").all().map(({ kind, item }) => [kind, item]);
    bobs[2][1] = "account:bob";
    bens[1][1] = "account:bén";
    assertEquals(keptChannels.forgetAccount("bob", "account:bob"), new Set(["#tea", "#milk"]));
    assertEquals(left(), [...bens, ...others]);
    assertEquals(keptChannels.forgetAccount("bén", "account:bén"), new Set(["#tea"]));
    assertEquals(left(), others);
    // What is set from now on is found as well.
    const alice = await room.person("alice", { join: "#new" });
    await alice.send("MODE #new +beI ~t:9:~a:BÉN ~m:~a:bén ~a:Bén", "MODE #new +b ~a:b?n");
    await alice.everything();
    assertEquals(keptChannels.forgetAccount("bén", "account:bén"), new Set(["#new"]));
    assertEquals(left(), [...others, ["b", "~a:b?n"]]);
    const [{ detail }] = store.db.prepare("EXPLAIN QUERY PLAN SELECT 1 FROM channel_items WHERE account IN (?, ?)").all(
      "a",
      "b",
    );
    assertMatch(`${detail}`, /USING (COVERING )?INDEX channel_items_by_account/);
  });
});

Deno.test("Operators of an older database are known by their identities: as the account that has the name now", async () => {
  await using house = new House();
  const older = new DatabaseSync(house.file);
  const version = MIGRATIONS.findIndex((migration) => migration.includes("CREATE TABLE owners"));
  for (const migration of MIGRATIONS.slice(0, version)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
  older.exec("INSERT INTO dropped_accounts VALUES ('bob', 2), ('eve', 1)");
  older.exec("INSERT INTO leaving_accounts VALUES ('eve', 'account:eve')");
  older.prepare("INSERT INTO channels VALUES ('#tea', ?, 0)").run(
    JSON.stringify({ name: "#tea", created: 1, flags: "nt" }),
  );
  const put = older.prepare(
    "INSERT INTO channel_items (channel, kind, item, value, account) VALUES ('#tea', ?1, ?2, '', ?2)",
  );
  for (const account of ["alice", "bob", "eve"]) put.run("operator", account);
  older.close();
  await house.open((room) => {
    const channel = room.chat.channels.prepare("#tea");
    assertEquals([...channel.operators], ["account:alice", "account:bob/2"]);
    assertEquals([channel.founder, channel.isNobodys], [undefined, false]);
    return Promise.resolve();
  });
});

Deno.test("What channels keep of a device that nobody has is forgotten at the start, and of others it is not", async () => {
  await using house = new House();
  await house.open((_, store) => {
    const item = store.db.prepare(
      "INSERT INTO channel_items (channel, kind, item, value, account) VALUES (?1, ?2, ?3, '', ?3)",
    );
    item.run("#tea", "founder", "device:nobody");
    item.run("#milk", "founder", "account:alice");
    item.run("#milk", "operator", "device:here");
    store.db.exec(
      `INSERT INTO devices VALUES ('h', 'here', 'device:here', 1, 0, '', 1, 1, '::1', '::1', 'x', NULL, '[]', 0, NULL)`,
    );
    for (const name of ["#tea", "#milk"]) {
      store.db.prepare("INSERT INTO channels VALUES (?, ?, 0)").run(
        name,
        JSON.stringify({ name, created: 1, flags: "nt" }),
      );
    }
    return Promise.resolve();
  });
  await house.open((room, store) => {
    assertEquals(room.chat.channels.prepare("#tea").isNobodys, true);
    const { founder, operators } = room.chat.channels.prepare("#milk");
    assertEquals([founder, ...operators], ["account:alice", "device:here"]);
    const [detail] = store.db.prepare(`EXPLAIN QUERY PLAN DELETE FROM channel_items WHERE account GLOB 'device:*' AND
      NOT EXISTS (SELECT 1 FROM devices WHERE identity = account)`).all().map(({ detail }) => detail);
    assertMatch(`${detail}`, /USING (COVERING )?INDEX channel_items_by_account/);
    assertEquals(store.db.prepare("SELECT name FROM channels").all().map(({ name }) => name), ["#milk"]);
    return Promise.resolve();
  });
});
