/**
 * The accept loop: takes connections from a listener for as long as the program runs, whatever fails meanwhile.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { faultText, hasCode } from "../turns/faults.ts";
import { nextTurn } from "../turns/loop.ts";
import { closeConn } from "./closing.ts";
import { ExhaustionReports, isExhaustion } from "./exhaustion.ts";

/**
 * So many connections are accepted before the event loop looks at its other sockets: while connections wait one after the
 * other, the runtime would accept thousands first.
 */
const ACCEPTED_IN_TURN = 50;

/** Codes of errors that say that the peer left before it was accepted. */
const GONE = ["ENOTCONN", "ECONNABORTED", "ECONNRESET"];

/** Pauses, in milliseconds. */
const PAUSES = {
  /** Before another attempt while descriptors or memory are exhausted. */
  exhausted: 100,
  /** After each `failures` other failures in a row: a listener that is broken must not take all the time. */
  broken: 10,
  failures: 100,
};

/** When to stop accepting, and where to report what goes wrong. */
export interface AcceptOptions {
  signal: AbortSignal;
  onError?: ((text: string) => void) | undefined;
}

/**
 * Accepts connections on a listener that the caller has bound, until the signal says to stop. No error ends it: an accept
 * that fails for want of file descriptors is tried again after a pause, and another failure concerns only its peer.
 *
 * @param take Is given each connection. What it throws closes that connection.
 */
export async function accept<C extends { close(): void }>(
  listener: { accept(): Promise<C>; close(): void },
  take: (conn: C) => void,
  { signal, onError }: AcceptOptions,
): Promise<void> {
  const stop = () => listener.close();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const reports = new ExhaustionReports();
  const pause = (milliseconds: number) => delay(milliseconds, { signal }).catch(() => {});
  let failures = 0;
  for (let count = 1; !signal.aborted; count++) {
    let conn: C;
    try {
      if (count % ACCEPTED_IN_TURN === 0) await nextTurn();
      conn = await listener.accept();
    } catch (error) {
      if (signal.aborted) return;
      // Peers that connect and reset fill the queue in which all others stand, so it is emptied as fast as possible.
      if (hasCode(error, GONE)) continue;
      failures++;
      if (isExhaustion(error)) {
        if (reports.isDue()) onError?.(`cannot accept connections for now: ${(error as Error).message}`);
        await pause(PAUSES.exhausted);
      } else if (failures % PAUSES.failures === 0) {
        await pause(PAUSES.broken);
      }
      continue;
    }
    failures = 0;
    try {
      take(conn);
    } catch (error) {
      onError?.(faultText(error));
      closeConn(conn);
    }
  }
}
