import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertLess } from "@std/assert";
import type { Budget } from "./budget.ts";
import { Budgets } from "./budgets.ts";
import { nextOrder } from "../fanout/chunks.ts";
import { Feed } from "../fanout/feed.ts";
import { Outbox } from "../fanout/outbox.ts";
import { nextTurn } from "../turns/loop.ts";

const ADDRESS = "203.0.113.7";

/** Budgets with a clock that stands still until it is told. */
function openBudgets(rate: number) {
  const clock = { now: 0 };
  return { clock, budgets: new Budgets({ lines: rate, requests: rate }, () => clock.now) };
}

/** How many lines a connection may write before it has to wait. */
function burst(budget: Budget): number {
  let lines = 0;
  for (; budget.ready() === undefined; lines++) budget.charge(1);
  budget.close();
  return lines;
}

Deno.test("Budget: a burst of 5 s worth passes, then each line waits its share of a second", async () => {
  const { clock, budgets } = openBudgets(1_000);
  const budget = budgets.open(ADDRESS, "lines");
  for (let i = 0; i < 5_000; i++) {
    assertEquals(budget.ready(), undefined);
    budget.charge(1);
  }
  for (let i = 0; i < 3; i++) {
    const wait = budget.ready();
    assert(wait instanceof Promise && budget.isWaiting);
    await wait;
    clock.now += 1;
    assertEquals(budget.ready(), undefined);
    budget.charge(1);
  }
  budget.close();
});

Deno.test("Budgets: other limits are for connections that come afterwards, also from an address that is known", () => {
  const { budgets } = openBudgets(1);
  const before = budgets.open(ADDRESS, "lines");
  assertEquals(burst(budgets.open(ADDRESS, "lines")), 5);
  for (let i = 0; i < 1_000; i++) assert(budgets.admits(ADDRESS, "lines"));
  assert(!budgets.admits(ADDRESS, "lines"));
  budgets.limit({ lines: 100, requests: 100 }, 512);
  assertEquals(burst(budgets.open(ADDRESS, "lines")), 500);
  for (let i = 0; i < 2_000; i++) assert(budgets.admits(ADDRESS, "lines"));
  assert(!budgets.admits(ADDRESS, "lines"));
  assertEquals(burst(before), 5);
});

