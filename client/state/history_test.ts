import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../connection/questions.ts";
import type { Happening } from "./events.ts";
import { firstAfter } from "./excerpts.ts";
import { HISTORY } from "./history.ts";
import { at, MEMORY, Person, type Remembered, remembered } from "../testing.ts";

/** alice says it in #lobby. */
const alice = (msgid: string, second: number, text: string): Remembered => [
  msgid,
  second,
  `:alice!~tea@host PRIVMSG #lobby :${text}`,
];

/** The texts of what was told, as `place: text, text` for a history. */
function told(person: Person): string[] {
  return person.told().flatMap((event: Happening) => {
    if (event.type === "history") {
      return `${event.place}: ${event.events.map((e) => "text" in e ? e.text : e.type).join(", ")}`;
    }
    return event.type === "message" || event.type === "action" || event.type === "error" ? event.text : [];
  });
}

/** The server is gone and comes back. */
async function comesBack(person: Person, ...meanwhile: string[]): Promise<void> {
  // A quiet time first, so that the pace holds up nothing.
  await person.clock.advance(5_000);
  await person.server.hangsUp();
  await person.writes(...meanwhile);
  await person.clock.advance(1_000);
  await person.server.welcomes("bob", MEMORY);
  await person.server.sees("JOIN #lobby");
}

const JOINED = [":bob!~tea@host JOIN #lobby", ":tea 353 bob = #lobby :alice bob", ":tea 366 bob #lobby :End"];

Deno.test("History asks for the last lines on joining, and what comes in the meantime is told after them, once", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby", "alice");
  const [three, four] = [alice("3", 3, "three"), alice("4", 4, "four")].map((message) => remembered(message));
  await bob.server.says(three, four);
  assertEquals(told(bob), []);
  const question = await bob.server.recalls(
    "#lobby",
    alice("1", 1, "one"),
    alice("2", 2, "two"),
    alice("3", 3, "three"),
  );
  assertEquals(question, "CHATHISTORY LATEST #lobby * 50");
  assertEquals(told(bob), ["latest: one, two", "three", "four"]);
  assertEquals(bob.lines(), ["alice: one", "alice: two", "alice: three", "alice: four"]);
  const talk = bob.client.state.find("#lobby")!;
  assertEquals([talk.complete, talk.unread], [true, 2]);
  await bob.leaves();
});

Deno.test("History is not asked for where the server keeps none, nor by a client that wants none", async () => {
  const bob = await Person.inLobby("bob", "alice");
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
  const bot = new Person("bot", { history: 0 });
  await bot.server.welcomes("bot", MEMORY);
  await bot.server.letsIn("bot", "#lobby");
  assertEquals(await bot.server.rest(), []);
  await bot.leaves();
});

Deno.test("History closes the gap of a lost connection, page by page, without a line twice", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await bob.server.says(remembered(alice("2", 2, "two")));
  await comesBack(bob);
  await bob.server.says(...JOINED, remembered(alice("900", 900, "live")));
  told(bob);
  const questions: string[] = [];
  const page = (from: number) =>
    Array.from({ length: HISTORY.page }, (_, i) => alice(`${from + i}`, from + i, `${from + i}`));
  questions.push(await bob.server.recalls("bob"));
  questions.push(await bob.server.recalls("#lobby", ...page(3)));
  questions.push(await bob.server.recalls("#lobby", alice("503", 503, "503"), alice("900", 900, "live")));
  assertEquals(questions.slice(1), ["CHATHISTORY AFTER #lobby msgid=2 500", "CHATHISTORY AFTER #lobby msgid=502 500"]);
  const lines = bob.lines();
  assertEquals(lines.length, 504);
  assertEquals([lines[1], lines[2], ...lines.slice(-2)], ["alice: two", "alice: 3", "alice: 503", "alice: live"]);
  const [missed, live, ...more] = told(bob);
  assertEquals([missed.split(", ").length, missed.slice(0, 12), live, more], [501, "missed: 3, 4", "live", []]);
  // The next loss goes on from there.
  await comesBack(bob);
  await bob.server.says(...JOINED);
  await bob.server.recalls("bob");
  assertEquals(await bob.server.recalls("#lobby"), "CHATHISTORY AFTER #lobby msgid=900 500");
  await bob.leaves();
});

