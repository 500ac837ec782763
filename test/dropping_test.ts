/** PASSWD and DROP: rights end with the password or account that gave them, and nobody who takes the name later gets them. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertMatch } from "@std/assert";
import { renameChannel } from "../server/room/renaming.ts";
import { Channel } from "../server/room/channel.ts";
import type { Clock } from "../server/auth/attempt_queue.ts";
import { Guesses } from "../server/auth/guesses.ts";
import { History } from "../server/store/history.ts";
import { nextTurn } from "../server/turns/loop.ts";
import { Markers } from "../server/store/markers.ts";
import { MaskList } from "../server/room/masklist.ts";
import { Metadata } from "../server/store/metadata.ts";
import { Accounts } from "../server/auth/accounts.ts";
import { channelsOf } from "../server/room/channel.ts";
import { dropAccount } from "../server/room/dropping.ts";
import { logOut, weighLogins } from "../server/room/logins.ts";
import { KeptChannels } from "../server/store/channels.ts";
import { MECHANISMS } from "../server/auth/sasl.ts";
import { StoreError } from "../server/store/errors.ts";
import { Store } from "../server/store/store.ts";
import { type Person, quickAccounts, Room, sessionOf } from "../server/testing.ts";

/** A room that keeps everything, for one test. The clock of guesses is the test's. */
async function withRoom(
  test: (room: Room, store: Store, clock: Clock & { ms: number }) => Promise<void>,
  accountsIn: (store: Store) => Accounts = quickAccounts,
) {
  const store = new Store(":memory:");
  const history = new History(store);
  const clock = {
    ms: 0,
    now: () => clock.ms,
    after(_: number, act: () => void) {
      const timer = setTimeout(act);
      return () => clearTimeout(timer);
    },
  };
  {
    await using room = new Room({ operators: new Map([["root", "oolong"]]) }, {}, {
      accounts: accountsIn(store),
      keptChannels: new KeptChannels(store),
      markers: new Markers(store),
      metadata: new Metadata(store),
      store,
      guesses: new Guesses(clock),
      history,
    });
    await test(room, store, clock);
  }
  history.close();
  await store.close();
}

async function registers(person: Person, password = "opensesame"): Promise<void> {
  await person.send(`REGISTER * * ${password}`);
  await person.sees(/ REGISTER SUCCESS /);
  await person.everything();
}

/** Logs in by SASL PLAIN, and gives the numeric that ends it. */
async function logsIn(person: Person, name: string, password: string): Promise<string> {
  await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0${name}\0${password}`)}`);
  return / (90[34]) /.exec(await person.sees(/ 90[34] /))![1];
}

Deno.test("PASSWD changes the password of who has proved the old one of late, and logs out everybody else", async () => {
  await withRoom(async (room, _, clock) => {
    const alice = await room.person("alice", { join: "#tea", caps: "account-notify" });
    await registers(alice);
    const thief = await room.person("thief", { join: "#tea", caps: "account-notify" });
    assertEquals(await logsIn(thief, "alice", "opensesame"), "903");
    assert(room.chat.channels.find("#tea")!.isOperator(room.chat.find("thief")!));
    // Logged in, but not in the room yet.
    const hidden = await room.stranger("hidden");
    assertEquals(await logsIn(hidden, "alice", "opensesame"), "903");
    await alice.everything();
    await alice.send("PASSWD :sesame open");
    await alice.sees(":Tea.local PASSWD SUCCESS alice :Your password is changed");
    await thief.sees(/ 901 thief thief!thief@127\.0\.0\.1 :You are now logged out: the password was changed$/);
    assertEquals(await thief.next(), ":Tea.local MODE #tea -o thief");
    await thief.sees(":thief!thief@127.0.0.1 ACCOUNT *");
    await hidden.send("NICK hidden", "USER hidden 0 * :hidden", "CAP END", "WHOIS hidden");
    await hidden.sees(/ 901 /);
    assert(!(await hidden.everything()).some((line) => / 330 hidden hidden alice /.test(line)));
    assertEquals(room.chat.logins.get("alice")?.size, 1);
    assertEquals(await logsIn(thief, "alice", "opensesame"), "904");
    assertEquals(await logsIn(thief, "alice", "sesame open"), "903");
    const table: [string, string][] = [
      ["PASSWD x", "WEAK_PASSWORD alice"],
      ["PASSWD Alice", "WEAK_PASSWORD alice"],
      [`PASSWD ${"x".repeat(301)}`, "UNACCEPTABLE_PASSWORD alice"],
    ];
    for (const [line, code] of table) {
      await alice.send(line);
      assert((await alice.sees(/ FAIL /)).startsWith(`:Tea.local FAIL PASSWD ${code} :`), line);
    }
    clock.ms += 300_000;
    await alice.send("PASSWD another");
    await alice.sees(/ FAIL PASSWD NEED_LOGIN alice :/);
    assertEquals(await logsIn(alice, "alice", "sesame open"), "903");
    await alice.send("PASSWD another");
    await alice.sees(/ PASSWD SUCCESS /);
    const guest = await room.person("guest");
    await guest.send("PASSWD another", "DROP guest");
    await guest.sees(/ FAIL PASSWD ACCOUNT_REQUIRED \* :/);
    await guest.sees(/ FAIL DROP ACCOUNT_REQUIRED guest :/);
  });
});

