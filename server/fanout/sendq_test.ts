/** Tests of the fan-out: how much may wait for one reader. */

import { assert, assertEquals } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Outbox } from "./outbox.ts";
import { append, batch, decoder, end, feedOf, ready, turn } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("Outbox overflows once, when its backlog has passed the limit and nobody reads", async () => {
  let overflows = 0;
  const bob = new Outbox({ limit: 1_000, onOverflow: () => overflows++ });
  for (let i = 0; i < 10; i++) bob.send("x".repeat(98));
  assertEquals([bob.backlog, overflows], [1_000, 0]);
  bob.send("x");
  bob.send("x");
  assertEquals(overflows, 0, "not within the turn that fills it");
  await turn();
  assertEquals(overflows, 1);
  bob.send("too late");
  assertEquals(bob.backlog, 0, "what it had not read is forgotten at once");
  bob.abandon("sorry");
  assertEquals(await ready(bob), ["sorry"]);
  assertEquals(await bob.next(), { done: true, value: undefined });
});

Deno.test("A reader that took a batch a moment ago may be further behind, a stalled one may not", async () => {
  const overflowed: string[] = [];
  const now = performance.now.bind(performance);
  let later = 0;
  performance.now = () => now() + later;
  try {
    const [prompt, stalled, flooded] = ["prompt", "stalled", "flooded"].map((nick) =>
      new Outbox({ limit: 1_000, onOverflow: () => overflowed.push(nick) })
    );
    const say = (to: Outbox, lines: number) => {
      for (let i = 0; i < lines; i++) to.send("x".repeat(98));
    };
    for (const reader of [prompt, stalled, flooded]) {
      say(reader, 1);
      await reader.next();
    }
    // Each is still writing what it was handed.
    say(prompt, 30);
    say(flooded, 50);
    later = 2_000;
    say(stalled, 30);
    await turn();
    assertEquals(overflowed, ["flooded", "stalled"]);
    assertEquals(prompt.backlog, 3_000);
  } finally {
    performance.now = now;
  }
});

Deno.test("A reader that has overflowed and reads on is sent nothing from behind the gap", async () => {
  const bob = new Outbox({ limit: 1_000 });
  const feed = feedOf(bob);
  for (let i = 0; i < 12; i++) bob.send("x".repeat(98));
  const read = bob.next();
  append(feed, "behind the gap");
  await turn();
  bob.abandon("sorry");
  assertEquals(decoder.decode((await read).value), "sorry\r\n");
  assertEquals(await bob.next(), { done: true, value: undefined });
});

Deno.test("An outbox overflows by what a feed brings, and the feed's other followers do not", async () => {
  const overflowed: string[] = [];
  const [alice, bob] = ["alice", "bob"].map((nick) =>
    new Outbox({ limit: 100_000, onOverflow: () => overflowed.push(nick) })
  );
  const feed = feedOf(alice, bob);
  // Alice reads all the time, bob never.
  const reading = (async () => {
    let bytes = 0;
    for await (const batch of alice) bytes += batch.length;
    return bytes;
  })();
  for (let i = 0; i < 30; i++) {
    append(feed, ...Array<string>(100).fill("x".repeat(98)));
    await turn();
  }
  alice.end();
  bob.end();
  assertEquals(await reading, 300_000);
  assertEquals(overflowed, ["bob"]);
});

Deno.test("The overflows of a thousand readers at once are reported a few at a time", async () => {
  let overflows = 0;
  const people = Array.from({ length: 1_000 }, () => new Outbox({ limit: 100, onOverflow: () => overflows++ }));
  for (const outbox of people) outbox.send("x".repeat(200));
  assertEquals(overflows, 0);
  await turn();
  assert(overflows > 0 && overflows < 1_000, `${overflows}`);
  while (overflows < 1_000) await turn();
  end(...people);
});

Deno.test("Outbox.room() resolves when a crowded outbox has been read, or has ended", async () => {
  const [alice, bob] = [new Outbox({ limit: 400 }), new Outbox({ limit: 400 })];
  await alice.room();
  for (const outbox of [alice, bob]) outbox.send("x".repeat(200));
  assert(alice.isCrowded);
  let isThereRoom = false;
  const room = alice.room().then(() => isThereRoom = true);
  await turn();
  assert(!isThereRoom);
  await batch(alice);
  await room;
  const over = bob.room();
  bob.end();
  await over;
  end(alice);
});

Deno.test("Outbox.room() resolves for all who wait for it at once", async () => {
  const [alice, bob] = [new Outbox({ limit: 400 }), new Outbox({ limit: 400 })];
  for (const outbox of [alice, bob]) outbox.send("x".repeat(200));
  const waits = [alice, alice, bob, bob].map((outbox) => outbox.room());
  await batch(alice);
  bob.end();
  await Promise.all(waits);
  end(alice);
});

Deno.test("Outbox.room() resolves when everything is handed to a waiting reader", async () => {
  const alice = new Outbox({ limit: 400 });
  const [milk, tea] = [feedOf(alice), feedOf(alice)];
  append(milk, "milk");
  await alice.next();
  const read = alice.next();
  // Her feed's sweep spares her for now.
  append(tea, "x".repeat(200));
  await turn();
  assert(alice.isCrowded);
  const room = alice.room();
  alice.send("for her alone");
  assertEquals(decoder.decode((await read).value).split("\r\n").length, 3);
  await room;
  end(alice);
});

Deno.test("Outbox.excess is the backlog beyond a quarter of the limit, as of the last sweep", async () => {
  const bob = new Outbox({ limit: 1_000 });
  const feed = feedOf(bob);
  append(feed, "x".repeat(248));
  await turn();
  assertEquals([bob.excess, feed.excess], [0, 0]);
  append(feed, "x".repeat(98));
  // The window's end.
  while (bob.excess === 0) await turn();
  assertEquals([bob.excess, feed.excess], [100, 100]);
  end(bob);
});
