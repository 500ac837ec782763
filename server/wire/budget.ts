/**
 * What one connection may spend: lines, bytes of input, computing time, bytes that are stored of its words, and bytes that
 * wait to be read by it.
 *
 * Each connection earns tokens at a steady rate. Its first burst is lent by its address, so connecting again wins nothing.
 * Only the burst is shared, so a flooder takes from others at the same address (a school, a proxy) nothing but their haste.
 * A connection that has spent more than it has waits. Nothing is dropped, and no connection is closed for it.
 *
 * Times are milliseconds of a clock that is never set back.
 *
 * @module
 */

import { totals } from "../fanout/totals.ts";
import { SLICE, type Standing, type Turns, Usage } from "../turns/turns.ts";
import {
  type AddressBudget,
  BURST_SECONDS,
  LENDING,
  MORE_OF_END,
  NEWCOMER_HALF_LIFE,
  type Purpose,
  type Reader,
  SIGNALS,
  STORAGE,
} from "./address_budget.ts";
import { TokenBucket, type TokenRate } from "../../shared/token_bucket.ts";

/** So many bytes of input cost as much as one line. */
export const BYTES_PER_TOKEN = 512;

/**
 * Computing time, in milliseconds: how much a connection may have used lately (`Usage`) at no cost, and how much more costs
 * as much as one line.
 */
const COMPUTING = { free: 90, perToken: 8 } as const;

/**
 * How many bytes to readers, beyond what the address may bring them, cost as much as one line. They cost more where a line
 * goes into more feeds than `few`: what waits for a reader in several feeds has to be put into one order, and 240
 * connections of one address could bring each other 60 MB of it a second.
 */
const DELIVERY_COST = { perToken: 65_536, perTokenOfMany: 16_384, few: 12 } as const;

/**
 * The most that a line and a slice count for, in milliseconds. What took longer was held up by something else, the machine
 * or a garbage collection, and a connection that this hits must not come after luckier ones. Of all that an address does some
 * is always held up, so for the address they count for more: steps that are really long are long each time.
 */
const LONGEST = { line: 4, slice: 4, ofAddress: 20 } as const;

/**
 * What a new connection counts as having used, in milliseconds: `usage` for what it is charged, and so much more in the
 * order of turns that quiet connections which have been here for a second come before any number of new ones.
 */
const NEWCOMER = { usage: 40, order: 100 } as const;

/** So many bytes may wait for each reader in any case. */
const MAY_ALWAYS_WAIT = 65_536;

/** What a budget takes from all budgets. */
export interface Shared {
  turns: Turns;
  /** Whether no more bytes wait for the readers at an address than may. */
  isWithinBacklog: (address: AddressBudget) => boolean;
  now: () => number;
}

/** What a budget is for. */
export interface BudgetOptions {
  purpose: Purpose;
  /** Tokens a second; 0 for no limit. */
  rate: number;
  /** Of so many pieces of work one is measured and stands for all: a clock costs as much as a short line. */
  sample: number;
}

/** What one connection may spend. */
export class Budget {
  readonly #address: AddressBudget;
  readonly #turns: Turns;
  readonly #isWithinBacklog: (address: AddressBudget) => boolean;
  readonly #now: () => number;
  readonly #purpose: Purpose;
  readonly #usage = new Usage();
  readonly #newness = new Usage(NEWCOMER_HALF_LIFE);
  /** Where it stands in the order of turns: its usage, and how new it is. */
  readonly #standing: Standing = { at: (now) => this.#usage.at(now) + this.#newness.at(now) };
  /** Where its end stands. */
  readonly #end: Standing = { at: (now) => this.#standing.at(now) + MORE_OF_END };
  /** The part of `#usage` that it began with. */
  readonly #inherited = new Usage();
  /** Nothing if there is no limit. */
  readonly #tokens: TokenBucket | undefined;
  /** Bytes that may be stored of its words. */
  readonly #storage: TokenBucket;
  /** Tokens for signals, and those of them that are taken for what is charged next. */
  readonly #signals: TokenBucket;
  #paid = 0;
  readonly #burst: number;
  /** How much its address may still lend it. */
  #loan: number;
  readonly #wakes = new Set<() => void>();
  #reader: Reader | undefined;
  readonly #sample: number;
  /** How many pieces of work have been done. */
  #pieces = 0;
  /** Whether the work under way is measured already: work within work costs once. */
  #isMeasuring = false;
  /** What the work under way counts for at the most, in milliseconds. */
  #longest: number = LONGEST.line;
  #isClosed = false;