Deno.test("A login that is under way with the old password, or to an account that is removed, comes to nothing", async () => {
  const store = new Store(":memory:");
  const accounts = quickAccounts(store);
  await accounts.register("alice", "first");
  store.flush();
  const changed = accounts.changePassword("alice", "second", () => true);
  // All begin with what was kept before the change; the first ends before it.
  const eve = { range: "10.0.0.1", isKnown: true, isOver: () => false };
  const logins = [1, 2, 3].map(async () => (await accounts.verify("alice", "first", eve))?.account);
  assertEquals(await Promise.all([changed, ...logins]), [true, "alice", undefined, undefined]);
  const removed = accounts.verify("alice", "second");
  accounts.drop("alice", () => {});
  assertEquals(await removed, undefined);
  assertEquals(await accounts.changePassword("alice", "third", () => false), false);
  await store.close();
});

Deno.test("DROP is for one's own account, proved of late, and for operators", async () => {
  await withRoom(async (room, _, clock) => {
    const alice = await room.person("alice");
    await registers(alice);
    const bob = await room.person("bob");
    await registers(bob);
    clock.ms += 300_000;
    await bob.send("DROP alice", "DROP nobody", "DROP bob");
    await bob.sees(/ FAIL DROP NO_PERMISSION alice :/);
    await bob.sees(/ FAIL DROP NO_PERMISSION nobody :/);
    await bob.sees(/ FAIL DROP NEED_LOGIN bob :/);
    assertEquals(await logsIn(bob, "bob", "opensesame"), "903");
    await bob.send("DROP bob");
    await bob.sees(":Tea.local DROP SUCCESS bob :The account is no more");
    await bob.send("DROP bob");
    await bob.sees(/ FAIL DROP ACCOUNT_REQUIRED bob :/);
    const root = await room.person("root");
    await root.send("OPER root oolong", "DROP nobody", "DROP Alice");
    await root.sees(/ FAIL DROP ACCOUNT_UNKNOWN nobody :/);
    await root.sees(":Tea.local DROP SUCCESS alice :The account is no more");
    await alice.sees(/ 901 alice /);
    assertEquals(await logsIn(alice, "alice", "opensesame"), "904");
  });
});

