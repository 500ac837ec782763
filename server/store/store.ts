/**
 * The database: gathers what its parts have to write, and writes it soon, in transactions, so that nobody waits for the disk.
 *
 * One thread writes and reads. The log and the file are looked after in write_ahead_log.ts and database_file.ts.
 *
 * @module
 */

import type { Mode } from "./checkpoint.ts";
import { Database } from "./database.ts";
import { DatabaseFile } from "./database_file.ts";
import { StoreError } from "./errors.ts";
import { LockPatience } from "./lock_patience.ts";
import { logSize, WriteAheadLog } from "./write_ahead_log.ts";
import { IN_MEMORY, LOCK_TIMEOUT, openDatabase, pathOf } from "./open.ts";
import { reasonOf } from "../turns/faults.ts";

/**
 * Something that is kept in the database, and gathers its changes until they are written. It bounds what it gathers, in
 * bytes, and refuses what is beyond that before it is acknowledged.
 */
export interface StorePart {
  /**
   * Writes what the part has gathered, or some of it. It runs within a transaction, and again with the next one where that
   * fails.
   */
  save(): void;
  /** What `save` wrote is in the database. The part calls `Store.goOn` again where there is more. */
  saved(): void;
  /** Whether `save` has left something that was acknowledged; false when left out. */
  readonly hasMore?: boolean;
}

/** Times, in milliseconds. */
const TIMES = {
  /** From a first change to the transaction that holds it. */
  gather: 50,
  /** The same where somebody waits for it: from the last transaction to the next. */
  gatherWaited: 5,
  /** After transactions that failed, at the least; and so many times as long as they took. */
  retry: 200,
  retryFactor: 10,
  /** How often the file and the log are looked after when nothing is written. */
  look: 5_000,
  /** How soon it is tried again where another program has locked the file. */
  locked: 10,
} as const;

/** SQLite's words for a file that another thread or program is writing. */
const LOCKED = "database is locked";

/** So many changes at once may fail in a row before those that follow are spaced. */
const MOST_FAILURES = 5;

/** How a database is opened. */
export interface StoreOptions {
  /** Told once when writing begins to fail, and once when it works again; and once of each kind of reading that fails. */
  onError?: (text: string) => void;
  /** The time in milliseconds, of a clock that is never set back; the program's when left out. */
  now?: () => number;
}

/** An open database. */
export class Store {
  readonly db: Database;
  readonly #name: string;
  readonly #onError: (text: string) => void;
  readonly #now: () => number;
  /** The file and its log, where the database is not in memory. */
  readonly #file: DatabaseFile | undefined;
  readonly #log: WriteAheadLog | undefined;
  /** Begins all transactions. */
  readonly #patience: LockPatience;
  readonly #looking: ReturnType<typeof setInterval> | undefined;
  /** What is to be reported of the folder, once the room is open. */
  #warning: string | undefined;
  /** The parts that have something to write, with the number of the first change of each that is not written. */
  readonly #unsaved = new Map<StorePart, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The parts that could not be written the last time, and when that is tried again. */
  readonly #failing = new Set<StorePart>();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #retry: number = TIMES.retry;
  /** Since when another program has locked the file. For a moment that is no failure: it is waited for. */
  #lockedSince: number | undefined;
  /** How many changes at once have failed in a row; and where these are too many, when the next one may try. */
  #failures = 0;
  #retryAt = 0;
  /** The reasons for failures that were reported, and the kinds of reading. */
  readonly #reported = new Set<string>();
  readonly #reportedReading = new Set<string>();
  #isClosed = false;
  /** How many changes were announced, and who waits until so many are written. */
  #changes = 0;
  #waiting: { changes: number; resolve: () => void }[] = [];
  #flushedAt = -Infinity;

