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
import { damaged, isLineText } from "./errors.ts";
import type { Store, StorePart } from "./store.ts";
import { UnwrittenRows } from "./unwritten.ts";

/** How a key is written (IRCv3 metadata, "Keys and Values"). */
export const METADATA_KEY = /^[a-z0-9_./-]+$/;

/**
 * Whether these are pairs of keys and values that can be told. They may be longer than is allowed now, since the bounds may
 * have been others when they were kept.
 */
export function isMetadata(pairs: unknown): pairs is [string, string][] {
  return Array.isArray(pairs) && pairs.every((pair) => {
    const [key, value] = Array.isArray(pair) ? pair : [];
    return typeof key === "string" && METADATA_KEY.test(key) && isLineText(value);
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

/** How many bytes of memory an account's metadata takes while it waits, as JSON. */
function costOf(pairs: string | undefined): number {
  return pairs === undefined ? 0 : 2 * (pairs.length + 100);
}

/** The metadata of accounts. */
export class Metadata implements StorePart {
  readonly #store: Store;
  /** The changed metadata of accounts that is not written yet, as JSON, by folded account. */
  readonly #waiting = new UnwrittenRows<string>();
  /** How many bytes of memory that takes: at most two for each UTF-16 unit. */
  #bytes = 0;
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    this.#sql = metadataStatements(store.db);
  }

  /** The keys and values of an account. Damaged ones are reported and count as none. */
  find(account: string): [string, string][] {
    const folded = casefold(account);
    const kept = this.#store.attempt("read metadata", () => {
      const text = this.#waiting.get(folded) ?? this.#sql.find.get(folded)?.pairs ?? "[]";
      const pairs: unknown = JSON.parse(`${text}`);
      if (!isMetadata(pairs)) throw damaged(folded);
      return pairs;
    });
    return kept ?? [];
  }

  /** Whether nothing more can be kept, since so much waits for a database that can't be written. */
  get isFull(): boolean {
    return this.#bytes >= MOST_WAITING;
  }

  /** Keeps the keys and values of an account, in place of those before. */
  put(account: string, values: ReadonlyMap<string, string>): void {
    const folded = casefold(account);
    const pairs = JSON.stringify([...values]);
    this.#bytes += costOf(pairs) - costOf(this.#waiting.get(folded));
    this.#waiting.set(folded, pairs);
    this.#store.changed(this);
  }

  save(): void {
    for (const [folded, pairs] of this.#waiting.takeSlice()) {
      if (pairs === "[]") this.#sql.drop.run(folded);
      else this.#sql.put.run(folded, pairs);
    }
  }

  saved(): void {
    this.#waiting.written();
    this.#bytes = this.#waiting.values().reduce((sum, pairs) => sum + costOf(pairs), 0);
    if (this.hasMore) this.#store.goOn(this);
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }
}
