/**
 * Ends TLS connections that are closed and go on: see sockets.ts. Peers that stay silent, or take nothing, would otherwise
 * keep sockets and what waits in them for as long as they like.
 *
 * @module
 */

import { type Ends, endsText, shutDown } from "./sockets.ts";

/** Milliseconds. */
const TIMES = {
  /** For what was written last to be taken, after a connection is closed. */
  grace: 3_000,
  /** Between two looks. A look costs some microseconds for each open file of the program. */
  every: 1_000,
} as const;

/** The connections of one program that are closed and may go on. */
export class Lingering {
  readonly #grace: number;
  /** When each was closed, by its ends. */
  readonly #closedAt = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #isOver = false;

  /** @param grace How long a connection may go on, in milliseconds. */
  constructor(grace: number = TIMES.grace) {
    this.#grace = grace;
  }

  /** Notes that a connection has come. Another one with the same ends has gone, or it could not have come. */
  opened(conn: Ends): void {
    this.#closedAt.delete(endsText(conn));
  }

  /** Notes that a connection was closed. */
  closed(conn: Ends): void {
    this.#closedAt.set(endsText(conn), performance.now());
    if (this.#isOver) this.#sweep(Infinity);
    else this.#timer ??= setInterval(() => this.#sweep(performance.now()), Math.min(TIMES.every, this.#grace));
  }

  #sweep(now: number): void {
    const due = new Set<string>();
    for (const [ends, at] of this.#closedAt) if (now - at >= this.#grace) due.add(ends);
    if (due.size > 0) shutDown(due);
    for (const ends of due) this.#closedAt.delete(ends);
    if (this.#closedAt.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends all that are closed, and those that will be. */
  close(): void {
    this.#isOver = true;
    this.#sweep(Infinity);
  }
}
