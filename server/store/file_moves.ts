/**
 * Files that are to be kept for longer, since the clock was behind when they came. There may be very many, so a jump of the clock
 * is only noted; their rows are changed in slices, between which others have their turn, and are counted as changed until then.
 *
 * @module
 */

import type { Database } from "./database.ts";
import type { Store } from "./store.ts";

/** The time of files that are kept until they are removed, in milliseconds since 1970. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** So many files are changed in one slice, which takes some 2 ms. */
const SLICE = 200;

/**
 * Has files be kept for longer that have come from one time to another, but those that stay. To be called within a transaction.
 *
 * @param shift By how much, in milliseconds.
 */
export function noteFileMove(db: Database, since: number, until: number, shift: number): void {
  db.prepare("INSERT INTO file_moves (since, until, shift) VALUES (?, ?, ?)").run(since, until, shift);
}

/** The moves of one database. */
export class FileMoves {
  readonly #store: Store;
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#sql = {
      first: db.prepare("SELECT rowid AS id, since, until, shift, after FROM file_moves ORDER BY rowid LIMIT 1"),
      end: db.prepare("SELECT max(id) AS id FROM (SELECT id FROM files WHERE id > ? ORDER BY id LIMIT ?)"),
      move: db.prepare(`UPDATE files SET until = until + ?1
        WHERE id > ?2 AND id <= ?3 AND at BETWEEN ?4 AND ?5 AND until < ${FOREVER} - ?1`),
      go: db.prepare("UPDATE file_moves SET after = ? WHERE rowid = ?"),
      drop: db.prepare("DELETE FROM file_moves WHERE rowid = ?"),
      due: db.prepare("SELECT sum(shift) AS shift FROM file_moves WHERE ? BETWEEN since AND until AND after < ?"),
    };
  }

  /** Until when a file is kept, when its row has been changed as it is to be. */
  untilOf({ id, at, until }: { id: string; at: number; until: number }): number {
    const shift = Number(this.#sql.due.get(at, id)?.shift ?? 0);
    return until < FOREVER - shift ? until + shift : until;
  }

  /** Changes some rows. @returns Whether there may be more to change. @throws {StoreError} Where that can't be written. */
  moveSome(): boolean {
    const move = this.#sql.first.get();
    if (move === undefined) return false;
    const { id, since, until, shift, after } = move;
    this.#store.transact(() => {
      const end = this.#sql.end.get(after, SLICE)?.id ?? null;
      if (end === null) return this.#sql.drop.run(id);
      this.#sql.move.run(shift, after, end, since, until);
      this.#sql.go.run(end, id);
    });
    return true;
  }
}
