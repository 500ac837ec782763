import { assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { Accounts } from "./accounts.ts";
import { History } from "./history.ts";
import { Markers } from "./markers.ts";
import { Registry } from "./registry.ts";
import { Store } from "./store.ts";
import { Room } from "./testing.ts";

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
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/^:Tea\.local FAIL REGISTER TEMPORARILY_UNAVAILABLE alice :/);
    await alice.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0alice\0opensesame").toString("base64")}`);
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
    const settings = ["null", "5", "{", '{"name":"#c3"}', '{"name":"#other","created":1,"flags":"","bans":[]}'];
    for (const [i, text] of settings.entries()) {
      store.db.prepare("INSERT INTO channels VALUES (?, ?, 0)").run(`#c${i}`, text);
    }
    store.db.exec("INSERT INTO accounts VALUES ('alice', 'alice', 'x', 'y', 0)");
    const alice = await room.person("alice", { caps: "sasl" });
    for (const i of settings.keys()) {
      await alice.send(`JOIN #c${i}`);
      assertMatch((await alice.everything())[1], / 353 alice = #c\d :@alice$/);
    }
    for (const mechanism of ["PLAIN", "SCRAM-SHA-256"]) {
      const first = mechanism === "PLAIN" ? "\0alice\0x" : "n,,n=alice,r=abc";
      await alice.send(`AUTHENTICATE ${mechanism}`, `AUTHENTICATE ${Buffer.from(first).toString("base64")}`);
      await alice.sees("AUTHENTICATE +");
      if (mechanism === "PLAIN") await alice.sees(/ 904 /);
      else await alice.sees(/^AUTHENTICATE \S{20}/);
    }
    assertEquals(log, [
      "cannot read an account in :memory:: what is kept of alice is damaged",
      "cannot read the settings of a channel in :memory:: what is kept of #c0 is damaged",
    ]);
  });
});
