import { assertEquals } from "@std/assert";
import { type DeviceRecord, KeptDevices } from "./devices.ts";
import { History } from "./history.ts";
import { KeptClock } from "./kept_clock.ts";
import { Store } from "./store.ts";

const DAY = 86_400_000;

function device(hash: string, more: Partial<DeviceRecord> = {}): DeviceRecord {
  const dated = { created: 1, used: 1, leftAt: 0 };
  const texts = { id: `id-${hash}`, identity: `device:${hash}`, name: "laptop", address: "192.0.2.1", nick: "bob" };
  return { hash, ...texts, ...dated, isGuest: true, isApp: false, away: undefined, channels: [], ...more };
}

/** A store for one test, and what it has reported. */
async function withStore(test: (store: Store, log: string[]) => void) {
  const log: string[] = [];
  const store = new Store(":memory:", { onError: (text) => log.push(text) });
  test(store, log);
  await store.close();
}

/** What is kept at a time, in milliseconds since 1970. */
function at(time: number): (keep: number) => number {
  return (keep) => time - keep;
}

/** Writes until nothing is left to be written. */
function writeAll(store: Store): void {
  for (let i = 0; i < 10; i++) store.flush();
}

Deno.test("a device is found before and after it is written, as it was kept last, and not once it is deleted", async () => {
  await withStore((store, log) => {
    const kept = new KeptDevices(store);
    const one = device("a", {
      channels: [{ name: "#Tea", keyId: undefined }, { name: "#key", keyId: "k" }],
      away: "tea",
    });
    kept.put(one);
    assertEquals(kept.find("a"), one);
    store.flush();
    assertEquals(new KeptDevices(store).find("a"), one);
    kept.put({ ...one, nick: "rob", identity: "account:rob" });
    assertEquals(kept.ofIdentity("device:a", 9), []);
    assertEquals(kept.ofIdentity("account:rob", 9).map(({ nick }) => nick), ["rob"]);
    store.flush();
    assertEquals(kept.ofIdentity("account:rob", 9).map(({ nick }) => nick), ["rob"]);
    kept.put(device("b", { identity: "account:rob", leftAt: 20 }));
    kept.put(device("c", { identity: "account:rob", leftAt: 10 }));
    assertEquals(kept.latestOf("account:rob")!.hash, "b");
    store.flush();
    kept.put(device("c", { identity: "account:rob", leftAt: 30 }));
    assertEquals(kept.latestOf("account:rob")!.hash, "c");
    kept.dropSoon("a");
    assertEquals(kept.find("a"), undefined);
    store.flush();
    assertEquals(new KeptDevices(store).find("a"), undefined);
    assertEquals(log, []);
  });
});

Deno.test("of channels so many are kept as fit into their bytes", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    const channels = Array.from({ length: 100 }, (_, i) => ({ name: `#${"茶".repeat(40)}${i}`, keyId: undefined }));
    kept.put(device("a", { channels }));
    store.flush();
    assertEquals(kept.find("a")!.channels, channels.slice(0, 32));
  });
});

Deno.test("guests' devices that are unused for 90 days go, and those of accounts stay", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    for (let i = 0; i < 250; i++) kept.put(device(`old${i}`, { used: DAY }));
    kept.put(device("new", { used: 2 * DAY }));
    kept.put(device("account", { used: DAY, identity: "account:bob", isGuest: false }));
    kept.expire(at(91 * DAY));
    writeAll(store);
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n, 252);
    kept.expire(at(91 * DAY + 3_600_001));
    writeAll(store);
    assertEquals(store.db.prepare("SELECT hash FROM devices ORDER BY hash").all().map(({ hash }) => hash), [
      "account",
      "new",
    ]);
  });
});

Deno.test("where there are too many, the address that has the most loses its oldest, and nobody else any", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store, 10);
    for (let i = 0; i < 4; i++) kept.put(device(`quiet${i}`, { used: i }));
    kept.put(device("account", { used: 0, identity: "device:bob", isGuest: false, address: "192.0.2.9" }));
    store.flush();
    for (let i = 0; i < 30; i++) kept.put(device(`flood${i}`, { used: 100 + i, address: "192.0.2.9" }));
    writeAll(store);
    const left = store.db.prepare("SELECT hash FROM devices ORDER BY used").all().map(({ hash }) => hash);
    assertEquals(left.length, 11);
    assertEquals(left.filter((hash) => `${hash}`.startsWith("quiet")).length, 4);
    assertEquals(left.slice(-6), [24, 25, 26, 27, 28, 29].map((i) => `flood${i}`));
    assertEquals(left.includes("account"), true);
  });
});

