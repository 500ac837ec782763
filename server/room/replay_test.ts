import { assertEquals } from "@std/assert";
import { History } from "../store/history.ts";
import { BOUNDS } from "../room/isupport.ts";
import { Store } from "../store/store.ts";
import { type Person, Room, sessionOf } from "../testing.ts";
import { Visits } from "../store/visits.ts";

/** A database that may be opened again, with a room on it each time. */
class House implements AsyncDisposable {
  readonly #file = Deno.makeTempFileSync();

  async open(test: (room: Room) => Promise<void>): Promise<void> {
    const store = new Store(this.#file);
    const history = new History(store);
    try {
      await using room = new Room({}, {}, { history, store, visits: new Visits(store, history.last) });
      await test(room);
      assertEquals(room.log.filter((line) => line.includes("Error")), []);
    } finally {
      history.close();
      await store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of ["", "-wal", "-shm"]) await Deno.remove(this.#file + end).catch(() => {});
  }
}

/** What somebody is told in a channel by joining it. */
async function toldBy(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return texts(await person.everything());
}

function texts(lines: string[]): string[] {
  return lines.flatMap((line) => / PRIVMSG #\w+ :(?:\[.*\] )?(.*)$/.exec(line)?.slice(1) ?? []);
}

Deno.test("Who comes back to a channel is told what was said since, once, on the same connection and on later ones", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("PRIVMSG #tea :one");
    await alice.everything();
    const bob = await room.person("bob", { caps: "batch" });
    assertEquals(await toldBy(bob, "JOIN #tea"), ["one"]);
    assertEquals(await toldBy(bob, "PART #tea", "JOIN #tea"), []);
    await bob.send("PART #tea");
    await bob.everything();
    await alice.send("PRIVMSG #tea :two");
    await alice.everything();
    assertEquals(await toldBy(bob, "JOIN #tea"), ["two"]);
    await alice.send("KICK #tea bob", "PRIVMSG #tea :three");
    await alice.everything();
    assertEquals(await toldBy(bob, "JOIN #TEA"), ["three"]);
    await bob.send("QUIT");
    await bob.rest();
    await alice.send("PRIVMSG #tea :four");
    await alice.everything();
    const again = await room.person("BOB", { caps: "batch" });
    assertEquals(await toldBy(again, "JOIN #tea"), ["four"]);
    // Another person is told all, as is who has been in other channels alone.
    const carol = await room.person("carol", { caps: "batch", join: "#coffee" });
    assertEquals(await toldBy(carol, "JOIN #tea"), ["one", "two", "three", "four"]);
  });
});

Deno.test("What was told before a restart is not told again after it, though nobody has left", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { caps: "batch", join: "#tea" });
    await alice.send("PRIVMSG #tea :one");
    await bob.sees(/one$/);
  });
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("PRIVMSG #tea :two");
    await alice.everything();
    const bob = await room.person("bob", { caps: "batch" });
    assertEquals(await toldBy(bob, "JOIN #tea"), ["two"]);
  });
});

Deno.test("Who was not heard any more when the connection ended is told again what reached nobody", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { caps: "batch", join: "#tea" });
    await alice.send("PRIVMSG #tea :heard");
    await bob.sees(/heard$/);
    room.now += 1000;
    await bob.everything();
    room.now += 60_000;
    await alice.send("PRIVMSG #tea :into a tunnel");
    await alice.everything();
    room.now += 40_000;
    await room.connections.check();
    await alice.send("PONG x");
    await alice.everything();
    room.now += 61_000;
    await room.connections.check();
    await bob.sees(/Ping timeout/);
    const again = await room.person("bob", { caps: "batch" });
    assertEquals(await toldBy(again, "JOIN #tea"), ["into a tunnel"]);
  });
});

Deno.test("A renamed channel is the same to those who come back", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { caps: "draft/channel-rename", join: "#tea" });
    await alice.send("PRIVMSG #tea :one");
    await alice.everything();
    const bob = await room.person("bob", { caps: "batch", join: "#tea" });
    await bob.send("QUIT");
    await bob.rest();
    await alice.send("RENAME #tea #chai", "PRIVMSG #chai :two");
    await alice.everything();
    const again = await room.person("bob", { caps: "batch" });
    assertEquals(await toldBy(again, "JOIN #chai"), ["two"]);
  });
});

