/**
 * The file of an open database: locked against other servers, and written anew where it is deleted, replaced or damaged
 * while it is open.
 *
 * @module
 */

import { Database, type Statement } from "./database.ts";
import { StoreError } from "./errors.ts";
import { Files, makeFile, makeFolder, remove } from "./files.ts";
import { openDatabase } from "./open.ts";
import { reasonOf } from "../turns/faults.ts";

/** Times, in milliseconds. */
const TIMES = {
  /** After a new file could not be written, at the least; and so many times as long as that took. */
  retry: 5_000,
  retryFactor: 10,
  /** How often it is reported again that a new file can't be written. */
  report: 3_600_000,
} as const;

/** How often the lock is asked for at the start, and with how many milliseconds between. */
const LOCK_TRIES = { most: 11, pause: 50 } as const;

/** The file of one database. */
export class DatabaseFile {
  readonly db: Database;
  /** What is to be reported of the folder, once the room is open. */
  readonly warning: string | undefined;
  readonly #path: string;
  readonly #onError: (text: string) => void;
  readonly #files: Files;
  readonly #copyTo: Statement;
  /** Keeps another server from using the file; the system lets go of it when the process ends, however that happens. */
  #lock: Deno.FsFile;
  /** What was found to be wrong with the file and does not end by itself. */
  #damage: string | undefined;
  /** When a new file is written at the earliest, after that has failed; and when that is reported again. */
  #replaceAt = 0;
  #reportAt = 0;

  /**
   * Opens the database, and makes it where there is none.
   *
   * @throws {StoreError} Where it can't be opened, read or written, is another program's, or of a newer version.
   */
  constructor(path: string, onError: (text: string) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#files = new Files(path);
    try {
      this.warning = makeFolder(path);
      this.#lock = lock(path);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError(`cannot use ${path}: ${reasonOf(error)}`);
    }
    try {
      this.db = new Database(openDatabase(path));
      this.#copyTo = this.db.prepare("VACUUM INTO ?");
    } catch (error) {
      this.#lock.close();
      throw error;
    }
    this.#opened();
  }

  /** Notes which files are open now, and that nobody else may read them. */
  #opened(): void {
    this.#files.opened();
    try {
      this.#files.protect();
    } catch (error) {
      this.#onError(`cannot keep others on this machine from reading ${this.#path}: ${reasonOf(error)}`);
    }
  }

  /** The log has been emptied, so that it may be shorter now. */
  logEmptied(): void {
    this.#files.emptied();
  }

  /** Something has been written: notes the sizes of the files, which do not become shorter by themselves. */
  written(): void {
    try {
      this.#files.written();
    } catch {
      // `look` finds out what is wrong with the files.
    }
  }

  /** SQLite has found the file to be damaged: the next `look` writes a new one. */
  damaged(): void {
    this.#damage = "damaged";
  }

  /**
   * Looks whether the file is still the one that was opened, and whole; else writes a new one, since what is written to the
   * old one is lost. After that has failed it is tried again in some seconds.
   *
   * @param isLogEmptying Whether the log is being emptied, so that it may become shorter.
   * @param isLast Whether there is no later time to try it again.
   * @returns Whether a new file was written.
   */
  look(isLogEmptying: boolean, isLast = false): boolean {
    const began = performance.now();
    if (began < this.#replaceAt && !isLast) return false;
    let harm: string | undefined;
    try {
      harm = this.#findHarm(isLogEmptying);
      if (harm !== undefined) this.#replace(harm);
      this.#replaceAt = this.#reportAt = 0;
      return harm !== undefined;
    } catch (error) {
      if (began >= this.#reportAt) {
        this.#reportAt = began + TIMES.report;
        this.#onError(
          `${this.#path} has been ${
            harm ?? "deleted or replaced"
          } while it was open, and a new one cannot be written: ${
            reasonOf(error)
          }; that is tried again, and what is said is lost where the server stops before`,
        );
      }
      const now = performance.now();
      this.#replaceAt = now + Math.max(TIMES.retry, (now - began) * TIMES.retryFactor);
      return false;
    }
  }

  /** What is wrong with the files that are open; nothing where they are as they should be. */
  #findHarm(isLogEmptying: boolean): string | undefined {
    if (this.#files.isMoved) return "deleted or replaced";
    if (this.#files.isCut(isLogEmptying)) this.#damage = "cut off";
    return this.#damage;
  }

  /**
   * Writes all that is in the database into a new file under its name, and goes on with that. Throws where it can't.
   *
   * @param harm What has happened to the old one.
   */
  #replace(harm: string): void {
    makeFolder(this.#path);
    // Another server may have begun with the name.
    const held = lock(this.#path, this.#lock);
    if (held !== this.#lock) this.#lock.close();
    this.#lock = held;
    const fresh = `${this.#path}-new`;
    for (const suffix of ["", "-journal"]) remove(fresh + suffix);
    makeFile(fresh).close();
    this.#copyTo.run(fresh);
    const written = Deno.openSync(fresh, { read: true, write: true });
    try {
      written.syncSync();
    } finally {
      written.close();
    }
    const found = this.#files.replace(fresh);
    this.db.exchange(openDatabase(this.#path));
    this.#damage = undefined;
    this.#opened();
    this.#onError(
      `${this.#path} has been ${harm} while it was open; a new one that holds everything has been written` +
        (found === undefined ? "" : `, and what was found in its place is ${found} now`),
    );
  }

  close(): void {
    this.db.close();
    this.#lock.close();
  }
}

/**
 * Locks a database for this process. Throws where another has it, or where the folder can't be written.
 *
 * @param held The lock that this process has, which counts as long as its file is there.
 */
function lock(path: string, held?: Deno.FsFile): Deno.FsFile {
  const found = makeFile(`${path}-lock`);
  if (held !== undefined && held.statSync().ino === found.statSync().ino) {
    found.close();
    return held;
  }
  // A server that is just ending has the lock for a moment, and so has a program that is just being started by this process.
  for (let tries = held === undefined ? LOCK_TRIES.most : 1; tries > 0; tries--) {
    if (found.tryLockSync(true)) return found;
    if (tries > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_TRIES.pause);
  }
  found.close();
  throw new StoreError(`${path} is in use by another server`);
}
