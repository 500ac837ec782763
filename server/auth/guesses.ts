/**
 * How fast secrets can be guessed: passwords of the room, of accounts and of operators, and the keys of channels. Whoever
 * guesses wrongly makes the next guess from the same address wait, and nobody else's. It must not know what a secret is
 * for, nor sessions beyond what `Guesser` says.
 *
 * Nothing is refused because others have guessed wrongly: an attempt waits for its turn before it is looked at. An address
 * (of IPv6, a /64) has one row of turns, whatever the secret and the connection: the first few cost no time, then turns
 * come ever more slowly, at most 3 s apart. Among those who wait at one address, one who has not guessed wrongly yet goes
 * before those who have, and where the account has been logged in to from there, before others. An account that is guessed
 * at from many addresses has a row of its own, which all must pass but those addresses.
 *
 * Time is monotonic: a wall clock that is set back makes nobody wait.
 *
 * @module
 */

import { addressRange } from "../wire/address.ts";
import { TokenBucket } from "../wire/token_bucket.ts";

/** How a row of turns slows down, in failures and milliseconds. */
interface Pace {
  /** So many failures cost no time. */
  free: number;
  /** How long the turn after the next failure waits; each more doubles that, up to `longest`. */
  first: number;
  longest: number;
  /** How many failures are remembered at the most, and how long it takes until one of them is forgotten. */
  most: number;
  forgotten: number;
}

/** Of an address: some nine guesses in the first 4 s, then one each 3 s. */
const ADDRESS: Pace = { free: 4, first: 250, longest: 3_000, most: 10, forgotten: 30_000 };

/** Of an account, for all addresses together from which it has not been logged in to. */
const ACCOUNT: Pace = { free: 20, first: 125, longest: 1_000, most: 26, forgotten: 30_000 };

/** Bounds of memory, and of what one address may have looked at at the same time. */
const MOST = {
  /** Addresses and accounts that have been guessed from or at. */
  addresses: 10_000,
  guessed: 1_000,
  /** Addresses of which an account remembers when it was their turn. */
  served: 256,
  /** Attempts of an address or account that wait, and that are looked at. */
  waiting: 512,
  looking: 4,
  /** Accounts whose addresses are remembered, and how many of each. */
  known: 10_000,
  ranges: 10,
} as const;

/** A connection that guesses wrongly so often is closed. */
const MOST_FAILURES = 5;

/**
 * What waits at an address, in classes: at a place from which the account is known, anywhere, after a wrong guess, or in
 * place of a connection that has closed after one or while it waited.
 */
const KNOWN = 0, NEW = 1, FAILED = 2, INSTEAD = 3;

/**
 * After this long a connection that came in place of another counts as new, in milliseconds: it may be somebody else's, who
 * came just then.
 */
const PATIENT = 2 * ADDRESS.longest;

/**
 * Which class goes first, turn by turn. None is passed over for ever. In the last of these turns the one that has waited
 * longest goes; in the others the one that has come last, since one person who comes while many programs wait for their
 * answers could else only stand behind them all.
 */
const TURNS = [[KNOWN, NEW, FAILED], [NEW, KNOWN, FAILED], [KNOWN, NEW, FAILED], [FAILED, NEW, KNOWN]];

/** A clock that is never set, and an alarm on it. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls something after so many milliseconds; gives what calls that off. */
  after(ms: number, act: () => void): () => void;
}

const MONOTONIC: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Who guesses: a connection. */
export interface Guesser {
  readonly address: string;
  readonly closed: boolean;
  /** How often it has guessed wrongly. */
  wrongGuesses: number;
  close(reason: string): void;
}

/** What is guessed. */
export interface Guess<T> {
  /** Whose secret it is, folded, where it is somebody's. */
  account?: string | undefined;
  /** Whether it counts even if it is no wrong guess, since it costs the server much or makes something. */
  isCostly?: boolean;
  /** Looks at it, when its turn has come: undefined says that it is wrong. */
  look: () => T | undefined | Promise<T | undefined>;
  /** Says that it is wrong. */
  refuse?: () => void;
}

/** One that waits for its turn. */
interface Waiting {
  readonly guesser: Guesser;
  readonly range: string;
  readonly kind: number;
  /** Since when it waits. */
  readonly since: number;
  /** Called with true when the turn has come, or with false where it never will. */
  readonly resolve: (isTurn: boolean) => void;
}

/** Says who of those who wait, in the order in which they came, has a turn. */
type Choose = (waiting: Waiting[], turn: number, now: number) => Waiting;

/** The turns of one address or account. */
class Row {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #choose: Choose;
  readonly #waiting = new Set<Waiting>();
  /** A full bucket means no failures. Each failure takes a token, which comes back when the failure is forgotten. */
  readonly #credit: TokenBucket;
  /** When the next turn is, and how many are being looked at. */
  #nextAt = -Infinity;
  #looking = 0;
  #turn = 0;
  #cancel: (() => void) | undefined;
  /** Connections that have closed after a wrong guess or while they waited: as many new ones are not new. */
  debts = 0;

