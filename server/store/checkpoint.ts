/**
 * A thread of its own that copies the write-ahead log into the database, since that waits for the disk
 * (sqlite.org/wal.html#ckpt). It must not read or write anything else. checkpointer.ts looks after it.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** How far the log is copied: as far as its readers allow, or all of it, after which it is emptied. */
export type Mode = "PASSIVE" | "TRUNCATE";

/** What it is asked for. Without a mode it only opens the file, or closes it. */
export interface Request {
  file: string;
  mode?: Mode;
  isLast?: boolean;
}

/** What it answers: that it has begun, and then what went wrong, or nothing. */
export interface Answer {
  hasBegun?: boolean;
  error?: string;
  /** What went wrong is that a file is damaged. */
  isDamaged?: boolean;
  /** Somebody else was in the way of a part of it. */
  isBusy?: boolean;
}

/** How long it waits for the writer, in milliseconds. */
const PATIENCE = 5_000;

/** SQLite's codes for a file that is damaged, CORRUPT and NOTADB, in their lower eight bits (sqlite.org/rescode.html). */
const DAMAGED = [11, 26];

let db: DatabaseSync | undefined;

/** Opens a database that is there: one that has been deleted is not to be made (sqlite.org/uri.html). */
function open(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.searchParams.set("mode", "rw");
  return new DatabaseSync(url, { timeout: PATIENCE });
}

function answer({ file, mode, isLast }: Request): Answer {
  try {
    if (isLast) {
      db?.close();
      return {};
    }
    db ??= open(file);
    if (mode === undefined) return {};
    const { busy } = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { busy: number };
    return { isBusy: busy !== 0 };
  } catch (error) {
    const { message = `${error}`, errcode = 0 } = error as { message?: string; errcode?: number };
    return { error: message, isDamaged: DAMAGED.includes(errcode & 0xff) };
  }
}

const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;
worker.onmessage = ({ data }: MessageEvent<Request>) => {
  // What follows may take as long as the disk takes; this is answered at once by every thread that is alive.
  worker.postMessage({ hasBegun: true });
  worker.postMessage(answer(data));
};