Deno.test("an address that has those of owners alone loses none, and others lose theirs instead", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store, 5);
    store.db.exec("INSERT INTO owners VALUES ('device:owner', 'teacher', '', 1), ('device:phone', 'teacher', '', 1)");
    for (const hash of ["owner", "phone"]) kept.put(device(hash, { address: "203.0.113.9" }));
    for (let i = 0; i < 20; i++) kept.put(device(`flood${i}`, { used: 100 + i, address: `192.0.2.${i}` }));
    for (let i = 0; i < 20; i++) store.flush();
    const left = store.db.prepare("SELECT hash FROM devices ORDER BY used").all().map(({ hash }) => hash);
    assertEquals(left.length, 5);
    assertEquals(left.slice(0, 2).sort(), ["owner", "phone"]);
  });
});

Deno.test("guests' devices are counted with each change, by address and in all, so that they need not be looked through", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    const counts = (sql: string) => store.db.prepare(sql).all().map(({ range, count }) => [range, count]);
    const check = (all: number) => {
      writeAll(store);
      const found = counts("SELECT range, count(*) AS count FROM devices WHERE is_guest GROUP BY range ORDER BY range");
      assertEquals(counts("SELECT range, count FROM guest_counts ORDER BY range"), [["", all], ...found]);
    };
    check(0);
    for (let i = 0; i < 20; i++) kept.put(device(`${i}`, { used: DAY * (i % 2), address: `192.0.2.${i % 3}` }));
    kept.put(device("account", { identity: "account:bob", isGuest: false }));
    check(20);
    for (let i = 0; i < 20; i++) kept.put(device(`${i}`, { used: DAY * (i % 2), address: `192.0.2.${i % 4}` }));
    check(20);
    kept.put(device("3", { used: DAY, isGuest: false }));
    kept.put(device("account", { used: DAY }));
    check(20);
    kept.dropSoon("5");
    kept.replaceNow("7", device("new", { used: DAY, address: "192.0.2.77" }));
    kept.dropOthers("device:9");
    check(18);
    kept.expire(at(90 * DAY + 3_600_001));
    check(8);
  });
});

Deno.test("with guests' devices go their markers, and of many some at a time", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    for (let i = 0; i < 100; i++) kept.put(device(`${i}`));
    store.flush();
    store.db.exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
      INSERT INTO markers SELECT 'device:' || a.i, '#' || b.i, 1 FROM n a, n b`);
    const left = () => Number(store.db.prepare("SELECT count(*) AS n FROM markers").get()!.n);
    kept.expire(at(91 * DAY));
    store.flush();
    assertEquals(left(), 10_000 - 200);
    for (let i = 0; i < 50; i++) store.flush();
    assertEquals(left(), 0);
  });
});

Deno.test("a name that a channel had is followed to the one that it has, for whoever left before", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    kept.moved("#a", "#b", 10);
    kept.moved("#b", "#c", 20);
    for (const _ of ["gathered", "written"]) {
      assertEquals(kept.nameSince("#a", 5), "#c");
      assertEquals(kept.nameSince("#b", 15), "#c");
      assertEquals(kept.nameSince("#a", 11), undefined, "another channel of that name");
      assertEquals(kept.nameSince("#d", 5), undefined);
      store.flush();
    }
  });
});

Deno.test("a damaged device is reported and counts as none", async () => {
  await withStore((store, log) => {
    const kept = new KeptDevices(store);
    kept.put(device("a"));
    store.flush();
    store.db.prepare("UPDATE devices SET channels = '[1]'").run();
    assertEquals(kept.find("a"), undefined);
    assertEquals(kept.ofIdentity("device:a", 9).map(({ channels }) => channels), [[]], "which are not read for a list");
    assertEquals(kept.latestOf("device:a"), undefined);
    assertEquals(log, ["cannot read a device in :memory:: what is kept of a device is damaged"]);
  });
});

Deno.test("a room's id is the same each time", async () => {
  await withStore((store) => {
    assertEquals(new KeptDevices(store).room, new KeptDevices(store).room);
    assertEquals(/^[\da-f]{12}$/.test(new KeptDevices(store).room), true);
  });
});

Deno.test("many who leave at once are written in slices, and none is lost", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    for (let i = 0; i < 1000; i++) kept.put(device(`${i}`));
    const count = () => store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n;
    assertEquals(store.flush(), true);
    assertEquals(count(), 200);
    kept.put(device("0", { nick: "rob" }));
    assertEquals([kept.find("0")!.nick, kept.find("999")!.nick], ["rob", "bob"]);
    writeAll(store);
    assertEquals(count(), 1000);
    assertEquals(kept.find("0")!.nick, "rob");
  });
});

Deno.test("what waits to be written is bounded in bytes, and an end is noted beyond that", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    kept.put(device("first"));
    let count = 1;
    while (kept.put(device(`${count}`)) > 0) count++;
    assertEquals(count > 10_000 && count < 20_000, true, `${count}`);
    kept.dropSoon("first");
    assertEquals(kept.find("first"), undefined);
    while (store.flush());
    assertEquals(kept.put(device("more")) > 0, true);
  });
});

Deno.test("with a guest's device goes what channels keep of it, in slices, and each channel of which nothing is left; an owner stays", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    for (const hash of ["gone", "owner", "here"]) kept.put(device(hash, { used: hash === "here" ? 2 * DAY : DAY }));
    store.flush();
    store.db.exec("INSERT INTO owners VALUES ('device:owner', 'teacher', '', 1)");
    const channel = store.db.prepare("INSERT INTO channels VALUES (?, ?, 1)");
    const item = store.db.prepare(
      "INSERT INTO channel_items (channel, kind, item, value, account) VALUES (?1, ?2, ?3, '', ?3)",
    );
    const usual = (name: string) => JSON.stringify({ name, created: 1, flags: "nt" });
    for (let i = 0; i < 450; i++) {
      channel.run(`#c${i}`, usual(`#c${i}`));
      item.run(`#c${i}`, "founder", "device:gone");
    }
    channel.run(
      "#topic",
      JSON.stringify({ name: "#topic", created: 1, flags: "nt", topic: { text: "t", by: "b", at: 1 } }),
    );
    item.run("#topic", "operator", "device:gone");
    channel.run("#shared", usual("#shared"));
    for (const one of ["gone", "here", "owner"]) item.run("#shared", "seat", `device:${one}`);
    const left = () => Number(store.db.prepare("SELECT count(*) AS n FROM channel_items").get()!.n);
    kept.expire(at(91 * DAY + 3_600_001));
    store.flush();
    assertEquals(left(), 454 - 200);
    writeAll(store);
    assertEquals(left(), 2);
    const names = store.db.prepare("SELECT name FROM channels ORDER BY name").all().map(({ name }) => name);
    assertEquals(names, ["#shared", "#topic"]);
    assertEquals(kept.find("gone"), undefined);
    assertEquals([kept.find("owner")?.hash, kept.find("here")?.hash], ["owner", "here"]);
  });
});

