// What a malicious server can do to a client: nothing that outlasts its line, and nothing that fills the memory.
import { assert, assertEquals, assertLess } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { format, parse } from "../../protocol.ts";
import { Batches } from "../../client/connection/batch.ts";
import { BOUNDS } from "../../client/bounds.ts";
import { complete } from "../../client/commands/complete.ts";
import { Isupport } from "../../client/state/isupport.ts";
import { readTime } from "../../client/state/said.ts";
import { NameLists } from "../../client/state/name_lists.ts";
import { Outgoing } from "../../client/connection/outgoing.ts";
import { receive } from "../../client/state/receive.ts";
import { State } from "../../client/state/state.ts";
import { FakeClock, MEMORY, normalized, Person } from "../../client/testing.ts";

/** Says many lines, some at a time, so that each is handled. */
async function flood(person: Person, count: number, line: (i: number) => string): Promise<void> {
  for (let i = 0; i < count; i += 1_000) {
    await person.server.says(...Array.from({ length: Math.min(1_000, count - i) }, (_, j) => line(i + j)));
    person.told();
  }
}

/** Whether the person still hears and is heard. */
async function isWell(person: Person): Promise<void> {
  const { nick } = person.client.state;
  await person.server.says(`:alice!a@host PRIVMSG #lobby :are you there, ${nick}?`);
  assertEquals(person.heard().at(-1), `are you there, ${nick}?`);
  await person.server.rest();
  await person.clock.advance(10_000);
  await person.server.rest();
  await person.writes("I am");
  const sent = await person.server.rest();
  assert(sent.some((line) => line.endsWith(" PRIVMSG #lobby :I am")), sent.join("\n"));
}

Deno.test("readTime() takes the years that dates can bear, and nothing else", () => {
  assertEquals(readTime("2026-11-25T12:00:00.000Z"), Date.UTC(2026, 10, 25, 12));
  assertEquals(readTime("2026-11-25T12:00:00Z"), Date.UTC(2026, 10, 25, 12));
  assertEquals(readTime("9999-12-31T23:59:59.999Z"), Date.UTC(9999, 11, 31, 23, 59, 59, 999));
  const none = [
    "",
    "+275760-09-13T00:00:00.000Z",
    "-271821-04-20T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "8640000000000000",
  ];
  none.push(
    "2026-13-01T00:00:00.000Z",
    "2026-11-25",
    "2026-11-25T99:00:00Z",
    "2026-11-25T12:00:00+01:00",
    "now",
    "x".repeat(70_000),
  );
  for (const text of none) assertEquals(readTime(text), undefined, text);
});

const TIMES = [
  "+275760-09-13T00:00:00.000Z",
  "+275760-09-12T23:59:59.999Z",
  "-271821-04-20T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
];
TIMES.push("0000-01-01T00:00:00.000Z", "", "NaN", "__proto__");

Deno.test("no time of a server's ends the client: of a line, a batch, a marker, a topic, somebody's idling, a ban", async () => {
  for (const time of TIMES) {
    const bob = await Person.hearing("bob", `${MEMORY} draft/read-marker`, { history: 50 });
    await bob.server.rest();
    await bob.server.says(
      format({ tags: { time, msgid: "m1" }, source: "alice!a@h", command: "PRIVMSG", params: ["#lobby", "one"] }),
      format({ tags: { time, msgid: "m2" }, source: "eve!e@h", command: "PRIVMSG", params: ["bob", "two"] }),
      format({ tags: { time }, source: "bob!~tea@host", command: "JOIN", params: ["#tea"] }),
      `MARKREAD #lobby timestamp=${time}`,
      "MARKREAD #lobby *",
      `:tea 333 bob #lobby alice ${time}`,
      ":tea 333 bob #lobby alice 99999999999999999999",
      ":tea 329 bob #lobby 1e308",
      ":tea 317 bob alice -5 -1e308 :seconds idle",
      `:tea 317 bob alice ${time || "x"} 99999999999999999 :seconds idle`,
      ":tea 367 bob #lobby ~t:999999999:x!*@* alice 9e99",
      ":tea 223 bob x@y 1 -1 alice :why",
      ":tea 317 bob",
      "BATCH +h chathistory #lobby",
      format({ tags: { time, batch: "h", msgid: "h1" }, source: "x", command: "PRIVMSG", params: ["#lobby", "old"] }),
      "BATCH -h",
    );
    for (const talk of bob.client.state.talks.values()) bob.client.markRead(talk);
    // All that is asked for after a lost connection names times.
    await bob.server.hangsUp();
    await bob.clock.advance(1_000);
    await bob.server.welcomes("bob", `${MEMORY} draft/read-marker`);
    await bob.clock.advance(60_000);
    await isWell(bob);
    await bob.leaves();
  }
});

