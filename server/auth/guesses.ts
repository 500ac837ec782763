/**
 * Slows down those who guess secrets: passwords of the room, of accounts and of operators, and the keys of channels. Whoever
 * guesses wrongly makes the next guess from the same address wait, and nobody else's.
 *
 * Nothing is refused because others have guessed wrongly: an attempt waits for its turn before it is looked at. An address
 * (of IPv6, a /64) has one queue, whatever the secret and the connection: the first few attempts cost no time, then their
 * turns come ever more slowly, at most 3 s apart. Among those who wait at one address, whoever has not guessed wrongly yet
 * goes before those who have; and before these, whoever comes from where the account has been logged in to. An account that
 * is guessed at from many addresses has a queue of its own, for attempts from all addresses but those.
 *
 * Time is monotonic: a wall clock that is set back makes nobody wait.
 *
 * @module
 */

import { type AttemptKind, byKind, fairByRange } from "./attempt_order.ts";
import { type AttemptLimit, AttemptQueue, type Clock, type Guesser, MOST_WAITING } from "./attempt_queue.ts";
import { KnownPlaces } from "./known_places.ts";
import { addressRange } from "../wire/address.ts";

/** Of an address: some nine guesses in the first 4 s, then one each 3 s. */
const ADDRESS: AttemptLimit = { free: 4, first: 250, longest: 3_000, most: 10, forgotten: 30_000 };

/** Of an account, for all addresses together from which it has not been logged in to. */
const ACCOUNT: AttemptLimit = { free: 20, first: 125, longest: 1_000, most: 26, forgotten: 30_000 };

/** How many addresses, and how many accounts that are guessed at, are remembered. */
const MOST = { addresses: 10_000, accounts: 1_000 } as const;

/** A connection that guesses wrongly so often is closed. */
const MOST_FAILURES = 5;

const MONOTONIC: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A guess at a secret. */
export interface Guess<T> {
  /** The account, folded, whose secret it is, if any. */
  account?: string | undefined;
  /** Whether it counts even if it is no wrong guess, since it costs the server much or makes something. */
  isCostly?: boolean;
  /** Looks at the guess, when its turn has come: undefined says that it is wrong. */
  look: () => T | undefined | Promise<T | undefined>;
  /** Tells the guesser that it is wrong. */
  refuse?: () => void;
}

/** The guesses from all addresses, as far as they are remembered. */
export class Guesses {
  readonly #clock: Clock;
  /** The queues of addresses by `addressRange`, and of accounts by their folded names. */
  readonly #addresses = new Map<string, AttemptQueue>();
  readonly #accounts = new Map<string, AttemptQueue>();
  readonly #places = new KnownPlaces();
  /** Connections that have tried something; and those among them that came in place of others. */
  readonly #seen = new WeakSet<Guesser>();
  readonly #replacing = new WeakSet<Guesser>();
  /** The queue in which each waits. */
  readonly #waitingIn = new Map<Guesser, AttemptQueue>();

  constructor(clock: Clock = MONOTONIC) {
    this.#clock = clock;
  }

