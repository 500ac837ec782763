import { assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { Accounts } from "./accounts.ts";
import { History } from "./history.ts";
import { Markers } from "./markers.ts";
import { Registry } from "./registry.ts";
import { Store } from "./store.ts";
import { Room } from "./testing.ts";

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
    const parts = { registry: new Registry(store), accounts: new Accounts(store), markers: new Markers(store) };
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
    const insert = store.db.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, 0)");
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
