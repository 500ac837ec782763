/** Messages of several lines: what a client sends of them, and what it makes of those that come. */

import { assert, assertEquals } from "@std/assert";
import { byteLength, format, type Message, parse } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { ctcp } from "../ctcp.ts";
import { at, MEMORY, Person } from "../testing.ts";
import { batchOf, Multilines, readMultilineBounds } from "./multiline.ts";
import { splitMessage } from "./split.ts";

const BOUNDED = { bytes: 4096, lines: 32 };
const CAPS = "echo-message labeled-response batch message-tags draft/multiline=max-bytes=4096,max-lines=32";

/** The texts of the messages that a text becomes. */
function texts(text: string, bounds = BOUNDED): string[] {
  return splitMessage({ command: "PRIVMSG", params: ["#tea", text] }, 30, bounds).map(({ params }) => params![1]);
}

Deno.test("readMultilineBounds() reads what a server offers, and knows an offer that is of no use", () => {
  const table: [value: string, read: ReturnType<typeof readMultilineBounds>][] = [
    ["max-bytes=4096,max-lines=32", { bytes: 4096, lines: 32 }],
    ["max-lines=24,max-bytes=40000,new", { bytes: 40000, lines: 24 }],
    ["max-bytes=4096", { bytes: 4096, lines: 100 }],
    ["max-bytes=9000,max-lines=100000", { bytes: 9000, lines: 100 }],
    ["max-lines=32", undefined],
    ["max-bytes=lots,max-lines=32", undefined],
    ["max-bytes=10,max-lines=32", undefined],
    ["max-bytes=4096,max-lines=1", undefined],
    ["", undefined],
  ];
  for (const [value, read] of table) assertEquals(readMultilineBounds(value), read, value);
});

Deno.test("A text of several lines is one message where the server takes it, and one for each line elsewhere", () => {
  assertEquals(texts("one\n\n  two\n"), ["one\n\n  two"]);
  assertEquals(texts("\n \none\n"), ["one"]);
  const message = { tags: { "+reply": "m1" }, command: "PRIVMSG", params: ["#tea", "one\n\n  two\n \n"] };
  assertEquals(splitMessage(message, 30).map(({ params }) => params![1]), ["one", "  two"]);
  const [whole] = splitMessage(message, 30, BOUNDED);
  assertEquals(batchOf(whole, whole.lines!, "r1").map((line) => format(line)), [
    "@+reply=m1 BATCH +r1 draft/multiline #tea",
    "@batch=r1 PRIVMSG #tea :one",
    "@batch=r1 PRIVMSG #tea :",
    "@batch=r1 PRIVMSG #tea :  two",
    "BATCH -r1",
  ]);
  // What was cut for one server is cut anew for the next one.
  assertEquals(splitMessage(whole, 30).map(({ lines }) => lines), [undefined, undefined]);
});

Deno.test("A line that is too long for one is continued, and nothing of it is lost", () => {
  for (const text of ["x".repeat(2000), "茶 tea ".repeat(300), "a".repeat(600) + "\n" + "b ".repeat(400)]) {
    const [part, ...more] = splitMessage({ command: "PRIVMSG", params: ["#tea", text] }, 30, BOUNDED);
    assertEquals([more.length, part.params![1]], [0, text.trimEnd() === text ? text : part.params![1]]);
    const joined = part.lines!.map(({ text, isContinued }, i) => (i === 0 || isContinued ? "" : "\n") + text).join("");
    assertEquals(joined, text);
    for (const line of batchOf(part, part.lines!, "r1")) {
      const { tags: _, ...rest } = line;
      assert(byteLength(format({ ...rest, source: "x".repeat(30) })) <= 510);
    }
  }
});