  /** @internal See `Budgets.open`. */
  constructor(address: AddressBudget, { purpose, rate, sample }: BudgetOptions, shared: Shared) {
    this.#address = address;
    this.#purpose = purpose;
    this.#sample = sample;
    this.#turns = shared.turns;
    this.#isWithinBacklog = shared.isWithinBacklog;
    this.#now = shared.now;
    const now = this.#now();
    const begun = address.usedByGone.at(now) + NEWCOMER.usage;
    this.#usage.add(begun, now);
    this.#inherited.add(begun, now);
    this.#newness.add(NEWCOMER.order, now);
    this.#burst = this.#loan = rate * BURST_SECONDS;
    if (rate > 0) this.#tokens = new TokenBucket({ burst: this.#burst, perSecond: rate }, now, 0);
    // What its address does not lend it begins without: connecting again wins nothing.
    const borrow = (from: TokenBucket, own: TokenRate) => {
      const lent = purpose === "lines" ? Math.min(own.burst, from.level(now)) : 0;
      from.take(lent, now);
      return new TokenBucket(own, now, lent);
    };
    this.#storage = borrow(address.storageLoans, STORAGE.own);
    this.#signals = borrow(address.signalLoans, SIGNALS.own);
    address.open[purpose]++;
  }

  /** Whether the connection is over; then it waits for nothing any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it waits for tokens or for a turn. */
  get isWaiting(): boolean {
    return this.#wakes.size > 0 || this.#turns.isWaiting(this.#standing) || this.#turns.isWaiting(this.#end);
  }

  /** Whether it has spent so much that it has to wait for the next token. */
  get isOwing(): boolean {
    return this.#owed() > 0;
  }

  /** How many other connections for the same purpose its address has. */
  get others(): number {
    return this.#address.open[this.#purpose] - 1;
  }

  /**
   * Waits until nothing is owed and there is one token, and then for a turn.
   *
   * @returns Nothing if there is no need to wait. A wait ends early if the connection is closed.
   */
  ready(): Promise<void> | undefined {
    return this.paid() ?? this.turn();
  }

  /** Waits until nothing is owed and there is one token, but for no turn; gives nothing if there is no need to wait. */
  paid(): Promise<void> | undefined {
    const wait = this.#owed();
    return wait > 0 ? this.#later(wait) : undefined;
  }

  /** Waits for a turn (`Turns`); gives nothing if it has come. A closed connection has turns, too, for what it leaves behind. */
  turn(): Promise<void> | undefined {
    return this.#turns.next(this.#standing, this.#address.standing);
  }