Deno.test("History goes by the time where the server does not know the line any more", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await comesBack(bob);
  await bob.server.says(...JOINED);
  await bob.server.recalls("bob");
  const fail = "FAIL CHATHISTORY MESSAGE_ERROR AFTER #lobby :Messages could not be retrieved";
  await bob.server.answers((label) => [`@label=${label} :tea ${fail}`]);
  told(bob);
  const question = await bob.server.recalls("#lobby", alice("1", 1, "one"), alice("2", 2, "two"));
  assertEquals(question, "CHATHISTORY AFTER #lobby timestamp=2026-11-25T12:00:00.999Z 500");
  assertEquals([told(bob), bob.lines()], [["missed: two"], ["alice: one", "alice: two"]]);
  await bob.leaves();
});

Deno.test("History begins anew where more was missed than anybody reads", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await comesBack(bob);
  await bob.server.says(...JOINED);
  await bob.server.recalls("bob");
  for (let page = 0; page < HISTORY.pages; page++) {
    await bob.clock.advance(1_000);
    const lines = Array.from({ length: HISTORY.page }, (_, i) => alice(`${page}-${i}`, 2 + page, `${i}`));
    await bob.server.recalls("#lobby", ...lines);
  }
  assertEquals(await bob.server.recalls("#lobby", alice("z", 99, "last")), "CHATHISTORY LATEST #lobby * 50");
  assertEquals(bob.lines(), ["alice: last"]);
  await bob.leaves();
});

Deno.test("History finds the private talks that went on, by their names", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await comesBack(bob);
  await bob.server.says(...JOINED);
  told(bob);
  const targets = await bob.server.recalls(
    "",
    ["", 0, `CHATHISTORY TARGETS #lobby ${at(1)}`],
    ["", 0, `CHATHISTORY TARGETS carol ${at(30)}`],
  );
  assertEquals(
    targets,
    "CHATHISTORY TARGETS timestamp=2026-11-25T11:59:51.000Z timestamp=2026-11-26T12:00:06.000Z 100",
  );
  await bob.server.recalls("#lobby");
  const question = await bob.server.recalls("carol", ["p", 30, ":carol PRIVMSG bob :psst"]);
  assertEquals(question, "CHATHISTORY AFTER carol timestamp=2026-11-25T11:59:50.999Z 500");
  assertEquals([told(bob), bob.lines("carol")], [["missed: psst"], ["carol: psst"]]);
  assertEquals(bob.client.state.find("carol")!.mentions, 1);
  await bob.leaves();
});

Deno.test("History brings what is unread in private on coming in, and no talk in which nothing is", async () => {
  const bob = new Person("bob");
  // As a page that is loaded anew does.
  bob.client.state.open("erin").draft = "half a li";
  await bob.server.welcomes("bob", `${MEMORY} draft/read-marker`);
  await bob.server.says(
    ":tea MARKREAD alice *",
    `:tea MARKREAD carol timestamp=${at(5)}`,
    ":tea MARKREAD dave *",
    ":tea MARKREAD erin *",
    ":tea MARKREAD bob *",
    ":tea MARKREAD #tea *",
  );
  await bob.server.letsIn("bob", "#lobby");
  const never = await bob.server.recalls("alice", ["1", 1, ":alice PRIVMSG bob :one"], [
    "2",
    2,
    ":alice PRIVMSG bob :2",
  ]);
  assertEquals(never, "CHATHISTORY AFTER alice timestamp=2026-10-26T11:59:59.999Z 500");
  const since = await bob.server.recalls("carol", ["3", 6, ":carol PRIVMSG bob :psst"]);
  assertEquals(since, `CHATHISTORY AFTER carol timestamp=${at(5).replace("05.000", "04.999")} 500`);
  assertEquals(await bob.server.recalls("dave"), never.replace("alice", "dave"));
  await bob.server.recalls("erin", ["4", 7, ":erin PRIVMSG bob :hello"]);
  await bob.server.recalls("#lobby");
  assertEquals(await bob.server.rest(), []);
  const unread = [...bob.client.state.talks.values()].map(({ name, unread, mentions }) => [name, unread, mentions]);
  assertEquals(unread, [["erin", 1, 1], ["alice", 2, 2], ["carol", 1, 1], ["#lobby", 0, 0]]);
  assertEquals(told(bob).slice(0, 2), ["missed: one, 2", "missed: psst"]);
  await bob.leaves();
});

