import { assertEquals } from "@std/assert";
import { FakeClock } from "../../client/testing.ts";
import { Reactions, SHOWN } from "./reactions.ts";

Deno.test("a reaction is shown for some seconds; of one person three at once, the latest", async () => {
  const clock = new FakeClock();
  let changes = 0;
  const reactions = new Reactions(() => changes++, clock);
  const shown = (nick: string) => reactions.of(nick).map(({ emoji }) => emoji);
  reactions.put("Alice", "🎉");
  await clock.advance(SHOWN / 2);
  for (const emoji of ["👍", "👏", "😂"]) reactions.put("alice", emoji);
  reactions.put("bob", "😮");
  assertEquals([shown("alice"), shown("BOB"), changes], [["👍", "👏", "😂"], ["😮"], 5]);
  await clock.advance(SHOWN - 1);
  assertEquals(shown("alice").length, 3);
  await clock.advance(1);
  assertEquals([shown("alice"), shown("bob")], [[], []]);
  reactions.put("bob", "😮");
  reactions.end();
  assertEquals([shown("bob"), clock.timers], [[], 0]);
});

Deno.test("a person reacts five times at once, and then once a second", async () => {
  const clock = new FakeClock();
  const reactions = new Reactions(() => {}, clock);
  const tries = () => Array.from({ length: 7 }, () => reactions.tryOwn()).filter(Boolean).length;
  assertEquals(tries(), 5);
  await clock.advance(2_000);
  assertEquals(tries(), 2);
});
