/** MUTE and BAN: what they hold against, what those whom they concern are told, and how they end. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { logOut } from "../room/logins.ts";
import { addStamps } from "../room/restrictions.ts";
import { KeptChannels } from "../store/channels.ts";
import { Store } from "../store/store.ts";
import { KeptSecrets, type Person, quickAccounts, Room, sessionOf } from "../testing.ts";

const HOST = "127.0.0.1";
const MINUTE = 60_000;

/** By what masks name the devices of people here: 12 letters or digits each. */
const STAMP = { bob: "b0b000000001", carol: "ca7010000001" } as const;

/** A room with accounts whose channels are kept. */
async function withAccounts(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  {
    const parts = { accounts: quickAccounts(store), keptChannels: new KeptChannels(store) };
    await using room = new Room({}, {}, parts);
    await test(room, store);
  }
  await store.close();
}

/** Has somebody who is in the room come by a device. */
function byDevice(room: Room, nick: string, stamp: string): void {
  addStamps(room.chat.find(nick)!, [stamp]);
}

/** Has somebody who is in the room come from another address, as if by the network. */
function from(room: Room, nick: string, address: string): void {
  const person = room.chat.find(nick)!;
  person.comeFrom(address);
  room.chat.setSource(person, { host: address });
}

/** What somebody is told without what they have sent for, but for what is told of others coming and going. */
async function told(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await person.everything();
}

/** Says a word in #tea. @returns The refusal, if it is refused. */
async function refusal(person: Person, word = "hello"): Promise<string | undefined> {
  return (await told(person, `PRIVMSG #tea :${word}`)).find((line) => / 404 /.test(line));
}

async function logsIn(person: Person, name: string, password = "opensesame"): Promise<void> {
  await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN");
  await person.sees("AUTHENTICATE +");
  await person.send(`AUTHENTICATE ${Buffer.from(`\0${name}\0${password}`).toString("base64")}`);
  await person.sees(/ 903 /);
  await person.everything();
}

/** Logs somebody out who is in the room. */
async function logsOut(room: Room, nick: string): Promise<void> {
  await logOut(room.chat, room.chat.find(nick)!.account!, sessionOf(room.chat, nick));
  assertEquals(room.chat.find(nick)?.account, undefined);
}

const CAPS = "standard-replies message-tags";

Deno.test("MUTE tells the person at once by whom, until when and why, and the operator for what it holds", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea", caps: CAPS });
  const bob = await room.person("bob", { join: "#tea", caps: CAPS });
  const irssi = await room.person("carol", { join: "#tea" });
  byDevice(room, "bob", STAMP.bob);
  byDevice(room, "carol", STAMP.carol);
  await alice.everything();
  assertEquals(await told(alice, "MUTE #tea BOB 10m :too loud"), [
    `:alice!alice@${HOST} MODE #tea +b ~t:10:~m:~d:${STAMP.bob}/bob`,
    ":Tea.local NOTE MUTE MUTED #tea bob 2026-01-01T12:10:00.000Z device " +
    ":bob cannot talk in #tea until 12:10 UTC: this holds for their device",
  ]);
  assertEquals((await bob.everything()).slice(-2), [
    `:alice!alice@${HOST} MODE #tea +b ~t:10:~m:~d:${STAMP.bob}/bob`,
    ":Tea.local NOTE MUTE YOU_ARE_MUTED #tea alice 2026-01-01T12:10:00.000Z " +
    ":alice muted you in #tea until 12:10 UTC: too loud",
  ]);
  assertEquals(
    await refusal(bob),
    ":Tea.local 404 bob #tea :Cannot send to channel (+b: alice muted you until 12:10 UTC: too loud)",
  );
  // A client that knows no standard replies is told by a NOTICE; what lasts longer than a day is told with the day.
  await alice.send("MUTE #tea carol 1d12h");
  await irssi.sees(":Tea.local NOTICE carol :alice muted you in #tea until 2026-01-03 00:00 UTC");
  // For ever, and with no reason.
  await alice.send("UNMUTE #tea carol", "MUTE #tea carol");
  await irssi.sees(":Tea.local NOTICE carol :alice lets you talk in #tea again");
  await irssi.sees(":Tea.local NOTICE carol :alice muted you in #tea");
});

