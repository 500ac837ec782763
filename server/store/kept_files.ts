/**
 * What the database knows of the files that people have sent. Their bytes lie in a folder beside it.
 *
 * A change is a transaction of its own: what follows from it happens at once, and no file is told of that a crash would lose.
 *
 * @module
 */

import { damaged, isLineText } from "./errors.ts";
import { FileMoves } from "./file_moves.ts";
import type { Store } from "./store.ts";

export { FOREVER } from "./file_moves.ts";

/** A file, or the beginning of one, as the store keeps it. */
export interface FileRecord {
  /** 22 letters and digits, which nobody can guess: whoever knows them may read the file. */
  id: string;
  name: string;
  /** Found out by what is in it; "" as long as it is not complete. */
  type: string;
  /**
   * How many bytes its sender has said; and how many are kept, which may be fewer where something was taken out. Of one that is not
   * complete, how many had come when it was sent last.
   */
  length: number;
  size: number;
  /** In pixels; 0 for what is no picture, or does not say. */
  width: number;
  height: number;
  /** The identity of its sender; see identities.ts. */
  owner: string;
  /** Under which nick it was sent. */
  nick: string;
  /** From which range of addresses; see `addressRange`. */
  range: string;
  /** The id of the message in which its sender first said where it is; null as long as there is none. */
  message: number | null;
  /** The hash of the token by which it is sent; null where it was sent by a password. */
  token: string | null;
  /** When it began, and when it goes, in milliseconds since 1970; `FOREVER` for never. */
  at: number;
  until: number;
  isWhole: boolean;
}

const TEXTS = ["id", "name", "type", "owner", "nick", "range"] as const;
const NUMBERS = ["length", "size", "width", "height", "at", "until", "is_whole"] as const;

/** The file in a row. Another program may have written anything. Throws where it is damaged. */
function toRecord({ is_whole: isWhole, ...row }: Record<string, unknown>): FileRecord {
  const isIntact = TEXTS.every((key) => isLineText(row[key])) && /^[\w-]{22}$/.test(row.id as string) &&
    NUMBERS.every((key) => Number.isSafeInteger(key === "is_whole" ? isWhole : row[key])) &&
    (row.message === null || Number.isSafeInteger(row.message)) && (row.token === null || isLineText(row.token));
  if (!isIntact) throw damaged("a file");
  return { ...row, isWhole: isWhole === 1 } as FileRecord;
}

/** How many bytes count for whom. */
export interface Share {
  owner: string;
  range: string;
  bytes: number;
}

/** The files in the database. */
export class KeptFiles {
  readonly #store: Store;
  readonly #moves: FileMoves;
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    this.#moves = new FileMoves(store);
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT * FROM files WHERE id = ?"),
      state: db.prepare("SELECT is_whole FROM files WHERE id = ?"),
      put: db.prepare(`INSERT OR REPLACE INTO files VALUES (${Array(15).fill("?").join(", ")})`),
      drop: db.prepare("DELETE FROM files WHERE id = ?"),
      said: db.prepare("UPDATE files SET message = ? WHERE id = ? AND message IS NULL"),
      ofMessage: db.prepare("SELECT id FROM files WHERE message = ?"),
      old: db.prepare("SELECT id FROM files WHERE until <= ? ORDER BY until LIMIT ?"),
      page: db.prepare("SELECT id FROM files WHERE id > ? ORDER BY id LIMIT ?"),
      shares: db.prepare(
        "SELECT owner, range, sum(max(size, ?)) AS bytes FROM files GROUP BY owner, range",
      ),
    };
  }

  /** The file of that id. One that can't be read is reported and counts as none. */
  find(id: string): FileRecord | undefined {
    return this.#store.attempt("read a file's row", () => {
      const row = this.#sql.find.get(id);
      if (row === undefined) return undefined;
      const record = toRecord(row);
      return { ...record, until: this.#moves.untilOf(record) };
    });
  }

  /**
   * Whether a file is complete; undefined where the database knows none of that id. Throws where it can't be read: what nobody
   * knows is deleted.
   */
  isWhole(id: string): boolean | undefined {
    const row = this.#sql.state.get(id);
    return row === undefined ? undefined : row.is_whole === 1;
  }

  /** Keeps a file, in place of what was known of it. @throws {StoreError} Where it can't be written. */
  put({ id, name, type, length, size, width, height, owner, nick, range, message, token, ...rest }: FileRecord): void {
    const { at, until, isWhole } = rest;
    const values = [id, name, type, length, size, width, height, owner, nick, range, message, token, at, until];
    this.#store.transact(() => this.#sql.put.run(...values, isWhole ? 1 : 0));
  }

  /** Notes by which message files were first said; of those that are known by an earlier one nothing changes. */
  said(ids: readonly string[], message: number): void {
    this.#store.transact(() => {
      for (const id of ids) this.#sql.said.run(message, id);
    });
  }

  /** The files that were first said by a message. What can't be read is reported, and counts as none. */
  ofMessage(message: number): string[] {
    return this.#ids(this.#store.attempt("find a message's files", () => this.#sql.ofMessage.all(message)) ?? []);
  }

  /** Forgets files. @throws {StoreError} Where that can't be written; then nothing has changed. */
  drop(ids: readonly string[]): void {
    this.#store.transact(() => {
      for (const id of ids) this.#sql.drop.run(id);
    });
    this.#store.copyLog("TRUNCATE");
  }

  /** See `FileMoves.moveSome`. */
  moveSome(): boolean {
    return this.#moves.moveSome();
  }

  /** Which files are to go now, where none is left to be moved, those first that have been so for the longest. @param time Milliseconds since 1970. */
  old(time: number, most: number): string[] {
    return this.#ids(this.#sql.old.all(time, most));
  }

  /** Some ids behind another one, in their order. */
  page(after: string, most: number): string[] {
    return this.#ids(this.#sql.page.all(after, most));
  }

  #ids(rows: Record<string, unknown>[]): string[] {
    return rows.map(({ id }) => `${id}`);
  }

  /** How much the files of each sender take. @param least What each counts for at the least, in bytes. */
  shares(least: number): Share[] {
    const rows = this.#store.attempt("count the files", () => this.#sql.shares.all(least)) ?? [];
    return rows.map(({ owner, range, bytes }) => ({ owner: `${owner}`, range: `${range}`, bytes: Number(bytes) }));
  }
}
