import { assertEquals, assertRejects } from "@std/assert";
import { FairRow } from "./fair_row.ts";

Deno.test("Those for whom work is done take turns, one piece after the other, whoever has brought the most", async () => {
  const row = new FairRow(1);
  const done: string[] = [];
  let working = 0;
  const work = (what: string) => async () => {
    assertEquals(++working, 1);
    await Promise.resolve();
    working--;
    done.push(what);
    return what;
  };
  const all = ["m1", "m2", "m3", "m4"].map((what) => row.run("mallory", work(what)));
  all.push(row.run("alice", work("a1")), row.run("bob", work("b1")), row.run("alice", work("a2")));
  assertEquals(await Promise.all(all), ["m1", "m2", "m3", "m4", "a1", "b1", "a2"]);
  assertEquals(done, ["m1", "m2", "a1", "b1", "m3", "a2", "m4"]);
  // Where more is done at once, each piece is for somebody else: one that is not done holds up nobody but its own.
  const wide = new FairRow(2);
  const { promise: never, resolve } = Promise.withResolvers<string>();
  const stuck = [wide.run("mallory", () => never), wide.run("mallory", () => Promise.resolve("m7"))];
  assertEquals(await wide.run("alice", () => Promise.resolve("a4")), "a4");
  assertEquals(await wide.run("bob", () => Promise.resolve("b2")), "b2");
  resolve("m6");
  assertEquals(await Promise.all(stuck), ["m6", "m7"]);
  // What fails holds up nobody.
  const failing = row.run("mallory", () => Promise.reject(new Error("no tea")));
  const next = row.run("mallory", work("m5"));
  await assertRejects(() => failing, Error, "no tea");
  assertEquals([await next, await row.run("alice", work("a3"))], ["m5", "a3"]);
});
