/**
 * Ends TLS connections that bring far more than they say. A record may be padding alone, or only renew a key: the runtime
 * decrypts one after the other inside a single read, so nobody else could be given a turn, and no byte of it could be charged.
 * What the sockets have brought is asked of the system now and then (sockets.ts).
 *
 * @module
 */

import type { Budget } from "../wire/budget.ts";
import { bytesReceived } from "./sockets.ts";

const BOUNDS = {
  /** Bytes that a connection may bring beyond `ratio`, for its handshake among them. */
  free: 128 * 1024,
  /** Bytes for each byte that is said: a record for each typed character takes 23. */
  ratio: 48,
  /** What the server computes for a byte that says nothing, in milliseconds. */
  cost: 1e-5,
  /** Between two looks, in milliseconds; a look takes some microseconds for each open file of the program. */
  every: 1_000,
  /** The same for a while after one was ended, since the next may come from the same hand. */
  soon: 100,
  alert: 10_000,
} as const;

/** A TLS connection as it is watched. */
export interface Watched {
  /** Its ends, as `endsText` has them. */
  readonly ends: string;
  /** How many bytes it has said, decrypted. */
  readonly said: number;
  /** Ends it at once. */
  end(): void;
}

/** The TLS connections of one program that are open. */
export class Overheads {
  readonly #budgets = new Map<Watched, Budget>();
  readonly #received: (connections: ReadonlySet<string>) => ReadonlyMap<string, number>;
  readonly #now: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alertUntil = -Infinity;

  /**
   * @param received Gives how many bytes the sockets of some connections have brought, by their ends.
   * @param now The time in milliseconds, by a clock that is never set.
   */
  constructor(received = bytesReceived, now = () => performance.now()) {
    this.#received = received;
    this.#now = now;
  }

  /** A connection is open. @param budget What pays for it. */
  opened(conn: Watched, budget: Budget): void {
    this.#budgets.set(conn, budget);
    this.#schedule();
  }

  closed(conn: Watched): void {
    this.#budgets.delete(conn);
    if (this.#budgets.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#now() < this.#alertUntil ? BOUNDS.soon : BOUNDS.every;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
      if (this.#budgets.size > 0) this.#schedule();
    }, wait);
  }

  /** Ends those that have brought too much. */
  look(): void {
    const received = this.#received(new Set(this.#budgets.keys().map(({ ends }) => ends)));
    for (const [conn, budget] of [...this.#budgets]) {
      const excess = (received.get(conn.ends) ?? 0) - BOUNDS.ratio * conn.said - BOUNDS.free;
      if (excess <= 0) continue;
      budget.spend(BOUNDS.cost * (excess + BOUNDS.free));
      this.#alertUntil = this.#now() + BOUNDS.alert;
      conn.end();
    }
  }
}