Deno.test("Bots are told nothing of what was before, also those that say only later that they are", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea,#coffee" });
    await alice.send("PRIVMSG #tea :!kick bob", "PRIVMSG #coffee :!kick bob");
    await alice.everything();
    const bot = await room.person("bot", { caps: "batch" });
    assertEquals(await toldBy(bot, "MODE bot +B", "JOIN #tea"), []);
    await bot.send("QUIT");
    await bot.rest();
    const again = await room.person("bot", { caps: "batch" });
    assertEquals(await toldBy(again, "JOIN #coffee"), []);
    assertEquals(await toldBy(again, "MODE bot +B", "MODE bot -B", "PART #coffee"), []);
    await again.send("QUIT");
    await again.rest();
    const person = await room.person("bot", { caps: "batch" });
    await alice.send("PRIVMSG #tea :hello");
    await alice.everything();
    assertEquals(await toldBy(person, "JOIN #tea"), ["hello"]);
  });
});

Deno.test("Who was said to be a bot by somebody else of the same name is one for one connection at the most", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("PRIVMSG #tea :one");
    await alice.everything();
    const eve = await room.person("bob");
    await eve.send("MODE bob +B", "QUIT");
    await eve.rest();
    for (const seen of [[], ["one"]]) {
      const bob = await room.person("bob", { caps: "batch" });
      assertEquals(await toldBy(bob, "JOIN #tea"), seen);
      await bob.send("QUIT");
      await bob.rest();
      // As one who has never been there.
      room.chat.visits!.end("guest:bob@127.0.0.1", "#tea", 0);
    }
  });
});

Deno.test("Clients that know no batches are told less of what was before, and with pauses, beside all that is said now", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const said = Array.from({ length: BOUNDS.replayUnbatched + 5 }, (_, i) => `line ${i}`);
    await alice.send(...said.map((text) => `PRIVMSG #tea :${text}`));
    await alice.everything();
    const bob = await room.person("bob");
    await bob.send("JOIN #tea");
    assertEquals(texts([await bob.sees(/ PRIVMSG /)]), ["line 5"]);
    await alice.send("PRIVMSG #tea :now");
    assertEquals(texts([await bob.next() ?? ""]), ["now"]);
    // Who leaves is told no more of it.
    await bob.send("QUIT");
    assertEquals(texts(await bob.rest()), []);
  });
});

Deno.test("Of many channels one old message is told after the other to clients that know no batches, in turns of their own", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const names = Array.from({ length: 20 }, (_, i) => `#c${i}`);
    const alice = await room.person("alice", { join: names.join() });
    await alice.send(...names.map((name) => `PRIVMSG ${name} :in ${name}`));
    await alice.everything();
    const bob = await room.person("bob");
    let turns = 0;
    const session = sessionOf(room.chat, "bob");
    const { pace } = session;
    session.pace = { turn: () => (turns++, pace.turn()), slice: (step, isBlocked) => pace.slice(step, isBlocked) };
    const told = await toldBy(bob, `JOIN ${names.join()}`);
    assertEquals(told.length < names.length, true, `${told.length} at once`);
    assertEquals(turns > 0, true);
    await bob.sees(/ PRIVMSG #c1 :/);
  });
});

Deno.test("Under another nick one is somebody else there", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { caps: "batch", join: "#tea" });
    await bob.send("NICK rob");
    await bob.everything();
    await alice.send("PRIVMSG #tea :said to rob");
    await alice.everything();
    await bob.sees(/said to rob$/);
    assertEquals(await toldBy(bob, "PART #tea", "JOIN #tea"), []);
    assertEquals(await toldBy(bob, "PART #tea", "NICK bob", "JOIN #tea"), ["said to rob"]);
  });
});

Deno.test("Who leaves, or is cut off, while the past is told is told the rest of it the next time", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send(...["one", "two", "three"].map((text) => `PRIVMSG #tea :${text}`));
    await alice.everything();
    for (const leave of ["PART #tea", "QUIT"]) {
      const bob = await room.person("bob");
      await bob.send("JOIN #tea");
      assertEquals(texts([await bob.sees(/ PRIVMSG /)]), [leave === "QUIT" ? "two" : "one"]);
      await bob.send(leave, "QUIT");
      assertEquals(texts(await bob.rest()), []);
    }
    const again = await room.person("bob", { caps: "batch" });
    assertEquals(await toldBy(again, "JOIN #tea"), ["three"]);
    assertEquals(await toldBy(again, "PART #tea", "JOIN #tea"), []);
  });
});

Deno.test("Clients without batches are told that there was more than they are told", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send(...Array.from({ length: BOUNDS.replayUnbatched + 1 }, (_, i) => `PRIVMSG #tea :line ${i}`));
    await alice.everything();
    const bob = await room.person("bob");
    await bob.send("JOIN #tea");
    const text = `Of what was said before, the last ${BOUNDS.replayUnbatched} messages follow`;
    await bob.sees(`:Tea.local NOTICE #tea :${text}`);
    assertEquals(texts([await bob.sees(/ PRIVMSG /)]), ["line 1"]);
  });
});
