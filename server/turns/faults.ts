/**
 * Faults: what they say, and how one is contained, so that a fault in one piece of work keeps nobody else from theirs.
 *
 * @module
 */

/** An error as a text for people: what is wrong. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** A fault as a text for the log: where it comes from, if it says so. */
export function faultText(fault: unknown): string {
  return fault instanceof Error ? fault.stack ?? fault.message : `${fault}`;
}

/** Whether a fault is an error of the system's with one of these codes. */
export function hasCode(fault: unknown, codes: readonly string[]): boolean {
  return fault instanceof Error && "code" in fault && codes.includes(`${fault.code}`);
}

/** Does work, and reports what it throws. */
export function contain(work: () => void, onFault: ((text: string) => void) | undefined): void {
  try {
    work();
  } catch (fault) {
    onFault?.(faultText(fault));
  }
}
