/**
 * The server's bans (GLINE), kept in the database by the text of their masks.
 *
 * @module
 */

import { damaged, isLineText } from "./errors.ts";
import type { Store, StorePart } from "./store.ts";

/** A ban as the store keeps it. Times in milliseconds since 1970. */
export interface ServerBanRecord {
  /** The text of the mask of those who may not come in. */
  mask: string;
  /** The nick of the operator who set it. */
  setter: string;
  setAt: number;
  /** 0 for a ban that never ends. */
  endsAt: number;
  reason: string;
}

/** A row of the table. Another program may have written anything into it. */
interface Row {
  mask: unknown;
  setter: unknown;
  set_at: unknown;
  ends_at: unknown;
  reason: unknown;
}

/** The record in a row; nothing where it is damaged. */
function toRecord({ mask, setter, set_at: setAt, ends_at: endsAt, reason }: Row): ServerBanRecord | undefined {
  const isIntact = isLineText(mask) && isLineText(setter) && isLineText(reason) && Number.isFinite(setAt) &&
    Number.isFinite(endsAt);
  return isIntact ? { mask, setter, setAt: setAt as number, endsAt: endsAt as number, reason } : undefined;
}

/** The bans in the database. */
export class KeptServerBans implements StorePart {
  readonly #store: Store;
  /** What is to be written, by mask: the ban, or nothing where it is deleted. */
  readonly #waiting = new Map<string, ServerBanRecord | undefined>();
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#sql = {
      all: db.prepare("SELECT * FROM server_bans LIMIT ?"),
      put: db.prepare("INSERT OR REPLACE INTO server_bans VALUES (?, ?, ?, ?, ?)"),
      drop: db.prepare("DELETE FROM server_bans WHERE mask = ?"),
    };
  }

  /**
   * Reads the bans in the database. What is damaged is reported and left out.
   *
   * @param most How many at the most.
   * @param restore Takes a ban; gives whether its mask is one.
   */
  restore(most: number, restore: (ban: ServerBanRecord) => boolean): void {
    this.#store.attempt("read the server's bans", () => {
      for (const row of this.#sql.all.all(most)) {
        const ban = toRecord(row as unknown as Row);
        if (ban === undefined || !restore(ban)) this.#reportDamage();
      }
    });
  }

  #reportDamage(): void {
    this.#store.attempt("read a ban", () => {
      throw damaged("one");
    });
  }

  /** Keeps a ban, in place of one with the same mask. */
  put(ban: ServerBanRecord): void {
    this.#note(ban.mask, ban);
  }

  /** Deletes the ban with this mask. */
  drop(mask: string): void {
    this.#note(mask, undefined);
  }

  #note(mask: string, ban: ServerBanRecord | undefined): void {
    this.#waiting.set(mask, ban);
    this.#store.changed(this);
  }

  save(): void {
    for (const [mask, ban] of this.#waiting) {
      if (ban === undefined) this.#sql.drop.run(mask);
      else this.#sql.put.run(mask, ban.setter, ban.setAt, ban.endsAt, ban.reason);
    }
  }

  saved(): void {
    this.#waiting.clear();
  }
}