  /** The time on its clock, which is never set: milliseconds. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Looks at a guess, when its turn has come. A wrong one is refused and counted, and a connection that has guessed wrongly
   * five times is closed.
   *
   * @returns What `look` has found; nothing where that was nothing, or where the connection is over.
   */
  async attempt<T>(guesser: Guesser, guess: Guess<T>): Promise<T | undefined> {
    const { account, isCostly = false, refuse } = guess;
    const range = addressRange(guesser.address);
    const queue = this.#queue(
      this.#addresses,
      MOST.addresses,
      range,
      () => new AttemptQueue(this.#clock, ADDRESS, byKind),
    );
    const isKnown = account !== undefined && this.isKnown(account, guesser);
    const isReplacing = this.#isReplacing(guesser, queue);
    const kind = guesser.wrongGuesses > 0 ? "failed" : isReplacing ? "replacing" : isKnown ? "known" : "new";
    if (!await this.#enter(queue, guesser, range, kind)) return undefined;
    let found: T | undefined;
    try {
      found = isKnown || account === undefined
        ? await guess.look()
        : await this.#lookAsStranger(queue, guesser, range, account, guess.look);
    } finally {
      queue.settle(found !== undefined && !isCostly);
      if (queue.isIdle) this.#addresses.delete(range);
    }
    if (found !== undefined && account !== undefined) this.remember(account, guesser);
    if (found !== undefined || guesser.isOver) return found;
    guesser.wrongGuesses++;
    refuse?.();
    if (guesser.wrongGuesses >= MOST_FAILURES) guesser.close("Too many wrong passwords");
    return undefined;
  }

  /**
   * Counts a guess that nobody waits for, and that is known to be wrong.
   *
   * @returns Whether its turn has come at once; if not, it is not counted.
   */
  tryNow(address: string): boolean {
    const make = () => new AttemptQueue(this.#clock, ADDRESS, byKind);
    return this.#queue(this.#addresses, MOST.addresses, addressRange(address), make).tryNow();
  }

  /**
   * Looks at a guess from an address that is new to the account, when its turn in the account's own queue has come. Others at
   * the address do not wait for that: however many guess at one account, they keep nobody from another one.
   */
  async #lookAsStranger<T>(
    ofAddress: AttemptQueue,
    guesser: Guesser,
    range: string,
    account: string,
    look: Guess<T>["look"],
  ): Promise<T | undefined> {
    const make = () => new AttemptQueue(this.#clock, ACCOUNT, fairByRange());
    const queue = this.#queue(this.#accounts, MOST.accounts, account, make);
    ofAddress.pause();
    const isTurn = await this.#enter(queue, guesser, range, "new");
    ofAddress.resume();
    if (!isTurn) return undefined;
    let found: T | undefined;
    try {
      return found = await look();
    } finally {
      queue.settle(found !== undefined);
      if (queue.isIdle) this.#accounts.delete(account);
    }
  }

  async #enter(queue: AttemptQueue, guesser: Guesser, range: string, kind: AttemptKind): Promise<boolean> {
    if (guesser.isOver) return false;
    this.#waitingIn.set(guesser, queue);
    const isTurn = await queue.enter(guesser, range, kind);
    this.#waitingIn.delete(guesser);
    return isTurn;
  }

  /** Whether an account has been logged in to from where a connection comes from. @param account Folded. */
  isKnown(account: string, { address }: Pick<Guesser, "address">): boolean {
    return this.#places.has(account, address);
  }

  /** Notes that an account has been logged in to from where a connection comes from. @param account Folded. */
  remember(account: string, { address }: Pick<Guesser, "address">): void {
    this.#places.add(account, address);
  }

  /** Forgets an account that is no more: whoever has its name next comes from elsewhere. @param account Folded. */
  forgetAccount(account: string): void {
    this.#places.forget(account);
  }

  /** Whether an attempt of a connection waits for its turn. */
  isWaiting(guesser: Guesser): boolean {
    return this.#waitingIn.has(guesser);
  }

  /** A connection is over: it waits for nothing any more. */
  forget(guesser: Guesser): void {
    const waitsIn = this.#waitingIn.get(guesser);
    if (waitsIn === undefined && guesser.wrongGuesses === 0) return;
    waitsIn?.leave(guesser);
    const queue = this.#addresses.get(addressRange(guesser.address));
    if (queue !== undefined) queue.replaceable = Math.min(MOST_WAITING, queue.replaceable + 1);
  }

  /** Whether a connection has come in place of one that had guessed wrongly, or had not waited. */
  #isReplacing(guesser: Guesser, queue: AttemptQueue): boolean {
    if (!this.#seen.has(guesser)) {
      this.#seen.add(guesser);
      if (queue.isIdle) queue.replaceable = 0;
      if (queue.replaceable > 0) {
        queue.replaceable--;
        this.#replacing.add(guesser);
      }
    }
    return this.#replacing.has(guesser);
  }

  /** The queue of that name, now the last of all; where there are too many, the one that was used first is forgotten. */
  #queue(
    queues: Map<string, AttemptQueue>,
    most: number,
    name: string,
    make: () => AttemptQueue,
  ): AttemptQueue {
    const queue = queues.get(name) ?? make();
    queues.delete(name);
    if (queues.size >= most) {
      const unused = queues.entries().find(([, { isUnused }]) => isUnused);
      if (unused !== undefined) queues.delete(unused[0]);
    }
    queues.set(name, queue);
    return queue;
  }
}
