/**
 * The budgets of all connections: opens one for each, decides whether an address may open one more, and bounds what waits
 * to be read at all addresses together.
 *
 * @module
 */

import { SLICE, Turns } from "../turns/turns.ts";
import { AddressBudget, type Limits, MOST_CONNECTIONS, type Purpose, type Rates, SUM_HOLDS } from "./address_budget.ts";
import { Budget, type Shared } from "./budget.ts";
import { PerAddress } from "./per_address.ts";

/**
 * Without a limit for lines: how many milliseconds short lines are handled in one go, since each turn costs some 0.1 ms; and
 * of how many pieces of work one is measured.
 */
const UNLIMITED = { slice: 10, sample: 8 } as const;

/**
 * How many bytes may wait for all readers at one address. Where more wait for all addresses together than `all`, each
 * address may have its share of that.
 */
const WAITING = { all: 67_108_864, address: 33_554_432 } as const;

/** The budgets of all addresses. */
export class Budgets {
  #limits: Limits;
  readonly #now: () => number;
  #perAddress: number;
  readonly #addresses: PerAddress<AddressBudget>;
  readonly #shared: Shared;
  /** How many bytes may wait at each address, and when that was computed. */
  #mostWaiting: number = WAITING.address;
  #computedAt = -Infinity;

  /**
   * @param rates Tokens a second for each connection; 0 for no limit.
   * @param now The time in milliseconds.
   * @param perAddress How many connections an address may have, which says how fast it may open them; 0 for no limit.
   */
  constructor(rates: Rates, now: () => number = () => performance.now(), perAddress: number = MOST_CONNECTIONS) {
    this.#limits = limitsOf(rates, perAddress);
    this.#now = now;
    this.#perAddress = perAddress;
    this.#addresses = new PerAddress(() => new AddressBudget(this.#limits, now()));
    const turns = new Turns(this.#isUnlimited ? UNLIMITED.slice : SLICE);
    this.#shared = { turns, now, isWithinBacklog: (address) => this.#isWithinBacklog(address) };
  }

  get #isUnlimited(): boolean {
    return this.#limits.rates.lines === 0;
  }

  /**
   * Takes on other limits, for the connections that come from now on. That there is none for lines may not change: it says how
   * turns are given.
   *
   * @param rates, perAddress As for the constructor.
   */
  limit(rates: Rates, perAddress: number): void {
    this.#limits = limitsOf(rates, perAddress);
    this.#perAddress = perAddress;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * Opens a new connection's budget.
   *
   * @param address An IPv4 or IPv6 address; all addresses of one IPv6 /64 count as one.
   * @param isLimited False for the connection of a proxy, which speaks for many, and for the room's own work.
   */
  open(address: string, purpose: Purpose, isLimited = true): Budget {
    const rate = isLimited ? this.#limits.rates[purpose] : 0;
    const sample = this.#isUnlimited ? UNLIMITED.sample : 1;
    return new Budget(this.#of(address), { purpose, rate, sample }, this.#shared);
  }

  /**
   * Whether an address may open one more connection now, which is then counted. To be asked before anything is made for the
   * connection: peers that come and go as fast as they can must cost nothing but that.
   */
  admits(address: string, purpose: Purpose): boolean {
    if (this.#limits.rates[purpose] === 0 || this.#perAddress === 0) return true;
    return this.#of(address).arrivals[purpose].tryTake(1, this.#now());
  }

  /** What is known of an address, with the limits of now. */
  #of(address: string): AddressBudget {
    const budget = this.#addresses.of(address);
    budget.limit(this.#limits, this.#now());
    return budget;
  }

  /** How many connections to the page's port an address has open, those that have become WebSockets among them. */
  pageConnections(address: string): number {
    return this.#addresses.of(address).pageConnections;
  }

  /** Counts one more connection to the page's port. @returns What ends that, to be called once. */
  countPageConnection(address: string): () => void {
    const budget = this.#addresses.of(address);
    budget.pageConnections++;
    return () => budget.pageConnections--;
  }

  /** Whether no more bytes wait at an address than may. */
  #isWithinBacklog(address: AddressBudget): boolean {
    const now = this.#now();
    if (now - this.#computedAt >= SUM_HOLDS) {
      this.#computedAt = now;
      let [sum, readers] = [0, 0];
      for (const one of this.#addresses.values()) {
        sum += one.waiting(now);
        if (one.readers.size > 0) readers++;
      }
      this.#mostWaiting = sum <= WAITING.all ? WAITING.address : Math.min(WAITING.address, WAITING.all / readers);
    }
    return address.waiting(now) <= this.#mostWaiting;
  }

  /** Forgets the addresses of which nothing has to be remembered. To be called every few seconds. */
  sweep(): void {
    const now = this.#now();
    this.#addresses.sweep((budget) => budget.isForgettable(now));
  }
}

function limitsOf(rates: Rates, perAddress: number): Limits {
  // An address that may have few connections may still try often.
  return { rates, share: Math.max(1, perAddress / MOST_CONNECTIONS) };
}