  /**
   * Opens a database, and makes it where there is none.
   *
   * @param name Its path, or `:memory:`, which keeps it as long as the program runs.
   * @throws {StoreError} Where it can't be opened, read or written, is another program's, or of a newer version.
   */
  constructor(name: string, { onError = () => {}, now = () => performance.now() }: StoreOptions = {}) {
    const path = this.#name = pathOf(name);
    this.#onError = onError;
    this.#now = now;
    const isUnfinished = path !== IN_MEMORY && logSize(path) > 0;
    const file = this.#file = path === IN_MEMORY ? undefined : new DatabaseFile(path, onError);
    const db = this.db = file?.db ?? new Database(openDatabase(path));
    this.#patience = new LockPatience({ db, isEmptying: () => this.#log?.isEmptying ?? false, now });
    if (file === undefined) return;
    this.#warning = file.warning;
    this.#log = new WriteAheadLog({
      db,
      path,
      onError,
      onEmptied: () => file.logEmptied(),
      onDamaged: () => {
        file.damaged();
        this.#look();
      },
    });
    // A server that was killed may have deleted something just before, and that is in the log.
    if (isUnfinished) this.copyLog("TRUNCATE");
    this.#looking = setInterval(() => {
      this.#look();
      const mode = this.#log!.overdueCopy;
      if (mode !== undefined) this.copyLog(mode);
    }, TIMES.look);
  }

  /** Whether a part could not be written the last time. */
  get isFailing(): boolean {
    return this.#failing.size > 0;
  }

  /** Whether another thread or program has locked the file, so that what has changed is not written. */
  get isLocked(): boolean {
    return this.#lockedSince !== undefined;
  }

  /** Whether a part can't be expected to be written before the store tries again by itself. */
  isHeldUp(part: StorePart): boolean {
    return this.#failing.has(part) || this.isLocked;
  }

  /** A part has changed: it is saved within 50 ms, or as soon as possible. */
  changed(part: StorePart): void {
    this.goOn(part);
    this.#changes++;
  }

  /** A part has more to write of what it has announced: one of the next transactions writes it. */
  goOn(part: StorePart): void {
    if (this.#isClosed) return;
    if (!this.#unsaved.has(part)) this.#unsaved.set(part, this.#changes + 1);
    if (this.#failing.has(part)) this.#retryTimer ??= setTimeout(() => this.flush(), this.#retry);
    else {
      const pause = this.isLocked ? TIMES.locked : TIMES.gather;
      this.#timer ??= setTimeout(() => this.#flushWorking(), pause);
    }
  }

  /** How many changes were announced. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Waits, some milliseconds, until so many changes are written, so that a process that is killed loses none of them.
   *
   * @returns Nothing where they are written, or where nobody should wait: in memory, or for parts that can't be written.
   */
  settled(changes: number): Promise<void> | undefined {
    if (this.#file === undefined || this.#isClosed || changes <= this.#settled) return undefined;
    if (this.#waiting.length === 0) this.#flushSoon();
    return new Promise((resolve) => this.#waiting.push({ changes, resolve }));
  }

  /** How many changes are written, but for those that can't be. */
  get #settled(): number {
    let settled = this.#changes;
    for (const [part, first] of this.#unsaved) {
      if (!this.#failing.has(part)) settled = Math.min(settled, first - 1);
    }
    return settled;
  }

  /** Writes soon what is to be written. */
  #flushSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#flushWorking(),
      Math.max(0, this.#flushedAt + TIMES.gatherWaited - this.#now()),
    );
  }

  /** Resolves the promises of those whose changes are written, or can't be. */
  #settle(): void {
    if (this.#waiting.length === 0) return;
    const settled = this.#isClosed ? Infinity : this.#settled;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (one.changes <= settled) one.resolve();
      else this.#waiting.push(one);
    }
    if (this.#waiting.length > 0) this.#flushSoon();
  }

  /**
   * Reads something that the room can do without. Where that fails it is reported, once of each kind, and nothing is given.
   *
   * @param what What is done, as it is reported: `read accounts`.
   */
  attempt<T>(what: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!this.#reportedReading.has(what)) this.#onError(`cannot ${what} in ${this.#name}: ${reasonOf(error)}`);
      this.#reportedReading.add(what);
      return undefined;
    }
  }

  /**
   * Saves the parts that have changed, each in a transaction of its own, so that a damaged table keeps no other part from
   * being saved. Where that fails the changes are kept, and it is reported and tried again.
   *
   * @returns Whether more of what was acknowledged can be saved at once.
   */
  flush(): boolean {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    return this.#flush([...this.#unsaved.keys()]);
  }

  /** The same for the parts that could be saved the last time: failing may take long, as on a full disk, and must not take all the time. */
  #flushWorking(): boolean {
    return this.#flush([...this.#unsaved.keys()].filter((part) => !this.#failing.has(part)));
  }

  #flush(parts: StorePart[]): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (parts.length === 0 || this.#isClosed) return false;
    if (this.#warning !== undefined) this.#onError(this.#warning);
    this.#warning = undefined;
    this.#look();
    const began = this.#flushedAt = this.#now();
    const saved: [StorePart, number][] = [];
    let why: string | undefined;
    for (const part of parts) {
      why = this.#save(part);
      if (why === undefined) saved.push([part, this.#unsaved.get(part)!]);
      else this.#failed(part, why);
      // The whole file is locked, so that no other part can be written.
      if (why === LOCKED) break;
    }
    if (why !== LOCKED) this.#unlocked();
    for (const [part] of saved) {
      this.#unsaved.delete(part);
      this.#failing.delete(part);
    }
    if (this.isFailing) this.#retry = Math.max(TIMES.retry, (this.#now() - began) * TIMES.retryFactor);
    for (const part of this.#unsaved.keys()) this.goOn(part);
    if (this.#unsaved.size === 0) {
      this.#retryAt = this.#failures = 0;
      if (this.#reported.size > 0) this.#onError(`${this.#name} is written again`);
      this.#reported.clear();
    }
    for (const [part] of saved) part.saved();
    // What is left of a part is as old as what was saved.
    for (const [part, first] of saved) if (part.hasMore) this.#unsaved.set(part, first);
    if (saved.length > 0) this.#written();
    this.#settle();
    return saved.some(([{ hasMore }]) => hasMore);
  }

  /** Saves everything that was acknowledged, as far as possible: a part that can't be saved holds up no other. */
  flushAll(): void {
    while (this.flush());
  }

  /** A transaction has been written. */
  #written(): void {
    this.#file?.written();
    const mode = this.#log?.written();
    if (mode !== undefined) this.copyLog(mode);
  }

  /**
   * Changes the database at once, in one transaction, after all that has been gathered.
   *
   * @throws {StoreError} Where that is not possible; then nothing has changed.
   */
  transact(change: () => void): void {
    // Failing may take long, as on a full disk, so it is not tried for each who asks.
    if (this.#now() < this.#retryAt) throw new StoreError(`cannot write ${this.#name}: it is tried again soon`);
    this.#look();
    this.#patience.start();
    this.flushAll();
    if (this.isFailing && ++this.#failures > MOST_FAILURES) this.#retryAt = this.#now() + this.#retry;
    try {
      if (this.#isUnwritten) throw new Error("something else could not be written yet");
      this.#patience.begin();
      change();
      this.db.exec("COMMIT");
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw new StoreError(`cannot write ${this.#name}: ${reasonOf(error)}`);
    } finally {
      this.#patience.end();
    }
    this.#unlocked();
    this.#written();
  }

  /** No other program has the file locked. */
  #unlocked(): void {
    this.#lockedSince = undefined;
    this.#patience.unlocked();
  }

  /** Saves one part. @returns Nothing, or why that has failed. */
  #save(part: StorePart): string | undefined {
    try {
      this.#patience.begin();
      part.save();
      this.db.exec("COMMIT");
      return undefined;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      return reasonOf(error);
    }
  }

  /** Whether a change could not be written. */
  get #isUnwritten(): boolean {
    return this.isFailing || this.isLocked;
  }

  #failed(part: StorePart, why: string): void {
    if (why === LOCKED) {
      // Another thread or program has the file for a moment: that alone is nothing to report.
      this.#lockedSince ??= this.#now();
      if (this.#now() - this.#lockedSince < LOCK_TIMEOUT) return;
    }
    // While the whole file is locked, no other part can be written either.
    for (const one of why === LOCKED ? this.#unsaved.keys() : [part]) this.#failing.add(one);
    if (this.#reported.has(why)) return;
    this.#reported.add(why);
    this.#onError(
      `cannot write ${this.#name}: ${why}; what is said is kept in memory and written when that is possible`,
    );
  }

  /** Looks whether the file is still the one that was opened; see `DatabaseFile.look`. */
  #look(isLast = false): void {
    if (!this.#isClosed && this.#file?.look(this.#log!.isEmptying, isLast)) this.#log!.restart();
  }

  /**
   * Copies the log into the database, in another thread.
   *
   * @param mode `TRUNCATE` to empty the log afterwards, so that what was deleted is in no file any more.
   */
  copyLog(mode: Mode): void {
    this.#log?.copy(mode);
  }

  /** Saves what has changed and closes the file; see `outwaitLock`. @returns Whether all of it is saved. */
  async close(): Promise<boolean> {
    if (!this.#isClosed) await this.#log?.endThread();
    this.closeNow();
    await this.#log?.closed();
    return !this.#isUnwritten;
  }

  /** The same for a program that has no time left to wait: it waits for a lock only where that has not lasted for long. */
  closeNow(): void {
    if (this.#isClosed) return;
    this.#warning = undefined;
    const lockedFor = this.#now() - (this.#lockedSince ?? Infinity);
    this.db.exec(`PRAGMA busy_timeout = ${lockedFor > LOCK_TIMEOUT ? 0 : LOCK_TIMEOUT}`);
    this.flushAll();
    if (this.isLocked) this.db.exec("PRAGMA busy_timeout = 0");
    clearTimeout(this.#timer);
    clearTimeout(this.#retryTimer);
    clearInterval(this.#looking);
    this.#look(true);
    if (this.#isUnwritten) this.#onError(`what was not written to ${this.#name} is lost`);
    this.#isClosed = true;
    this.#settle();
    this.#log?.close();
    if (this.#file === undefined) this.db.close();
    else this.#file.close();
  }
}
