import { assert, assertEquals, assertMatch } from "@std/assert";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { Metadata } from "../store/metadata.ts";
import { Store } from "../store/store.ts";
import { Visits } from "../store/visits.ts";
import { type Person, quickAccounts, Room, sessionOf } from "../testing.ts";
import { MOST_SESSIONS } from "./attaching.ts";
import { channelsOf } from "./channel.ts";
import type { Session } from "./session.ts";

const OPERATORS = new Map([["root", "opensesame"]]);

/** What somebody is told after they have sent some lines. Times and ids are left out. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return (await person.everything()).map(plain);
}

function told(person: Person): Promise<string[]> {
  return asks(person);
}

function plain(line: string): string {
  return line.replace(/\b(?:time|msgid)=[^; ]*;?/g, "").replace(/^@ /, "").replace(/^(@[^ ]*); /, "$1 ");
}

/** A room that keeps everything, for one test. */
async function withKeptRoom(test: (room: Room) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    const options = {
      store,
      history,
      accounts: quickAccounts(store),
      markers: new Markers(store),
      visits: new Visits(store, history.last),
      metadata: new Metadata(store),
    };
    await using room = new Room({}, {}, options);
    await test(room);
    assertEquals(room.log.filter((line) => /Error|cannot/.test(line)), []);
  }
  history.close();
  await store.close();
}

Deno.test("A second session joins the person: it gets the person's nick, modes, away and channels, and nobody else notices it", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea,#milk" });
  await alice.send("TOPIC #tea :Oolong", "MODE alice +iw", "AWAY :lunch");
  const bob = await room.person("bob", { join: "#tea" });
  await bob.send("MONITOR + alice");
  await told(alice);
  await told(bob);
  const before = room.chat.persons.size;

  const phone = await room.another("alice", { asks: "whatever", caps: "extended-join multi-prefix" });
  const lines = await told(phone);
  assertEquals(lines.map((line) => line.replace(/ \d{10}$/, " T")), [
    ":Tea.local 221 alice +iw",
    ":Tea.local 306 alice :You have been marked as being away",
    ":alice!alice@127.0.0.1 JOIN #tea * :alice the person",
    ":Tea.local 332 alice #tea Oolong",
    ":Tea.local 333 alice #tea alice!alice@127.0.0.1 T",
    ":Tea.local 353 alice = #tea :@alice bob",
    ":Tea.local 366 alice #tea :End of /NAMES list",
    ":alice!alice@127.0.0.1 JOIN #milk * :alice the person",
    ":Tea.local 353 alice = #milk :@alice",
    ":Tea.local 366 alice #milk :End of /NAMES list",
  ]);
  assertEquals(await told(bob), []);
  assertEquals(await told(alice), []);
  const { chat } = room;
  assertEquals([chat.persons.size, chat.unregistered, chat.peak, chat.catchingUp.size], [before, 0, 2, 0]);
  assertEquals(chat.find("whatever"), undefined);
  assertEquals(sessionOf(chat, "alice").person.sessions.size, 2);

  const who = await asks(bob, "WHO #tea", "NAMES #tea", "ISON alice", "LUSERS");
  assertEquals(who.filter((line) => line.includes(" 352 ")).length, 2);
  assert(who.includes(":Tea.local 353 bob = #tea :@alice bob"), who.join("\n"));
  assert(who.includes(":Tea.local 303 bob alice"));
  assert(who.some((line) => / 251 .* 1 users and 1 invisible /.test(line)), who.join("\n"));
});

Deno.test("The welcome names the person's nick, as it is, to a session that asked for another", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "draft/whoami" });
  const phone = await room.known("alice");
  await phone.send("CAP REQ :labeled-response batch draft/whoami", "NICK bob", "USER b 0 * :B", "@label=x CAP END");
  const batch = /^@label=x :Tea\.local BATCH \+(\S+) labeled-response$/.exec(await phone.sees(/ BATCH /))![1];
  await phone.sees(`@batch=${batch} :Tea.local 001 alice :Welcome to Tea, alice!alice@127.0.0.1`);
  await phone.sees(`:alice!alice@127.0.0.1 WHOAMI :alice the person`);
  await phone.sees(`:Tea.local BATCH -${batch}`);
  assertEquals(await told(phone), []);
  assertEquals(await told(alice), []);
});

Deno.test("A stranger never joins a person, whatever nick, user and address they have", async () => {
  await using room = new Room();
  await room.person("alice", { join: "#tea" });
  await room.another("alice");
  const mallory = await room.stranger("mallory");
  await mallory.send("NICK alice", "USER alice 0 * :alice the person");
  await mallory.sees(":Tea.local 433 * alice :Nickname is already in use");
  await mallory.send("NICK mallory");
  await mallory.sees(/ 001 mallory /);
  assertEquals(sessionOf(room.chat, "alice").person.sessions.size, 2);
  assertEquals(sessionOf(room.chat, "mallory").person.sessions.size, 1);
  // Another key is another person.
  const bob = await room.known("bob");
  await bob.send("NICK alice", "USER alice 0 * :alice the person");
  await bob.sees(":Tea.local 433 * alice :Nickname is already in use");
});

