import { assertEquals } from "@std/assert";
import { type Behind, SteadyClock } from "./clock.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-01-01T12:00:00Z");

/** A machine whose clock can be set. */
class Machine {
  now = START;
  uptime = 0;
  readonly log: string[] = [];

  clock(seen?: number, behind?: Behind): SteadyClock {
    const { log } = this;
    const onJump = (text: string) => log.push(text);
    return new SteadyClock({ now: () => this.now, uptime: () => this.uptime, seen, behind, onJump });
  }

  pass(time: number): void {
    this.now += time;
    this.uptime += time;
  }
}

Deno.test("A clock that goes on is believed, set back, too, and a jump ahead is due after an hour, and not before it is adopted", () => {
  const machine = new Machine();
  const clock = machine.clock();
  machine.pass(DAY);
  assertEquals([clock.time, clock.isRight], [START + DAY, true]);
  machine.now -= DAY;
  assertEquals([clock.time, clock.isRight], [START, true]);
  machine.now += 365 * DAY;
  assertEquals([clock.time, clock.isRight], [START, false]);
  machine.pass(3_599_000);
  assertEquals([clock.time, clock.isRight, clock.due], [START + 3_599_000, false, undefined]);
  machine.pass(2_000);
  const due = { since: START, from: START, until: START + 3_601_000, shift: 365 * DAY };
  assertEquals([clock.time, clock.isRight, clock.due], [START + 3_601_000, false, due]);
  clock.adopt();
  assertEquals([clock.time, clock.isRight, clock.due], [machine.now, true, undefined]);
  assertEquals(machine.log, [
    "the clock is 365 days ahead of when this room was last open: nothing is deleted because of its age until it has " +
    "gone on for an hour",
  ]);
});

Deno.test("It is known by how much the clock has been set back, until it is put right and that is believed", () => {
  const machine = new Machine();
  const clock = machine.clock();
  const setBack = () => {
    clock.time;
    return clock.setBack;
  };
  machine.now -= 50_000;
  assertEquals(setBack(), 0);
  machine.now -= DAY;
  assertEquals(setBack(), DAY);
  machine.pass(5_000);
  machine.now -= DAY;
  assertEquals(setBack(), 2 * DAY);
  machine.now += DAY;
  assertEquals(setBack(), 2 * DAY);
  machine.pass(3_600_000);
  clock.adopt();
  assertEquals(setBack(), DAY);
  // A night of which a suspended machine counts nothing.
  machine.now += 3 * DAY;
  setBack();
  machine.pass(3_600_000);
  clock.adopt();
  assertEquals(setBack(), 0);
  // A jump ahead that was not believed was none.
  machine.now += DAY;
  setBack();
  machine.now -= DAY;
  assertEquals(setBack(), 0);
});

Deno.test("A jump undoes nothing of what the clock was set back once it has come as far again by itself, over a restart, too", () => {
  const machine = new Machine();
  const first = machine.clock();
  machine.now -= DAY;
  const { behind } = first;
  assertEquals(first.setBack, DAY);
  for (const passed of [0, 2 * DAY]) {
    machine.pass(passed);
    const { setBack } = first;
    const clock = new SteadyClock({ now: () => machine.now, uptime: () => machine.uptime, behind, setBack });
    machine.now += DAY / 2;
    clock.time;
    machine.pass(3_600_000);
    clock.adopt();
    assertEquals(clock.setBack, passed === 0 ? DAY / 2 : DAY);
    machine.now -= DAY / 2;
  }
});

Deno.test("What a jump concerns begins at the start, with the jump before, or where the clock was set back", () => {
  const machine = new Machine();
  const clock = machine.clock(START - 3 * DAY);
  clock.time;
  machine.pass(3_600_000);
  // Its clock was never behind in this run; what is dated by the steady clock was.
  const opened = { since: START, from: START - 3 * DAY, until: START - 3 * DAY + 3_600_000, shift: 3 * DAY };
  assertEquals(clock.due, opened);
  clock.adopt();
  const adopted = machine.now;
  machine.pass(DAY);
  machine.now += DAY;
  clock.time;
  machine.pass(3_600_000);
  assertEquals(clock.due, { since: adopted, from: adopted, until: adopted + DAY + 3_600_000, shift: DAY });
  // Set back before it was adopted, it was none.
  machine.now -= DAY;
  assertEquals([clock.due, clock.isRight], [undefined, true]);
  machine.pass(DAY);
  machine.now -= 10 * DAY;
  clock.time;
  const back = machine.now;
  machine.now += 5 * DAY;
  clock.time;
  machine.pass(3_600_000);
  assertEquals(clock.due, { since: back, from: back, until: back + 3_600_000, shift: 5 * DAY });
});

Deno.test("It is known since when the clock is behind, until it has come as far again or that is believed, over a restart, too", () => {
  const machine = new Machine();
  const clock = machine.clock();
  assertEquals(clock.behind, undefined);
  machine.now -= 10 * DAY;
  const behind = { since: START - 10 * DAY, before: START };
  assertEquals(clock.behind, behind);
  machine.pass(3 * DAY);
  machine.now -= 2 * DAY;
  assertEquals(clock.behind, behind);
  machine.now -= 2 * DAY;
  const farther = { since: START - 11 * DAY, before: START };
  assertEquals(clock.behind, farther);
  machine.pass(11 * DAY);
  assertEquals(clock.behind, undefined);
  machine.now -= DAY;
  assertEquals(clock.behind, { since: START - DAY, before: START });

  machine.now = START - 10 * DAY;
  const again = machine.clock(START - 10 * DAY, farther);
  assertEquals(again.behind, farther);
  machine.now += 4 * DAY;
  assertEquals(again.behind, farther);
  machine.pass(3_600_000);
  assertEquals(again.due?.since, farther.since);
  again.adopt();
  assertEquals(again.behind, { since: machine.now, before: START });
  machine.now += 8 * DAY;
  assertEquals(again.isRight, false);
  machine.pass(3_600_000);
  again.adopt();
  assertEquals(again.behind, undefined);
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
  assertEquals(clock.due, undefined);
  machine.pass(600_000);
  assertEquals(clock.due?.shift, 730 * DAY);
});

Deno.test("A start ahead of when the room was last open is a jump, and one behind it is none", () => {
  const machine = new Machine();
  assertEquals(machine.clock(START - 3 * DAY).time, START - 3 * DAY);
  assertEquals(machine.clock(START + 3 * DAY).time, START);
  assertEquals(machine.clock(START - 30_000).time, START);
});