Deno.test("Nothing of a removed account reaches who has its name later", async () => {
  await withRoom(async (room, store) => {
    const caps = "draft/chathistory batch draft/metadata-3 draft/read-marker message-tags draft/message-redaction";
    const old = await room.person("bob", { caps, join: "#hers,#open,#private,#kept" });
    const alice = await room.person("alice", { caps, join: "#open,#hers" });
    await registers(alice);
    await registers(old);
    await alice.send("PRIVMSG bob :for the old bob");
    await old.send(
      "PRIVMSG alice :from the old bob",
      "PRIVMSG #open :said openly",
      "MODE #open +b ~a:BOB",
      "MODE #open +e ~t:60:~a:bob",
      "MODE #open +I ~a:bob",
      "MODE #open +b ~m:~a:bob",
      "MODE #open +b ~a:bo*",
      "MODE #private +i",
      "TOPIC #private :kept",
      "MODE #kept +e ~a:Bob",
      "MODE #kept +b ~a:bob",
      "TOPIC #kept :kept",
      "MODE #hers +b ~a:bob",
      "TOPIC #hers :kept",
      "METADATA * SET pronouns :they",
      "MARKREAD #open timestamp=2026-01-01T12:00:00.000Z",
    );
    await old.everything();
    // These are kept and not open.
    await old.send("PART #private,#kept");
    await old.everything();
    store.flush();
    const said = store.db.prepare("SELECT id FROM messages WHERE text = 'said openly'").get()!.id as number;
    await old.send("DROP bob");
    await old.sees(/ DROP SUCCESS bob /);
    const told = await alice.everything();
    await alice.send("JOIN #kept");
    await alice.sees(/ 353 alice = #kept :@alice$/);
    await alice.everything();
    for (const mode of ["-b ~a:BOB", "-e ~t:60:~a:bob", "-I ~a:bob", "-b ~m:~a:bob", "-o bob"]) {
      assert(told.includes(`:Tea.local MODE #open ${mode}`), `${mode} in ${told.join("\n")}`);
    }
    assert(!told.some((line) => line.includes("-b ~a:bo*")));
    await old.send("MARKREAD #open", "METADATA * LIST");
    const left = await old.everything();
    assertMatch(left.join("\n"), / MARKREAD #open :?\*/);
    assert(!left.some((line) => line.includes("they")));
    await old.send("QUIT");
    await old.rest();

    // The same nick at the same address, with an account of that name.
    const heir = await room.person("bob", { caps });
    await registers(heir, "another");
    await heir.send("JOIN #hers,#open,#kept", "METADATA * LIST", "MARKREAD #open");
    await heir.send("CHATHISTORY LATEST alice * 50", "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z");
    await heir.send("CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 50");
    await heir.send(`REDACT #open ${said.toString(36)} :mine?`, "JOIN #private");
    const seen = (await heir.everything()).join("\n");
    assert(!/old bob|they|CHATHISTORY TARGETS alice|2026-01-01T12:00/.test(seen.replaceAll(/^@time=\S+ /gm, "")), seen);
    assertMatch(seen, / 353 bob = #kept :@alice bob$/m);
    assert(!/ MODE \S+ \+o bob| 474 bob #kept /.test(seen), seen);
    assertMatch(seen, / FAIL REDACT /);
    assertMatch(seen, / 473 bob #private /);
    assert(!room.chat.channels.find("#hers")!.isOperator(room.chat.find("bob")!));
    // What they say to each other now is another talk.
    await heir.send("PRIVMSG alice :from the new bob");
    await alice.sees(/from the new bob$/);
    await heir.send("CHATHISTORY LATEST alice * 50");
    const talk = (await heir.everything()).join("\n");
    assert(talk.includes("from the new bob") && !talk.includes("old bob"), talk);
    // It is alice's still, all of it.
    await alice.send("CHATHISTORY LATEST bob * 50");
    assert((await alice.everything()).some((line) => line.endsWith(":from the old bob")));
  });
});

Deno.test("However many channels an account has been in, what is known of its visits goes with it, some at a time", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice");
    await registers(alice);
    store.flush();
    store.db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO visits SELECT 'account:alice', '#' || i, i FROM n`);
    const gone = () => 2000 - Number(store.db.prepare("SELECT count(*) AS n FROM visits").get()!.n);
    const { accounts } = room.chat;
    accounts!.drop("alice", () => {});
    assertLessOrEqual(gone(), 250, "visits are deleted with the account");
    for (let before = gone(); accounts!.dropRest("account:alice"); before = gone()) {
      assertLessOrEqual(gone() - before, 250, "visits are deleted at once");
    }
    assertEquals(gone(), 2000);
  });
});

Deno.test("However many talks strangers have left to an account, all go with it", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice");
    await registers(alice);
    store.flush();
    store.db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO talks SELECT 'account:alice', 'u' || i, i, 0 FROM n`);
    await alice.send("DROP alice");
    await alice.sees(/ 901 /);
    await alice.everything();
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM talks").get()!.n, 0);
  });
});

Deno.test("Where the database can't be written nothing of an account is removed, and no password changed", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice", { join: "#tea" });
    await registers(alice);
    await alice.send("TOPIC #tea :kept", "METADATA * SET pronouns :they");
    await alice.everything();
    store.flush();
    store.db.exec("CREATE TRIGGER full BEFORE DELETE ON talks BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    store.db.exec("CREATE TRIGGER kept BEFORE UPDATE ON accounts BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    store.db.exec("INSERT INTO talks VALUES ('account:alice', 'bob', 1, 0)");
    await alice.send("DROP alice", "PASSWD another");
    await alice.sees(/ FAIL DROP TEMPORARILY_UNAVAILABLE alice :/);
    await alice.sees(/ FAIL PASSWD TEMPORARILY_UNAVAILABLE alice :/);
    await alice.send("WHOIS alice", "METADATA * LIST");
    await alice.sees(/ 330 alice alice alice /);
    assertEquals(room.chat.channels.find("#tea")!.founder, "account:alice");
    assertEquals((await room.chat.accounts!.verify("alice", "opensesame"))?.account, "alice");
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM dropped_accounts").get()!.n, 0);
  });
});

