/**
 * In which order, and how fast, attempts at secrets get their turns: by address, by account, and by what was wrong before.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Clock, Guesser } from "../server/auth/attempt_queue.ts";
import { Guesses } from "../server/auth/guesses.ts";
import { HashQueue } from "../server/auth/hashing.ts";
import { random as mulberry } from "../server/testing.ts";

/** A clock that a test sets forward. */
class TestClock implements Clock {
  #now = 0;
  #alarms = new Set<{ at: number; act: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const alarm = { at: this.#now + ms, act };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Lets time pass, from alarm to alarm or 250 ms at a time, and after each whatever follows from it. */
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now = Math.min(end, this.#now + 250, ...[...this.#alarms].map(({ at }) => at));
      for (const alarm of [...this.#alarms]) {
        if (alarm.at <= this.#now && this.#alarms.delete(alarm)) alarm.act();
      }
      await delay(0);
    }
  }
}

/** Someone who has connected, and what becomes of their guesses. */
class Guessing implements Guesser {
  readonly address: string;
  readonly #guesses: Guesses;
  isOver = false;
  wrongGuesses = 0;
  /** How many have been looked at. */
  looked = 0;

  constructor(guesses: Guesses, address: string) {
    this.#guesses = guesses;
    this.address = address;
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#guesses.forget(this);
  }

  async says(secret: string, account?: string): Promise<boolean> {
    const look = () => {
      this.looked++;
      return secret === "right" || undefined;
    };
    return await this.#guesses.attempt(this, { account, look }) === true;
  }
}

/** Guesses wrongly, again and again, and connects again when it is closed. */
class Attacker {
  looked = 0;
  #isOn = true;
  #current: Guessing | undefined;
  readonly #done: Promise<void>;

  /** @param patience For how long it waits for an answer before it connects again, in milliseconds. */
  constructor(
    guesses: Guesses,
    address: string,
    { account, closesEachTime = false, patience = () => Infinity, clock }: {
      account?: string;
      closesEachTime?: boolean;
      patience?: () => number;
      clock?: Clock;
    } = {},
  ) {
    this.#done = (async () => {
      while (this.#isOn) {
        if (this.#current === undefined || this.#current.isOver) this.#current = new Guessing(guesses, address);
        const current = this.#current;
        const wait = patience();
        const cancel = wait === Infinity ? undefined : clock!.after(wait, () => current.close());
        await current.says("wrong", account);
        cancel?.();
        this.looked += current.looked;
        current.looked = 0;
        if (closesEachTime) current.close();
        await delay(0);
      }
    })();
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    this.#current?.close();
    await this.#done;
  }
}

function open() {
  const clock = new TestClock();
  return { clock, guesses: new Guesses(clock) };
}

const sum = (attackers: Attacker[]) => attackers.reduce((sum, { looked }) => sum + looked, 0);

/** How long it takes until somebody's right secret is taken, in milliseconds. */
async function timeOf(clock: TestClock, said: Promise<boolean>): Promise<number> {
  const start = clock.now();
  let isTaken: boolean | undefined;
  said.then((answer) => isTaken = answer);
  await delay(0);
  while (isTaken === undefined && clock.now() - start < 120_000) await clock.pass(50);
  assertEquals(isTaken, true);
  return clock.now() - start;
}

Deno.test("The first wrong guesses from an address cost no time, the next ever more, and time makes that up", async () => {
  const { clock, guesses } = open();
  const lookedAt = async () => {
    const alice = new Guessing(guesses, "10.0.0.1");
    const said = alice.says("wrong");
    const start = clock.now();
    await delay(0);
    while (alice.looked === 0) await clock.pass(50);
    await said;
    return clock.now() - start;
  };
  const waits = [];
  for (let i = 0; i < 12; i++) waits.push(await lookedAt());
  assertEquals(waits, [0, 0, 0, 0, 0, 250, 500, 1000, 2000, 3000, 3000, 3000]);
  await clock.pass(360_000);
  assertEquals(await lookedAt(), 0);
});

Deno.test("However many connections guess, and connect again, an address has one guess each 3 s", async () => {
  const random = mulberry(7);
  const manners = [
    {},
    { closesEachTime: true },
    { closesEachTime: true, patience: () => random() < 0.5 ? Infinity : random() * 2_000 },
  ];
  for (const manner of manners) {
    const { clock, guesses } = open();
    const attackers = Array.from({ length: 255 }, () => new Attacker(guesses, "10.0.0.1", { ...manner, clock }));
    await clock.pass(60_000);
    assertLessOrEqual(sum(attackers), 30);
    assertGreater(sum(attackers), 20);
    // Who comes to the same address meanwhile is let in, and nobody else's guess is between more than a few times.
    for (let i = 0; i < 5; i++) {
      await clock.pass(random() * 5_000);
      assertLessOrEqual(await timeOf(clock, new Guessing(guesses, "10.0.0.1").says("right")), 10_000);
    }
    // Nobody elsewhere has anything to do with it.
    assertEquals(await timeOf(clock, new Guessing(guesses, "10.0.0.2").says("right")), 0);
    for (const attacker of attackers) await attacker.stop();
  }
});