Deno.test("A text that is too long for one message is cut at line ends, and nothing of it is lost", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i} ${"茶".repeat(i % 40)}`);
  const all = texts(lines.join("\n"));
  assertEquals(all.join("\n"), lines.join("\n"));
  assert(all.length >= 4 && all.every((text) => byteLength(text) <= 4096 && text.split("\n").length <= 32));
  // A line that alone is too long goes on in the next message.
  const long = texts("x".repeat(9000));
  assertEquals(long.join(""), "x".repeat(9000));
  assert(long.every((text) => byteLength(text) <= 4096));
});

Deno.test("A block of code that is cut is a block of code in each message", () => {
  const code = Array.from({ length: 70 }, (_, i) => `  brew(${i});`);
  const all = texts(["Look:", "```ts", ...code, "```", "That is all"].join("\n"));
  assertEquals(all.length, 3);
  assert(all[0].startsWith("Look:\n```ts\n  brew(0);\n") && all[0].endsWith("\n```"), all[0]);
  assert(all[1].startsWith("```ts\n  brew(") && all[1].endsWith(");\n```"), all[1]);
  assert(all[2].startsWith("```ts\n  brew(") && all[2].endsWith(");\n```\nThat is all"), all[2]);
  assertEquals(all.join("\n").split("\n").filter((line) => line.startsWith("  brew")), code);
  assert(all.every((text) => text.split("\n").length <= 32));
  // Also where single lines are longer than a message, in a block whose beginning is long.
  const huge = texts(["```" + "x".repeat(40), "y".repeat(9000), "```"].join("\n"));
  assert(huge.every((text) => byteLength(text) <= 4096 && text.startsWith("```x") && text.endsWith("\n```")));
  assertEquals(huge.flatMap((text) => text.split("\n").slice(1, -1)).join(""), "y".repeat(9000));
});

Deno.test("An ACTION has one line, and what is no text stays as it is", () => {
  const parts = splitMessage({ command: "PRIVMSG", params: ["#tea", ctcp("x".repeat(600))] }, 30, BOUNDED);
  assertEquals(parts.map(({ lines }) => lines), [undefined, undefined]);
  const topic = { command: "TOPIC", params: ["#tea", "x".repeat(600)] };
  assertEquals(splitMessage(topic, 30, BOUNDED), [topic]);
});

/** Takes lines, and gives what comes of them: `tags text`. */
function takes(multilines: Multilines, ...lines: string[]): string[] {
  const whole = lines.map((line) => multilines.take(parse(line))).filter((one): one is Message => one !== undefined);
  return whole.map((message) => JSON.stringify([message.tags, message.command, ...message.params]));
}

Deno.test("The lines of a batch become one message, with the tags of its beginning", () => {
  const multilines = new Multilines();
  const beginning = "@label=t1;msgid=a;time=now;batch=outer;+reply=b :al!a@h BATCH +m draft/multiline #tea";
  assertEquals(takes(multilines, beginning, "@batch=m :al!a@h PRIVMSG #tea :one", ":bob!b@h PRIVMSG #tea :hi"), [
    '[{},"PRIVMSG","#tea","hi"]',
  ]);
  assertEquals(
    takes(multilines, "@batch=m;draft/multiline-concat :al!a@h PRIVMSG #tea :!", "@batch=m :al!a@h PRIVMSG #tea :"),
    [],
  );
  assertEquals(takes(multilines, "@batch=m :al!a@h PRIVMSG #tea :two", "BATCH -m"), [
    JSON.stringify([
      { label: "t1", msgid: "a", time: "now", batch: "outer", "+reply": "b" },
      "PRIVMSG",
      "#tea",
      "one!\n\ntwo",
    ]),
  ]);
  // Other batches pass, and so do lines of a batch that nobody has begun, and an end.
  const others = ["BATCH +h chathistory #tea", "@batch=h PRIVMSG #tea :x", "@batch=z PRIVMSG #tea :y", "BATCH -m"];
  assertEquals(takes(multilines, ...others).length, 4);
  // An empty one is nothing, and a lost connection ends what it has begun.
  assertEquals(takes(multilines, "BATCH +m draft/multiline #tea", "BATCH -m"), []);
  assertEquals(takes(multilines, "BATCH +m draft/multiline #tea", "@batch=m PRIVMSG #tea :x"), []);
  multilines.clear();
  assertEquals(takes(multilines, "BATCH -m").length, 1);
});

Deno.test("A server that sends lines without end fills no memory, and nothing that it has said is lost", () => {
  const multilines = new Multilines();
  const said: Message[] = [];
  const take = (line: string) => said.push(...[multilines.take(parse(line))].filter((one) => one !== undefined));
  take("@msgid=a;label=t BATCH +m draft/multiline #tea");
  for (let i = 0; i < 1_000; i++) take(`@batch=m PRIVMSG #tea :${String(i).padEnd(400)}.`);
  take("BATCH -m");
  assertEquals(said.map(({ params }) => params[1]).join("\n").split("\n").map((line) => parseInt(line)), [
    ...Array(1_000).keys(),
  ]);
  assert(said.every(({ params }) => params[1].length <= BOUNDS.multilineSize));
  assertEquals(said.map(({ tags }) => tags), [{ msgid: "a", label: "t" }, ...said.slice(1).map(() => ({}))]);
  // Nor do beginnings: the lines of one too many come as they are.
  for (let i = 0; i < BOUNDS.multilines; i++) {
    assertEquals(multilines.take(parse(`BATCH +${i} draft/multiline #tea`)), undefined);
  }
  assertEquals(takes(multilines, "BATCH +x draft/multiline #tea", "@batch=x PRIVMSG #tea :y", "BATCH -x").length, 3);
});

