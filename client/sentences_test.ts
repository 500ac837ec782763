import { assertEquals, assertMatch } from "@std/assert";
import { meaning } from "./state/numerics.ts";
import { ENGLISH, type Sentences } from "./sentences.ts";
import { CHINESE } from "./sentences_zh.ts";
import { MEMORY, Person } from "./testing.ts";

/** A table in no language: each entry says its own place, and what it was given: `⟨talking.notOnline carol⟩`. */
const MADE_UP = madeUp(ENGLISH) as Sentences;

function madeUp(entry: unknown, ...path: string[]): unknown {
  if (typeof entry === "object") {
    return Object.fromEntries(Object.entries(entry!).map(([key, value]) => [key, madeUp(value, ...path, key)]));
  }
  const name = path.join(".");
  if (typeof entry === "string") return `⟨${name}⟩`;
  return (...given: unknown[]) => {
    const words = given.map((one) => typeof one === "object" ? JSON.stringify(one) : String(one));
    return `⟨${[name, ...words].join(" ")}⟩`;
  };
}

const options = { sentences: () => MADE_UP };

Deno.test("/help says how each command is called and what it does in the words of the table", async () => {
  const bob = await Person.hearing("bob", MEMORY, options);
  await bob.writes("/help");
  const [few] = bob.told();
  assertEquals(few.type === "table" && [few.rows[0], few.rows.at(-1)], [["⟨calling.title ⟨calling.first⟩⟩"], [
    "/help all",
    "⟨calling.all⟩",
  ]]);
  await bob.writes("/help all");
  const [event] = bob.told();
  const rows = event.type === "table" ? event.rows : [];
  const titles = rows.filter(({ length }) => length === 1).flat();
  assertEquals(
    titles,
    Object.keys(ENGLISH.families).map((family) => `⟨calling.title ⟨families.${family}⟩⟩`),
  );
  const commands = rows.filter(({ length }) => length === 2);
  assertEquals(commands.pop(), ["//⟨params.text⟩", "⟨calling.slashes⟩"]);
  assertEquals(commands.map(([, does]) => does), Object.keys(ENGLISH.commands).map((name) => `⟨commands.${name}⟩`));
  for (const [usage] of commands) assertMatch(usage, /^\/[a-z]+(?:-[a-z]+)?(?: [<[]⟨params\.[a-zA-Z]+⟩[>\]])*$/);
  await bob.leaves();
});

Deno.test("commands refuse and answer in the words of the table", async () => {
  const bob = await Person.hearing("bob", MEMORY, options);
  const cases: [written: string, ...heard: string[]][] = [
    ["/teapot", "⟨calling.unknown teapot ⟩"],
    ["/", "⟨calling.empty⟩"],
    ["/kick", "⟨calling.usage /kick <⟨params.nick⟩> [⟨params.reason⟩]⟩"],
    ["/oper", "⟨calling.usageAsking /oper <⟨params.name⟩>⟩"],
    ["/oper chief", "⟨calling.cannotAsk oper⟩"],
    ["/raw 1", '⟨calling.noMessage Cannot parse line: "1" is no command⟩'],
    ["/to bob", "⟨talking.notToYourself⟩"],
    ["/to alice", "⟨talking.onlyTo alice⟩"],
    ["/to", "⟨talking.toAll #lobby⟩"],
    ["/react :+1: dave", "⟨talking.saidNothing dave #lobby⟩"],
    ["/ignore dave", "⟨talking.ignored dave⟩"],
    ["/ignore", '⟨talking.ignoring ["dave"]⟩'],
    ["/history 501", "⟨calling.noCount 501 500⟩"],
    ["/forget 1 2", "⟨calling.usage /forget [⟨params.countOrNick⟩] [⟨params.count⟩]⟩"],
    ["/forget dave", "⟨memory.noMessageOf dave⟩"],
    ["/mute carol", "⟨moderation.noMutes⟩"],
    ["/ban carol 1h", "⟨moderation.nothingEnds ban carol⟩"],
    ["/ban bob", "⟨moderation.banNotYourself⟩"],
    ["/key oolong", "⟨moderation.keySet #lobby oolong⟩"],
    ["/kill carol", "⟨operators.killed carol⟩"],
  ];
  for (const [written, ...heard] of cases) {
    await bob.sends(written);
    assertEquals(bob.heard(), heard, written);
  }
  await bob.leaves();
});

