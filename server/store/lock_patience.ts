/**
 * For how long the one thread waits for a lock of another program. While it waits nobody is served, so the time is counted: a
 * lock now and then is waited for, and a program that locks the file again and again can't hold up everybody with it. A change
 * that may not wait fails at once where the file is locked, and whoever wished for it is told.
 *
 * @module
 */

import { TokenBucket, type TokenRate } from "../../shared/token_bucket.ts";

/** How long a transaction waits for a lock at the most, in milliseconds. */
const LONGEST = 500;

/**
 * The supply of milliseconds for waits: half a percent of the time, so that it is not seen in the slowest percent of all
 * messages. Locks of some milliseconds may come in a row. A wait may last while there is any supply, and what it takes beyond
 * that has to come in first.
 */
const SUPPLY: TokenRate = { burst: 50, perSecond: 5 };

/** SQLite waits for a millisecond at the least. */
const SHORTEST = 1;

/** What is asked of the database, and of its log. */
export interface LockPatienceOptions {
  db: { exec(sql: string): void };
  /** Whether the log is being emptied: that locks the file for a moment, and is waited for in any case. */
  isEmptying: () => boolean;
  /** The time in milliseconds, of a clock that is never set back. */
  now: () => number;
}

/** Begins the transactions of one database. */
export class LockPatience {
  readonly #options: LockPatienceOptions;
  readonly #supply: TokenBucket;
  /** Whether the transactions of now may wait. */
  #mayWait = false;
  /** Whether a lock was waited for in vain that has not been seen to be gone: it is not waited for again. */
  #isVain = false;

  constructor(options: LockPatienceOptions) {
    this.#options = options;
    this.#supply = new TokenBucket(SUPPLY, options.now());
  }

  /** From now on transactions wait for a lock, where they may. */
  start(): void {
    const { db, isEmptying, now } = this.#options;
    this.#mayWait = !this.#isVain && (this.#supply.level(now()) > 0 || isEmptying());
    db.exec(`PRAGMA busy_timeout = ${this.#mayWait ? LONGEST : 0}`);
  }

  /** From now on no transaction waits. */
  end(): void {
    this.#mayWait = false;
    this.#options.db.exec("PRAGMA busy_timeout = 0");
  }

  /** Begins a transaction that writes. Throws SQLite's error where the file is locked, and stays so while that is waited for. */
  begin(): void {
    const { db, now } = this.#options;
    const began = now();
    try {
      db.exec("BEGIN IMMEDIATE");
    } catch (error) {
      this.#isVain ||= this.#mayWait;
      throw error;
    } finally {
      const waited = now() - began;
      if (this.#mayWait && waited >= SHORTEST) {
        this.#supply.take(waited, now());
        this.start();
      }
    }
  }

  /** No other program has the file locked. */
  unlocked(): void {
    this.#isVain = false;
  }
}
