/** Tests of the fan-out: what one reader is sent, and in which order. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Outbox } from "./outbox.ts";
import { append, batch, decoder, end, feedOf, ready } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("Outbox yields everything that was appended since it followed, as one batch", async () => {
  const [early, late] = [new Outbox(), new Outbox()];
  const feed = feedOf(early);
  append(feed, "one", "two");
  late.follow(feed);
  append(feed, "three 茶");
  assertEquals(await batch(early), "one\r\ntwo\r\nthree 茶\r\n");
  assertEquals(await batch(late), "three 茶\r\n");
  assertEquals([early.backlog, late.backlog], [0, 0]);
  end(early, late);
});

Deno.test("Outboxes at the same position are given the same bytes, not copies", async () => {
  const [alice, bob] = [new Outbox(), new Outbox()];
  const feed = feedOf(alice, bob);
  append(feed, "hello");
  assertStrictEquals((await alice.next()).value, (await bob.next()).value);
  end(alice, bob);
});

Deno.test("Outbox keeps the order between its feeds and the lines for it alone", async () => {
  const bob = new Outbox();
  const [tea, milk] = [feedOf(bob), feedOf(bob)];
  append(tea, "tea 1");
  append(milk, "milk 2", "milk 3");
  bob.send("bob 4");
  append(tea, "tea 5");
  bob.send("bob 6");
  bob.send("bob 7");
  append(milk, "milk 8");
  append(tea, "tea 9", "tea 10");
  const order = ["tea 1", "milk 2", "milk 3", "bob 4", "tea 5", "bob 6", "bob 7", "milk 8", "tea 9", "tea 10"];
  assertEquals(await ready(bob), order);
  end(bob);
});

Deno.test("Outbox.skip() leaves out just what was appended since seal()", async () => {
  const [alice, bob] = [new Outbox(), new Outbox()];
  const [tea, milk] = [feedOf(alice, bob), feedOf(alice, bob)];
  append(tea, "bob: hello");
  append(milk, "bob: here, too");
  alice.seal();
  append(tea, "alice: hi");
  alice.skip();
  append(milk, "bob: how are you?");
  assertEquals(await ready(alice), ["bob: hello", "bob: here, too", "bob: how are you?"]);
  assertEquals(await ready(bob), ["bob: hello", "bob: here, too", "alice: hi", "bob: how are you?"]);
  end(alice, bob);
});

Deno.test("Outbox.unfollow() still delivers what was appended before, and nothing that is appended later", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  append(feed, "before");
  bob.unfollow(feed);
  append(feed, "after");
  assertEquals(await ready(bob), ["before"]);
  assertEquals(feed.size, 0);
});

Deno.test("Outbox.follow() called twice delivers a line once", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob, bob);
  append(feed, "once");
  assertEquals(await ready(bob), ["once"]);
  end(bob);
});

Deno.test("Outbox.end() lets what is queued be read, then ends the loop", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  append(feed, "one");
  bob.send("two");
  bob.end();
  append(feed, "three");
  bob.send("four");
  let text = "";
  for await (const batch of bob) text += decoder.decode(batch);
  assertEquals(text, "one\r\ntwo\r\n");
});

Deno.test("Outbox.end() ends a loop that waits, and leaving the loop ends the outbox", async () => {
  const [alice, bob] = [new Outbox(), new Outbox()];
  const feed = feedOf(alice, bob);
  const waiting = alice.next();
  alice.end();
  assertEquals(await waiting, { done: true, value: undefined });
  append(feed, "one");
  for await (const _ of bob) break;
  assertEquals([feed.size, bob.backlog], [0, 0]);
});
