import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Channel } from "../room/channel.ts";
import { KeptChannels } from "./channels.ts";
import { Markers } from "./markers.ts";
import { Store } from "./store.ts";

Deno.test("Markers follow a channel to its new name some at a time, and are known meanwhile", async () => {
  const store = new Store(":memory:");
  const markers = new Markers(store);
  const keptChannels = new KeptChannels(store);
  const count = (name: string) =>
    Number(store.db.prepare("SELECT count(*) AS count FROM markers WHERE target = ?").get(name)!.count);
  const reader = (i: number) => `device:${1000 + i}`;
  const known = (name: string) => [0, 500, 999].map((i) => markers.find(reader(i), name));
  for (let i = 0; i < 1_000; i++) markers.advance(reader(i), "#tea", 100 + i);
  while (store.flush());
  const channel = new Channel("#tea", 0);
  const rename = (name: string) => {
    const before = channel.name;
    keptChannels.rename(channel, name);
    channel.rename(name, 0);
    markers.moved(before, name);
  };
  rename("#chai");
  assertLessOrEqual(count("#chai"), 200, "markers are moved with the name at once");
  assertEquals(known("#chai"), [100, 600, 1_099]);
  // A name that it has for a moment only; and somebody reads on meanwhile.
  rename("#mate");
  assertEquals(known("#mate"), [100, 600, 1_099]);
  assertEquals([markers.advance(reader(999), "#mate", 50), markers.advance(reader(999), "#mate", 5_000)], [
    false,
    true,
  ]);
  let before = count("#mate");
  for (let i = 0; i < 20; i++) {
    store.flush();
    assertLessOrEqual(count("#mate") - before, 201, "markers are moved by one transaction");
    before = count("#mate");
    assertEquals(known("#mate"), [100, 600, 5_000]);
  }
  assertEquals([count("#tea"), count("#chai"), count("#mate")], [0, 0, 1_000]);
  await store.close();
});
