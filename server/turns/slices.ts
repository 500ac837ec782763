/**
 * Long work in slices of time, between which everybody else has a turn.
 *
 * @module
 */

/** When the steps of long work are done, and who pays for them: a `Budget` (wire/budget.ts) is one. */
export interface Pace {
  /**
   * Waits for a turn; undefined if it has come. The work must then be done at once, without an `await`: of many that ask in
   * one turn of the event loop all would otherwise be let in before any of them had used up time.
   */
  turn(): Promise<void> | undefined;
  /** Does steps until one is the last, the work is blocked, or others are to have a turn. Says whether one was the last. */
  slice(step: () => boolean, isBlocked: () => boolean): boolean;
}

/**
 * Does work in turns of its own, since what follows an `await` has none otherwise. The work is finished whoever leaves
 * meanwhile. Rejects if a step throws.
 *
 * @param pace Who pays.
 * @param steps Yields after each small step.
 */
export async function inTurns<T>(pace: Pace, steps: Iterator<void, T>): Promise<T> {
  let step: IteratorResult<void, T>;
  do {
    const wait = pace.turn();
    if (wait !== undefined) await wait;
  } while (!pace.slice(() => (step = steps.next()).done === true, () => false));
  return step!.value as T;
}

/** Does work that is one small step in a turn of its own. */
export function inTurn<T>(pace: Pace, work: () => T): Promise<T> {
  return inTurns(pace, { next: () => ({ done: true, value: work() }) });
}

/** A pace without turns: work goes on until it is blocked. */
export const UNPACED: Pace = {
  turn: () => undefined,
  slice(step, isBlocked) {
    while (!step()) if (isBlocked()) return false;
    return true;
  },
};

/**
 * Does the first slice of work at once and the rest in later turns. The work is finished whoever leaves meanwhile, so each
 * step must look again at what may have changed since the step before. Never rejects.
 *
 * @param pace Who pays.
 * @param steps Yields after each small step.
 * @param onError Called with what a step throws, which ends the work.
 */
export async function inSlices(
  pace: Pace,
  steps: Iterator<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    while (!pace.slice(() => steps.next().done === true, () => false)) await pace.turn();
  } catch (error) {
    onError(error);
  }
}