Deno.test("bans and periods are told in the words of the table", async () => {
  const bob = await Person.hearing("bob", MEMORY, options);
  await bob.server.says(":tea 005 bob EXTBAN=~,amt :are supported");
  await bob.sends("/ban carol 1d12h");
  assertEquals(bob.heard(), ["⟨moderation.banned carol #lobby ⟨units.day 1⟩ ⟨units.hour 12⟩⟩"]);
  const listed = { channel: "#lobby", isMute: true, who: "⟨moderation.accountOf eve⟩ (~a:eve)", by: "alice" };
  await bob.server.says(":tea 367 bob #lobby ~m:~a:eve alice!a@host 1795590941");
  assertEquals(bob.heard(), [`⟨moderation.listed ${JSON.stringify(listed)}⟩`]);
  await bob.leaves();
});

Deno.test("what a server refuses is said in the words of the table, and its standard replies by their code", async () => {
  const bob = await Person.hearing("bob", MEMORY, options);
  await bob.server.says(
    ":tea 401 bob dave :No such nick",
    ":tea 404 bob #lobby :Cannot send to channel (+m: only some may)",
    ":tea 475 bob #tea :Cannot join channel (+k)",
    ":tea FAIL REDACT REDACT_FORBIDDEN #lobby a1 :You may not",
  );
  assertEquals(bob.heard(), [
    "⟨talking.notOnline dave⟩",
    "⟨refusals.cannotTalk #lobby ⟨refusals.silenced.m⟩⟩",
    "⟨refusals.needsKey #tea⟩",
    '⟨refusals.standard {"command":"REDACT","code":"REDACT_FORBIDDEN","text":"You may not"}⟩',
  ]);
  await bob.leaves();
});

Deno.test("meaning() has no words of its own: they are the server's, or the table's", () => {
  const params = ["bob", "#tea", "~a:eve", "alice!a@host", "1795590941", "(+n)"];
  for (let n = 1; n < 1000; n++) {
    const numeric = String(n).padStart(3, "0");
    const said = meaning(numeric, params, MADE_UP)?.text ?? "";
    const isServers = said === params.at(-1) || said === params.slice(1).join(" ");
    if (!isServers && said !== "") assertMatch(said, /^⟨.*⟩$/, numeric);
  }
});

Deno.test("a login is asked for, made and refused in the words of the table", async () => {
  const questions: string[] = [];
  const bob = await Person.hearing("bob", `${MEMORY} sasl=EXTERNAL draft/account-registration=before-connect`, {
    ...options,
    askSecret: (question) => {
      questions.push(question);
      return Promise.resolve(`answer ${questions.length}`);
    },
  });
  await bob.writes("/login", "/register");
  assertEquals(questions, [
    "⟨accounts.passwordOf bob⟩",
    "⟨accounts.passwordFor bob⟩",
    "⟨accounts.onceMore⟩",
    "⟨accounts.notTheSameSo ⟨accounts.passwordFor bob⟩⟩",
    "⟨accounts.onceMore⟩",
    "⟨accounts.notTheSameSo ⟨accounts.passwordFor bob⟩⟩",
    "⟨accounts.onceMore⟩",
  ]);
  assertEquals(bob.heard(), [
    "⟨accounts.notLoggedIn bob ⟨loginRefusals.unknownMechanism EXTERNAL⟩⟩",
    "⟨accounts.notTheSame⟩",
  ]);
  await bob.leaves();
});

Deno.test("a lost connection, and one that there will not be, is told in the words of the table", async () => {
  const bob = await Person.hearing("bob", MEMORY, options);
  await bob.server.hangsUp();
  assertEquals(bob.told(), [{ type: "disconnected", reason: "⟨disconnections.closed⟩", retryMs: 1_000 }]);
  await bob.writes("/oper chief");
  assertEquals(bob.heard(), ["⟨calling.cannotAsk oper⟩"]);
  await bob.leaves();

  const eve = new Person("eve", options);
  await eve.clock.advance(4_500);
  assertEquals(await eve.ended, "⟨connection.cannotConnect tea.example:8888 ⟨disconnections.silent⟩⟩");
  const dave = new Person("dave", options);
  await dave.server.says(":tea 464 * :Password incorrect");
  assertEquals(await dave.ended, "⟨connection.cannotJoin tea.example:8888 ⟨disconnections.password⟩⟩");
});

Deno.test("the language can change while one is in the room", async () => {
  let sentences = ENGLISH;
  const bob = await Person.hearing("bob", MEMORY, { sentences: () => sentences });
  await bob.writes("/to bob");
  sentences = MADE_UP;
  await bob.writes("/to bob");
  await bob.server.says(":tea 442 bob #tea :You're not on that channel");
  assertEquals(bob.heard(), ["You cannot talk to yourself.", "⟨talking.notToYourself⟩", "⟨refusals.youAreNotIn #tea⟩"]);
  await bob.leaves();
});

Deno.test("a time is told to the minute, in each language", () => {
  const time = new Date(2026, 10, 27, 23, 56, 7);
  assertEquals([ENGLISH.date(time), CHINESE.date(time)], ["2026-11-27 23:56", "2026/11/27 23:56"]);
});
