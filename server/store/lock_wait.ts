/**
 * The last wait for a lock: while another program has the database locked, what was said can't be written, and would be lost with
 * this program's end. Whatever else keeps it from being written does not end by being waited for.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Store } from "./store.ts";

/** How long to wait, in milliseconds: less than service managers do, of which systemd's own time is 90 s. */
export const LONGEST_LOCK = 60_000;

/** Times, in milliseconds. */
const TIMES = {
  /** From one try to the next. */
  pause: 100,
  /** After so long it is told. */
  tell: 1_000,
} as const;

/** How to wait for a lock. */
export interface LockWaitOptions {
  /** How long at the most, in milliseconds; `LONGEST_LOCK` when left out. */
  patience?: number;
  /** Called once, where it takes longer than a moment, with what is waited for. */
  onWait?: (text: string) => void;
}

/** Writes all that was said, and waits for that while another program has the database locked. */
export async function outwaitLock(
  store: Store,
  { patience = LONGEST_LOCK, onWait = () => {} }: LockWaitOptions = {},
): Promise<void> {
  const began = performance.now();
  let isTold = false;
  for (;;) {
    store.flushAll();
    const waited = performance.now() - began;
    if (!store.isLocked || waited >= patience) return;
    if (!isTold && waited >= TIMES.tell) {
      isTold = true;
      onWait(
        "another program has locked the database: what was said meanwhile is written once that is over, which is waited for " +
          `${patience / 1000} s at the most; a second SIGTERM or Ctrl-C ends the room at once, and loses it`,
      );
    }
    await delay(Math.min(TIMES.pause, patience - waited));
  }
}
