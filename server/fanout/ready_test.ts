/** Tests of the fan-out: the order of readers within a turn of the event loop. */

import { assert, assertEquals, assertLess } from "@std/assert";
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

Deno.test("A hundred readers are handed a line in one turn, and the next turn has as many handovers less", async () => {
  const told = new Array<number>();
  const groups = [100, 100].map((count, group) => {
    told.push(0);
    const people = Array.from({ length: count }, () => new Outbox());
    for (const outbox of people) outbox.next().then(() => told[group]++);
    return { people, feed: feedOf(...people) };
  });
  append(groups[0].feed, "to a hundred");
  await microtasks();
  assertEquals(told, [100, 0]);
  append(groups[1].feed, "to a hundred others");
  await microtasks();
  // Light readers have some handovers of their own.
  assertLess(told[1], 17);
  await turn();
  // 20 of 60 handovers are left of the turn after that.
  assertLess(told[1], 40);
  while (told[1] < 100) await turn();
  for (const { people } of groups) end(...people);
});

Deno.test("Each turn hands something to sixty of three hundred readers, so that others are read meanwhile", async () => {
  const people = Array.from({ length: 300 }, () => new Outbox());
  const feed = feedOf(...people);
  let told = 0;
  for (const outbox of people) outbox.next().then(() => told++);
  append(feed, "to everyone");
  await microtasks();
  // 60, and the light ones.
  assertLess(told, 77);
  let before = told;
  let most = 0;
  let turns = 1;
  for (; told < people.length; turns++) {
    await turn();
    most = Math.max(most, told - before);
    before = told;
  }
  assertLess(most, 109);
  assert(turns >= 4, `${turns} turns`);
  end(...people);
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
