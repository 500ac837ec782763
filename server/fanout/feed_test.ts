/** Tests of the fan-out: when readers are woken. */

import { assert, assertEquals } from "@std/assert";
import { idle } from "../turns/loop.ts";
import type { Feed } from "./feed.ts";
import { Outbox } from "./outbox.ts";
import { SweepSchedule } from "./schedule.ts";
import { append, decoder, end, feedOf, microtasks, turn } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("A waiting reader is handed the first line after a quiet moment in the same turn", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  const waiting = bob.next();
  append(feed, "at once");
  // Only microtasks may pass, no timer.
  let batch: Uint8Array | undefined;
  waiting.then(({ value }) => batch = value);
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assertEquals(decoder.decode(batch), "at once\r\n");
  end(bob);
});

Deno.test("Lines that come within the window are handed over together at its end, a private line at once", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  const first = bob.next();
  append(feed, "first");
  await first;
  const next = bob.next();
  let isHanded = false;
  next.then(() => isHanded = true);
  for (const line of ["second", "third"]) {
    append(feed, line);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
  assert(!isHanded, "the window is not over");
  assertEquals(decoder.decode((await next).value), "second\r\nthird\r\n");

  const last = bob.next();
  append(feed, "fourth");
  bob.send("private");
  assertEquals(decoder.decode((await last).value), "fourth\r\nprivate\r\n");
  end(bob);
});

Deno.test("A follower of several busy feeds is woken once in a window, not once by each feed", async () => {
  const [alice, bob] = [new Outbox(), new Outbox()];
  const [tea, milk] = [feedOf(alice), feedOf(alice, bob)];
  const first = alice.next();
  append(tea, "tea 1");
  await first;
  const [next, other] = [alice.next(), bob.next()];
  let isHanded = false;
  next.then(() => isHanded = true);
  append(milk, "milk 2");
  // Bob has heard nothing for a while; Alice has just been woken.
  assertEquals(decoder.decode((await other).value), "milk 2\r\n");
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assert(!isHanded);
  append(tea, "tea 3");
  assertEquals(decoder.decode((await next).value), "milk 2\r\ntea 3\r\n");
  // What a feed has spared is due at the end of its window even if the other says nothing more.
  const last = alice.next();
  append(milk, "milk 4");
  assertEquals(decoder.decode((await last).value), "milk 4\r\n");
  end(alice, bob);
});

Deno.test("A line arrives though its feed's sweep has left out the reader, who then says something itself", async () => {
  const reader = new Outbox();
  const [milk, tea] = [feedOf(reader), feedOf(reader)];
  append(milk, "milk");
  // The milk wakes the reader, so the tea's sweep spares it.
  assertEquals(decoder.decode((await reader.next()).value), "milk\r\n");
  append(tea, "tea");
  reader.seal();
  append(tea, "its own");
  reader.skip();
  assertEquals(decoder.decode((await reader.next()).value), "tea\r\n");
  end(reader);
});

Deno.test("The same holds where the reader was woken before for what it says itself", async () => {
  const reader = new Outbox();
  // So many that their window is long enough for what follows.
  const others = Array.from({ length: 500 }, () => new Outbox());
  const [milk, tea] = [feedOf(reader), feedOf(reader, ...others)];
  const saysItself = (feed: Feed) => {
    reader.seal();
    append(feed, "its own");
    reader.skip();
  };
  append(tea, "tea");
  await turn();
  assertEquals(decoder.decode((await reader.next()).value), "tea\r\n");
  for (const end = performance.now() + 4; performance.now() < end;);
  // It is busy with that while it says something.
  saysItself(milk);
  await turn();
  const read = reader.next();
  append(tea, "more tea");
  saysItself(tea);
  assertEquals(decoder.decode((await read).value), "more tea\r\n");
  end(reader, ...others);
});

Deno.test("A full chunk does not wait for the window's end", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  const first = bob.next();
  append(feed, "first");
  await first;
  const next = bob.next();
  let isHanded = false;
  next.then(() => isHanded = true);
  append(feed, ...Array<string>(700).fill("x".repeat(98)));
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assert(isHanded);
  end(bob);
});

Deno.test("A line that comes while a large feed is being swept reaches those who were swept before it", async () => {
  const people = Array.from({ length: 350 }, () => new Outbox());
  const feed = feedOf(...people);
  const seen = people.map(async (outbox) => {
    let text = "";
    while (!text.includes("second")) text += decoder.decode((await outbox.next()).value);
    return text;
  });
  append(feed, "first");
  // The first slice has been woken when the microtasks are done; the next ones are still to come.
  await microtasks();
  append(feed, "second");
  for (const text of await Promise.all(seen)) assertEquals(text, "first\r\nsecond\r\n");
  end(...people);
});

Deno.test("Readers that leave during a sweep do not keep the others from being woken", async () => {
  const people = Array.from({ length: 350 }, () => new Outbox());
  const feed = feedOf(...people);
  const waiting = people.map((outbox) => outbox.next());
  append(feed, "hello");
  await microtasks();
  for (const outbox of people.slice(0, 120)) outbox.end();
  const handed = await Promise.all(waiting);
  for (const { value } of handed) assertEquals(decoder.decode(value), "hello\r\n");
  end(...people);
});

Deno.test("The window grows with the followers, from what nobody sees between two to what nobody sees in a crowd", () => {
  assertEquals([1, 2, 10, 100, 1_000, 9_000].map((followers) => Math.round(SweepSchedule.window(followers))), [
    5,
    5,
    8,
    16,
    35,
    50,
  ]);
});
