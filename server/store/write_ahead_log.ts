/**
 * The write-ahead log beside a database file (sqlite.org/wal.html): synchronises it after each transaction, and decides when
 * another thread copies it into the database (checkpointer.ts). Nobody waits for either.
 *
 * @module
 */

import type { Mode } from "./checkpoint.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { Database } from "./database.ts";
import { reasonOf } from "../turns/faults.ts";

/** A change is copied from the log into the database after this long at the latest, in milliseconds. */
const COPY_INTERVAL = 10_000;

/** After so many changed rows the log is copied: each may take some pages of it. */
const COPY_CHANGES = 5_000;

/**
 * A log of so many bytes is emptied when it is copied. By itself it begins anew only where a copy ends between two
 * transactions, which may never be so while much is said.
 */
const LARGE_LOG = 16_777_216;

/** How many bytes the log of a database holds. */
export function logSize(path: string): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    // It has been deleted, which is looked for elsewhere.
    return 0;
  }
}

/** What a log is given. */
export interface WriteAheadLogOptions {
  db: Database;
  /** The path of the database. */
  path: string;
  onError: (text: string) => void;
  /** Called when the log may have been emptied. */
  onEmptied: () => void;
  /** Called each time that the database is found to be damaged. */
  onDamaged: () => void;
}

/** The log of one open database. */
export class WriteAheadLog {
  readonly #path: string;
  readonly #db: Database;
  readonly #onError: (text: string) => void;
  readonly #checkpointer: Checkpointer;
  /** The open log; nothing before the first synchronisation. */
  #handle: Deno.FsFile | undefined;
  #syncing: Promise<void> | undefined;
  #isSyncFailing = false;
  /** Whether something was written after the last synchronisation began. */
  #isUnsynced = false;
  /** When the log is copied at the latest; 0 where it holds nothing new. */
  #copyAt = 0;
  /** How many rows had been changed when it was copied. */
  #copiedChanges = 0;
  #isClosed = false;

  constructor({ db, path, onError, onEmptied, onDamaged }: WriteAheadLogOptions) {
    this.#path = path;
    this.#db = db;
    this.#onError = onError;
    this.#checkpointer = new Checkpointer({
      file: path,
      onError,
      onEmptied,
      onDamaged,
      copyHere: (mode) => db.exec(`PRAGMA wal_checkpoint(${mode})`),
    });
  }

  /** Whether the log is being emptied. */
  get isEmptying(): boolean {
    return this.#checkpointer.isEmptying;
  }

  /** A transaction has been written to the log: it is synchronised. @returns How to copy it now, if at all. */
  written(): Mode | undefined {
    this.#isUnsynced = true;
    this.#syncing ??= this.#sync();
    return this.#copyMode();
  }

  /** How to copy the log now, where it holds something that has been there for long enough. To be asked now and then. */
  get overdueCopy(): Mode | undefined {
    return this.#copyAt === 0 ? undefined : this.#copyMode();
  }

  /** Makes sure that the log is on the disk, should the machine lose its power. Never rejects. */
  async #sync(): Promise<void> {
    try {
      while (this.#isUnsynced) {
        this.#isUnsynced = false;
        this.#handle ??= await Deno.open(`${this.#path}-wal`, { read: true, write: true });
        await this.#handle.syncData();
      }
      this.#isSyncFailing = false;
    } catch (error) {
      if (!this.#isClosed && !this.#isSyncFailing) {
        this.#onError(`cannot synchronise ${this.#path}-wal: ${reasonOf(error)}`);
      }
      this.#isSyncFailing = true;
    } finally {
      this.#syncing = undefined;
    }
  }

  #copyMode(): Mode | undefined {
    const now = performance.now();
    if (this.#copyAt === 0) this.#copyAt = now + COPY_INTERVAL;
    const { changes } = this.#db;
    if (changes - this.#copiedChanges < COPY_CHANGES && now < this.#copyAt) return undefined;
    this.#copiedChanges = changes;
    this.#copyAt = 0;
    return logSize(this.#path) > LARGE_LOG ? "TRUNCATE" : "PASSIVE";
  }

  /**
   * Copies the log into the database, in another thread.
   *
   * @param mode `TRUNCATE` to empty the log afterwards, so that what was deleted is in no file any more.
   */
  copy(mode: Mode): void {
    if (!this.#isClosed) this.#checkpointer.copy(mode);
  }

  /** Goes on with the log of another file under the same name. */
  restart(): void {
    const before = this.#handle;
    this.#handle = undefined;
    void Promise.resolve(this.#syncing).then(() => before?.close());
    this.#checkpointer.restart();
  }

  /** Has the file closed in the other thread. Waits 3 s for that at the most. */
  async endThread(): Promise<void> {
    await this.#checkpointer.end();
  }

  /** Copies the log for the last time: what was deleted is in no file then, even where the other thread has it still open. */
  close(): void {
    this.#isClosed = true;
    this.#checkpointer.close();
    try {
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      this.#onError(`cannot copy the log of ${this.#path}: ${reasonOf(error)}`);
    }
  }

  /** Waits until the file of the log is closed, too. */
  async closed(): Promise<void> {
    await this.#syncing;
    this.#handle?.close();
    this.#handle = undefined;
  }
}
