/**
 * Faults: as a text for the log, and contained, so that a fault in one piece of work keeps nobody else from theirs.
 *
 * @module
 */

/** A fault as a text: where it comes from, if it says so. */
export function faultText(fault: unknown): string {
  return fault instanceof Error ? fault.stack ?? fault.message : `${fault}`;
}

/** Does work, and reports what it throws. */
export function contain(work: () => void, onFault: ((text: string) => void) | undefined): void {
  try {
    work();
  } catch (fault) {
    onFault?.(faultText(fault));
  }
}
