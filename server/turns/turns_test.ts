import { assert, assertEquals, assertLess } from "@std/assert";
import { idle, nextTurn } from "./loop.ts";
import { SLICE, Turns, Usage } from "./turns.ts";

// The loop's own turn is over when a test is.
Deno.test.afterEach(idle);

/** What somebody has used just now, in milliseconds. */
function used(milliseconds: number): Usage {
  const usage = new Usage();
  usage.add(milliseconds, performance.now());
  return usage;
}

Deno.test("Usage: half of it is forgotten in 5 s", () => {
  const usage = new Usage();
  usage.add(8, 1_000);
  usage.add(8, 6_000);
  assertEquals([usage.at(6_000), usage.at(11_000), usage.at(21_000)], [12, 6, 1.5]);
});

Deno.test("Turns: work goes on at once until a slice is used up, then with the loop's next turn", async () => {
  const turns = new Turns();
  const usage = new Usage();
  assertEquals(turns.next(usage), undefined);
  turns.spend(SLICE, performance.now());
  const turn = turns.next(usage);
  assert(turn instanceof Promise);
  await turn;
  assertEquals(turns.next(usage), undefined);
});

Deno.test("Turns: whoever has used the least is the next, whoever came first among equals", async () => {
  const turns = new Turns();
  const now = performance.now();
  const people = { flooder: 500, alice: 30, bob: 28, newcomer: 0 };
  const order: string[] = [];
  await Promise.all(
    Object.entries(people).map(async ([name, used]) => {
      const usage = new Usage();
      if (used > 0) usage.add(used, now);
      turns.spend(SLICE, performance.now());
      await turns.next(usage);
      order.push(name);
    }),
  );
  assertEquals(order, ["newcomer", "alice", "bob", "flooder"]);
});

Deno.test("Turns: who would come before all who wait has some turns at once, though the slice is used up", async () => {
  const turns = new Turns();
  const used = (milliseconds: number) => {
    const usage = new Usage();
    usage.add(milliseconds, performance.now());
    return usage;
  };
  const [busy, quiet] = [used(1_000), used(10)];
  turns.spend(SLICE, performance.now());
  const flooders = [turns.next(used(300), busy), turns.next(used(500), busy)];
  const [alice, bob, carol] = [used(10), used(20), used(400)];
  assertEquals([turns.next(alice, busy), turns.next(bob, quiet)], [undefined, undefined]);
  const third = turns.next(carol, busy);
  assert(third instanceof Promise);
  turns.spend(1, performance.now());
  const again = turns.next(alice, busy);
  assert(again instanceof Promise);
  for (const turn of [...flooders, third, again]) {
    await Promise.race([turn, ...flooders]);
    turns.passOn();
  }
  await Promise.all([...flooders, third, again]);
});

Deno.test("Turns: an address that has used less comes first, and of one those who have used less", async () => {
  const turns = new Turns();
  const [busy, quiet] = [used(2_000), used(10)];
  const people = [["flooder", 300, busy], ["alice", 20, busy], ["newcomer", 140, quiet], ["bob", 10, quiet]] as const;
  const order: string[] = [];
  await Promise.all(people.map(async ([name, milliseconds, address]) => {
    turns.spend(SLICE, performance.now());
    await turns.next(used(milliseconds), address);
    order.push(name);
    // Each has a whole turn of the address.
    address.add(1, performance.now());
  }));
  assertEquals(order, ["bob", "newcomer", "alice", "flooder"]);
});

Deno.test("Turns: those who wait are not looked at again for each turn that others have", async () => {
  const turns = new Turns();
  let looks = 0;
  const crowd = Array.from({ length: 1_000 }, () => ({
    at() {
      looks++;
      return 0;
    },
  }));
  turns.spend(SLICE, performance.now());
  const address = new Usage();
  const all = Promise.all(crowd.map(async (standing) => {
    await turns.next(standing, address);
    turns.passOn();
  }));
  await all;
  assertEquals(looks, crowd.length);
});

Deno.test("Turns: who waits for several has them one after the other, and none keeps it waiting once it has left", async () => {
  const turns = new Turns();
  const [alice, bob] = [new Usage(), new Usage()];
  bob.add(100, performance.now());
  turns.spend(SLICE, performance.now());
  const order: string[] = [];
  const wait = async (name: string, usage: Usage) => {
    await turns.next(usage);
    order.push(name);
  };
  const waits = ["bob 1", "bob 2", "bob 3"].map((name) => wait(name, bob));
  assertEquals(turns.isWaiting(bob), true);
  turns.leave(bob);
  assertEquals(turns.isWaiting(bob), false);
  await Promise.all([...waits, wait("alice 1", alice), wait("alice 2", alice)]);
  assertEquals(order, ["bob 1", "bob 2", "bob 3", "alice 1", "alice 2"]);
});

Deno.test("Turns: somebody light is served between the slices of a hundred who compute without end", async () => {
  const turns = new Turns();
  let isOver = false;
  const compute = async () => {
    const usage = new Usage();
    while (!isOver) {
      await turns.next(usage);
      const begun = performance.now();
      while (performance.now() - begun < SLICE);
      turns.spend(SLICE, performance.now());
      usage.add(SLICE, performance.now());
    }
  };
  const crowd = Array.from({ length: 100 }, compute);
  const alice = new Usage();
  const waits: number[] = [];
  for (let i = 0; i < 20; i++) {
    // As a line comes over the network: in a later turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = performance.now();
    await turns.next(alice);
    waits.push(performance.now() - asked);
    turns.spend(0.1, performance.now());
    alice.add(0.1, performance.now());
  }
  isOver = true;
  await Promise.all(crowd);
  // In the order of their coming she would wait 200 ms each time.
  assertLess(waits.sort((a, b) => a - b)[10], 50);
});

Deno.test("Turns: who does many pieces in a row lets one of those who wait begin, and not one for each", async () => {
  const turns = new Turns();
  turns.spend(SLICE, performance.now());
  let begun = 0;
  const waits = Array.from({ length: 50 }, async () => {
    await turns.next(new Usage());
    begun++;
    turns.spend(SLICE, performance.now());
    turns.passOn();
  });
  await nextTurn();
  const before = begun;
  // In this turn of the loop there is room for some, but for no more than one that takes as much as this.
  for (let i = 0; i < 20; i++) turns.passOn();
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertLess(begun - before, 5);
  await Promise.all(waits);
});

Deno.test("Turns: who is quiet at an address that has used much comes before many at other addresses who each use more", async () => {
  const turns = new Turns();
  turns.spend(SLICE, performance.now());
  const school = used(250);
  const order: string[] = [];
  const say = async (name: string, milliseconds: number, address: Usage) => {
    await turns.next(used(milliseconds), address);
    order.push(name);
    turns.spend(SLICE, performance.now());
  };
  const flood = [200, 210, 220].map((milliseconds, i) => say(`flooder ${i}`, 120, used(milliseconds)));
  // Somebody else of the school waits already, and further behind.
  await Promise.all([...flood, say("mallory", 130, school), say("alice", 12, school)]);
  assertEquals(order[0], "alice");
  assertEquals(order.at(-1), "mallory");
});
