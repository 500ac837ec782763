/**
 * The queue in which attempts of one address, or for one account, wait to be looked at: the more of them were wrong lately,
 * the more slowly.
 *
 * @module
 */

import type { Attempt, AttemptKind, ChooseNext } from "./attempt_order.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";

/** How a queue slows down, in failures and milliseconds. */
export interface AttemptLimit {
  /** So many failures cost no time. */
  free: number;
  /** How long the turn after the next failure waits; each more doubles that, up to `longest`. */
  first: number;
  longest: number;
  /** How many failures are remembered at the most, and how long it takes until one of them is forgotten. */
  most: number;
  forgotten: number;
}

/** How many attempts wait at the most. */
export const MOST_WAITING = 512;

/** How many attempts are looked at at the same time. */
const MOST_LOOKED_AT = 4;

/** A clock that is never set, and an alarm on it. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls something after so many milliseconds; gives what calls that off. */
  after(ms: number, act: () => void): () => void;
}

/** A connection that guesses. */
export interface Guesser {
  readonly address: string;
  readonly isOver: boolean;
  /** How often it has guessed wrongly. */
  wrongGuesses: number;
  close(reason: string): void;
}

/** An attempt that waits for its turn. */
interface WaitingAttempt extends Attempt {
  readonly guesser: Guesser;
  /** Called with true when the turn has come, or with false where it never will. */
  readonly resolve: (isTurn: boolean) => void;
}

/** The queue of one address or account. */
export class AttemptQueue {
  readonly #clock: Clock;
  readonly #limit: AttemptLimit;
  readonly #choose: ChooseNext;
  readonly #waiting = new Set<WaitingAttempt>();
  /** A full bucket means no failures. Each failure takes a token, which comes back when the failure is forgotten. */
  readonly #credit: TokenBucket;
  /** When the next turn is. */
  #nextAt = -Infinity;
  /** How many attempts are being looked at. */
  #lookedAt = 0;
  #turn = 0;
  #cancel: (() => void) | undefined;
  /**
   * How many connections have closed after a wrong guess or while they waited, and were not replaced yet: as many new ones
   * do not count as new.
   */
  replaceable = 0;

  constructor(clock: Clock, limit: AttemptLimit, choose: ChooseNext) {
    this.#clock = clock;
    this.#limit = limit;
    this.#choose = choose;
    this.#credit = new TokenBucket({ burst: limit.most, perSecond: 1000 / limit.forgotten }, clock.now());
  }

  /** Whether there is nothing to be remembered. */
  get isIdle(): boolean {
    return this.isUnused && this.#credit.isFull(this.#clock.now());
  }

  /** Whether no attempt waits or is being looked at. */
  get isUnused(): boolean {
    return this.#waiting.size === 0 && this.#lookedAt === 0;
  }

  /** How many failures are not forgotten yet. */
  get #failures(): number {
    return this.#limit.most - this.#credit.level(this.#clock.now());
  }

  #countFailure(): void {
    const now = this.#clock.now();
    this.#credit.take(Math.min(1, this.#credit.level(now)), now);
  }

  #interval(): number {
    const { free, first, longest } = this.#limit;
    const excess = Math.ceil(this.#failures - free);
    return excess <= 0 ? 0 : Math.min(longest, first * 2 ** (excess - 1));
  }

  /**
   * Waits for a turn. The attempt is counted as a failure, so that many at once get no more than one after the other;
   * `settle` must be called when it is known whether it was one.
   *
   * @returns False where the turn never comes.
   */
  enter(guesser: Guesser, range: string, kind: AttemptKind): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.add({ guesser, range, kind, since: this.#clock.now(), resolve });
      if (this.#waiting.size > MOST_WAITING) this.#dropOne();
      this.#proceed();
    });
  }

  /** Counts a failure if one could be looked at now. @returns Whether it could. */
  tryNow(): boolean {
    const now = this.#clock.now();
    if (this.#waiting.size > 0 || now < this.#nextAt) return false;
    this.#countFailure();
    this.#nextAt = now + this.#interval();
    return true;
  }

  /**
   * An attempt whose turn has come waits for something else before it is looked at, and keeps no place meanwhile; until
   * `resume`.
   */
  pause(): void {
    this.#lookedAt--;
    this.#proceed();
  }

  /** The reverse of `pause`: the attempt is looked at now. */
  resume(): void {
    this.#lookedAt++;
  }

  /** The attempt has been looked at. @param isRight Whether it was no failure. */
  settle(isRight: boolean): void {
    this.#lookedAt--;
    if (isRight) {
      this.#credit.take(-1, this.#clock.now());
      // As if the attempt had not been. It has waited for its own turn, so this is no way around that.
      this.#nextAt = this.#clock.now();
    }
    this.#proceed();
  }

  /** The connection of a waiting attempt is over. */
  leave(guesser: Guesser): void {
    const one = this.#waiting.values().find((waiting) => waiting.guesser === guesser);
    if (one === undefined) return;
    this.#waiting.delete(one);
    one.resolve(false);
    if (this.#waiting.size === 0) this.#cancel?.();
  }

  /** More than `MOST_WAITING` can only be where connections have no limit: one that has guessed wrongly goes, else the first. */
  #dropOne(): void {
    const hasFailed = ({ kind }: Attempt) => kind === "failed" || kind === "replacing";
    const one = this.#waiting.values().find(hasFailed) ?? this.#waiting.values().next().value!;
    this.#waiting.delete(one);
    one.resolve(false);
    one.guesser.close("Too many wait for their password at your address");
  }

  /** Lets those attempts in whose turn it is, and sees to it that the next ones follow. */
  #proceed(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#waiting.size > 0 && this.#lookedAt < MOST_LOOKED_AT) {
      const wait = this.#nextAt - this.#clock.now();
      if (wait > 0) {
        this.#cancel = this.#clock.after(wait, () => this.#proceed());
        return;
      }
      const one = this.#choose([...this.#waiting], this.#turn++, this.#clock.now());
      this.#waiting.delete(one);
      this.#countFailure();
      this.#nextAt = this.#clock.now() + this.#interval();
      this.#lookedAt++;
      one.resolve(true);
    }
  }
}
