/**
 * Long work of the room itself, which is finished whoever leaves meanwhile: done in slices of time, between which everybody
 * else has their turn. It must not know what the work is.
 *
 * @module
 */

import { nextTurn } from "./loop.ts";

/** How long one slice takes, in milliseconds, and one step more. */
const SLICE = 2;

/**
 * Does the first slice at once and the rest in later turns of the event loop. Never rejects.
 *
 * @param steps Yields after each small step, and looks again at what may have changed between two.
 * @param onError Told what a step throws, which ends the work.
 */
export async function inSlices(steps: Iterator<void>, onError: (error: unknown) => void): Promise<void> {
  try {
    for (let until = performance.now() + SLICE; !steps.next().done;) {
      if (performance.now() < until) continue;
      await nextTurn();
      until = performance.now() + SLICE;
    }
  } catch (error) {
    onError(error);
  }
}