Deno.test("History shows what the server has of what it did not confirm, so that it is not said twice", async () => {
  const bob = await Person.recalling("bob");
  await bob.writes("one", "/me waves", "two");
  await bob.server.rest();
  await comesBack(bob, "three");
  await bob.server.says(...JOINED);
  assertEquals((await bob.server.recalls("bob")).slice(0, 19), "CHATHISTORY TARGETS");
  const own = (msgid: string, text: string): Remembered => [msgid, 5, `:bob!~tea@host PRIVMSG #lobby :${text}`];
  await bob.server.recalls("#lobby", own("1", "one"), own("2", "\x01ACTION waves\x01"));
  const echo = () => bob.server.answers((label, line) => [`@label=${label} :bob!~tea@host ${line}`]);
  assertEquals([await echo(), await echo()], ["PRIVMSG #lobby :two", "PRIVMSG #lobby :three"]);
  assertEquals(await bob.server.rest(), []);
  assertEquals([bob.lines(), bob.client.undelivered], [["bob: one", "bob: waves", "bob: two", "bob: three"], 0]);
  await bob.leaves();
});

Deno.test("History does not hold up what was written when the server gives no answer", async () => {
  const bob = await Person.recalling("bob");
  await comesBack(bob, "hello");
  await bob.server.says(...JOINED, remembered(alice("2", 2, "live")));
  told(bob);
  await bob.clock.advance(PATIENCE);
  const lines = await bob.server.rest();
  assertEquals(lines.map((line) => line.replace(/^@label=\S+ /, "").slice(0, 20)), [
    "CHATHISTORY TARGETS ",
    "PRIVMSG #lobby :hell",
  ]);
  assertEquals(told(bob), ["live"]);
  // The gap is still there, and is closed the next time.
  await comesBack(bob);
  await bob.server.says(...JOINED);
  await bob.server.recalls("bob");
  assertEquals(
    (await bob.server.recalls("#lobby", alice("1", 1, "one"), alice("2", 2, "live"))).slice(0, 25),
    "CHATHISTORY AFTER #lobby ",
  );
  assertEquals(bob.lines(), ["alice: one", "alice: live"]);
  await bob.leaves();
});

Deno.test("History holds up what was written for no longer than it may, where each answer takes its time", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await comesBack(bob, "hello");
  await bob.server.says(...JOINED);
  const seconds = PATIENCE / 1000 - 1;
  await bob.clock.advance(seconds * 1000);
  assertEquals((await bob.server.recalls("bob")).slice(0, 19), "CHATHISTORY TARGETS");
  await bob.clock.advance(HISTORY.hold - seconds * 1000 - 1);
  const missing = await bob.server.recalls(
    "#lobby",
    ...Array.from({ length: HISTORY.page }, (_, i) => alice(`${2 + i}`, 2, "more")),
  );
  assertEquals(missing, "CHATHISTORY AFTER #lobby msgid=1 500");
  const sent = async () => (await bob.server.rest()).map((line) => line.replace(/^@label=\S+ /, "").slice(0, 24));
  assertEquals(await sent(), ["CHATHISTORY AFTER #lobby"]);
  await bob.clock.advance(1);
  assertEquals(await sent(), ["PRIVMSG #lobby :hello"]);
  await bob.leaves();
});

Deno.test("History holds up on a new connection what was written on one that was lost early", async () => {
  const bob = await Person.recalling("bob");
  await comesBack(bob);
  await comesBack(bob, "hello");
  await bob.server.says(...JOINED);
  await bob.server.rest();
  // As long as it may from the first welcome; since the second it is not.
  await bob.clock.advance(HISTORY.hold - 6_000);
  assertEquals((await bob.server.rest()).filter((line) => line.includes("PRIVMSG")), []);
  await bob.leaves();
});

