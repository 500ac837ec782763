import { assertEquals } from "@std/assert";
import { Store } from "./store.ts";
import { Visits } from "./visits.ts";

Deno.test("Visits are remembered up to a bound, in which those that ended last count", async () => {
  const store = new Store(":memory:");
  const visits = new Visits(store, 0);
  visits.begin("bob", "#tea", 20_500);
  // Who has another nick since is not there for ever.
  visits.begin("rob", "#tea", 0);
  for (let i = 1; i <= 21_000; i++) {
    visits.end(`guest${i}`, "#tea", i);
    if (i % 200 === 0) store.flush();
  }
  for (let i = 0; i < 10; i++) store.flush();
  const kept = Number(store.db.prepare("SELECT count(*) AS count FROM visits").get()!.count);
  assertEquals(kept <= 20_000 && kept > 19_000, true, `${kept}`);
  assertEquals([visits.lastSeen("guest1", "#tea"), visits.lastSeen("guest21000", "#tea")], [undefined, 21_000]);
  assertEquals(store.db.prepare("SELECT 1 FROM visits WHERE person = 'rob'").get(), undefined);
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

Deno.test("Visits follow a channel to its new name some at a time, and are known meanwhile", async () => {
  const store = new Store(":memory:");
  const visits = new Visits(store, 0);
  for (let i = 0; i < 1_000; i++) visits.end(`guest${i}`, "#tea", 100 + i);
  for (let i = 0; i < 6; i++) store.flush();
  visits.end("late", "#tea", 7);
  visits.moved("#tea", "#chai");
  const moved = () => Number(store.db.prepare("SELECT count(*) AS n FROM visits WHERE channel = '#chai'").get()!.n);
  const last = () => ["guest0", "guest999", "late"].map((person) => visits.lastSeen(person, "#chai"));
  assertEquals([moved(), last()], [0, [100, 1_099, 7]]);
  store.flush();
  assertEquals(moved() <= 201, true, `${moved()} at once`);
  assertEquals(last(), [100, 1_099, 7]);
  for (let i = 0; i < 8; i++) store.flush();
  assertEquals([moved(), last()], [1_001, [100, 1_099, 7]]);
  await store.close();
});
