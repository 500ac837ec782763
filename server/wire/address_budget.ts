/**
 * What all connections of one address share: what it lends to new connections, how fast it may open them, how much of
 * their words may be stored, and how much may wait to be read by them.
 *
 * Times are milliseconds of a clock that is never set back.
 *
 * @module
 */

import { type Standing, Usage } from "../turns/turns.ts";
import { TokenBucket, type TokenRate } from "../../shared/token_bucket.ts";

/** What a connection is for: a person's lines, or requests for the page. */
export type Purpose = "lines" | "requests";

/** How many tokens a second each connection gains, by its purpose. */
export type Rates = Record<Purpose, number>;

/** What the connections of one address may do. */
export interface Limits {
  /** Of each connection; 0 for no limit. */
  readonly rates: Rates;
  /** How fast it may open connections, as a multiple of `ARRIVALS`. */
  readonly share: number;
}

/** A burst of a connection is as many tokens as it gains in so many seconds. */
export const BURST_SECONDS = 5;

/**
 * An address lends the bursts of `bursts` connections at once, and gets them back within `seconds`. Connections that closed
 * with debts use up at most `owed` of these bursts: others at the address would otherwise wait long for a loan.
 */
export const LENDING = { bursts: 50, seconds: 25, owed: 10 } as const;

/** How many connections an address may have, unless the room says otherwise. */
export const MOST_CONNECTIONS = 256;

/**
 * How fast an address may open connections if it may have `MOST_CONNECTIONS` at once. All people behind one address
 * come back together after a restart, some of them more than once, and must get in beside a flooder. Each browser that asks
 * for the page opens several connections.
 */
export const ARRIVALS: Record<Purpose, TokenRate> = {
  lines: { burst: 1_000, perSecond: 200 },
  requests: { burst: 4_000, perSecond: 800 },
};

/**
 * How many bytes of what is said may be stored: for all connections of an address together, and for each connection beyond
 * that. The first burst of a connection is lent by its address, which has only some of these: so people who were there
 * before somebody floods their address are not held up. Whatever exceeds all this waits until it has been saved up for.
 */
export const STORAGE = {
  address: { burst: 4_194_304, perSecond: 8_192 },
  own: { burst: 32_768, perSecond: 128 },
  loans: { burst: 16 * 32_768, perSecond: 4_096 },
} as const;

/**
 * What a connection may spend on the signals of calls (room/call_signals.ts) before they cost what other lines do, in tokens:
 * whoever joins a call negotiates with everybody there at once, and with an engine again whenever somebody comes or goes. As
 * with storage the first burst is lent.
 */
export const SIGNALS = {
  own: { burst: 160, perSecond: 16 },
  loans: { burst: 60 * 160, perSecond: 384 },
} as const;

/**
 * How many bytes an address may bring to readers at no cost: each line counts as often as it is to be read. Writing takes
 * a millisecond for each 100 KB or so, which is no connection's computing time.
 */
const DELIVERY: TokenRate = { burst: 1_048_576, perSecond: 524_288 };

/**
 * What a new address counts as having used, in milliseconds: less than a new connection, since a new address that keeps
 * the machine busy has soon used more. Half of it is forgotten within `NEWCOMER_HALF_LIFE`.
 */
const NEW_ADDRESS = 30;

/**
 * Within so many milliseconds half of what a newcomer counts as having used is forgotten: it would otherwise for long count
 * as much as somebody who came a little earlier and keeps the machine busy since.
 */
export const NEWCOMER_HALF_LIFE = 1_000;

/**
 * At most so much of what an address has used counts in the order of turns, in milliseconds. A newcomer from a quiet address
 * comes before everybody at a busy one, but quiet people at that address must not come after all others for long afterwards.
 */
const MOST_OF_ADDRESS = 1_000;

/**
 * So many milliseconds more than a connection has used its end counts for once its peer has gone, and for its address, too.
 * Hundreds may end at once, each at a quiet address: those who talk come before them. Only what keeps the room busy comes
 * after them, and the ends at such an address after that.
 */
export const MORE_OF_END = 320;