Deno.test("A muted guest stays muted under another nick, after leaving and coming back, and by another connection", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea", caps: CAPS });
  byDevice(room, "bob", STAMP.bob);
  await alice.send("MUTE #tea bob 10m :too loud");
  await bob.sees(/ NOTE MUTE YOU_ARE_MUTED /);
  assertMatch((await told(bob, "NICK robert"))[0], / 435 bob robert #tea :/);
  // Out of the channel the nick is theirs to change, and does not help.
  const back = await told(bob, "PART #tea", "NICK robert", "JOIN #tea");
  assertMatch(
    back.at(-1)!,
    /^:Tea\.local NOTE MUTE YOU_ARE_MUTED #tea alice 2026-01-01T12:10:00\.000Z :alice muted you /,
  );
  assertMatch((await refusal(bob))!, / alice muted you until 12:10 UTC: too loud\)$/);
  // Reload, another tab, another client on the same device: a connection that comes by the same stamp.
  await bob.send("QUIT");
  await bob.rest();
  const again = await room.person("bobby");
  byDevice(room, "bobby", STAMP.bob);
  await again.send("JOIN #tea");
  await again.sees(":Tea.local NOTICE bobby :alice muted you in #tea until 12:10 UTC: too loud");
  assert(await refusal(again));
  // Somebody else at the same address is not.
  const carol = await room.person("carol", { join: "#tea" });
  assertEquals(await refusal(carol), undefined);
});

Deno.test("A further session of a muted person is muted, and told so", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  byDevice(room, "bob", STAMP.bob);
  await told(alice, "MUTE #tea bob 10m :too loud");
  await bob.everything();
  const tab = await room.another("bob", { caps: CAPS });
  await tab.sees(/ NOTE MUTE YOU_ARE_MUTED #tea alice /);
  assert(await refusal(tab));
  await alice.send("UNMUTE #tea bob");
  await tab.sees(":Tea.local NOTE UNMUTE YOU_MAY_TALK #tea alice :alice lets you talk in #tea again");
  await bob.sees(":Tea.local NOTICE bob :alice lets you talk in #tea again");
  assertEquals(await refusal(tab), undefined);
});

Deno.test("A person who comes by a muted device while they talk is muted with it", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await told(alice, `MODE #tea +b ~m:~d:${STAMP.bob}`);
  assertEquals(await refusal(bob), undefined);
  byDevice(room, "bob", STAMP.bob);
  assert(await refusal(bob));
});

Deno.test("An account that is made or logged in to does not help a muted guest, nor does logging out a muted account", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    byDevice(room, "bob", STAMP.bob);
    await told(alice, "MUTE #tea bob");
    await told(bob, "REGISTER * * opensesame");
    assert(await refusal(bob));
    await told(alice, "UNMUTE #tea bob");
    assertEquals(await refusal(bob), undefined);
    const lines = await told(alice, "MUTE #tea bob 10m");
    assertEquals(
      lines.at(-2),
      `:alice!alice@${HOST} MODE #tea +bb ~t:10:~m:~a:bob ~t:10:~m:~d:${STAMP.bob}/bob`,
    );
    assertMatch(lines.at(-1)!, / account,device :.*: this holds for the account bob, and for their device$/);
    // By the account from another device.
    const phone = await room.person("phone");
    await logsIn(phone, "bob");
    await phone.send("JOIN #tea");
    assert(await refusal(phone));
    // By the device without the account.
    await logsOut(room, "bob");
    assert(await refusal(bob));
    // Without either, they are somebody else to all that is known.
    const carol = await room.person("carol", { join: "#tea" });
    assertEquals(await refusal(carol), undefined);
  }));

