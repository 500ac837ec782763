/**
 * What a connection may spend, and its address with it: lines, bytes, computing time, what is kept of its words, and what
 * waits to be read by it. It must not know sessions or sockets.
 *
 * Each connection earns tokens at a steady rate. Its first burst is lent by its address, so connecting again wins nothing;
 * and since only the burst is shared, somebody who floods takes nothing from the others at the same address (a school, a
 * proxy) but their haste. Whoever has spent more than it has waits. Nothing is dropped, and nobody is closed for it.
 *
 * All times are those of a clock that is never set back, in milliseconds.
 *
 * @module
 */

import { addressRange } from "./address.ts";
import { appended, appends } from "../fanout/fanout.ts";
import { SLICE, Turns, Usage } from "../turns/turns.ts";

/** A burst is this many seconds' worth of tokens. */
const BURST_SECONDS = 5;

/**
 * An address lends the bursts of so many connections, and as much again of them in so many seconds. What those have left owing
 * who are gone is made up for first: so many bursts at the most, or others at that address would wait for it for long.
 */
const LENDING = { bursts: 50, seconds: 25, owed: 10 } as const;

/**
 * Computing time, in milliseconds: how much a connection may have used lately (`Usage`) at no cost, and how much more costs
 * as much as one line.
 */
const COMPUTING = { free: 90, perToken: 8 } as const;

/**
 * How many bytes an address may bring to readers in a second and saves up for a burst, of each line as often as it is to be
 * read, and how many more cost as much as another line: to write them takes a millisecond each 100 KB or so, which is nobody's
 * computing time. Where a line is told in more feeds than a channel has, they cost more: what waits for a reader in several is
 * to be put into one order, and 240 of one address would bring 60 MB of it a second to each other.
 */
const TELLING = { burst: 1_048_576, perSecond: 524_288, perToken: 65_536, ofMany: 16_384, few: 12 } as const;

/**
 * The most that a line and a slice count for, in milliseconds. What took longer was held up by something else, the machine or
 * a collection of garbage, for which nobody should come after those who were luckier. Of all that an address does some is
 * always held up, so there they count for more: steps that are really long are so each time.
 */
const LONGEST = { line: 4, slice: 4, ofAddress: 20 } as const;

/**
 * What a new connection counts as having used, in milliseconds: in the order of turns so much more, that those who are here
 * for a second, and quiet, come before any number of new ones; and a new address less, since one that keeps the machine busy
 * has soon used more. Half of both is soon forgotten, or who has come a little earlier would for long count as much as who
 * keeps it busy since.
 */
const NEWCOMER = { usage: 40, order: 100, address: 30, halfLife: 1_000 } as const;

/**
 * Where there is no limit in the room: how long short lines are handled in one go, in milliseconds, since each turn costs some
 * 0.1 ms; and for how many pieces of work one stands, since a clock costs as much as a short line.
 */
const UNLIMITED = { slice: 10, sample: 8 } as const;

/**
 * So much of what an address has used counts in the order of turns, in milliseconds: who comes in from a quiet address is
 * before all of one that is not; but those who are quiet there should not come after everybody else for long when it is over.
 */
const MOST_OF_ADDRESS = 1_000;

/** Where those stand who have gone, of whatever address: nobody waits for that, and there may be hundreds at once. */
const GONE = { at: () => 4 * MOST_OF_ADDRESS };

/**
 * How many connections an address may open in one go, and how many in a second after that, where it may have `perAddress` at
 * once: all who share one come back together after a restart, and some of them more than once; and who shares one with a
 * flooder has to come in between. Each that asks for the page opens some.
 */
const ARRIVING = {
  perAddress: 256,
  lines: { burst: 1_000, perSecond: 200 },
  requests: { burst: 4_000, perSecond: 800 },
};

/** Bytes of input that cost as much as one line. */
export const BYTES_PER_TOKEN = 512;

/**
 * What is kept of what is said, in bytes: what an address may add for all of its connections in a second and saves up for a
 * burst, and each of them beyond that. The first burst of a connection is lent by its address, to some: so those who were
 * there before somebody floods it are not held up. Beyond all that, what is to be kept waits until it has been saved up for.
 */
const KEEPING = {
  address: { burst: 4_194_304, perSecond: 8_192 },
  own: { burst: 32_768, perSecond: 128 },
  lent: { burst: 16 * 32_768, perSecond: 4_096 },
} as const;