Deno.test("A ban of an account takes its seat, also that of one whose name had been another's", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#private" });
    await alice.send("MODE #private +i");
    for (const password of ["opensesame", "another"]) {
      const bob = await room.person("bob");
      await registers(bob, password);
      await alice.send("INVITE bob #private");
      await bob.sees(/ INVITE /);
      await bob.send("JOIN #private");
      await bob.sees(/ 366 /);
      await bob.send("QUIT");
      await bob.rest();
      await alice.send("MODE #private +b ~a:bob", "MODE #private -b ~a:bob");
      await alice.sees(/ MODE #private -b /);
      const back = await room.person("bob");
      assertEquals(await logsIn(back, "bob", password), "903");
      await back.send("JOIN #private", "DROP bob");
      await back.sees(/ 473 bob #private /);
      await back.sees(/ DROP SUCCESS /);
      await back.send("QUIT");
      await back.rest();
    }
  });
});

Deno.test("Who logs in to another account is compared with those lists alone that name accounts", async () => {
  await withRoom(async (room) => {
    for (const name of ["alice", "bob"]) await registers(await room.person(name));
    const guest = await room.person("guest", { join: "#one,#two,#three" });
    await guest.send("MODE #one +b *!*@*x*", "MODE #two +b *!*@*y*", "MODE #three +b ~a:carol");
    assertEquals(await logsIn(guest, "alice", "opensesame"), "903");
    await guest.everything();
    const compared: string[] = [];
    const { find } = MaskList.prototype;
    MaskList.prototype.find = function (...params) {
      for (const { text } of this.values()) compared.push(text);
      return find.apply(this, params);
    };
    try {
      assertEquals(await logsIn(guest, "bob", "opensesame"), "903");
      await guest.everything();
    } finally {
      MaskList.prototype.find = find;
    }
    assertEquals([...new Set(compared)], ["~a:carol"]);
  });
});

Deno.test("An invitation is for who somebody is: it ends with the account that they were logged in to", async () => {
  await withRoom(async (room) => {
    const olga = await room.person("olga");
    await registers(olga);
    const boss = await room.person("boss", { join: "#tea" });
    await boss.send("MODE #tea +i");
    const thief = await room.person("olga2");
    assertEquals(await logsIn(thief, "olga", "opensesame"), "903");
    await boss.send("INVITE olga2 #tea");
    await boss.sees(/ 341 /);
    await olga.send("PASSWD :sesame open");
    await olga.sees(/ PASSWD SUCCESS /);
    await thief.sees(/ 901 /);
    await thief.send("JOIN #tea");
    await thief.sees(/ 473 olga2 #tea /);
    // One that was given to a guest is not lost by logging in.
    const guest = await room.person("guest");
    await boss.send("INVITE guest #tea");
    await boss.sees(/ 341 boss guest /);
    assertEquals(await logsIn(guest, "olga", "sesame open"), "903");
    await guest.send("JOIN #tea");
    await guest.sees(":guest!guest@127.0.0.1 JOIN #tea");
  });
});

Deno.test("What a login makes of one's channels is charged to who logs in", async () => {
  await withRoom(async (room) => {
    const first = await room.person("alice");
    await registers(first);
    const guest = await room.person("guest", { join: "#one,#two,#three" });
    const session = sessionOf(room.chat, "guest");
    let [asked, kept] = [0, 0];
    session.affords = (bytes) => void (asked = Math.max(asked, bytes));
    session.onKept = (bytes) => void (kept += bytes);
    assertEquals(await logsIn(guest, "alice", "opensesame"), "903");
    await guest.everything();
    assert(kept > 0 && asked >= kept, `${kept} bytes kept, ${asked} asked for`);
  });
});

Deno.test("Who logs in to another account loses what the first one was", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await registers(alice);
    const bob = await room.person("bob", { join: "#tea" });
    await registers(bob);
    assertEquals(await logsIn(bob, "alice", "opensesame"), "903");
    await alice.sees(/ MODE #tea \+o bob$/);
    assertEquals(await logsIn(bob, "bob", "opensesame"), "903");
    await alice.sees(":Tea.local MODE #tea -o bob");
    const { founder, operators } = room.chat.channels.find("#tea")!;
    assertEquals([founder, ...operators], ["account:alice"]);
  });
});

