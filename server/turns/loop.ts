/**
 * Turns of the event loop: between two of them it looks at its sockets.
 *
 * Neither a timer nor an immediate makes sure of that. The runtime goes on without a look at the sockets, some sixty times in
 * a row, as long as it has anything to do: immediates, timers that have become due, socket operations that it had put off.
 * With work of some milliseconds each time, nobody would be heard for hundreds of milliseconds. So a turn begins when
 * something has been read from a socket: that of a connection with oneself.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { SelfPipe } from "./self_pipe.ts";

/** Opened with the program: later there may be no descriptor left for it. */
const pipe = await SelfPipe.open();

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
 * Calls something in the next turn, at once if there is nothing else to do. All that wait are called in the same turn: if each
 * came at its own time, the loop would never look at its sockets. What one throws is an uncaught error.
 */
export function inNextTurn(callback: () => void): void {
  if (waiting.push(callback) > 1) return;
  if (pipe !== undefined) void pipe.looked().then(turn);
  // The immediate leaves the timers, which are otherwise called as long as one is due.
  else setImmediate(() => setTimeout(turn, 0));
}

/** Resolves in the next turn. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn);
}

/** Resolves when nothing waits for a turn any more. */
export async function idle(): Promise<void> {
  do await nextTurn(); while (waiting.length > 0);
}
