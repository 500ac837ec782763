/**
 * SendQ: how much may wait for one reader, and how an outbox that exceeds it is reported.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { inNextTurn } from "../turns/loop.ts";

/** The backlog in bytes beyond which an outbox overflows, unless an option says otherwise. */
const DEFAULT_LIMIT = 1 << 20;

/**
 * A reader that took a batch within the last `within` milliseconds is behind because others have their turns first. It
 * may be behind by `share` times the limit.
 */
const PROMPT = { within: 1_000, share: 4 } as const;

/** The part of the limit from which on an outbox is crowded. */
const CROWDED = 1 / 4;

/** How many overflows are reported in one turn of the event loop at most, and for how many milliseconds. */
const REPORTS = { most: 16, slice: 2 } as const;

/** Options of an outbox's SendQ. */
export interface SendQOptions {
  /** The backlog in bytes beyond which the outbox overflows; four times as much while its reader is prompt. Default 1 MiB. */
  limit?: number;
  /** Whether a backlog of so many bytes, which may be less than `limit`, is allowed. Default: always. */
  mayHold?: ((bytes: number) => boolean) | undefined;
  /** Called once, soon after the turn of the event loop in which the outbox overflowed. */
  onOverflow?: () => void;
}

/**
 * The overflows that are still to be reported. They are not reported at once, since other readers are being told what made
 * them overflow; and only some in each turn, since one flood may end a thousand sessions and each end is told to everyone.
 */
const overflows: (() => void)[] = [];

function reportOverflows(): void {
  const begun = performance.now();
  // Scheduled first: if one report throws, the others still come.
  if (overflows.length > 1) inNextTurn(reportOverflows);
  let i = 0;
  do overflows.shift()?.(); while (++i < REPORTS.most && performance.now() - begun < REPORTS.slice);
}

/** The bounds of one outbox's backlog. */
export class SendQ {
  readonly #limit: number;
  readonly #mayHold: (bytes: number) => boolean;
  readonly #onOverflow: () => void;
  #handedAt = -Infinity;

  constructor({ limit = DEFAULT_LIMIT, mayHold = () => true, onOverflow = () => {} }: SendQOptions) {
    this.#limit = limit;
    this.#mayHold = mayHold;
    this.#onOverflow = onOverflow;
  }

  /** By how many bytes a backlog exceeds a quarter of the limit; 0 if it does not. */
  excess(backlog: number): number {
    return Math.max(0, backlog - this.#limit * CROWDED);
  }

  /** Notes that the reader has taken a batch. @param now In milliseconds, of `performance.now`. */
  noteHandover(now: number): void {
    this.#handedAt = now;
  }

  /** Whether a backlog of so many bytes is too much, while nobody is there to take it. */
  isExceeded(backlog: number): boolean {
    if (!this.#mayHold(backlog)) return true;
    if (backlog <= this.#limit) return false;
    return backlog > PROMPT.share * this.#limit || performance.now() - this.#handedAt > PROMPT.within;
  }

  /** Has `onOverflow` called in one of the next turns. */
  reportOverflow(): void {
    if (overflows.push(this.#onOverflow) === 1) setImmediate(reportOverflows);
  }
}
