/** Tests of the fan-out: the memory of feeds. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals, assertLess } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Outbox } from "./outbox.ts";
import { append, batch, end, feedOf, ready, turn } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("A line that is longer than a chunk arrives whole, among others", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  const long = "茶".repeat(40_000);
  append(feed, "a", long, "b");
  for (const line of [long, "c", long, "d"]) bob.send(line);
  assertEquals(await ready(bob), ["a", long, "b", long, "c", long, "d"]);
  end(bob);
});

Deno.test("Chunks grow from 1 KiB to 64 KiB, and a batch is never larger", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  const line = "x".repeat(98);
  append(feed, ...Array<string>(5_000).fill(line));
  const sizes: number[] = [];
  while (bob.backlog > 0) sizes.push((await batch(bob)).length);
  assertEquals(sizes.slice(0, 3), [1000, 2000, 4000]);
  assertEquals(Math.max(...sizes), 65_500);
  assertEquals(sizes.reduce((a, b) => a + b), 500_000);
  end(bob);
});

Deno.test("A chunk is garbage once the slowest reader has passed it, and not before", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const [alice, bob] = [new Outbox(), new Outbox({ limit: 2 << 20 })];
  const feed = feedOf(alice, bob);
  const chunks: WeakRef<ArrayBufferLike>[] = [];
  for (let i = 0; i < 20; i++) {
    // As much as the largest chunk holds.
    append(feed, ...Array<string>(64).fill("x".repeat(1_022)));
    while (alice.backlog > 0) chunks.push(new WeakRef((await alice.next()).value!.buffer));
  }
  const alive = async () => {
    // A WeakRef keeps what it refers to until the turn ends.
    await turn();
    collect();
    return chunks.filter((chunk) => chunk.deref() !== undefined).length;
  };
  assertEquals(await alive(), chunks.length);
  while (bob.backlog > 0) await bob.next();
  // The newest stays, and the one that was handed out last.
  assertLess(await alive(), 3);
  end(alice, bob);
});

Deno.test("A feed that nobody reads keeps no more than its last chunks", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const alice = new Outbox();
  const feed = feedOf(alice);
  const chunks: WeakRef<object>[] = [];
  for (let i = 0; i < 400; i++) {
    // As one who is alone in a channel and is not told what they say.
    alice.seal();
    append(feed, "x".repeat(4_000));
    alice.skip();
    if (i % 16 === 0) chunks.push(new WeakRef(feed.tail));
  }
  // A WeakRef keeps what it refers to until the turn ends.
  await turn();
  collect();
  assertLess(chunks.filter((chunk) => chunk.deref() !== undefined).length, 3);
  end(alice);
});

Deno.test("A reader that has left a feed, and does not read, keeps nothing of what is appended afterwards", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const alice = new Outbox();
  const feed = feedOf(alice);
  append(feed, "hello");
  alice.unfollow(feed);
  const chunks: WeakRef<object>[] = [];
  for (let i = 0; i < 400; i++) {
    append(feed, "x".repeat(4_000));
    if (i % 16 === 0) chunks.push(new WeakRef(feed.tail));
  }
  await turn();
  collect();
  assertLess(chunks.filter((chunk) => chunk.deref() !== undefined).length, 3);
  end(alice);
});