Deno.test("A long first message of SCRAM is answered in parts that fit into lines", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "sasl" });
    const first = btoa(`n,,n=alice,r=${"x".repeat(1_100)}`).match(/.{1,400}/g)!;
    await alice.send("AUTHENTICATE SCRAM-SHA-256", ...first.map((part) => `AUTHENTICATE ${part}`));
    await alice.sees("AUTHENTICATE +");
    let text = "";
    for (let part = "x".repeat(400); part.length === 400; text += part) {
      const line = (await alice.next())!;
      part = line.replace("AUTHENTICATE ", "");
      assert(line.length <= 510, line);
    }
    assertMatch(atob(text), /^r=x{1100}.{24},s=[^,]+,i=60000$/);
    await alice.send("AUTHENTICATE *");
    await alice.sees(/ 906 /);
  }, (store) => new Accounts(store));
});

Deno.test("What SASL reads takes a time that grows with its length only", async () => {
  const store = new Store(":memory:");
  const accounts = quickAccounts(store);
  const size = 65_536;
  const hostile = ["n,,n=a,r=", "n,a=", "n,,n=", "y,", ",p=", "c=,r="].flatMap((start) =>
    [",", "=", ",p=", "n=", "=2C", " "].map((part) => start + part.repeat(size / part.length))
  );
  for (const message of hostile) {
    const start = performance.now();
    const exchange = MECHANISMS["SCRAM-SHA-256"](accounts);
    await exchange.next(message);
    await MECHANISMS["SCRAM-SHA-256"](accounts).next("n,,n=a,r=x");
    const begun = MECHANISMS["SCRAM-SHA-256"](accounts);
    await begun.next("n,,n=a,r=x");
    await begun.next(message);
    assert(performance.now() - start < 1_000, message.slice(0, 20));
  }
  await store.close();
});

Deno.test("A password that is changed ends what a thief of the old one is in a channel with mode i, and leaves the owner their seat", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#priv,#club" });
    await registers(alice);
    const host = await room.person("host", { join: "#hall" });
    await host.send("MODE #hall +be *!*@* ~a:alice", "TOPIC #hall :for alice alone");
    await alice.send("MODE #priv +i", "MODE #club +i", "TOPIC #priv :secret");
    const bob = await room.person("bob");
    await alice.everything();
    await alice.send("INVITE bob #priv");
    await bob.sees(/INVITE/);
    await bob.send("JOIN #priv");
    await bob.everything();
    await alice.send("QUIT");
    await alice.rest();

    const thief = await room.person("thief");
    assertEquals(await logsIn(thief, "alice", "opensesame"), "903");
    await thief.send("JOIN #priv,#hall");
    await thief.sees(/ 366 thief #hall /);
    const back = await room.person("alice");
    assertEquals(await logsIn(back, "alice", "opensesame"), "903");
    await back.send("PASSWD :sesame open");
    await back.sees(/ PASSWD SUCCESS /);
    assertEquals((await thief.everything()).filter((line) => / KICK /.test(line)), [
      ":Tea.local KICK #priv thief :No longer logged in as alice",
      ":Tea.local KICK #hall thief :No longer logged in as alice",
    ]);
    await bob.sees(":Tea.local KICK #priv thief :No longer logged in as alice");
    await bob.send("PRIVMSG #priv :is the thief gone?");
    await bob.everything();
    assertEquals(await thief.everything(), []);
    await thief.send("JOIN #priv,#hall");
    await thief.sees(/ 473 thief #priv /);
    await thief.sees(/ 474 thief #hall /);
    await back.send("JOIN #priv,#club,#hall");
    for (const channel of ["#priv", "#club", "#hall"]) await back.sees(new RegExp(` 366 alice ${channel} `));
  });
});