  constructor(clock: Clock, pace: Pace, choose: Choose) {
    this.#clock = clock;
    this.#pace = pace;
    this.#choose = choose;
    this.#credit = new TokenBucket({ burst: pace.most, perSecond: 1000 / pace.forgotten }, clock.now());
  }

  /** Whether there is nothing to be remembered. */
  get isIdle(): boolean {
    return this.isUnused && this.#credit.isFull(this.#clock.now());
  }

  /** Whether nobody waits or is looked at. */
  get isUnused(): boolean {
    return this.#waiting.size === 0 && this.#looking === 0;
  }

  /** The failures that are not forgotten yet. */
  get #failures(): number {
    return this.#pace.most - this.#credit.level(this.#clock.now());
  }

  #fail(): void {
    const now = this.#clock.now();
    this.#credit.take(Math.min(1, this.#credit.level(now)), now);
  }

  #interval(): number {
    const { free, first, longest } = this.#pace;
    const excess = Math.ceil(this.#failures - free);
    return excess <= 0 ? 0 : Math.min(longest, first * 2 ** (excess - 1));
  }

  /**
   * Waits for a turn. It is counted as a failure, so that many at once get no more than one after the other; `settle` must
   * be called when it is known what it was.
   */
  enter(guesser: Guesser, range: string, kind: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.add({ guesser, range, kind, since: this.#clock.now(), resolve });
      if (this.#waiting.size > MOST.waiting) this.#dropOne();
      this.#proceed();
    });
  }

  /** @param isRight Whether it was no failure. */
  settle(isRight: boolean): void {
    this.#looking--;
    if (isRight) {
      this.#credit.take(-1, this.#clock.now());
      // As if it had not been. Its own turn was waited for, so this is no way around that.
      this.#nextAt = this.#clock.now();
    }
    this.#proceed();
  }

  /** Takes out one that waits and is over. */
  leave(guesser: Guesser): void {
    const one = this.#waiting.values().find((waiting) => waiting.guesser === guesser);
    if (one === undefined) return;
    this.#waiting.delete(one);
    one.resolve(false);
    if (this.#waiting.size === 0) this.#cancel?.();
  }

  /** More than `MOST.waiting` can only be where connections have no limit: one that has guessed wrongly goes, else the first. */
  #dropOne(): void {
    const one = this.#waiting.values().find(({ kind }) => kind >= FAILED) ?? this.#waiting.values().next().value!;
    this.#waiting.delete(one);
    one.resolve(false);
    one.guesser.close("Too many wait for their password at your address");
  }

  /** Lets those in whose turn it is, and sees to it that the next ones follow. */
  #proceed(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#waiting.size > 0 && this.#looking < MOST.looking) {
      const wait = this.#nextAt - this.#clock.now();
      if (wait > 0) {
        this.#cancel = this.#clock.after(wait, () => this.#proceed());
        return;
      }
      const one = this.#choose([...this.#waiting], this.#turn++, this.#clock.now());
      this.#waiting.delete(one);
      this.#fail();
      this.#nextAt = this.#clock.now() + this.#interval();
      this.#looking++;
      one.resolve(true);
    }
  }
}

/** Who goes next of those who wait at an address. */
function chooseAtAddress(waiting: Waiting[], turn: number, now: number): Waiting {
  const kindOf = ({ kind, since }: Waiting) => kind !== INSTEAD ? kind : now - since < PATIENT ? FAILED : NEW;
  const order = TURNS[turn % TURNS.length];
  const sorted = order[0] === FAILED ? waiting : waiting.toReversed();
  const found = order.map((kind) => sorted.find((one) => kindOf(one) === kind));
  return found.find((one) => one !== undefined)!;
}

/**
 * Gives a way to choose among addresses that wait for one account: each in its turn, one that has had none first. Every
 * second turn is that of the one that has waited longest, or it would wait for ever where new addresses keep coming.
 */
function fairByRange(): Choose {
  const servedAt = new Map<string, number>();
  let turn = 0;
  return (waiting) => {
    let best = waiting[0];
    const last = ({ range }: Waiting) => servedAt.get(range) ?? 0;
    if (turn % 2 === 0) { for (const one of waiting) if (last(one) <= last(best)) best = one; }
    servedAt.delete(best.range);
    servedAt.set(best.range, ++turn);
    if (servedAt.size > MOST.served) servedAt.delete(servedAt.keys().next().value!);
    return best;
  };
}

/** The wrong guesses of all addresses, as far as they are remembered. */
export class Guesses {
  readonly #clock: Clock;
  readonly #addresses = new Map<string, Row>();
  readonly #accounts = new Map<string, Row>();
  /** The addresses from which each account has been logged in to, those of late at the end. */
  readonly #known = new Map<string, Set<string>>();
  /** Connections that have tried something; and those among them that came in place of others. */
  readonly #seen = new WeakSet<Guesser>();
  readonly #instead = new WeakSet<Guesser>();
  /** Where each waits. */
  readonly #waitingIn = new Map<Guesser, Row>();

