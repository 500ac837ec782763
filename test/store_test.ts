/**
 * The database as a file: damage, locks, other programs that have it, and what a restart finds.
 *
 * @module
 */

import { assertEquals, assertGreater, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { Channel } from "../server/room/channel.ts";
import { History } from "../server/store/history.ts";
import { outwaitLock } from "../server/store/lock_wait.ts";
import { Markers } from "../server/store/markers.ts";
import { KeptChannels } from "../server/store/channels.ts";
import { APPLICATION_ID, MIGRATIONS } from "../server/store/schema.ts";
import { StoreError } from "../server/store/errors.ts";
import { Store } from "../server/store/store.ts";
import { quickAccounts, Room } from "../server/testing.ts";
import { openFolder } from "./room.ts";

/** Settings of a channel that nothing is wrong with. */
const INTACT = { created: 1, flags: "nt", bans: [], operators: [], seats: [] };

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A room that keeps everything, and what it has to say about that, for one test. */
async function withRoom(test: (room: Room, store: Store, log: string[]) => Promise<void>): Promise<void> {
  const log: string[] = [];
  const onError = (text: string) => log.push(text);
  const store = new Store(":memory:", { onError });
  const history = new History(store, { onError });
  {
    const parts = {
      keptChannels: new KeptChannels(store),
      accounts: quickAccounts(store),
      markers: new Markers(store),
    };
    await using room = new Room({}, {}, { history, ...parts });
    await test(room, store, log);
  }
  history.close();
  await store.close();
}

Deno.test("Damaged tables keep nobody from coming in, joining and talking; each is reported once", async () => {
  await withRoom(async (room, store, log) => {
    store.db.exec("DROP TABLE channels; DROP TABLE accounts; DROP TABLE markers");
    const alice = await room.person("alice", { caps: "draft/read-marker sasl", join: "#tea,#coffee" });
    assertEquals(room.chat.markers!.find("account:alice", "#tea"), undefined);
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/^:Tea\.local FAIL REGISTER TEMPORARILY_UNAVAILABLE alice :/);
    await alice.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${base64("\0alice\0opensesame")}`);
    await alice.sees(/ 904 alice :SASL authentication failed/);
    await alice.send("TOPIC #tea :still here", "PRIVMSG #tea :hello");
    assertEquals((await alice.everything()).map((line) => line.split(" ")[1]), ["TOPIC"]);
    store.flush();
    assertEquals(
      log,
      [
        "cannot read an account in :memory:: no such table: accounts",
        "cannot read the settings of a channel in :memory:: no such table: channels",
        "cannot read markers in :memory:: no such table: markers",
        "cannot write :memory:: no such table: channels; what is said is kept in memory and written when that is possible",
        "what was not written to :memory: is lost",
      ].slice(0, 4),
    );
    // What the damage is not about is on the disk.
    assertEquals(store.db.prepare("SELECT text FROM messages ORDER BY id").all().map(({ text }) => text), [
      "still here",
      "hello",
    ]);
  });
});

Deno.test("At the end all that waits is written, though another table is damaged", async () => {
  const folder = await Deno.makeTempDir();
  const store = new Store(`${folder}/tea.db`);
  const history = new History(store);
  const markers = new Markers(store);
  store.flush();
  store.db.exec("ALTER TABLE markers RENAME TO damaged");
  markers.advance("account:alice", "#tea", 1);
  store.flush();
  const entry = { conversation: "#tea", command: "PRIVMSG", source: "a!a@b", sender: "a", target: "#tea", text: "x" };
  for (let id = 1; id <= 5_000; id++) history.add({ id, ...entry });
  history.close();
  await store.close();
  const db = new DatabaseSync(`${folder}/tea.db`);
  assertEquals(db.prepare("SELECT count(*) AS n FROM messages").get()!.n, 5_000);
  db.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A row that is not as it was written counts as none", async () => {
  await withRoom(async (room, store, log) => {
    const settings = [
      "null",
      "5",
      "{",
      '{"name":"#c3"}',
      '{"name":"#other","created":1,"flags":"","bans":[]}',
      JSON.stringify({ ...INTACT, name: "#c5", topic: { text: "a\r\nQUIT", by: "x", at: 1 } }),
    ];
    for (const [i, text] of settings.entries()) {
      store.db.prepare("INSERT INTO channels VALUES (?, ?, 0)").run(`#c${i}`, text);
    }
    const key = `${"A".repeat(43)}=`;
    const [scrypt, scram] = [`16384$8$1$AAAA$${key}`, `60000$AAAA$${key}$${key}`];
    const accounts = [["x", "y"], [scrypt.replace("84", "83"), scram], [scrypt.replace("8$1", "99$1"), scram], [
      scrypt,
      scram.replace(key, "AAAA"),
    ]];
    const insert = store.db.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, 0, NULL)");
    for (const [i, row] of accounts.entries()) insert.run(`alice${i}`, `alice${i}`, ...row);
    store.db.exec("INSERT INTO markers VALUES ('account:alice', '#c0', 'x')");
    const alice = await room.person("alice", { caps: "sasl draft/read-marker" });
    for (const i of settings.keys()) {
      await alice.send(`JOIN #c${i}`);
      const [, marker, names] = await alice.everything();
      assertMatch(marker, / MARKREAD #c\d \*$/);
      assertMatch(names, / 353 alice = #c\d :@alice$/);
    }
    assertEquals(room.chat.markers!.find("account:alice", "#c0"), undefined);
    for (const i of accounts.keys()) {
      // A connection that has guessed wrongly five times is closed.
      const guesser = await room.person(`guesser${i}`, { caps: "sasl" });
      await guesser.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${base64(`\0alice${i}\0x`)}`);
      await guesser.sees(/ 904 /);
      await guesser.send("AUTHENTICATE SCRAM-SHA-256", `AUTHENTICATE ${base64(`n,,n=alice${i},r=abc`)}`);
      await guesser.sees("AUTHENTICATE +");
      const challenge = (await guesser.next())!.split(" ")[1];
      const nonce = atob(challenge).slice(2).split(",")[0];
      await guesser.send(`AUTHENTICATE ${base64(`c=biws,r=${nonce},p=${key}`)}`);
      await guesser.sees(/ 904 /);
    }
    assertEquals(log, [
      "cannot read the settings of a channel in :memory:: what is kept of #c0 is damaged",
      "cannot read markers in :memory:: what is kept of #c0 is damaged",
      "cannot read an account in :memory:: what is kept of alice0 is damaged",
    ]);
  });
});

Deno.test("Each transaction has the log synchronised and counts towards its copying, gathered or not", async () => {
  const folder = await Deno.makeTempDir();
  /** Counts what would be copied. */
  class Counting extends Store {
    copies = 0;
    override copyLog(): void {
      this.copies++;
    }
  }
  const store = new Counting(`${folder}/tea.db`);
  let syncs = 0;
  const first = Promise.withResolvers<void>();
  const { syncData } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.syncData = async function () {
    // What is written while the log is synchronised may come too late for that.
    if (++syncs === 1) store.transact(() => store.db.exec("DELETE FROM markers WHERE time = 1"));
    first.resolve();
    await syncData.call(this);
  };
  try {
    const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
      INSERT INTO markers SELECT 'account:alice', i, i FROM n`;
    store.transact(() => store.db.exec(rows));
    assertEquals(store.copies, 1);
    await first.promise;
    assertEquals(store.copies, 1);
  } finally {
    await store.close();
    Deno.FsFile.prototype.syncData = syncData;
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(syncs, 2);
});

/** A database in a folder of its own, to which markers are written, for one test. */
class Kept implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly file = `${this.folder}/tea.db`;
  readonly log: string[] = [];
  #skipped = 0;
  readonly store = new Store(this.file, {
    onError: (text) => this.log.push(text),
    now: () => performance.now() + this.#skipped,
  });
  readonly markers = new Markers(this.store);

  /** Lets so many milliseconds pass at once. */
  skip(milliseconds: number): void {
    this.#skipped += milliseconds;
  }

  /** Someone has read a channel. */
  read(channel: string): void {
    this.markers.advance("account:alice", channel, 1);
    this.store.flush();
  }

  /**
   * Another thread begins to write, as to empty the log.
   *
   * @returns What has it end a tenth of a second later, and waits for that.
   */
  async locked(): Promise<() => Promise<void>> {
    const other = `import { DatabaseSync } from "node:sqlite";
      const db = new DatabaseSync(${JSON.stringify(this.file)});
      db.exec("BEGIN IMMEDIATE");
      postMessage("it writes");
      onmessage = () => setTimeout(() => {
        db.exec("COMMIT");
        db.close();
        postMessage("it is done");
      }, 100);`;
    const thread = new Worker(`data:application/javascript,${encodeURIComponent(other)}`, { type: "module" });
    const said = () => new Promise((resolve) => thread.onmessage = ({ data }) => resolve(data));
    assertEquals(await said(), "it writes");
    return async () => {
      const done = said();
      thread.postMessage("end");
      await done;
      thread.terminate();
    };
  }

  /** What another program finds in a file. */
  found(file = this.file): unknown[] {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return db.prepare("SELECT target FROM markers ORDER BY target").all().map(({ target }) => target);
    } finally {
      db.close();
    }
  }

  /** Resolves when no file of a folder holds a text any more. */
  async gone(text: string, folder = this.folder): Promise<void> {
    const isHeld = () =>
      [...Deno.readDirSync(folder)].some(({ name }) => Deno.readTextFileSync(`${folder}/${name}`).includes(text));
    for (let i = 0; i < 400; i++) {
      if (!isHeld()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${text} is still there`);
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("A database that is deleted while it is open is written anew, with all that was in it", async () => {
  await using kept = new Kept();
  kept.read("#before");
  for (const suffix of ["", "-wal", "-shm", "-lock"]) Deno.removeSync(kept.file + suffix);
  kept.read("#after");
  assertEquals(kept.found(), ["#after", "#before"]);
  assertMatch(
    kept.log.join("\n"),
    /^\S*tea\.db has been deleted or replaced while it was open; a new one that holds everything has been written$/,
  );
  // The lock is that of the new one.
  let refusal = "";
  try {
    new Store(kept.file);
  } catch (error) {
    refusal = `${error}`;
  }
  assertStringIncludes(refusal, "is in use by another server");
  kept.read("#again");
  Deno.removeSync(kept.file);
  await kept.close();
  assertEquals(kept.found(), ["#after", "#again", "#before"]);
});

Deno.test("What was deleted just before a crash is in no file soon after the next start", async () => {
  await using kept = new Kept();
  kept.read("#swordfish");
  kept.store.transact(() => kept.store.db.exec("DELETE FROM markers"));
  kept.read("#tea");
  // The files as they are in the middle of everything.
  const folder = `${kept.folder}/crashed`;
  Deno.mkdirSync(folder);
  for (const suffix of ["", "-wal"]) Deno.copyFileSync(kept.file + suffix, `${folder}/tea.db${suffix}`);
  assertStringIncludes(Deno.readTextFileSync(`${folder}/tea.db-wal`), "#swordfish");
  const store = new Store(`${folder}/tea.db`);
  await kept.gone("#swordfish", folder);
  await store.close();
  assertEquals(kept.found(`${folder}/tea.db`), ["#tea"]);
});

Deno.test("What verified a password that was changed or whose account was removed, and a key that was taken off, are in no file soon", async () => {
  for (const what of ["password", "account", "key"]) {
    // Each log is emptied some seconds after the last time at the earliest.
    await using kept = new Kept();
    const { store } = kept;
    const [accounts, keptChannels] = [quickAccounts(store), new KeptChannels(store)];
    const channel = new Channel("#tea", 1);
    channel.key = "swordfish";
    keptChannels.changed(channel);
    await accounts.register("alice", "opensesame");
    store.flush();
    const { scrypt, scram } = store.db.prepare("SELECT scrypt, scram FROM accounts").get() as Record<string, string>;
    if (what === "password") await accounts.changePassword("alice", "sesame open", () => true);
    else if (what === "account") {
      const identity = accounts.identity("alice");
      accounts.drop("alice", () => {});
      while (accounts.dropRest(identity));
    } else {
      channel.key = undefined;
      keptChannels.changed(channel);
      store.flush();
    }
    for (const text of what === "key" ? ["swordfish"] : [scrypt, scram]) await kept.gone(text);
  }
});

Deno.test("A log that is deleted while it is open takes nothing with it", async () => {
  await using kept = new Kept();
  kept.read("#before");
  Deno.removeSync(`${kept.file}-wal`);
  kept.read("#after");
  await kept.close();
  assertEquals(kept.found(), ["#after", "#before"]);
});

Deno.test("A log that is cut off while it is open takes nothing with it", async () => {
  await using kept = new Kept();
  kept.read("#before");
  Deno.truncateSync(`${kept.file}-wal`, 0);
  kept.read("#after");
  assertEquals(kept.found(), ["#after", "#before"]);
  assertMatch(kept.log.join("\n"), /^\S*tea\.db has been cut off while it was open; a new one [^\n]*$/);
});

Deno.test("A log that the thread empties while the database is being closed has not been cut off", async () => {
  await using kept = new Kept();
  kept.read("#tea");
  // The thread still opens the file, so that it is asked for this at the end.
  kept.store.copyLog("TRUNCATE");
  await kept.close();
  assertEquals([kept.log, kept.found()], [[], ["#tea"]]);
});

Deno.test("A database that is cut off while it is open, and can't be read whole any more, is told of each hour", async () => {
  await using kept = new Kept();
  kept.read("#before");
  const { store, file } = kept;
  const told = () => kept.log.filter((line) => line.includes("cut off"));
  store.copyLog("TRUNCATE");
  for (let i = 0; i < 400 && Deno.statSync(`${file}-wal`).size > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  kept.read("#between");
  Deno.truncateSync(file, 8_192);
  const { now } = performance;
  try {
    for (const minutes of [0, 1, 30, 61, 90, 122]) {
      performance.now = () => now.call(performance) + minutes * 60_000;
      kept.read(`#after${minutes}`);
      assertEquals(told().length, 1 + Math.floor(minutes / 61), `${minutes} minutes`);
    }
  } finally {
    performance.now = now;
  }
  for (const line of told()) {
    assertMatch(
      line,
      /tea\.db has been cut off while it was open, and a new one cannot be written: [^;]*; that is tried/,
    );
  }
});

Deno.test("A file that is damaged is written anew once that is noticed", async () => {
  await using kept = new Kept();
  kept.read("#before");
  const file = Deno.openSync(kept.file, { write: true });
  file.writeSync(crypto.getRandomValues(new Uint8Array(4_096)));
  file.close();
  // A log that can't be read is noticed by the other thread.
  const log = Deno.openSync(`${kept.file}-wal`, { write: true });
  log.writeSync(crypto.getRandomValues(new Uint8Array(4_096)));
  log.close();
  kept.store.copyLog("TRUNCATE");
  for (let i = 0; i < 400 && !kept.log.some((line) => line.includes("a new one")); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  kept.read("#after");
  assertMatch(kept.log.join("\n"), /tea\.db has been damaged while it was open; a new one that holds everything /);
  assertEquals(kept.found(), ["#after", "#before"]);
});

Deno.test("A file that is put in a database's place is kept under another name", async () => {
  await using kept = new Kept();
  kept.read("#before");
  const other = new DatabaseSync(`${kept.folder}/other.db`);
  other.exec("CREATE TABLE markers (target TEXT); INSERT INTO markers VALUES ('#other')");
  other.close();
  Deno.renameSync(`${kept.folder}/other.db`, kept.file);
  kept.read("#after");
  assertEquals(kept.found(), ["#after", "#before"]);
  const [, name] = /, and what was found in its place is (\S+) now$/.exec(kept.log[0])!;
  assertEquals(kept.found(name), ["#other"]);
  await kept.close();
  assertEquals(kept.found(), ["#after", "#before"]);
});

Deno.test("Where a new file can't be written that is said once and tried again; a folder that is gone is made", async () => {
  await using kept = new Kept();
  kept.read("#before");
  Deno.renameSync(kept.folder, `${kept.folder}-gone`);
  Deno.writeTextFileSync(kept.folder, "in the way");
  kept.read("#between");
  kept.read("#after");
  assertMatch(kept.log.join("\n"), /^\S*tea\.db has been deleted [^\n]* a new one cannot be written: Not a directory/);
  Deno.removeSync(kept.folder);
  await kept.close();
  assertEquals(kept.found(), ["#after", "#before", "#between"]);
  assertEquals(Deno.statSync(kept.folder).mode! & 0o777, 0o700);
  await Deno.remove(`${kept.folder}-gone`, { recursive: true });
});

Deno.test("A database that another server has begun under the same name is left alone", async () => {
  await using kept = new Kept();
  kept.read("#before");
  for (const suffix of ["", "-wal", "-shm", "-lock"]) Deno.removeSync(kept.file + suffix);
  const other = new Store(kept.file);
  new Markers(other).advance("account:bob", "#other", 1);
  other.flush();
  kept.read("#after");
  assertMatch(kept.log.join("\n"), /cannot be written: \S*tea\.db is in use by another server; that is tried again/);
  await other.close();
  assertEquals(kept.found(), ["#other"]);
});

Deno.test("Nobody else may read a database, what stands beside it, and the folder that is made for it", async () => {
  const outer = await Deno.makeTempDir();
  const umask = Deno.umask(0);
  try {
    const file = `${outer}/data/tea.db`;
    const store = new Store(file);
    store.db.exec("DELETE FROM markers");
    const modes = (folder: string) =>
      [...Deno.readDirSync(folder)].map(({ name }) => [name, Deno.statSync(`${folder}/${name}`).mode! & 0o777]).sort();
    const expected = ["tea.db", "tea.db-lock", "tea.db-shm", "tea.db-wal"].map((name) => [name, 0o600]);
    assertEquals(modes(`${outer}/data`), expected);
    assertEquals(Deno.statSync(`${outer}/data`).mode! & 0o777, 0o700);
    await store.close();
    // One that is there is set right, but for its folder, of which it is said.
    for (const { name } of Deno.readDirSync(`${outer}/data`)) Deno.chmodSync(`${outer}/data/${name}`, 0o644);
    Deno.chmodSync(`${outer}/data`, 0o755);
    const log: string[] = [];
    const again = new Store(file, { onError: (text) => log.push(text) });
    new Markers(again).advance("account:alice", "#tea", 1);
    again.flush();
    assertEquals(modes(`${outer}/data`), expected);
    assertEquals(Deno.statSync(`${outer}/data`).mode! & 0o777, 0o755);
    assertMatch(log.join("\n"), /^others on this machine may list the folder of tea\.db \(its mode is 755\); [^\n]*$/);
    await again.close();
  } finally {
    Deno.umask(umask);
    await Deno.remove(outer, { recursive: true });
  }
});

Deno.test("A server that begins while the one before it is ending waits for a moment", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/tea.db`;
  await new Store(file).close();
  const code = `const file = Deno.openSync(Deno.args[0], { write: true });
    file.lockSync(true);
    console.log("locked");
    setTimeout(() => Deno.exit(), 100);`;
  const other = new Deno.Command(Deno.execPath(), {
    args: ["eval", code, `${file}-lock`],
    stdout: "piped",
  }).spawn();
  const reader = other.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "locked\n");
  await new Store(file).close();
  await reader.cancel();
  assertEquals((await other.status).success, true);
});

Deno.test("What can't be kept is refused to its sender and told to nobody; what was said before is kept", async () => {
  await withRoom(async (room, store) => {
    const caps = "echo-message labeled-response batch draft/multiline";
    const alice = await room.person("alice", { caps, join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    store.flush();
    store.db.exec("PRAGMA query_only = 1");
    const { history } = room.chat;
    const entry = { conversation: "#x", command: "PRIVMSG", source: "x", sender: "x", target: "#x" };
    await alice.send("PRIVMSG #tea :said in time");
    await bob.sees(/said in time/);
    await alice.everything();
    for (let id = 1; history!.add({ id, ...entry, text: "x".repeat(1_000_000) }); id++);
    await alice.send(
      "PRIVMSG #tea :too late",
      "TOPIC #tea :too late",
      "PRIVMSG bob :too late",
      "NOTICE #tea :too late",
    );
    await alice.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :too", "@batch=1 PRIVMSG #tea :late");
    await alice.send("BATCH -1");
    const refusal =
      "Cannot send (it can't be kept at the moment: the server's disk is full or locked; try again later)";
    assertEquals(
      await alice.everything(),
      ["#tea", "#tea", "bob", "#tea"].map((target) => `:Tea.local 404 alice ${target} :${refusal}`),
    );
    assertEquals(await bob.everything(), []);
    assertEquals(room.chat.channels.find("#tea")!.topic, undefined);
    store.db.exec("PRAGMA query_only = 0");
    store.transact(() => {});
    await alice.send("PRIVMSG #tea :as before");
    await bob.sees(/as before/);
    store.flush();
    const rows = store.db.prepare("SELECT text FROM messages WHERE target = '#tea' ORDER BY id").all();
    assertEquals(rows.map(({ text }) => text), ["said in time", "as before"]);
  });
});

Deno.test("A change that is made at once waits while another thread writes, as to empty the log", async () => {
  await using kept = new Kept();
  const end = await kept.locked();
  const ended = end();
  kept.store.transact(() => kept.store.db.exec("INSERT INTO markers VALUES ('account:alice', '#tea', 1)"));
  await ended;
  assertEquals(kept.found(), ["#tea"]);
});

/** Notes from now on how long SQLite would wait for a lock each time, in milliseconds. */
function noteWaits({ db }: Store): number[] {
  const waits: number[] = [];
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    const [, wait] = /busy_timeout = (\d+)/.exec(sql) ?? [];
    if (Number(wait) > 0) waits.push(Number(wait));
    return exec(sql);
  };
  return waits;
}

Deno.test("Only the first change at once waits for a lock that lasts, until the lock is seen to be gone", async () => {
  await using kept = new Kept();
  const { store } = kept;
  const waits = noteWaits(store);
  for (const isGathered of [false, true]) {
    const end = await kept.locked();
    // What is gathered beside it is locked out as well.
    if (isGathered) kept.read("#tea");
    for (let i = 0; i < 4; i++) {
      const { message } = assertThrows(() => store.transact(() => {}), StoreError);
      assertMatch(message, isGathered ? /something else could not be written yet/ : /database is locked/);
    }
    assertEquals(waits.splice(0), [500]);
    await end();
    store.transact(() => {});
    waits.length = 0;
    // So long a wait is made up for first.
    store.transact(() => {});
    assertEquals(waits.splice(0), []);
    kept.skip(1_200_000);
    store.transact(() => {});
    assertEquals(waits.splice(0), [500]);
  }
  assertEquals(kept.found(), ["#tea"]);
});

Deno.test("A program that locks the file again and again is waited for once, and then changes at once fail meanwhile", async () => {
  await using kept = new Kept();
  const { store } = kept;
  const waits = noteWaits(store);
  for (const isMadeUpFor of [true, false, false, true, false]) {
    if (isMadeUpFor) kept.skip(1_200_000);
    const end = await kept.locked();
    const ended = end();
    if (isMadeUpFor) store.transact(() => {});
    else assertThrows(() => store.transact(() => {}), StoreError, "database is locked");
    assertEquals(waits.splice(0), isMadeUpFor ? [500] : []);
    await ended;
    // The lock is seen to be gone.
    store.transact(() => {});
    assertEquals(waits.splice(0), []);
  }
});

Deno.test("Who waits until something is written goes on waiting while another thread writes: that is no failure", async () => {
  await using kept = new Kept();
  const end = await kept.locked();
  kept.read("#tea");
  const { store } = kept;
  assertEquals([store.isFailing, store.isHeldUp(kept.markers), kept.found()], [false, true, []]);
  const settled = store.settled(store.changes);
  await end();
  await settled;
  assertEquals([store.isHeldUp(kept.markers), kept.found(), kept.log], [false, ["#tea"], []]);
});

Deno.test("Who waits until something is written waits for it as ever while another table is damaged", async () => {
  await using kept = new Kept();
  const { store, markers } = kept;
  const history = new History(store);
  store.db.exec("ALTER TABLE markers RENAME TO damaged");
  kept.read("#tea");
  assertEquals([store.isFailing, store.settled(store.changes)], [true, undefined]);
  const entry = { conversation: "#tea", command: "PRIVMSG", source: "a!a@b", sender: "a", target: "#tea" };
  const count = () => store.db.prepare("SELECT count(*) AS n FROM messages").get()!.n;
  for (let id = 1; id <= 3; id++) {
    history.add({ id, ...entry, text: "x" });
    markers.advance("account:alice", "#tea", 1 + id);
    assertEquals([store.isHeldUp(history), store.isHeldUp(markers)], [false, true]);
    await store.settled(store.changes);
    assertEquals(count(), id);
  }
  // What can't be written keeps nobody waiting.
  markers.advance("account:alice", "#tea", 9);
  assertEquals(store.settled(store.changes), undefined);
  store.db.exec("ALTER TABLE damaged RENAME TO markers");
  store.flush();
  assertEquals([store.isFailing, kept.found()], [false, ["#tea"]]);
  assertMatch(kept.log.at(-1)!, /tea\.db is written again$/);
  history.close();
});

Deno.test("A log that has become large is emptied while the room goes on", async () => {
  await using kept = new Kept();
  const { store } = kept;
  const rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)";
  store.transact(() => store.db.exec(`${rows} INSERT INTO markers SELECT hex(randomblob(1500)), i, i FROM n`));
  const size = () => Deno.statSync(`${kept.file}-wal`).size;
  assertGreater(size(), 16_777_216);
  for (let i = 0; i < 2_000 && size() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals([size(), kept.log], [0, []]);
});

Deno.test("While nothing can be written, changes at once are tried a few times, and then refused until it is tried again", async () => {
  await using kept = new Kept();
  const { store } = kept;
  store.db.exec("PRAGMA query_only = 1");
  kept.read("#tea");
  const refusals = Array.from({ length: 10 }, () => assertThrows(() => store.transact(() => {}), StoreError).message);
  assertEquals(refusals.filter((text) => text.endsWith("it is tried again soon")).length, 4);
  store.db.exec("PRAGMA query_only = 0");
  store.flush();
  store.transact(() => {});
  assertEquals(kept.found(), ["#tea"]);
});

Deno.test("A program that has no time left waits for another thread that writes, and loses nothing", async () => {
  await using kept = new Kept();
  const end = await kept.locked();
  const ended = end();
  kept.read("#tea");
  kept.store.closeNow();
  assertEquals([kept.found(), kept.log], [["#tea"], []]);
  await ended;
});

Deno.test("At the end a lock of another program is waited for, and what was said is written once that is over", async () => {
  await using kept = new Kept();
  const end = await kept.locked();
  kept.read("#tea");
  const written = outwaitLock(kept.store);
  await end();
  await written;
  assertEquals([kept.found(), await kept.store.close(), kept.log], [["#tea"], true, []]);
});

Deno.test("A lock that outlasts all patience ends the wait, and what is lost by it is said", async () => {
  await using kept = new Kept();
  const end = await kept.locked();
  kept.read("#tea");
  await outwaitLock(kept.store, { patience: 20 });
  assertEquals(await kept.store.close(), false);
  assertMatch(kept.log.join("\n"), /^what was not written to \S+tea\.db is lost$/m);
  await end();
  assertEquals(kept.found(), []);
});

Deno.test("What can't be written for another reason than a lock is not waited for at the end", async () => {
  await using kept = new Kept();
  kept.store.db.exec("PRAGMA query_only = 1");
  kept.read("#tea");
  await outwaitLock(kept.store, { onWait: (text) => kept.log.push(text) });
  assertEquals(await kept.store.close(), false);
  assertMatch(kept.log.shift()!, /^cannot write \S+tea\.db: attempt to write a readonly database; /);
  assertMatch(kept.log.shift()!, /^what was not written to \S+tea\.db is lost$/);
});

Deno.test("The search index of a database is merged by hand, in one that is older, too", async () => {
  const folder = await Deno.makeTempDir();
  const setting = (store: Store) =>
    store.db.prepare("SELECT k, v FROM words_config WHERE k LIKE '%merge' ORDER BY k").all().map(({ k, v }) => [k, v]);
  try {
    for (const version of [0, 1, 7]) {
      const db = new DatabaseSync(`${folder}/${version}.db`);
      for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration);
      if (version > 0) db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
      db.close();
      const store = new Store(`${folder}/${version}.db`);
      assertEquals(setting(store), [["automerge", 0], ["crisismerge", 1000]]);
      await store.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Where it can't be read which accounts were dropped, the past of one is nobody's", async () => {
  const log: string[] = [];
  const store = new Store(":memory:", { onError: (text) => log.push(text) });
  const accounts = quickAccounts(store);
  assertEquals(accounts.identity("Alice"), "account:alice");
  store.db.exec("DROP TABLE dropped_accounts");
  assertEquals(accounts.identity("Alice"), "account:alice/?");
  assertEquals(log.length, 1);
  await store.close();
});

Deno.test("A database is the file that its name says, never a URI, and stands where a link leads", async () => {
  const folder = await Deno.makeTempDir();
  const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const before = Deno.cwd();
  Deno.chdir(folder);
  try {
    for (const name of ["file:x.db", "file:x.db?mode=ro", "file::memory:", "x%20y.db", "x#y?.db"]) {
      const store = new Store(name);
      assertEquals(names(), [name, `${name}-lock`, `${name}-shm`, `${name}-wal`]);
      for (const file of names()) assertEquals(Deno.statSync(file).mode! & 0o077, 0, file);
      await store.close();
      for (const file of names()) Deno.removeSync(file);
    }
    Deno.mkdirSync("disk");
    Deno.symlinkSync("disk", "other");
    Deno.symlinkSync("other/target.db", "link.db");
    assertThrows(() => new Store("link.db"), StoreError, "a link to a file that is not there");
    Deno.writeTextFileSync("disk/target.db", "");
    const store = new Store("link.db");
    assertEquals([...Deno.readDirSync("disk")].map(({ name }) => name).sort(), [
      "target.db",
      "target.db-lock",
      "target.db-shm",
      "target.db-wal",
    ]);
    for (const same of ["disk/target.db", "other/target.db", "link.db"]) {
      assertThrows(() => new Store(same), StoreError, "in use by another server");
    }
    await store.close();
    new Deno.Command("mkfifo", { args: ["pipe"] }).outputSync();
    for (const name of ["pipe", "disk", "", "/dev/zero", "disk/target.db/x.db"]) {
      assertThrows(() => new Store(name), StoreError, "cannot use");
    }
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});