  /** Waits for a turn in which to end the connection of a peer that has gone, after the turns of those who talk (`MORE_OF_END`). */
  lastTurn(): Promise<void> | undefined {
    // What it still waits for is for nobody any more, and ends with it: a search would otherwise go on before its end.
    if (this.#turns.isWaiting(this.#standing)) return this.#turns.next(this.#standing);
    return this.#turns.next(this.#end, this.#address.ends);
  }

  /** Lets the next one begin in the turn that it has waited for and does not need now. */
  pass(): void {
    this.#turns.passOn();
  }

  async #later(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#wakes.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#wakes.add(wake);
    });
    if (!this.#isClosed) await this.turn();
  }

  /** How many milliseconds it takes until there is a token. Borrows one from its address if that may lend it. */
  #owed(): number {
    if (this.#tokens === undefined || this.#isClosed) return 0;
    const now = this.#now();
    const missing = 1 - this.#saved(now);
    if (missing <= 0) return 0;
    if (missing <= this.#loan && this.#address.loans[this.#purpose].tryTake(missing, now)) {
      this.#loan -= missing;
      this.#tokens.take(-missing, now);
      return 0;
    }
    return this.#tokens.wait(1, now);
  }

  /** How many tokens it has. What it has saved up itself it can't borrow any more. */
  #saved(now: number): number {
    const level = this.#tokens!.level(now);
    this.#loan = Math.max(0, Math.min(this.#loan, this.#burst - level));
    return level;
  }

  /** Charges tokens; a line costs one. */
  charge(tokens: number): void {
    if (this.#tokens === undefined || tokens === 0) return;
    const now = this.#now();
    const paid = Math.min(Math.max(0, tokens), this.#paid);
    this.#paid -= paid;
    this.#saved(now);
    this.#tokens.take(tokens - paid, now);
  }

  /** Pays for a signal of so many bytes from what there is for signals, so that its line is charged so much less. */
  paySignal(bytes: number): void {
    const now = this.#now();
    const paid = Math.min(Math.max(1, bytes / BYTES_PER_TOKEN), Math.max(0, this.#signals.level(now)));
    this.#signals.take(paid, now);
    this.#paid += paid;
  }

  /**
   * Does work at the connection's expense.
   *
   * @param tokens What it costs besides its computing time.
   */
  run<T>(tokens: number, work: () => T): T {
    if (this.#isMeasuring || ++this.#pieces % this.#sample !== 0) {
      this.charge(tokens);
      const done = work();
      if (!this.#isMeasuring) this.#turns.passOn();
      return done;
    }
    const begun = performance.now();
    const [bytes, lines] = [totals.bytes, totals.lines];
    this.#isMeasuring = true;
    this.#longest = LONGEST.line;
    try {
      return work();
    } finally {
      this.#isMeasuring = false;
      this.#chargeDelivery(totals.bytes - bytes, totals.lines - lines);
      this.#chargeTime(begun, this.#longest, this.#sample, tokens);
      this.#turns.passOn();
    }
  }

  /**
   * Does steps of long work until it is done, the slice is over, or the work has to wait for something else.
   *
   * @param step Does one step, of at most some 50 us, and says whether it was the last.
   * @param isBlocked Whether the work has to wait for something else.
   * @returns Whether the work is done.
   */
  slice(step: () => boolean, isBlocked: () => boolean): boolean {
    const begun = performance.now();
    const [bytes, lines] = [totals.bytes, totals.lines];
    const isMeasured = !this.#isMeasuring;
    this.#isMeasuring = true;
    this.#longest = LONGEST.slice;
    try {
      for (let i = 1, look = 1;; i++) {
        if (step()) return true;
        if (isBlocked()) return false;
        if (i < look) continue;
        const took = performance.now() - begun;
        if (this.#turns.isOver(took)) return false;
        // Reading a clock costs as much as a small step.
        look = i + (took / i > SLICE / 16 ? 1 : 8);
      }
    } finally {
      // The first slice of a line's work is measured with the line.
      if (isMeasured) {
        this.#isMeasuring = false;
        this.#chargeDelivery(totals.bytes - bytes, totals.lines - lines);
        this.#chargeTime(begun, LONGEST.slice, 1, 0);
        this.#turns.passOn();
      }
    }
  }

  /** Counts milliseconds that the runtime takes afterwards, for example to write an answer. */
  spend(milliseconds: number): void {
    const now = performance.now();
    this.#turns.spend(milliseconds, now);
    for (const usage of [this.#usage, this.#address.used]) usage.add(milliseconds, now);
  }

  /** Charges bytes that others are to read, beyond what its address may bring them. @param lines How many lines of feeds they are. */
  #chargeDelivery(bytes: number, lines: number): void {
    if (bytes === 0 || this.#tokens === undefined) return;
    const now = this.#now();
    const { delivery } = this.#address;
    const free = Math.min(bytes, Math.max(0, delivery.level(now)));
    delivery.take(free, now);
    this.charge((bytes - free) / (lines > DELIVERY_COST.few ? DELIVERY_COST.perTokenOfMany : DELIVERY_COST.perToken));
  }

  /**
   * Counts the computing time of work that has just ended, and charges the part that is not free.
   *
   * @param longest What the work counts for at the most, in milliseconds.
   * @param times For how many pieces of work it stands.
   * @param tokens What the work costs besides.
   */
  #chargeTime(begun: number, longest: number, times: number, tokens: number): void {
    const now = performance.now();
    const took = now - begun;
    const milliseconds = Math.min(took, longest) * times;
    // A piece that stands for others must not use up a slice alone.
    this.#turns.spend(times === 1 ? took : Math.min(took * times, SLICE / 2), now);
    this.#usage.add(milliseconds, now);
    this.#address.used.add(Math.min(took, LONGEST.ofAddress) * times, now);
    const charged = Math.max(0, Math.min(milliseconds, this.#usage.at(now) - COMPUTING.free));
    this.charge(tokens + charged / COMPUTING.perToken);
  }

  /** Whether anything is charged. */
  get isLimited(): boolean {
    return this.#tokens !== undefined;
  }

  /**
   * Waits until so many bytes of its words may be stored. While its address is in debt for what was stored, a connection
   * must have saved up for them first: it may be gone later, and could then not be charged any more.
   *
   * @returns Nothing if there is no need to wait.
   */
  affords(bytes: number): Promise<void> | undefined {
    const now = this.#now();
    if (this.#tokens === undefined || this.#address.storage.level(now) >= 0) return undefined;
    const wait = this.#storage.wait(Math.min(bytes, STORAGE.own.burst), now);
    return wait > 0 && !this.#isClosed ? this.#later(wait) : undefined;
  }

  /** Charges bytes of its words that are stored to its address, else to itself; see `affords`. */
  keep(bytes: number): void {
    const now = this.#now();
    const { storage } = this.#address;
    if (storage.tryTake(bytes, now) || this.#storage.tryTake(bytes, now)) return;
    this.#storage.take(Math.max(0, this.#storage.level(now)), now);
    // The debt is made up for within minutes, though more was stored.
    storage.take(Math.min(bytes, storage.level(now) + STORAGE.address.burst), now);
  }

  /** Notes what waits to be read on this connection. A budget that is closed pays for nothing that waits. */
  set reader(reader: Reader) {
    if (this.#isClosed) return;
    if (this.#reader !== undefined) this.#address.readers.delete(this.#reader);
    this.#reader = reader;
    this.#address.readers.add(reader);
  }

  /** Whether so many bytes may wait for its reader, given what waits at its address. Without a limit, any number may. */
  mayHold(bytes: number): boolean {
    return this.#tokens === undefined || bytes <= MAY_ALWAYS_WAIT || this.#isWithinBacklog(this.#address);
  }

  /** Ends all waits. What the connection has used counts on for its address. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const now = this.#now();
    const { open, usedByGone, loans, storageLoans, signalLoans, readers } = this.#address;
    open[this.#purpose]--;
    usedByGone.add(this.#usage.at(now) - this.#inherited.at(now), now);
    // The address lends others as much less as this one owes, but not for hours.
    const lender = loans[this.#purpose];
    const mayOwe = lender.level(now) + LENDING.owed * this.#burst;
    const owed = Math.min(this.#burst, -(this.#tokens?.level(now) ?? 0), mayOwe);
    if (owed > 0) lender.take(owed, now);
    storageLoans.take(-Math.max(0, this.#storage.level(now)), now);
    signalLoans.take(-Math.max(0, this.#signals.level(now)), now);
    if (this.#reader !== undefined) readers.delete(this.#reader);
    for (const wake of this.#wakes) wake();
    for (const standing of [this.#standing, this.#end]) this.#turns.leave(standing);
  }
}
