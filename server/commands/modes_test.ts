/** Lists of masks, bans for a time, and who is told what is said to some of a channel. */

import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { Store } from "../store/store.ts";
import { History } from "../store/history.ts";
import { nextTurn } from "../turns/loop.ts";
import { KeptChannels } from "../store/channels.ts";
import { Room, sessionOf } from "../testing.ts";
import { handleLine } from "./mod.ts";

const HOST = "127.0.0.1";
const MINUTE = 60_000;

function fail(text: string): never {
  throw new Error(text);
}

/** A room that keeps what is said, in memory. */
async function withHistory(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:", { onError: fail });
  const history = new History(store, { onError: fail });
  try {
    await using room = new Room({}, {}, { history });
    await test(room, store);
  } finally {
    history.close();
    await store.close();
  }
}

Deno.test("A ban for a time is lifted by the server when it is over, and not before", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob");
  await alice.send("MODE #tea +b ~t:60:bob");
  await alice.sees(`:alice!alice@${HOST} MODE #tea +b ~t:60:bob!*@*`);
  await bob.send("JOIN #tea");
  await bob.sees(/ 474 bob #tea /);
  room.now += 60 * MINUTE - 1;
  room.chat.expire();
  assertEquals(await alice.everything(), []);
  room.now += 1;
  room.chat.expire();
  await alice.sees(":Tea.local MODE #tea -b ~t:60:bob!*@*");
  await bob.send("JOIN #tea");
  await bob.sees(`:bob!bob@${HOST} JOIN #tea`);
});