Deno.test("History.older() loads what was before, to the beginning", async () => {
  const bob = await Person.recalling("bob", ...Array.from({ length: 50 }, (_, i) => alice(`${i}`, 50 + i, `${i}`)));
  const { history, state } = bob.client;
  const talk = state.find("#lobby")!;
  assertEquals(talk.complete, false);
  const both = Promise.all([history.older(talk, 2), history.older(talk, 2)]);
  assertEquals(
    await bob.server.recalls("#lobby", alice("y", 48, "y"), alice("z", 50, "z")),
    "CHATHISTORY BEFORE #lobby msgid=0 2",
  );
  assertEquals([await both, talk.complete], [[2, 2], false]);
  const last = history.older(talk, 2);
  assertEquals(await bob.server.recalls("#lobby", alice("x", 47, "x")), "CHATHISTORY BEFORE #lobby msgid=y 2");
  assertEquals([await last, talk.complete, bob.lines().slice(0, 4)], [
    1,
    true,
    ["alice: x", "alice: y", "alice: z", "alice: 0"],
  ]);
  assertEquals([await history.older(talk), await bob.server.rest()], [0, []]);
  assertEquals(told(bob), ["older: y, z", "older: x"]);
  await bob.leaves();
});

Deno.test("History brings reactions, topics and removals, and changes nothing but the lines", async () => {
  const bob = await Person.recalling(
    "bob",
    alice("1", 1, "one"),
    ["2", 2, ":alice TOPIC #lobby :old"],
    ["3", 3, "@+draft/react=👍;+draft/reply=1 :carol TAGMSG #lobby"],
    ["4", 4, ":eve JOIN #lobby"],
    ["5", 5, ":carol NICK bob"],
    alice("6", 6, "secret"),
    ["7", 7, ":alice REDACT #lobby 6"],
  );
  const talk = bob.client.state.find("#lobby")!;
  assertEquals(talk.lines.map(({ kind, text }) => `${kind} ${text}`), [
    "join ",
    "message one",
    "topic old",
    "message ",
  ]);
  assertEquals([[...talk.find("1")!.reactions.keys()], talk.find("6")!.redacted?.by], [["👍"], "alice"]);
  assertEquals([talk.topic, [...talk.members.keys()]], ["", ["bob", "alice"]]);
  await bob.leaves();
});

Deno.test("History takes what other servers send of it unasked", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.server.says("BATCH +h chathistory #lobby", remembered(alice("1", 1, "old"), { batch: "h" }), "BATCH -h");
  assertEquals([told(bob), bob.lines()], [["latest: old"], ["alice: old"]]);
  await bob.leaves();
});

Deno.test("History keeps no more lines of a talk for what comes unasked, however much that is", async () => {
  const bob = new Person("bob", { lines: 100 });
  await bob.server.welcomes("bob");
  await bob.server.letsIn("bob", "#lobby", "alice");
  for (let batch = 0; batch < 5; batch++) {
    const lines = Array.from({ length: 100 }, (_, i) => alice(`${batch}-${i}`, i % 60, `${batch}-${i}`));
    await bob.server.says(
      "BATCH +h chathistory #lobby",
      ...lines.map((line) => remembered(line, { batch: "h" })),
      "BATCH -h",
    );
  }
  assert(bob.lines().length <= 100 && bob.lines().length >= 90, `${bob.lines().length}`);
  await bob.leaves();
});

Deno.test("History works without labels", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", MEMORY.replace("labeled-response ", ""));
  const pong = async () => {
    const ping = (await bob.server.rest()).find((line) => line.startsWith("PING")) ?? "";
    await bob.server.says(`:tea PONG tea ${ping.slice(5)}`);
  };
  await bob.server.sees("JOIN #lobby");
  await bob.server.says(...JOINED);
  await bob.server.sees("PING :teahouse-2");
  await bob.server.says(":tea PONG tea :teahouse-2");
  await bob.server.sees("CHATHISTORY LATEST #lobby * 50");
  await bob.server.says("BATCH +h chathistory #lobby", remembered(alice("1", 1, "old"), { batch: "h" }), "BATCH -h");
  await pong();
  assertEquals(told(bob), ["latest: old"]);
  await bob.leaves();
});

