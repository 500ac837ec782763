/**
 * The metadata of accounts, kept in the database: keys and values (IRCv3 metadata), and which of them count as intact.
 *
 * It is `draft/metadata-3`, which is newer than the published text: github.com/ircv3/ircv3-specifications/pull/613.
 * Sections that are named in quotes are that one's.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Database } from "./database.ts";
import type { Store, StorePart } from "./store.ts";

/** How a key is written (IRCv3 metadata, "Keys and Values"). */
export const METADATA_KEY = /^[a-z0-9_./-]+$/;

/**
 * Whether these are keys and values in pairs that can be told. Their lengths may be beyond the bounds, which may have been
 * others when the pairs were kept.
 */
export function isMetadata(pairs: unknown): pairs is [string, string][] {
  return Array.isArray(pairs) && pairs.every((pair) => {
    const [key, value] = Array.isArray(pair) ? pair : [];
    return typeof key === "string" && METADATA_KEY.test(key) && typeof value === "string" && !/[\0\r\n]/.test(value);
  });
}

/** The statements on the table, of which others use some to change it together with their own. */
export function metadataStatements(db: Database) {
  return {
    find: db.prepare("SELECT pairs FROM metadata WHERE account = ?"),
    put: db.prepare("INSERT OR REPLACE INTO metadata VALUES (?, ?)"),
    /** Takes a folded account. */
    drop: db.prepare("DELETE FROM metadata WHERE account = ?"),
  };
}

/** How much waits at the most while the database can't be written, in bytes of memory. */
const MOST_WAITING = 4 * 1_048_576;

/** The metadata of accounts. */
export class Metadata implements StorePart {
  readonly #store: Store;
  /** What has changed since the last transaction, by folded account, as JSON. */
  readonly #waiting = new Map<string, string>();
  /** How much of memory that takes, in bytes: two for each unit at the most. */
  #bytes = 0;
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    this.#sql = metadataStatements(store.db);
  }

  /** Keys and values of an account. What is damaged is reported and counts as nothing. */
  find(account: string): [string, string][] {
    const folded = casefold(account);
    const kept = this.#store.attempt("read metadata", () => {
      const text = this.#waiting.get(folded) ?? this.#sql.find.get(folded)?.pairs ?? "[]";
      const pairs: unknown = JSON.parse(`${text}`);
      if (!isMetadata(pairs)) throw new TypeError(`what is kept of ${folded} is damaged`);
      return pairs;
    });
    return kept ?? [];
  }

  /** Whether so much waits for a database that can't be written that nothing more can be kept. */
  get isFull(): boolean {
    return this.#bytes >= MOST_WAITING;
  }

  /** Keeps what an account has now, in place of what it had. */
  put(account: string, values: ReadonlyMap<string, string>): void {
    const folded = casefold(account);
    const pairs = JSON.stringify([...values]);
    this.#bytes += 2 * (pairs.length - (this.#waiting.get(folded)?.length ?? -100));
    this.#waiting.set(folded, pairs);
    this.#store.changed(this);
  }

  save(): void {
    for (const [folded, pairs] of this.#waiting) {
      if (pairs === "[]") this.#sql.drop.run(folded);
      else this.#sql.put.run(folded, pairs);
    }
  }

  saved(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }
}