  constructor(clock: Clock = MONOTONIC) {
    this.#clock = clock;
  }

  /** The time on its clock, which is never set: milliseconds. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Looks at what a connection guesses, when its turn has come. Where it is wrong that is said and counted, and a
   * connection that has guessed wrongly five times is closed.
   *
   * @returns What `look` has found; nothing where that was nothing, or where the connection is over.
   */
  async attempt<T>(guesser: Guesser, guess: Guess<T>): Promise<T | undefined> {
    const { account, isCostly = false, refuse } = guess;
    const range = addressRange(guesser.address);
    const row = this.#row(this.#addresses, MOST.addresses, range, () => new Row(this.#clock, ADDRESS, chooseAtAddress));
    const isKnown = account !== undefined && this.isKnown(account, guesser);
    const isInstead = this.#isInstead(guesser, row);
    const kind = guesser.wrongGuesses > 0 ? FAILED : isInstead ? INSTEAD : isKnown ? KNOWN : NEW;
    if (!await this.#enter(row, guesser, range, kind)) return undefined;
    let found: T | undefined;
    try {
      found = isKnown || account === undefined
        ? await guess.look()
        : await this.#look(guesser, range, account, guess.look);
    } finally {
      row.settle(found !== undefined && !isCostly);
      if (row.isIdle) this.#addresses.delete(range);
    }
    if (found !== undefined && account !== undefined) this.remember(account, guesser);
    if (found !== undefined || guesser.closed) return found;
    guesser.wrongGuesses++;
    refuse?.();
    if (guesser.wrongGuesses >= MOST_FAILURES) guesser.close("Too many wrong passwords");
    return undefined;
  }

  /** Looks at what comes from an address that is new to the account, in the account's own turn. */
  async #look<T>(guesser: Guesser, range: string, account: string, look: Guess<T>["look"]): Promise<T | undefined> {
    const row = this.#row(this.#accounts, MOST.guessed, account, () => new Row(this.#clock, ACCOUNT, fairByRange()));
    if (!await this.#enter(row, guesser, range, NEW)) return undefined;
    let found: T | undefined;
    try {
      return found = await look();
    } finally {
      row.settle(found !== undefined);
      if (row.isIdle) this.#accounts.delete(account);
    }
  }

  async #enter(row: Row, guesser: Guesser, range: string, kind: number): Promise<boolean> {
    if (guesser.closed) return false;
    this.#waitingIn.set(guesser, row);
    const isTurn = await row.enter(guesser, range, kind);
    this.#waitingIn.delete(guesser);
    return isTurn;
  }

  /** Whether an account has been logged in to from where a connection comes from. @param account Folded. */
  isKnown(account: string, { address }: Pick<Guesser, "address">): boolean {
    return this.#known.get(account)?.has(addressRange(address)) === true;
  }

  /** Notes that an account has been logged in to from where a connection comes from. @param account Folded. */
  remember(account: string, { address }: Pick<Guesser, "address">): void {
    const range = addressRange(address);
    const ranges = this.#known.get(account) ?? new Set();
    ranges.delete(range);
    ranges.add(range);
    if (ranges.size > MOST.ranges) ranges.delete(ranges.values().next().value!);
    this.#known.delete(account);
    this.#known.set(account, ranges);
    if (this.#known.size > MOST.known) this.#known.delete(this.#known.keys().next().value!);
  }

  /** Forgets an account that is no more: whoever has its name next comes from elsewhere. @param account Folded. */
  forgetAccount(account: string): void {
    this.#known.delete(account);
  }

  /** Whether a connection waits for its turn. */
  isWaiting(guesser: Guesser): boolean {
    return this.#waitingIn.has(guesser);
  }

  /** A connection is over: it waits for nothing any more. */
  forget(guesser: Guesser): void {
    const waitsIn = this.#waitingIn.get(guesser);
    if (waitsIn === undefined && guesser.wrongGuesses === 0) return;
    waitsIn?.leave(guesser);
    const row = this.#addresses.get(addressRange(guesser.address));
    if (row !== undefined) row.debts = Math.min(MOST.waiting, row.debts + 1);
  }

  /** Whether a connection has come in place of one that had guessed wrongly, or had not waited. */
  #isInstead(guesser: Guesser, row: Row): boolean {
    if (!this.#seen.has(guesser)) {
      this.#seen.add(guesser);
      if (row.isIdle) row.debts = 0;
      if (row.debts > 0) {
        row.debts--;
        this.#instead.add(guesser);
      }
    }
    return this.#instead.has(guesser);
  }

  /** The row of that name, now the last of all; where there are too many, the one that was used first is forgotten. */
  #row(rows: Map<string, Row>, most: number, name: string, make: () => Row): Row {
    const row = rows.get(name) ?? make();
    rows.delete(name);
    if (rows.size >= most) {
      const unused = rows.entries().find(([, { isUnused }]) => isUnused);
      if (unused !== undefined) rows.delete(unused[0]);
    }
    rows.set(name, row);
    return row;
  }
}
