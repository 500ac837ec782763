import { assertEquals, assertLess } from "@std/assert";
import { FOREVER, noteFileMove } from "./file_moves.ts";
import { type FileRecord, KeptFiles } from "./kept_files.ts";
import { Store } from "./store.ts";

const DAY = 86_400_000;

const idOf = (n: number) => `${n}`.padStart(22, "0");

/** A file that alice has sent. */
function file(n: number, at: number, until = at + 30 * DAY): FileRecord {
  return {
    ...{ id: idOf(n), name: "cup.txt", type: "text/plain", length: 6, size: 6, width: 0, height: 0, owner: "alice" },
    ...{ nick: "alice", range: "192.0.2.1", message: null, token: null, at, until, isWhole: true },
  };
}

Deno.test("files that came while the clock was behind are kept for longer at once, and written so in slices, each once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "teahouse-" });
  const path = `${folder}/teahouse.db`;
  const count = 900;
  let store = new Store(path);
  try {
    let kept = new KeptFiles(store);
    for (let n = 0; n < count; n++) kept.put(file(n, n % 2 === 0 ? 10 * DAY : 90 * DAY));
    kept.put(file(count, 10 * DAY, FOREVER));
    const untils = () => Array.from({ length: count }, (_, n) => kept.find(idOf(n))!.until);
    const changes = () => Number(store.db.prepare("SELECT total_changes() AS n").get()!.n);
    const expected = Array.from({ length: count }, (_, n) => (n % 2 === 0 ? 140 : 120) * DAY);

    store.transact(() => noteFileMove(store.db, 5 * DAY, 15 * DAY, 100 * DAY));
    assertEquals(untils(), expected);
    const before = changes();
    assertEquals(kept.moveSome(), true);
    assertLess(changes() - before, count / 4);
    assertEquals(untils(), expected);

    // The room is closed in the midst of it.
    await store.close();
    store = new Store(path);
    kept = new KeptFiles(store);
    assertEquals(untils(), expected);
    while (kept.moveSome());
    assertEquals([untils(), kept.find(idOf(count))!.until], [expected, FOREVER]);
    assertEquals(kept.old(121 * DAY, count).length, count / 2);
    assertEquals(kept.moveSome(), false);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
});