Deno.test("A ban is taken back without its time, and a new time takes the place of the old one", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send(
    "MODE #tea +b ~t:60:bob",
    "MODE #tea +b ~t:5:BOB",
    "MODE #tea b",
    "MODE #tea -b bob",
  );
  await alice.sees(/ MODE #tea \+b ~t:60:bob!\*@\*$/);
  await alice.sees(
    `:alice!alice@${HOST} MODE #tea -b+b ~t:60:bob!*@* ~t:5:BOB!*@*`,
  );
  await alice.sees(/ 367 alice #tea ~t:5:BOB!\*@\* /);
  await alice.sees(`:alice!alice@${HOST} MODE #tea -b ~t:5:BOB!*@*`);
});

Deno.test("A mask that can't be read is refused, and sets nothing", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  for (const mask of ["~t:0:bob", "~t:525601:bob", "~t:60:", "~x:bob", "~m:"]) {
    await alice.send(`MODE #tea +b ${mask}`);
    await alice.sees(/ 696 alice #tea b \* /);
  }
  await alice.send("MODE #tea b");
  assertEquals((await alice.everything()).map((line) => line.split(" ")[1]), [
    "368",
  ]);
});

Deno.test("Who is muted may join and not talk; exceptions and invite exceptions let people through", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send("MODE #tea +b ~m:bob");
  await alice.sees(/ MODE #tea \+b ~m:bob!\*@\*$/);
  const bob = await room.person("bob", { join: "#tea" });
  await bob.send("PRIVMSG #tea :one");
  await bob.sees(/ 404 bob #tea /);
  await alice.send("MODE #tea +e bob");
  await bob.sees(/ MODE #tea \+e bob!\*@\*$/);
  await bob.send("PRIVMSG #tea :two");
  assertMatch(await alice.sees(/ PRIVMSG /), /:two$/);
  await alice.send("MODE #tea +iI carol");
  await alice.sees(/ MODE #tea \+iI carol!\*@\*$/);
  await (await room.person("carol")).send("JOIN #tea");
  await alice.sees(`:carol!carol@${HOST} JOIN #tea`);
});

Deno.test("With mode C no CTCP goes into a channel but ACTION", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.send("MODE #tea +C");
  await bob.sees(/ MODE #tea \+C$/);
  await bob.send(
    "PRIVMSG #tea :\x01VERSION\x01",
    "PRIVMSG #tea :\x01ACTION waves\x01",
  );
  await bob.sees(/ 404 bob #tea /);
  assertEquals(
    (await alice.everything()).filter((line) => line.includes("PRIVMSG")),
    [
      `:bob!bob@${HOST} PRIVMSG #tea :\x01ACTION waves\x01`,
    ],
  );
});

Deno.test("What is said to a channel's operators reaches them alone, and is kept for them alone", () =>
  withHistory(async (room, store) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const carol = await room.person("carol", { join: "#tea" });
    await alice.send("MODE #tea +v bob");
    await carol.sees(/ MODE #tea \+v bob$/);
    await carol.send(
      "PRIVMSG @#tea :a word",
      "PRIVMSG +#tea :two words",
      "PRIVMSG #tea :for all",
    );
    await carol.everything();
    const said = (lines: string[]) => lines.filter((line) => line.includes(" PRIVMSG "));
    const line = (target: string, text: string) => `:carol!carol@${HOST} PRIVMSG ${target} ${text}`;
    assertEquals(said(await alice.everything()), [
      line("@#tea", ":a word"),
      line("+#tea", ":two words"),
      line("#tea", ":for all"),
    ]);
    assertEquals(said(await bob.everything()), [
      line("+#tea", ":two words"),
      line("#tea", ":for all"),
    ]);
    const dave = await room.person("dave", { caps: "batch server-time" });
    await dave.send("JOIN #tea");
    const replayed = said(await dave.everything());
    assertEquals(replayed.length, 1);
    assertMatch(replayed[0], /:for all$/);
    store.flush();
    const kept = store.db.prepare("SELECT key, text FROM messages JOIN conversations c ON c.id = conversation").all();
    assertEquals(kept.map(({ key, text }) => [key, text]), [["@#tea", "a word"], ["#tea", "for all"]]);
    // A bot would answer what it is told again.
    const bot = await room.person("bot", { caps: "server-time" });
    await bot.send("MODE bot +B", "JOIN #tea");
    assertEquals(said(await bot.everything()), []);
  }));

Deno.test("A channel's lists outlive its members, but for what ends meanwhile", async () => {
  const store = new Store(":memory:", { onError: fail });
  try {
    await using room = new Room({}, {}, { keptChannels: new KeptChannels(store) });
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send(
      "MODE #tea +beI x!*@* y!*@* z!*@*",
      "MODE #tea +b ~t:5:w",
      "PART #tea",
    );
    await alice.everything();
    room.now += 5 * MINUTE;
    await alice.send("JOIN #tea", "MODE #tea bI", "MODE #tea e");
    const lists = (await alice.everything()).filter((line) => / (367|346|348) /.test(line));
    assertEquals(lists.map((line) => line.split(" ").slice(1, 5).join(" ")), [
      "367 alice #tea x!*@*",
      "346 alice #tea z!*@*",
      "348 alice #tea y!*@*",
    ]);
  } finally {
    await store.close();
  }
});

Deno.test("Whose seats a ban takes is found in a step for each who has one, and though the ban is lifted meanwhile", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send("MODE #tea +i");
  for (const nick of ["bob", "carol", "dave"]) {
    await alice.send(`INVITE ${nick} #tea`);
    const guest = await room.person(nick);
    await alice.send(`INVITE ${nick} #tea`);
    await alice.everything();
    await guest.send("JOIN #tea");
    await guest.everything();
  }
  const channel = room.chat.channels.find("#tea")!;
  const seated = () => [...channel.members].filter(([, { seat }]) => seat !== undefined).map(([{ nick }]) => nick);
  const steps: (() => boolean)[] = [];
  const session = sessionOf(room.chat, "alice");
  session.pace = { turn: nextTurn, slice: (step) => (steps.push(step), step()) };
  handleLine(room.chat, session, "MODE #tea +b *o*");
  const settled = session.settling;
  assertEquals(seated(), ["alice", "bob", "carol", "dave"]);
  handleLine(room.chat, session, "MODE #tea -b *o*");
  await settled;
  assertEquals(seated(), ["alice", "dave"]);
  assertGreaterOrEqual(steps.length, channel.members.size);
  // Who leaves before it is looked at them loses it as well.
  const dave = room.chat.find("dave")!;
  dave.account = "dave";
  channel.identityChanged(dave);
  assertEquals(channel.settings!.seats, ["account:dave"]);
  handleLine(room.chat, session, "MODE #tea +b *v*");
  const judged = session.settling;
  dave.close("gone");
  handleLine(room.chat, session, "MODE #tea -b *v*");
  await judged;
  assertEquals(channel.settings!.seats, []);
});

Deno.test("What folds to many times its characters is no mask, no nick and no channel", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  // NFKC makes 18 characters of it.
  const long = "\ufdfa";
  await alice.send(`MODE #tea +b *${long.repeat(25)}*`, `NICK ${long.repeat(5)}`, `JOIN #${long.repeat(10)}`);
  await alice.sees(/ 696 alice #tea b \* :A mask is /);
  await alice.sees(/ 432 alice /);
  await alice.sees(/ 403 alice /);
  await alice.send(`NICK ${"ﬁ".repeat(15)}`, "PING x");
  await alice.sees(/ NICK :?ﬁ/);
});
