import { assert, assertEquals } from "@std/assert";
import { type Message, parse } from "../protocol.ts";
import { MEMORY, Person } from "./testing.ts";

/** The server echoes the next line with its label, and tells it. */
function echo(person: Person, nick = "bob"): Promise<string> {
  return person.server.answers((label, line) => [`@label=${label} :${nick}!~tea@host ${line}`]);
}

Deno.test("Client joins its channel and tells who is online", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob");
  await bob.server.letsIn("bob", "#lobby", "alice");
  const members = [{ nick: "alice", prefix: "", away: false }, { nick: "bob", prefix: "", away: false }];
  assertEquals(bob.told(), [
    { type: "connected", server: "tea.example:8888", nick: "bob", again: false },
    { type: "join", nick: "bob", channel: "#lobby", own: true, online: 1 },
    { type: "target", target: "#lobby" },
    { type: "names", channel: "#lobby", members },
  ]);
  await bob.leaves();
});

/** What the people of #lobby are told who come and go, as a list shows it. */
function moves(person: Person): string[] {
  const { lines } = person.client.state.find("#lobby")!;
  return lines.filter(({ isTold }) => !isTold).map(({ kind, from }) => `${kind} ${from}`);
}

Deno.test("Client tells that the room was closed and is open again, and of nobody who is back that they have come", async () => {
  const bob = await Person.inLobby("bob", "alice", "carol", "dave");
  await bob.server.says(":dave!d@host QUIT :off", "ERROR :Closing link: (The room is closing)");
  await bob.server.hangsUp();
  assertEquals(bob.told().at(-1), { type: "disconnected", reason: "the room is closing", retryMs: 1000 });
  await bob.clock.advance(1000);
  await bob.server.welcomes("bob");
  const [connected] = bob.told();
  assertEquals(connected, {
    type: "connected",
    server: "tea.example:8888",
    nick: "bob",
    again: true,
    isReopened: true,
  });
  // alice is back before bob, and carol after him; dave had left before, and erin was not there.
  await bob.server.says(":bob!~tea@host JOIN #lobby", ":tea 353 bob = #lobby :bob alice", ":tea 366 bob #lobby :End");
  await bob.server.says(":carol!x@host JOIN #lobby", ":tea.example MODE #lobby +o carol");
  await bob.server.says(...["dave", "erin"].map((nick) => `:${nick}!x@host JOIN #lobby`));
  await bob.server.says(":tea.example MODE #lobby +o erin");
  assertEquals(moves(bob), ["join bob", "quit dave", "join dave", "join erin", "mode tea.example"]);
  assertEquals([...bob.client.state.find("#lobby")!.members.keys()], ["bob", "alice", "carol", "dave", "erin"]);
  // Whoever goes from now on is told to have gone, and come.
  await bob.server.says(":alice!x@host QUIT :off", ":alice!x@host JOIN #lobby", ":carol!x@host PART #lobby");
  await bob.server.says(":carol!x@host JOIN #lobby");
  assertEquals(moves(bob).slice(5), ["quit alice", "join alice", "part carol", "join carol"]);
  // A connection that is lost while the room stays open tells nothing of the kind.
  await bob.server.hangsUp();
  await bob.clock.advance(1000);
  await bob.server.welcomes("bob");
  assertEquals(bob.told().findLast(({ type }) => type === "connected"), {
    type: "connected",
    server: "tea.example:8888",
    nick: "bob",
    again: true,
  });
  await bob.leaves();
});

Deno.test("Client tells of those who come back much later that they have come", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.server.hangsUp();
  await bob.clock.advance(1000);
  await bob.server.welcomes("bob");
  await bob.server.says(":bob!~tea@host JOIN #lobby", ":tea 353 bob = #lobby :bob", ":tea 366 bob #lobby :End");
  bob.clock.spend(10 * 60_000);
  await bob.server.says(":alice!x@host JOIN #lobby");
  assertEquals(moves(bob), ["join bob", "join alice"]);
  await bob.leaves();
});

Deno.test("Client tells an own line once, when it is echoed, with its emoji", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("tea :tea: at 10:30");
  assertEquals(bob.told(), []);
  assertEquals(await echo(bob), "PRIVMSG #lobby :tea 🍵 at 10:30");
  const said = { type: "message", from: "bob", target: "#lobby", private: false, own: true, history: false };
  assertEquals(bob.told(), [{ ...said, text: "tea 🍵 at 10:30" } as never]);
  assertEquals(bob.client.undelivered, 0);
  await bob.leaves();
});