Deno.test("Who logs in to another account takes no seat of the first along, and stays where that one has its own", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#priv" });
    await registers(alice);
    const eve = await room.person("eve");
    await registers(eve);
    await alice.send("MODE #priv +i");
    await alice.everything();
    assertEquals(await logsIn(eve, "alice", "opensesame"), "903");
    await eve.send("JOIN #priv");
    await alice.sees(/ JOIN #priv$/);
    assertEquals(await logsIn(eve, "eve", "opensesame"), "903");
    await alice.sees(":Tea.local KICK #priv eve :No longer logged in as alice");
    await eve.send("JOIN #priv");
    await eve.sees(/ 473 eve #priv /);
    // Both have been let in as themselves.
    await alice.send("INVITE eve #priv");
    await eve.sees(/INVITE/);
    await eve.send("JOIN #priv");
    await eve.sees(/ 366 /);
    assertEquals(await logsIn(alice, "eve", "opensesame"), "903");
    assert(!(await eve.everything()).some((line) => / KICK /.test(line)));
    await alice.send("QUIT");
    await alice.rest();
    const back = await room.person("alice");
    assertEquals(await logsIn(back, "alice", "opensesame"), "903");
    await back.send("JOIN #priv");
    await back.sees(/ 366 alice #priv /);
  });
});

Deno.test("DROP looks at the channels that have something of the account, and at no other", async () => {
  await withRoom(async (room) => {
    const looked: string[] = [];
    class Watched extends Channel {
      override noteOperator(identity: string, on: boolean): void {
        looked.push(this.name);
        super.noteOperator(identity, on);
      }
    }
    for (let i = 0; i < 100; i++) room.chat.channels.set(`#c${i}`, new Watched(`#c${i}`, 1));
    const host = await room.person("host", { join: "#c1,#c2,#c3" });
    const alice = await room.person("alice");
    await registers(alice);
    for (const channel of ["#c1", "#c2"]) room.chat.channels.find(channel)!.setRank(room.chat.find("host")!, "o", true);
    await host.send("MODE #c1 +b ~m:~a:Alice", "MODE #c2 +i", "INVITE alice #c2");
    await alice.sees(/INVITE/);
    await alice.send("JOIN #c2");
    await alice.sees(/ 366 /);
    await alice.send("DROP alice");
    await alice.sees(/ DROP SUCCESS /);
    assertEquals(looked.sort(), ["#c1", "#c2"]);
    await host.sees(":Tea.local KICK #c2 alice :No longer logged in as alice");
    await host.sees(":Tea.local MODE #c1 -b ~m:~a:Alice");
  });
});

Deno.test("What open channels know of a removed account they forget in slices; nobody has the name until that is done", async () => {
  await withRoom(async (room, store) => {
    const { chat } = room;
    const accounts = chat.accounts!;
    await accounts.register("alice", "opensesame");
    await room.person("root");
    for (let i = 0; i < 2_000; i++) {
      const channel = new Channel(`#c${i}`, 1);
      channel.noteOperator("account:alice", true);
      chat.channels.set(channel.name, channel);
      chat.channels.settingsChanged(channel);
    }
    while (store.flush());
    const dropped = dropAccount(chat, "alice", sessionOf(chat, "root"));
    const knows = () =>
      chat.channels.values().filter(({ operators }) => operators.has("account:alice")).toArray().length;
    assert(knows() > 0, "all in one step");
    assertEquals(accounts.find("alice"), undefined);
    assertEquals(accounts.isFree("alice"), false);
    // One that ended meanwhile writes nothing over another of its name, and one that has another name by now is not left out.
    chat.channels.set("#c1999", new Channel("#c1999", 2));
    const left = [...chat.channels.values()].filter(({ operators }) => operators.has("account:alice"));
    for (const channel of left.slice(0, 150)) assert(renameChannel(chat, channel, channel.name.replace("#c", "#d")));
    await dropped;
    assertEquals(knows(), 0);
    assertEquals(accounts.isFree("alice"), true);
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM channel_items").get()!.n, 0);
    chat.channels.clear();
  });
});