/**
 * How many bytes may wait for all the readers at one address, and how many for each of them in any case. Where more wait for
 * all addresses together, each may have its part of that.
 */
const WAITING = { all: 67_108_864, address: 33_554_432, own: 65_536 } as const;

/** For how long the sum of what waits at one address is taken to be the same, in milliseconds. */
const SUM_HOLDS = 50;

/** Tokens a second and connection, by what a connection is for: a person's lines, or requests for the page. */
export interface Rates {
  lines: number;
  requests: number;
}

/** What waits to be read by somebody, in bytes. */
interface Reader {
  readonly recentBacklog: number;
}

/** A supply that fills up to a bound. What is taken beyond it is owed. */
export class TokenBucket {
  readonly #most: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /** @param most What it holds when it is full. @param tokens What it holds at first. @param now In milliseconds. */
  constructor(most: number, perSecond: number, tokens: number, now: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#tokens = tokens;
    this.#at = now;
  }

  /** What it holds; below 0 what is owed. */
  level(now: number): number {
    const filled = this.#tokens + Math.max(0, now - this.#at) * this.#perSecond / 1000;
    this.#tokens = Math.min(filled, this.#most);
    this.#at = now;
    return this.#tokens;
  }

  /** Takes tokens, more than there are where need be. */
  take(tokens: number, now: number): void {
    this.#tokens = this.level(now) - tokens;
  }

