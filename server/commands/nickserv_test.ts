import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Settings } from "../room/options.ts";
import { History } from "../store/history.ts";
import { Store } from "../store/store.ts";
import { quickAccounts, Room } from "../testing.ts";

/** A room with accounts that keeps what is said, for one test. */
async function withRoom(
  test: (room: Room, history: History) => Promise<void>,
  settings: Partial<Settings> = {},
): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room(settings, {}, { accounts: quickAccounts(store), history });
    await test(room, history);
  }
  history.close();
  await store.close();
}

const NICKSERV = ":NickServ!services@Tea.local NOTICE";

Deno.test("NickServ makes an account and logs in to it, by whatever command a client knows", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("PRIVMSG NickServ :register opensesame alice@example.org");
    await alice.sees(/ 900 alice alice!alice@127.0.0.1 alice :/);
    await alice.sees(`${NICKSERV} alice :Your e-mail address is not needed here, and not kept`);
    await alice.send("QUIT");
    await alice.rest();
    const lines = [
      "PRIVMSG NickServ :IDENTIFY opensesame",
      "PRIVMSG nickserv@services.example.org :identify alice opensesame",
      "NS IDENTIFY opensesame",
      "NICKSERV IDENTIFY alice opensesame",
      "NS :identify opensesame",
    ];
    for (const line of lines) {
      const again = await room.person("alice");
      await again.send(line);
      await again.sees(/ 900 alice .* alice :You are now logged in as alice$/);
      await again.sees(`${NICKSERV} alice :You are logged in as alice`);
      await again.send("QUIT");
      await again.rest();
    }
  });
});

Deno.test("NickServ says what is wrong, guesses are counted, and nothing that it is told is kept or told to others", async () => {
  await withRoom(async (room, history) => {
    const alice = await room.person("alice");
    await alice.send("NS REGISTER opensesame");
    await alice.sees(`${NICKSERV} alice :The account alice is made, and you are logged in to it`);
    const bob = await room.person("bob", { caps: "echo-message" });
    const table: [line: string, answer: string][] = [
      ["PRIVMSG NickServ :REGISTER x", "A password has at least 3 characters and is not your name"],
      [
        "PRIVMSG NickServ :IDENTIFY",
        "IDENTIFY [account] password: logs you in; without an account, to that of your nick",
      ],
      ["PRIVMSG NickServ :__proto__ x", "NickServ understands IDENTIFY, LOGOUT, REGISTER and HELP"],
      ["NS", "NickServ understands IDENTIFY, LOGOUT, REGISTER and HELP"],
      ["NS IDENTIFY alice wrong", "That is not the password of alice"],
      ["NS IDENTIFY opensesame", "That is not the password of bob"],
    ];
    for (const [line, answer] of table) {
      await bob.send(line);
      assertEquals(await bob.everything(), [`${NICKSERV} bob :${answer}`]);
    }
    for (let i = 0; i < 3; i++) await bob.send("NS IDENTIFY alice wrong");
    await bob.sees(/^ERROR :Closing link/);
    assertEquals(history.last, 0);
    await alice.everything();
    await alice.send("NS HELP");
    assertEquals((await alice.everything()).length, 4);
    // What is said to it without an answer being wished for has none.
    await alice.send("NOTICE NickServ :IDENTIFY x", "PRIVMSG alice :barrier");
    assertEquals(await alice.everything(), [":alice!alice@127.0.0.1 PRIVMSG alice :barrier"]);
  });
});

Deno.test("Nobody can have the nick of a service, to which people tell their passwords", async () => {
  await withRoom(async (room) => {
    const eve = await room.person("eve");
    for (const nick of ["NickServ", "nickserv", "ChanServ", "ＣhanServ", "ＮＩＣＫＳＥＲＶ", "nickſerv"]) {
      await eve.send(`NICK ${nick}`);
      assertMatch((await eve.next())!, / 433 eve \S+ :Nickname is that of a service$/);
    }
    const stranger = await room.stranger("stranger");
    await stranger.send("NICK NickServ", "USER x 0 * :x");
    await stranger.sees(/ 433 \* NickServ :/);
    await eve.send("WHOIS NickServ", "NAMES #tea", "WHO *serv");
    assert(!(await eve.everything()).some((line) => / (?:311|352) /.test(line)));
  });
});

Deno.test("Who has lost the nick before identifying is given it back by that", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("NS REGISTER opensesame");
    await alice.sees(/ 900 alice /);
    await alice.send("QUIT");
    await alice.rest();
    const again = await room.person("alice");
    room.now += 31_000;
    room.connections.check();
    await again.sees(/ NICK guest-\d+$/);
    await again.send("NS IDENTIFY opensesame");
    await again.sees(/^:guest-\d+!alice@127\.0\.0\.1 NICK alice$/);
    await again.send("WHOIS alice");
    await again.sees(/ 330 alice alice alice :/);
  });
});

Deno.test("PASS account:password logs in before coming in, where the room has no password of its own", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("NS REGISTER open:sesame");
    await alice.sees(/ 900 alice /);
    await alice.send("QUIT");
    await alice.rest();
    const again = await room.stranger("again");
    await again.send("PASS alice:open:sesame", "NICK alice", "USER alice 0 * :alice");
    await again.sees(/ 900 \* .* alice :/);
    await again.sees(/ 001 alice /);
    await again.everything();
    const eve = await room.stranger("eve");
    await eve.send("PASS alice:guess", "NICK eve", "USER eve 0 * :eve");
    await eve.sees(/ 001 eve /);
    await eve.sees(`${NICKSERV} eve :You are not logged in: what PASS said is not the password of alice`);
  });
  await withRoom(async (room) => {
    const bob = await room.stranger("bob");
    await bob.send("PASS the:room", "NICK bob", "USER bob 0 * :bob");
    await bob.sees(/ 001 bob /);
    const eve = await room.stranger("eve");
    await eve.send("PASS bob:x", "NICK eve", "USER eve 0 * :eve");
    await eve.sees(/ 464 /);
  }, { password: "the:room" });
});
