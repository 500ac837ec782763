/** What is swept when a room is opened and while it is, and what is left alone. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { History } from "../store/history.ts";
import { type FileRecord, FOREVER, KeptFiles } from "../store/kept_files.ts";
import { Store } from "../store/store.ts";
import { UNPACED } from "../turns/slices.ts";
import { Files, type FilesOptions } from "./files.ts";
import { FileFolder } from "./folder.ts";
import { FileRefusal } from "./refusal.ts";
import { cleanedJpeg, jpeg } from "./testing.ts";

const alice = { identity: "account:alice", range: "10.0.0.1", nick: "alice", isAccount: true };
const LIMITS = { each: 1e6, ofSender: 1e7, ofAll: 1e8, keep: Infinity };

/** A folder of files beside a database, which is opened again and again. */
class House implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "teahouse-" });
  readonly store = new Store(":memory:");
  readonly log: string[] = [];

  open(options: Partial<FilesOptions> = {}): Files {
    return new Files(this.store, new FileFolder(`${this.folder}/files`), {
      ...LIMITS,
      ...options,
      onError: (text) => void this.log.push(text),
    });
  }

  /** Opens it, and closes it when it was swept. Gives what it counts. */
  async sweep(): Promise<number> {
    const files = this.open();
    await files.sweep();
    await files.close();
    return files.counted;
  }

  get lying(): string[] {
    return [...Deno.readDirSync(`${this.folder}/files`)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Sends a file. Gives its id. */
async function sent(files: Files, text: string): Promise<string> {
  const upload = await files.begin(alice, { name: "tea.txt", length: text.length, token: null });
  await upload.write(new TextEncoder().encode(text));
  return (await upload.finish(UNPACED)).id;
}

Deno.test("a database that was restored without its files forgets them, says how many, and has room again", async () => {
  await using house = new House();
  const files = house.open();
  const [one, other, third] = [await sent(files, "one"), await sent(files, "other"), await sent(files, "third")];
  await files.close();
  Deno.removeSync(`${house.folder}/files/${one}`);
  Deno.removeSync(`${house.folder}/files/${third}`);
  assertEquals(await house.sweep(), 65_536);
  assertEquals(house.log, ["2 files are not in their folder any more, and are forgotten"]);
  assertEquals(house.lying, [other]);
  // Once is enough.
  await house.sweep();
  assertEquals(house.log.length, 1);
});

Deno.test("what the database does not know goes, and what is none of ours stays", async () => {
  await using house = new House();
  const files = house.open();
  const known = await sent(files, "known");
  await files.close();
  const at = (name: string) => `${house.folder}/files/${name}`;
  const outside = `${house.folder}/outside`;
  Deno.writeTextFileSync(outside, "not ours");
  const [stray, link] = ["s", "l"].map((letter) => letter.repeat(22));
  for (const name of [stray, `${stray}.part`, `${stray}.new`, `${known}.new`, "README", `${stray}.txt`, `${stray}x`]) {
    Deno.writeTextFileSync(at(name), name);
  }
  Deno.symlinkSync(outside, at(link));
  Deno.mkdirSync(at("d".repeat(22)));
  await house.sweep();
  assertEquals(
    house.lying,
    [known, "README", `${stray}.txt`, `${stray}x`, link, "d".repeat(22)].sort(),
  );
  assertEquals([Deno.readTextFileSync(outside), Deno.readTextFileSync(at(known))], ["not ours", "known"]);
  assertEquals(house.log, []);
});

Deno.test("nothing is swept as long as the database can't be read", async () => {
  await using house = new House();
  const files = house.open();
  const id = await sent(files, "tea");
  await files.close();
  const again = house.open();
  // The sweep has not begun yet.
  house.store.db.exec("ALTER TABLE files RENAME COLUMN is_whole TO was_whole");
  await again.sweep();
  await again.close();
  assertEquals(house.lying, [id]);
  assertEquals(house.log.length, 1);
  assertMatch(house.log[0], /^cannot sweep the files: /);
});

Deno.test("a file that somebody has begun stays for a day, and one whose beginning is gone does not", async () => {
  await using house = new House();
  const files = house.open();
  const wish = { name: "tea.txt", length: 10, token: null };
  const [begun, empty] = [await files.begin(alice, wish, true), await files.begin(alice, wish, true)];
  await begun.write(new TextEncoder().encode("tea"));
  await begun.suspend();
  await empty.suspend();
  await files.close();
  Deno.removeSync(`${house.folder}/files/${empty.record.id}.part`);
  await house.sweep();
  const kept = new KeptFiles(house.store);
  const state = (id: string): FileRecord | undefined => kept.find(id);
  assertEquals([state(begun.record.id)?.isWhole, state(empty.record.id)], [false, undefined]);
  assertEquals(state(begun.record.id)!.until < FOREVER, true);
  // Nobody is told that a file was lost of which nobody was told that it is there.
  assertEquals(house.log, []);
});

Deno.test("a picture that was being cleaned at the time of a crash is cleaned when its sender asks again", async () => {
  await using house = new House();
  const files = house.open();
  const picture = jpeg();
  const upload = await files.begin(alice, { name: "kettle.jpg", length: picture.length, token: null }, true);
  await upload.write(picture);
  await upload.suspend();
  await files.close();
  const { record } = upload;
  const fresh = `${house.folder}/files/${record.id}.new`;
  Deno.writeTextFileSync(fresh, "half of it");
  await house.sweep();
  assertEquals(house.lying, [`${record.id}.part`]);
  // Also where the sweep has not come to it yet.
  const again = house.open();
  Deno.writeTextFileSync(fresh, "half of it");
  const resumed = await again.resume(again.unfinished(record.id)!, alice);
  await resumed.finish(UNPACED);
  assertEquals(Deno.readFileSync(again.path(record.id)), new Uint8Array(cleanedJpeg()));
  await again.close();
  assertEquals(house.lying, [record.id]);
});

Deno.test("a file that comes while the clock is behind, or not believed yet, is kept for as long as another one", async () => {
  const [hour, day] = [3_600_000, 86_400_000];
  await using house = new House();
  let [now, uptime] = [1_000 * day, 0];
  const history = new History(house.store, { now: () => now, uptime: () => uptime });
  const files = house.open({ keep: 30 * day, now: () => history.clock.time });
  const pass = async (time: number) => {
    now += time;
    uptime += time;
    history.expire();
    house.store.flush();
    await files.sweep();
  };
  const kept = new KeptFiles(house.store);
  const old = await sent(files, "said before the clock was set back");
  now -= 100 * day;
  const behind = await sent(files, "behind");
  kept.put({ ...kept.find(behind)!, id: "x".repeat(22), until: FOREVER });
  await pass(60_000);
  now += 400 * day;
  await pass(60_000);
  const doubted = await sent(files, "not believed yet");
  await pass(2 * hour);
  assertEquals(history.clock.isRight, true);
  await pass(hour);
  const isThere = () => [old, behind, doubted].map((id) => files.find(id) !== undefined);
  assertEquals([isThere(), kept.find("x".repeat(22))?.until], [[false, true, true], FOREVER]);
  await pass(30 * day - 4 * hour);
  assertEquals(isThere(), [false, true, true]);
  await pass(2 * hour);
  assertEquals(isThere(), [false, false, false]);
  await files.close();
  history.close();
});

Deno.test("what of a file is only announced takes room of the disk from others while it is sent, and not afterwards", async () => {
  class SmallDisk extends FileFolder {
    override room(): Promise<number> {
      return Promise.resolve(1_000_000);
    }
  }
  await using house = new House();
  const files = new Files(house.store, new SmallDisk(`${house.folder}/files`), LIMITS);
  const wish = { name: "film.mp4", length: 900_000, token: null };
  const upload = await files.begin(alice, wish, true);
  await upload.write(new Uint8Array(1));
  await assertRejects(() => files.begin(alice, wish, true), FileRefusal, "room for");
  await upload.suspend();
  const other = await files.begin(alice, wish, true);
  await other.write(new Uint8Array(1));
  // Whoever goes on with it has to find room.
  const record = files.unfinished(upload.record.id)!;
  await assertRejects(() => files.resume(record, alice), FileRefusal, "room for");
  await other.suspend();
  const resumed = await files.resume(record, alice);
  await resumed.suspend();
  await files.close();
});

Deno.test("a file that fits is gone on with, however little room is left beside it", async () => {
  await using house = new House();
  const files = house.open({ each: 100_000, ofSender: 100_000, ofAll: 200_000 });
  const upload = await files.begin(alice, { name: "kettle.bin", length: 90_000, token: null }, true);
  await upload.suspend();
  for (const bytes of [40_000, 50_000]) {
    const rest = await files.resume(files.unfinished(upload.record.id)!, alice);
    await rest.write(new Uint8Array(bytes));
    if (rest.isComplete) await rest.finish(UNPACED);
    else await rest.suspend();
  }
  assertEquals([files.counted, files.find(upload.record.id)?.size], [90_000, 90_000]);
  await files.close();
});

Deno.test("what of a file is only announced takes no room from others, and what has come takes as much, also after a restart", async () => {
  await using house = new House();
  const limits = { each: 1_000_000, ofSender: 2_000_000, ofAll: 2_000_000 };
  const files = house.open(limits);
  const wish = { name: "film.mp4", length: 1_000_000, token: null };
  const mallory = (n: number) => ({ ...alice, identity: `guest:${n}`, range: `10.0.1.${n}` });
  const slow = [];
  for (let n = 0; n < 8; n++) {
    const upload = await files.begin(mallory(n), wish, true);
    await upload.write(new Uint8Array(1));
    // Six are left alone, and two go on, slowly.
    if (n < 6) await upload.suspend();
    else slow.push(upload);
  }
  assertEquals(files.counted, 8 * 65_536);
  const upload = await files.begin(alice, wish, true);
  await upload.write(new Uint8Array(700_000));
  assertEquals(files.counted, 8 * 65_536 + 700_000);
  for (const one of [upload, ...slow]) await one.suspend();
  await files.close();

  const again = house.open(limits);
  assertEquals(again.counted, 8 * 65_536 + 700_000);
  const { id } = upload.record;
  // A crash: on the disk is more than was noted.
  Deno.writeFileSync(`${house.folder}/files/${id}.part`, new Uint8Array(100_000), { append: true });
  const rest = await again.resume(again.unfinished(id)!, alice);
  assertEquals(again.counted, 8 * 65_536 + 800_000);
  await rest.write(new Uint8Array(200_000));
  await rest.finish(UNPACED);
  assertEquals(again.counted, 8 * 65_536 + 1_000_000);
  // There is a bound for what has come, wherever it is from.
  const full = await again.begin(mallory(9), { ...wish, length: 400_000 }, true);
  await full.write(new Uint8Array(400_000));
  await assertRejects(() => again.begin(mallory(10), wish), FileRefusal, "all files may have");
  await full.abandon();
  await again.remove([id]);
  assertEquals(again.counted, 8 * 65_536);
  for (let page = 0; page < 8; page++) await again.remove(new KeptFiles(house.store).page("", 1));
  assertEquals(again.counted, 0);
  await again.close();
});
