/**
 * The queue in which passwords wait to be hashed, one at a time: many at once would take the machine from those who talk.
 * Each address has its turn, however many passwords wait at another; addresses from which the account is known go first.
 *
 * guesses.ts bounds how many passwords of one address wait here at a time.
 *
 * @module
 */

/** The connection for which a password is hashed. */
export interface Asker {
  /** Its address, as `addressRange` gives it. */
  range: string;
  /** Whether the account has been logged in to from that address. */
  isKnown: boolean;
  /** Whether the connection waits for the answer no longer. */
  isOver: () => boolean;
}

/** Stands for the program itself. */
const OURSELVES: Asker = { range: "", isKnown: true, isOver: () => false };

/** One of so many turns is for an address that is not known, if one waits. */
const OTHERS = 4;

interface Job {
  asker: Asker;
  run: () => Promise<void>;
}

/** Jobs by address, in the order in which the addresses are served. */
type Jobs = Map<string, Job[]>;

/** The queue. */
export class HashQueue {
  readonly #known: Jobs = new Map();
  readonly #others: Jobs = new Map();
  #turn = 0;
  #isRunning = false;

  /**
   * Does some work when its turn has come.
   *
   * @returns The result of the work. Where the asker is over by then, the work is not done, and nothing is returned. Rejects
   * where the work does.
   */
  run<T>(work: () => Promise<T>, asker: Asker = OURSELVES): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const jobs = asker.isKnown ? this.#known : this.#others;
      const run = async () => {
        try {
          resolve(asker.isOver() ? undefined : await work());
        } catch (error) {
          reject(error);
        }
      };
      const waiting = jobs.get(asker.range) ?? [];
      waiting.push({ asker, run });
      jobs.set(asker.range, waiting);
      if (!this.#isRunning) this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) await job.run();
    this.#isRunning = false;
  }

  #next(): Job | undefined {
    const isForOthers = ++this.#turn % OTHERS === 0;
    const [first, second] = isForOthers ? [this.#others, this.#known] : [this.#known, this.#others];
    return takeFirst(first) ?? takeFirst(second);
  }
}

/** Takes the first job of the first address, which becomes the last address. */
function takeFirst(jobs: Jobs): Job | undefined {
  for (const [range, waiting] of jobs) {
    const job = waiting.shift()!;
    jobs.delete(range);
    if (waiting.length > 0) jobs.set(range, waiting);
    return job;
  }
  return undefined;
}