Deno.test("a line that cannot be handled costs itself alone, and is told of once", async () => {
  let fails = true;
  const heard: string[] = [];
  const bob = await Person.hearing("bob", MEMORY, {
    onEvent: (event) => {
      if (event.type === "message" && fails) throw new RangeError("Invalid time value");
      if (event.type === "message" || event.type === "error") heard.push(event.text);
    },
  });
  heard.length = 0;
  await bob.server.says(":alice!a@h PRIVMSG #lobby :one", ":alice!a@h PRIVMSG #lobby :two");
  fails = false;
  await bob.server.says(":alice!a@h PRIVMSG #lobby :three");
  assertEquals(heard, ["three"]);
  await bob.leaves();
});

Deno.test("names of prototypes are names like others", async () => {
  const bob = await Person.hearing("bob");
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  for (const name of names) {
    await bob.server.says(
      `:${name}!x@h JOIN #lobby`,
      `:bob!~tea@host JOIN #${name}`,
      `:tea 353 bob = #${name} :@${name} bob`,
      `:tea 366 bob #${name} :End`,
      `@+draft/react=${name};+draft/reply=a1 :${name}!x@h TAGMSG #lobby`,
      `@${name}=x;time=${name};msgid=${name} :${name}!x@h PRIVMSG #lobby :${name}`,
      `:tea 404 bob #${name} :No (+${name[0]})`,
      `:tea 005 bob ${name}=${name} -${name} PREFIX=(${name})@ :are supported`,
      `:tea 005 bob PREFIX=(ov)@+ :are supported`,
      `:alice!a@h MODE #${name} +k ${name}`,
      `CAP * NEW :${name}=${name}`,
      `BATCH +${name} ${name} ${name}`,
      `@batch=${name} :${name}!x@h NICK ${name}`,
      `:tea FAIL ${name} ${name} :${name}`,
      `:tea ${name} bob :x`,
    );
  }
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals(bob.client.state.members("#__proto__").map(({ nick }) => nick), ["__proto__", "bob"]);
  assertEquals([...bob.client.state.find("#lobby")!.find("a1")!.reactions.keys()], names);
  await isWell(bob);
  await bob.leaves();
});

Deno.test("a nick that could not be written again is not taken for one", async () => {
  const bob = await Person.hearing("bob");
  await bob.server.says(
    ":bob!b@h NICK :",
    ":bob!b@h NICK :a b",
    `:bob!b@h NICK ${"x".repeat(10_000)}`,
    ":bob!b@h NICK",
    ":tea 001 :",
    `:tea 001 ${"y".repeat(10_000)} :Welcome`,
  );
  assertEquals(bob.client.state.nick, "bob");
  await isWell(bob);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.sees("CAP LS 302", "NICK bob");
  await bob.leaves();
});

