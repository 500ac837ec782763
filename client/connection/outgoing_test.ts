import { assert, assertEquals } from "@std/assert";
import { format, type Message, parse } from "../../protocol.ts";
import { Outgoing } from "./outgoing.ts";
import { PACE } from "./pace.ts";
import { isRefused } from "./refusals.ts";
import { splitMessage } from "./split.ts";
import { FakeClock, turn } from "../testing.ts";

/** A queue of lines, with what it wrote and what was confirmed. */
class Desk {
  readonly clock = new FakeClock();
  readonly written: string[] = [];
  readonly confirmed: string[] = [];
  readonly outgoing: Outgoing;

  constructor(labels: boolean) {
    this.outgoing = new Outgoing({
      clock: this.clock,
      write: (message) => this.written.push(format(message)),
      hasLabels: () => labels,
      split: (message) => splitMessage(message, 30),
      answer: (message) => this.outgoing.receive(message),
      onConfirmed: (message, replies) => this.confirmed.push(format(message) + (isRefused(replies) ? " refused" : "")),
    });
  }

  says(text: string, target = "#tea"): Promise<Message[]> {
    return this.outgoing.add({ command: "PRIVMSG", params: [target, text] });
  }

  hears(...lines: string[]): void {
    for (const line of lines) this.outgoing.receive(parse(line));
  }

  /** What was written since the last call. */
  wrote(): string[] {
    return this.written.splice(0);
  }
}

Deno.test("Outgoing keeps lines until there is a connection, and each until its echo has come", () => {
  const bob = new Desk(true);
  bob.says("one");
  bob.says("two");
  assertEquals(bob.wrote(), []);
  bob.outgoing.start();
  assertEquals(bob.wrote(), ["@label=t1 PRIVMSG #tea :one", "@label=t2 PRIVMSG #tea :two"]);
  bob.hears("@label=t1 :bob PRIVMSG #tea :one", ":alice PRIVMSG #tea :two");
  assertEquals([bob.confirmed, bob.outgoing.lines], [["PRIVMSG #tea :one"], 1]);
});

Deno.test("Outgoing sends again, first and in order, what was not confirmed", () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  for (const text of ["one", "two", "three"]) bob.says(text);
  bob.hears("@label=t2 :bob PRIVMSG #tea :two");
  bob.outgoing.stop();
  bob.says("four");
  bob.wrote();
  bob.outgoing.start();
  assertEquals(bob.wrote(), [
    "@label=t4 PRIVMSG #tea :one",
    "@label=t5 PRIVMSG #tea :three",
    "@label=t6 PRIVMSG #tea :four",
  ]);
});

Deno.test("Outgoing gives what a labeled response says, all of a batch", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  const replies = bob.outgoing.add({ command: "WHOIS", params: ["alice"] });
  bob.hears("@label=t1 BATCH +9 labeled-response", "@batch=9 :tea 311 bob alice a h * :A", ":x PRIVMSG #tea :hi");
  assertEquals(bob.outgoing.lines, 1);
  bob.hears("@batch=9 :tea 318 bob alice :End", "BATCH -9");
  assertEquals((await replies).map(({ command }) => command), ["BATCH", "311", "318"]);
});

Deno.test("Outgoing tells what was refused", () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  bob.says("hi", "nobody");
  bob.hears("@label=t1 :tea 401 bob nobody :No such nick");
  assertEquals(bob.confirmed, ["PRIVMSG nobody :hi refused"]);
  const numerics = ["401", "502", "696", "698", "723", "904"].map((command) => ({ tags: {}, command, params: [] }));
  assertEquals(numerics.filter((reply) => !isRefused([reply])), []);
  const answers = ["366", "697x", "730", "761", "900", "903"].map((command) => ({ tags: {}, command, params: [] }));
  assertEquals(answers.filter((reply) => isRefused([reply])), []);
});

for (const labels of [true, false]) {
  Deno.test(`Outgoing refuses by itself what is too long for a line, and the next one is sent, ${labels ? "with" : "without"} labels`, async () => {
    const bob = new Desk(labels);
    bob.outgoing.start();
    const long = ["TOPIC", "AWAY", "NICK", "JOIN", "KICK", "MODE", "WHOIS", "SEARCH"].map((command) => ({
      command,
      params: ["#tea", "题".repeat(170)],
    }));
    const answers = long.map((message) => bob.outgoing.add(message));
    for (const answer of answers) assertEquals(isRefused(await answer), true);
    bob.says("next");
    assertEquals(bob.wrote()[0].replace(/^@label=\w+ /, ""), "PRIVMSG #tea :next");
    assertEquals(bob.outgoing.lines, 1);
    // 510 bytes are not too long.
    void bob.outgoing.add({ command: "TOPIC", params: ["#tea", "x".repeat(510 - "TOPIC #tea :".length)] });
    assertEquals(bob.wrote().some((line) => line.includes("TOPIC #tea :xxx")), true);
    bob.outgoing.stop();
  });
}

