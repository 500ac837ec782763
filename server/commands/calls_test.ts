import { assertEquals, assertMatch } from "@std/assert";
import type { CallOptions } from "../room/call_options.ts";
import type { Doors } from "../room/doors.ts";
import { CALL_TIMES } from "../room/voice_calls.ts";
import { History } from "../store/history.ts";
import { Store } from "../store/store.ts";
import { type Person, quickAccounts, Room } from "../testing.ts";

const CAPS = "teahouse.chat/call message-tags batch";

/** Where a room is whose page comes over https. */
const DOORS: Doors = {
  here: "192.0.2.1",
  elsewhere: ["192.0.2.1"],
  trusted: [],
  chat: 8888,
  secureChat: 6697,
  page: 8080,
  securePage: 8443,
  base: "/",
};

/** A room with calls. */
const open = (calls: CallOptions = {}) => new Room({}, {}, { calls });

/** Somebody whose client knows calls. */
const caller = (room: Room, nick: string, join = "#tea") => room.person(nick, { caps: CAPS, join });

/** What a person is told of calls up to now, without the lines that open and close a batch, and without other tags. */
async function told(person: Person): Promise<string[]> {
  const lines = await person.everything();
  return lines.filter((line) => / (?:CALL|FAIL|NOTICE|TAGMSG|NICK|MUTE) /.test(line)).map((line) =>
    line.replace(/^@batch=\S+ /, "").replace(/(:\w+)!\S+/, "$1")
  );
}

/** Says something about a call, and gives what comes of it for the sender. */
async function says(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await told(person);
}

/** Has the room look after its calls so many milliseconds later. */
async function later(room: Room, milliseconds: number): Promise<void> {
  room.now += milliseconds;
  await room.connections.check();
}

Deno.test("CALL JOIN brings people into the call of a channel, one after the other, and CALL PART out of it", async () => {
  await using room = open();
  const [alice, bob, carol] = [await caller(room, "alice"), await caller(room, "bob"), await caller(room, "carol")];
  assertEquals(await says(alice, "CALL JOIN #tea :audio,video,telepathy"), [
    ":Tea.local CALL MEMBER #tea alice audio,video",
    ":Tea.local CALL MODE #tea mesh",
  ]);
  assertEquals(await says(bob, "CALL JOIN #TEA :muted,audio"), [
    ":alice CALL JOIN #tea audio,video",
    ":Tea.local CALL MEMBER #tea alice audio,video",
    ":Tea.local CALL MEMBER #tea bob audio,muted",
    ":Tea.local CALL MODE #tea mesh",
  ]);
  assertEquals(await told(carol), [":alice CALL JOIN #tea audio,video", ":bob CALL JOIN #tea audio,muted"]);
  assertEquals(await says(bob, "CALL STATE #tea :audio", "CALL STATE #tea :audio"), [":bob CALL STATE #tea audio"]);
  assertEquals(await told(alice), [":bob CALL JOIN #tea audio,muted", ":bob CALL STATE #tea audio"]);
  assertEquals(await says(alice, "CALL PART #tea :tea time"), []);
  assertEquals(await told(bob), [":alice CALL PART #tea :tea time"]);
  assertEquals(await says(carol, "CALL LIST #tea"), [
    ":bob CALL STATE #tea audio",
    ":alice CALL PART #tea :tea time",
    ":Tea.local CALL MEMBER #tea bob audio",
    ":Tea.local CALL MODE #tea mesh",
  ]);
  await bob.send("CALL PART #tea");
  assertEquals(await told(bob), []);
  assertEquals(room.chat.calls!.size, 0);
  assertEquals(await says(carol, "CALL LIST #tea"), [":bob CALL PART #tea"]);
});

Deno.test("A call that is meant for one person does not ring at another who has the nick by now", async () => {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room({}, {}, { calls: {}, store, history });
    const caps = `${CAPS} teahouse.chat/identity`;
    const [alice, bob] = [await room.person("alice", { caps }), await room.person("bob", { caps })];
    await bob.send("PRIVMSG alice :hi");
    const [, peer] = /teahouse\.chat\/peer=(\S+)/.exec((await alice.everything()).join("\n"))!;
    const call = `@teahouse.chat/peer=${peer} CALL JOIN bob :audio`;
    assertEquals((await says(alice, call)).filter((line) => /FAIL/.test(line)), []);
    assertEquals((await told(bob)).some((line) => /CALL RING|CALL JOIN/.test(line)), true);
    await says(alice, "CALL PART bob");
    await bob.send("QUIT");
    await bob.rest();
    const another = await room.person("bob", { caps });
    await another.everything();
    assertEquals(await says(alice, call), [
      ":Tea.local FAIL CALL ANOTHER_PERSON JOIN bob :Another person has this nick than the one who is meant",
    ]);
    assertEquals(await told(another), []);
    // Whoever calls without saying whom they mean calls whoever has the nick.
    await says(alice, "CALL JOIN bob :audio");
    assertEquals((await told(another)).length > 0, true);
  }
  history.close();
  await store.close();
});