Deno.test("what a server sends without end is bounded: capabilities, tokens, batches, keys, greetings", async () => {
  const bob = await Person.hearing("bob");
  const { client } = bob;
  await flood(bob, 5_000, (i) => `CAP * NEW :x${i}=${"v".repeat(20)} y${i}`);
  await flood(bob, 5_000, (i) => `CAP * ACK :z${i}`);
  assertEquals([client.connection.offer("x1"), client.can("z1")], [undefined, false]);
  await flood(bob, 5_000, (i) => `:tea 005 bob T${i}=x U${i} :are supported`);
  assertEquals([client.state.isupport.get("T1"), client.state.isupport.get("T4999")], ["x", undefined]);
  await flood(bob, 5_000, (i) => `BATCH +${i} chathistory #lobby`);
  await flood(bob, 5_000, (i) => `@label=t${i % 10} BATCH +n${i} labeled-response`);
  await flood(bob, 5_000, (i) => `:alice MODE #x${i} +k ${i}`);
  await flood(bob, 5_000, (i) => `:tea 372 bob :motd ${i}`);
  await flood(bob, 5_000, (i) => `:tea 433 bob x${i} :in use`);
  await isWell(bob);
  await bob.leaves();
});

Deno.test("a welcome that comes again and again begins nothing anew, and has nothing asked", async () => {
  const bob = await Person.hearing("bob", `${MEMORY} draft/metadata-3`, { history: 50 });
  await bob.server.rest();
  await flood(bob, 2_000, () => ":tea 001 bob :Welcome again");
  await bob.clock.advance(60_000);
  const sent = await bob.server.rest();
  assert(sent.every((line) => line.startsWith("PING")), sent.slice(0, 5).join("\n"));
  await bob.server.says(":tea 001 bobby :Welcome");
  assertEquals(bob.client.state.nick, "bobby");
  await isWell(bob);
  await bob.leaves();
});

Deno.test("channels, people and names that a server makes up are bounded, and 10,000 people are not too many", async () => {
  const bob = await Person.hearing("bob", MEMORY, { history: 50 });
  const { state } = bob.client;
  await flood(bob, 12_000, (i) => `:n${i}!u@10.0.0.1 JOIN #lobby`);
  assertEquals(state.find("#lobby")!.members.size, 12_003);
  assertEquals(complete("n", state).candidates.length, 100);
  await flood(bob, 3_000, (i) => `:bob!~tea@host JOIN #c${i}`);
  assertEquals(state.channels.length, BOUNDS.channels);
  await flood(bob, 5_000, (i) => `:tea 353 bob = #c1 :${Array.from({ length: 5 }, (_, j) => `m${i}_${j}`).join(" ")}`);
  await bob.server.says(":tea 366 bob #c1 :End");
  assertEquals(state.find("#c1")!.members.size, BOUNDS.members);
  await flood(bob, 20_000, (i) => `:p${i}!u@h JOIN #c${2 + i % 3}`);
  const all = state.channels.reduce((sum, { members }) => sum + members.size, 0);
  assert(all <= BOUNDS.allMembers + state.channels.length, `${all} members`);
  await flood(bob, 5_000, (i) => `:${"x".repeat(500)}${i}!u@h JOIN #lobby`);
  await flood(bob, 1_000, (i) => `:q${i}!u@h PRIVMSG bob :psst`);
  assertEquals([...state.talks.values()].filter(({ kind }) => kind === "private").length, BOUNDS.privateTalks);
  // Nobody answers for the history; what is said meanwhile waits for it.
  await bob.clock.advance(60_000);
  await isWell(bob);
  await bob.leaves();
});

