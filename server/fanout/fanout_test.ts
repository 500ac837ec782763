import { setImmediate } from "node:timers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import { nextOrder } from "./chunks.ts";
import { Feed } from "./feed.ts";
import { Outbox } from "./outbox.ts";
import { idle } from "../turns/loop.ts";

const decoder = new TextDecoder();

/** Appends lines to a feed, each as an event of its own. */
function append(feed: Feed, ...lines: string[]): void {
  for (const line of lines) feed.append(line, nextOrder());
}

/** The next batch as text; the test fails where none is ready. */
async function batch(outbox: Outbox): Promise<string> {
  assert(outbox.backlog > 0, "nothing is ready");
  const { value } = await outbox.next();
  return decoder.decode(value);
}

/** Everything that is ready now, as lines. */
async function ready(outbox: Outbox): Promise<string[]> {
  let text = "";
  while (outbox.backlog > 0) text += await batch(outbox);
  return text.split("\r\n").slice(0, -1);
}

// The queue's own turn of the event loop is over when a test is.
Deno.test.afterEach(idle);

/** Lets the event loop turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets all be done that is done at the end of this turn. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** A feed that these follow. */
function feedOf(...outboxes: Outbox[]): Feed {
  const feed = new Feed();
  for (const outbox of outboxes) outbox.follow(feed);
  return feed;
}

/** How many bytes are copied from one array into another by what is done. */
function copiedBy(act: () => void): number {
  const { set } = Uint8Array.prototype;
  let copied = 0;
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length;
    return set.call(this, source, offset);
  };
  try {
    act();
  } finally {
    Uint8Array.prototype.set = set;
  }
  return copied;
}

/** Lets go of feeds, and so of their timers. */
function end(...outboxes: Outbox[]): void {
  for (const outbox of outboxes) outbox.end();
}

Deno.test("Outbox yields what was appended since it follows, as one batch", async () => {
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

Deno.test("Outbox.skip() passes over just what was appended since seal()", async () => {
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

Deno.test("Outbox.unfollow() still brings what was appended before, and nothing after", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob);
  append(feed, "before");
  bob.unfollow(feed);
  append(feed, "after");
  assertEquals(await ready(bob), ["before"]);
  assertEquals(feed.size, 0);
});

Deno.test("Outbox.follow() twice brings a line once", async () => {
  const bob = new Outbox();
  const feed = feedOf(bob, bob);
  append(feed, "once");
  assertEquals(await ready(bob), ["once"]);
  end(bob);
});

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

Deno.test("Many lines for one reader alone are gathered into few batches", async () => {
  const bob = new Outbox();
  for (let i = 0; i < 1_000; i++) bob.send("y".repeat(98));
  let batches = 0;
  for (; bob.backlog > 0; batches++) await batch(bob);
  assertLess(batches, 5);
  end(bob);
});

Deno.test("Lines for one reader alone keep their bytes while their large chunks are used again", async () => {
  const outboxes = Array.from({ length: 8 }, () => new Outbox());
  for (let round = 0; round < 20; round++) {
    const expected = outboxes.map((_, i) =>
      Array.from({ length: 700 }, (_, n) => `${round} ${i} ${n} ${"z".repeat(120)}`)
    );
    for (let n = 0; n < 700; n++) for (const [i, outbox] of outboxes.entries()) outbox.send(expected[i][n]);
    const seen = outboxes.map(() => "");
    // In turns, each with a batch in hand while others fill and return chunks.
    while (outboxes.some(({ backlog }) => backlog > 0)) {
      for (const [i, outbox] of outboxes.entries()) if (outbox.backlog > 0) seen[i] += await batch(outbox);
    }
    for (const [i, text] of seen.entries()) assertEquals(text.split("\r\n").slice(0, -1), expected[i]);
  }
  end(...outboxes);
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

Deno.test("A reader that took what it was handed a moment ago may be behind by more, one that stalls may not", async () => {
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

Deno.test("A reader that has overflowed and reads on sees nothing of what comes behind the gap", async () => {
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

Deno.test("Outbox overflows by what a feed brings, and others don't", async () => {
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

Deno.test("A thousand readers that overflow at once are told of a few at a time", async () => {
  let overflows = 0;
  const people = Array.from({ length: 1_000 }, () => new Outbox({ limit: 100, onOverflow: () => overflows++ }));
  for (const outbox of people) outbox.send("x".repeat(200));
  assertEquals(overflows, 0);
  await turn();
  assert(overflows > 0 && overflows < 1_000, `${overflows}`);
  while (overflows < 1_000) await turn();
  end(...people);
});

Deno.test("Outbox.room() resolves when what is crowded has been read, or is over", async () => {
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

Deno.test("Outbox.room() resolves where all is handed to a reader who waits", async () => {
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

Deno.test("Outbox.excess is what is beyond a quarter of the limit, as of the last sweep", async () => {
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

Deno.test("A reader who waits is handed the first line after a quiet moment in the same turn", async () => {
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

Deno.test("Who follows several busy feeds is woken once in a window, not once by each of them", async () => {
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

Deno.test("What waits in a feed whose reader is spared for now, and then says something, arrives all the same", async () => {
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

Deno.test("The same where the reader has been told before of what it says itself", async () => {
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

Deno.test("More readers than one turn may wake are all woken", async () => {
  const people = Array.from({ length: 350 }, () => new Outbox());
  const feed = feedOf(...people);
  const waiting = people.map((outbox) => outbox.next());
  append(feed, "hello");
  for (const { value } of await Promise.all(waiting)) assertEquals(decoder.decode(value), "hello\r\n");
  end(...people);
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

Deno.test("Who has had little of late is handed a line in the same turn, though two hundred use that up; others wait", async () => {
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

Deno.test("Who leaves while a feed is being swept does not keep others from being woken", async () => {
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

Deno.test("A feed that nobody looks at keeps no more than its last chunks", async () => {
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

Deno.test("A reader who has left a feed, and does not read, keeps nothing of what comes afterwards", async () => {
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

Deno.test("Lines that were said in turn in a hundred feeds are brought into one order in some milliseconds", async () => {
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

Deno.test("Of a long backlog of many feeds a reader is handed some at a time, and all of it in its order", async () => {
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

Deno.test("What waits for one who takes nothing is put into one order by and by: a line for it alone has little to come after", async () => {
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

Deno.test("What waits for many in one feed is not copied for each when a line for each of them comes behind it", async () => {
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
