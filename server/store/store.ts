/**
 * The database file: opens it, brings its schema up to date, and writes what its parts have gathered, so that nobody
 * waits for the disk. It must not know what the parts keep.
 *
 * One thread writes and reads. Another copies the write-ahead log into the database, which waits for the disk
 * (checkpoint.ts), and the log itself is synchronised in the background after each transaction. Where the file is deleted
 * or replaced meanwhile, a complete one is written in its place.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Mode } from "./checkpoint.ts";
import { Checkpointer } from "./checkpointer.ts";
import { Database, type Statement } from "./database.ts";
import { Files, makeFile, makeFolder, realName, remove } from "./files.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** Why the database can't be used, in a sentence for the person who started the server. */
export class StoreError extends Error {
  override name = "StoreError";
}

/**
 * Something that is kept in the database, and gathers its changes until they are written. It bounds what it gathers, in
 * bytes, and refuses what is beyond that before it is acknowledged.
 */
export interface Part {
  /** Writes what it has gathered, or some of it. It runs within a transaction, and again with the next one where that fails. */
  save(): void;
  /** What `save` wrote is in the database. It calls `Store.changed` again where there is more. */
  saved(): void;
  /** Whether `save` has left something that was acknowledged; false when left out. */
  readonly hasMore?: boolean;
}

/** Times, in milliseconds. */
const TIMES = {
  /** From a first change to the transaction that holds it. */
  gather: 50,
  /** The same where somebody waits for it: from the last transaction to the next. */
  hurry: 5,
  /** After transactions that failed, at the least; and so many times as long as they took. */
  retry: 200,
  retryFactor: 10,
  /** How often it is said again that a new file can't be written in the place of one that is gone or damaged. */
  complain: 3_600_000,
  /** How often it is looked whether the file is still the one that was opened, when nothing is written. */
  look: 5_000,
  /** How long another program may have locked the file before that is an error, and how soon it is looked again. */
  lock: 2_000,
  locked: 10,
  /** How long a change waits that is made at once: the log may be being emptied. */
  wait: 500,
  /** A change is copied from the log into the database after this long at the latest. */
  checkpoint: 10_000,
} as const;

/** SQLite's words for a file that another thread or program is writing. */
const LOCKED = "database is locked";

/** After so many changed rows the log is copied into the database: each may take some pages of it. */
const CHECKPOINT_CHANGES = 5_000;

/** So many changes at once may fail in a row before those that follow are spaced. */
const VAINLY = 5;

/**
 * A log of so many bytes is emptied when it is copied. By itself it begins anew only where a copy ends between two
 * transactions, which may never be so while much is said.
 */
const LARGE_LOG = 16_777_216;

/** How a database is opened. */
export interface StoreOptions {
  /** Told once when writing begins to fail, and once when it works again; and once of each kind of reading that fails. */
  onError?: (text: string) => void;
}

/** An open database. */
export class Store {
  readonly db: Database;
  readonly #sql: { changes: Statement; copyTo: Statement };
  readonly #file: string;
  readonly #onError: (text: string) => void;
  /** The parts that have something to write, and the first change of each that is not written. */
  readonly #dirty = new Map<Part, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The parts that could not be written the last time, when that is tried again, and the reasons that were told. */
  readonly #failing = new Set<Part>();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #retry: number = TIMES.retry;
  /** Since when somebody else has the file. For a moment that is no failure: it is waited for. */
  #lockedSince: number | undefined;
  /** How many changes at once have failed in a row, and where these are too many, when the next one may try. */
  #vainly = 0;
  #retryAt = 0;
  readonly #told = new Set<string>();
  /** What could not be read. */
  readonly #unreadable = new Set<string>();
  #isClosed = false;
  /** Keeps another server from using the file; the system lets go of it when the process ends, however that happens. */
  #lock: Deno.FsFile | undefined;
  #log: Deno.FsFile | undefined;
  #syncing: Promise<void> | undefined;
  #isSyncFailing = false;
  /** Whether the log holds what was written after the last synchronisation began. */
  #isUnsynced = false;
  #checkpointAt = 0;
  #changes = 0;
  /** How many changes were told of, and who waits until so many are written. */
  #gathered = 0;
  #waiting: { changes: number; resolve: () => void }[] = [];
  #flushedAt = -Infinity;
  readonly #files: Files;
  readonly #checkpointer: Checkpointer | undefined;
  readonly #looking: ReturnType<typeof setInterval> | undefined;
  /** What is to be said of the folder, once the room is open. */
  #warning: string | undefined;
  /** When a new file is written at the earliest, after that has failed. */
  #replaceAt = 0;
  /** When that is said again at the earliest. */
  #complainAt = 0;
  /** How a file was found to be damaged, which does not end by itself. */
  #damage: string | undefined;