Deno.test("Removing a muted account takes its entry, and the one of the device stays", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    byDevice(room, "bob", STAMP.bob);
    await told(bob, "REGISTER * * opensesame");
    await told(alice, "MUTE #tea bob");
    await bob.send("DROP bob opensesame");
    await alice.sees(`:Tea.local MODE #tea -b ~m:~a:bob`);
    assert(await refusal(bob));
  }));

Deno.test("Somebody without a device is named by their address, where nobody else comes from there", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  from(room, "bob", "10.0.0.7");
  const lines = await told(alice, "MUTE #tea bob 10m");
  assertEquals(
    lines.at(-1),
    `:Tea.local NOTE MUTE MUTED #tea bob 2026-01-01T12:10:00.000Z address ` +
      ":bob cannot talk in #tea until 12:10 UTC: this holds for everybody at 10.0.0.7",
  );
  assert(await refusal(bob));
  const again = await room.person("robert");
  from(room, "robert", "10.0.0.7");
  await again.send("JOIN #tea");
  assert(await refusal(again));
});

Deno.test("An IPv6 address stands for its /64, in which one machine has as many as it likes", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea", caps: CAPS });
  const bob = await room.person("bob", { join: "#tea" });
  from(room, "bob", "2001:db8::7");
  assertEquals((await told(alice, "MUTE #tea bob 10m")).slice(-2), [
    `:alice!alice@${HOST} MODE #tea +b ~t:10:~m:*!*@2001:db8::/64`,
    ":Tea.local NOTE MUTE MUTED #tea bob 2026-01-01T12:10:00.000Z address " +
    ":bob cannot talk in #tea until 12:10 UTC: this holds for everybody at 2001:db8::/64",
  ]);
  assert(await refusal(bob));
  await bob.send("QUIT");
  await bob.rest();
  // Another address of the same machine, in which the zeros stand elsewhere; and one of its neighbour's.
  const robert = await room.person("robert");
  from(room, "robert", "2001:db8:0:0:a:b:c:d");
  await told(robert, "JOIN #tea");
  assertMatch((await refusal(robert))!, /alice muted you until 12:10 UTC/);
  const carol = await room.person("carol");
  from(room, "carol", "2001:db8:0:1::7");
  await told(carol, "JOIN #tea");
  assertEquals(await refusal(carol), undefined);
  await alice.everything();
  assertMatch((await told(alice, "UNMUTE #tea robert"))[0], / MODE #tea -b ~t:10:~m:\*!\*@2001:db8::\/64$/);
  assertEquals(await refusal(robert), undefined);
  // By the address itself, in whatever spelling; and as a mask of a plain client's.
  await told(alice, "BAN #tea 2001:DB8:0:0:0:0:0:1 1h");
  assertMatch((await told(robert, "PART #tea", "JOIN #tea")).at(-1)!, / 474 robert #tea /);
  await alice.everything();
  assertMatch((await told(alice, "UNBAN #tea 2001:db8::5"))[0], / MODE #tea -b ~t:60:\*!\*@2001:db8::\/64$/);
  await told(alice, "MODE #tea +b *!*@2001:0DB8::/64");
  assertMatch((await told(robert, "JOIN #tea")).at(-1)!, / 474 robert #tea /);
  assertEquals(await refusal(carol), undefined);
  // Two who come from one /64 share it: neither of them is meant by it alone.
  await room.person("dave", { join: "#tea" });
  from(room, "dave", "2001:db8:0:1::8");
  assertMatch((await told(alice, "MUTE #tea dave")).at(-1)!, / connection,nick :/);
  assertEquals(await refusal(carol), undefined);
});

Deno.test("Where an address is shared, only the nick there and the one stay are named: others go on talking", async () => {
  const gateways = { has: (address: string) => address === "10.9.9.9" };
  await using room = new Room({}, { gateways });
  const alice = await room.person("alice", { join: "#tea" });
  // This machine; a gateway that does not say for whom it connects; an address of several.
  for (const [nick, address] of [["bob", HOST], ["dave", "10.9.9.9"], ["erin", "10.0.0.8"]]) {
    const person = await room.person(nick, { join: "#tea" });
    const other = await room.person(`${nick}2`, { join: "#tea" });
    from(room, nick, address);
    if (address !== "10.9.9.9") from(room, `${nick}2`, address);
    const lines = await told(alice, `MUTE #tea ${nick}`);
    assertMatch(lines.at(-2)!, new RegExp(`MODE #tea \\+bb ~m:~d:[\\da-z]{12}/${nick} ~m:${nick}!\\*@${address}$`));
    assertMatch(lines.at(-1)!, / connection,nick :/);
    assert(await refusal(person), nick);
    assertEquals(await refusal(other), undefined, nick);
    // As long as the connection lasts, another nick does not help.
    await told(person, "PART #tea", `NICK ${nick}3`, "JOIN #tea");
    assert(await refusal(person), nick);
    await person.send("QUIT");
    await person.rest();
    const back = await room.person(nick);
    from(room, nick, address);
    await told(back, "JOIN #tea");
    assert(await refusal(back), nick);
  }
});

Deno.test("BAN puts a person out with all their sessions and logins, tells them why, and keeps them out", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea", caps: CAPS });
    const bob = await room.person("bob", { join: "#tea", caps: CAPS });
    byDevice(room, "bob", STAMP.bob);
    await told(bob, "REGISTER * * opensesame");
    const phone = await room.person("phone");
    byDevice(room, "phone", STAMP.carol);
    await logsIn(phone, "bob");
    await told(phone, "JOIN #tea");
    await told(bob);
    await alice.everything();
    const lines = await told(alice, "BAN #tea bob 1h :spam");
    assertEquals(lines, [
      `:alice!alice@${HOST} MODE #tea +bbb ~t:60:~a:bob ~t:60:~d:${STAMP.bob}/bob ~t:60:~d:${STAMP.carol}/bob`,
      `:alice!alice@${HOST} KICK #tea bob :Banned until 13:00 UTC: spam`,
      ":Tea.local NOTE BAN BANNED #tea bob 2026-01-01T13:00:00.000Z account,device " +
      ":bob is banned from #tea until 13:00 UTC: this holds for the account bob, and for their device",
      `:alice!alice@${HOST} KICK #tea phone :Banned until 13:00 UTC: spam`,
    ]);
    assertEquals((await bob.everything()).slice(-3), [
      `:alice!alice@${HOST} MODE #tea +bbb ~t:60:~a:bob ~t:60:~d:${STAMP.bob}/bob ~t:60:~d:${STAMP.carol}/bob`,
      `:alice!alice@${HOST} KICK #tea bob :Banned until 13:00 UTC: spam`,
      ":Tea.local NOTE BAN YOU_ARE_BANNED #tea alice 2026-01-01T13:00:00.000Z " +
      ":alice banned you from #tea until 13:00 UTC: spam",
    ]);
    await logsOut(room, "bob");
    assertEquals(await told(bob, "NICK robert", "JOIN #tea").then((all) => all.slice(-2)), [
      ":Tea.local NOTE BAN YOU_ARE_BANNED #tea alice 2026-01-01T13:00:00.000Z " +
      ":alice banned you from #tea until 13:00 UTC: spam",
      ":Tea.local 474 robert #tea :Cannot join channel (+b: alice banned you until 13:00 UTC: spam)",
    ]);
    assertMatch(
      (await told(phone, "JOIN #tea")).at(-1)!,
      / 474 phone #tea :.*alice banned you until 13:00 UTC: spam\)$/,
    );
    // An operator who invites them is told, though what covers them is the device that nobody sees.
    assertEquals(await told(alice, "INVITE robert #tea"), [
      ":Tea.local FAIL INVITE TARGET_BANNED robert #tea " +
      ":robert is banned there (+b) until 13:00 UTC and could not come in: lift the ban, or set an exception (+e)",
    ]);
    // When it is lifted they are told, and come in.
    await alice.send("UNBAN #tea robert");
    await bob.sees(":Tea.local NOTE UNBAN YOU_MAY_COME #tea alice :alice lets you come into #tea again");
    await bob.send("JOIN #tea");
    await bob.sees(/ JOIN #tea/);
  }));

Deno.test("What a member who is no operator is told of a ban by inviting depends on nothing that is hidden", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  const bob = await room.person("bob");
  byDevice(room, "bob", STAMP.bob);
  await told(alice, `MODE #tea +b ~d:${STAMP.bob}`);
  assertEquals((await told(carol, "INVITE bob #tea")).at(-1), ":Tea.local 341 carol bob #tea");
  assertMatch((await told(bob, "JOIN #tea")).at(-1)!, / 474 bob #tea /);
  assertMatch((await told(alice, "INVITE bob #tea")).at(-1)!, / FAIL INVITE TARGET_BANNED bob #tea /);
});

Deno.test("What is typed by somebody who is muted is told to nobody, and is no fault; what they read is noted", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea", caps: CAPS });
  const bob = await room.person("bob", { join: "#tea", caps: `${CAPS} labeled-response batch` });
  byDevice(room, "bob", STAMP.bob);
  await told(alice, "MUTE #tea bob");
  await bob.everything();
  assertEquals(await told(bob, "@+typing=active TAGMSG #tea", "@label=x;+typing=done TAGMSG #tea"), [
    "@label=x :Tea.local ACK",
  ]);
  // A reaction is something that others would read.
  assertMatch((await told(bob, "@+draft/react=x;+draft/reply=y TAGMSG #tea"))[0], / 404 bob #tea /);
  assertEquals(await alice.everything(), []);
});

Deno.test("UNMUTE finds an entry by the nick for which it was set, also if the person is gone or is called otherwise now", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea", caps: CAPS });
  const bob = await room.person("bob", { join: "#tea" });
  byDevice(room, "bob", STAMP.bob);
  // Gone.
  await told(alice, "MUTE #tea bob");
  await bob.send("QUIT");
  await alice.sees(/ QUIT /);
  assertEquals(await told(alice, "UNMUTE #tea bob"), [
    `:alice!alice@${HOST} MODE #tea -b ~m:~d:${STAMP.bob}/bob`,
    ":Tea.local NOTE UNMUTE UNMUTED #tea bob :bob can talk in #tea again",
  ]);
  // Gone before they were muted: what is remembered of them names them.
  assertMatch((await told(alice, "MUTE #tea bob"))[0], / MODE #tea \+b ~m:~d:b0b000000001\/bob$/);
  // Back under another nick, by which they are found as well.
  const robert = await room.person("robert");
  byDevice(room, "robert", STAMP.bob);
  await robert.send("JOIN #tea");
  await alice.sees(/ JOIN #tea/);
  assertMatch((await told(alice, "UNMUTE #tea robert"))[0], / MODE #tea -b ~m:~d:b0b000000001\/bob$/);
  assertEquals(await told(alice, "UNMUTE #tea robert"), [
    ":Tea.local FAIL UNMUTE NOT_MUTED #tea robert :No mute in #tea is for robert; MUTE #tea lists them",
  ]);
  // What covers others as well is not lifted for one, and the operator is told of it.
  await told(alice, "MUTE #tea robert", "MUTE #tea ro*!*@*");
  assertEquals((await told(alice, "UNMUTE #tea robert")).slice(-1), [
    ":Tea.local WARN UNMUTE STILL_COVERED #tea robert ~m:ro*!*@* :robert is still muted by ~m:ro*!*@*",
  ]);
});

Deno.test("Somebody of whom nothing is known is named by the nick, and by the account of that name if there is one", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const [mode, note] = await told(alice, "BAN #tea mallory");
    assertMatch(mode, / MODE #tea \+b mallory!\*@\*$/);
    assertMatch(note, / NOTE BAN BANNED #tea mallory \* name :.* whoever has the nick mallory, which nobody here has/);
    const dave = await room.person("dave");
    await told(dave, "REGISTER * * opensesame");
    await told(dave, "NICK david");
    assertMatch((await told(alice, "BAN #tea 10.0.0.7 1h"))[0], / MODE #tea \+b ~t:60:\*!\*@10\.0\.0\.7$/);
    assertMatch((await told(alice, "BAN #tea ~a:dave"))[0], / MODE #tea \+b ~a:dave$/);
    assertMatch((await told(alice, "UNBAN #tea 10.0.0.7"))[0], / MODE #tea -b ~t:60:\*!\*@10\.0\.0\.7$/);
    assertMatch((await told(alice, "UNBAN #tea ~a:dave"))[0], / MODE #tea -b ~a:dave$/);
  }));

Deno.test("MUTE refuses what makes no sense, and says why", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await told(alice, "MODE #tea +o carol");
  const table = [
    ["MUTE #tea bob 10x", "FAIL MUTE INVALID_TIME #tea 10x :"],
    ["MUTE #tea bob 366d", "FAIL MUTE INVALID_TIME #tea 366d :"],
    ["MUTE #tea ~d:* 10m", "FAIL MUTE INVALID_MASK #tea ~d:* :"],
    ["MUTE #tea ~x:bob", "FAIL MUTE INVALID_MASK #tea ~x:bob :"],
    ["MUTE #tea alice", "FAIL MUTE NOT_YOURSELF #tea alice :"],
    ["BAN #tea *!*@*", "FAIL BAN NOT_YOURSELF #tea *!*@* :"],
    ["MUTE #tea carol", "FAIL MUTE IS_OPERATOR #tea carol :"],
    ["UNBAN #tea bob", "FAIL UNBAN NOT_BANNED #tea bob :"],
    ["MUTE #none bob", "403 alice #none :"],
  ];
  await alice.everything();
  for (const [line, answer] of table) {
    const [first] = await told(alice, line);
    assert(first.startsWith(`:Tea.local ${answer}`), first);
  }
  for (const line of ["MUTE #tea alice", "UNMUTE #tea alice", "BAN #tea alice", "UNBAN #tea alice"]) {
    assertEquals((await told(bob, line)).slice(-1), [":Tea.local 482 bob #tea :You're not channel operator"]);
  }
  await carol.everything();
  // No more than the list holds, and nothing of what does not fit.
  await told(alice, ...Array.from({ length: 100 }, (_, i) => `BAN #tea nobody${i}`));
  assertMatch((await told(alice, "BAN #tea bob"))[0], / 478 alice #tea b :/);
  assert((await told(bob, "PRIVMSG #tea :hello")).every((line) => !/ 404 /.test(line)));
});

Deno.test("Voice is taken from a person who is muted, since it would let them talk", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  byDevice(room, "bob", STAMP.bob);
  await told(alice, "MODE #tea +v bob");
  assertMatch((await told(alice, "MUTE #tea bob"))[0], / MODE #tea \+b-v ~m:~d:b0b000000001\/bob bob$/);
  assert(await refusal(bob));
});

Deno.test("A mute ends with its time, which the person is told", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea", caps: CAPS });
  byDevice(room, "bob", STAMP.bob);
  await told(alice, "MUTE #tea bob 10m");
  await bob.everything();
  room.now += 10 * MINUTE - 1;
  room.chat.expire();
  assert(await refusal(bob));
  room.now += 1;
  room.chat.expire();
  assertEquals(await bob.everything(), [
    `:Tea.local MODE #tea -b ~t:10:~m:~d:${STAMP.bob}/bob`,
    ":Tea.local NOTE UNMUTE YOU_MAY_TALK #tea * :You may talk in #tea again",
  ]);
  assertEquals(await refusal(bob), undefined);
});

Deno.test("Whoever is muted by MODE is told as well, and when nothing covers them any more", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea", caps: CAPS });
  const carol = await room.person("carol", { join: "#tea", caps: CAPS });
  await told(alice, "MODE #tea +bb ~m:bob ~t:10:~m:b*!*@*");
  assertEquals((await bob.everything()).slice(-1), [
    ":Tea.local NOTE MUTE YOU_ARE_MUTED #tea alice * :alice muted you in #tea",
  ]);
  await told(alice, "MODE #tea -b ~m:bob");
  assertEquals((await bob.everything()).slice(-1), [`:alice!alice@${HOST} MODE #tea -b ~m:bob!*@*`]);
  await told(alice, "MODE #tea -b ~m:b*!*@*");
  assertEquals((await bob.everything()).slice(-1), [
    ":Tea.local NOTE UNMUTE YOU_MAY_TALK #tea alice :alice lets you talk in #tea again",
  ]);
  assertEquals((await carol.everything()).filter((line) => line.includes("NOTE")), []);
});

Deno.test("The list tells who is banned or muted, by whom, until when and, to operators, why", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  byDevice(room, "bob", STAMP.bob);
  await told(alice, "MUTE #tea bob 10m :too loud", "MODE #tea +b mallory");
  await bob.everything();
  const lines = (why: string) => [
    `:Tea.local NOTE BAN LISTED #tea mute bob ~t:10:~m:~d:${STAMP.bob}/bob alice 2026-01-01T12:00:00.000Z ` +
    `2026-01-01T12:10:00.000Z :bob is muted until 12:10 UTC by alice${why}`,
    ":Tea.local NOTE BAN LISTED #tea ban * mallory!*@* alice 2026-01-01T12:00:00.000Z * :mallory!*@* is banned by alice",
    ":Tea.local NOTE BAN END_OF_LIST #tea :These are all who are banned or muted in #tea",
  ];
  assertEquals(await told(alice, "BAN #tea"), lines(": too loud"));
  assertEquals(await told(bob, "BAN #tea"), lines(""));
});

Deno.test("A mute with its nick and its reason outlives a restart, and ends at its time", async () => {
  const folder = await Deno.makeTempDir();
  const open = async (now: number, test: (room: Room) => Promise<void>) => {
    const store = new Store(`${folder}/tea.db`);
    {
      await using room = new Room({}, {}, { keptChannels: new KeptChannels(store) });
      room.now = now;
      await test(room);
    }
    await store.close();
  };
  const start = Date.parse("2026-01-01T12:00:00Z");
  await open(start, async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await room.person("bob", { join: "#tea" });
    byDevice(room, "bob", STAMP.bob);
    await told(alice, "MUTE #tea bob 10m :too loud");
  });
  await open(start + 9 * MINUTE, async (room) => {
    const carol = await room.person("carol", { join: "#tea" });
    const robert = await room.person("robert", { caps: CAPS });
    byDevice(room, "robert", STAMP.bob);
    await robert.send("JOIN #tea");
    await robert.sees(/ NOTE MUTE YOU_ARE_MUTED #tea alice .*: too loud$/);
    assert(await refusal(robert));
    await carol.everything();
    assertMatch((await told(carol, "UNMUTE #tea bob"))[0], / MODE #tea -b ~t:10:~m:~d:b0b000000001\/bob$/);
    await told(carol, "MUTE #tea robert 1m");
  });
  await open(start + 10 * MINUTE, async (room) => {
    const bob = await room.person("bob");
    byDevice(room, "bob", STAMP.bob);
    await told(bob, "JOIN #tea");
    assertEquals(await refusal(bob), undefined);
  });
  await Deno.remove(folder, { recursive: true });
});

/** Each client keeps the secret that it was told last. */
const kept = new KeptSecrets();

/** Somebody who comes by a device: by a new one, or by one that is there. */
async function comes(room: Room, nick: string, secret?: string): Promise<{ person: Person; secret: string }> {
  const person = await room.stranger(nick);
  const line = secret === undefined ? "DEVICE NEW :laptop" : `DEVICE RESUME ${kept.of(secret)}`;
  await person.send(`CAP REQ :teahouse.chat/device batch ${CAPS}`, line);
  const made = secret ?? / DEVICE SECRET (\S+)$/.exec(await person.sees(/ DEVICE SECRET /))![1];
  kept.note(made, person);
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END");
  await person.sees(/ (422|376) /);
  await person.everything();
  return { person, secret: made };
}

Deno.test("By a real device: a mute holds for a new nick, a reload, another tab, an account on it and its logout", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const { person: bob, secret } = await comes(room, "bob");
    const { person: carol } = await comes(room, "carol");
    await told(bob, "JOIN #tea");
    await told(carol, "JOIN #tea");
    await alice.everything();
    const [mode] = await told(alice, "MUTE #tea bob 10m :too loud");
    assertMatch(mode, / MODE #tea \+b ~t:10:~m:~d:[\da-f]{12}\/bob$/);
    assert(!mode.includes(secret));
    assert(await refusal(bob));
    assertEquals(await refusal(carol), undefined);
    // Another tab is the same person, and told on coming.
    const { person: tab } = await comes(room, "bob", secret);
    assert(await refusal(tab));
    await tab.send("QUIT");
    await tab.rest();
    // Out, and in again under another nick.
    await bob.send("QUIT");
    await bob.rest();
    const { person: again } = await comes(room, "robert", secret);
    await told(again, "NICK bert", "JOIN #tea");
    assert(await refusal(again));
    // An account that is made on that device, and the guest that is left when it is logged out.
    await told(again, "PART #tea", "NICK newbob", "REGISTER * * opensesame", "JOIN #tea");
    assertEquals(room.chat.find("newbob")?.account, "newbob");
    assert(await refusal(again));
    await told(again, "NS LOGOUT");
    await again.everything();
    assertEquals(room.chat.find("newbob")?.account, undefined);
    await told(again, "JOIN #tea");
    assert(await refusal(again));
    // The guest is another one to all that is private, and the same to the mute.
    await again.send("QUIT");
    await again.rest();
    const { person: last } = await comes(room, "innocent", secret);
    await told(last, "JOIN #tea");
    assert(await refusal(last));
    await alice.everything();
    assertMatch((await told(alice, "UNMUTE #tea innocent"))[0], / MODE #tea -b ~t:10:~m:~d:[\da-f]{12}\/bob$/);
    assertEquals(await refusal(last), undefined);
  }));

Deno.test("By a real device: who is banned with an account is out by every connection of theirs, and does not come back", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const { person: bob, secret } = await comes(room, "bob");
    await told(bob, "REGISTER * * opensesame", "JOIN #tea");
    const { person: tab } = await comes(room, "bob", secret);
    await alice.everything();
    await told(alice, "BAN #tea bob 1h :spam");
    for (const session of [bob, tab]) await session.sees(/ KICK #tea bob :Banned until 13:00 UTC: spam$/);
    assertMatch((await told(tab, "JOIN #tea")).at(-1)!, / 474 bob #tea :.*alice banned you until 13:00 UTC: spam\)$/);
    await told(tab, "NS LOGOUT");
    await tab.everything();
    assertMatch((await told(tab, "JOIN #tea")).at(-1)!, / 474 bob #tea /);
    // A device that has nothing to do with either is somebody else's.
    const { person: carol } = await comes(room, "carol");
    assert((await told(carol, "JOIN #tea")).some((line) => / JOIN /.test(line)));
  }));

Deno.test("By a real device: who joins a person by a muted device of the same account brings the mute", () =>
  withAccounts(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const { person: bob } = await comes(room, "bob");
    await told(bob, "REGISTER * * opensesame", "JOIN #tea");
    const { person: phone, secret } = await comes(room, "phone");
    await told(phone, "NS IDENTIFY bob opensesame");
    await phone.everything();
    const [stamp] = room.chat.find("phone")!.stamps;
    await phone.send("QUIT");
    await phone.rest();
    await told(alice, `MODE #tea +b ~m:~d:${stamp}`);
    assertEquals(await refusal(bob), undefined);
    const { person: again } = await comes(room, "bob", secret);
    assertEquals(room.chat.find("bob")!.sessions.size, 2);
    assert(await refusal(again));
    assert(await refusal(bob));
  }));