Deno.test("people are bounded by what is kept of them: folded nicks, hosts and accounts too", () => {
  const state = new State("bob");
  const handle = (line: string) => void receive(state, parse(line), 0);
  const taken = () => state.channels.reduce((sum, { members }) => sum + members.taken, 0);
  /** The texts that are kept, without what an object takes besides. */
  const kept = () => {
    let size = 0;
    for (const { members } of state.channels) {
      for (const [folded, { nick, userhost = "", account = "" }] of members) {
        size += folded.length + nick.length + userhost.length + account.length;
      }
    }
    return size;
  };
  // A nick that is eighteen times as long when it is folded.
  const long = "\ufdfa".repeat(BOUNDS.folded / 18 - 1);
  const most = Math.ceil(BOUNDS.membersSize / BOUNDS.folded);
  for (const channel of ["#c0", "#c1"]) handle(`:bob!b@h JOIN ${channel}`);
  for (let i = 0; i < most; i++) handle(`:${long}${i}!u@h JOIN #c${i % 2}`);
  assert(kept() > BOUNDS.membersSize / 2 && taken() <= BOUNDS.membersSize, `${kept()} ${taken()}`);
  handle(":bob!b@h JOIN #c0");
  for (let i = 0; i < 2 * most; i++) handle(`:n${i}!u@h JOIN #c0`);
  // All is counted that comes later: another nick, a host, an account.
  for (let i = 0; i < most; i++) {
    handle(`:n${i}!u@h CHGHOST ${"u".repeat(100)} ${"h".repeat(200)}`);
    handle(`:n${i}!u@h ACCOUNT ${"a".repeat(200)}`);
    if (i % 10 === 0) handle(`:n${i}!u@h NICK ${long}${i}`);
  }
  assert(kept() > BOUNDS.membersSize / 2 && taken() <= BOUNDS.membersSize, `${kept()} ${taken()}`);
  for (let i = 0; i < most; i++) handle(`:tea 353 bob = #c1 :${i % 10 ? "x" : long}${i} y${i}!u@${"h".repeat(300)}`);
  handle(":tea 366 bob #c1 :End");
  assert(kept() <= taken() && taken() <= BOUNDS.membersSize, `${kept()} ${taken()}`);
  // What was counted is given back to the last unit.
  for (const { nick } of state.channels.flatMap(({ members }) => [...members.values()])) handle(`:${nick} QUIT`);
  assertEquals([kept(), taken()], [0, 0]);
});

Deno.test("lists of names that never end are bounded by what is kept of them", () => {
  const before = inUse();
  const names = new NameLists();
  const isupport = new Isupport();
  const long = "\ufdfa".repeat(BOUNDS.folded / 18 - 1);
  for (let i = 0; i < 40_000; i++) names.add(`#c${i % 50}`, `${long}${i}`, isupport);
  // Two bytes for each unit; all of them would be 75 MB.
  assertLess(inUse() - before, 2 * BOUNDS.membersSize);
  let count = 0;
  for (let c = 0; c < 50; c++) count += names.end(`#c${c}`).size;
  assert(count > 10_000 && count < 20_000, `${count}`);
  names.add("#tea", "alice bob ALICE", isupport);
  assertEquals([...names.end("#tea").keys()], ["alice", "bob"]);
});

Deno.test("lines and reactions are bounded in size, over all talks", async () => {
  const bob = await Person.hearing("bob", MEMORY);
  const { state } = bob.client;
  const text = "x".repeat(8_000);
  for (let c = 0; c < 6; c++) {
    await bob.server.says(`:bob!~tea@host JOIN #c${c}`);
    await flood(bob, 1_500, (i) => `@msgid=${c}-${i} :eve!e@h PRIVMSG #c${c} :${text}`);
  }
  const size = () => [...state.talks.values()].reduce((sum, talk) => sum + talk.size, 0);
  assert(size() <= BOUNDS.allLines, `${size()}`);
  const counted = [...state.find("#c5")!.lines].reduce((sum, line) => sum + line.text.length, 0);
  assert(counted <= state.find("#c5")!.size && counted > 0);
  await flood(bob, 5_000, (i) => `@+draft/react=👍${i % 60};+draft/reply=a1 :r${i}!e@h TAGMSG #lobby`);
  const { reactions } = state.find("#lobby")!.find("a1")!;
  assertEquals(reactions.size, BOUNDS.reactions);
  assertEquals([...reactions.values()].reduce((sum, nicks) => sum + nicks.size, 0), BOUNDS.reactors);
  await flood(bob, 5_000, (i) => `@+draft/react=x;+draft/reply=none${i % 3} :r${i}!e@h TAGMSG #lobby`);
  await flood(bob, 5_000, (i) => `@+typing=active :r${i}!e@h TAGMSG #c${i % 6}`);
  assertEquals([...state.talks.values()].every(({ typing }) => typing.size <= BOUNDS.typists), true);
  await bob.server.says(":alice!a@h REDACT #lobby a1");
  for (const talk of state.talks.values()) talk.clear();
  // What was counted is given back to the last unit.
  assertEquals(size(), 0);
  await isWell(bob);
  await bob.leaves();
});

