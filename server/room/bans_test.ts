import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseServerMask, ServerBans } from "./bans.ts";
import { KeptChannels } from "../store/channels.ts";
import { History } from "../store/history.ts";
import { Store } from "../store/store.ts";
import { Person, quickAccounts, Room } from "../testing.ts";
import { TcpTransport } from "../wire/tcp_transport.ts";

const OPERATORS = new Map([["root", "oolong"]]);

/** Someone who connects from an address, or so the room believes. */
async function stranger(room: Room, address: string, nick: string): Promise<Person> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [conn, accepted] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  room.connections.add(Object.assign(new TcpTransport(accepted), { host: address }));
  return new Person(nick, conn);
}

async function person(room: Room, address: string, nick: string): Promise<Person> {
  const someone = await stranger(room, address, nick);
  await someone.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  await someone.sees(/ (422|376) /);
  return someone;
}

/** The server's operator, from elsewhere. */
async function operator(room: Room): Promise<Person> {
  const root = await room.person("root");
  await root.send("OPER root oolong");
  await root.sees(/ 381 /);
  await root.everything();
  return root;
}

Deno.test("A mask has one spelling, and none that covers a large part of the world is taken", () => {
  const table: [string, string | undefined][] = [
    ["10.0.0.7", "10.0.0.7"],
    ["*@10.0.0.7", "10.0.0.7"],
    ["*!*@10.0.0.7/32", "10.0.0.7"],
    ["::ffff:10.0.0.7", "10.0.0.7"],
    ["::FFFF:0a00:0007", "10.0.0.7"],
    ["10.1.2.3/16", "10.1.0.0/16"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::/64"],
    ["2001:db8::2/128", "2001:db8::/64"],
    ["2001:db8:1:2:3::/40", "2001:db8::/40"],
    ["::1", "0::/64"],
    ["Bob@10.0.0.7", "bob@10.0.0.7"],
    ["bob@*.example", "bob@*.example"],
    ["10.0.1*", "*@10.0.1*"],
    ["spam*@*", "spam*@*"],
    ["~a:Bob", "~a:bob"],
    ...["*", "*@*", "*!*@*", "?*@*", "*@*.*", "*@1*", "0.0.0.0/0", "::/0", "10.0.0.0/7", "2000::/3", "~a:*", "~a:"]
      .map((text): [string, undefined] => [text, undefined]),
    ...["::ffff:0:0/96", "10.0.0.0/33", "10.0.0.0/", "a b@c", "bob!b@*", ":bob@host", `${"x".repeat(101)}@host`]
      .map((text): [string, undefined] => [text, undefined]),
  ];
  for (const [text, expected] of table) assertEquals(parseServerMask(text)?.text, expected, text);
});

Deno.test("A banned address is put out at once and stays out, under any nick, until the time is over", async () => {
  await using room = new Room({ operators: OPERATORS });
  const root = await operator(room);
  await using eve = await person(room, "10.0.0.7", "eve");
  await using twin = await person(room, "10.0.0.7", "twin");
  await using bob = await person(room, "10.0.0.8", "bob");
  await root.send("GLINE eve 30m :spam and more");
  await root.sees(/ NOTICE root :root!root@127\.0\.0\.1 has banned 10\.0\.0\.7 until .* GMT: spam and more$/);
  for (const one of [eve, twin]) {
    assertMatch(
      await one.sees(/ 465 /),
      / 465 \w+ :You are banned from this server until Thu, 01 Jan 2026 12:30:00 GMT: spam and more$/,
    );
    assertMatch((await one.rest()).at(-1)!, /^ERROR :Closing link: \(Banned until .* spam and more\)$/);
  }
  {
    await using again = await stranger(room, "10.0.0.7", "other");
    await again.sees(/ 465 \* /);
    await again.rest();
  }
  assertEquals(await bob.everything(), []);
  assert(room.log.some((line) => line.includes("has banned 10.0.0.7")));
  room.now += 30 * 60_000;
  await using later = await person(room, "10.0.0.7", "eve");
  await later.everything();
});

Deno.test("An IPv6 network is one, and a mask of users is looked at when they come in", async () => {
  await using room = new Room({ operators: OPERATORS });
  const root = await operator(room);
  await root.send("GLINE 2001:DB8::1 :first", "GLINE spam*@10.9.0.0/16 7d", "GLINE");
  await root.sees(/ 223 root 2001:db8::\/64 1767268800 0 root first$/);
  await root.sees(/ 223 root spam\*@10\.9\.0\.0\/16 1767268800 1767873600 root :No reason given$/);
  await root.sees(/ 219 root g :/);
  await using eve = await stranger(room, "2001:db8::ffff", "eve");
  assertMatch(await eve.sees(/ 465 /), /for ever: first$/);
  await using spammer = await stranger(room, "10.9.8.7", "spammer");
  await spammer.send("NICK spammer", "USER spammer 0 * :s");
  await spammer.sees(/ 465 /);
  await using bob = await person(room, "10.9.8.7", "bob");
  await root.send("UNGLINE 2001:db8:0::/64", "UNGLINE 10.9.0.0/16", "STATS g");
  await root.sees(/ has ended the ban of 2001:db8::\/64$/);
  await root.sees(/ FAIL UNGLINE UNKNOWN_MASK 10\.9\.0\.0\/16 :/);
  await root.sees(/ 223 root spam/);
  await using again = await person(room, "2001:db8::ffff", "eve");
  await again.everything();
  await bob.everything();
});

Deno.test("Only operators ban, never themselves, and what is no mask is refused", async () => {
  await using room = new Room({ operators: OPERATORS });
  const root = await operator(room);
  await using bob = await person(room, "10.0.0.8", "bob");
  await bob.send("GLINE root", "UNGLINE 10.0.0.1", "GLINE", "STATS g");
  for (let i = 0; i < 4; i++) await bob.sees(/ 481 bob /);
  const table: [string, RegExp][] = [
    ["GLINE *@* :all", / FAIL GLINE INVALID_MASK \*@\* :/],
    ["GLINE 0.0.0.0/0", / FAIL GLINE INVALID_MASK 0\.0\.0\.0\/0 :/],
    ["GLINE 127.0.0.1", / FAIL GLINE INVALID_MASK 127\.0\.0\.1 :That would keep you out/],
    ["GLINE 127.0.0.0/8", / FAIL GLINE INVALID_MASK 127\.0\.0\.0\/8 :/],
    ["GLINE *@127*", / FAIL GLINE INVALID_MASK \*@127\* :/],
    ["GLINE root", / FAIL GLINE INVALID_MASK root :/],
    ["GLINE r??t@*", / FAIL GLINE INVALID_MASK r\?\?t@\* :/],
    ["GLINE :a b@c", / FAIL GLINE INVALID_MASK \* :/],
    ["GLINE :", / FAIL GLINE INVALID_MASK \* :|401/],
    ["GLINE 10.0.0.9 7x :why", / FAIL GLINE INVALID_TIME 7x :/],
    ["GLINE nobody", / 401 root nobody :/],
    ["UNGLINE *", / FAIL UNGLINE INVALID_MASK \* :/],
  ];
  for (const [line, answer] of table) {
    await root.send(line);
    assertMatch((await root.next())!, answer, line);
  }
  assertEquals(await bob.everything(), []);
});

Deno.test("Who is logged in is banned by the account, too: wherever they log in from, and even where they share the operator's address", async () => {
  const store = new Store(":memory:");
  {
    await using room = new Room({ operators: OPERATORS }, {}, {
      accounts: quickAccounts(store),
      store,
    });
    const root = await operator(room);
    const eve = await room.person("eve");
    await eve.send("REGISTER * * opensesame");
    await eve.sees(/ 900 eve /);
    await root.send("GLINE eve 12h :enough");
    await root.sees(/ has banned ~a:eve until /);
    await eve.sees(/ 465 eve /);
    await eve.rest();
    await using again = await stranger(room, "10.0.0.9", "eve");
    await again.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0eve\0opensesame")}`);
    await again.sees(/ 465 \* :You are banned from this server until .*: enough$/);
    assertMatch((await again.rest()).at(-1)!, /^ERROR /);
    // The address alone is nobody's.
    await using bob = await person(room, "10.0.0.9", "bob");
    await bob.everything();
  }
  await store.close();
});

Deno.test("What is set for ten minutes ends after ten minutes, whichever way the clock is set", async () => {
  const minute = 60_000;
  const day = 1440 * minute;
  const store = new Store(":memory:");
  let room: Room | undefined;
  const now = () => room?.now ?? Date.parse("2026-01-01T12:00:00Z");
  const history = new History(store, { now, uptime: () => now() - (room?.set ?? 0) });
  try {
    await using here = room = new Room({ operators: OPERATORS }, {}, {
      history,
      keptChannels: new KeptChannels(store),
    });
    const root = await operator(here);
    await using bob = await person(here, "10.0.0.8", "bob");
    await root.send("JOIN #tea");
    await root.everything();
    const ban = async () => {
      await root.send("BAN #tea bob 10m", "BAN #tea carol 2d", "GLINE 10.9.9.9 10m :x", "GLINE 10.9.9.8 2d :x");
      await root.everything();
    };
    const pass = (time: number) => {
      here.now += time;
      here.chat.expire();
    };
    /** Whose bans there are. */
    const banned = async () => {
      await root.send("BAN #tea", "GLINE");
      const lines = (await root.everything()).filter((line) => / LISTED | 223 /.test(line));
      return lines.map((line) => / (?:ban|root) (bob|carol|10\.9\.9\.\d) /.exec(line)?.[1]);
    };
    const set = (by: number) => {
      here.now += by;
      here.set += by;
    };
    await ban();
    set(-day);
    await root.send("PART #tea", "JOIN #tea");
    await root.everything();
    pass(9 * minute);
    assertEquals(await banned(), ["bob", "carol", "10.9.9.9", "10.9.9.8"]);
    await root.send("BAN #tea");
    await root.sees(/ LISTED #tea ban bob .* 2025-12-31T12:10:00\.000Z :bob is banned until 12:10 UTC /);
    await root.everything();
    pass(2 * minute);
    assertEquals(await banned(), ["carol", "10.9.9.8"]);
    // The clock is put right, which is believed after an hour; what lasts for longer goes on for as long as it was to.
    set(day);
    pass(0);
    pass(61 * minute);
    history.expire();
    store.flush();
    assertEquals(history.clock.isRight, true);
    pass(2 * day - 73 * minute);
    assertEquals(await banned(), ["carol", "10.9.9.8"]);
    pass(2 * minute);
    assertEquals(await banned(), []);
    // What is set while the clock is ahead ends in its time, too.
    set(day);
    await ban();
    set(-day);
    pass(11 * minute);
    assertEquals(await banned(), ["carol", "10.9.9.8"]);
    await bob.everything();
  } finally {
    history.close();
    await store.close();
  }
});

Deno.test("What is set for a time ends in its time after a restart, too, though the clock was set back before and is put right later", async () => {
  const folder = await Deno.makeTempDir();
  const minute = 60_000;
  const day = 1440 * minute;
  const names = ["bob", "carol", "dave", "10.9.9.7", "10.9.9.8", "10.9.9.9"];
  let [time, clock] = [Date.parse("2026-01-01T12:00:00Z"), 0];
  /** Opens the room for a while, and gives whose bans there are at its end. */
  const open = async (wait: number, lines: string[] = [], set = 0) => {
    const store = new Store(`${folder}/tea.db`);
    const history = new History(store, { now: () => time + clock, uptime: () => time });
    const keptChannels = new KeptChannels(store);
    const now = () => time + clock;
    const uptime = () => time;
    const chatOptions = { history, store, keptChannels, now, uptime };
    try {
      await using room = new Room({ operators: OPERATORS }, {}, chatOptions);
      const root = await operator(room);
      clock += set;
      await root.send("JOIN #tea", ...lines);
      await root.everything();
      for (let left = wait; left > 0; left -= minute) {
        time += Math.min(minute, left);
        room.chat.expire();
        history.expire();
        store.flush();
      }
      await root.send("BAN #tea", "GLINE");
      const told = (await root.everything()).filter((line) => / LISTED | 223 /.test(line)).join("\n");
      return names.filter((name) => told.includes(` ${name} `));
    } finally {
      history.close();
      await store.close();
    }
  };
  await open(minute, ["BAN #tea bob 10m", "BAN #tea carol 2d", "GLINE 10.9.9.9 10m :x", "GLINE 10.9.9.8 2d :x"]);
  const set = ["BAN #tea dave 10m", "GLINE 10.9.9.7 10m :x"];
  assertEquals(await open(4 * minute, set, -day), names);
  assertEquals(await open(4 * minute), names);
  assertEquals(await open(1.5 * minute), ["carol", "dave", "10.9.9.7", "10.9.9.8"]);
  // It is set back while the room is closed. How long that was is known to a minute.
  clock -= day;
  assertEquals(await open(0.25 * minute), ["carol", "dave", "10.9.9.7", "10.9.9.8"]);
  assertEquals(await open(2 * minute), ["carol", "10.9.9.8"]);
  clock += 2 * day;
  assertEquals(await open(3 * 60 * minute), ["carol", "10.9.9.8"]);
  assertEquals(await open(day), ["carol", "10.9.9.8"]);
  assertEquals(await open(day - 3 * 60 * minute - 25 * minute), ["carol", "10.9.9.8"]);
  assertEquals(await open(15 * minute), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Bans are kept over a restart, and what is damaged is reported and left out", async () => {
  const file = await Deno.makeTempFile({ suffix: ".db" });
  await Deno.remove(file);
  const now = Date.parse("2026-01-01T12:00:00Z");
  const open = (errors: string[] = []) => {
    const store = new Store(file, { onError: (text) => errors.push(text) });
    return { store, bans: new ServerBans(store, () => now) };
  };
  const first = open();
  const base = { setter: "root", setAt: now, reason: "spam" };
  first.bans.add({ mask: parseServerMask("10.0.0.0/24")!, endsAt: 0, ...base });
  first.bans.add({ mask: parseServerMask("10.0.1.1")!, endsAt: now - 1, ...base });
  first.bans.add({ mask: parseServerMask("~a:bob")!, endsAt: now + 60_000, ...base });
  first.store.flush();
  first.store.db.exec("INSERT INTO server_bans VALUES ('*@*', 'root', 1, 0, 'x')");
  await first.store.close();
  const errors: string[] = [];
  const second = open(errors);
  assertEquals(second.bans.all.map(({ mask }) => mask.text).sort(), ["10.0.0.0/24", "~a:bob"]);
  assertEquals(second.bans.find({ user: "", host: "x", address: "10.0.0.9", account: undefined })?.reason, "spam");
  assertEquals(errors.length, 1);
  await second.store.close();
  for (const suffix of ["", "-lock", "-wal", "-shm"]) await Deno.remove(file + suffix).catch(() => {});
});

Deno.test("A ban that covers very many is in force at once, and they are put out in slices", async () => {
  await using room = new Room({ operators: OPERATORS });
  const root = await operator(room);
  const eves: Person[] = [];
  try {
    for (let i = 0; i < 40; i++) {
      const eve = await person(room, `10.0.1.${i}`, `eve${i}`);
      eves.push(eve);
      await eve.send("JOIN #tea");
      await eve.sees(/ 366 /);
    }
    await using bob = await person(room, "10.0.0.8", "bob");
    await bob.send("JOIN #tea");
    await bob.sees(/ 366 /);
    // A pace that lets others in after each step: of the last one a line comes before the ban has put them out.
    const { pace } = room.chat;
    const late = Promise.withResolvers<void>();
    let steps = 0;
    room.chat.pace = {
      turn: () => ++steps === 1 ? late.promise : pace.turn(),
      slice: (step) => step(),
    };
    await root.send("GLINE 10.0.1.0/24 1h :flood");
    await root.sees(/ has banned 10\.0\.1\.0\/24 until .*: flood$/);
    await eves[39].send("PRIVMSG #tea :not for anybody");
    await eves[39].sees(/ 465 /);
    assertEquals(steps, 1);
    late.resolve();
    for (const eve of eves) assertMatch((await eve.rest()).at(-1)!, /^ERROR :Closing link: \(Banned until .* flood\)$/);
    const told = await bob.everything();
    assertEquals(told.filter((line) => / QUIT :Banned until/.test(line)).length, 40);
    assertEquals(told.filter((line) => line.includes("PRIVMSG")), []);
  } finally {
    for (const eve of eves) await eve[Symbol.asyncDispose]();
  }
});
