/**
 * Calls in a room that is a program: people over TCP and over the page's WebSocket, what the flags say, a connection that is
 * lost, and coturn, which takes the names and passwords that the room gives.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Coturn, MISSING } from "./coturn.ts";
import { openFolder, openRoom, type Person, runServer, skipped, until } from "./room.ts";

const CAPS = "teahouse.chat/call message-tags batch";

/** What a person is told of calls, without the batches around it, and with a nick as the source. */
async function told(person: Person): Promise<string[]> {
  const lines = await person.everything();
  return lines.filter((line) => / (?:CALL|NOTICE|TAGMSG) /.test(line))
    .map((line) => line.replace(/^@batch=\S+ /, "").replace(/(:\w+)!\S+/, "$1"));
}

async function says(person: Person, line: string): Promise<string[]> {
  await person.send(line);
  return await told(person);
}

Deno.test("three people call each other, over TCP and a WebSocket, and a fourth reads that they do", async () => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#tea" });
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  const bob = await room.person("bob", { caps: CAPS, join: "#tea", over: "text.ircv3.net" });
  const carol = await room.person("carol", { caps: CAPS, join: "#tea" });
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio,video");
  assertEquals(await says(carol, "CALL JOIN #tea :audio,muted"), [
    ":alice CALL JOIN #tea audio",
    ":bob CALL JOIN #tea audio,video",
    ":Teahouse.local CALL MEMBER #tea alice audio",
    ":Teahouse.local CALL MEMBER #tea bob audio,video",
    ":Teahouse.local CALL MEMBER #tea carol audio,muted",
    ":Teahouse.local CALL MODE #tea mesh",
  ]);
  // As long as a tag may be: with its name, the `@` and the space 4,096 bytes.
  const signal = "A".repeat(4096 - "@+teahouse.chat/rtc= ".length);
  await carol.send(`@+teahouse.chat/rtc=${signal} TAGMSG bob`);
  const line = await bob.sees(/ TAGMSG /);
  assertEquals(line.replace(/!\S+/, ""), `@+teahouse.chat/rtc=${signal} :carol TAGMSG bob`);
  await carol.send(`@+teahouse.chat/rtc=${signal}A TAGMSG bob`);
  await carol.sees(/ 417 carol /);
  await dave.send("KICK #tea bob");
  await bob.sees(/ KICK #tea bob /);
  await says(carol, "CALL PART #tea");
  assertEquals((await says(alice, "CALL LIST #tea")).slice(-2), [
    ":Teahouse.local CALL MEMBER #tea alice audio",
    ":Teahouse.local CALL MODE #tea mesh",
  ]);
  await alice.send("QUIT");
  await alice.rest();
  const page = /https:\/\/\S+/.exec(await room.logs(/https:\/\//))![0];
  const begun = await dave.sees(/ NOTICE #tea /);
  assertMatch(begun, /^:Teahouse\.local NOTICE #tea :alice has begun a call: https:\/\/127\.0\.0\.1:\d+\/#tea$/);
  assertEquals(new URL(begun.split(" call: ")[1]).port, new URL(page).port);
  await dave.sees(":Teahouse.local NOTICE #tea :The call has ended");
});

Deno.test("--calls says who begins calls, and --turn needs its secret", async () => {
  {
    await using room = await openRoom(["--calls", "none", "--no-web"], { page: false });
    const alice = await room.stranger();
    await alice.send("CAP LS 302");
    assertEquals((await alice.sees(/ CAP \* LS /)).includes("teahouse.chat/call"), false);
  }
  {
    await using room = await openRoom(["--calls", "operators"], { page: false });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    assertMatch((await says(bob, "CALL JOIN #tea :audio"))[0], / FAIL CALL DISABLED JOIN #tea /);
    await says(alice, "CALL JOIN #tea :audio");
    assertMatch((await says(bob, "CALL JOIN #tea :audio")).at(-1)!, / CALL MODE #tea mesh$/);
  }
  const refused = async (expected: string, ...flags: string[]) => {
    const { code, stderr } = await runServer("--port", "0", "--db", ":memory:", ...flags);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, expected);
  };
  await refused('--calls must be all, operators or none, not "some"', "--calls", "some");
  await refused("--turn must be an address as turn:tea.example.org:3478", "--turn", "https://tea.example.org");
  await refused("--turn: --turn and --turn-secret-file belong together", "--turn", "turn:tea.example.org");
  await refused("cannot read --turn-secret-file ", "--turn", "turn:tea.example.org", "--turn-secret-file", "/nowhere");
});

Deno.test("somebody whose connection is cut comes back by their device to their place in the call", async () => {
  await using room = await openRoom([], { page: false });
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  const comes = async (word: string) => {
    const bob = await room.stranger("bob");
    await bob.send(`CAP REQ :${CAPS} teahouse.chat/device`, `DEVICE ${word}`, "NICK bob", "USER bob 0 * :b", "CAP END");
    await bob.sees(/ 422 /);
    await bob.send("JOIN #tea");
    await bob.everything();
    return bob;
  };
  const bob = await comes("NEW");
  const secret = bob.seen.map((line) => / DEVICE SECRET (\S+)$/.exec(line)?.[1]).find((one) => one !== undefined);
  await says(alice, "CALL JOIN #tea :audio");
  await says(bob, "CALL JOIN #tea :audio,hand");
  await told(alice);
  await bob[Symbol.asyncDispose]();
  await alice.sees(/^:bob!\S+ QUIT /);
  assertEquals((await says(alice, "CALL LIST #tea"))[1], ":Teahouse.local CALL MEMBER #tea bob audio,hand");
  const again = await comes(`RESUME ${secret}`);
  assertEquals((await says(again, "CALL JOIN #tea :audio")).length, 3);
  assertEquals(await told(alice), [":bob CALL JOIN #tea audio"]);
  await again.send("QUIT");
  await again.rest();
  assertEquals(await told(alice), [":bob CALL PART #tea"]);
});

Deno.test("signals that a call needs hold up nothing, and beyond them a whole tag waits as eight lines do", async () => {
  await using room = await openRoom(["--flood-limit", "2"], { page: false });
  const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  await says(bob, "CALL JOIN #tea :audio");
  await says(alice, "CALL JOIN #tea :audio");
  const signal = `@+teahouse.chat/rtc=${"A".repeat(4_000)} TAGMSG bob`;
  // At the rate of lines these would take a minute.
  for (let i = 0; i < 18; i++) await alice.send(signal);
  await alice.send("PRIVMSG bob :at once");
  await until("it", async () => (await bob.everything()).some((line) => line.endsWith(":at once")) || undefined);
  // When all that is paid, what she says next comes seconds later; bob, who has done nothing, is answered at once meanwhile.
  const isLate = async (word: string) => {
    await alice.send(signal, signal, `PRIVMSG bob :${word}`);
    for (let i = 0; i < 3; i++) if ((await bob.everything()).some((line) => line.endsWith(`:${word}`))) return false;
    return true;
  };
  let words = 1;
  while (!await isLate(`word ${words}`)) assertLess(words++, 100);
  await bob.sees(new RegExp(` PRIVMSG bob :word ${words}$`));
});

Deno.test({
  name: "coturn takes the name and the password that the room gives, also after another secret" + skipped(MISSING),
  ignore: MISSING.length > 0,
  async fn() {
    await using folder = await openFolder();
    const file = `${folder.path}/turn-secret`;
    const write = async (secret: string) => {
      await Deno.writeTextFile(file, `${secret}\n`);
      await Deno.chmod(file, 0o600);
    };
    await write("oolong");
    await using coturn = new Coturn("oolong", folder.path);
    const turn = coturn.url;
    await using room = await openRoom(["--turn", turn, "--turn-secret-file", file], { page: false });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const join = async () => {
      const [ice] = await says(alice, "CALL JOIN #tea :audio");
      const [, url, username, password] = / CALL ICE #tea (\S+) (\S+) (\S+)$/.exec(ice)!;
      assertEquals(url, turn);
      return [username, password] as const;
    };
    const [username, password] = await join();
    await until("coturn", async () => await coturn.relays(username, password) || undefined);
    assertEquals(await coturn.relays(username, password.replace(/^./, (c) => c === "A" ? "B" : "A")), false);
    const hours = (Number(username.split(":")[0]) - Date.now() / 1000) / 3600;
    assertEquals(Math.round(hours), 12);
    await write("sencha");
    room.kill("SIGHUP");
    await room.logs("the settings are read again; new: turn-secret");
    const next = await join();
    assertNotEquals(next[1], password);
    assertEquals(await coturn.relays(...next), false);
    await using other = new Coturn("sencha", folder.path);
    await until("the other coturn", async () => await other.relays(...next) || undefined);
  },
});