Deno.test("answers without end, and a history that never ends, are bounded, and hold nobody up for ever", async () => {
  const bob = await Person.hearing("bob", MEMORY, { history: 50 });
  await bob.server.says(":bob!~tea@host JOIN #tea");
  await bob.server.rest();
  await bob.writes("/list", "after it");
  const label = parse((await bob.server.rest())[0]).tags.label;
  await bob.server.says(`@label=${label} BATCH +l labeled-response`, "BATCH +h chathistory #tea");
  await flood(bob, 25_000, (i) => `@batch=l :tea 322 bob #c${i} 1 :topic`);
  await flood(bob, 10_000, (i) => `@batch=h :eve!e@h PRIVMSG #tea :${i}`);
  await flood(bob, 10_000, (i) => `:eve!e@h PRIVMSG #tea :live ${i}`);
  await bob.clock.advance(31_000);
  assert((await bob.server.rest()).some((line) => line.endsWith(":after it")));
  await isWell(bob);
  await bob.leaves();
});

Deno.test("/names of a channel that nobody has joined, PARTs and JOINs in turn, and renames leave nothing behind", async () => {
  const bob = await Person.hearing("bob", MEMORY, { history: 50 });
  await flood(bob, 5_000, (i) => `:tea 353 bob = #x${i} :a b c`);
  await flood(bob, 10_000, (i) => i % 2 === 0 ? ":bob!~tea@host JOIN #tea" : ":bob!~tea@host PART #tea");
  await flood(bob, 10_000, (i) => `:x${i}!e@h NICK x${i + 1}`);
  await flood(bob, 5_000, (i) => `:x${i % 2}!e@h NICK x${(i + 1) % 2}`);
  assertEquals([...bob.client.state.talks.keys()], ["#lobby"]);
  await bob.clock.advance(60_000);
  await isWell(bob);
  await bob.leaves();
});

/** Bytes that are in use once the garbage is collected. */
function inUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return Deno.memoryUsage().heapUsed;
}

/** A line whose longest part is read by nobody, since its tag is said twice. */
const padded = (tags: string, rest: string) => `@x=${"m".repeat(7_900)};x=;${tags} ${rest}`;

Deno.test("what is kept of a line does not keep the line: batches, answers, removals, reactions", () => {
  const count = 2_000;
  const batches = new Batches();
  batches.take(parse("BATCH +h chathistory #tea"));
  const outgoing = new Outgoing({
    clock: new FakeClock(),
    write: () => {},
    hasLabels: () => true,
    split: (message) => [message],
    answer: () => {},
    onConfirmed: () => {},
  });
  outgoing.start();
  void outgoing.add({ command: "LIST" });
  outgoing.receive(parse("@label=t1 BATCH +l labeled-response"));
  const state = new State("bob");
  receive(state, parse(":bob!b@h JOIN #tea"), 0);
  const handle = (line: string) => void receive(state, parse(line), 0);
  const reaction = "a reaction of some words";
  const uses: ((i: number) => void)[] = [
    (i) => void batches.take(parse(padded("batch=h", `:eve!e@h PRIVMSG #tea :a text that is long enough ${i}`))),
    (i) =>
      outgoing.receive(parse(padded("batch=l", `:tea 322 bob #a-channel-of-a-long-name-${i} 1 :and its topic ${i}`))),
    (i) => handle(padded(`msgid=${i}`, ":alice!a@h PRIVMSG #tea :hello")),
    (i) => handle(padded(`+draft/reply=${i};+draft/react=${reaction}`.replaceAll(" ", "\\s"), `:eve!e@h TAGMSG #tea`)),
    (i) => handle(padded("y", `:eve-of-a-long-name!e@h REDACT #tea ${i} :a reason that is long enough`)),
  ];
  for (const [at, use] of uses.entries()) {
    const before = inUse();
    for (let i = 0; i < count; i++) use(i);
    // The lines are 16 MB.
    assertLess(inUse() - before, 6e6, `what is kept by the use ${at}`);
  }
  assertEquals(state.find("#tea")!.lines.filter(({ redacted }) => redacted !== undefined).length, count);
  // What is kept lives until here.
  outgoing.stop();
  batches.clear();
});