Deno.test("Client tells an own line that the server does not echo, once it is confirmed", async () => {
  for (const capabilities of ["", "labeled-response batch"]) {
    const bob = new Person("bob");
    await bob.server.welcomes("bob", capabilities);
    await bob.server.says(":bob!~tea@host JOIN #lobby", ":tea PONG tea :teahouse-2", "@label=t1 :tea ACK");
    bob.told();
    await bob.server.rest();
    await bob.writes("hello");
    assertEquals(bob.heard(), []);
    await bob.server.rest();
    await bob.server.says(":tea PONG tea :teahouse-4", "@label=t2 :tea ACK");
    assertEquals(bob.heard(), ["hello"]);
    await bob.leaves();
  }
});

Deno.test("Client does not tell as said what the server refused", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", "");
  await bob.server.says(":bob!~tea@host JOIN #lobby", ":tea PONG tea :teahouse-2");
  await bob.server.rest();
  bob.told();
  await bob.writes("hello");
  await bob.server.says(":tea 404 bob #lobby :Cannot send to channel (+m)", ":tea PONG tea :teahouse-4");
  assertEquals(bob.heard(), ["You cannot talk in #lobby: only those may whom an operator gives /voice."]);
  assertEquals(bob.client.refusals, 1);
  await bob.leaves();
});

Deno.test("Client says what is wrong with a line that can't be handled, and handles the next", async () => {
  const bob = await Person.inLobby("bob");
  const { say } = bob.client.actions;
  bob.client.actions.say = () => {
    throw new Error("Cannot format message");
  };
  await bob.client.input("one");
  assertEquals(bob.told(), [{ type: "error", text: "Cannot format message" }]);
  bob.client.actions.say = say;
  void bob.client.input("two");
  await bob.server.sees("@label=t2 PRIVMSG #lobby :two");
  await bob.leaves();
});

Deno.test("Client handles what was written one after the other: no line goes to the wrong target", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to carol", "secret", "/to", "open");
  assertEquals(
    await bob.server.answers((label) => [`@label=${label} :tea 303 bob :Carol`]),
    "ISON carol",
  );
  assertEquals(await echo(bob), "PRIVMSG Carol :secret");
  assertEquals(await echo(bob), "PRIVMSG #lobby :open");
  await bob.leaves();
});

Deno.test("Client does not say to all what was written for somebody who is not online", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to carol", "secret");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  assertEquals(bob.heard(), [
    "carol is not online. What you say still goes to #lobby.",
    "Not said, as it may be for somebody else: secret",
  ]);
  // What is written after that was seen is for the channel again.
  await bob.writes("hello all");
  assertEquals(await echo(bob), "PRIVMSG #lobby :hello all");
  await bob.leaves();
});

Deno.test("Client does not say at all what comes by a pipe after a target that failed", async () => {
  const bob = await Person.inLobby("bob", "alice");
  const told = bob.client.input("/to carol", "piped");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  await told;
  await bob.client.input("secret", "piped");
  await bob.client.input("/to alice", "piped");
  await bob.client.input("for alice", "piped");
  assertEquals(await echo(bob), "PRIVMSG alice :for alice");
  assertEquals(bob.client.refusals, 2);
  await bob.leaves();
});

