/**
 * The database file: opens it, brings its schema up to date, and writes what its parts have gathered, so that nobody
 * waits for the disk. It must not know what the parts keep.
 *
 * One thread writes and reads. Another copies the write-ahead log into the database, which waits for the disk
 * (checkpoint.ts), and the log itself is synchronised in the background after each transaction.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** Why the database can't be used, in a sentence for the person who started the server. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** Something that is kept in the database, and gathers its changes until they are written. */
export interface Part {
  /** Writes what it has gathered. It runs within a transaction, and again with the next one where that fails. */
  save(): void;
  /** What `save` wrote is in the database. */
  saved(): void;
}

/** Times, in milliseconds. */
const TIMES = {
  /** From a first change to the transaction that holds it. */
  gather: 50,
  /** After a transaction that failed. */
  retry: 200,
  /** How long another program may have locked the file before that is an error. */
  lock: 2_000,
  /** A change is copied from the log into the database after this long at the latest. */
  checkpoint: 30_000,
} as const;

/** SQLite's words for a file that another thread or program is writing. */
const LOCKED = "database is locked";

/** After so many changed rows the log is copied into the database. */
const CHECKPOINT_CHANGES = 50_000;

/** How a database is opened. */
export interface StoreOptions {
  /** Told once when writing begins to fail, and once when it works again; and once of each kind of reading that fails. */
  onError?: (text: string) => void;
}

/** An open database. */
export class Store {
  readonly db: DatabaseSync;
  readonly #file: string;
  readonly #onError: (text: string) => void;
  readonly #dirty = new Set<Part>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when writing fails, and the reasons that were told. */
  #failingSince: number | undefined;
  readonly #told = new Set<string>();
  /** What could not be read. */
  readonly #unreadable = new Set<string>();
  #isClosed = false;
  /** Keeps another server from using the file; the system lets go of it when the process ends, however that happens. */
  #lock: Deno.FsFile | undefined;
  #log: Deno.FsFile | undefined;
  #syncing: Promise<void> | undefined;
  /** Whether the log holds what was written after the last synchronisation began. */
  #isUnsynced = false;
  #worker: Worker | undefined;
  #isCopying = false;
  #checkpointAt = 0;
  #changes = 0;

  /**
   * Opens a database, and makes it where there is none.
   *
   * @param file Its path, or `:memory:`, which keeps it as long as the program runs.
   * @throws {StoreError} Where it can't be opened, read or written, is another program's, or of a newer version.
   */
  constructor(file: string, { onError = () => {} }: StoreOptions = {}) {
    this.#file = file;
    this.#onError = onError;
    if (!this.#isInMemory) this.#lock = lock(file);
    try {
      this.db = open(file);
    } catch (error) {
      this.#lock?.close();
      throw error;
    }
  }

  get #isInMemory(): boolean {
    return this.#file === ":memory:";
  }

  /** A part has changed: it is saved within 50 ms, or as soon as that is possible. */
  changed(part: Part): void {
    this.#dirty.add(part);
    this.#timer ??= setTimeout(() => this.flush(), this.#failingSince !== undefined ? TIMES.retry : TIMES.gather);
  }