Deno.test("A session that has been refused its nick needs no other once it is known to be somebody who is here", async () => {
  await using room = new Room();
  await room.person("alice");
  const phone = await room.stranger("alice");
  await phone.send("CAP LS 302", "NICK alice", "USER a 0 * :A");
  await phone.sees(":Tea.local 433 * alice :Nickname is already in use");
  const key = "device:alice";
  const { chat } = room;
  chat.find("alice")!.sharedKey = key;
  // As a login by the password of a device would.
  [...room.sessions].find(({ isRegistered }) => !isRegistered)!.person.sharedKey = key;
  await phone.send("CAP END");
  await phone.sees(/ 001 alice /);
});

Deno.test("One who has logged in to another account than the person's comes in as somebody else", async () => {
  await withKeptRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 alice /);
    const bob = await room.person("bob");
    const phone = await room.known("bob");
    await phone.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0alice\0opensesame")}`);
    await phone.sees(/ 903 /);
    await phone.send("NICK phone", "USER p 0 * :P", "CAP END");
    await phone.sees(/ 001 phone /);
    assertEquals(room.chat.logins.get("alice")!.size, 2);
    assertEquals(sessionOf(room.chat, "bob").person.sessions.size, 1);
    await told(bob);
  });
});

Deno.test("The person as whom a session came leaves no trace: login, metadata, away, visits", async () => {
  await withKeptRoom(async (room) => {
    const alice = await room.stranger("alice");
    await alice.send("CAP REQ teahouse.chat/device", "DEVICE NEW", "NICK alice", "USER alice 0 * :alice", "CAP END");
    await alice.send("JOIN #tea", "REGISTER * * opensesame");
    await alice.sees(/ 900 alice /);
    const bob = await room.person("bob", { caps: "away-notify draft/metadata-3 batch", join: "#tea" });
    await asks(bob, "METADATA * SUB color");
    const phone = await room.stranger("alice");
    await phone.send("CAP REQ :teahouse.chat/device sasl draft/pre-away draft/metadata-3 batch", "DEVICE NEW");
    await phone.send("AUTHENTICATE PLAIN");
    await phone.send(`AUTHENTICATE ${btoa("\0alice\0opensesame")}`);
    await phone.sees(/ 903 /);
    assertEquals(room.chat.logins.get("alice")!.size, 2);
    await phone.send("AWAY :on the train", "NICK alice", "USER p 0 * :P", "CAP END");
    await phone.sees(/ 366 alice #tea /);
    const { person } = sessionOf(room.chat, "alice");
    assertEquals([...room.chat.logins.get("alice")!], [person]);
    assertEquals([person.away, person.user, person.sessions.size], [undefined, "alice", 2]);
    assertEquals(await told(bob), []);
    await phone.send("QUIT");
    await phone.rest();
    assertEquals([...room.chat.logins.get("alice")!], [person]);
    assertEquals(await told(bob), []);
  });
});

Deno.test("The person leaves with the last session: QUIT in one tab ends that alone, with what it watched", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const phone = await room.another("alice", { caps: "draft/metadata-3 batch" });
  const bob = await room.person("bob", { join: "#tea" });
  await asks(phone, "MONITOR + bob", "METADATA * SUB color");
  const session = [...room.sessions].find(({ monitored }) => monitored.size > 0)!;
  await told(alice);
  await phone.send("QUIT :off");
  assertEquals((await phone.rest()).at(-1), "ERROR :Closing link: (Quit: off)");
  assertEquals(await told(bob), []);
  assertEquals(await told(alice), []);
  assertEquals([...room.chat.monitor.watchers("bob")], []);
  assertEquals(session.subscriptions.size, 0);
  const { person } = sessionOf(room.chat, "alice");
  assertEquals([person.sessions.size, person.hasLeft, channelsOf(person).size], [1, false, 1]);
  const channel = room.chat.channels.find("#tea")!;
  assertEquals([...channel.followers()].length, 2);
  await alice.send("QUIT :bye");
  await alice.rest();
  await bob.sees(":alice!alice@127.0.0.1 QUIT :Quit: bye");
  assertEquals(await told(bob), []);
  assert((await asks(bob, "WHOWAS alice")).some((line) => line.includes(" 314 bob alice ")));
  assertEquals(room.chat.shared.get("device:alice"), undefined);
  assertEquals(person.hasLeft, true);
});

