/**
 * The owners of the room, in the database by their identities; and the hash of the secret by which somebody becomes one.
 *
 * These change seldom, and what follows from them at once: so each change is a transaction of its own.
 *
 * @module
 */

import { damaged, isLineText } from "./errors.ts";
import type { Store } from "./store.ts";

/** An owner as the store keeps it. */
export interface OwnerRecord {
  /** See identities.ts. */
  identity: string;
  /** What the owner was called on becoming one. */
  name: string;
  /** The nick of the owner who named this one; "" for whoever knew the secret. */
  namedBy: string;
  /** When that was, in milliseconds since 1970. */
  since: number;
}

/** The owner in a row. Another program may have written anything. Throws where it is damaged. */
function toRecord({ identity, name, named_by: namedBy, since }: Record<string, unknown>): OwnerRecord {
  if (![identity, name, namedBy].every(isLineText) || !Number.isFinite(since)) throw damaged("an owner");
  return { identity, name, namedBy, since } as OwnerRecord;
}

/** The owners in the database. */
export class KeptOwners {
  readonly #store: Store;
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#sql = {
      all: db.prepare("SELECT * FROM owners ORDER BY since, identity LIMIT ?"),
      put: db.prepare("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?)"),
      drop: db.prepare("DELETE FROM owners WHERE identity = ?"),
      secret: db.prepare("SELECT hash FROM owner_secret"),
      putSecret: db.prepare("INSERT OR REPLACE INTO owner_secret VALUES (0, ?)"),
      dropSecret: db.prepare("DELETE FROM owner_secret"),
    };
  }

  /** The owners, the first one first. One that is damaged is reported and left out. @param most How many at the most. */
  all(most: number): OwnerRecord[] {
    const rows = this.#sql.all.all(most) as Record<string, unknown>[];
    return rows.map((row) => this.#store.attempt("read an owner", () => toRecord(row)))
      .filter((owner) => owner !== undefined);
  }

  /** The hash of the secret that makes whoever says it an owner; undefined where there is none. */
  get secret(): string | undefined {
    const hash = this.#sql.secret.get()?.hash;
    return typeof hash === "string" ? hash : undefined;
  }

  /** Keeps the hash of a secret, in place of the one before. @throws {StoreError} Where it can't be written. */
  putSecret(hash: string): void {
    this.#store.transact(() => this.#sql.putSecret.run(hash));
  }

  /**
   * Keeps owners, in place of others.
   *
   * @param before The identities of those who are owners no longer.
   * @param usesSecret Whether the secret was used, and is one no longer.
   * @throws {StoreError} Where it can't be written; then nothing has changed.
   */
  change(before: readonly string[], after: readonly OwnerRecord[], usesSecret = false): void {
    this.#store.transact(() => {
      for (const identity of before) this.drop(identity);
      for (const { identity, name, namedBy, since } of after) this.#sql.put.run(identity, name, namedBy, since);
      if (usesSecret) this.#sql.dropSecret.run();
    });
    // A log that still holds the hash tells nothing by it, since the secret can't be guessed; but it is of no use any more.
    if (usesSecret) this.#store.copyLog("TRUNCATE");
  }

  /** Deletes an owner within a transaction of `Store.transact`. */
  drop(identity: string): void {
    this.#sql.drop.run(identity);
  }
}
