/**
 * Turns of the event loop: between two of them it looks at its sockets.
 *
 * Neither a timer nor an immediate alone makes sure of that. The runtime calls all timers that are due, and also those that
 * become due meanwhile, before it goes on; and it goes from one immediate to the next without a look at the sockets, some
 * sixty times in a row. So an immediate leaves the timers first, and then a timer makes the loop wait.
 *
 * @module
 */

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

function turn(): void {
  const callbacks = waiting;
  waiting = [];
  for (const callback of callbacks) {
    try {
      callback();
    } catch (error) {
      // The error is reported like any other that is not caught, and keeps none of the others from their turn.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/**
 * Calls something in the next turn, between 1 and 2 ms from now if there is nothing else to do. All that wait are called in
 * the same turn: if each came at its own time, the loop would never look at its sockets. What one throws is an uncaught error.
 */
export function inNextTurn(callback: () => void): void {
  if (waiting.push(callback) === 1) setImmediate(() => setTimeout(turn, 0));
}

/** Resolves in the next turn. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn);
}

/** Resolves when nothing waits for a turn any more. */
export async function idle(): Promise<void> {
  do await nextTurn(); while (waiting.length > 0);
}
