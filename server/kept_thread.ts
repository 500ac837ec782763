/**
 * One of the runtime's threads for files, which is always there.
 *
 * The runtime makes these threads when they are needed, and ends each after 10 s without work. Where it can make none, since the
 * machine or its container allows no more, work waits for one that is there; where none is there, the runtime ends the program.
 * So a room that has been quiet would be closed by the next request for the page.
 *
 * @module
 */

/** How often the thread has work, in milliseconds. */
const EVERY = 4_000;

/** Keeps a thread. @returns What stops that. */
export function keepThread(): () => void {
  // What is asked does not matter, and neither does the answer: that there are no descriptors left is one as well.
  const work = () => void Deno.lstat("/").catch(() => {});
  work();
  const timer = setInterval(work, EVERY);
  return () => clearInterval(timer);
}