Deno.test("When the last session ends as another registers, both ways end well", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const phone = await room.known("alice");
  const { chat } = room;
  // The nick is taken as promised, though the person is gone by the time of CAP END.
  await asks(phone, "CAP LS 302", "NICK alice", "USER a 0 * :A");
  const { person } = sessionOf(chat, "alice");
  await alice.send("QUIT");
  await alice.rest();
  await phone.send("CAP END");
  await phone.sees(/ 001 alice /);
  assert(chat.find("alice") !== person);
  assertEquals(channelsOf(chat.find("alice")!).size, 0);
  await bob.sees(/ QUIT /);

  // In one turn: the new one is in before the old one is out.
  await phone.send("JOIN #tea");
  await phone.sees(/ 366 /);
  const tab = await room.known("alice");
  await asks(tab, "CAP LS 302", "NICK other", "USER a 0 * :A");
  const old = sessionOf(chat, "alice");
  await tab.send("CAP END");
  await tab.sees(/ 001 alice /);
  old.close("Ping timeout");
  await tab.sees(/ 366 alice #tea /);
  await bob.sees(/ JOIN /);
  assertEquals(await told(bob), []);
  assertEquals(chat.find("alice")!.sessions.size, 1);
});

Deno.test("KILL ends all sessions of a person, and others see one QUIT", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice", { join: "#tea" });
  const phone = await room.another("alice");
  const root = await room.person("root", { join: "#tea" });
  await asks(root, "OPER root opensesame");
  await root.send("KILL alice :enough");
  for (const tab of [alice, phone]) {
    const lines = await tab.rest();
    assert(lines.includes(":root!root@127.0.0.1 KILL alice enough"), lines.join("\n"));
    assertEquals(lines.at(-1), "ERROR :Closing link: (Killed (root (enough)))");
  }
  await root.sees(":alice!alice@127.0.0.1 QUIT :Killed (root (enough))");
  assertEquals(await told(root), []);
  assertEquals(room.chat.find("alice"), undefined);
});

Deno.test("A ban from the server that covers one session's address ends all, and WHOIS tells operators all addresses", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice");
  const phone = await room.another("alice");
  const root = await room.person("root");
  await asks(root, "OPER root opensesame");
  const session = [...room.chat.find("alice")!.sessions][1] as Session;
  session.address = "10.0.0.7";
  assertEquals(room.chat.find("alice")!.address, "127.0.0.1");
  const whois = await asks(root, "WHOIS alice");
  assert(whois.includes(":Tea.local 338 root alice 10.0.0.7 :is actually using host"), whois.join("\n"));
  const bob = await room.person("bob");
  assert(!(await asks(bob, "WHOIS alice")).some((line) => line.includes(" 338 ")));
  // By the nick: the operator's own address is left out, the other one is not.
  await root.send("GLINE alice 1h :enough");
  await root.sees(/ has banned 10\.0\.0\.7 until /);
  for (const tab of [alice, phone]) assertMatch((await tab.rest()).at(-1)!, /^ERROR :Closing link: \(Banned until /);
});

Deno.test("A new nick, a nick that is taken, another host, another real name and modes are told to all sessions", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice", { caps: "labeled-response batch setname" });
  const phone = await room.another("alice", { caps: "setname" });
  await told(phone);
  assertEquals(await asks(alice, "@label=1 NICK alix"), ["@label=1 :alice!alice@127.0.0.1 NICK alix"]);
  assertEquals(await told(phone), [":alice!alice@127.0.0.1 NICK alix"]);
  assertEquals(await asks(phone, "SETNAME :Alix"), [":alix!alice@127.0.0.1 SETNAME Alix"]);
  assertEquals(await told(alice), [":alix!alice@127.0.0.1 SETNAME Alix"]);
  assertEquals(await asks(alice, "@label=2 MODE alix +i"), ["@label=2 :alix!alice@127.0.0.1 MODE alix +i"]);
  assertEquals(await told(phone), [":alix!alice@127.0.0.1 MODE alix +i"]);
  room.chat.ownedNicks.take(room.chat.find("alix")!);
  const taken = await told(alice);
  assertMatch(taken[0], /^:alix!alice@127\.0\.0\.1 NICK guest-\d+$/);
  assertEquals(await told(phone), taken);
  const root = await room.person("root");
  await asks(root, "OPER root opensesame", `CHGHOST ${taken[0].split(" ")[2]} tea.house`);
  for (const tab of [alice, phone]) assertMatch((await told(tab))[0], / 396 guest-\d+ tea\.house :is now your visible/);
});

