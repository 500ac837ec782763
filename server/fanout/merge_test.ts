/** Tests of the fan-out: lines of many feeds in one order. */

import { assertEquals, assertLess } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Outbox } from "./outbox.ts";
import { append, batch, copiedBy, end, feedOf, ready } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("Outbox keeps the order between feeds when it has read one of them halfway through a run", async () => {
  const bob = new Outbox();
  const [tea, milk] = [feedOf(bob), feedOf(bob)];
  append(tea, "tea 1");
  assertEquals(await ready(bob), ["tea 1"]);
  append(tea, "tea 2");
  append(milk, "milk 3");
  append(tea, "tea 4");
  assertEquals(await ready(bob), ["tea 2", "milk 3", "tea 4"]);
  end(bob);
});

Deno.test("Lines that were appended to a hundred feeds in turn are merged within milliseconds", async () => {
  const alice = new Outbox({ limit: 1 << 21 });
  const feeds = Array.from({ length: 100 }, () => feedOf(alice));
  const count = 30_000;
  for (let i = 0; i < count; i++) append(feeds[i % 100], `line ${i}`);
  const begun = performance.now();
  alice.send("PONG");
  // Each line looked for among all others took 0.9 s, and 5 s on a busy machine.
  assertLess(performance.now() - begun, 700);
  let text = "";
  while (alice.backlog > 0) text += new TextDecoder().decode((await alice.next()).value);
  assertEquals(text.split("\r\n"), [...Array.from({ length: count }, (_, i) => `line ${i}`), "PONG", ""]);
  end(alice);
});

Deno.test("A reader is handed a long backlog of many feeds in parts, and all of it in order", async () => {
  const outbox = new Outbox();
  const feeds = Array.from({ length: 100 }, () => feedOf(outbox));
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i} ${"x".repeat(50)}`);
  for (const [i, line] of lines.entries()) append(feeds[i * 7 % 100], line);
  const batches: string[] = [];
  while (outbox.backlog > 0) {
    batches.push(await batch(outbox));
    // What is for it alone comes behind all that has been said before.
    if (batches.length === 3) outbox.send("for you");
    if (batches.length === 3) append(feeds[0], "after");
  }
  // What was put into order between two of them goes out as it lies there, in a chunk.
  assertLess(Math.max(...batches.slice(0, 3).map((batch) => batch.length)), 65_537);
  assertEquals(batches.join("").split("\r\n").slice(0, -1), [...lines, "for you", "after"]);
  end(outbox);
});

Deno.test("The backlog of a reader that takes nothing is merged little by little, so a line for it alone has little to come after", async () => {
  const outbox = new Outbox();
  const feeds = Array.from({ length: 4 }, () => feedOf(outbox));
  const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i} ${"x".repeat(50)}`);
  for (const [i, line] of lines.entries()) append(feeds[i * 7 % 4], line);
  await idle();
  assertLess(copiedBy(() => outbox.send("for you")), 20_000);
  append(feeds[0], "after");
  assertEquals(await ready(outbox), [...lines, "for you", "after"]);
  end(outbox);
});

Deno.test("A long backlog of one feed is not copied for each reader when each is sent a line for it alone", async () => {
  const outboxes = Array.from({ length: 50 }, () => new Outbox());
  const feed = feedOf(...outboxes);
  const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i} ${"x".repeat(100)}`);
  append(feed, ...lines);
  await idle();
  const copied = copiedBy(() => {
    for (const outbox of outboxes) outbox.send("for you");
  });
  assertLess(copied, 50 * 20_000);
  append(feed, "after");
  for (const outbox of outboxes) assertEquals(await ready(outbox), [...lines, "for you", "after"]);
  end(...outboxes);
});