Deno.test("what waits for a history is bounded in size, and does not keep its lines", async () => {
  const bob = await Person.hearing("bob", MEMORY, { history: 50 });
  await bob.server.says(":bob!~tea@host JOIN #tea");
  const before = inUse();
  await flood(bob, 1_500, (i) => padded(`msgid=h${i}`, `:eve!e@h TOPIC #tea :a topic that is long enough ${i}`));
  assertLess(inUse() - before, 6e6);
  assertEquals(bob.told(), []);
  await bob.server.says(...Array.from({ length: 490 }, (_, i) => `:eve!e@h TOPIC #tea :${"x".repeat(15_000)} ${i}`));
  const topics = bob.told().filter(({ type }) => type === "topic").length;
  assert(topics > 1_500, `${topics}`);
  await bob.clock.advance(60_000);
  await isWell(bob);
  await bob.leaves();
});

Deno.test("reactions to lines that are not there are bounded in size, over all talks", () => {
  const state = new State("bob");
  const handle = (line: string) => void receive(state, parse(line), 0);
  const size = () => [...state.talks.values()].reduce((sum, talk) => sum + talk.size, 0);
  for (let c = 0; c < 150; c++) {
    handle(`:bob!b@h JOIN #c${c}`);
    for (let i = 0; i < BOUNDS.pending; i++) {
      const msgid = `${i}-`.padEnd(BOUNDS.msgid, "m");
      handle(`@+draft/react=${"x".repeat(40)};+draft/reply=${msgid} :${"n".repeat(150)}!e@h TAGMSG #c${c}`);
    }
    assert(size() <= BOUNDS.allLines, `${size()}`);
  }
  assert(size() > BOUNDS.allLines / 2, `${size()}`);
});

Deno.test("Talks knows the size of all its talks when they were renamed, left and came again", () => {
  const state = new State("bob");
  const handle = (line: string) => void receive(state, parse(line), 0);
  const text = "x".repeat(8_000);
  for (let i = 0; i < 12_000; i++) {
    // A talk that follows its person, one that is left, and one that is cleared.
    handle(`:eve${i % 3}!e@h PRIVMSG bob :${text}`);
    if (i % 100 === 0) handle(`:eve${i / 100 % 3}!e@h NICK eve${(i / 100 + 1) % 3}`);
    handle(`:bob!b@h JOIN #tea`);
    handle(`:eve!e@h PRIVMSG #tea :${text}`);
    if (i % 50 === 0) handle(`:bob!b@h PART #tea`);
  }
  const all = () => [...state.talks.values()].reduce((sum, talk) => sum + talk.size, 0);
  assert(all() <= BOUNDS.allLines && all() > BOUNDS.allLines / 2, `${all()}`);
  const [talk] = state.talks.values();
  const lines = talk.lines.length;
  for (const other of state.talks.values()) if (other !== talk) other.clear();
  // There is room again.
  for (let i = 0; i < 20; i++) handle(`:${talk.name}!e@h PRIVMSG bob :${text}`);
  assertEquals(talk.lines.length, lines + 20);
});

