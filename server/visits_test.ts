import { assertEquals } from "@std/assert";
import { Store } from "./store.ts";
import { Visits } from "./visits.ts";

Deno.test("Visits are remembered up to a bound, in which those that ended last count", async () => {
  const store = new Store(":memory:");
  const visits = new Visits(store, 0);
  visits.begin("bob", "#tea");
  for (let i = 1; i <= 21_000; i++) {
    visits.end(`guest${i}`, "#tea", i);
    if (i % 200 === 0) store.flush();
  }
  for (let i = 0; i < 10; i++) store.flush();
  const kept = Number(store.db.prepare("SELECT count(*) AS count FROM visits").get()!.count);
  assertEquals(kept <= 20_000 && kept > 19_000, true, `${kept}`);
  assertEquals([visits.lastSeen("guest1", "#tea"), visits.lastSeen("guest21000", "#tea")], [undefined, 21_000]);
  // Who is there has not left.
  assertEquals(visits.lastSeen("bob", "#tea"), undefined);
  visits.end("bob", "#tea", 30_000);
  assertEquals(visits.lastSeen("bob", "#tea"), 30_000);
  await store.close();
});

Deno.test("While the database can't be written what waits of visits is bounded, and what is known changes all the same", async () => {
  const store = new Store(":memory:");
  const visits = new Visits(store, 0);
  store.db.exec("ALTER TABLE visits RENAME TO elsewhere");
  for (let i = 0; i < 12_000; i++) visits.end(`guest${i}`, "#tea", 7);
  visits.end("guest1", "#tea", 8);
  assertEquals([visits.lastSeen("guest1", "#tea"), visits.lastSeen("guest9999", "#tea")], [8, 7]);
  assertEquals(visits.lastSeen("guest10001", "#tea"), undefined);
  store.db.exec("ALTER TABLE elsewhere RENAME TO visits");
  await store.close();
});