Deno.test("However many channels have something of an account, it is forgotten by some rows at a time, or at the next start", async () => {
  await withRoom(async (room, store) => {
    const { accounts } = room.chat;
    await accounts!.register("alice", "opensesame");
    await room.person("root");
    store.flush();
    const count = () => Number(store.db.prepare("SELECT count(*) AS n FROM channel_items").get()!.n);
    const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO channel_items (channel, kind, item, value, account) SELECT '#c' || i, 'operator', 'alice', '', 'alice' FROM n`;
    store.db.exec(rows);
    const before = count();
    const most: number[] = [];
    const { transact } = store;
    store.transact = (change) => {
      const all = count();
      transact.call(store, change);
      most.push(all - count());
    };
    const session = sessionOf(room.chat, "root");
    const dropped = dropAccount(room.chat, "alice", session);
    assertEquals([accounts!.find("alice"), accounts!.isFree("alice"), before], [undefined, false, 20_000]);
    assertGreaterOrEqual(count(), 15_000);
    await dropped;
    assertEquals([accounts!.isFree("alice"), count(), Math.max(...most)], [true, 0, 100]);
    // What can't be written is left, and the name with it.
    await accounts!.register("alice", "opensesame");
    store.flush();
    store.db.exec(rows);
    let left = 5;
    store.transact = (change) => {
      if (--left < 0) throw new StoreError("disk is full");
      transact.call(store, change);
    };
    await dropAccount(room.chat, "alice", session);
    assertEquals([accounts!.find("alice"), accounts!.isFree("alice")], [undefined, false]);
    assertGreaterOrEqual(count(), 15_000);
    store.transact = transact;
    new KeptChannels(store);
    assertEquals(count(), 0);
  });
});

Deno.test("All who are logged out lose what they were in the same step, and the others are told in slices", async () => {
  await withRoom(async (room) => {
    const { chat } = room;
    const root = await room.person("root");
    await registers(root);
    const channels = Array.from({ length: 100 }, (_, i) => `#c${i}`);
    await root.send(...channels.map((name) => `JOIN ${name}`));
    await root.everything();
    await root.send(...channels.map((name) => `MODE ${name} +i`));
    const devices = [];
    for (let i = 0; i < 5; i++) {
      const device = await room.person(`device${i}`);
      assertEquals(await logsIn(device, "root", "opensesame"), "903");
      await device.send(...channels.map((name) => `JOIN ${name}`));
      devices.push(device);
    }
    for (const device of devices) await device.everything();
    await root.everything();
    const people = devices.map(({ nick }) => chat.find(nick)!);
    assertEquals(people.map((person) => channelsOf(person).size), people.map(() => 100));
    // A slice is of a hundred steps.
    const slice = (step: () => boolean) => Array.from({ length: 100 }).some(step);
    sessionOf(chat, "root").pace = { turn: nextTurn, slice };
    let isOver = false;
    const told = logOut(chat, "root", sessionOf(chat, "root"), chat.find("root")).then(() => isOver = true);
    assertEquals(
      people.map((person) => [person.account, channelsOf(person).size]),
      people.map(() => [undefined, 0]),
    );
    await nextTurn();
    assertEquals(isOver, false);
    // Who was thrown out knows, and comes back only when the others know.
    await devices[4].sees(":Tea.local MODE #c99 -o device4");
    await devices[4].sees(":Tea.local KICK #c99 device4 :No longer logged in as root");
    await root.send("INVITE device4 #c0");
    await devices[4].send("JOIN #c0");
    await root.sees(":Tea.local KICK #c0 device4 :No longer logged in as root");
    await root.sees(":device4!device4@127.0.0.1 JOIN #c0");
    await told;
  });
});

for (const [what, line] of [["a new password", "PASSWD another1"], ["the account's end", "DROP alice"]]) {
  Deno.test(`A login that waits for its turn comes to nothing by ${what}`, async () => {
    await withRoom(async (room) => {
      const alice = await room.person("alice");
      await registers(alice);
      const eve = await room.person("eve", { caps: "sasl" });
      const turns: (() => void)[] = [];
      const { promise: waits, resolve } = Promise.withResolvers<void>();
      sessionOf(room.chat, "eve").pace = {
        turn: () => new Promise((begin) => resolve(void turns.push(begin))),
        slice(step) {
          while (!step());
          return true;
        },
      };
      await eve.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0alice\0opensesame")}`);
      await waits;
      await alice.send(line);
      await alice.sees(/ (PASSWD|DROP) SUCCESS alice /);
      turns[0]();
      await eve.sees(":Tea.local 904 eve :SASL authentication failed");
      assertEquals(room.chat.find("eve")!.account, undefined);
    });
  });
}