Deno.test("a nick that changes in a thousand channels has each talk looked at once, not once for each", () => {
  const state = new State("bob");
  for (let c = 0; c < BOUNDS.channels; c++) {
    for (const nick of ["bob", "al0"]) receive(state, parse(`:${nick}!u@h JOIN #c${c}`), 0);
  }
  let looks = 0;
  for (const talk of state.talks.values()) {
    const { size } = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(talk));
    Object.defineProperty(talk, "size", { get: () => (looks++, size.get!.call(talk)) });
  }
  receive(state, parse(":al0!u@h NICK al1"), 0);
  assert(looks > 0 && looks < 5 * BOUNDS.channels, `${looks} looks`);
});

Deno.test("a nick is folded as often in a hundred channels and talks as in one", () => {
  const state = new State("bob");
  const handle = (line: string) => void receive(state, parse(line), 0);
  const costs = () =>
    ["QUIT :bye", "NICK 茶杯", "JOIN #c0", "PRIVMSG bob :hi"].map((rest) =>
      normalized(() => handle(`:茶壶!u@h ${rest}`))
    );
  handle(":bob!b@h JOIN #c0");
  // From here on there is a talk with the nick, which has its name, too.
  costs();
  const before = costs();
  for (let c = 1; c < 100; c++) for (const nick of ["bob", "茶壶"]) handle(`:${nick}!u@h JOIN #c${c}`);
  for (let i = 0; i < BOUNDS.privateTalks; i++) handle(`:茶${i}!u@h PRIVMSG bob :hi`);
  assertEquals(costs(), before);
});

Deno.test("what is too long to be a name is not folded, wherever a server puts it, nor are thousands of marks in a search", async () => {
  const marks = "\u0315\u0300".repeat(4_000);
  const { normalize } = String.prototype;
  let longest = 0;
  String.prototype.normalize = function (form) {
    longest = Math.max(longest, this.length);
    return normalize.call(this, form);
  };
  try {
    for (const capabilities of [MEMORY, "message-tags draft/chathistory batch"]) {
      const bob = new Person("bob", { history: 50 });
      await bob.server.welcomes("bob", capabilities);
      await bob.server.says(":bob!~tea@host JOIN #lobby", ":alice!a@h JOIN #lobby");
      await bob.writes("tea?", "/whois alice");
      for (const name of [marks, `#${marks}`]) {
        await bob.server.says(
          ...["PRIVMSG", "NOTICE", "REDACT", "JOIN", "PART", "KICK", "MODE", "TOPIC", "INVITE", "MARKREAD", "NICK"].map(
            (command) => `:alice!a@h ${command} ${name} x :y`,
          ),
          `@+typing=active :alice!a@h TAGMSG ${name}`,
          `:bob!~tea@host KICK #lobby ${name} :out`,
          `:alice!a@h MODE #lobby +o ${name}`,
          `:bob!~tea@host ACCOUNT ${name}`,
          `:bob!~tea@host JOIN ${name}`,
          `:bob!~tea@host NICK ${name}`,
          `:tea 353 bob = ${name} :@alice ${name}`,
          `:tea 353 bob = #lobby :@alice ${name}`,
          ...["001", "366", "332", "401", "403", "404", "471", "301", "311", "333", "324", "367"].map(
            (numeric) => `:tea ${numeric} bob ${name} :x`,
          ),
          `:tea 900 bob bob!~tea@host ${name} :in`,
          `BATCH +h chathistory ${name}`,
          "BATCH -h",
        );
      }
      await bob.server.says(`:alice!a@h PRIVMSG #lobby :${marks}`);
      await bob.writes("/search tea");
      // Nobody answers.
      await bob.clock.advance(60_000);
      await bob.leaves();
    }
  } finally {
    String.prototype.normalize = normalize;
  }
  assert(longest < 1_000, `${longest} characters`);
});
