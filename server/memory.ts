/**
 * Gives memory back to the machine when a rush is over. By itself V8 collects garbage only while something is allocated, and
 * the C library keeps what was freed, so a room that was crowded once would stay large all night.
 *
 * @module
 */

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** When memory is given back. Times in milliseconds. */
const RETURN = {
  /** Between two checks. */
  every: 2_000,
  /** Growth since the last time that is worth a collection, which takes some 100 ms: in bytes, and as a part of the memory. */
  growth: 32 * 1024 * 1024,
  share: 0.25,
  /** There is no collection while the program computes for more than so large a part of the time: it would hold people up. */
  idle: 0.1,
  /** Between two collections: at least so long, and so many times as long as the last one took, a second for a large heap. */
  pause: 5_000,
  times: 200,
  /** After this time memory that a collection has left counts as growth again. */
  again: 300_000,
  /** Freed memory is returned without a collection so often, while no more is computed than `calm`: it takes some milliseconds. */
  trim: 6_000,
  calm: 0.5,
  /** It is not returned again before so many milliseconds have been computed: who computes nothing frees nothing. */
  work: 250,
} as const;

/** Has V8 collect all its garbage. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** The parameter of mallopt(3) that says from how many bytes on freed memory goes back to the machine at once. */
const MMAP_THRESHOLD = -3;

/**
 * The value of that parameter, in bytes. By itself glibc raises it to what was freed last, for each thread: hashing a password
 * takes 16 MiB, on any thread that has nothing else to do, and there are up to eight threads for each processor.
 */
const LARGE = 1_048_576;

const GLIBC = {
  malloc_trim: { parameters: ["usize"], result: "i32" },
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
} as const;

/** Calls glibc. Does nothing on systems with another C library, or without permission. */
function withGlibc(act: (glibc: Deno.DynamicLibrary<typeof GLIBC>["symbols"]) => void): void {
  // The program does not ask for a permission that it was not given.
  if (Deno.build.os !== "linux" || Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return;
  try {
    const libc = Deno.dlopen("libc.so.6", GLIBC);
    act(libc.symbols);
    libc.close();
  } catch {
    // Then freed memory is kept until it is used again, and nothing else is lost.
  }
}

/** Has glibc return freed memory to the machine. */
function trim(): void {
  withGlibc(({ malloc_trim }) => void malloc_trim(0n));
}

/** Gives memory back now and then. @returns What stops that. */
export function returnMemory(): () => void {
  withGlibc(({ mallopt }) => void mallopt(MMAP_THRESHOLD, LARGE));
  const rss = () => process.memoryUsage.rss();
  // The least since the beginning, and since the last collection: what that has left counts as needed for a while.
  let lowest = rss();
  let usual = lowest;
  let used = process.cpuUsage();
  let collectedAt = -Infinity;
  let trimmedAt = -Infinity;
  /** Milliseconds computed since memory was returned. */
  let worked = 0;
  let pause = 0;
  const isWorthIt = (held: number, least: number) => held - least >= Math.max(RETURN.growth, least * RETURN.share);
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(used);
    used = process.cpuUsage();
    worked += (user + system) / 1000;
    const computed = (user + system) / 1000 / RETURN.every;
    const isBusy = computed > RETURN.idle;
    const since = performance.now() - collectedAt;
    // Shortly after a collection as well, since V8 frees in the background what it has collected.
    const isRecent = since < 2 * RETURN.every;
    const mayTrim = performance.now() - trimmedAt >= RETURN.trim && worked >= RETURN.work && isWorthIt(rss(), lowest);
    if (isRecent || (computed < RETURN.calm && mayTrim)) {
      trim();
      trimmedAt = performance.now();
      worked = 0;
      // What returning took is no work of the room.
      used = process.cpuUsage();
    }
    const held = rss();
    if (isRecent) usual = held;
    lowest = Math.min(lowest, held);
    usual = Math.min(usual, held);
    if (isBusy || since < pause || !isWorthIt(held, since < RETURN.again ? usual : lowest)) return;
    const begun = performance.now();
    collect();
    collectedAt = performance.now();
    pause = Math.max(RETURN.pause, (collectedAt - begun) * RETURN.times);
  }, RETURN.every);
  return () => clearInterval(timer);
}
