import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Markers } from "../store/markers.ts";
import { Store } from "../store/store.ts";
import { type Person, quickAccounts, Room, sessionOf } from "../testing.ts";

const CAPS = "draft/read-marker sasl";

/** A room that keeps markers, for one test. */
async function withRoom(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  {
    const markers = new Markers(store);
    await using room = new Room({}, {}, { accounts: quickAccounts(store), markers });
    await test(room, store);
  }
  await store.close();
}

/** What someone is answered. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return (await person.everything()).map((line) => line.replace(":Tea.local ", ""));
}

Deno.test("MARKREAD keeps the latest time, for one person alone, and tells it on joining before the names", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice", { caps: CAPS });
    const joined = await asks(alice, "JOIN #tea");
    assertEquals(joined[1], "MARKREAD #tea *");
    assert(joined[2].startsWith("353 "));
    assertEquals(await asks(alice, "MARKREAD #tea", "MARKREAD Bob"), ["MARKREAD #tea *", "MARKREAD Bob *"]);
    const noon = "timestamp=2025-06-01T12:00:00.000Z";
    const earlier = "timestamp=2025-06-01T11:00:00.000Z";
    assertEquals(await asks(alice, `MARKREAD #tea ${noon}`, `MARKREAD #TEA ${earlier}`, `MARKREAD bob ${earlier}`), [
      `MARKREAD #tea ${noon}`,
      `MARKREAD #TEA ${noon}`,
      `MARKREAD bob ${earlier}`,
    ]);
    store.flush();
    assertEquals((await asks(alice, "PART #tea", "JOIN #tea"))[2], `MARKREAD #tea ${noon}`);
    const bob = await room.person("bob", { caps: CAPS });
    assertEquals(await asks(bob, "MARKREAD #tea", "MARKREAD alice"), ["MARKREAD #tea *", "MARKREAD alice *"]);
    // What is not over yet has not been read.
    assertEquals(await asks(bob, "MARKREAD #tea timestamp=2999-01-01T00:00:00.000Z"), [
      "MARKREAD #tea timestamp=2026-01-01T12:00:00.000Z",
    ]);
  });
});

Deno.test("MARKREAD refuses what is no talk and no time", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    const table = [
      ["MARKREAD", "NEED_MORE_PARAMS :Missing parameters"],
      ["MARKREAD :", "NEED_MORE_PARAMS :Missing parameters"],
      ["MARKREAD #tea *", "INVALID_PARAMS * :Invalid timestamp"],
      ["MARKREAD #tea timestamp=yesterday", "INVALID_PARAMS timestamp=yesterday :Invalid timestamp"],
      ["MARKREAD #tea timestamp=2025-13-01T00:00:00.000Z", "INVALID_PARAMS timestamp=2025-13-01T00:00:00.000Z :"],
      ["MARKREAD #tea timestamp=1969-12-31T23:59:59.999Z", "INVALID_PARAMS timestamp=1969-12-31T23:59:59.999Z :"],
      ["MARKREAD #tea :timestamp=a b", "INVALID_PARAMS * :Invalid timestamp"],
      ["MARKREAD #a,b", "INVALID_PARAMS #a,b :Invalid target"],
      ["MARKREAD :a b", "INVALID_PARAMS * :Invalid target"],
    ];
    for (const [line, refusal] of table) {
      const answers = await asks(alice, line);
      assertEquals(answers.length, 1);
      assert(answers[0].startsWith(`FAIL MARKREAD ${refusal}`), answers[0]);
    }
    const bob = await room.person("bob");
    assert((await asks(bob, "MARKREAD #tea"))[0].startsWith("FAIL MARKREAD NEED_CAPABILITY draft/read-marker :"));
  });
});

Deno.test("What is read on one device of an account is told to its others", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    const phone = await room.person("alice_", { caps: CAPS });
    await phone.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0alice\0opensesame").toString("base64")}`);
    await phone.sees(/ 903 /);
    const eve = await room.person("eve", { caps: CAPS });
    await alice.send("MARKREAD bob timestamp=2025-06-01T12:00:00.000Z");
    await phone.sees(":Tea.local MARKREAD bob timestamp=2025-06-01T12:00:00.000Z");
    assertEquals(await eve.everything(), []);
    // The same again is news to nobody.
    await alice.send("MARKREAD bob timestamp=2025-06-01T12:00:00.000Z");
    await alice.everything();
    assertEquals(await phone.everything(), []);
  });
});

Deno.test("A marker that is kept is charged by the bytes of its names", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    const charged: number[] = [];
    sessionOf(room.chat, "alice").onKept = (bytes) => charged.push(bytes);
    const [short, long] = ["#tea", `#${"茶".repeat(49)}`];
    await asks(alice, ...[short, long].map((name) => `MARKREAD ${name} timestamp=2025-06-01T12:00:00.000Z`));
    // A row in three orders.
    assertEquals(charged[1] - charged[0], 3 * (3 * 49 + 1 - short.length));
  });
});

Deno.test("What guests have read is remembered of the last 4,000 talks, and is not kept; a channel's follows its name", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const noon = "timestamp=2025-06-01T12:00:00.000Z";
    await asks(alice, `MARKREAD #tea ${noon}`, "RENAME #tea #chai");
    const eves: Person[] = [];
    for (let i = 0; i < 40; i++) {
      eves.push(await room.person(`eve${i}`, { caps: CAPS }));
      await asks(eves[i], ...Array.from({ length: 100 }, (_, j) => `MARKREAD #${j} ${noon}`));
      // What is set anew is as young as any other.
      if (i === 20) {
        assertEquals(await asks(alice, "MARKREAD #tea", "MARKREAD #chai"), [
          "MARKREAD #tea *",
          `MARKREAD #chai ${noon}`,
        ]);
        await asks(alice, "MARKREAD #chai timestamp=2025-06-01T12:00:01.000Z");
      }
    }
    assertEquals(await asks(eves[0], "MARKREAD #0", "MARKREAD #1"), ["MARKREAD #0 *", `MARKREAD #1 ${noon}`]);
    assertEquals(await asks(eves[39], "MARKREAD #99"), [`MARKREAD #99 ${noon}`]);
    assertEquals(await asks(alice, "MARKREAD #chai"), ["MARKREAD #chai timestamp=2025-06-01T12:00:01.000Z"]);
    store.flush();
    assertEquals(store.db.prepare("SELECT * FROM markers").all(), []);
  });
});

Deno.test("Of one account 500 talks are remembered: those that were read last", async () => {
  const store = new Store(":memory:");
  const markers = new Markers(store);
  for (let i = 0; i < 600; i++) markers.advance("account:alice", `#${i}`, 1_000 + i);
  while (store.flush());
  assertEquals(markers.find("account:alice", "#99"), undefined);
  assertEquals(markers.find("account:alice", "#100"), 1_100);
  await store.close();
});

Deno.test("What was marked while the clock was ahead counts up to now, and gives way to what is marked later", async () => {
  const store = new Store(":memory:");
  let now = 1_000_000;
  const markers = new Markers(store, () => now);
  for (const identity of ["account:alice", "guest:bob"]) {
    now = 1_000_000;
    assert(markers.advance(identity, "#tea", 900_000));
    now = 9_000_000;
    assert(markers.advance(identity, "#tea", 8_000_000));
    store.flush();
    now = 2_000_000;
    assertEquals(markers.find(identity, "#tea"), 2_000_000);
    now = 3_000_000;
    assert(markers.advance(identity, "#tea", 2_500_000));
    assertEquals(markers.find(identity, "#tea"), 2_500_000);
    assert(!markers.advance(identity, "#tea", 2_400_000));
  }
  await store.close();
});

Deno.test("Markers beyond those that may wait for the database are refused, and none that was told is lost", async () => {
  const store = new Store(":memory:");
  const markers = new Markers(store);
  store.db.exec("PRAGMA query_only = 1");
  for (let i = 0; i < 10_000; i++) assert(markers.advance(`account:a${i}`, "#tea", 1));
  assert(!markers.advance("account:late", "#tea", 1));
  assert(markers.advance("account:a0", "#tea", 2));
  assertEquals([markers.find("account:late", "#tea"), markers.find("account:a0", "#tea")], [undefined, 2]);
  store.db.exec("PRAGMA query_only = 0");
  // A little at a time, since all at once would hold up the room.
  let most = 0;
  for (let before = 0, isMore = true; isMore;) {
    isMore = store.flush();
    const written = Number(store.db.prepare("SELECT count(*) AS n FROM markers").get()!.n);
    [most, before] = [Math.max(most, written - before), written];
  }
  assertEquals(most, 200);
  assertEquals(store.db.prepare("SELECT count(*) AS n FROM markers").get()!.n, 10_000);
  await store.close();
});