Deno.test("CALL REACT shows the others an emoji, of whoever is in the call and may talk", async () => {
  await using room = open();
  const [alice, bob, carol] = [await caller(room, "alice"), await caller(room, "bob"), await caller(room, "carol")];
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await told(alice);
  assertEquals(await says(bob, "CALL REACT #tea :👨‍👩‍👧‍👦"), []);
  assertEquals(await told(alice), [":bob CALL REACT #tea 👨‍👩‍👧‍👦"]);
  for (const text of ["", "two words", "\x02", "🎉".repeat(17), "idiot", "7", "\u202e", "👍x"]) {
    assertMatch((await says(bob, `CALL REACT #tea :${text}`))[0], / FAIL CALL INVALID_PARAMS REACT #tea /);
  }
  assertMatch((await says(carol, "CALL REACT #tea :🎉")).at(-1)!, / FAIL CALL NOT_IN_CALL REACT #tea /);
  await says(alice, "MODE #tea +m");
  room.now += 10_000;
  assertMatch((await says(bob, "CALL REACT #tea :🎉")).at(-1)!, / FAIL CALL MUTED REACT #tea /);
  // Between two.
  await says(bob, "CALL PART #tea");
  room.now += 10_000;
  await says(bob, "CALL JOIN carol :audio");
  await says(carol, "CALL JOIN bob :audio");
  await told(bob);
  await says(carol, "CALL REACT bob :🎉");
  assertEquals(await told(bob), [":carol CALL REACT carol 🎉"]);
});

Deno.test("an answer to CALL JOIN is one batch with the label", async () => {
  await using room = open();
  const alice = await room.person("alice", { caps: `${CAPS} labeled-response`, join: "#tea" });
  await alice.send("@label=7 CALL JOIN #tea :audio");
  const lines = await alice.everything();
  assertMatch(lines[0], /^@label=7 :Tea\.local BATCH \+(\w+) teahouse\.chat\/call #tea$/);
  assertEquals(lines.length, 4);
  await alice.send("@label=8 CALL PART #tea");
  assertEquals(await alice.everything(), ["@label=8 :Tea.local ACK"]);
});

Deno.test("CALL says what is wrong", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  const dave = await room.person("dave");
  assertMatch((await says(dave, "CALL JOIN #tea :audio"))[0], / FAIL CALL NEED_CAPABILITY teahouse\.chat\/call /);
  const untagged = await room.person("eve", { caps: "teahouse.chat/call", join: "#tea" });
  assertMatch((await says(untagged, "CALL JOIN #tea :audio"))[0], / FAIL CALL NEED_CAPABILITY JOIN #tea /);
  const refusals = [
    ["CALL JOIN #milk :audio", "NOT_ON_CHANNEL JOIN #milk"],
    ["CALL STATE #tea :audio", "NOT_IN_CALL STATE #tea"],
    ["CALL PART #tea", "NOT_IN_CALL PART #tea"],
    ["CALL KICK #tea bob", "NOT_IN_CALL KICK #tea"],
    ["CALL LIST #milk", "NOT_ON_CHANNEL LIST #milk"],
    ["CALL JOIN nobody :audio", "NO_SUCH_NICK JOIN nobody"],
    ["CALL JOIN alice :audio", "INVALID_TARGET JOIN alice"],
    ["CALL JOIN dave :audio", "UNAVAILABLE JOIN dave"],
    ["CALL DECLINE bob", "NOT_IN_CALL DECLINE bob"],
    ["CALL DANCE #tea", "INVALID_PARAMS DANCE #tea"],
    ["CALL toString #tea", "INVALID_PARAMS TOSTRING #tea"],
    ["CALL JOIN :", "INVALID_PARAMS JOIN *"],
  ];
  for (const [line, refusal] of refusals) {
    assertEquals((await says(alice, line)).map((one) => one.split(" :")[0]), [`:Tea.local FAIL CALL ${refusal}`]);
    room.now += 1000;
  }
  await says(alice, "CALL JOIN #tea :audio");
  assertMatch((await says(alice, "CALL JOIN bob :audio"))[0], / FAIL CALL IN_ANOTHER_CALL JOIN bob /);
  await told(bob);
  assertMatch((await says(bob, "CALL KICK #tea alice"))[0], / FAIL CALL NOT_OPERATOR KICK #tea /);
  assertMatch((await says(alice, "CALL KICK #tea bob"))[0], / FAIL CALL NOT_IN_CALL KICK #tea /);
});

Deno.test("a call has no more than eight people, and who is in it may come again", async () => {
  await using room = open();
  const people: Person[] = [];
  for (let i = 0; i < 9; i++) people.push(await caller(room, `p${i}`));
  for (const person of people.slice(0, 8)) await says(person, "CALL JOIN #tea :audio");
  assertMatch((await says(people[8], "CALL JOIN #tea :audio")).at(-1)!, / FAIL CALL FULL JOIN #tea /);
  assertEquals((await says(people[3], "CALL JOIN #tea :audio")).filter((line) => / MEMBER /.test(line)).length, 8);
  await says(people[0], "CALL PART #tea");
  assertMatch((await says(people[8], "CALL JOIN #tea :audio")).at(-1)!, / CALL MODE #tea mesh$/);
});

Deno.test("members whose clients know no calls get one NOTICE as a call begins and one as it ends, with the page's address", async () => {
  await using room = open();
  room.chat.doors = () => DOORS;
  const [alice, bob] = [await caller(room, "alice", "#茶"), await caller(room, "bob", "#茶")];
  const dave = await room.person("dave", { join: "#茶" });
  await says(alice, "CALL JOIN #茶 :audio");
  await says(bob, "CALL JOIN #茶 :audio", "CALL PART #茶");
  assertEquals(await told(dave), [
    ":Tea.local NOTICE #茶 :alice has begun a call: https://192.0.2.1:8443/#%E8%8C%B6",
  ]);
  await says(alice, "CALL PART #茶");
  assertEquals(await told(dave), [":Tea.local NOTICE #茶 :The call has ended"]);
  // Whoever begins a call again and again is told of to nobody.
  for (let i = 0; i < 5; i++) {
    room.now += 1000;
    await says(alice, "CALL JOIN #茶 :audio", "CALL PART #茶");
  }
  assertEquals((await told(dave)).filter((line) => / NOTICE /.test(line)).length, 4);
});

Deno.test("CALL PAGE tells where the page is by which one joins, if it comes over https", async () => {
  await using room = open();
  room.chat.doors = () => DOORS;
  const alice = await caller(room, "alice", "#茶");
  const page = ":Tea.local CALL PAGE";
  assertEquals(await says(alice, "CALL PAGE #茶", "CALL PAGE bob"), [
    `${page} #茶 https://192.0.2.1:8443/#%E8%8C%B6`,
    `${page} bob https://192.0.2.1:8443/`,
  ]);
  assertMatch((await says(alice, "CALL PAGE #milk"))[0], / FAIL CALL NOT_ON_CHANNEL PAGE #milk /);
  room.chat.doors = () => ({ ...DOORS, securePage: undefined });
  assertMatch((await says(alice, "CALL PAGE #茶"))[0], / FAIL CALL NO_PAGE PAGE #茶 :The room has no page over https$/);
});

Deno.test("a person who comes into a channel is told of its call", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  await says(alice, "CALL JOIN #tea :audio");
  const bob = await caller(room, "bob", "#milk");
  assertEquals(await says(bob, "JOIN #tea"), [
    ":Tea.local CALL MEMBER #tea alice audio",
    ":Tea.local CALL MODE #tea mesh",
  ]);
});

Deno.test("whoever leaves the channel, is thrown out or goes, is out of its call at once", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  const people: Person[] = [];
  for (const nick of ["bob", "carol", "dave", "erin", "frank"]) {
    const person = await caller(room, nick);
    await says(person, "CALL JOIN #tea :audio");
    people.push(person);
  }
  const [bob, carol, dave, erin, frank] = people;
  await told(alice);
  await bob.send("PART #tea");
  await bob.everything();
  await alice.send("KICK #tea carol", "MODE #tea +b dave!*@*");
  assertEquals(await told(alice), [
    ":bob CALL PART #tea",
    ":carol CALL PART #tea",
    ":dave CALL PART #tea banned",
  ]);
  assertEquals((await told(carol)).at(-1), ":carol CALL PART #tea");
  await erin.send("QUIT :bye");
  await erin.rest();
  const lines = await alice.everything();
  assertEquals(lines.map((line) => line.replace(/!\S+/, "")), [":erin CALL PART #tea", ":erin QUIT :Quit: bye"]);
  // A guest without a device can't be known again, so there is no place to keep.
  await frank[Symbol.asyncDispose]();
  await alice.sees(/^:frank!\S+ CALL PART #tea$/);
  assertEquals(room.chat.calls!.size, 0);
  await told(dave);
});

Deno.test("an operator throws people out of a call and has them muted", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio,video");
  await told(alice);
  await alice.send("CALL MUTE #tea bob");
  const muted = [":alice CALL MUTE #tea bob", ":bob CALL STATE #tea audio,video,muted"];
  assertEquals(await told(alice), muted);
  assertEquals(await told(bob), muted);
  // It is a request: bob is no operator, and says when he is to be heard again.
  assertEquals(await says(bob, "CALL STATE #tea :audio"), [":bob CALL STATE #tea audio"]);
  await alice.send("CALL KICK #tea bob");
  assertEquals((await told(alice)).at(-1), ":alice CALL KICK #tea bob");
  assertEquals(await told(bob), [":alice CALL KICK #tea bob"]);
  assertMatch((await says(bob, "CALL STATE #tea :audio"))[0], / FAIL CALL NOT_IN_CALL STATE #tea /);
});

Deno.test("whom an operator has put out of a call can't join it again, and is not heard by a signal, until it has ended", async () => {
  await using room = open();
  const [alice, bob, carol] = [await caller(room, "alice"), await caller(room, "bob"), await caller(room, "carol")];
  for (const person of [alice, bob, carol]) await says(person, "CALL JOIN #tea :audio");
  await says(alice, "CALL KICK #tea bob");
  for (const person of [alice, bob, carol]) await told(person);
  const refusal = /^:Tea\.local FAIL CALL KICKED JOIN #tea :An operator has put you out of this call/;
  assertMatch((await says(bob, "CALL JOIN #tea :audio"))[0], refusal);
  assertMatch((await says(bob, "NICK robert", "CALL JOIN #tea :muted"))[1], refusal);
  for (const nick of ["alice", "carol"]) {
    assertMatch((await says(bob, `@+teahouse.chat/rtc=abc TAGMSG ${nick}`))[0], / FAIL CALL NOT_IN_CALL SIGNAL /);
  }
  assertEquals(await told(carol), [":bob NICK robert"]);
  assertMatch((await says(carol, "@+teahouse.chat/rtc=abc TAGMSG robert"))[0], / FAIL CALL NOT_IN_CALL SIGNAL robert /);
  assertEquals(await told(bob), []);
  // Each call has its own: once all have left this one, bob begins the next.
  await says(alice, "CALL PART #tea");
  await says(carol, "CALL PART #tea");
  assertEquals((await says(bob, "CALL JOIN #tea :audio")).at(-1), ":Tea.local CALL MODE #tea mesh");
});

Deno.test("who was put out of a call stays out by another connection of their account, and comes in as an operator", async () => {
  const store = new Store(":memory:");
  {
    await using room = new Room({}, {}, { calls: {}, store, accounts: quickAccounts(store) });
    const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
    await bob.send("REGISTER * * secret-pass");
    await bob.sees(/ REGISTER SUCCESS /);
    for (const person of [alice, bob]) await says(person, "CALL JOIN #tea :audio");
    await says(alice, "CALL KICK #tea bob");
    await bob.send("QUIT");
    await alice.sees(/ QUIT /);
    const again = await room.person("bob2", { caps: CAPS });
    await again.send("PRIVMSG NickServ :IDENTIFY bob secret-pass", "JOIN #tea");
    await again.sees(/ 366 /);
    assertMatch((await says(again, "CALL JOIN #tea :audio")).at(-1)!, / FAIL CALL KICKED JOIN #tea /);
    // It is the same where the account is only known when they are in.
    const late = await caller(room, "bob3");
    for (const look of [() => room.chat.calls!.sweep(), () => late.send("CALL JOIN #tea :audio")]) {
      assertEquals((await says(late, "CALL JOIN #tea :audio")).at(-1), ":Tea.local CALL MODE #tea mesh");
      await told(alice);
      await late.send("PRIVMSG NickServ :IDENTIFY bob secret-pass");
      await late.sees(/ 900 /);
      await look();
      await alice.sees(/:bob3\S* CALL PART #tea :?banned/);
      await late.send("PRIVMSG NickServ :LOGOUT");
      await late.sees(/ 901 /);
      await told(late);
    }
    await alice.send("MODE #tea +o bob2");
    await again.sees(/ MODE #tea \+o /);
    assertEquals((await says(again, "CALL JOIN #tea :audio")).at(-1), ":Tea.local CALL MODE #tea mesh");
  }
  await store.close();
});

Deno.test("who may not talk in a channel may listen to its call, and is muted when that begins", async () => {
  await using room = open();
  const [alice, bob, carol] = [await caller(room, "alice"), await caller(room, "bob"), await caller(room, "carol")];
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio,video");
  await told(alice);
  await alice.send("MODE #tea +m");
  assertEquals(await told(alice), [":Tea.local CALL MUTE #tea bob", ":bob CALL STATE #tea audio,muted"]);
  assertEquals((await told(bob)).at(-1), ":bob CALL STATE #tea audio,muted");
  assertMatch((await says(bob, "CALL STATE #tea :audio"))[0], / FAIL CALL MUTED STATE #tea /);
  assertMatch((await says(carol, "CALL JOIN #tea :audio")).at(-1)!, / FAIL CALL MUTED JOIN #tea /);
  assertMatch((await says(carol, "CALL JOIN #tea :audio,muted,hand")).at(-1)!, / CALL MODE #tea mesh$/);
  await alice.send("MODE #tea -m", "MUTE #tea carol");
  await alice.everything();
  assertMatch((await says(carol, "CALL STATE #tea :audio")).at(-1)!, / FAIL CALL MUTED STATE #tea /);
  // A call to which nobody else would be heard does not begin.
  await alice.send("CALL PART #tea");
  await says(bob, "CALL PART #tea");
  await says(carol, "CALL PART #tea");
  assertMatch((await says(carol, "CALL JOIN #tea :muted")).at(-1)!, / FAIL CALL MUTED JOIN #tea /);
});

Deno.test("only operators begin calls where that is said, and everybody may join", async () => {
  await using room = open({ isForOperators: true });
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  assertMatch((await says(bob, "CALL JOIN #tea :audio"))[0], / FAIL CALL DISABLED JOIN #tea /);
  assertMatch((await says(bob, "CALL JOIN alice :audio"))[0], / FAIL CALL DISABLED JOIN alice /);
  await says(alice, "CALL JOIN #tea :audio");
  assertMatch((await says(bob, "CALL JOIN #tea :audio")).at(-1)!, / CALL MODE #tea mesh$/);
});

Deno.test("a room without calls offers none", async () => {
  await using room = new Room();
  const alice = await room.stranger();
  await alice.send(
    "CAP LS 302",
    "CAP REQ teahouse.chat/call",
    "CAP REQ message-tags",
    "NICK alice",
    "USER a 0 * :a",
    "CAP END",
  );
  await alice.sees(/ NAK /);
  await alice.sees(/ 422 /);
  assertEquals(alice.seen.filter((line) => line.includes("CALL=")), []);
  assertMatch((await says(alice, "@+teahouse.chat/rtc=x TAGMSG alice"))[0], / FAIL CALL NOT_IN_CALL SIGNAL alice /);
});

Deno.test("a client is told how many people a call has, and how it reaches them", async () => {
  await using room = open({ relay: { urls: ["turn:192.0.2.1:3478", "turns:192.0.2.1:5349"], secret: "oolong" } });
  const alice = await caller(room, "alice");
  await alice.send("VERSION");
  await alice.sees(/ 005 .* teahouse\.chat\/CALL=8 /);
  const [first, second] = await says(alice, "CALL JOIN #tea :audio");
  assertMatch(first, /^:Tea\.local CALL ICE #tea turn:192\.0\.2\.1:3478 1767312000:[\da-f]{16} [\w+/]{27}=$/);
  assertMatch(second, / CALL ICE #tea turns:192\.0\.2\.1:5349 1767312000:/);
  assertEquals((await says(alice, "CALL LIST #tea")).filter((line) => / ICE /.test(line)), []);
});

Deno.test("a call of a person rings on all their devices, is taken on one, and ends with the first who leaves", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  const bob = await caller(room, "bob", "#milk");
  const phone = await room.another("bob", { caps: CAPS });
  await told(phone);
  assertEquals(await says(alice, "CALL JOIN bob :audio"), [
    ":Tea.local CALL MEMBER bob alice audio",
    ":Tea.local CALL MODE bob mesh",
  ]);
  for (const device of [bob, phone]) assertEquals(await told(device), [":alice CALL RING alice"]);
  assertEquals(await says(phone, "CALL JOIN Alice :audio,video"), [
    ":Tea.local CALL MEMBER alice alice audio",
    ":Tea.local CALL MEMBER alice bob audio,video",
    ":Tea.local CALL MODE alice mesh",
  ]);
  assertEquals(await told(bob), [":bob CALL ANSWERED alice"]);
  assertEquals(await told(alice), [":bob CALL JOIN bob audio,video"]);
  assertEquals(await says(alice, "CALL STATE bob :audio,muted"), [":alice CALL STATE bob audio,muted"]);
  assertEquals(await told(phone), [":alice CALL STATE alice audio,muted"]);
  assertEquals(await told(bob), []);
  assertMatch((await says(bob, "CALL PART alice"))[0], / FAIL CALL NOT_IN_CALL PART alice /);
  // They share no channel, and are told of each other's nicks all the same.
  assertEquals(await says(alice, "NICK ann"), [":alice NICK ann"]);
  assertEquals(await told(phone), [":alice NICK ann"]);
  await says(phone, "CALL PART ann");
  assertEquals(await told(alice), [":bob CALL PART bob"]);
  assertEquals(room.chat.calls!.size, 0);
  assertMatch((await says(alice, "CALL PART bob"))[0], / FAIL CALL NOT_IN_CALL PART bob /);
});

Deno.test("a call rings on a device that comes meanwhile as well, and can be taken there", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  const terminal = await caller(room, "bob", "#milk");
  await says(alice, "CALL JOIN bob :audio");
  const page = await room.another("bob", { caps: CAPS });
  assertEquals(await told(page), [":alice CALL RING alice"]);
  const plain = await room.another("bob");
  assertEquals(await told(plain), []);
  await says(page, "CALL JOIN alice :audio");
  assertEquals(await told(terminal), [":alice CALL RING alice", ":bob CALL ANSWERED alice"]);
  // It rings no more, and nobody is called who has called themselves.
  for (const nick of ["bob", "alice"]) {
    assertEquals(await told(await room.another(nick, { caps: CAPS })), []);
  }
});

Deno.test("a call that rings is declined on one device, given up, or nobody answers it", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob", "#milk")];
  const phone = await room.another("bob", { caps: CAPS });
  const ring = async () => {
    await says(alice, "CALL JOIN bob :audio");
    for (const device of [bob, phone]) assertEquals((await told(device)).at(-1), ":alice CALL RING alice");
  };
  await ring();
  assertEquals(await says(bob, "CALL DECLINE alice"), []);
  assertEquals(await told(phone), [":bob CALL ANSWERED alice"]);
  assertEquals(await told(alice), [":bob CALL PART bob declined"]);
  await ring();
  assertEquals(await says(alice, "CALL PART bob :never mind"), []);
  for (const device of [bob, phone]) assertEquals(await told(device), [":alice CALL PART alice :never mind"]);
  await ring();
  await later(room, CALL_TIMES.ringing - 1);
  assertEquals(await told(bob), []);
  await later(room, 1);
  for (const device of [bob, phone]) assertEquals(await told(device), [":alice CALL PART alice :no answer"]);
  assertEquals(await told(alice), [":bob CALL PART bob :no answer"]);
  await ring();
  await bob.send("QUIT");
  await phone.send("QUIT");
  await bob.rest();
  await phone.rest();
  assertEquals(await told(alice), [":bob CALL PART bob gone"]);
  assertEquals(room.chat.calls!.size, 0);
});

Deno.test("two who call each other at once are in one call", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  await says(alice, "CALL JOIN bob :audio");
  await says(bob, "CALL JOIN alice :audio");
  assertEquals(await told(alice), [":bob CALL JOIN bob audio"]);
  assertEquals(room.chat.calls!.size, 1);
});

Deno.test("nobody is called at full speed", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  let refused = 0;
  for (let i = 0; i < 12; i++) {
    room.now += 1000;
    const lines = await says(alice, "CALL JOIN bob :audio", "CALL PART bob");
    if (lines.some((line) => / FAIL CALL BUSY JOIN bob /.test(line))) refused++;
  }
  assertEquals((await told(bob)).filter((line) => / RING /.test(line)).length, 12 - refused);
  assertEquals(refused > 3, true);
});

Deno.test("nobody at one address keeps those at others from calling somebody", async () => {
  await using room = open();
  const [bob, carol] = [await caller(room, "bob"), await caller(room, "carol")];
  const persons = [];
  for (const nick of ["mallory", "mallet", "malvina", "maleficent", "malbec"]) persons.push(await caller(room, nick));
  const from = (nick: string, address: string) =>
    Object.assign(room.chat.find(nick)!, { address }).sessions.forEach((one) => Object.assign(one, { address }));
  for (const { nick } of persons) from(nick, "192.0.2.1");
  from("carol", "192.0.2.2");
  // Those who ring without an end, and those who begin anew all the time.
  for (const lines of [["CALL JOIN bob :audio"], ["CALL JOIN bob :audio", "CALL PART bob"]]) {
    for (let second = 0; second < 20; second++) {
      room.now += 1_000;
      for (const person of persons) await person.send(...lines);
      for (const person of persons) await told(person);
    }
    await told(bob);
    assertEquals((await says(carol, "CALL JOIN bob :audio")).filter((line) => / FAIL /.test(line)), []);
    assertEquals((await told(bob)).filter((line) => / RING /.test(line)), [":carol CALL RING carol"]);
    await says(carol, "CALL PART bob");
    for (const person of persons) await says(person, "CALL PART bob");
    room.now += 60_000;
  }
});

Deno.test("whose connection is lost keeps the place for half a minute, and takes it again by the same device", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  const bob = await caller(room, "bob");
  // As somebody who has come by a device.
  const identify = () => void (room.chat.find("bob")!.guestIdentity = "device:b0b");
  identify();
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await told(alice);
  await bob[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  assertEquals(await told(alice), []);
  assertEquals((await says(alice, "CALL LIST #tea"))[1], ":Tea.local CALL MEMBER #tea bob audio");
  // A signal to whoever is away for a moment is dropped.
  assertEquals(await says(alice, "@+teahouse.chat/rtc=x TAGMSG bob"), []);
  const again = await caller(room, "bob", "");
  identify();
  await again.send("JOIN #tea");
  await again.everything();
  assertEquals(await says(again, "CALL JOIN #tea :audio,muted"), [
    ":Tea.local CALL MEMBER #tea alice audio",
    ":Tea.local CALL MEMBER #tea bob audio,muted",
    ":Tea.local CALL MODE #tea mesh",
  ]);
  assertEquals(await told(alice), [":bob CALL JOIN #tea audio,muted"]);
  // The second time nobody comes back.
  await again[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  await later(room, CALL_TIMES.lost - 1);
  assertEquals(await told(alice), []);
  await later(room, 1);
  assertEquals(await told(alice), [":bob CALL PART #tea :connection lost"]);
  assertEquals((await says(alice, "CALL LIST #tea")).length, 2);
});

Deno.test("a place that is kept gives way to whoever has the nick by then", async () => {
  await using room = open();
  const alice = await caller(room, "alice");
  const bob = await caller(room, "bob");
  room.chat.find("bob")!.guestIdentity = "device:b0b";
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await told(alice);
  await bob[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  const other = await caller(room, "bob");
  await says(other, "CALL JOIN #tea :video");
  assertEquals(await told(alice), [":bob CALL PART #tea", ":bob CALL JOIN #tea video"]);
});

Deno.test("a call between two goes on when one comes back after a lost connection, as whoever they are then", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  const identify = (nick: string) => void (room.chat.find(nick)!.guestIdentity = "device:b0b");
  identify("bob");
  await says(alice, "CALL JOIN bob :audio");
  await says(bob, "CALL JOIN alice :audio");
  await told(alice);
  await bob[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  const again = await caller(room, "robert");
  identify("robert");
  assertEquals((await says(again, "CALL JOIN alice :audio")).at(0), ":Tea.local CALL MEMBER alice alice audio");
  assertEquals(await told(alice), [":bob CALL PART bob", ":robert CALL JOIN robert audio"]);
  await says(again, "CALL PART alice");
  assertEquals(await told(alice), [":robert CALL PART robert"]);
  assertEquals(room.chat.calls!.size, 0);
});

Deno.test("a call that another device of the same person takes over is told to the first", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  const phone = await room.another("bob", { caps: CAPS });
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await told(alice);
  await told(phone);
  assertEquals((await says(phone, "CALL JOIN #tea :audio")).length, 3);
  assertEquals(await told(bob), [":bob CALL ANSWERED #tea", ":bob CALL JOIN #tea audio"]);
  assertEquals(await told(alice), [":bob CALL JOIN #tea audio"]);
  assertMatch((await says(bob, "CALL STATE #tea :audio"))[0], / FAIL CALL NOT_IN_CALL STATE #tea /);
  await says(alice, "@+teahouse.chat/rtc=offer TAGMSG bob");
  assertEquals(await told(bob), []);
  assertEquals((await phone.everything()).length, 1);
});

Deno.test("a call goes on under a channel's other name, and under a person's", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await alice.send("RENAME #tea #coffee");
  await alice.everything();
  await says(bob, "NICK robert");
  await told(alice);
  assertEquals(await says(bob, "CALL STATE #coffee :muted"), [":robert CALL STATE #coffee muted"]);
  assertEquals(await says(alice, "CALL LIST #coffee"), [
    ":robert CALL STATE #coffee muted",
    ":Tea.local CALL MEMBER #coffee alice audio",
    ":Tea.local CALL MEMBER #coffee robert muted",
    ":Tea.local CALL MODE #coffee mesh",
  ]);
});

Deno.test("a signal goes to the connection in the call alone, and nobody else's does", async () => {
  await using room = open();
  const [alice, bob, carol] = [await caller(room, "alice"), await caller(room, "bob"), await caller(room, "carol")];
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  for (const person of [alice, bob, carol]) await told(person);
  assertEquals(await says(alice, "@+teahouse.chat/rtc=abc_-9;+typing=active TAGMSG BOB"), []);
  assertEquals((await bob.everything()).map((line) => line.replace(/!\S+/, "")), [
    "@+teahouse.chat/rtc=abc_-9 :alice TAGMSG bob",
  ]);
  const refused = async (person: Person, line: string, code: string) =>
    assertEquals((await says(person, line)).map((one) => one.split(" ").slice(3, 5).join(" ")), [code]);
  await refused(carol, "@+teahouse.chat/rtc=abc TAGMSG bob", "NOT_IN_CALL SIGNAL");
  await refused(alice, "@+teahouse.chat/rtc=abc TAGMSG carol", "NOT_IN_CALL SIGNAL");
  await refused(alice, "@+teahouse.chat/rtc=abc TAGMSG alice", "NOT_IN_CALL SIGNAL");
  await refused(alice, "@+teahouse.chat/rtc=abc TAGMSG #tea", "NOT_IN_CALL SIGNAL");
  await refused(alice, "@+teahouse.chat/rtc=abc TAGMSG bob,bob", "NOT_IN_CALL SIGNAL");
  for (const odd of ["", "a b", "\\r\\nQUIT", "é", "\x01"]) {
    await refused(alice, `@+teahouse.chat/rtc=${odd.replaceAll(" ", "\\s")} TAGMSG bob`, "INVALID_SIGNAL SIGNAL");
  }
  // Said with a text, it is passed on to nobody.
  await alice.send("@+teahouse.chat/rtc=abc;+x=1 PRIVMSG #tea :hello");
  await alice.everything();
  assertMatch((await bob.everything()).join("\n"), /^@msgid=\w+;\+x=1 :alice!\S+ PRIVMSG #tea :hello$/);
  await carol.everything();
});

Deno.test("who is killed or banned from the server is out of the call at once; without an account no place is kept", async () => {
  const store = new Store(":memory:");
  const history = new History(store);
  const options = { calls: {}, store, history, accounts: quickAccounts(store) };
  {
    await using room = new Room({ operators: new Map([["root", "lapsang"]]) }, {}, options);
    const alice = await caller(room, "alice");
    await says(alice, "OPER root lapsang");
    const people: Person[] = [];
    for (const nick of ["bob", "carol", "dave"]) people.push(await caller(room, nick));
    const [bob, carol, dave] = people;
    await says(carol, "REGISTER * * oolong-tea");
    await says(dave, "REGISTER * * sencha-tea");
    for (const person of people) await says(person, "CALL JOIN #tea :audio");
    await told(alice);
    await alice.send("KILL bob :enough");
    assertEquals(await told(alice), [":bob CALL PART #tea"]);
    await bob.rest();
    // By the account, since all come from one address.
    await alice.send("GLINE carol 1h :enough");
    assertEquals((await told(alice)).filter((line) => / CALL /.test(line)), [":carol CALL PART #tea"]);
    await carol.rest();
    // Whoever removes their account goes on as a guest, whom nobody could know again.
    await says(dave, "DROP dave");
    assertEquals(await told(alice), []);
    assertEquals((await says(alice, "CALL LIST #tea"))[0], ":Tea.local CALL MEMBER #tea dave audio");
    await dave[Symbol.asyncDispose]();
    await alice.sees(/^:dave!\S+ CALL PART #tea$/);
    assertEquals(room.chat.calls!.size, 0);
  }
  history.close();
  await store.close();
});

Deno.test("with a channel ends its call, and the places that are kept in it", async () => {
  await using room = open();
  const [alice, bob] = [await caller(room, "alice"), await caller(room, "bob")];
  room.chat.find("bob")!.guestIdentity = "device:b0b";
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio");
  await bob[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  assertEquals(room.chat.calls!.all()[0].participants.size, 2);
  assertEquals(await says(alice, "PART #tea"), [":alice CALL PART #tea"]);
  assertEquals(room.chat.calls!.size, 0);
});

Deno.test("what a person changes in calls is told five times a second at most", async () => {
  await using room = open();
  await caller(room, "alice");
  const { calls } = room.chat;
  const alice = room.chat.find("alice")!;
  const waits = () => Array.from({ length: 7 }, () => Math.round(calls!.countChange(alice)));
  assertEquals(waits(), [0, 0, 0, 0, 0, 200, 400]);
  // They come after those two.
  room.now += 1000;
  assertEquals(waits(), [0, 0, 0, 200, 400, 600, 800]);
});
