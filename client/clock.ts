/**
 * Time as a client sees it. A clock is handed in, so that tests can move it.
 *
 * @module
 */

/** Time as the client sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once in `ms` milliseconds; the function that it gives takes that back. */
  after(ms: number, callback: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Milliseconds of work after which timers, keys and signals have their turn. */
export const SLICE = 10;

/** Lets all else run that waits for its turn. */
export function rest(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(0, resolve));
}

/** Does long work in its steps, and lets keys, signals and timers have their turn in between. */
export async function inSlices<T>(clock: Clock, steps: Generator<void, T, undefined>): Promise<T> {
  for (let began = clock.now();;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (clock.now() - began < SLICE) continue;
    await rest(clock);
    began = clock.now();
  }
}