Deno.test("Outgoing asks by PING where there are no labels", () => {
  const bob = new Desk(false);
  bob.outgoing.start();
  bob.says("one");
  assertEquals(bob.wrote(), ["PRIVMSG #tea :one", "PING :teahouse-2"]);
  bob.says("two");
  // The first answer does not speak for what was sent after its question.
  assertEquals(bob.wrote(), ["PRIVMSG #tea :two"]);
  bob.hears(":tea PONG tea :teahouse-2");
  assertEquals(bob.confirmed, ["PRIVMSG #tea :one"]);
  assertEquals(bob.wrote(), ["PING :teahouse-4"]);
  bob.hears(":tea PONG tea :something-else", ":tea PONG tea :teahouse-4");
  assertEquals([bob.confirmed.at(-1), bob.outgoing.lines], ["PRIVMSG #tea :two", 0]);
});

Deno.test("Outgoing finds the refused line by its target where there are no labels", () => {
  const bob = new Desk(false);
  bob.outgoing.start();
  bob.says("one");
  bob.says("two", "Nobody");
  bob.says("three", "Nobody");
  bob.hears(":tea 401 bob nobody :No such nick", ":tea PONG tea :teahouse-2", ":tea PONG tea :teahouse-5");
  assertEquals(bob.confirmed, ["PRIVMSG #tea :one", "PRIVMSG Nobody :two refused", "PRIVMSG Nobody :three"]);
});

Deno.test("Outgoing sends a burst, then as many a second as the server handles", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  for (let i = 0; i < 100; i++) bob.says(String(i));
  assertEquals(bob.wrote().length, PACE.burst);
  await bob.clock.advance(10_000);
  assertEquals(bob.wrote().length, 10 * PACE.perSecond);
  // What is urgent does not wait behind them, but counts.
  bob.outgoing.urgent({ command: "PONG", params: ["x"] });
  assertEquals(bob.wrote(), ["PONG :x"]);
  await bob.clock.advance(1_000);
  assertEquals(bob.wrote().length, PACE.perSecond - 1);
  await bob.clock.advance(60_000);
  assertEquals([bob.wrote().at(-1), bob.clock.timers], ["@label=t100 PRIVMSG #tea :99", 0]);
});

Deno.test("Outgoing sends nothing while there is no connection, and keeps no timer", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  for (let i = 0; i < 100; i++) bob.says(String(i));
  bob.outgoing.stop();
  assertEquals(bob.clock.timers, 0);
  bob.wrote();
  await bob.clock.advance(10_000);
  assertEquals([bob.wrote(), bob.outgoing.lines], [[], 100]);
});

Deno.test("Outgoing cuts a long line, and confirms it with its last part", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  let done = false;
  bob.says("茶".repeat(400)).then(() => done = true);
  assertEquals(bob.wrote().length, 3);
  bob.hears("@label=t1 :bob PRIVMSG #tea :x", "@label=t2 :bob PRIVMSG #tea :x");
  await turn();
  assertEquals(done, false);
  bob.hears("@label=t3 :bob PRIVMSG #tea :x");
  await turn();
  assertEquals(done, true);
});

Deno.test("Outgoing says when all is confirmed", async () => {
  const bob = new Desk(true);
  await bob.outgoing.drained();
  bob.outgoing.start();
  bob.says("one");
  const drained = bob.outgoing.drained();
  bob.hears("@label=t1 :bob PRIVMSG #tea :one");
  await drained;
});