/** Keeps the thread for so many milliseconds. */
function compute(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

Deno.test("Budget: a line's first slice costs its time once, though it is work within work", async () => {
  const { budgets } = openBudgets(4);
  const budget = budgets.open(ADDRESS, "lines");
  // 15 lines of 4 ms are 60 ms: 10 beyond what is free, where twice that would be 70.
  for (let i = 0; i < 15; i++) {
    await budget.ready();
    budget.run(1, () => budget.slice(() => (compute(4), true), () => false));
  }
  await budget.turn();
  assertGreater(burst(budget), 1);
});

Deno.test("Budget: of 0 lines a second there is no limit", () => {
  const { budgets } = openBudgets(0);
  const budget = budgets.open(ADDRESS, "lines");
  for (let i = 0; i < 10_000; i++) {
    assertEquals(budget.ready(), undefined);
    budget.charge(1);
  }
});

Deno.test("Budget: connecting again and again wins no more than the address lends, and others keep what is theirs", () => {
  const { clock, budgets } = openBudgets(4);
  const alice = budgets.open(ADDRESS, "lines");
  clock.now += 5_000;
  let lines = 0;
  for (let i = 0; i < 2_000; i++) lines += burst(budgets.open(ADDRESS, "lines"));
  assertEquals(lines, 1_000);
  // Somebody who has been here for a while has saved up a burst of her own.
  assertEquals(burst(alice), 20);
  // Another address lends anew.
  assertEquals(burst(budgets.open("203.0.113.8", "lines")), 20);
  // In a second it lends 40 more.
  clock.now += 1_000;
  assertEquals([1, 2, 3].map(() => burst(budgets.open(ADDRESS, "lines"))), [20, 20, 0]);
});

Deno.test("Budget: all of one IPv6 /64 are one address", () => {
  const { budgets } = openBudgets(4);
  let lines = 0;
  for (let i = 0; i < 200; i++) lines += burst(budgets.open(`2001:db8::${i.toString(16)}`, "lines"));
  assertEquals(lines, 1_000);
});

Deno.test("Budget: a connection that never writes a line takes nothing from its address", () => {
  const { budgets } = openBudgets(4);
  for (let i = 0; i < 2_000; i++) budgets.open(ADDRESS, "lines").close();
  assertEquals(burst(budgets.open(ADDRESS, "lines")), 20);
});

Deno.test("Budget: computing time beyond a fair share is charged, and what a slow machine takes for one line is not", async () => {
  const { clock, budgets } = openBudgets(4);
  const heavy = budgets.open(ADDRESS, "lines");
  const unlucky = budgets.open(ADDRESS, "lines");
  clock.now += 5_000;
  // 30 slices are 120 ms, 70 of them beyond what is free: as much as 8 lines.
  for (let i = 0; i < 30; i++) heavy.slice(() => (compute(4), true), () => false);
  unlucky.run(1, () => compute(120));
  await heavy.turn();
  assertLess(burst(heavy), 14);
  await unlucky.turn();
  assertEquals(burst(unlucky), 19);
});

Deno.test("Budget: a turn that is passed on is the next one's, in the same turn of the loop", async () => {
  const { budgets } = openBudgets(4);
  const busy = budgets.open("198.51.100.1", "lines");
  const readers = Array.from({ length: 50 }, (_, i) => budgets.open(`198.51.100.${2 + i}`, "lines"));
  busy.run(1, () => compute(4));
  let [turns, isOver] = [0, false];
  const reading = Promise.all(readers.map(async (reader) => {
    await reader.turn();
    reader.pass();
  })).then(() => isOver = true);
  for (; !isOver; turns++) await nextTurn();
  await reading;
  assertLess(turns, 10);
});

Deno.test("Budget: what the runtime takes for something counts as if it had been done", async () => {
  const { budgets } = openBudgets(4);
  const [asker, other] = [budgets.open("198.51.100.1", "lines"), budgets.open("198.51.100.2", "lines")];
  asker.run(0, () => {});
  assertEquals(other.turn(), undefined);
  asker.spend(4);
  const turn = other.turn();
  assert(turn instanceof Promise);
  await turn;
});

Deno.test("Budget: what an address brings to readers is free up to a rate, whichever of its connections says it", () => {
  const { clock, budgets } = openBudgets(4);
  const feed = new Feed();
  const readers = Array.from({ length: 100 }, () => new Outbox({ limit: Infinity }));
  for (const reader of readers) reader.follow(feed);
  const say = (budget: Budget) => budget.run(1, () => feed.append("x".repeat(1_000), nextOrder()));
  const open = () => Array.from({ length: 20 }, () => budgets.open(ADDRESS, "lines"));
  // Each says four lines in each second: that is 8 MB for all.
  let said = 0;
  for (const flooders = open(); clock.now < 30_000; clock.now += 250) {
    for (const flooder of flooders) if (!flooder.isOwing) say(flooder), said++;
    for (const reader of readers) reader.skip();
  }
  assertLess(said, 20 * 4 * 30 * 0.7);
  // What one alone may say brings less than is free.
  const alone = budgets.open("198.51.100.7", "lines");
  said = 0;
  for (const end = clock.now + 30_000; clock.now < end; clock.now += 250) {
    if (!alone.isOwing) say(alone), said++;
    for (const reader of readers) reader.skip();
  }
  assertGreaterOrEqual(said, 118);
  for (const reader of readers) reader.end();
});

Deno.test("Budget: what is brought to readers in many feeds at once costs more than in one", () => {
  const { clock, budgets } = openBudgets(4);
  const owes = (feeds: number) => {
    const readers = Array.from({ length: 100 }, () => new Outbox({ limit: Infinity }));
    const all = Array.from({ length: feeds }, () => new Feed());
    for (const reader of readers) for (const feed of all) reader.follow(feed);
    const budget = budgets.open(`198.51.100.${feeds}`, "lines");
    budget.run(1, () => {
      for (const feed of all) feed.append("x".repeat(60_000 / feeds), nextOrder());
    });
    let seconds = 0;
    for (; budget.isOwing; seconds++) clock.now += 1_000;
    budget.close();
    for (const reader of readers) reader.end();
    return seconds;
  };
  const [one, many] = [owes(1), owes(40)];
  assertLess(one * 2, many);
});

Deno.test("Budget: what an address may have kept is bounded in bytes over time, and the quiet may go on", () => {
  const { clock, budgets } = openBudgets(4);
  const alice = budgets.open(ADDRESS, "lines");
  const flooder = budgets.open(ADDRESS, "lines");
  // An hour of the longest texts there are, as fast as they are taken.
  let kept = 0;
  for (const end = 3_600_000; clock.now < end;) {
    if (flooder.ready() === undefined && flooder.affords(4_500) === undefined) {
      flooder.charge(1);
      flooder.keep(4_500);
      kept += 4_500;
    } else clock.now += 250;
  }
  flooder.close();
  assertLess(kept, 4_194_304 + 3_600 * 9_000);
  for (let i = 0; i < 20; i++) {
    assertEquals(alice.ready(), undefined);
    alice.charge(1);
    alice.keep(100);
    clock.now += 1_000;
  }
});

Deno.test("Budget: who keeps more than is left there waits with what is to be kept next, and with nothing else", () => {
  const { clock, budgets } = openBudgets(4);
  const [alice, bob] = [budgets.open(ADDRESS, "lines"), budgets.open(ADDRESS, "lines")];
  bob.keep(4_194_304 - 5_000);
  clock.now += 500;
  assertEquals(alice.affords(40_000), undefined);
  alice.charge(1);
  alice.keep(40_000);
  assertEquals(alice.ready(), undefined);
  assert(alice.affords(1_000) instanceof Promise);
  clock.now += 8_000;
  assertEquals(alice.affords(1_000), undefined);
  alice.close();
});

Deno.test("Budget: what those have left owing who are gone is made up for in half a minute", () => {
  const { clock, budgets } = openBudgets(4);
  for (let i = 0; i < 5_000; i++) {
    const flooder = budgets.open(ADDRESS, "lines");
    flooder.charge(100);
    flooder.close();
  }
  clock.now += 30_000;
  const alice = budgets.open(ADDRESS, "lines");
  for (let i = 0; i < 16; i++) {
    assertEquals(alice.ready(), undefined);
    alice.charge(1);
  }
});

Deno.test("Budget: connecting again and again has no more kept than staying", () => {
  const { clock, budgets } = openBudgets(4);
  let kept = 0;
  for (let second = 0; second < 600; second++) {
    for (let i = 0; i < 10; i++) {
      const flooder = budgets.open(ADDRESS, "lines");
      const waits: (Promise<void> | undefined)[] = [];
      do {
        waits.push(flooder.affords(16_000), flooder.ready());
        if (waits.some((wait) => wait !== undefined)) break;
        flooder.charge(1);
        flooder.keep(16_000);
        kept += 16_000;
      } while (i > 5);
      // Who goes owes nothing any more.
      flooder.close();
    }
    clock.now += 1_000;
  }
  assertLess(kept, 4_194_304 + 600 * 2 * 8_192);
  // What was owed is made up for, and who has saved up need not wait for it.
  const flooder = budgets.open(ADDRESS, "lines");
  flooder.keep(1_000_000);
  flooder.close();
  const alice = budgets.open(ADDRESS, "lines");
  assert(alice.affords(600) instanceof Promise);
  clock.now += 5_000;
  assertEquals(alice.affords(600), undefined);
  clock.now += 1_200_000;
  assertEquals(budgets.open(ADDRESS, "lines").affords(24_000), undefined);
  alice.close();
});

/** How many signals of 4,096 bytes a connection may send before it has to wait. */
function signals(budget: Budget): number {
  let sent = 0;
  for (; budget.ready() === undefined; sent++) {
    budget.run(1, () => budget.paySignal(4_096));
    budget.charge(7);
  }
  return sent;
}

Deno.test("Budget: signals have a supply of their own, and beyond it cost what lines do", () => {
  const { clock, budgets } = openBudgets(4);
  const alice = budgets.open(ADDRESS, "lines");
  // A supply pays 20 of them, and a burst of lines three more.
  assertEquals(signals(alice), 20 + 3);
  clock.now += 10_000;
  assertEquals(signals(alice), 20 + 3);
  clock.now += 10_000;
  // Lines take nothing of the supply.
  assertEquals(burst(alice), 20);
});

Deno.test("Budget: connecting again and again wins no more signals than the address lends", () => {
  const { clock, budgets } = openBudgets(4);
  let sum = 0;
  for (let i = 0; i < 1_000; i++) {
    const flooder = budgets.open(ADDRESS, "lines");
    sum += signals(flooder);
    flooder.close();
  }
  // 60 supplies of 20 signals, and what bursts of lines pay.
  assertLess(sum, 60 * 20 + 300);
  clock.now += 60_000;
  // Whoever does not call takes none of it.
  for (let i = 0; i < 1_000; i++) budgets.open(ADDRESS, "lines").close();
  const alice = budgets.open(ADDRESS, "lines");
  assertEquals(signals(alice), 20 + 3);
  alice.close();
});

Deno.test("Budget: those who were there before somebody floods their address are not held up by what is kept of that", () => {
  const { clock, budgets } = openBudgets(4);
  const people = Array.from({ length: 10 }, () => budgets.open(ADDRESS, "lines"));
  clock.now += 1_000;
  const flooders = Array.from({ length: 200 }, () => budgets.open(ADDRESS, "lines"));
  let lines = 0;
  for (let i = 0; i < 100; i++) {
    for (const flooder of flooders) {
      if (flooder.ready() !== undefined || flooder.affords(2_550) !== undefined) continue;
      flooder.charge(1);
      flooder.keep(2_550);
    }
    for (const person of people) {
      if (person.ready() !== undefined || person.affords(390) !== undefined) continue;
      person.charge(1);
      person.keep(390);
      lines++;
    }
    clock.now += 300;
  }
  // All but the few that even 4 a second are too many for.
  assertGreater(lines, 850);
  for (const budget of [...people, ...flooders]) budget.close();
});

Deno.test("Budget: what waits at one address is bounded, and who has little of it may keep that", () => {
  const { clock, budgets } = openBudgets(4);
  const people = Array.from({ length: 200 }, () => {
    const budget = budgets.open(ADDRESS, "lines");
    budget.reader = { recentBacklog: 100_000 };
    return budget;
  });
  assert(people[0].mayHold(100_000));
  for (let i = 0; i < 200; i++) budgets.open(ADDRESS, "lines").reader = { recentBacklog: 100_000 };
  clock.now += 1_000;
  assertEquals([people[0].mayHold(100_000), people[0].mayHold(60_000)], [false, true]);
  assert(budgets.open("203.0.113.8", "lines").mayHold(1_000_000));
});

Deno.test("Budget: what waits for a connection that is refused counts for nobody, nor what waited for another reader before", () => {
  const { clock, budgets } = openBudgets(4);
  const stays = budgets.open(ADDRESS, "lines");
  stays.reader = { recentBacklog: 40 * 1_048_576 };
  stays.reader = { recentBacklog: 0 };
  for (let i = 0; i < 200; i++) {
    const refused = budgets.open(ADDRESS, "lines");
    refused.close();
    refused.reader = { recentBacklog: 1_048_576 };
  }
  clock.now += 1_000;
  assert(stays.mayHold(1_000_000));
  stays.close();
});

Deno.test("Budget: what waits at all addresses is bounded, and an address where little waits has its part", () => {
  const { clock, budgets } = openBudgets(4);
  const flooders = Array.from({ length: 4 }, (_, i) => {
    const budget = budgets.open(`203.0.113.${i}`, "lines");
    const reader = { recentBacklog: 15 * 1_048_576 };
    budget.reader = reader;
    return { budget, reader };
  });
  const quiet = budgets.open("198.51.100.7", "lines");
  quiet.reader = { recentBacklog: 1_000_000 };
  assertEquals(flooders.map(({ budget }) => budget.mayHold(1_000_000)), [true, true, true, true]);
  for (const { reader } of flooders) reader.recentBacklog = 20 * 1_048_576;
  clock.now += 60;
  assertEquals(flooders.map(({ budget }) => budget.mayHold(1_000_000)), [false, false, false, false]);
  assertEquals([quiet.mayHold(1_000_000), flooders[0].budget.mayHold(60_000)], [true, true]);
});

Deno.test("Budget: closing it ends what it waits for", async () => {
  const { budgets } = openBudgets(4);
  const budget = budgets.open(ADDRESS, "lines");
  budget.charge(1_000);
  const wait = budget.ready();
  assert(wait instanceof Promise);
  budget.close();
  await wait;
});

Deno.test("Budgets forgets an address when it has nothing to remember of it", () => {
  const { clock, budgets } = openBudgets(4);
  for (let i = 0; i < 100; i++) burst(budgets.open(`198.51.100.${i}`, "lines"));
  const alice = budgets.open(ADDRESS, "lines");
  budgets.sweep();
  assertEquals(budgets.size, 101);
  clock.now += 60_000;
  budgets.sweep();
  assertEquals(budgets.size, 1);
  alice.close();
  budgets.sweep();
  assertEquals(budgets.size, 0);
});

Deno.test("Budgets: an address may open 1,000 connections in one go and then 200 a second, another one as many, for the page four times that", () => {
  const { clock, budgets } = openBudgets(4);
  const admitted = (address: string, kind: "lines" | "requests" = "lines") =>
    Array.from({ length: 5_000 }, (_, i) => budgets.admits(address.replace("*", `${i}`), kind)).filter(Boolean).length;
  assertEquals([admitted("2001:db8::*"), admitted("2001:db8:0:1::7"), admitted(ADDRESS)], [1_000, 1_000, 1_000]);
  assertEquals(admitted(ADDRESS, "requests"), 4_000);
  clock.now += 2_000;
  assertEquals([admitted(ADDRESS), admitted(ADDRESS, "requests")], [400, 1_600]);
  assertEquals(budgets.size, 3);
  clock.now += 10_000;
  budgets.sweep();
  assertEquals(budgets.size, 0);
});

Deno.test("Budgets: where an address may have more connections it may open them faster, and without a limit as it likes", () => {
  const admitted = (lines: number, perAddress: number) => {
    const budgets = new Budgets({ lines, requests: lines }, () => 0, perAddress);
    return Array.from({ length: 20_000 }, () => budgets.admits(ADDRESS, "lines")).filter(Boolean).length;
  };
  assertEquals([admitted(4, 2), admitted(4, 2_560), admitted(4, 0), admitted(0, 256)], [1_000, 10_000, 20_000, 20_000]);
});

Deno.test("Budget: who is new and quiet comes before who has been here for longer and keeps the machine busy", async () => {
  let ago = 8_000;
  const budgets = new Budgets({ lines: 4, requests: 8 }, () => performance.now() - ago);
  const busy = budgets.open(ADDRESS, "lines");
  ago = 3_000;
  const quiet = budgets.open(ADDRESS, "lines");
  ago = 0;
  busy.spend(40);
  const order: string[] = [];
  const turn = async (name: string, budget: Budget) => {
    await budget.turn();
    order.push(name);
  };
  await Promise.all([turn("busy", busy), turn("quiet", quiet)]);
  assertEquals(order, ["quiet", "busy"]);
});

Deno.test("Budget: what is done without a limit is measured as well where others have one", async () => {
  const { budgets } = openBudgets(4);
  const [own, other] = [budgets.open("", "lines", false), budgets.open(ADDRESS, "lines")];
  own.run(0, () => compute(8));
  const turn = other.turn();
  assert(turn instanceof Promise);
  await turn;
});

Deno.test("Budget: what is done when a peer has gone comes after what others wait for, also of an address that has used more", async () => {
  const { budgets } = openBudgets(4);
  const [gone, here] = [budgets.open("198.51.100.1", "lines"), budgets.open("198.51.100.2", "lines")];
  here.spend(300);
  const order: string[] = [];
  const after = async (name: string, turn: Promise<void> | undefined) => {
    await turn;
    order.push(name);
  };
  await Promise.all([after("gone", gone.lastTurn()), after("here", here.turn())]);
  assertEquals(order, ["here", "gone"]);
});

/** Has a budget use up the slice until somebody else's turn has to be waited for, however slow the machine is. */
function waits(budget: Budget, turn: () => Promise<void> | undefined): Promise<void> {
  for (;;) {
    budget.spend(3);
    const wait = turn();
    if (wait !== undefined) return wait;
  }
}

Deno.test("Budget: the ends at quiet addresses come before what an address waits for that keeps the room busy, and its ends come last", async () => {
  const budgets = new Budgets({ lines: 4, requests: 8 });
  const open = (address: string) => budgets.open(address, "lines");
  const [mallory, trudy, eve, sybil] = Array.from({ length: 4 }, () => open(ADDRESS));
  const alice = open("198.51.100.1");
  const crowd = Array.from({ length: 300 }, (_, i) => open(`192.0.2.${i % 250}`));
  const order: string[] = [];
  const after = async (name: string, turn: Promise<void> | undefined) => {
    await turn;
    order.push(name);
  };
  alice.spend(100);
  for (const flooder of [mallory, trudy, eve, sybil]) flooder.spend(260);
  await Promise.all([
    after("end of sybil", waits(sybil, () => sybil.lastTurn())),
    ...[mallory, trudy, eve].map((flooder) => after("flooder", flooder.turn())),
    ...crowd.map((gone) => after("end", gone.lastTurn())),
    after("alice", alice.turn()),
  ]);
  assertEquals(order, ["alice", ...crowd.map(() => "end"), ...Array(3).fill("flooder"), "end of sybil"]);
});

Deno.test("Budget: a connection that is closed does not wait for the turn of its end any more", async () => {
  const { budgets } = openBudgets(4);
  const [gone, here] = [budgets.open("198.51.100.1", "lines"), budgets.open("198.51.100.2", "lines")];
  const end = waits(here, () => gone.lastTurn());
  assertEquals(gone.isWaiting, true);
  gone.close();
  assertEquals(gone.isWaiting, false);
  await end;
});

Deno.test("Budget: the end of a connection that still waits for something comes with that, and not after it", async () => {
  const { budgets } = openBudgets(4);
  const [eve, other] = [budgets.open(ADDRESS, "lines"), budgets.open(ADDRESS, "lines")];
  const order: string[] = [];
  const after = async (name: string, turn: Promise<void> | undefined) => {
    await turn;
    order.push(name);
  };
  eve.spend(3);
  // A search of eve's that goes on, step by step, as long as eve is there.
  const search = (async () => {
    for (let step = 0; step < 20; step++) {
      await after("step", waits(eve, () => eve.turn()));
      if (order.includes("end")) return;
    }
  })();
  await Promise.all([search, after("end", eve.lastTurn()), after("other", waits(other, () => other.turn()))]);
  assertLess(order.indexOf("end"), 3, order.join());
});
