import { assertEquals } from "@std/assert";
import { at, MEMORY, Person, type Remembered, remembered } from "../testing.ts";

const says = (second: number, text: string): Remembered => [`${second}`, second, `:alice!a@b PRIVMSG #tea :${text}`];

/** What is unread in #tea, how much of it is for bob, and what the server was told of it. */
async function unreadIn({ client, server }: Person) {
  const { unread, mentions } = client.state.find("#tea")!;
  return [unread, mentions, ...(await server.rest()).map((line) => line.replace(/^@\S+ /, ""))];
}

/** bob, on a server that keeps markers, just after its welcome. */
async function bobComes(): Promise<Person> {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", `${MEMORY} draft/read-marker`);
  return bob;
}

const NEVER_READ = `@time=${at(5)} :tea MARKREAD #tea *`;

Deno.test("a channel into which the server brings somebody back, and which was never read, is unread", async () => {
  const bob = await bobComes();
  await bob.server.says(":bob!~tea@host JOIN #tea", NEVER_READ);
  await bob.server.letsIn("bob", "#lobby");
  await bob.server.recalls("#tea", says(1, "tea?"), says(2, "bob: or coffee?"));
  await bob.server.recalls("#lobby");
  assertEquals(await unreadIn(bob), [2, 1]);
  bob.client.markRead(bob.client.state.find("#tea")!);
  await bob.clock.advance(10_000);
  assertEquals(await unreadIn(bob), [0, 0, `MARKREAD #tea timestamp=${at(2)}`]);
  await bob.leaves();
});

Deno.test("of a channel that somebody joins now, only what comes is unread, and the server is told where that begins", async () => {
  const bob = await bobComes();
  await bob.server.letsIn("bob", "#lobby");
  await bob.server.recalls("#lobby");
  await bob.writes("/join #tea");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    "@batch=1 :bob!~tea@host JOIN #tea",
    `@batch=1;${NEVER_READ.slice(1)}`,
    "BATCH -1",
  ]);
  await bob.server.recalls("#tea", says(1, "tea?"), says(2, "bob: or coffee?"));
  await bob.clock.advance(10_000);
  assertEquals(await unreadIn(bob), [0, 0, `MARKREAD #tea timestamp=${at(5)}`]);
  await bob.server.says(remembered(says(6, "or cake?")));
  assertEquals(await unreadIn(bob), [1, 0]);
  await bob.leaves();
});

Deno.test("a channel that another device of somebody's joins while they are here is no channel of before", async () => {
  const bob = await bobComes();
  await bob.server.letsIn("bob", "#lobby");
  await bob.server.recalls("#lobby");
  await bob.server.says(":bob!~tea@host JOIN #tea", NEVER_READ);
  await bob.server.recalls("#tea", says(1, "tea?"));
  assertEquals(await unreadIn(bob), [0, 0]);
  await bob.leaves();
});
