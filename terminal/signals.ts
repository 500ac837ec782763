/**
 * What ends the client from outside: signals, and the end of the npx that has started it.
 *
 * @module
 */

import { constants } from "node:os";
import { onNpxGone } from "../shared/parent.ts";

/** The signals that end a program. */
const SIGNALS: (Deno.Signal & keyof typeof constants.signals)[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/**
 * Catches the signals that end a program, so that the terminal can be left as it was before.
 *
 * @param handle Called with the exit code of a program that the signal ends.
 * @returns Stops it.
 */
export function onSignals(handle: (code: number) => void): Disposable {
  const listeners = SIGNALS.map((signal) => [signal, () => handle(128 + constants.signals[signal])] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  // As if npx had passed on SIGTERM.
  const npx = onNpxGone(() => handle(128 + constants.signals.SIGTERM));
  return {
    [Symbol.dispose]: () => {
      npx[Symbol.dispose]();
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
