import { assertEquals, assertRejects } from "@std/assert";
import { FairRow } from "./fair_row.ts";

Deno.test("Those for whom work is done take turns, one piece after the other, whoever has brought the most", async () => {
  const row = new FairRow();
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
  // What fails holds up nobody.
  const failing = row.run("mallory", () => Promise.reject(new Error("no tea")));
  const next = row.run("mallory", work("m5"));
  await assertRejects(() => failing, Error, "no tea");
  assertEquals([await next, await row.run("alice", work("a3"))], ["m5", "a3"]);
});