Deno.test("Client reads a slash as a command where it is typed, never where it is pasted, and only a known one from a pipe", async () => {
  const bob = await Person.inLobby("bob");
  void bob.client.input("/quit", "text");
  void bob.client.input("//twice", "text");
  void bob.client.input("//once", "typed");
  void bob.client.input("/usr/bin/tea", "piped");
  void bob.client.input("/me waves", "piped");
  void bob.client.input("/usr/bin/tea", "typed");
  void bob.client.input("  ", "text");
  const said: string[] = [];
  for (let i = 0; i < 5; i++) said.push(await echo(bob));
  assertEquals(said.map((line) => line.slice("PRIVMSG #lobby :".length)), [
    "/quit",
    "//twice",
    "/once",
    "/usr/bin/tea",
    "\x01ACTION waves\x01",
  ]);
  assertEquals(bob.heard().filter((text) => text.includes("command")), [
    "There is no command /usr/bin/tea. /help all lists all.",
  ]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("Client lets no line end into a line", async () => {
  const bob = await Person.inLobby("bob");
  await bob.client.input("a\r\nQUIT\0 :b\rc", "text");
  await bob.client.input("/me d\r\nQUIT\0 :e\rf", "typed");
  assertEquals(await echo(bob), "PRIVMSG #lobby :a");
  assertEquals(await echo(bob), "PRIVMSG #lobby :QUIT :b");
  assertEquals(await echo(bob), "PRIVMSG #lobby :c");
  assertEquals(await echo(bob), "PRIVMSG #lobby :\x01ACTION d QUIT :e f\x01");
  await bob.leaves();
});

Deno.test("Client counts lines, and not messages, as long as the server has not confirmed them, even on leaving", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes(
    "bob",
    "batch draft/multiline=max-bytes=4096,max-lines=32 echo-message labeled-response message-tags",
  );
  await bob.server.letsIn("bob", "#lobby");
  await bob.client.input(Array.from({ length: 60 }, (_, i) => `line ${i + 1}`).join("\n"), "text");
  assertEquals(bob.client.undelivered, 60);
  const lines = await bob.server.rest();
  const label = parse(lines[0]).tags.label;
  assertEquals(lines.filter((line) => line.includes("PRIVMSG")).length, 32);
  const left = bob.client.quit("bye", 1_000);
  await bob.clock.advance(1_000);
  assertEquals(await left, 60);
  assertEquals(await bob.server.rest(), ["QUIT :bye"]);
  // The server comes to QUIT only when it has handled what was before it; it holds that back for seconds.
  await bob.clock.advance(3_000);
  await bob.server.says(`@label=${label} :bob!~tea@host PRIVMSG #lobby :all`, "ERROR :bye");
  assertEquals(bob.client.undelivered, 28);
  assertEquals(bob.client.undeliveredTexts.map((text) => text.split("\n").at(-1)), ["line 60"]);
  await bob.server.hangsUp();
  assertEquals(await bob.ended, "left");
  assertEquals(bob.client.undelivered, 28);
});

Deno.test("Client leaves without waiting for a long paste, and says how much of it is lost", async () => {
  let left: Promise<number> | undefined;
  const bob: Person = new Person("bob", { onLeave: (reason) => left = bob.client.quit(reason, 2_000) });
  await bob.server.welcomes("bob");
  await bob.server.letsIn("bob", "#lobby");
  for (let i = 0; i < 1000; i++) void bob.client.input(`line ${i}`, "text");
  await bob.writes("/quit so long");
  await bob.clock.advance(2_000);
  const lines = await bob.server.rest();
  assertEquals(lines.at(-1), "QUIT :so long");
  assertEquals(await left, 1000);
  // Nothing of the paste follows while the server takes its time.
  await bob.clock.advance(900);
  assertEquals(await bob.server.rest(), []);
  await bob.server.hangsUp();
  assertEquals(await bob.ended, "left");
});

Deno.test("Client keeps the key of a channel for coming back", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("/join tea s3cret");
  await bob.server.answers((label) => [`@label=${label} :bob!~tea@host JOIN #tea`]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob");
  await bob.server.sees("JOIN #lobby", "JOIN #tea s3cret");
  await bob.leaves();
});

Deno.test("Client.request() gives the server's answer", async () => {
  const bob = await Person.inLobby("bob");
  const replies: Promise<Message[]> = bob.client.actions.request("TIME");
  await bob.server.answers((label) => [`@label=${label} :tea 391 bob tea :tea time`]);
  assertEquals((await replies).map(({ command }) => command), ["391"]);
  await bob.leaves();
});

Deno.test("Client opens a talk as a click does, and closes it: a person's is forgotten, a channel's is left", async () => {
  const bob = await Person.inLobby("bob");
  await bob.client.actions.open("alice");
  assertEquals([bob.client.state.target, bob.told().map(({ type }) => type)], ["alice", ["target"]]);
  await bob.client.actions.close(bob.client.state.current!);
  assertEquals([bob.client.state.target, bob.client.state.find("alice")], ["#lobby", undefined]);
  void bob.client.actions.close(bob.client.state.current!);
  await bob.server.sees("@label=t2 PART #lobby");
  await bob.leaves();
});

Deno.test("Client brings a line to the talk in which it was written, wherever the person has gone meanwhile", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.client.actions.open("alice");
  const { current: alice } = bob.client.state;
  const lobby = bob.client.state.joined("#lobby")!;
  // The server has not answered the first when the person goes on.
  void bob.client.input("/whois alice", "typed", { talk: alice! });
  void bob.client.input("a secret", "typed", { talk: alice! });
  void bob.client.input("/me waves", "typed", { talk: lobby });
  await bob.client.actions.open("#lobby");
  await bob.server.sees("@label=t2 WHOIS alice");
  await bob.server.says("@label=t2 :tea 318 bob alice :End of WHOIS");
  await bob.server.sees("@label=t3 PRIVMSG alice :a secret", "@label=t4 PRIVMSG #lobby :\x01ACTION waves\x01");
  bob.told();

  void bob.client.input("/whois alice", "typed", { talk: lobby });
  void bob.client.input("to those in the lobby", "typed", { talk: lobby });
  await bob.server.says(":alice!a@host KICK #lobby bob :out");
  await bob.server.sees("@label=t5 WHOIS alice");
  await bob.server.says("@label=t5 :tea 318 bob alice :End of WHOIS");
  const refusal = bob.told().find(({ type }) => type === "error");
  assertEquals(refusal, { type: "error", text: "Not said, as you are no longer in #lobby: to those in the lobby" });
  await bob.leaves();
});

Deno.test("Client is away on the next connection as well, until it is back", async () => {
  const bob = await Person.inLobby("bob");
  void bob.client.input("/away making tea");
  await bob.server.answers((label) => [`@label=${label} :tea 306 bob :You have been marked as being away`]);
  assertEquals(bob.client.state.away, "making tea");
  assertEquals(bob.client.state.members("#lobby").find(({ nick }) => nick === "bob")?.away, true);
  await bob.leaves();
  // The same on a page that is loaded anew.
  const again = new Person("bob", { away: "making tea" });
  await again.server.welcomes("bob");
  assertEquals((await again.server.rest()).filter((line) => line.includes("AWAY")), ["AWAY :making tea"]);
  await again.leaves();
});

Deno.test("Client says up to when a talk was read, and later where lines wait", async () => {
  const bob = await Person.hearing(
    "bob",
    "echo-message labeled-response message-tags server-time batch draft/read-marker",
  );
  const says = (msgid: string, time: string) =>
    bob.server.says(`@msgid=${msgid};time=2026-11-25T12:00:${time}Z :alice!a@b PRIVMSG #lobby :tea?`);
  const marks = async () => (await bob.server.rest()).filter((line) => line.includes("MARKREAD"));
  await bob.clock.advance(60_000);
  await says("1", "01.000");
  const talk = bob.client.state.current!;
  bob.client.markRead(talk);
  assertEquals(await marks(), ["@label=trifle MARKREAD #lobby timestamp=2026-11-25T12:00:01.000Z"]);
  await says("2", "02.000");
  await bob.writes(...Array.from({ length: 12 }, (_, i) => `line ${i}`));
  bob.client.markRead(talk);
  await says("3", "03.000");
  bob.client.markRead(talk);
  assertEquals(await marks(), []);
  await bob.clock.advance(4_000);
  assertEquals(await marks(), ["@label=trifle MARKREAD #lobby timestamp=2026-11-25T12:00:03.000Z"]);
  await bob.clock.advance(10_000);
  assertEquals(await marks(), []);
  await bob.leaves();
});

Deno.test("Client tells nobody that a notice of typing was refused, and gives a line back that was", async () => {
  for (const capabilities of ["message-tags", "message-tags labeled-response batch"]) {
    const bob = new Person("bob");
    await bob.server.welcomes("bob", capabilities);
    await bob.server.says(":bob!~tea@host JOIN #lobby", ":tea PONG tea :teahouse-2", "@label=t1 :tea ACK");
    bob.told();
    const refusal = ":tea 404 bob #lobby :Cannot send to channel (+m)";
    bob.client.typed("hel");
    await bob.server.rest();
    await bob.server.says(capabilities.includes("label") ? `@label=trifle ${refusal}` : refusal);
    assertEquals(bob.told(), []);
    await bob.writes("hello :tea:");
    await bob.server.rest();
    await bob.server.says(
      ...(capabilities.includes("label") ? [`@label=t2 ${refusal}`] : [refusal, ":tea PONG tea :teahouse-4"]),
    );
    assertEquals(bob.told().map(({ type }) => type), ["error", "unsaid"]);
    await bob.leaves();
  }
});

Deno.test("Client says nothing that nobody could see, however it is said", async () => {
  const bob = await Person.inLobby("bob");
  for (const blank of ["\u200b", "\u2800 \u3164", "\x02\x034,5\x0f", "\u{1d159}\ufe0f"]) {
    await bob.writes(blank);
    assertEquals(bob.heard(), []);
    await bob.client.input(blank, "text");
    for (const command of ["/me", "/msg alice", "/notice alice"]) await bob.writes(`${command} ${blank}`);
    assertEquals(new Set(bob.heard()).size, 1);
  }
  assertEquals(await bob.server.rest(), []);
  await bob.writes("\u200b\u2615");
  assertEquals((await bob.server.rest()).length, 1);
  await bob.leaves();
});

Deno.test("Client takes for its person's own what they say on another device, by the account", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby", "alice");
  await bob.server.says(":tea 900 bob bob!~tea@host bobby :You are now logged in as bobby");
  bob.told();
  await bob.server.says(
    "@account=Bobby :bob_2!~tea@host PRIVMSG #lobby :bob is what I am called here",
    "@account=bobby :bob_2!~tea@host PRIVMSG alice :psst",
    "@account=bobby :bob_2!~tea@host PRIVMSG bob :a note to myself",
    "@account=other :carol!~tea@host PRIVMSG #lobby :hello",
  );
  const { talks } = bob.client.state;
  const lines = [...talks.values()].map(({ name, lines, unread, mentions }) => [
    name,
    lines.filter(({ kind }) => kind === "message").map(({ own, text }) => `${own ? "own " : ""}${text}`).join(", "),
    unread,
    mentions,
  ]);
  assertEquals(lines, [
    ["#lobby", "own bob is what I am called here, hello", 1, 0],
    ["alice", "own psst", 0, 0],
    ["bob_2", "own a note to myself", 0, 0],
  ]);
  await bob.leaves();
});

