/** Tests of the fan-out: the order of readers within a turn of the event loop. */

import { assertEquals, assertLess } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Feed } from "./feed.ts";
import { Outbox } from "./outbox.ts";
import { append, decoder, end, feedOf, microtasks, turn } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("More readers than one turn may wake are all woken", async () => {
  const people = Array.from({ length: 350 }, () => new Outbox());
  const feed = feedOf(...people);
  const waiting = people.map((outbox) => outbox.next());
  append(feed, "hello");
  for (const { value } of await Promise.all(waiting)) assertEquals(decoder.decode(value), "hello\r\n");
  end(...people);
});

Deno.test("A reader that had little lately is handed a line in the same turn, though two hundred have used it up; others wait", async () => {
  const people = Array.from({ length: 200 }, () => new Outbox());
  const feed = feedOf(...people);
  const [late, ...others] = Array.from({ length: 300 }, () => new Outbox());
  const large = feedOf(late, ...others);
  const bob = new Outbox();
  const small = feedOf(bob);
  const told: string[] = [];
  const crowd = people.map((outbox) => outbox.next());
  for (const [name, outbox] of Object.entries({ late, bob })) outbox.next().then(() => told.push(name));
  append(feed, "to everyone");
  await microtasks();
  append(large, "to as many");
  append(small, "to bob");
  await microtasks();
  assertEquals(told, ["bob"]);
  await Promise.all(crowd);
  while (told.length < 2) await turn();
  end(...people, late, ...others, bob);
});

Deno.test("Two people in a feed of their own don't wait until fifty feeds of a hundred have been swept", async () => {
  let woken = 0;
  const large = Array.from({ length: 50 }, () => {
    const feed = new Feed();
    const readers = Array.from({ length: 100 }, () => new Outbox());
    for (const reader of readers) {
      reader.follow(feed);
      reader.next().then(() => woken++);
    }
    return { feed, readers };
  });
  const small = new Feed();
  const bob = new Outbox();
  bob.follow(small);
  const told = bob.next();
  for (const { feed } of large) append(feed, "to everyone");
  await turn();
  append(small, "to bob");
  await told;
  assertLess(woken, 1_000);
  while (woken < 5_000) await turn();
  for (const outbox of [bob, ...large.flatMap(({ readers }) => readers)]) outbox.end();
});
