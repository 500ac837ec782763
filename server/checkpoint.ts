/**
 * A thread of its own that copies the write-ahead log into the database, since that waits for the disk
 * (sqlite.org/wal.html#ckpt). It must not read or write anything else.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

/** What it is asked for: the file, and the mode of `PRAGMA wal_checkpoint`. It answers with what went wrong, or an empty text. */
interface Request {
  file: string;
  mode: "PASSIVE" | "TRUNCATE";
}

/** How long it waits for the writer, in milliseconds. */
const PATIENCE = 5_000;

let db: DatabaseSync | undefined;

const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;
worker.onmessage = ({ data: { file, mode } }: MessageEvent<Request>) => {
  try {
    db ??= new DatabaseSync(file, { timeout: PATIENCE });
    db.exec(`PRAGMA wal_checkpoint(${mode})`);
    worker.postMessage("");
  } catch (error) {
    worker.postMessage(error instanceof Error ? error.message : `${error}`);
  }
};
