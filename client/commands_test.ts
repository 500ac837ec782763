import { assert, assertEquals } from "@std/assert";
import { COMMANDS, readCommand, usage } from "./commands.ts";
import { Person } from "./testing.ts";

Deno.test("readCommand() takes a line apart, and knows text", () => {
  assertEquals(readCommand("/me  waves  twice "), { name: "me", rest: "waves  twice" });
  assertEquals(readCommand("/WHO"), { name: "who", rest: "" });
  assertEquals(readCommand("/"), { name: "", rest: "" });
  assertEquals(
    [readCommand("//x"), readCommand("x /me"), readCommand(" /me"), readCommand("")],
    Array(4).fill(undefined),
  );
});

Deno.test("each command has a description, and text only as its last parameter", () => {
  for (const [name, { params, description }] of COMMANDS) {
    assert(/^[a-z]+$/.test(name) && description !== "");
    assert(params.slice(0, -1).every(({ kind }) => kind !== "text" && kind !== "line"), name);
  }
});

Deno.test("usage() shows what is needed and what is not", () => {
  assertEquals(usage("kick"), "/kick <nick> [reason]");
  assertEquals(usage("to"), "/to [nick|#channel]");
});

Deno.test("/help prints the table, or one line of it", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("/help");
  const [event] = bob.told();
  const rows = event.type === "table" ? event.rows : [];
  assertEquals(rows.map(([usage]) => usage.split(" ")[0]), [...COMMANDS.keys()].map((n) => "/" + n).concat("//text"));
  await bob.writes("/help /me", "/help nonsense");
  assertEquals(bob.told(), [
    { type: "table", rows: [["/me <text>", "say what you do: /me waves"]] },
    { type: "error", text: "There is no command /nonsense. Did you mean /notice? /help lists all." },
  ]);
  await bob.leaves();
});

Deno.test("/to makes a person the target, and alone the channel again", async () => {
  const bob = await Person.inLobby("bob", "Alice");
  await bob.writes("/to alice");
  assertEquals(bob.told(), [
    { type: "target", target: "Alice" },
    { type: "info", text: "Only Alice gets what you say; /to goes back." },
  ]);
  await bob.writes("/to");
  assertEquals(bob.told(), [
    { type: "target", target: "#lobby" },
    { type: "info", text: "All in #lobby get what you say." },
  ]);
  await bob.leaves();
});

Deno.test("/to refuses oneself, and somebody who is not online", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to BOB");
  assertEquals(bob.heard(), ["You cannot talk to yourself."]);
  await bob.writes("/to carol");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  assertEquals(bob.heard(), ["carol is not online."]);
  assertEquals(bob.client.state.target, "#lobby");
  await bob.leaves();
});

Deno.test("/to #channel and /join join where that is needed", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to #tea");
  await bob.server.answers((label) => [`@label=${label} :bob!~tea@host JOIN #tea`]);
  assertEquals(bob.client.state.target, "#tea");
  await bob.writes("/join LOBBY");
  assertEquals([bob.client.state.target, await bob.server.rest()], ["#lobby", []]);
  await bob.writes("/join secret");
  await bob.server.answers((label) => [`@label=${label} :tea 475 bob #secret :Cannot join channel (+k)`]);
  assertEquals(bob.heard().at(-1), "You cannot join #secret: it needs its key (/join #secret KEY).");
  assertEquals(bob.client.state.target, "#lobby");
  await bob.leaves();
});

Deno.test("commands send what they say, with emoji only in text", async () => {
  const lines: [written: string, sent: string][] = [
    ["/me drinks :tea:", "PRIVMSG #lobby :\x01ACTION drinks 🍵\x01"],
    ["/nick :tea:", "NICK ::tea:"],
    ["/part", "PART #lobby"],
    ["/part tea", "PART #tea"],
    ["/topic", "TOPIC :#lobby"],
    ["/topic :tea: time", "TOPIC #lobby :🍵 time"],
    ["/away", "AWAY"],
    ["/away :tea:", "AWAY 🍵"],
    ["/whois alice", "WHOIS alice"],
    ["/kick alice too :tea: loud", "KICK #lobby alice :too 🍵 loud"],
    ["/who #tea", "NAMES #tea"],
    ["/raw mode #lobby +t", "mode #lobby +t"],
    ["/raw PRIVMSG #lobby ::tea: raw", "PRIVMSG #lobby ::tea: raw"],
  ];
  for (const [written, sent] of lines) {
    const bob = await Person.inLobby("bob", "alice");
    await bob.writes(written);
    assertEquals(await bob.server.answers((label) => [`@label=${label} :tea ACK`]), sent);
    await bob.leaves();
  }
});

Deno.test("commands are checked before they run", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("/me", "/nick", "/nick a b", "/kick", "/raw :x", "/raw 1", "/kick :x y", "/");
  assertEquals(bob.heard(), [
    "Usage: /me <text>",
    "Usage: /nick <nick>",
    "Usage: /nick <nick>",
    "Usage: /kick <nick> [reason]",
    "Cannot parse line: it has no command.",
    'Cannot parse line: "1" is no command.',
    'Cannot format message: ":x" is not allowed as middle parameter.',
    "A line that begins with / is a command: /help lists them, // begins a text with /.",
  ]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("/who shows the channel's people without asking", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/who");
  const members = [{ nick: "alice", prefix: "", away: false }];
  const self = { nick: "bob", prefix: "", away: false, userhost: "~tea@host" };
  assertEquals(bob.told(), [{ type: "names", channel: "#lobby", members: [...members, self] }]);
  await bob.leaves();
});

Deno.test("commands for the channel say so where there is none", async () => {
  const bob = await Person.inLobby("bob");
  await bob.server.says(":bob!~tea@host PART #lobby");
  bob.told();
  await bob.writes("/who", "/part", "/topic x", "/kick alice", "/to", "hello");
  assertEquals(bob.heard(), Array(6).fill("You are in no channel: /join #lobby"));
  await bob.leaves();
});

Deno.test("/quit asks the view to leave, with the reason", async () => {
  const reasons: (string | undefined)[] = [];
  const bob = new Person("bob", { onLeave: (reason) => reasons.push(reason) });
  await bob.writes("/quit", "/quit tea :tea:");
  assertEquals(reasons, [undefined, "tea 🍵"]);
  await bob.leaves();
});
