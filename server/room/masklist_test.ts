import { assertEquals, assertLess } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MaskList, parseMask } from "./masklist.ts";

Deno.test("MaskList: entries end at their time, one that is set again begins anew, and what is removed covers nobody", () => {
  const list = new MaskList();
  const covers = (source: string) => list.covers([source], false);
  list.add(parseMask("~t:60:Bob")!, "alice!a@h", 0);
  list.add(parseMask("~m:carol")!, "alice!a@h", 0);
  list.add(parseMask("dave")!, "alice!a@h", 0);
  assertEquals(["bob!b@h", "carol!c@h", "dave!d@h", "erin!e@h"].map(covers), [true, false, true, false]);
  assertEquals(list.covers(["carol!c@h"], true), true);
  assertEquals([...list.values()].map(({ until }) => until), [3_600_000, Infinity, Infinity]);
  list.add(parseMask("~t:60:bob")!, "alice!a@h", 60_000);
  assertEquals(list.expire(3_600_000), []);
  assertEquals(list.expire(3_660_000).map(({ text }) => text), ["~t:60:bob!*@*"]);
  assertEquals(list.remove(parseMask("DAVE")!)?.text, "dave!*@*");
  assertEquals(["bob!b@h", "dave!d@h"].map(covers), [false, false]);
});

Deno.test("MaskList: a hundred thousand short masks take less than 300 bytes of memory each, compared or not", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = async () => {
    // What a WeakRef has given stays until the turn is over.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    return Deno.memoryUsage().heapUsed;
  };
  const before = await used();
  const lists = Array.from({ length: 1_000 }, (_, n) => {
    const list = new MaskList();
    for (let i = 0; i < 100; i++) list.add(parseMask(`${i}x${n}`)!, "alice!a@h", 0);
    return list;
  });
  for (const list of lists) assertEquals(list.covers(["bob!b@h"], false), false);
  assertLess((await used() - before) / 100_000, 300);
  assertEquals(lists.length, 1_000);
});
