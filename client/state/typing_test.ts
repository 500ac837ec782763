import { assertEquals } from "@std/assert";
import { at, MEMORY, Person } from "../testing.ts";
import { TYPING } from "./typing.ts";

async function inLobby(): Promise<Person> {
  const bob = new Person("bob", { history: 0 });
  await bob.server.welcomes("bob", MEMORY);
  await bob.server.letsIn("bob", "#lobby", "alice");
  await bob.clock.advance(5_000);
  bob.told();
  return bob;
}

/** Who is typing, as it was told. */
const typing = (person: Person) =>
  person.told().flatMap((event) => event.type === "typing" ? [event.nicks.join(" ")] : []);

Deno.test("Typing tells others every 3 seconds, and once when the line was emptied", async () => {
  const bob = await inLobby();
  const { client, clock, server } = bob;
  client.typed("h");
  client.typed("he");
  assertEquals(await server.rest(), ["@+typing=active;label=trifle TAGMSG #lobby"]);
  await clock.advance(TYPING.every);
  client.typed("hel");
  client.typed("");
  client.typed("");
  assertEquals(await server.rest(), [
    "@+typing=active;label=trifle TAGMSG #lobby",
    "@+typing=done;label=trifle TAGMSG #lobby",
  ]);
  await bob.leaves();
});

Deno.test("Typing tells nobody of commands, nor that a line was sent", async () => {
  const bob = await inLobby();
  bob.client.typed("/to alice");
  assertEquals(await bob.server.rest(), []);
  bob.client.typed("hello");
  await bob.writes("hello");
  bob.client.typed("");
  assertEquals((await bob.server.rest()).map((line) => line.split(" ").slice(1).join(" ")), [
    "TAGMSG #lobby",
    "PRIVMSG #lobby :hello",
  ]);
  await bob.leaves();
});

Deno.test("Typing tells one talk that it is over when another is gone on with", async () => {
  const bob = await inLobby();
  bob.client.typed("hello");
  await bob.client.input("/to alice");
  bob.client.typed("psst");
  assertEquals((await bob.server.rest()).filter((line) => line.includes("typing")), [
    "@+typing=active;label=trifle TAGMSG #lobby",
    "@+typing=active;label=trifle TAGMSG alice",
  ]);
  bob.client.actions.talkTo(undefined);
  bob.client.typed("x");
  assertEquals(await bob.server.rest(), [
    "@+typing=done;label=trifle TAGMSG alice",
    "@+typing=active;label=trifle TAGMSG #lobby",
  ]);
  await bob.leaves();
});

Deno.test("Typing is not sent where the server carries no tags, nor by one that sends as fast as it may", async () => {
  const plain = await Person.inLobby("bob");
  await plain.leaves();
  const bare = new Person("bob");
  await bare.server.welcomes("bob", "");
  bare.client.typed("hello");
  await bare.leaves();
  const bob = await inLobby();
  for (let i = 0; i < 30; i++) void bob.client.input(`${i}`, "text");
  await bob.server.rest();
  bob.client.typed("hello");
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("Typing of others ends when they say so, or something, or leave, or after 6 seconds", async () => {
  const bob = await inLobby();
  const tag = (status: string) => `@+typing=${status} :alice!~tea@host TAGMSG #lobby`;
  const ends = [tag("done"), `@time=${at(1)} :alice PRIVMSG #lobby :hi`, ":alice PART #lobby", ":alice QUIT :bye"];
  for (const end of ends) {
    await bob.server.says(":alice!~tea@host JOIN #lobby", tag("active"), tag("active"));
    assertEquals(typing(bob), ["alice"], end);
    await bob.server.says(end);
    assertEquals(typing(bob), [""], end);
  }
  await bob.server.says(":alice!~tea@host JOIN #lobby", tag("active"));
  await bob.clock.advance(TYPING.active - 1);
  await bob.server.says(tag("active"));
  await bob.clock.advance(TYPING.active - 1);
  assertEquals(typing(bob), ["alice"]);
  await bob.clock.advance(1);
  assertEquals(typing(bob), [""]);
  await bob.server.says(tag("paused"));
  await bob.clock.advance(TYPING.paused);
  assertEquals(typing(bob), ["alice", ""]);
  await bob.leaves();
});

Deno.test("Typing of others ends with the connection, and own and unknown notices are nothing", async () => {
  const bob = await inLobby();
  await bob.server.says("@+typing=active :bob TAGMSG #lobby", "@+typing=x :alice TAGMSG #lobby");
  await bob.server.says("@+typing=active :stranger TAGMSG bob");
  assertEquals([typing(bob), bob.client.state.find("stranger")], [[], undefined]);
  await bob.server.says("@+typing=active :alice TAGMSG #lobby");
  await bob.server.hangsUp();
  assertEquals(typing(bob), ["alice", ""]);
  await bob.leaves();
});

Deno.test("Typing is told a little later where something else has just been sent, and not at all if that is over by then", async () => {
  const bob = await inLobby();
  const { client, clock, server } = bob;
  const typings = async () => (await server.rest()).filter((line) => line.includes("typing=active")).length;
  const talk = async () => {
    for (let i = 0; i < 8; i++) await bob.writes(`line ${i}`);
    client.typed("h");
  };
  await talk();
  assertEquals(await typings(), 0);
  await clock.advance(5_000);
  assertEquals(await typings(), 1);
  await clock.advance(TYPING.every);
  await talk();
  client.typed("");
  await clock.advance(10_000);
  assertEquals(await typings(), 0);
  await bob.leaves();
});