Deno.test("AWAY in one session is the person's: the others are told, with no label, and each in the form of a reply", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "labeled-response batch", join: "#tea" });
  const phone = await room.another("alice", { caps: "away-notify" });
  const bob = await room.person("bob", { caps: "away-notify", join: "#tea" });
  await told(phone);
  await told(alice);
  const away = ":Tea.local 306 alice :You have been marked as being away";
  assertEquals(await asks(alice, "@label=a AWAY :lunch"), [`@label=a ${away}`]);
  assertEquals(await told(phone), [away]);
  assertEquals(await told(bob), [":alice!alice@127.0.0.1 AWAY lunch"]);
  // Said again it is no news.
  assertEquals(await asks(alice, "AWAY :lunch"), [away]);
  assertEquals(await told(phone), []);
  const back = ":Tea.local 305 alice :You are no longer marked as being away";
  assertEquals(await asks(phone, "AWAY"), [back]);
  assertEquals(await told(alice), [back]);
  assertEquals(await asks(bob, "PRIVMSG alice :hi"), [":alice!alice@127.0.0.1 AWAY"]);
});

Deno.test("JOIN and PART by one session are told to the others: they see JOIN with topic and names, and PART", async () => {
  await using room = new Room();
  const bob = await room.person("bob", { join: "#tea" });
  await asks(bob, "TOPIC #tea :Oolong", "MODE #tea +k leaf");
  const alice = await room.person("alice", { caps: "labeled-response batch" });
  const phone = await room.another("alice", { caps: "extended-join userhost-in-names" });
  await told(phone);
  const own = await asks(alice, "@label=j JOIN #tea leaf");
  assertMatch(own[0], /^@label=j :Tea\.local BATCH \+\S+ labeled-response$/);
  await phone.sees(":alice!alice@127.0.0.1 JOIN #tea * :alice the person");
  assertEquals((await told(phone)).map((line) => line.replace(/ \d{10}$/, " T")), [
    ":Tea.local 332 alice #tea Oolong",
    ":Tea.local 333 alice #tea bob!bob@127.0.0.1 T",
    ":Tea.local 353 alice = #tea :@bob!bob@127.0.0.1 alice!alice@127.0.0.1",
    ":Tea.local 366 alice #tea :End of /NAMES list",
  ]);
  assertEquals(await told(bob), [":alice!alice@127.0.0.1 JOIN #tea"]);
  assertEquals(room.chat.catchingUp.size, 0);
  assertEquals(await asks(phone, "PART #tea :off"), [":alice!alice@127.0.0.1 PART #tea off"]);
  assertEquals(await told(alice), [":alice!alice@127.0.0.1 PART #tea off"]);
  assertEquals(await told(bob), [":alice!alice@127.0.0.1 PART #tea off"]);
  // A channel of one's own: no rank is told that the list of names tells.
  assertEquals((await asks(alice, "JOIN #own"))[0], ":alice!alice@127.0.0.1 JOIN #own");
  await phone.sees(":alice!alice@127.0.0.1 JOIN #own * :alice the person");
  assertEquals(await told(phone), [
    ":Tea.local 353 alice = #own :@alice!alice@127.0.0.1",
    ":Tea.local 366 alice #own :End of /NAMES list",
  ]);
  await asks(bob, "MODE #tea -k");
  await asks(alice, "JOIN #tea");
  await phone.sees(/ 366 alice #tea /);
  await asks(bob, "KICK #tea alice :out");
  for (const tab of [alice, phone]) assertEquals(await told(tab), [":bob!bob@127.0.0.1 KICK #tea alice :out"]);
  await asks(bob, "INVITE alice #tea");
  for (const tab of [alice, phone]) assertEquals(await told(tab), [":bob!bob@127.0.0.1 INVITE alice #tea"]);
});

Deno.test("What a person says in one session the others see as it was said; the one that says it, by its echo alone", async () => {
  await using room = new Room();
  const bob = await room.person("bob", { join: "#tea" });
  const alice = await room.person("alice", { caps: "message-tags", join: "#tea" });
  const phone = await room.another("alice", { caps: "message-tags echo-message labeled-response batch" });
  const old = await room.another("alice");
  await told(phone);
  await told(old);
  await told(alice);
  await told(bob);
  const me = ":alice!alice@127.0.0.1";

  assertEquals(await asks(alice, "PRIVMSG #tea :one"), []);
  for (const tab of [phone, old, bob]) assertEquals(await told(tab), [`${me} PRIVMSG #tea :one`]);
  assertEquals(await asks(phone, "@label=p;+draft/reply=x PRIVMSG bob :two", "NOTICE bob :three"), [
    `@label=p;+draft/reply=x ${me} PRIVMSG bob :two`,
    `${me} NOTICE bob :three`,
  ]);
  assertEquals(await told(alice), [`@+draft/reply=x ${me} PRIVMSG bob :two`, `${me} NOTICE bob :three`]);
  assertEquals(await told(old), [`${me} PRIVMSG bob :two`, `${me} NOTICE bob :three`]);
  assertEquals(await told(bob), [`${me} PRIVMSG bob :two`, `${me} NOTICE bob :three`]);

  // Typing is told as any other TAGMSG, to those who know such a thing.
  assertEquals(await asks(alice, "@+typing=active TAGMSG bob", "@+draft/react=ok TAGMSG #tea"), []);
  assertEquals(await told(phone), [`@+typing=active ${me} TAGMSG bob`, `@+draft/react=ok ${me} TAGMSG #tea`]);
  assertEquals(await told(old), []);

  // To oneself: once each, and the one that says it as before.
  assertEquals(await asks(alice, "PRIVMSG alice :self"), [`${me} PRIVMSG alice :self`]);
  assertEquals(await told(phone), [`${me} PRIVMSG alice :self`]);
  assertEquals(await told(old), [`${me} PRIVMSG alice :self`]);

  // To some members only, and to a channel from outside.
  assertEquals(await asks(alice, "PRIVMSG @#tea :ops"), []);
  assertEquals(await told(old), [`${me} PRIVMSG @#tea :ops`]);
  assertEquals(await told(bob), [`${me} PRIVMSG alice :self`].slice(1).concat(`${me} PRIVMSG @#tea :ops`));
  await asks(bob, "JOIN #far", "MODE #far -n");
  assertEquals(await asks(old, "PRIVMSG #far :hello"), []);
  assertEquals(await told(alice), [`${me} PRIVMSG #far :hello`]);

  // What others say to the person comes to all.
  await told(phone);
  await asks(bob, "PRIVMSG alice :hi");
  for (const tab of [alice, phone, old]) assertEquals(await told(tab), [":bob!bob@127.0.0.1 PRIVMSG alice :hi"]);
});

Deno.test("Messages of several lines and removed ones are told to the other sessions, each as its capabilities say", async () => {
  await withKeptRoom(async (room) => {
    const CAPS = "message-tags batch draft/multiline draft/message-redaction echo-message";
    const alice = await room.person("alice", { caps: CAPS });
    const phone = await room.another("alice", { caps: CAPS });
    const old = await room.another("alice");
    const bob = await room.person("bob", { caps: CAPS });
    await told(phone);
    await told(old);
    await alice.send(
      "BATCH +1 draft/multiline bob",
      "@batch=1 PRIVMSG bob :one",
      "@batch=1 PRIVMSG bob :two",
      "BATCH -1",
    );
    const open = await alice.sees(/ BATCH \+\S+ draft\/multiline bob$/);
    assertEquals(await phone.sees(/ BATCH \+/), open);
    await phone.sees(/^@batch=\S+ :alice!alice@127\.0\.0\.1 PRIVMSG bob :one$/);
    assertEquals(await told(old), [
      ":alice!alice@127.0.0.1 PRIVMSG bob :one",
      ":alice!alice@127.0.0.1 PRIVMSG bob :two",
    ]);
    const id = /msgid=([^; ]+)/.exec(open)![1];
    await alice.everything();
    await phone.everything();
    assertEquals(await asks(phone, `REDACT bob ${id}`), [`:alice!alice@127.0.0.1 REDACT bob ${id}`]);
    assertEquals(await told(alice), [`:alice!alice@127.0.0.1 REDACT bob ${id}`]);
    assertEquals(await told(old), []);
    await bob.sees(`:alice!alice@127.0.0.1 REDACT bob ${id}`);
  });
});

Deno.test("Read markers and metadata are told to the other sessions, of guests as well", async () => {
  await withKeptRoom(async (room) => {
    const CAPS = "draft/read-marker draft/metadata-3 batch";
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const noon = "timestamp=2025-06-01T12:00:00.000Z";
    await asks(alice, `MARKREAD #tea ${noon}`, "METADATA * SET color :green");
    const phone = await room.another("alice", { caps: CAPS });
    await phone.sees(`:Tea.local MARKREAD #tea ${noon}`);
    await asks(phone, "METADATA * SUB color");
    const later = "timestamp=2025-06-01T13:00:00.000Z";
    assertEquals(await asks(alice, `MARKREAD #tea ${later}`), [`:Tea.local MARKREAD #tea ${later}`]);
    assertEquals(await told(phone), [`:Tea.local MARKREAD #tea ${later}`]);
    assertEquals(await asks(alice, "METADATA * SET color :red"), [":Tea.local 761 alice alice color * red"]);
    assertEquals(await told(phone), [":Tea.local 761 * alice color * red"]);
  });
});

Deno.test("A session that comes is shown what was said in the channels; what the person has seen stays as it is", async () => {
  await withKeptRoom(async (room) => {
    const bob = await room.person("bob", { join: "#tea" });
    const alice = await room.person("alice", { join: "#tea" });
    await asks(bob, "PRIVMSG #tea :one");
    const phone = await room.another("alice", { caps: "batch server-time" });
    const lines = await told(phone);
    const [at, names] = [/ PRIVMSG #tea :one$/, / 366 /].map((line) => lines.findIndex((one) => line.test(one)));
    assert(at > names && names > 0, lines.join("\n"));
    assertMatch(lines[at - 1], /BATCH \+\S+ chathistory #tea$/);
    // Whoever asks for the past is shown nothing.
    const page = await room.another("alice", { caps: "batch server-time draft/chathistory" });
    assert(!(await told(page)).some((line) => line.includes("PRIVMSG")));
    await alice.send("QUIT");
    await alice.rest();
    await asks(bob, "PRIVMSG #tea :two");
    for (const tab of [phone, page]) {
      assert((await told(tab)).some((line) => line.endsWith("PRIVMSG #tea :two")));
      await tab.send("QUIT");
      await tab.rest();
    }
    await bob.sees(/ QUIT /);
    await asks(bob, "PRIVMSG #tea :three");
    const back = await room.person("alice", { caps: "batch" });
    assertEquals(
      (await asks(back, "JOIN #tea")).filter((line) => line.includes("PRIVMSG")).map((line) =>
        line.replace(/^.*#tea /, "").replace(/:?\[.*\] /, "")
      ),
      ["three"],
    );
  });
});

Deno.test("What happens while a session is told of many channels comes to it neither before it knows the channel nor is it lost", async () => {
  await withKeptRoom(async (room) => {
    const bob = await room.person("bob", { join: "#a,#b" });
    const carol = await room.person("carol", { join: "#b,#c" });
    for (const name of ["dave", "erin"]) await room.person(name, { join: "#c,#z" });
    const fred = await room.person("fred", { join: "#b,#z" });
    const gina = await room.person("gina", { join: "#a" });
    const alice = await room.person("alice", { caps: "invite-notify", join: "#a,#b,#c" });
    await told(alice);
    const { chat } = room;
    const phone = await room.known("alice");
    await asks(phone, "CAP REQ :batch server-time invite-notify", "NICK alice", "USER a 0 * :A");
    const session = [...room.sessions].find(({ isRegistered }) => !isRegistered)!;
    // Its reader takes nothing, once it knows #a, until all else has happened.
    const { outbox } = session;
    const { promise, resolve } = Promise.withResolvers<void>();
    let rooms = 0;
    outbox.room = () => ++rooms > 1 ? promise : Promise.resolve();
    await phone.send("CAP END");
    await phone.sees(/ 366 alice #a /);
    assertEquals([...chat.catchingUp], [session]);
    const known = ["#a", "#b", "#c"].map((name) => chat.channels.find(name)!.isFollowedBy(session));
    assertEquals(known, [true, false, false]);

    // #c is the largest of carol's and of alice's channels. bob is known from #a.
    await asks(carol, "NICK caro", "PRIVMSG #b :in b", "PRIVMSG alice :private", "MODE #b +t", "PRIVMSG @#c :ops of c");
    // fred is the same to her in #b alone, which is not his largest channel.
    await asks(fred, "NICK freddy");
    await asks(gina, "NICK gin");
    await asks(bob, "PRIVMSG #a :in a", "INVITE caro #a", "JOIN #c", "NICK rob");
    await asks(alice, "PART #b", "JOIN #d");
    resolve();
    await phone.sees(/ 366 alice #d /);
    const lines = (await told(phone)).map((line) => line.replace(/^@\S+ /, ""));
    assertEquals(lines, []);
    assertEquals(chat.catchingUp.size, 0);
    const seen = phone.seen.map(plain).map((line) => line.replace(/^@(?:batch=\S+ )?/, ""));
    const from = seen.findIndex((line) => / 366 alice #a /.test(line)) + 1;
    assertEquals(seen.slice(from).filter((line) => !/BATCH|353|PONG/.test(line)), [
      ":caro!carol@127.0.0.1 PRIVMSG alice :private",
      ":gina!gina@127.0.0.1 NICK gin",
      ":bob!bob@127.0.0.1 PRIVMSG #a :in a",
      ":bob!bob@127.0.0.1 INVITE caro #a",
      ":bob!bob@127.0.0.1 NICK rob",
      ":alice!alice@127.0.0.1 JOIN #c",
      ":Tea.local 366 alice #c :End of /NAMES list",
      ":alice!alice@127.0.0.1 JOIN #d",
      ":Tea.local 366 alice #d :End of /NAMES list",
    ]);
  });
});

Deno.test("A session that has no room is told later of a channel that another one has joined, and till then nothing of it", async () => {
  await withKeptRoom(async (room) => {
    const bob = await room.person("bob", { join: "#tea,#milk" });
    await room.person("carol");
    const alice = await room.person("alice", { join: "#own" });
    const phone = await room.another("alice", { caps: "message-tags invite-notify echo-message" });
    await told(phone);
    const session = [...room.chat.find("alice")!.sessions][1] as Session;
    const { promise, resolve } = Promise.withResolvers<void>();
    session.outbox.room = () => promise;
    await asks(alice, "JOIN #tea,#milk", "AWAY :lunch", "PRIVMSG @#milk :ops");
    await asks(bob, "PRIVMSG #tea :early", "MODE #tea +o alice", "PRIVMSG @#tea :ops", "INVITE carol #tea", "NICK rob");
    await asks(alice, "PART #milk", "PRIVMSG @#tea :mine");
    // Other capabilities are another feed, but of no channel that it does not know.
    const caps = await asks(phone, "CAP REQ :server-time -invite-notify", "PRIVMSG #tea :blind");
    assertEquals(caps.filter((line) => /#tea|#milk|NICK/.test(line)), [":alice!alice@127.0.0.1 PRIVMSG #tea :blind"]);
    assertEquals(room.chat.catchingUp.has(session), true);
    resolve();
    await phone.sees(/ 366 alice #tea /);
    assertEquals(room.chat.catchingUp.size, 0);
    await asks(bob, "PRIVMSG #tea :late");
    const seen = (await told(phone)).filter((line) => line.includes("PRIVMSG"));
    assertEquals(seen.at(-1), ":rob!bob@127.0.0.1 PRIVMSG #tea :late");
    assertEquals(phone.seen.filter((line) => line.includes("#milk")), []);
  });
});

Deno.test("A channel that is left and joined again while a session is told of others is told to it twice", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const phone = await room.another("alice");
  await told(phone);
  const session = [...room.chat.find("alice")!.sessions][1] as Session;
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  session.outbox.room = () => ++asked === 2 ? promise : Promise.resolve();
  await asks(alice, "JOIN #tea,#milk");
  await phone.sees(/ 366 alice #tea /);
  await asks(alice, "PART #tea", "JOIN #tea");
  resolve();
  await phone.sees(":alice!alice@127.0.0.1 PART #tea");
  await phone.sees(/ 366 alice #milk /);
  await phone.sees(":alice!alice@127.0.0.1 JOIN #tea");
  await phone.sees(/ 366 alice #tea /);
});

Deno.test("A session that another one takes along is shown of the past what the person has not seen", async () => {
  await withKeptRoom(async (room) => {
    const bob = await room.person("bob", { join: "#tea" });
    const alice = await room.person("alice", { caps: "batch", join: "#tea" });
    const phone = await room.another("alice", { caps: "batch" });
    await told(phone);
    await asks(bob, "PRIVMSG #tea :one");
    await asks(alice, "PART #tea");
    await asks(bob, "PRIVMSG #tea :two");
    await asks(alice, "JOIN #tea");
    await phone.sees(/ 366 alice #tea /);
    const shown = (await told(phone)).filter((line) => line.includes("PRIVMSG"));
    assertEquals(shown.map((line) => line.replace(/^.*[:\]] ?/, "")), ["two"]);
  });
});

Deno.test("A person has at most 20 sessions: the one that was heard the least lately gives way and is told why", async () => {
  await using room = new Room();
  const first = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  room.now += 1000;
  const tabs = [];
  for (let i = 1; i < MOST_SESSIONS; i++) tabs.push(await room.another("alice"));
  room.now += 1000;
  assertEquals(await told(first), [":bob!bob@127.0.0.1 JOIN #tea"]);
  const next = await room.another("alice");
  assertEquals(
    (await tabs[0].rest()).at(-1),
    "ERROR :Closing link: (You are here by 20 other connections, and this one was silent for the longest)",
  );
  assertEquals(room.chat.find("alice")!.sessions.size, MOST_SESSIONS);
  assertEquals(await told(first), []);
  assertMatch((await told(next)).at(-1)!, / 366 alice #tea /);
  await told(bob);
});

Deno.test("The rights of OPER are the person's, and end with the last session that has said the password", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice", { caps: "labeled-response batch" });
  const phone = await room.another("alice");
  const tab = await room.another("alice");
  for (const one of [phone, tab]) await told(one);
  await asks(alice, "@label=o OPER root opensesame");
  const news = [
    ":Tea.local 381 alice :You are now an IRC operator",
    ":alice!alice@127.0.0.1 MODE alice +o",
  ];
  for (const one of [phone, tab]) assertEquals(await told(one), news);
  assertEquals(await asks(phone, "OPER root opensesame"), [news[0]]);
  const { person } = sessionOf(room.chat, "alice");
  const term = person.operatorTerm;
  await alice.send("QUIT");
  await alice.rest();
  assertEquals(await told(tab), []);
  assertEquals([person.isOperator, term.isOver], [true, false]);
  await phone.send("QUIT");
  await phone.rest();
  assertEquals(await told(tab), [":alice!alice@127.0.0.1 MODE alice -o"]);
  assertEquals([person.isOperator, term.isOver, room.chat.withMode("o").size], [false, true, 0]);
  assertMatch((await asks(tab, "KILL nobody"))[0], / 481 /);
  // Whoever lays them down has none, whichever session said the password.
  const more = await room.another("alice");
  await told(more);
  await asks(tab, "OPER root opensesame");
  await asks(more, "MODE alice -o");
  assertEquals(person.operatorBy.size, 0);
  assert((await told(tab)).includes(":alice!alice@127.0.0.1 MODE alice -o"));
});

Deno.test("A session that comes is told that the nick belongs to an account, and that it will be another", async () => {
  await withKeptRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 alice /);
    await alice.send("QUIT");
    await alice.rest();
    const mallory = await room.person("alice");
    const tab = await room.another("alice");
    assertMatch((await told(tab))[0], / NOTICE alice :alice is the nick of an account: log in, /);
    room.now += 31_000;
    room.chat.ownedNicks.takeOverdue(room.chat.find("alice")!);
    for (const one of [mallory, tab]) await one.sees(/ NICK guest-\d+$/);
  });
});

Deno.test("A login is the person's, but only the session that has said the password may change it", async () => {
  await withKeptRoom(async (room) => {
    const alice = await room.person("alice", { caps: "account-notify labeled-response batch" });
    const phone = await room.another("alice", { caps: "account-notify" });
    await told(phone);
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ ACCOUNT alice$/);
    await phone.sees(":Tea.local 900 alice alice!alice@127.0.0.1 alice :You are now logged in as alice");
    await phone.sees(":alice!alice@127.0.0.1 ACCOUNT alice");
    assertEquals(room.chat.logins.get("alice")!.size, 1);
    assertMatch((await asks(phone, "PASSWD :sesameopen"))[0], / FAIL PASSWD NEED_LOGIN alice /);
    assertMatch((await asks(phone, "DROP alice"))[0], / FAIL DROP NEED_LOGIN alice /);
    await alice.send("PASSWD :sesameopen");
    await alice.sees(":Tea.local PASSWD SUCCESS alice :Your password is changed");
    assertEquals(await told(phone), []);
    // A login ends with what was proved by it, and a key by which others come to be the account's.
    room.chat.find("alice")!.sharedKey = "account:alice";
    await alice.send("DROP alice");
    await alice.sees(/ DROP SUCCESS alice /);
    await phone.sees(/ 901 alice /);
    await phone.sees(":alice!alice@127.0.0.1 ACCOUNT *");
    assertEquals([...room.chat.find("alice")!.sessions].map(({ provedAt }) => provedAt), [-Infinity, -Infinity]);
    assertEquals(room.chat.find("alice")!.sharedKey, undefined);
    assertEquals(room.chat.shared.get("account:alice"), undefined);
  });
});

Deno.test("Where two persons have one key, the first holds it, and then the next", async () => {
  await using room = new Room();
  const { chat } = room;
  const alice = await room.person("alice");
  await room.person("alix");
  const [one, other] = [chat.find("alice")!, chat.find("alix")!];
  one.sharedKey = "device:a";
  other.sharedKey = "device:a";
  assertEquals(chat.shared.get("device:a"), one);
  await alice.send("QUIT");
  await alice.rest();
  assertEquals(chat.shared.get("device:a"), other);
  other.sharedKey = undefined;
  assertEquals(chat.shared.get("device:a"), undefined);
});

Deno.test("A person whose sessions fall silent one after the other is shown what came since the last one was heard", async () => {
  await withKeptRoom(async (room) => {
    const bob = await room.person("bob", { join: "#tea" });
    await room.person("alice", { join: "#tea" });
    const phone = await room.another("alice");
    await told(phone);
    const { person } = sessionOf(room.chat, "alice");
    const [desk, other] = [...person.sessions] as Session[];
    const lose = (session: Session) => {
      session.lostAt = session.heardAt;
      session.close("Ping timeout");
    };
    room.now += 5_000;
    await asks(bob, "PRIVMSG #tea :zero");
    room.now += 5_000;
    await told(phone);
    room.now += 10_000;
    await asks(bob, "PRIVMSG #tea :one");
    lose(other);
    await asks(bob, "PRIVMSG #tea :two");
    lose(desk);
    const back = await room.person("alice", { caps: "batch" });
    const shown = (await asks(back, "JOIN #tea")).filter((line) => line.includes("PRIVMSG"));
    assertEquals(shown.map((line) => line.replace(/^.*[:\]] ?/, "")), ["one", "two"]);
  });
});
