import { assertEquals, assertThrows } from "@std/assert";
import { LockPatience } from "./lock_patience.ts";

/** A file that another program locks, and a clock that goes on only while that is waited for. */
class LockedFile {
  now = 0;
  /** For how long it is locked from now on, in milliseconds. */
  lock = 0;
  #waited = 0;
  #timeout = 0;
  isEmptying = false;
  readonly patience = new LockPatience({
    db: this,
    isEmptying: () => this.isEmptying,
    now: () => this.now,
  });

  exec(sql: string): void {
    const [, timeout] = /busy_timeout = (\d+)/.exec(sql) ?? [];
    if (timeout !== undefined) this.#timeout = Number(timeout);
    if (sql !== "BEGIN IMMEDIATE") return;
    const wait = Math.min(this.lock, this.#timeout);
    this.now += wait;
    this.#waited += wait;
    this.lock -= wait;
    if (this.lock > 0) throw new Error("database is locked");
  }

  /** Begins a transaction at once while the file is locked for so long. @returns How long it was waited for. */
  begin(lock: number, transactions = 1): number {
    this.patience.start();
    this.#waited = 0;
    try {
      for (let i = 0; i < transactions; i++) {
        this.lock = lock;
        this.patience.begin();
      }
      this.patience.unlocked();
    } catch {
      // How long it was waited for says it.
    } finally {
      this.patience.end();
    }
    return this.#waited;
  }
}

Deno.test("LockPatience: a lock is waited for; where it was long, none is until that is half a percent of the time", () => {
  const file = new LockedFile();
  assertEquals([file.begin(400), file.begin(400), file.begin(1)], [400, 0, 0]);
  file.now += 69_000;
  assertEquals(file.begin(400), 0);
  file.now += 2_000;
  assertEquals([file.begin(400), file.begin(400)], [400, 0]);
});

Deno.test("LockPatience: a program that locks the file for nearly all the time takes half a percent of it", () => {
  const file = new LockedFile();
  let waited = 0;
  while (file.now < 3_600_000) {
    waited += file.begin(400);
    file.now += 100;
  }
  assertEquals(Math.round(waited / file.now * 1_000), 5);
});

Deno.test("LockPatience: short locks are waited for one after the other", () => {
  const file = new LockedFile();
  assertEquals(Array.from({ length: 12 }, () => file.begin(5)), [...Array(11).fill(5), 0]);
});

Deno.test("LockPatience: of transactions that follow each other only those wait for which there is time left", () => {
  assertEquals(new LockedFile().begin(30, 4), 60);
});

Deno.test("LockPatience: the emptying of the log is waited for in any case, but no lock that was waited for in vain", () => {
  const file = new LockedFile();
  assertEquals([file.begin(400), file.begin(80)], [400, 0]);
  file.isEmptying = true;
  assertEquals([file.begin(80), file.begin(80)], [80, 80]);
  assertEquals([file.begin(10_000), file.begin(10_000)], [500, 0]);
  // It is seen to be gone.
  file.begin(0);
  assertEquals(file.begin(80), 80);
});

Deno.test("LockPatience: what is not to be waited for does not wait, and is told at once", () => {
  const file = new LockedFile();
  file.lock = 1;
  assertThrows(() => file.patience.begin(), Error, "database is locked");
  assertEquals([file.now, file.begin(400)], [0, 400]);
});
