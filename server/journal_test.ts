import { assertEquals, assertLess } from "@std/assert";
import { Journal } from "./journal.ts";
import { nextTurn } from "./turns/loop.ts";

/** A terminal that may be held, or fail, and what it shows: lines without their times. */
class Terminal {
  readonly lines: string[] = [];
  /** How many bytes it takes at once. */
  most = Infinity;
  isBroken = false;
  now = 0;
  #held: PromiseWithResolvers<void> | undefined;
  #rest = "";

  readonly journal = new Journal({ write: (bytes) => this.#take(bytes), now: () => this.now });

  hold(): void {
    this.#held = Promise.withResolvers<void>();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async #take(bytes: Uint8Array): Promise<number> {
    await this.#held?.promise;
    if (this.isBroken) throw new Deno.errors.BrokenPipe();
    const taken = bytes.subarray(0, this.most);
    const lines = (this.#rest + new TextDecoder().decode(taken)).split("\n");
    this.#rest = lines.pop()!;
    this.lines.push(...lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, "")));
    return taken.length;
  }

  /** Says so many lines of 100 characters with the time before each. */
  fill(count: number): void {
    for (let i = 0; i < count; i++) this.journal.say(`${i}`.padEnd(90, "."));
  }
}

Deno.test("Journal: lines come in their order, in one piece whatever is taken of it at once, without control characters", async () => {
  const { journal, lines } = new Terminal();
  journal.say("alice has come in");
  journal.say("alice has left (\x1b[2Jbye)");
  await journal.close();
  assertEquals(lines, ["alice has come in", "alice has left (?[2Jbye)"]);

  const slow = new Terminal();
  slow.most = 7;
  slow.fill(3);
  await slow.journal.close();
  assertEquals(slow.lines.map((line) => line.slice(0, 2)), ["0.", "1.", "2."]);
});

Deno.test("Journal: what nobody reads waits up to 256 KiB, and then it is said how many lines are left out", async () => {
  const terminal = new Terminal();
  const { journal, lines } = terminal;
  terminal.hold();
  journal.say("the room is open");
  await nextTurn();
  terminal.fill(10_000);
  terminal.release();
  await journal.close();
  // A line of 100 characters is one of 90, the time and the line end.
  const kept = lines.length - 2;
  assertEquals([lines[0], lines.at(-1)], ["the room is open", `${10_000 - kept} lines are left out`]);
  assertEquals(kept, Math.floor((262_144 - "12:00:00 the room is open\n".length) / 100));
  journal.say("bob has come in");
  await journal.close();
  assertEquals(lines.at(-1), "bob has come in");
});

Deno.test("Journal: what cannot be written is counted, and told of when it can be written again", async () => {
  const terminal = new Terminal();
  const { journal, lines } = terminal;
  terminal.isBroken = true;
  for (let i = 0; i < 3; i++) {
    journal.say(`${i}`);
    await journal.close();
  }
  terminal.isBroken = false;
  journal.say("again");
  await journal.close();
  journal.say("and again");
  await journal.close();
  assertEquals(lines, ["4 lines are left out", "and again"]);
});

Deno.test("Journal: the end waits a second for what nobody reads", async () => {
  const terminal = new Terminal();
  terminal.hold();
  terminal.fill(10);
  const begun = performance.now();
  await terminal.journal.close();
  assertLess(performance.now() - begun, 5_000);
  assertEquals(terminal.lines, []);
  terminal.release();
  await nextTurn();
});

Deno.test("Journal: of one address 256 lines are said and then 2 a second; how many more there were is told", async () => {
  const terminal = new Terminal();
  const { journal, lines } = terminal;
  for (let i = 0; i < 1_000; i++) journal.say(`eve is now eve${i}`, `2001:db8::${i.toString(16)}`);
  journal.say("alice has come in", "203.0.113.7");
  journal.say("cannot write the database");
  await journal.close();
  assertEquals(lines.length, 256 + 3);
  assertEquals(lines.slice(-3), [
    "alice has come in",
    "cannot write the database",
    "744 lines about people at 2001:db8:0:0::/64 are left out",
  ]);
  terminal.now += 5_000;
  for (let i = 0; i < 1_000; i++) journal.say(`eve is now eva${i}`, "2001:db8::1");
  terminal.now += 200_000;
  journal.sweep();
  await journal.close();
  assertEquals(lines.slice(259).map((line) => line.slice(0, 10)), [...Array(10).fill("eve is now"), "990 lines "]);
});

Deno.test("Journal: where the program ends now, what has just been said is written without another turn", () => {
  const written: string[] = [];
  const write = (bytes: Uint8Array) => {
    written.push(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  };
  const journal = new Journal({ write });
  journal.closeNow();
  journal.say("what was not written is lost");
  journal.closeNow();
  assertEquals(written.map((text) => text.slice(9)), ["what was not written is lost\n"]);
});
