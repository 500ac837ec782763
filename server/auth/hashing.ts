/**
 * The row in which passwords wait to be hashed, one at a time: many at once would take the machine from those who talk.
 * Each address has its turn, however many wait at another, and where an account is known before others. It must not know
 * what is hashed.
 *
 * What one address may have here at a time is bounded by guesses.ts, which lets so many in.
 *
 * @module
 */

/** Who asks. */
export interface Asker {
  /** The address, as `addressRange` gives it. */
  range: string;
  /** Whether the account has been logged in to from there. */
  isKnown: boolean;
  /** Whether nobody waits for the answer any more. */
  isOver: () => boolean;
}

/** The program itself. */
const OURSELVES: Asker = { range: "", isKnown: true, isOver: () => false };

/** Of so many turns one is for an address that is not known, where one waits. */
const OTHERS = 4;

interface Job {
  asker: Asker;
  run: () => Promise<void>;
}

/** Jobs by address, in the order in which the addresses are served. */
type Jobs = Map<string, Job[]>;

/** The row. */
export class HashQueue {
  readonly #known: Jobs = new Map();
  readonly #others: Jobs = new Map();
  #turn = 0;
  #isRunning = false;

  /**
   * Does some work in its turn.
   *
   * @returns What it gives; nothing, and nothing is done, where the asker is over by then. Rejects where the work does.
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

/** Takes the first job of the first address, which is the last from then on. */
function takeFirst(jobs: Jobs): Job | undefined {
  for (const [range, waiting] of jobs) {
    const job = waiting.shift()!;
    jobs.delete(range);
    if (waiting.length > 0) jobs.set(range, waiting);
    return job;
  }
  return undefined;
}
