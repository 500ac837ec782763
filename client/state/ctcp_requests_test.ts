import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

Deno.test("what somebody asks by CTCP is said in a line, and answered by nothing", async () => {
  const cases: [line: string, says: string][] = [
    ["PRIVMSG bob :\x01VERSION\x01", "alice asked for your client's version (CTCP VERSION); no answer is sent."],
    [
      "PRIVMSG #lobby :\x01time\x01",
      "alice asked all in #lobby for your computer's time (CTCP TIME); no answer is sent.",
    ],
    [
      "PRIVMSG bob :\x01PING 1764201\x01",
      "alice asked for how fast your client answers (CTCP PING); no answer is sent.",
    ],
    [
      "PRIVMSG bob :\x01constructor x",
      "alice asked for something that this client does not know (CTCP CONSTRUCTOR x).",
    ],
    ["PRIVMSG bob :\x01", "alice sent a request of clients that asks for nothing (CTCP)"],
    ["PRIVMSG #lobby :\x01\x01", "alice sent to #lobby a request of clients that asks for nothing (CTCP)"],
    ["PRIVMSG bob :\x01 hi", "alice sent a request of clients that asks for nothing (CTCP): hi"],
    [
      'PRIVMSG bob :\x01DCC SEND "my tea.txt" 3232235777 5000 12\x01',
      'alice offers you the file "my tea.txt" over a direct connection (CTCP DCC SEND): refused, as this client makes none.',
    ],
    [
      "PRIVMSG bob :\x01DCC SEND tea.txt 3232235777 5000 12\x01",
      'alice offers you the file "tea.txt" over a direct connection (CTCP DCC SEND): refused, as this client makes none.',
    ],
    [
      "PRIVMSG bob :\x01DCC CHAT chat 3232235777 5000\x01",
      "alice offers you a talk over a direct connection (CTCP DCC CHAT): refused, as this client makes none.",
    ],
    [
      "PRIVMSG bob :\x01DCC RESUME x 1 2\x01",
      "alice asked for a direct connection (CTCP DCC RESUME): refused, as this client makes none.",
    ],
    ["NOTICE bob :\x01VERSION irssi 1.4\x01", "alice's client answered CTCP VERSION: irssi 1.4"],
  ];
  for (const [line, says] of cases) {
    const bob = await Person.inLobby("bob", "alice");
    await bob.server.says(`:alice!a@h ${line}`);
    assertEquals([bob.heard(), await bob.server.rest(), bob.lines("alice")], [[says], [], []], line);
    await bob.leaves();
  }
});

Deno.test("a flood of CTCP is a few lines, each of them short", async () => {
  const bob = await Person.inLobby("bob", "alice");
  const asks = (...lines: string[]) => bob.server.says(...lines.map((text) => `:alice!a@h PRIVMSG bob :${text}`));
  await asks(...Array(100).fill("\x01VERSION\x01"));
  assertEquals(bob.heard().length, 1);
  await asks(...Array.from({ length: 100 }, (_, i) => `\x01X${i} ${"👨‍👩‍👧‍👦".repeat(15)}\x01`));
  const heard = bob.heard();
  assertEquals(heard.length, 4);
  assertEquals(heard[0], `alice asked for something that this client does not know (CTCP X0 ${"👨‍👩‍👧‍👦".repeat(7)}…).`);
  assertEquals(heard[3].endsWith(" More of that is not shown for a minute."), true);
  await bob.clock.advance(60_000);
  await bob.server.rest();
  await asks("\x01VERSION\x01");
  assertEquals(bob.heard(), ["alice asked for your client's version (CTCP VERSION); no answer is sent."]);
  await bob.leaves();
});

Deno.test("CTCP of somebody who is ignored is not told; one's own is, and /me is none", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/ignore alice");
  bob.told();
  await bob.server.says(":alice!a@h PRIVMSG bob :\x01VERSION\x01", ":bob!b@h PRIVMSG carol :\x01VERSION\x01");
  assertEquals(bob.heard(), ["You asked carol by CTCP VERSION."]);
  await bob.server.says(":carol!c@h PRIVMSG #lobby :\x01ACTION waves\x01");
  assertEquals(bob.told().map(({ type }) => type), ["action"]);
  await bob.leaves();
});