Deno.test("A client sends lines of one act as one message, keeps the pace, and takes its echo for it", async () => {
  const bob = new Person("bob", { history: 0 });
  await bob.server.welcomes("bob", CAPS);
  await bob.server.letsIn("bob", "#lobby", "alice");
  bob.told();
  bob.client.inputAll(["one", "", "  :smile: two"], "text");
  bob.client.inputAll(["/msg alice for you", "alone"]);
  await bob.writes();
  const sent = (await bob.server.rest()).map((line) =>
    line.replace(/label=t\d+/, "label=t").replaceAll(/\bt\d+\b/g, "r")
  );
  assertEquals(sent, [
    "@label=t BATCH +r draft/multiline #lobby",
    "@batch=r PRIVMSG #lobby :one",
    "@batch=r PRIVMSG #lobby :",
    "@batch=r PRIVMSG #lobby :  😄 two",
    "BATCH -r",
    "@label=t BATCH +r draft/multiline alice",
    "@batch=r PRIVMSG alice :for you",
    "@batch=r PRIVMSG alice :alone",
    "BATCH -r",
  ]);
  assertEquals([bob.client.undelivered, bob.lines()], [5, []]);
  await bob.server.says(
    "@label=t2;msgid=m1 :bob!~tea@host BATCH +m1 draft/multiline #lobby",
    "@batch=m1 :bob!~tea@host PRIVMSG #lobby :one",
    "@batch=m1 :bob!~tea@host PRIVMSG #lobby :",
    "@batch=m1 :bob!~tea@host PRIVMSG #lobby :  😄 two",
    "BATCH -m1",
  );
  assertEquals(bob.lines(), ["bob: one\n\n  😄 two"]);
  assertEquals(bob.client.undelivered, 2);
  // What is refused is told once, and is not sent again.
  await bob.server.says("@label=t3 :tea FAIL BATCH MULTILINE_MAX_BYTES 4096 :Too much");
  assertEquals([bob.client.undelivered, bob.client.refusals], [0, 1]);
  // Each line of a message counts for the pace.
  await bob.clock.advance(10_000);
  bob.client.inputAll(Array.from({ length: 32 }, (_, i) => `line ${i}`), "text");
  bob.client.inputAll(["last"], "text");
  await bob.writes();
  assertEquals((await bob.server.rest()).length, 34);
  await bob.clock.advance(3_900);
  assertEquals((await bob.server.rest()).length, 0);
  await bob.clock.advance(200);
  assertEquals((await bob.server.rest()).length, 1);
});

Deno.test("A message of several lines is sent again where it may be lost, unless the history has it", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", `${MEMORY} draft/multiline=max-bytes=4096,max-lines=32`);
  await bob.server.letsIn("bob", "#lobby", "alice");
  await bob.server.recalls("#lobby");
  bob.client.inputAll(["kept", "lines"], "text");
  bob.client.inputAll(["lost", "lines"], "text");
  await bob.writes();
  assertEquals((await bob.server.rest()).length, 8);
  await bob.server.hangsUp();
  assertEquals(bob.client.undelivered, 4);
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob", `${MEMORY} draft/multiline=max-bytes=4096,max-lines=32`);
  assertEquals(await bob.server.rest().then((lines) => lines.slice(0, 1)), ["JOIN #lobby"]);
  await bob.server.says(":bob!~tea@host JOIN #lobby");
  const sent: string[] = [];
  for (let turns = 0; turns < 10 && sent.length < 4; turns++) {
    await bob.clock.advance(1_000);
    const rest = await bob.server.rest();
    sent.push(...rest.filter((line) => /BATCH|PRIVMSG/.test(line)));
    for (const line of rest) {
      const { tags: { label }, command, params } = parse(line);
      if (command !== "CHATHISTORY") continue;
      const isTargets = params[0] === "TARGETS";
      await bob.server.says(
        `@label=${label} BATCH +h ${isTargets ? "draft/chathistory-targets" : "chathistory #lobby"}`,
        ...(isTargets ? [] : [
          `@batch=h;time=${at(1)};msgid=k1 :bob!~tea@host BATCH +m draft/multiline #lobby`,
          "@batch=m :bob!~tea@host PRIVMSG #lobby :kept",
          "@batch=m :bob!~tea@host PRIVMSG #lobby :lines",
          "BATCH -m",
        ]),
        "BATCH -h",
      );
    }
  }
  assertEquals(sent.map((line) => line.replace(/^@\S+ /, "").replace(/[+-]t\d+/, "")), [
    "BATCH  draft/multiline #lobby",
    "PRIVMSG #lobby :lost",
    "PRIVMSG #lobby :lines",
    "BATCH ",
  ]);
  assertEquals(bob.lines(), ["bob: kept\nlines"]);
});