Deno.test("History loads the last lines of a talk with a person, when it is opened", async () => {
  const bob = await Person.recalling("bob");
  await bob.writes("/to alice");
  const question = await bob.server.recalls("alice", ["1", 1, ":alice PRIVMSG bob :psst"]);
  assertEquals([question, told(bob)], ["CHATHISTORY LATEST alice * 50", ["latest: psst"]]);
  await bob.writes("/to", "/to alice");
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("History loads a talk that was opened before there was a connection, or while it was lost", async () => {
  const bob = new Person("bob");
  // As a page that is loaded anew does.
  void bob.client.actions.open("alice");
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby", "alice");
  const question = await bob.server.recalls("alice", ["1", 1, ":alice PRIVMSG bob :psst"]);
  assertEquals(question, "CHATHISTORY LATEST alice * 50");
  assertEquals(bob.lines("alice"), ["alice: psst"]);
  await bob.server.recalls("#lobby");
  await bob.clock.advance(5_000);
  await bob.server.hangsUp();
  void bob.client.actions.open("carol");
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.sees("JOIN #lobby");
  const again = await bob.server.recalls("carol", ["2", 2, ":carol PRIVMSG bob :hello"]);
  assertEquals(again, "CHATHISTORY LATEST carol * 50");
  await bob.leaves();
});

Deno.test("History tells what was missed in parts where it is too much to wait for the rest", async () => {
  const bob = await Person.recalling("bob", alice("1", 1, "one"));
  await comesBack(bob);
  await bob.server.says(...JOINED);
  await bob.server.recalls("bob");
  told(bob);
  const text = "x".repeat(15_000);
  const counts: number[] = [];
  for (let page = 0; page < 3; page++) {
    await bob.clock.advance(1_000);
    const lines = Array.from({ length: HISTORY.page }, (_, i) => alice(`${page}-${i}`, 2 + page, text));
    await bob.server.recalls("#lobby", ...lines);
    counts.push(...told(bob).map((missed) => missed.split(", ").length));
  }
  assertEquals(counts, [2 * HISTORY.page]);
  await bob.server.recalls("#lobby");
  assertEquals(told(bob).map((missed) => missed.split(", ").length), [HISTORY.page]);
  await bob.leaves();
});

Deno.test("A removed message of a history stands removed at its place, and is nothing unread", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby", "alice");
  await bob.server.recalls("#lobby", alice("1", 1, "one"), alice("2", 2, ""), ["3", 2, ":op!o@h REDACT #lobby 2"]);
  const talk = bob.client.state.find("#lobby")!;
  assertEquals(talk.lines.filter(({ kind }) => kind !== "join").map((line) => line.redacted?.by ?? line.text), [
    "one",
    "op",
  ]);
  const shown = bob.told().flatMap((event) => event.type === "history" ? event.events : []);
  assertEquals(shown.map(({ type }) => type), ["message", "redaction"]);
  talk.readUpTo(0);
  assertEquals([talk.unread, [...talk.said()].length], [1, 1]);
  await bob.leaves();
});

Deno.test("History takes a long batch in slices: timers and keys have their turn, and what comes after it waits", async () => {
  const bob = await Person.recalling("bob");
  const count = 3 * HISTORY.told;
  const old = Array.from({ length: count - 2 }, (_, i) => `@batch=h;time=${at(1)} :alice!a@h PRIVMSG #lobby :${i}`);
  await bob.server.says(
    "BATCH +h chathistory #lobby",
    remembered(alice("1", 1, "first"), { batch: "h" }),
    ...old,
    remembered(["2", 2, ":alice!a@h REDACT #lobby 1"], { batch: "h" }),
  );
  bob.clock.slow(1);
  const rings: number[] = [];
  const ring = () => {
    rings.push(bob.lines().length);
    if (rings.length < 100) bob.clock.after(100, ring);
  };
  ring();
  await bob.server.says("BATCH -h", ":alice!a@h PRIVMSG #lobby :live");
  assertEquals(told(bob), []);
  await bob.clock.advance(count * 5);
  // Nothing was there yet, then more and more of it, then all and what came after it.
  const parts = rings.filter((seen, i) => seen > 0 && seen < count && seen > rings[i - 1]).length;
  assert(rings[1] === 0 && parts > 20 && rings.at(-1) === count, rings.join(" "));
  const texts = told(bob);
  assertEquals(texts.length, 4);
  assertEquals(texts[0].split(", ").length, HISTORY.told);
  assertEquals(texts.at(-1), "live");
  assertEquals(bob.lines(), ["alice: ", ...old.map((_, i) => `alice: ${i}`), "alice: live"]);
  bob.clock.slow(0);
  await bob.leaves();
});

Deno.test("History takes what it asked for in slices as well", async () => {
  const bob = await Person.recalling("bob");
  const talk = bob.client.state.find("#lobby")!;
  talk.complete = false;
  const count = bob.client.history.older(talk, 500);
  await bob.server.answers((label) => [
    `@label=${label} BATCH +m chathistory #lobby`,
    ...Array.from({ length: 400 }, (_, i) => remembered(alice(`${i}`, i % 60, `${i}`), { batch: "m" })),
  ]);
  bob.clock.slow(1);
  const rings: number[] = [];
  for (const ms of [500, 700, 100_000]) bob.clock.after(ms, () => rings.push(bob.lines().length));
  await bob.server.says("BATCH -m", ":alice!a@h PRIVMSG #lobby :live");
  await bob.clock.advance(200_000);
  assert(rings[0] > 0 && rings[0] < rings[1] && rings[1] < 400 && rings[2] === 401, rings.join(" "));
  assertEquals([told(bob).length, await count], [2, 400]);
  bob.clock.slow(0);
  await bob.leaves();
});

Deno.test("reopen() opens the private talks of the last week, whose lines come when they are shown", async () => {
  const bob = new Person("bob", { isReopening: true });
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby");
  const question = await bob.server.answers((label) => [
    `@label=${label} BATCH +t draft/chathistory-targets`,
    `@batch=t CHATHISTORY TARGETS #lobby ${at(1)}`,
    `@batch=t CHATHISTORY TARGETS carol ${at(2)}`,
    `@batch=t CHATHISTORY TARGETS bob ${at(3)}`,
    "BATCH -t",
  ]);
  assertEquals(question.startsWith("CHATHISTORY TARGETS timestamp=2026-11-18T"), true, question);
  const talk = bob.client.state.find("carol")!;
  assertEquals([[...bob.client.state.talks.keys()], talk.kind, talk.lines.length], [["#lobby", "carol"], "private", 0]);
  await bob.server.recalls("#lobby");
  void bob.client.actions.open("carol");
  await bob.server.recalls("carol", ["c1", 2, ":carol!~tea@host PRIVMSG bob :between us"]);
  assertEquals(bob.lines("carol"), ["carol: between us"]);
  await bob.leaves();
});

/** The texts of what was said, of lines of one talk. */
const texts = (lines: readonly { text: string; kind: string }[]) =>
  lines.flatMap(({ kind, text }) => kind === "message" ? text : []);

Deno.test("History.around() brings an excerpt, which is read on to the lines that are there and then is a part of them", async () => {
  const bob = await Person.recalling("bob", alice("8", 8, "eight"), alice("9", 9, "nine"));
  const talk = bob.client.state.find("#lobby")!;
  const around = bob.client.history.around(talk, { msgid: "3" });
  const question = await bob.server.recalls("#lobby", alice("2", 2, "two"), alice("3", 3, "three"));
  assertEquals([question, await around], ["CHATHISTORY AROUND #lobby msgid=3 50", true]);
  assertEquals(texts(talk.lines), ["eight", "nine"]);
  assertEquals(texts(talk.excerpt!.lines), ["two", "three"]);
  // Lines of one millisecond keep their order.
  let newer = bob.client.history.newer(talk);
  const next = await bob.server.recalls("#lobby", alice("4", 3, "four"), alice("5", 3, "five"));
  assertEquals([next, await newer], ["CHATHISTORY AFTER #lobby msgid=3 50", true]);
  assertEquals(texts(talk.excerpt!.lines), ["two", "three", "four", "five"]);
  // A removal concerns the excerpt as well.
  await bob.server.says(":alice!~tea@host REDACT #lobby 4 :oops");
  assertEquals(talk.excerpt!.find("4")?.redacted, { by: "alice", reason: "oops" });
  newer = bob.client.history.newer(talk);
  await bob.server.recalls("#lobby", alice("6", 6, "six"), alice("8", 8, "eight"));
  await newer;
  assertEquals(talk.excerpt, undefined);
  assertEquals(texts(talk.lines), ["two", "three", "", "five", "six", "eight", "nine"]);
  assertEquals(talk.unread, 0);
  await bob.leaves();
});

Deno.test("History.around() joins what it brings to the lines that are there, and says where there is no answer", async () => {
  const bob = await Person.recalling("bob", alice("8", 8, "eight"), alice("9", 9, "nine"));
  const talk = bob.client.state.find("#lobby")!;
  const around = bob.client.history.around(talk, { time: Date.UTC(2026, 10, 25, 11) });
  const question = await bob.server.recalls("#lobby", alice("7", 7, "seven"), alice("8", 8, "eight"));
  assertEquals(question, "CHATHISTORY AROUND #lobby timestamp=2026-11-25T11:00:00.000Z 50");
  assertEquals([await around, talk.excerpt, texts(talk.lines)], [true, undefined, ["seven", "eight", "nine"]]);
  const refused = bob.client.history.around(talk, { msgid: "x" });
  await bob.server.answers((label) => [`@label=${label} FAIL CHATHISTORY INVALID_TARGET AROUND #lobby :No`]);
  assertEquals([await refused, talk.excerpt], [false, undefined]);
  await bob.leaves();
});

Deno.test("History.since() brings the first line after a time, also where much happened before it, or much was said at that time", async () => {
  const bob = await Person.recalling("bob", alice("8", 8, "eight"), alice("9", 9, "nine"));
  const talk = bob.client.state.find("#lobby")!;
  const since = bob.client.history.since(talk, Date.parse(at(3)));
  // Not what is around that time: all of it may have been said in the same millisecond.
  const happened = Array.from({ length: 50 }, (_, i): Remembered => [`j${i}`, 4, ":carol!~tea@host JOIN #lobby"]);
  const question = await bob.server.recalls("#lobby", ...happened);
  assertEquals(question, `CHATHISTORY AFTER #lobby timestamp=${at(3)} 50`);
  assertEquals(talk.excerpt, undefined);
  const next = await bob.server.recalls("#lobby", alice("5", 5, "five"), alice("6", 6, "six"));
  assertEquals([next, await since], ["CHATHISTORY AFTER #lobby msgid=j49 50", true]);
  assertEquals([firstAfter(talk.excerpt!, Date.parse(at(3)))?.text, texts(talk.lines)], ["five", ["eight", "nine"]]);
  await bob.leaves();
});

Deno.test("History.since() joins what it brings to the lines that are there, and says where there is no answer", async () => {
  const bob = await Person.recalling("bob", alice("8", 8, "eight"), alice("9", 9, "nine"));
  const talk = bob.client.state.find("#lobby")!;
  const since = bob.client.history.since(talk, Date.parse(at(6)));
  await bob.server.recalls("#lobby", alice("7", 7, "seven"), alice("8", 8, "eight"));
  assertEquals([await since, talk.excerpt, texts(talk.lines)], [true, undefined, ["seven", "eight", "nine"]]);
  const refused = bob.client.history.since(talk, Date.parse(at(6)));
  await bob.server.answers((label) => [`@label=${label} FAIL CHATHISTORY INVALID_TARGET AFTER #lobby :No`]);
  assertEquals([await refused, talk.excerpt], [false, undefined]);
  await bob.leaves();
});
