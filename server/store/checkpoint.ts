/**
 * The program of a thread that copies the write-ahead log into the database, which waits for the disk
 * (sqlite.org/wal.html#ckpt). checkpointer.ts looks after it.
 *
 * @module
 */

import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How the log is copied: as much as its readers allow; or all of it, and then it is emptied. */
export type Mode = "PASSIVE" | "TRUNCATE";

/** What the thread is asked for. Without a mode it only opens the file, or closes it. */
export interface Request {
  file: string;
  mode?: Mode;
  isLast?: boolean;
}

/** What the thread answers: first that it has begun, and then what went wrong, if anything. */
export interface Answer {
  hasBegun?: boolean;
  error?: string;
  /** Whether what went wrong is that a file is damaged. */
  isDamaged?: boolean;
  /** Whether another reader or writer kept a part of the log from being copied. */
  isBusy?: boolean;
}

/** How long the thread waits for the writer, in milliseconds. */
const PATIENCE = 5_000;

/** What is written while it is copied is copied next, in so many rounds at the most, until that is so few pages. */
const REST = { rounds: 8, pages: 64 } as const;

/** How long it waits so for readers of the log while it keeps the writer waiting. It is asked again later. */
const BRIEFLY = 100;

/** SQLite's codes for a damaged file, CORRUPT and NOTADB, in the lower eight bits (sqlite.org/rescode.html). */
const DAMAGED = [11, 26];

let db: DatabaseSync | undefined;

/**
 * Opens a database that exists: a deleted one must not be made again. An address with `mode=rw` would say that to SQLite
 * itself (sqlite.org/uri.html), but the runtime takes it for a path, which a program with few permissions may not read.
 *
 * @throws {Deno.errors.NotFound} Where it does not exist.
 */
function open(file: string): DatabaseSync {
  Deno.statSync(file);
  // A path that is absolute is never taken for an address.
  return new DatabaseSync(resolve(file), { timeout: PATIENCE });
}

function answer({ file, mode, isLast }: Request): Answer {
  try {
    if (isLast) {
      db?.close();
      return {};
    }
    db ??= open(file);
    if (mode === undefined) return {};
    return { isBusy: copy(db, mode) };
  } catch (error) {
    const { message = `${error}`, errcode = 0 } = error as { message?: string; errcode?: number };
    return { error: message, isDamaged: DAMAGED.includes(errcode & 0xff) };
  }
}

/**
 * Copies the log. While it is emptied nobody can write, and whoever has just said something is told nothing. So as much as can
 * be is copied before: on a busy disk that takes seconds.
 *
 * @returns Whether another reader or writer kept a part from being copied.
 */
function copy(db: DatabaseSync, mode: Mode): boolean {
  if (mode === "TRUNCATE") copyMost(db);
  db.exec(`PRAGMA busy_timeout = ${mode === "TRUNCATE" ? BRIEFLY : PATIENCE}`);
  const { busy } = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { busy: number };
  return busy !== 0;
}

/** Copies nearly all that is in the log while others write on. */
function copyMost(db: DatabaseSync): void {
  for (let round = 0, before = 0; round < REST.rounds; round++) {
    const { log } = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get() as { log: number };
    // Fewer than before: it has begun anew.
    if (log - before < REST.pages) return;
    before = log;
  }
}

const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;
worker.onmessage = ({ data }: MessageEvent<Request>) => {
  // The work may take as long as the disk takes. Every thread that is alive says at once that it has begun.
  worker.postMessage({ hasBegun: true });
  worker.postMessage(answer(data));
};