/** For so many milliseconds the sum of what waits at an address is not computed anew. */
export const SUM_HOLDS = 50;

/** Somebody for whom bytes wait to be read. */
export interface Reader {
  readonly recentBacklog: number;
}

/** What is known of one address while it has connections, and until what they have used is made up for. */
export class AddressBudget {
  /** Bursts for new connections, in tokens. */
  loans!: Readonly<Record<Purpose, TokenBucket>>;
  /** Connections that may be opened. */
  arrivals!: Readonly<Record<Purpose, TokenBucket>>;
  /** Bytes that may be stored, and those of them that are lent to new connections. */
  readonly storage: TokenBucket;
  readonly storageLoans: TokenBucket;
  /** Tokens for signals that are lent to new connections. */
  readonly signalLoans: TokenBucket;
  /** Bytes that may be brought to readers. */
  readonly delivery: TokenBucket;
  /** The computing time that all its connections have used lately. */
  readonly used = new Usage();
  /** What it counts as having used because it is new. */
  readonly newness = new Usage(NEWCOMER_HALF_LIFE);
  /** Where it stands in the order of turns. */
  readonly standing: Standing = {
    at: (now) => Math.min(this.used.at(now) + this.newness.at(now), MOST_OF_ADDRESS),
  };
  /** Where the ends of its lost connections stand. */
  readonly ends: Standing = { at: (now) => this.standing.at(now) + MORE_OF_END };
  /** What connections that are over have used: a new connection begins with that. */
  readonly usedByGone = new Usage();
  /** How many connections are open, by purpose. */
  readonly open: Record<Purpose, number> = { lines: 0, requests: 0 };
  /** How many connections to the page's port are open; those that have become WebSockets are in `open.lines` as well. */
  pageConnections = 0;
  readonly readers = new Set<Reader>();
  #limits: Limits | undefined;
  #waiting = 0;
  #summedAt = -Infinity;

  /** @param now The time in milliseconds. */
  constructor(limits: Limits, now: number) {
    this.limit(limits, now);
    this.storage = new TokenBucket(STORAGE.address, now);
    this.storageLoans = new TokenBucket(STORAGE.loans, now);
    this.signalLoans = new TokenBucket(SIGNALS.loans, now);
    this.delivery = new TokenBucket(DELIVERY, now);
    this.newness.add(NEW_ADDRESS, now);
  }

  /** Takes on limits; those that it has already change nothing. */
  limit(limits: Limits, now: number): void {
    if (limits === this.#limits) return;
    this.#limits = limits;
    const { rates, share } = limits;
    const loans = (rate: number) => {
      const burst = rate * BURST_SECONDS * LENDING.bursts;
      return new TokenBucket({ burst, perSecond: burst / LENDING.seconds }, now);
    };
    const arrivals = ({ burst, perSecond }: TokenRate) =>
      new TokenBucket({ burst: burst * share, perSecond: perSecond * share }, now);
    this.loans = { lines: loans(rates.lines), requests: loans(rates.requests) };
    this.arrivals = { lines: arrivals(ARRIVALS.lines), requests: arrivals(ARRIVALS.requests) };
  }

  /** How many bytes wait for all its readers. */
  waiting(now: number): number {
    if (now - this.#summedAt >= SUM_HOLDS) {
      this.#summedAt = now;
      this.#waiting = 0;
      for (const { recentBacklog } of this.readers) this.#waiting += recentBacklog;
    }
    return this.#waiting;
  }

  /** Whether nothing of it has to be remembered: no connection is open, and all that was used is made up for. */
  isForgettable(now: number): boolean {
    if (this.open.lines > 0 || this.open.requests > 0 || this.pageConnections > 0) return false;
    const { loans, arrivals, storage, storageLoans, signalLoans, delivery } = this;
    const lent = [loans.lines, loans.requests, storageLoans, signalLoans];
    const buckets = [...lent, arrivals.lines, arrivals.requests, storage, delivery];
    return buckets.every((bucket) => bucket.isFull(now)) && this.usedByGone.at(now) < 1 && this.used.at(now) < 1;
  }
}
