import { assertEquals, assertMatch } from "@std/assert";
import { History } from "../history.ts";
import { Store } from "../store.ts";
import { Room } from "../testing.ts";

Deno.test("A history that can't be read keeps nobody from joining and talking, and whoever asks for it is told", async () => {
  const store = new Store(":memory:");
  const log: string[] = [];
  const history = new History(store, { onError: (text) => log.push(text) });
  {
    await using room = new Room({}, {}, { history });
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("PRIVMSG #tea :hello");
    await alice.everything();
    store.flush();
    store.db.exec("DROP TABLE messages");
    const bob = await room.person("bob");
    await bob.send("JOIN #tea");
    assertMatch((await bob.everything()).at(-1)!, / 366 bob #tea /);
    assertEquals(log, ["cannot read the history: no such table: messages"]);
    await bob.send("PRIVMSG #tea :still here", "CAP REQ draft/chathistory", "CHATHISTORY LATEST #tea * 10");
    await alice.sees(":bob!bob@127.0.0.1 PRIVMSG #tea :still here");
    await bob.sees(":Tea.local FAIL CHATHISTORY MESSAGE_ERROR :The history cannot be read at the moment");
  }
  history.close();
  await store.close();
});

Deno.test("CHATHISTORY answers under the name that was asked for, in the case in which it was written", async () => {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room({}, {}, { history });
    const alice = await room.person("alice", { caps: "draft/chathistory batch", join: "#tea" });
    const bob = await room.person("bob");
    await bob.send("PRIVMSG alice :just between us");
    await alice.sees(/ PRIVMSG alice :just between us/);
    for (const target of ["bob", "BOB", "#Tea"]) {
      await alice.send(`CHATHISTORY LATEST ${target} * 10`);
      assertEquals((await alice.next())!.replace(/ \+\S+/, ""), `:Tea.local BATCH chathistory ${target}`);
      await alice.everything();
    }
  }
  history.close();
  await store.close();
});