  /**
   * Opens a database, and makes it where there is none.
   *
   * @param name Its path, or `:memory:`, which keeps it as long as the program runs.
   * @throws {StoreError} Where it can't be opened, read or written, is another program's, or of a newer version.
   */
  constructor(name: string, { onError = () => {} }: StoreOptions = {}) {
    const file = this.#file = nameOf(name);
    this.#onError = onError;
    this.#files = new Files(file);
    if (this.#isInMemory) {
      this.db = new Database(open(file));
      this.#sql = statements(this.db);
      return;
    }
    this.#lock = this.#prepare();
    const isUnfinished = this.#logSize > 0;
    try {
      this.db = new Database(open(file));
      this.#sql = statements(this.db);
    } catch (error) {
      this.#lock.close();
      throw error;
    }
    this.#opened();
    this.#checkpointer = new Checkpointer({
      file,
      onError,
      onEmptied: () => this.#files.emptied(),
      onDamaged: () => {
        this.#damage = "damaged";
        this.#look();
      },
      copyHere: (mode) => this.db.exec(`PRAGMA wal_checkpoint(${mode})`),
    });
    // One who was killed may have deleted something just before, and that is in the log.
    if (isUnfinished) this.copyLog("TRUNCATE");
    this.#looking = setInterval(() => {
      this.#look();
      if (this.#checkpointAt !== 0) this.#considerCheckpoint();
    }, TIMES.look);
  }

  get #isInMemory(): boolean {
    return this.#file === ":memory:";
  }

  /** Whether something of what has changed could not be written the last time. */
  get isFailing(): boolean {
    return this.#failing.size > 0;
  }

  /** Whether it is not to be expected that a part is written before it is tried again by itself. */
  isHeldUp(part: Part): boolean {
    return this.#failing.has(part) || this.#lockedSince !== undefined;
  }

  /** Sees to the folder, and locks the file. */
  #prepare(): Deno.FsFile {
    try {
      this.#warning = makeFolder(this.#file);
      return lock(this.#file);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError(`cannot use ${this.#file}: ${reason(error)}`);
    }
  }

  /** Sees to the files that are open now. */
  #opened(): void {
    this.#files.opened();
    try {
      this.#files.protect();
    } catch (error) {
      this.#onError(`cannot keep others on this machine from reading ${this.#file}: ${reason(error)}`);
    }
  }

  /** A part has changed: it is saved within 50 ms, or as soon as that is possible. */
  changed(part: Part): void {
    this.goOn(part);
    this.#gathered++;
  }

  /** A part has more to write of what it has told of: that is done with one of the next transactions. */
  goOn(part: Part): void {
    if (!this.#dirty.has(part)) this.#dirty.set(part, this.#gathered + 1);
    if (this.#failing.has(part)) this.#retryTimer ??= setTimeout(() => this.flush(), this.#retry);
    else {
      const pause = this.#lockedSince === undefined ? TIMES.gather : TIMES.locked;
      this.#timer ??= setTimeout(() => this.#flushSound(), pause);
    }
  }

  /** How many changes there have been. */
  get changes(): number {
    return this.#gathered;
  }

  /**
   * Waits until so many changes are written, so that a process that is killed loses none of them; some milliseconds.
   *
   * @returns Nothing where they are, and where nobody should wait: in memory, or for parts that can't be written.
   */
  settled(changes: number): Promise<void> | undefined {
    if (this.#isInMemory || this.#isClosed || changes <= this.#settled) return undefined;
    if (this.#waiting.length === 0) this.#hurry();
    return new Promise((resolve) => this.#waiting.push({ changes, resolve }));
  }

  /** How many changes are written, but for those that can't be. */
  get #settled(): number {
    let settled = this.#gathered;
    for (const [part, first] of this.#dirty) {
      if (!this.#failing.has(part)) settled = Math.min(settled, first - 1);
    }
    return settled;
  }

  /** Writes soon what is to be written. */
  #hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flushSound(), Math.max(0, this.#flushedAt + TIMES.hurry - performance.now()));
  }

  /** Lets those go on whose changes are written, or can't be. */
  #settle(): void {
    if (this.#waiting.length === 0) return;
    const settled = this.#isClosed ? Infinity : this.#settled;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (one.changes <= settled) one.resolve();
      else this.#waiting.push(one);
    }
    if (this.#waiting.length > 0) this.#hurry();
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
   *
   * @returns Whether more of what was acknowledged can be saved at once.
   */
  flush(): boolean {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    return this.#flush([...this.#dirty.keys()]);
  }

  /** The same for what could be saved the last time: what fails late, as on a full disk, must not take all the time there is. */
  #flushSound(): boolean {
    return this.#flush([...this.#dirty.keys()].filter((part) => !this.#failing.has(part)));
  }

  #flush(parts: Part[]): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (parts.length === 0 || this.#isClosed) return false;
    if (this.#warning !== undefined) this.#onError(this.#warning);
    this.#warning = undefined;
    this.#look();
    const began = this.#flushedAt = performance.now();
    const saved: [Part, number][] = [];
    let why: string | undefined;
    for (const part of parts) {
      why = this.#save(part);
      if (why === undefined) saved.push([part, this.#dirty.get(part)!]);
      else this.#failed(part, why);
      // The lock is that of the whole file.
      if (why === LOCKED) break;
    }
    if (why !== LOCKED) this.#lockedSince = undefined;
    for (const [part] of saved) {
      this.#dirty.delete(part);
      this.#failing.delete(part);
    }
    if (this.isFailing) this.#retry = Math.max(TIMES.retry, (performance.now() - began) * TIMES.retryFactor);
    for (const part of this.#dirty.keys()) this.goOn(part);
    if (this.#dirty.size === 0) {
      this.#retryAt = this.#vainly = 0;
      if (this.#told.size > 0) this.#onError(`${this.#file} is written again`);
      this.#told.clear();
    }
    for (const [part] of saved) part.saved();
    // What is left of a part is as old as it was.
    for (const [part, first] of saved) if (part.hasMore) this.#dirty.set(part, first);
    if (saved.length > 0) this.#written();
    this.#settle();
    return saved.some(([{ hasMore }]) => hasMore);
  }

  /** Saves all that was acknowledged, as far as that is possible now: what is wrong with one part holds up no other. */
  #flushAll(): void {
    while (this.flush());
  }

  /** Looks after the log, to which a transaction has been written. */
  #written(): void {
    if (this.#isInMemory) return;
    this.#noteSizes();
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
    // What fails late, as on a full disk, is not tried by each who asks for it.
    if (performance.now() < this.#retryAt) throw new StoreError(`cannot write ${this.#file}: it is tried again soon`);
    this.#look();
    this.db.exec(`PRAGMA busy_timeout = ${TIMES.wait}`);
    this.#flushAll();
    if (this.isFailing && ++this.#vainly > VAINLY) this.#retryAt = performance.now() + this.#retry;
    try {
      if (this.#isUnwritten) throw new Error("something else could not be written yet");
      this.db.exec("BEGIN IMMEDIATE");
      change();
      this.db.exec("COMMIT");
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw new StoreError(`cannot write ${this.#file}: ${reason(error)}`);
    } finally {
      this.db.exec("PRAGMA busy_timeout = 0");
    }
    this.#written();
  }

  /** Saves one part. @returns Nothing, or why that has failed. */
  #save(part: Part): string | undefined {
    try {
      this.db.exec("BEGIN IMMEDIATE");
      part.save();
      this.db.exec("COMMIT");
      return undefined;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      return reason(error);
    }
  }

  /** Whether something that has changed could not be written. */
  get #isUnwritten(): boolean {
    return this.isFailing || this.#lockedSince !== undefined;
  }

  #failed(part: Part, why: string): void {
    if (why === LOCKED) {
      // Another thread or program has it for a moment: that alone is nothing to report, and what waits goes on waiting.
      this.#lockedSince ??= performance.now();
      if (performance.now() - this.#lockedSince < TIMES.lock) return;
    }
    // Nor can anything else be written while the whole file is locked.
    for (const one of why === LOCKED ? this.#dirty.keys() : [part]) this.#failing.add(one);
    if (this.#told.has(why)) return;
    this.#told.add(why);
    this.#onError(
      `cannot write ${this.#file}: ${why}; what is said is kept in memory and written when that is possible`,
    );
  }

  /** Makes sure that the log is on the disk, should the machine lose its power. Never rejects. */
  async #sync(): Promise<void> {
    try {
      while (this.#isUnsynced) {
        this.#isUnsynced = false;
        this.#log ??= await Deno.open(`${this.#file}-wal`, { read: true, write: true });
        await this.#log.syncData();
      }
      this.#isSyncFailing = false;
    } catch (error) {
      if (!this.#isClosed && !this.#isSyncFailing) {
        this.#onError(`cannot synchronise ${this.#file}-wal: ${reason(error)}`);
      }
      this.#isSyncFailing = true;
    } finally {
      this.#syncing = undefined;
    }
  }

  #noteSizes(): void {
    try {
      this.#files.written();
    } catch {
      // What is wrong with the files is looked for elsewhere.
    }
  }

  /** What is wrong with the files that are open; nothing where they are as they should be. */
  get #harm(): string | undefined {
    if (this.#files.isMoved) return "deleted or replaced";
    if (this.#files.isCut(this.#checkpointer?.isEmptying ?? false)) this.#damage = "cut off";
    return this.#damage;
  }

  /** Writes a new file where the one that is open has been deleted, replaced or damaged: what is written there is lost. */
  #look(): void {
    if (this.#isInMemory || this.#isClosed || performance.now() < this.#replaceAt) return;
    const began = performance.now();
    let harm: string | undefined;
    try {
      harm = this.#harm;
      if (harm !== undefined) this.#replace(harm);
      this.#replaceAt = this.#complainAt = 0;
    } catch (error) {
      if (began >= this.#complainAt) {
        this.#complainAt = began + TIMES.complain;
        this.#onError(
          `${this.#file} has been ${
            harm ?? "deleted or replaced"
          } while it was open, and a new one cannot be written: ${
            reason(error)
          }; that is tried again, and what is said is lost where the server stops before`,
        );
      }
      const now = performance.now();
      this.#replaceAt = now + Math.max(TIMES.look, (now - began) * TIMES.retryFactor);
    }
  }

  /**
   * Writes all that is in the database into a new file under its name, and goes on with that. Throws where it can't.
   *
   * @param harm What has befallen the one before.
   */
  #replace(harm: string): void {
    makeFolder(this.#file);
    // Another server may have begun with the name.
    const held = lock(this.#file, this.#lock);
    if (held !== this.#lock) this.#lock?.close();
    this.#lock = held;
    const fresh = `${this.#file}-new`;
    for (const suffix of ["", "-journal"]) remove(fresh + suffix);
    makeFile(fresh).close();
    this.#sql.copyTo.run(fresh);
    const written = Deno.openSync(fresh, { read: true, write: true });
    try {
      written.syncSync();
    } finally {
      written.close();
    }
    const found = this.#files.replace(fresh);
    this.db.exchange(open(this.#file));
    const before = this.#log;
    this.#log = undefined;
    void Promise.resolve(this.#syncing).then(() => before?.close());
    this.#damage = undefined;
    this.#opened();
    this.#checkpointer?.restart();
    this.#onError(
      `${this.#file} has been ${harm} while it was open; a new one that holds everything has been written` +
        (found === undefined ? "" : `, and what was found in its place is ${found} now`),
    );
  }

  #considerCheckpoint(): void {
    const now = performance.now();
    if (this.#checkpointAt === 0) this.#checkpointAt = now + TIMES.checkpoint;
    const { changes } = this.#sql.changes.get() as { changes: number };
    if (changes - this.#changes < CHECKPOINT_CHANGES && now < this.#checkpointAt) return;
    this.#changes = changes;
    this.#checkpointAt = 0;
    this.copyLog(this.#logSize > LARGE_LOG ? "TRUNCATE" : "PASSIVE");
  }

  /** How many bytes the log holds. */
  get #logSize(): number {
    try {
      return Deno.statSync(`${this.#file}-wal`).size;
    } catch {
      // It has been deleted, which is looked for elsewhere.
      return 0;
    }
  }

  /**
   * Copies the log into the database, in another thread.
   *
   * @param mode `TRUNCATE` to empty the log afterwards, so that what was deleted is in no file any more.
   */
  copyLog(mode: Mode): void {
    if (!this.#isClosed) this.#checkpointer?.copy(mode);
  }

  /** Saves what has changed and closes the file. */
  async close(): Promise<void> {
    if (!this.#isClosed) await this.#checkpointer?.end();
    this.closeNow();
    await this.#syncing;
    this.#log?.close();
    this.#log = undefined;
  }

  /** Copies the log for the last time: what was deleted is in no file then, even where the other thread has it still open. */
  #emptyLog(): void {
    if (this.#isInMemory) return;
    try {
      this.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      this.#onError(`cannot copy the log of ${this.#file}: ${reason(error)}`);
    }
  }

  /** The same for a program that has no time left to wait. */
  closeNow(): void {
    if (this.#isClosed) return;
    this.#warning = undefined;
    if (!this.#isInMemory) this.db.exec(`PRAGMA busy_timeout = ${TIMES.lock}`);
    this.#flushAll();
    clearTimeout(this.#timer);
    clearTimeout(this.#retryTimer);
    clearInterval(this.#looking);
    this.#replaceAt = 0;
    this.#look();
    if (this.#isUnwritten) this.#onError(`what was not written to ${this.#file} is lost`);
    this.#isClosed = true;
    this.#settle();
    this.#checkpointer?.close();
    this.#emptyLog();
    this.db.close();
    this.#lock?.close();
  }
}

function statements(db: Database) {
  return {
    changes: db.prepare("SELECT total_changes() AS changes"),
    copyTo: db.prepare("VACUUM INTO ?"),
  };
}

/** The name of the file that is opened. @throws {StoreError} Where it can be none. */
function nameOf(name: string): string {
  if (name === ":memory:") return name;
  try {
    return realName(name);
  } catch (error) {
    throw new StoreError(`cannot use ${name} as the database: ${reason(error)}`);
  }
}

/** What is wrong, in the database's words. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/**
 * Locks a database for this process. Throws where another has it, or where the folder can't be written.
 *
 * @param held The lock that this process has, which counts as long as its file is there.
 */
function lock(file: string, held?: Deno.FsFile): Deno.FsFile {
  const path = `${file}-lock`;
  const found = makeFile(path);
  if (held !== undefined && held.statSync().ino === found.statSync().ino) {
    found.close();
    return held;
  }
  if (found.tryLockSync(true)) return found;
  found.close();
  throw new StoreError(`${file} is in use by another server`);
}

function open(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ":memory:") makeDatabase(file);
    db = new DatabaseSync(file, { timeout: TIMES.lock });
    migrate(db, file);
    // A transaction waits neither for the disk (the log is synchronised in the background) nor for another program.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    // What is deleted is overwritten (sqlite.org/pragma.html#pragma_secure_delete). Always, and not only when something is
    // deleted: a page that was divided before keeps a copy of what has moved to another.
    db.exec("PRAGMA secure_delete = ON");
    // Nor does it need a file beside these, for which there may be no descriptor.
    db.exec("PRAGMA busy_timeout = 0; PRAGMA temp_store = MEMORY");
    // From now on the log is there.
    db.exec("BEGIN IMMEDIATE; COMMIT");
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`cannot use ${file} as the database: ${reason(error)}`);
  }
}

/** Makes the file before SQLite does, which would let others read it. What is wrong with the name SQLite says best. */
function makeDatabase(file: string): void {
  try {
    makeFile(file).close();
  } catch {
    // A folder, a file of somebody else.
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
