/**
 * Opens a database file with SQLite, and brings its schema up to date.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { makeFile, realName } from "./files.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { reasonOf } from "../turns/faults.ts";

/** The name of a database that is kept as long as the program runs. */
export const IN_MEMORY = ":memory:";

/** How long another program may have locked the file before that is an error, in milliseconds. */
export const LOCK_TIMEOUT = 2_000;

/**
 * Opens a database, and makes it where there is none.
 *
 * @throws {StoreError} Where it can't be opened, read or written, is another program's, or of a newer version.
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== IN_MEMORY) makeDatabase(file);
    db = new DatabaseSync(file, { timeout: LOCK_TIMEOUT });
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
    throw new StoreError(`cannot use ${file} as the database: ${reasonOf(error)}`);
  }
}

/** The path of the database that is opened. @throws {StoreError} Where it can be none. */
export function pathOf(name: string): string {
  if (name === IN_MEMORY) return name;
  try {
    return realName(name);
  } catch (error) {
    throw new StoreError(`cannot use ${name} as the database: ${reasonOf(error)}`);
  }
}

/** Makes the file before SQLite does, which would let others read it. What is wrong with the name SQLite says best. */
function makeDatabase(file: string): void {
  try {
    makeFile(file).close();
  } catch {
    // A folder, or somebody else's file.
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