Deno.test("The addresses of one IPv6 network count as one", async () => {
  const { clock, guesses } = open();
  const attackers = Array.from({ length: 50 }, (_, i) => new Attacker(guesses, `2001:db8:0:1::${i.toString(16)}`));
  await clock.pass(60_000);
  assertLessOrEqual(sum(attackers), 30);
  for (const attacker of attackers) await attacker.stop();
});

Deno.test("A right secret gives its turn back: a whole network may log in at once", async () => {
  const { clock, guesses } = open();
  const people = Array.from({ length: 200 }, () => new Guessing(guesses, "10.0.0.1").says("right"));
  assertEquals(await timeOf(clock, Promise.all(people).then((all) => all.every((isRight) => isRight))), 0);
});

Deno.test("An account that is guessed at from hundreds of addresses is its owner's: at once from a known one, soon from others", async () => {
  const { clock, guesses } = open();
  assert(await new Guessing(guesses, "10.9.0.1").says("right", "alice"));
  const attackers = Array.from(
    { length: 400 },
    (_, i) => new Attacker(guesses, `10.1.${i >> 8}.${i & 255}`, { account: "alice" }),
  );
  await clock.pass(30_000);
  const before = sum(attackers);
  await clock.pass(60_000);
  assertLess(sum(attackers) - before, 90);
  assertEquals(await timeOf(clock, new Guessing(guesses, "10.9.0.1").says("right", "alice")), 0);
  assertLessOrEqual(await timeOf(clock, new Guessing(guesses, "10.9.0.2").says("right", "alice")), 10_000);
  assertEquals(await timeOf(clock, new Guessing(guesses, "10.9.0.3").says("right", "bob")), 0);
  for (const attacker of attackers) await attacker.stop();
});

Deno.test("Who guesses wrongly five times is closed, and who is closed waits no more", async () => {
  const { clock, guesses } = open();
  const eve = new Guessing(guesses, "10.0.0.1");
  for (let i = 0; i < 5; i++) assertEquals(await eve.says("wrong"), false);
  assert(eve.isOver);
  await clock.pass(100);
  const another = new Guessing(guesses, "10.0.0.1");
  const said = another.says("right");
  await delay(0);
  another.close();
  assertEquals(await said, false);
  assertEquals(another.looked, 0);
});

Deno.test("Addresses and accounts that have guessed are forgotten when there are too many, not those in use", async () => {
  const { clock, guesses } = open();
  for (let i = 0; i < 12_000; i++) {
    await new Guessing(guesses, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`).says("wrong", `name${i}`);
  }
  await clock.pass(50);
  assertEquals(await timeOf(clock, new Guessing(guesses, "10.9.9.9").says("right", "alice")), 0);
});

Deno.test("Passwords are hashed address by address, where the account is known before others; who is gone has nothing hashed", async () => {
  const queue = new HashQueue();
  const done: string[] = [];
  const asks = (range: string, isKnown: boolean, isOver = false) =>
    queue.run(async () => {
      done.push(range);
      await delay(0);
    }, { range, isKnown, isOver: () => isOver });
  const all = [
    asks("first", false),
    ...Array.from({ length: 4 }, () => asks("eve", false)),
    asks("mallory", false, true),
    asks("bob", false),
    asks("alice", true),
  ];
  await Promise.all(all);
  assertEquals(done, ["first", "alice", "eve", "bob", "eve", "eve", "eve"]);
});

Deno.test("Who comes when programs at the same address have just gone is not taken for one of them for long", async () => {
  const { clock, guesses } = open();
  const manner = { closesEachTime: true };
  const attackers = Array.from({ length: 100 }, () => new Attacker(guesses, "10.0.0.1", manner));
  await clock.pass(30_000);
  for (const attacker of attackers.splice(0, 20)) await attacker.stop();
  assertLessOrEqual(await timeOf(clock, new Guessing(guesses, "10.0.0.1").says("right")), 15_000);
  for (const attacker of attackers) await attacker.stop();
});

Deno.test("Those who guess at one account from everywhere keep nobody at a shared address from another account", async () => {
  const { clock, guesses } = open();
  const shared = "10.0.0.10";
  guesses.remember("carol", { address: shared });
  const attackers = Array.from(
    { length: 106 },
    (_, i) => new Attacker(guesses, i < 6 ? shared : `10.1.0.${i - 5}`, { account: "bob" }),
  );
  await clock.pass(60_000);
  for (let i = 0; i < 3; i++) {
    assertLess(await timeOf(clock, new Guessing(guesses, shared).says("right", "carol")), 6_000);
    await clock.pass(20_000);
  }
  for (const attacker of attackers) await attacker.stop();
});
