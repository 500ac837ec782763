import { assertEquals } from "@std/assert";
import { SteadyClock } from "./clock.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-01-01T12:00:00Z");

/** A machine whose clock can be set. */
class Machine {
  now = START;
  uptime = 0;
  readonly log: string[] = [];

  clock(seen?: number): SteadyClock {
    const { log } = this;
    return new SteadyClock({ now: () => this.now, uptime: () => this.uptime, seen, onJump: (text) => log.push(text) });
  }

  pass(time: number): void {
    this.now += time;
    this.uptime += time;
  }
}

Deno.test("A clock that goes on is believed, set back, too, and a jump ahead is not for an hour", () => {
  const machine = new Machine();
  const clock = machine.clock();
  machine.pass(DAY);
  assertEquals([clock.time, clock.isRight], [START + DAY, true]);
  machine.now -= DAY;
  assertEquals([clock.time, clock.isRight], [START, true]);
  machine.now += 365 * DAY;
  assertEquals([clock.time, clock.isRight], [START, false]);
  machine.pass(3_599_000);
  assertEquals([clock.time, clock.isRight], [START + 3_599_000, false]);
  machine.pass(1_000);
  assertEquals([clock.time, clock.isRight], [machine.now, true]);
  assertEquals(machine.log, [
    "the clock is 365 days ahead of when this room was last open: nothing is deleted because of its age until it has " +
    "gone on for an hour",
  ]);
});

Deno.test("The time is whole milliseconds, although uptime is not: what is kept of it has no fractions", () => {
  const machine = new Machine();
  machine.uptime = 0.7;
  const clock = machine.clock(START - DAY);
  machine.pass(1_000.25);
  assertEquals([clock.time, clock.isRight], [START - DAY + 1_000, false]);
});

Deno.test("A clock that is set back within the hour has not jumped, and one that jumps again begins the hour anew", () => {
  const machine = new Machine();
  const clock = machine.clock();
  machine.now += 365 * DAY;
  clock.time;
  machine.pass(3_000_000);
  machine.now -= 365 * DAY;
  assertEquals([clock.time, clock.isRight], [START + 3_000_000, true]);
  machine.now += 365 * DAY;
  clock.time;
  machine.pass(3_000_000);
  machine.now += 365 * DAY;
  assertEquals(clock.isRight, false);
  machine.pass(3_000_000);
  assertEquals([clock.time, clock.isRight], [START + 9_000_000, false]);
  machine.pass(600_000);
  assertEquals(clock.isRight, true);
});

Deno.test("A start ahead of when the room was last open is a jump, and one behind it is none", () => {
  const machine = new Machine();
  assertEquals(machine.clock(START - 3 * DAY).time, START - 3 * DAY);
  assertEquals(machine.clock(START + 3 * DAY).time, START);
  assertEquals(machine.clock(START - 30_000).time, START);
});