Deno.test("What the lists of many channels say of who logs in or out is found in as many steps, before the account changes", async () => {
  await withRoom(async (room) => {
    const { chat } = room;
    const names = Array.from({ length: 20 }, (_, i) => `#c${i}`);
    const root = await room.person("root", { join: names.join(",") });
    await registers(root);
    for (const name of names) await root.send(`MODE ${name} +bbb ~a:zoe ~a:y* *!*@10.*`, `MODE ${name} +e ~a:xena`);
    const bob = await room.person("bob");
    await registers(bob);
    await bob.send(`JOIN ${names.join(",")}`);
    await bob.everything();
    const covers = MaskList.prototype.covers;
    /** How often a list was asked in the step that changed an account. */
    const asked: number[] = [];
    let count = 0;
    MaskList.prototype.covers = function (...params) {
      count++;
      return covers.apply(this, params);
    };
    try {
      const session = sessionOf(chat, "bob");
      session.pace = {
        turn: nextTurn,
        slice(step) {
          const before = session.person.account;
          count = 0;
          const isDone = step();
          if (session.person.account !== before) asked.push(count);
          return isDone;
        },
      };
      assertEquals(await logsIn(bob, "root", "opensesame"), "903");
      assertEquals(asked, [0]);
      for (const name of names) await root.send(`MODE ${name} -e ~a:xena`);
      await root.everything();
      await bob.everything();
      const weighing = weighLogins(chat, "root", chat.find("root")!);
      weighing.next();
      // Another nick would have all begin again, so that waits.
      await bob.send("NICK rob");
      await root.everything();
      for (const _ of weighing);
      assertGreaterOrEqual(count, names.length);
      count = 0;
      const told = logOut(chat, "root", sessionOf(chat, "root"), chat.find("root"));
      assertEquals([chat.find("bob")!.account, count], [undefined, 0]);
      await told;
      await bob.sees(/ NICK :?rob$/);
    } finally {
      MaskList.prototype.covers = covers;
    }
  });
});

Deno.test("Where lists change after they were weighed, who is logged out is judged as weighed at first, and again in slices", async () => {
  await withRoom(async (room) => {
    const { chat } = room;
    const names = Array.from({ length: 20 }, (_, i) => `#c${i}`);
    const root = await room.person("root", { join: names.join(",") });
    await registers(root);
    // The last one's lists are empty.
    for (const name of names.slice(0, -1)) await root.send(`MODE ${name} +b *!*@10.*`);
    const bob = await room.person("bob");
    assertEquals(await logsIn(bob, "root", "opensesame"), "903");
    await bob.send(`JOIN ${names.join(",")}`);
    await bob.everything();
    for (const _ of weighLogins(chat, "root", chat.find("root")!));
    for (const name of names) await root.send(`MODE ${name} +b ~m:zoe`);
    await root.send("MODE #c7 +be bob ~a:root", "MODE #c19 +be bob ~a:root");
    await root.everything();
    const { covers } = MaskList.prototype;
    let count = 0;
    MaskList.prototype.covers = function (...params) {
      count++;
      return covers.apply(this, params);
    };
    try {
      sessionOf(chat, "root").pace = { turn: nextTurn, slice: (step) => step() };
      const told = logOut(chat, "root", sessionOf(chat, "root"), chat.find("root"));
      assertEquals([chat.find("bob")!.account, count], [undefined, 0]);
      await told;
      assertGreaterOrEqual(count, names.length);
    } finally {
      MaskList.prototype.covers = covers;
    }
    for (const name of ["#c7", "#c19"]) await bob.sees(`:Tea.local KICK ${name} bob :No longer logged in as root`);
    const left = names.filter((name) => name !== "#c7" && name !== "#c19");
    assertEquals([...channelsOf(chat.find("bob")!)].map(({ name }) => name), left);
    await root.sees(":Tea.local KICK #c19 bob :No longer logged in as root");
  });
});

Deno.test("Of those who are logged in to one account the first is logged out where they are too many", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "account-notify" });
    await registers(alice);
    for (let i = 0; i < 19; i++) assertEquals(await logsIn(await room.person(`a${i}`), "alice", "opensesame"), "903");
    assertEquals(room.chat.logins.get("alice")!.size, 20);
    const last = await room.person("last");
    assertEquals(await logsIn(last, "alice", "opensesame"), "903");
    await alice.sees(":Tea.local 901 alice alice!alice@127.0.0.1 :You are now logged out");
    assertEquals([room.chat.find("alice")!.account, room.chat.logins.get("alice")!.size], [undefined, 20]);
  });
});
