/** What clients ask for and no suite of others covers: MOTD, VERSION, ISON, invite-notify, and who is told of typing. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../protocol.ts";
import { History } from "../store/history.ts";
import { Store } from "../store/store.ts";
import { type Person, Room } from "../testing.ts";
import { helpLines } from "./help.ts";
import { COMMANDS } from "./table.ts";

/** What someone is answered. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await person.everything();
}

Deno.test("MOTD gives each line, an empty one as well, on coming in and when it is asked for", async () => {
  await using room = new Room({ motd: ["Tea is at four.", "", "喝茶吗"] });
  const alice = await room.person("alice");
  const expected = [
    ":Tea.local 375 alice :- Tea.local Message of the day -",
    ":Tea.local 372 alice :- Tea is at four.",
    ":Tea.local 372 alice :- ",
    ":Tea.local 372 alice :- 喝茶吗",
    ":Tea.local 376 alice :End of /MOTD command",
  ];
  for (const line of ["MOTD", "motd Tea.local", "MOTD alice"]) assertEquals(await asks(alice, line), expected, line);
  assertMatch((await asks(alice, "MOTD elsewhere.example"))[0], / 402 alice elsewhere\.example /);
});

Deno.test("VERSION names the program and the room, and repeats what the room is like", async () => {
  await using room = new Room({ version: "1.2.3", network: "Tea Room" });
  const alice = await room.person("alice");
  const [version, ...tokens] = await asks(alice, "VERSION");
  assertEquals(version, ":Tea-Room.local 351 alice teahouse-1.2.3 Tea-Room.local :Tea Room");
  assert(tokens.length > 1 && tokens.every((line) => line.startsWith(":Tea-Room.local 005 alice ")));
  assert(tokens.some((line) => line.includes(" NETWORK=Tea\\x20Room ")));
  assertMatch((await asks(alice, "VERSION elsewhere.example"))[0], / 402 alice elsewhere\.example /);
});

Deno.test("HELP knows every command there is, and says each line of what it is for", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const [first, ...names] = (await asks(alice, "HELP")).map((line) => parse(line).params[2]).slice(0, -1);
  assertEquals([first, ...names.join(" ").split(" ")], [
    "Commands; HELP and one of them says more:",
    ...[...COMMANDS.keys()].sort(),
  ]);
  for (const [name, command] of COMMANDS) {
    const [usage, ...about] = helpLines(command);
    assertEquals([usage.split(" ")[0], about.length > 0], [name, true]);
    const answers = (await asks(alice, `HELP ${name.toLowerCase()}`)).map((line) => parse(line));
    assertEquals(answers.map(({ command, params }) => [command, ...params]), [
      ["704", "alice", name, usage],
      ...about.map((line) => ["705", "alice", name, line]),
      ["706", "alice", name, "End of /HELP"],
    ]);
  }
});

Deno.test("ISON takes nicks as parameters or as one text, in any case, and gives those who are here", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  await room.person("张三");
  assertEquals(await asks(alice, "ISON Alice nobody :张三 ::x", "ISON :nobody ALICE 张三", "ISON nobody", "ISON"), [
    ":Tea.local 303 alice :alice 张三",
    ":Tea.local 303 alice :alice 张三",
    ":Tea.local 303 alice :",
    ":Tea.local 461 alice ISON :Not enough parameters",
  ]);
});

Deno.test("Of an invitation those are told who could have invited: all, or with mode i the operators", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "invite-notify", join: "#tea" });
  const bob = await room.person("bob", { caps: "invite-notify", join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  const dave = await room.person("dave", { caps: "invite-notify" });
  await asks(carol, "INVITE dave #tea");
  const told = ":carol!carol@127.0.0.1 INVITE dave #tea";
  assert((await alice.everything()).includes(told) && (await bob.everything()).includes(told));
  assertEquals(await dave.everything(), [told]);
  await asks(alice, "MODE #tea +io carol");
  for (const person of [bob, carol]) await person.everything();
  await asks(carol, "INVITE dave #tea");
  assertEquals(await alice.everything(), [told]);
  assertEquals(await bob.everything(), []);
});

Deno.test("An operator's invitation is over when the channel is closed anew", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob");
  await asks(alice, "MODE #tea +i", "INVITE bob #tea", "MODE #tea -i", "MODE #tea +i");
  await bob.everything();
  assertEquals(await asks(bob, "JOIN #tea"), [":Tea.local 473 bob #tea :Cannot join channel (+i: by invitation only)"]);
  await asks(alice, "INVITE bob #tea");
  await bob.everything();
  await asks(bob, "JOIN #tea");
  assert(room.chat.channels.find("#tea")!.members.size === 2);
});

Deno.test("LUSERS counts a secret channel for those who are in it, and for nobody else", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea,#secret" });
  const bob = await room.person("bob");
  const counted = async (person: Person) => (await asks(person, "LUSERS")).find((line) => line.includes(" 254 "));
  assertEquals(await counted(bob), ":Tea.local 254 bob 2 :channels formed");
  await asks(alice, "MODE #secret +s");
  assertEquals(await counted(bob), ":Tea.local 254 bob 1 :channels formed");
  assertEquals(await counted(alice), ":Tea.local 254 alice 2 :channels formed");
  await asks(alice, "PART #secret");
  assertEquals(await counted(bob), ":Tea.local 254 bob 1 :channels formed");
  await asks(alice, "JOIN #secret", "MODE #secret +s", "MODE #secret -s");
  assertEquals(await counted(bob), ":Tea.local 254 bob 2 :channels formed");
});

Deno.test("That one is typing is told to those who understand it, in channels and in private, and never kept", async () => {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room({}, {}, { history });
    const caps = "message-tags draft/chathistory draft/event-playback batch";
    const alice = await room.person("alice", { caps, join: "#tea" });
    const bob = await room.person("bob", { caps: "message-tags", join: "#tea" });
    const carol = await room.person("carol", { join: "#tea" });
    for (const person of [alice, bob, carol]) await person.everything();
    await asks(alice, "@+typing=active TAGMSG #tea", "@+typing=done TAGMSG bob", "@+typing=active TAGMSG carol");
    assertEquals((await bob.everything()).map((line) => line.replace(/msgid=\w+;/, "")), [
      "@+typing=active :alice!alice@127.0.0.1 TAGMSG #tea",
      "@+typing=done :alice!alice@127.0.0.1 TAGMSG bob",
    ]);
    assertEquals(await carol.everything(), []);
    for (const target of ["#tea", "bob"]) {
      const [open, ...rest] = await asks(alice, `CHATHISTORY LATEST ${target} * 10`);
      assertMatch(open, / BATCH \+\S+ chathistory /);
      assertEquals(rest.length, 1);
    }
  }
  history.close();
  await store.close();
});
