/**
 * Long work in slices of time, between which everybody else has their turn. It must not know what the work is.
 *
 * @module
 */

/** How the steps of long work are taken, and at whose expense: a `Budget` in budget.ts does it. */
export interface Pace {
  /**
   * Waits for a turn; nothing where it has come. Then the work is to be done at once, without a wait for nothing: of many who
   * ask in one round each would be let go, before any had done what it asked for.
   */
  turn(): Promise<void> | undefined;
  /** Does steps until one is the last, something blocks, or others are to have their turn; says whether it is done. */
  slice(step: () => boolean, isBlocked: () => boolean): boolean;
}

/**
 * Does something in turns of its own, and at the expense of whose pace it is: what follows a wait has none otherwise. It is
 * finished whoever leaves meanwhile. Rejects where a step throws.
 *
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

/** The same in one turn, for what is one small step. */
export function inTurn<T>(pace: Pace, work: () => T): Promise<T> {
  return inTurns(pace, { next: () => ({ done: true, value: work() }) });
}

/** Goes on until something blocks. */
export const UNPACED: Pace = {
  turn: () => undefined,
  slice(step, isBlocked) {
    while (!step()) if (isBlocked()) return false;
    return true;
  },
};

/**
 * Does the first slice at once and the rest in later turns. It is finished whoever leaves meanwhile, so each step looks
 * again at what may have changed since the one before. Never rejects.
 *
 * @param steps Yields after each small step.
 * @param onError Told what a step throws, which ends the work.
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
