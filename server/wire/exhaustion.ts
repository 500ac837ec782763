/**
 * Errors that say that the machine has no file descriptors or no memory left. Only time mends that, and until then every
 * attempt fails anew, so it is reported now and then.
 *
 * @module
 */

import { hasCode } from "../turns/faults.ts";

/** Codes of these errors. */
const CODES = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

/** How often they are reported, in milliseconds. */
const REPORT_EVERY = 60_000;

/** Whether an error says that no descriptors or no memory are left. */
export function isExhaustion(error: unknown): boolean {
  return hasCode(error, CODES);
}

/** When exhaustion was reported last. */
export class ExhaustionReports {
  #reportedAt = -Infinity;

  /** Whether exhaustion is to be reported now, which is then noted. */
  isDue(): boolean {
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_EVERY) return false;
    this.#reportedAt = now;
    return true;
  }
}