Deno.test("a guest's device that was used while the clock was far behind is kept for as long as another one", async () => {
  await withStore((store) => {
    let [now, uptime] = [1_000 * DAY, 0];
    const history = new History(store, { now: () => now, uptime: () => uptime });
    const kept = new KeptDevices(store);
    const pass = (time: number) => {
      now += time;
      uptime += time;
      history.expire();
      kept.expire((keep) => history.oldest(keep));
      writeAll(store);
    };
    kept.put(device("before", { used: now - 30 * DAY }));
    kept.put(device("behind", { used: now + 1_000 }));
    kept.put(device("account", { used: now, isGuest: false }));
    pass(60_000);
    now += 400 * DAY;
    pass(60_000);
    pass(2 * 3_600_000);
    assertEquals(history.clock.isRight, true);
    pass(3_600_000);
    assertEquals(["before", "behind", "account"].map((hash) => kept.find(hash) !== undefined), [false, true, true]);
    pass(90 * DAY);
    assertEquals(kept.find("behind"), undefined);
    history.close();
  });
});

Deno.test("the devices that were used while the clock was far behind are kept without a change of each, over a restart, too", async () => {
  await withStore((store) => {
    let [now, uptime] = [1_000 * DAY, 0];
    const times = { now: () => now, uptime: () => uptime };
    const history = new History(store, { keep: DAY, ...times });
    let clock: Pick<History, "oldest"> = history;
    const kept = new KeptDevices(store);
    const count = () => Number(store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n);
    const changes = () => Number(store.db.prepare("SELECT total_changes() AS n").get()!.n);
    const pass = (time: number) => {
      now += time;
      uptime += time;
      history.expire();
      kept.expire((keep) => clock.oldest(keep));
      writeAll(store);
    };
    for (let i = 0; i < 1_000; i++) kept.put(device(`${i}`, { used: now + i }));
    pass(60_000);
    now += 400 * DAY;
    pass(60_000);
    const before = changes();
    pass(2 * 3_600_000);
    assertEquals([history.clock.isRight, changes() - before < 10], [true, true]);
    pass(89 * DAY);
    clock = new KeptClock(store, 0, DAY, times);
    pass(3_600_000);
    assertEquals(count(), 1_000);
    pass(DAY);
    assertEquals(count(), 0);
    history.close();
  });
});

Deno.test("where the clock is set back in a running room, devices that are used from then on are not unused", async () => {
  await withStore((store) => {
    const kept = new KeptDevices(store);
    kept.expire(at(1_000 * DAY));
    kept.expire(at(500 * DAY));
    kept.put(device("a", { used: 500 * DAY }));
    writeAll(store);
    assertEquals(kept.find("a")?.used, 500 * DAY);
  });
});