Deno.test("Client has a person shown as Ms Chen who is called Ms_Chen, on each connection", async () => {
  const chen = new Person("Ms_Chen", { displayName: "Ms Chen", history: 0 });
  const capabilities = "echo-message labeled-response batch draft/metadata-3=before-connect";
  for (const isAgain of [false, true]) {
    if (isAgain) {
      await chen.server.hangsUp();
      await chen.clock.advance(1_000);
    }
    await chen.server.welcomes("Ms_Chen", capabilities);
    const asked: string[] = [];
    for (const line of await chen.server.rest()) {
      const { tags: { label }, command, params } = parse(line);
      asked.push([command, ...params].join(" "));
      await chen.server.says(
        command === "METADATA"
          ? `@label=${label} :tea 761 Ms_Chen Ms_Chen display-name * :Ms Chen`
          : `@label=${label} :tea ACK`,
      );
    }
    assert(asked.includes("METADATA * SET display-name Ms Chen"), asked.join("\n"));
    assert(chen.heard().includes("You are Ms_Chen, and shown as Ms Chen."));
  }
  await chen.leaves();
});

Deno.test("/nick takes a name with spaces, and with the next nick the display name goes", async () => {
  const bob = await Person.hearing("bob", "echo-message labeled-response batch draft/metadata-3");
  await bob.writes("/nick Ms Chen");
  await bob.server.answers((label, line) => {
    assertEquals(line, "NICK Ms_Chen");
    return [`@label=${label} :bob!~tea@host NICK Ms_Chen`];
  });
  await bob.server.answers((label, line) => {
    assertEquals(line, "METADATA * SET display-name :Ms Chen");
    return [`@label=${label} FAIL METADATA INVALID_VALUE display-name :Ms Chen is the name of somebody else`];
  });
  assertEquals(bob.heard(), ["You are Ms_Chen, and cannot be shown as Ms Chen here."]);
  await bob.writes("/nick carl");
  await bob.server.answers((label) => [`@label=${label} :Ms_Chen!~tea@host NICK carl`]);
  await bob.server.answers((label, line) => {
    assertEquals(line, "METADATA * SET display-name");
    return [`@label=${label} :tea 766 carl carl display-name :Key is not set`];
  });
  assertEquals(bob.heard(), []);
  // A nick that is refused changes nothing else.
  await bob.writes("/nick Mr Wu");
  await bob.server.answers((label) => [`@label=${label} :tea 433 carl Mr_Wu :Nickname is already in use`]);
  assertEquals(bob.heard(), ["The nick Mr_Wu is in use."]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("/nick takes a name with spaces where the server keeps no display names", async () => {
  const bob = await Person.hearing("bob", "echo-message labeled-response batch");
  assertEquals(await bob.sends("/nick Ms Chen"), ["NICK Ms_Chen"]);
  await bob.leaves();
});

const METADATA = "echo-message labeled-response batch draft/metadata-3";

Deno.test("Client knows under which names the people here are shown, and forgets it with them", async () => {
  const bob = await Person.hearing("bob", METADATA);
  const { profiles } = bob.client.state;
  await bob.server.says(
    ":tea 761 * alice display-name * :Alice   Liddell",
    ":tea 761 * alice status * :in class",
    ":tea 761 * alice avatar * :https://tea.example/a.png",
    ":tea 761 * dave display-name * :nobody here",
    ":tea 761 * carol display-name * :\u2800",
    `:tea 761 * carol status * :${"x".repeat(100)}`,
  );
  assertEquals(profiles.of("ALICE"), { displayName: "Alice Liddell", status: "in class" });
  assertEquals(profiles.of("carol"), { status: "x".repeat(60) });
  assertEquals(profiles.of("dave"), {});
  // It goes with the person to another nick, and not with the nick to another person.
  await bob.server.says(":alice!a@h NICK queen", ":tea 766 * carol status :Key is not set");
  assertEquals([profiles.of("queen").displayName, profiles.of("alice"), profiles.of("carol")], [
    "Alice Liddell",
    {},
    {},
  ]);
  await bob.server.says(":queen!a@h QUIT :bye", ":queen!q@h JOIN #lobby");
  assertEquals(profiles.of("queen"), {});
  await bob.server.says(":tea 761 * queen display-name * :Another", ":queen!q@h PART #lobby");
  assertEquals(profiles.of("queen"), {});
  // Nothing of that is said in the talk; of other keys, whatever the person has asked for.
  assertEquals(bob.heard().filter((text) => /Liddell|in class|nobody|Another/.test(text)), []);
  await bob.leaves();
});

Deno.test("Client asks for the names that a server tells later, each once and not for ever", async () => {
  const bob = await Person.hearing("bob", METADATA);
  await bob.server.says(":tea 774 bob #lobby 2 :later", ":tea 774 bob #lobby 2 :later");
  assertEquals(await bob.server.rest(), []);
  await bob.clock.advance(2_000);
  assertEquals(await bob.server.answers((label) => [`@label=${label} ACK`]), "METADATA #lobby SYNC");
  await bob.server.says(...Array.from({ length: 50 }, (_, i) => `:tea 774 bob #${i} 100000 :later`));
  await bob.clock.advance(60_000);
  const asked = (await bob.server.rest()).filter((line) => line.includes("METADATA #"));
  assert(asked.length >= 1 && asked.length <= 20, `${asked.length}`);
  await bob.leaves();
});

Deno.test("/whois says under which name somebody is shown, and their status, beside the nick", async () => {
  const bob = await Person.hearing("bob", METADATA);
  await bob.writes("/whois carol");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    "@batch=1 :tea 311 bob carol c host * :Carol C",
    "@batch=1 :tea 318 bob carol :End",
    "BATCH -1",
  ]);
  const asked = await bob.server.answers((label) => [
    `@label=${label} BATCH +2 labeled-response`,
    "@batch=2 :tea 761 bob carol display-name * :Ms Carol",
    "@batch=2 :tea 761 bob carol status * :in class until 4",
    "BATCH -2",
  ]);
  assertEquals(asked, "METADATA carol GET display-name status");
  await bob.server.rest();
  const told = bob.told().flatMap((event) => event.type === "whois" ? [`${event.nick} ${event.text}`] : []);
  assertEquals(told.slice(1), ["carol is shown as Ms Carol", "carol says: in class until 4"]);
  await bob.leaves();
});

Deno.test("Client stays in the talk that was gone to last, although a channel before it takes longer to join", async () => {
  const bob = await Person.inLobby("bob");
  const joining = bob.client.actions.open("#milk");
  await bob.client.actions.open("#lobby");
  await bob.server.letsIn("bob", "#milk");
  await joining;
  assertEquals(bob.client.state.target, "#lobby");
  assertEquals(bob.client.state.channels.map(({ name }) => name), ["#lobby", "#milk"]);
  await bob.leaves();
});
