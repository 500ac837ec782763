/**
 * Gives memory back to the machine when a rush is over. By itself V8 collects garbage only while something is allocated,
 * and the C library keeps what was freed: a room that was crowded once would stay large all night. It must not know what
 * the memory was for.
 *
 * @module
 */

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** When memory is given back. Times in milliseconds. */
const RETURN = {
  /** How often is looked. */
  every: 2_000,
  /** So much more than the last time, in bytes, or as a part of it, is worth a collection, which takes some 100 ms. */
  growth: 32 * 1024 * 1024,
  share: 0.25,
  /** Nobody is held up where so small a part of the time is computed, ... */
  idle: 0.1,
  /** ... nor by a collection in so long a time, and in so many times as long as the last one took: of a large heap it is a second. */
  pause: 5_000,
  times: 200,
  /** What could not be collected then is tried again after this long. */
  again: 300_000,
  /** What was freed without one is returned more often, and where more is computed: that takes some milliseconds. */
  trim: 6_000,
  calm: 0.5,
} as const;

/** Has V8 collect all its garbage. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** From how many bytes on memory is the machine's own business, which has it back at once when it is freed (mallopt(3)). */
const MMAP_THRESHOLD = -3;

/**
 * So many. By itself glibc raises that to what was freed last, and keeps it for each thread: a password takes 16 MiB to be
 * hashed, by whatever thread has nothing else to do, and there are places for eight threads of each processor.
 */
const LARGE = 1_048_576;

const GLIBC = {
  malloc_trim: { parameters: ["usize"], result: "i32" },
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
} as const;

/** Does something with glibc. Does nothing on systems with another C library, or without permission. */
function withGlibc(act: (glibc: Deno.DynamicLibrary<typeof GLIBC>["symbols"]) => void): void {
  // Whoever gives the program fewer permissions is not asked for one more.
  if (Deno.build.os !== "linux" || Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return;
  try {
    const libc = Deno.dlopen("libc.so.6", GLIBC);
    act(libc.symbols);
    libc.close();
  } catch {
    // Then it is kept until it is used again, which is all that is lost.
  }
}

/** Has glibc return what was freed. */
function trim(): void {
  withGlibc(({ malloc_trim }) => void malloc_trim(0n));
}

/**
 * Gives memory back now and then, until it is told to stop.
 *
 * @returns What stops it.
 */
export function returnMemory(): () => void {
  withGlibc(({ mallopt }) => void mallopt(MMAP_THRESHOLD, LARGE));
  const rss = () => process.memoryUsage.rss();
  // Since the beginning, and since the last collection: what is in use then counts as needed, for a while.
  let lowest = rss();
  let usual = lowest;
  let used = process.cpuUsage();
  let collectedAt = -Infinity;
  let trimmedAt = -Infinity;
  let pause = 0;
  const isWorthIt = (held: number, least: number) => held - least >= Math.max(RETURN.growth, least * RETURN.share);
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(used);
    used = process.cpuUsage();
    const computed = (user + system) / 1000 / RETURN.every;
    const isBusy = computed > RETURN.idle;
    const since = performance.now() - collectedAt;
    // One look after a collection, too, since V8 lets go of what it has collected in the background.
    const isRecent = since < 2 * RETURN.every;
    const mayTrim = performance.now() - trimmedAt >= RETURN.trim && isWorthIt(rss(), lowest);
    if (isRecent || (computed < RETURN.calm && mayTrim)) {
      trim();
      trimmedAt = performance.now();
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