Deno.test("Outgoing asks before what people wrote, and does not repeat a question on the next connection", async () => {
  const bob = new Desk(true);
  assertEquals(await bob.outgoing.ask({ command: "TIME" }), undefined);
  bob.outgoing.start();
  for (let i = 0; i < 20; i++) bob.says(`${i}`);
  bob.wrote();
  const answers = [bob.outgoing.ask({ command: "TIME" }), bob.outgoing.ask({ command: "INFO" })];
  assertEquals(bob.outgoing.lines, 20);
  await bob.clock.advance(500);
  assertEquals(bob.wrote(), ["@label=t16 TIME", "@label=t17 INFO"]);
  bob.hears("@label=t16 :tea 391 bob tea :now");
  bob.outgoing.stop();
  const [time, info] = await Promise.all(answers);
  assertEquals([time?.map(({ command }) => command), info], [["391"], undefined]);
  bob.outgoing.start();
  assert(!bob.wrote().some((line) => line.includes("INFO")));
});

Deno.test("Outgoing holds back what people wrote until it is released, but no question", () => {
  const bob = new Desk(true);
  bob.says("one");
  bob.outgoing.start(true);
  bob.outgoing.ask({ command: "TIME" });
  assertEquals(bob.wrote(), ["@label=t1 TIME"]);
  bob.outgoing.release();
  assertEquals(bob.wrote(), ["@label=t2 PRIVMSG #tea :one"]);
});

Deno.test("Outgoing does not send again what was found, once for each time that it was found", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  for (const text of ["tea", "tea", "cup"]) bob.says(text);
  bob.outgoing.stop();
  bob.says("new");
  const drained = bob.outgoing.drained();
  bob.wrote();
  for (const [target, text] of [["#TEA", "tea"], ["#cup", "cup"], ["#tea", "new"]]) {
    bob.outgoing.noteDelivered(target, text);
  }
  bob.outgoing.start();
  assertEquals(bob.wrote().map((line) => line.slice(line.indexOf(":") + 1)), ["tea", "cup", "new"]);
  bob.outgoing.stop();
  for (const text of ["tea", "cup", "new"]) bob.outgoing.noteDelivered("#tea", text);
  await drained;
});

Deno.test("Outgoing drops what is of no use later where lines wait, or few may be sent", async () => {
  const bob = new Desk(true);
  const typing = () => bob.outgoing.sendIfIdle({ command: "TAGMSG", params: ["#tea"] });
  typing();
  bob.outgoing.start();
  for (let i = 0; i < 20; i++) typing();
  assertEquals(bob.wrote().length, 8);
  await bob.clock.advance(60_000);
  for (let i = 0; i < 16; i++) bob.says("x");
  bob.wrote();
  typing();
  assertEquals([bob.wrote(), bob.outgoing.lines], [[], 16]);
  const mark = { command: "MARKREAD", params: ["#tea", "timestamp=2026-11-25T12:00:01.000Z"] };
  assertEquals(bob.outgoing.sendIfIdle(mark, true), true);
  assertEquals(bob.wrote(), ["@label=trifle MARKREAD #tea timestamp=2026-11-25T12:00:01.000Z"]);
  bob.outgoing.stop();
  assertEquals(bob.outgoing.sendIfIdle(mark, true), false);
});

Deno.test("Outgoing gives a labeled response with a batch in it, whole", async () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  const answer = bob.outgoing.ask({ command: "INFO" });
  bob.hears("@label=t1 BATCH +a labeled-response", "@batch=a BATCH +b chathistory #tea");
  bob.hears("@batch=b :alice PRIVMSG #tea :x", "@batch=a BATCH -b", "@batch=a :tea NOTE * x", "BATCH -a");
  assertEquals((await answer)?.map(({ command }) => command), ["BATCH", "BATCH", "PRIVMSG", "NOTE"]);
});

Deno.test("Outgoing takes FAIL for the command that it names, where there are no labels", async () => {
  const bob = new Desk(false);
  bob.outgoing.start();
  const answers = ["REDACT", "TOPIC"].map((command) => bob.outgoing.add({ command, params: ["#tea"] }));
  bob.hears(":tea FAIL REDACT UNKNOWN_MSGID #tea x :No such message");
  while (bob.outgoing.lines > 0) {
    for (const line of bob.wrote()) if (line.startsWith("PING")) bob.hears(`:tea PONG tea ${line.slice(5)}`);
  }
  assertEquals((await Promise.all(answers)).map(isRefused), [true, false]);
});

Deno.test("Outgoing lets one part of a long line answer", () => {
  const bob = new Desk(true);
  bob.outgoing.start();
  bob.outgoing.add({ tags: { "+draft/reply": "1" }, command: "PRIVMSG", params: ["#tea", "茶".repeat(200)] });
  assertEquals(bob.wrote().map((line) => line.includes("+draft/reply=1")), [true, false]);
});