  /**
   * Reads something that the room can do without: where that fails it is reported, and nothing is given.
   *
   * @param what What is done, as it is reported: `read accounts`.
   */
  attempt<T>(what: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!this.#unreadable.has(what)) this.#onError(`cannot ${what} in ${this.#file}: ${reason(error)}`);
      this.#unreadable.add(what);
      return undefined;
    }
  }

  /**
   * Saves what has changed, in a transaction for each part, so that a damaged table keeps nobody else from being saved.
   * Where that fails it is kept, reported, and tried again.
   */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#dirty.size === 0 || this.#isClosed) return;
    const saved = [...this.#dirty].filter((part) => this.#save(part));
    for (const part of saved) this.#dirty.delete(part);
    const [failed] = this.#dirty;
    if (failed !== undefined) this.changed(failed);
    else {
      if (this.#told.size > 0) this.#onError(`${this.#file} is written again`);
      this.#failingSince = undefined;
      this.#told.clear();
    }
    for (const part of saved) part.saved();
    if (saved.length > 0) this.#written();
  }

  /** Looks after the log, to which a transaction has been written. */
  #written(): void {
    if (this.#isInMemory) return;
    this.#isUnsynced = true;
    this.#syncing ??= this.#sync();
    this.#considerCheckpoint();
  }

  /**
   * Changes the database at once, in one transaction, after all that has been gathered.
   *
   * @throws {StoreError} Where that is not possible; then nothing has changed.
   */
  transact(change: () => void): void {
    this.flush();
    try {
      if (this.#failingSince !== undefined) throw new Error("something else could not be written yet");
      this.db.exec("BEGIN IMMEDIATE");
      change();
      this.db.exec("COMMIT");
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw new StoreError(`cannot write ${this.#file}: ${reason(error)}`);
    }
    this.#written();
  }

  /** Saves one part; false where that fails. */
  #save(part: Part): boolean {
    try {
      this.db.exec("BEGIN IMMEDIATE");
      part.save();
      this.db.exec("COMMIT");
      return true;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      this.#failed(reason(error));
      return false;
    }
  }

  #failed(why: string): void {
    this.#failingSince ??= performance.now();
    // Another thread or program has it for a moment: that alone is nothing to report.
    const isPassing = why === LOCKED && performance.now() - this.#failingSince < TIMES.lock;
    if (this.#told.has(why) || isPassing) return;
    this.#told.add(why);
    this.#onError(
      `cannot write ${this.#file}: ${why}; what is said is kept in memory and written when that is possible`,
    );
  }

  /** Makes sure that the log is on the disk, should the machine lose its power. Never rejects. */
  async #sync(): Promise<void> {
    try {
      this.#log ??= await Deno.open(`${this.#file}-wal`, { read: true, write: true });
      while (this.#isUnsynced) {
        this.#isUnsynced = false;
        await this.#log.syncData();
      }
    } catch (error) {
      if (!this.#isClosed) this.#onError(`cannot synchronise ${this.#file}-wal: ${reason(error)}`);
    } finally {
      this.#syncing = undefined;
    }
  }

  #considerCheckpoint(): void {
    const now = performance.now();
    if (this.#checkpointAt === 0) this.#checkpointAt = now + TIMES.checkpoint;
    const { changes } = this.db.prepare("SELECT total_changes() AS changes").get() as { changes: number };
    if (changes - this.#changes < CHECKPOINT_CHANGES && now < this.#checkpointAt) return;
    this.#changes = changes;
    this.#checkpointAt = 0;
    this.copyLog("PASSIVE");
  }

  /**
   * Copies the log into the database, in another thread.
   *
   * @param mode `TRUNCATE` to empty the log afterwards, so that what was deleted is in no file any more.
   */
  copyLog(mode: "PASSIVE" | "TRUNCATE"): void {
    if (this.#isInMemory || this.#isClosed || (this.#isCopying && mode === "PASSIVE")) return;
    this.#isCopying = true;
    if (this.#worker === undefined) {
      this.#worker = new Worker(new URL("./checkpoint.ts", import.meta.url).href, { type: "module" });
      this.#worker.onmessage = ({ data }: MessageEvent<string>) => {
        this.#isCopying = false;
        if (data !== "") this.#onError(`cannot copy the log of ${this.#file}: ${data}`);
      };
    }
    this.#worker.postMessage({ file: this.#file, mode });
  }

  /** Saves what has changed and closes the file. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.closeNow();
    await this.#syncing;
    this.#log?.close();
    this.#log = undefined;
  }

  /** The same for a program that has no time left to wait. */
  closeNow(): void {
    if (this.#isClosed) return;
    this.flush();
    clearTimeout(this.#timer);
    if (this.#failingSince !== undefined) this.#onError(`what was not written to ${this.#file} is lost`);
    this.#isClosed = true;
    this.#worker?.terminate();
    this.db.close();
    this.#lock?.close();
  }
}

/** What is wrong, in the database's words. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** Locks a database for this process. Throws where another has it, or where the folder can't be written. */
function lock(file: string): Deno.FsFile {
  let held: Deno.FsFile;
  try {
    held = Deno.openSync(`${file}-lock`, { create: true, write: true });
  } catch (error) {
    throw new StoreError(`cannot use ${file}: ${reason(error)}`);
  }
  if (held.tryLockSync(true)) return held;
  held.close();
  throw new StoreError(`${file} is in use by another server`);
}

function open(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: TIMES.lock });
    migrate(db, file);
    // A transaction waits neither for the disk (the log is synchronised in the background) nor for another program.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    db.exec("PRAGMA busy_timeout = 0");
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`cannot use ${file} as the database: ${reason(error)}`);
  }
}

/** Brings the schema up to date: what is missing is done in one transaction, and the version is written with it. */
function migrate(db: DatabaseSync, file: string): void {
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];
  // Claims the file for writing, so that one which can't be written is found out now and not at the first message.
  db.exec("BEGIN IMMEDIATE");
  const version = Number(pragma("user_version"));
  const isEmpty = Number(pragma("page_count")) === 0 || Number(pragma("schema_version")) === 0;
  if (!isEmpty && pragma("application_id") !== APPLICATION_ID) {
    throw new StoreError(`${file} is the database of another program`);
  }
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      `${file} was made by a newer version of Teahouse (its schema is ${version}, this one knows ${MIGRATIONS.length})`,
    );
  }
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
  db.exec("COMMIT");
}