  /** Takes tokens if there are as many; says whether there were. */
  tryTake(tokens: number, now: number): boolean {
    if (this.level(now) < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Milliseconds until it holds so many. */
  wait(tokens: number, now: number): number {
    return Math.max(0, tokens - this.level(now)) * 1000 / this.#perSecond;
  }

  /** Whether it is full. */
  isFull(now: number): boolean {
    return this.level(now) >= this.#most;
  }
}

/** What is known of one address while it has connections, and until what they have used is made up for. */
class AddressBudget {
  readonly lends: Record<keyof Rates, TokenBucket>;
  readonly arrives: Record<keyof Rates, TokenBucket>;
  readonly keeps: TokenBucket;
  readonly lendsKeeps: TokenBucket;
  readonly tells: TokenBucket;
  /** What all its connections have used lately. */
  readonly used = new Usage();
  /** What it counts as having used since it is new. */
  readonly newness = new Usage(NEWCOMER.halfLife);
  /** How much it counts as having used in the order of turns. */
  readonly standing = { at: (now: number) => Math.min(this.used.at(now) + this.newness.at(now), MOST_OF_ADDRESS) };
  /** What connections that are over have used: a new one begins with that. */
  readonly gone = new Usage();
  readonly open: Record<keyof Rates, number> = { lines: 0, requests: 0 };
  readonly readers = new Set<Reader>();
  #waiting = 0;
  #summedAt = -Infinity;

  /** @param share How many connections it may open, as a multiple of what is usual. */
  constructor(rates: Rates, share: number, now: number) {
    const lender = (rate: number) => {
      const most = rate * BURST_SECONDS * LENDING.bursts;
      return new TokenBucket(most, most / LENDING.seconds, most, now);
    };
    this.lends = { lines: lender(rates.lines), requests: lender(rates.requests) };
    const arriving = ({ burst, perSecond }: { burst: number; perSecond: number }) =>
      new TokenBucket(burst * share, perSecond * share, burst * share, now);
    this.arrives = { lines: arriving(ARRIVING.lines), requests: arriving(ARRIVING.requests) };
    this.newness.add(NEWCOMER.address, now);
    const { address, lent } = KEEPING;
    this.keeps = new TokenBucket(address.burst, address.perSecond, address.burst, now);
    this.lendsKeeps = new TokenBucket(lent.burst, lent.perSecond, lent.burst, now);
    this.tells = new TokenBucket(TELLING.burst, TELLING.perSecond, TELLING.burst, now);
  }

  /** Bytes that wait for all of its readers. */
  waiting(now: number): number {
    if (now - this.#summedAt >= SUM_HOLDS) {
      this.#summedAt = now;
      this.#waiting = 0;
      for (const { recentBacklog } of this.readers) this.#waiting += recentBacklog;
    }
    return this.#waiting;
  }

  /** Whether nothing of it has to be remembered. */
  isForgettable(now: number): boolean {
    const { lines, requests } = this.lends;
    if (!this.arrives.lines.isFull(now) || !this.arrives.requests.isFull(now)) return false;
    return this.open.lines === 0 && this.open.requests === 0 && this.gone.at(now) < 1 && this.used.at(now) < 1 &&
      lines.isFull(now) && requests.isFull(now) && this.keeps.isFull(now) && this.lendsKeeps.isFull(now) &&
      this.tells.isFull(now);
  }
}

/** What one connection may spend. */
export class Budget {
  readonly #address: AddressBudget;
  readonly #turns: Turns;
  readonly #isWithin: (address: AddressBudget) => boolean;
  readonly #now: () => number;
  readonly #kind: keyof Rates;
  readonly #usage = new Usage();
  readonly #newness = new Usage(NEWCOMER.halfLife);
  /** The same in the order of turns, in which whoever is new comes later. */
  readonly #order = { at: (now: number) => this.#usage.at(now) + this.#newness.at(now) };
  /** What of it connections that were over had used. */
  readonly #inherited = new Usage();
  /** Nothing where there is no limit. */
  readonly #tokens: TokenBucket | undefined;
  readonly #keeps: TokenBucket;
  readonly #burst: number;
  /** What is left of the burst that its address lends it. */
  #loan: number;
  readonly #wakes = new Set<() => void>();
  #reader: Reader | undefined;
  /** For how many pieces of work one that is measured stands, and how many have been done. */
  readonly #sample: number;
  #pieces = 0;
  /** Whether what is done now is measured already: work in work costs once. */
  #isMeasuring = false;
  /** What the work under way counts for at the most, in milliseconds. */
  #longest: number = LONGEST.line;
  #isClosed = false;

  /** @internal See `Budgets.open`. */
  constructor(
    address: AddressBudget,
    kind: keyof Rates,
    rate: number,
    sample: number,
    turns: Turns,
    isWithin: (address: AddressBudget) => boolean,
    now: () => number,
  ) {
    this.#sample = sample;
    this.#address = address;
    this.#turns = turns;
    this.#isWithin = isWithin;
    this.#now = now;
    this.#kind = kind;
    const time = now();
    const gone = address.gone.at(time);
    for (const usage of [this.#usage, this.#inherited]) usage.add(gone + NEWCOMER.usage, time);
    this.#newness.add(NEWCOMER.order, time);
    this.#burst = this.#loan = rate * BURST_SECONDS;
    if (rate > 0) this.#tokens = new TokenBucket(this.#burst, rate, 0, time);
    const { burst, perSecond } = KEEPING.own;
    // What its address does not lend it begins without: connecting again wins nothing.
    const lent = kind === "lines" ? Math.min(burst, address.lendsKeeps.level(time)) : 0;
    address.lendsKeeps.take(lent, time);
    this.#keeps = new TokenBucket(burst, perSecond, lent, time);
    address.open[kind]++;
  }

  /** The connection is over, and so are all waits. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it has to wait for what it has spent. */
  get isWaiting(): boolean {
    return this.#wakes.size > 0 || this.#turns.isWaiting(this.#order);
  }

  /** Whether it has spent so much that it has to wait for the next token. */
  get isOwing(): boolean {
    return this.#owed() > 0;
  }

  /** How many other connections of its kind its address has. */
  get others(): number {
    return this.#address.open[this.#kind] - 1;
  }

  /**
   * Waits until nothing is owed and one token is there, and for a turn.
   *
   * @returns Nothing where both are so already. A wait ends early where the connection is closed.
   */
  ready(): Promise<void> | undefined {
    return this.paid() ?? this.turn();
  }

  /** Waits until nothing is owed and one token is there. Nothing where that is so already: others may have their turn first. */
  paid(): Promise<void> | undefined {
    const wait = this.#owed();
    return wait > 0 ? this.#later(wait) : undefined;
  }

  /** Waits for a turn: see `Turns`. Nothing where it has come. One that is closed has turns, too, for what it leaves. */
  turn(): Promise<void> | undefined {
    return this.#turns.next(this.#order, this.#address.standing);
  }

  /** The same for what is done when its peer has gone, which comes after what others wait for. */
  lastTurn(): Promise<void> | undefined {
    return this.#turns.next(this.#order, GONE);
  }

  /** Gives on the turn that it has waited for, where it does nothing with it for now: others need not wait for the next one. */
  pass(): void {
    this.#turns.goOn();
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

  /** Milliseconds until there is a token; its address may lend one at once. */
  #owed(): number {
    if (this.#tokens === undefined || this.#isClosed) return 0;
    const now = this.#now();
    const missing = 1 - this.#saved(now);
    if (missing <= 0) return 0;
    if (missing <= this.#loan && this.#address.lends[this.#kind].tryTake(missing, now)) {
      this.#loan -= missing;
      this.#tokens.take(-missing, now);
      return 0;
    }
    return this.#tokens.wait(1, now);
  }

  /** How many tokens it has. What it has saved up itself need not be lent to it any more. */
  #saved(now: number): number {
    const level = this.#tokens!.level(now);
    this.#loan = Math.max(0, Math.min(this.#loan, this.#burst - level));
    return level;
  }

  /** Charges tokens: a line is one. */
  charge(tokens: number): void {
    if (this.#tokens === undefined || tokens === 0) return;
    const now = this.#now();
    this.#saved(now);
    this.#tokens.take(tokens, now);
  }

  /**
   * Does work in the connection's name, and charges it.
   *
   * @param tokens What it costs beside the time that it takes.
   */
  run<T>(tokens: number, work: () => T): T {
    if (this.#isMeasuring || ++this.#pieces % this.#sample !== 0) {
      this.charge(tokens);
      const done = work();
      if (!this.#isMeasuring) this.#turns.goOn();
      return done;
    }
    const begun = performance.now();
    const [bytes, lines] = [appended, appends];
    this.#isMeasuring = true;
    this.#longest = LONGEST.line;
    try {
      return work();
    } finally {
      this.#isMeasuring = false;
      this.#told(appended - bytes, appends - lines);
      this.#spent(begun, this.#longest, this.#sample, tokens);
      this.#turns.goOn();
    }
  }

  /**
   * Does steps of a long piece of work until it is done, the slice is over, or something else has to be waited for.
   *
   * @param step Does one step, of at most some 50 us; true where it was the last.
   * @param isBlocked Whether the work has to wait for something.
   * @returns Whether it is done.
   */
  slice(step: () => boolean, isBlocked: () => boolean): boolean {
    const begun = performance.now();
    const [bytes, lines] = [appended, appends];
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
        // A clock costs as much as a small step.
        look = i + (took / i > SLICE / 16 ? 1 : 8);
      }
    } finally {
      // A line's first slice is measured with its line.
      if (isMeasured) {
        this.#isMeasuring = false;
        this.#told(appended - bytes, appends - lines);
        this.#spent(begun, LONGEST.slice, 1, 0);
        this.#turns.goOn();
      }
    }
  }

  /** Counts milliseconds that the runtime takes for something when it is done, as to write it. */
  spend(milliseconds: number): void {
    const now = performance.now();
    this.#turns.spend(milliseconds, now);
    for (const usage of [this.#usage, this.#address.used]) usage.add(milliseconds, now);
  }

  /** Charges bytes that others are to read, beyond what its address may bring them. @param lines In how many lines of feeds they are. */
  #told(bytes: number, lines: number): void {
    if (bytes === 0 || this.#tokens === undefined) return;
    const now = this.#now();
    const { tells } = this.#address;
    const free = Math.min(bytes, Math.max(0, tells.level(now)));
    tells.take(free, now);
    this.charge((bytes - free) / (lines > TELLING.few ? TELLING.ofMany : TELLING.perToken));
  }

  /** @param longest What it counts for at the most. @param times For how many pieces of work it stands. */
  #spent(begun: number, longest: number, times: number, tokens: number): void {
    const now = performance.now();
    const took = now - begun;
    const milliseconds = Math.min(took, longest) * times;
    // One that stands for others is not to use up a slice alone.
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
   * Waits until so many bytes may be kept: where its address has had more kept than it may, they must have been saved up for
   * first, since whoever is gone can't be charged any more.
   *
   * @returns Nothing where that is so already.
   */
  affords(bytes: number): Promise<void> | undefined {
    const now = this.#now();
    if (this.#tokens === undefined || this.#address.keeps.level(now) >= 0) return undefined;
    const wait = this.#keeps.wait(Math.min(bytes, KEEPING.own.burst), now);
    return wait > 0 && !this.#isClosed ? this.#later(wait) : undefined;
  }

  /** Takes bytes that are kept of what the connection said from what its address and it may keep; see `affords`. */
  keep(bytes: number): void {
    const now = this.#now();
    const { keeps } = this.#address;
    if (keeps.tryTake(bytes, now) || this.#keeps.tryTake(bytes, now)) return;
    this.#keeps.take(Math.max(0, this.#keeps.level(now)), now);
    // What is owed is made up for in some minutes, though more was kept.
    keeps.take(Math.min(bytes, keeps.level(now) + KEEPING.address.burst), now);
  }

  /** Says what waits to be read by this connection. */
  set reader(reader: Reader) {
    this.#reader = reader;
    this.#address.readers.add(reader);
  }

  /** Whether so many bytes may wait for it, its address having no more than it may. Without a limit, any number may. */
  mayHold(bytes: number): boolean {
    return this.#tokens === undefined || bytes <= WAITING.own || this.#isWithin(this.#address);
  }

  /** Ends all waits. What it has used stays with its address. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const now = this.#now();
    this.#address.open[this.#kind]--;
    this.#address.gone.add(this.#usage.at(now) - this.#inherited.at(now), now);
    // What it owes is not forgotten: the address lends others that much less, but not for hours.
    const lends = this.#address.lends[this.#kind];
    const owed = Math.min(this.#burst, -(this.#tokens?.level(now) ?? 0), lends.level(now) + LENDING.owed * this.#burst);
    if (owed > 0) lends.take(owed, now);
    this.#address.lendsKeeps.take(-Math.max(0, this.#keeps.level(now)), now);
    if (this.#reader !== undefined) this.#address.readers.delete(this.#reader);
    for (const wake of this.#wakes) wake();
    this.#turns.leave(this.#order);
  }
}

/** The budgets of all addresses. */
export class Budgets {
  readonly #rates: Rates;
  readonly #now: () => number;
  readonly #perAddress: number;
  readonly #addresses = new Map<string, AddressBudget>();
  readonly #turns: Turns;
  /** How much may wait for each address, and as of when. */
  #mostWaiting: number = WAITING.address;
  #summedAt = -Infinity;

  /**
   * @param rates Tokens a second; 0 for no limit.
   * @param now The time in milliseconds.
   * @param perAddress How many connections an address may have, which says how fast it may open them; 0 for no limit.
   */
  constructor(rates: Rates, now: () => number = () => performance.now(), perAddress: number = ARRIVING.perAddress) {
    this.#rates = rates;
    this.#now = now;
    this.#perAddress = perAddress;
    this.#turns = new Turns(this.#isUnlimited ? UNLIMITED.slice : SLICE);
  }

  get #isUnlimited(): boolean {
    return this.#rates.lines === 0;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * A new connection's budget.
   *
   * @param address An IPv4 or IPv6 address; of the latter all of one /64 count as one.
   * @param isLimited Whether it is one person's, and not a proxy's who speaks for many.
   */
  open(address: string, kind: keyof Rates, isLimited = true): Budget {
    const rate = isLimited ? this.#rates[kind] : 0;
    const sample = this.#isUnlimited ? UNLIMITED.sample : 1;
    const isWithin = (address: AddressBudget) => this.#isWithin(address);
    return new Budget(this.#of(address), kind, rate, sample, this.#turns, isWithin, this.#now);
  }

  /**
   * Whether an address may open one more connection now. To be asked before anything is made for it: whoever comes and goes
   * as fast as they can must cost nothing but that.
   */
  admits(address: string, kind: keyof Rates): boolean {
    if (this.#rates[kind] === 0 || this.#perAddress === 0) return true;
    return this.#of(address).arrives[kind].tryTake(1, this.#now());
  }

  #of(address: string): AddressBudget {
    const range = addressRange(address);
    let budget = this.#addresses.get(range);
    if (budget === undefined) {
      // Few may be there at once, but they may try.
      const share = Math.max(1, this.#perAddress / ARRIVING.perAddress);
      this.#addresses.set(range, budget = new AddressBudget(this.#rates, share, this.#now()));
    }
    return budget;
  }

  /** Whether no more waits for an address than may. */
  #isWithin(address: AddressBudget): boolean {
    const now = this.#now();
    if (now - this.#summedAt >= SUM_HOLDS) {
      this.#summedAt = now;
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
    for (const [range, budget] of this.#addresses) if (budget.isForgettable(now)) this.#addresses.delete(range);
  }
}
