/**
 * The accounts in the database: names, what verifies their passwords, and what is deleted with an account.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { damaged } from "./errors.ts";
import { accountIdentity } from "./identities.ts";
import { type Look, lookOf, NamesByLook } from "./looks.ts";
import { leftStatements } from "./left_messages.ts";
import { metadataStatements } from "./metadata.ts";
import { markerStatements } from "./markers.ts";
import { talkStatements } from "./history_statements.ts";
import type { Store, StorePart } from "./store.ts";
import { UnwrittenRows } from "./unwritten.ts";
import { visitStatements } from "./visits.ts";

/** How many accounts wait at the most while the database can't be written; beyond that none is made. */
const MOST_WAITING = 10_000;

/** How many talks, and how many visits, of an account that was removed are deleted with one transaction. */
const REST_SLICE = 250;

/** What verifies a password, as auth/accounts.ts writes and reads it. */
export interface Verifiers {
  scrypt: string;
  scram: string;
}

/** An account as the store keeps it: its name as it is spelled, and what verifies its password. */
export interface AccountRecord extends Verifiers {
  name: string;
  /** The identity of the guest who made it, if that went over to it. */
  identity?: string | null;
}

/** The accounts in the database, by their folded names. */
export class KeptAccounts implements StorePart {
  readonly #store: Store;
  readonly #isIntact: (account: AccountRecord, folded: string) => boolean;
  readonly #now: () => number;
  /** Accounts that are not written yet. */
  readonly #waiting = new UnwrittenRows<AccountRecord>();
  readonly #waitingLooks = new NamesByLook();
  /** The folded names of those that have a guest's identity, by that. */
  readonly #adopted = new Map<string, string>();
  /** Whether the last account that was looked for could be read, or was found to be none. */
  #isReadable = true;
  readonly #sql;

  /**
   * @param isIntact Whether what was read for a folded name is an account of that name.
   * @param now The time in milliseconds since 1970.
   */
  constructor(store: Store, isIntact: (account: AccountRecord, folded: string) => boolean, now: () => number) {
    this.#store = store;
    this.#isIntact = isIntact;
    this.#now = now;
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT name, scrypt, scram, identity FROM accounts WHERE folded = ?"),
      byIdentity: db.prepare("SELECT folded FROM accounts WHERE identity = ?"),
      insert: db.prepare(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET identity = excluded.identity",
      ),
      change: db.prepare("UPDATE accounts SET scrypt = ?, scram = ? WHERE folded = ?"),
      drop: db.prepare("DELETE FROM accounts WHERE folded = ?"),
      without: db.prepare(`SELECT folded, name FROM accounts
        WHERE folded NOT IN (SELECT account FROM account_looks)`),
      insertLook: db.prepare("INSERT OR REPLACE INTO account_looks VALUES (?, ?, ?, ?)"),
      dropLooks: db.prepare("DELETE FROM account_looks WHERE account = ?"),
      // In two parts, so that neither reads those of the same pattern, of which there may be many.
      alike: db.prepare(`SELECT name FROM account_looks
          WHERE skeleton = :skeleton AND pattern < :pattern AND account <> :but
        UNION ALL SELECT name FROM account_looks
          WHERE skeleton = :skeleton AND pattern > :pattern AND account <> :but
        LIMIT 1`),
      removals: db.prepare("SELECT times FROM dropped_accounts WHERE folded = ?"),
      countRemoval: db.prepare(`INSERT INTO dropped_accounts VALUES (?, 1)
        ON CONFLICT DO UPDATE SET times = times + 1`),
      dropMetadata: metadataStatements(db).drop,
      dropMarkers: markerStatements(db).dropAll,
      dropLeft: leftStatements(db).dropAll,
      dropVisits: visitStatements(db).dropSome,
      dropTalks: talkStatements(db).dropSome,
    };
    store.attempt("note how the names of accounts look", () => {
      const without = this.#sql.without.all() as { folded: string; name: string }[];
      if (without.length === 0) return;
      store.transact(() => without.forEach(({ folded, name }) => this.#insertLooks(folded, name)));
    });
  }

  #insertLooks(folded: string, name: string): void {
    const { skeletons, pattern } = lookOf(name);
    for (const skeleton of skeletons) this.#sql.insertLook.run(skeleton, pattern, folded, name);
  }

  /** The name of an account that could be taken for one of this look. @param but An account that does not matter, folded. */
  alike(look: Look, but = ""): string | undefined {
    const waiting = this.#waitingLooks.alike(look).find((name) => casefold(name) !== but);
    if (waiting !== undefined) return waiting;
    const { skeletons, pattern } = look;
    return this.#store.attempt("read how the names of accounts look", () => {
      for (const skeleton of skeletons) {
        const row = this.#sql.alike.get({ skeleton, pattern, but });
        if (row !== undefined) return `${row.name}`;
      }
    });
  }

  /** The account of a folded name. One that can't be read or is damaged is reported and counts as none. */
  find(folded: string): AccountRecord | undefined {
    const waiting = this.#waiting.get(folded);
    if (waiting !== undefined) return waiting;
    let isRead = false;
    const account = this.#store.attempt("read an account", () => {
      const row = this.#sql.find.get(folded) as unknown as AccountRecord | undefined;
      if (row !== undefined && !this.#isIntact(row, folded)) throw damaged(folded);
      isRead = true;
      return row;
    });
    this.#isReadable = isRead;
    return account;
  }

  /** Whether an account of a folded name can be made: there is none, none that can't be read, and room for one more. */
  isFree(folded: string): boolean {
    return this.find(folded) === undefined && this.#isReadable && this.#waiting.size < MOST_WAITING;
  }

  /** Keeps a new account. Its folded name is to be free. */
  add(folded: string, account: AccountRecord): void {
    this.#waiting.set(folded, account);
    this.#waitingLooks.add(account.name);
    this.#store.changed(this);
  }

  /**
   * Gives a new account the identity of the guest who has made it, with everything that is kept under that.
   *
   * @param identity No other account's.
   */
  adopt(folded: string, identity: string): void {
    const account = this.find(folded);
    if (account === undefined) return;
    this.add(folded, { ...account, identity });
    this.#adopted.set(identity, folded);
  }

  /** The folded name of the account that has the identity of the guest who made it; nothing where it is no account's. */
  byIdentity(identity: string): string | undefined {
    const waiting = this.#adopted.get(identity);
    if (waiting !== undefined) return waiting;
    return this.#store.attempt("read whose an identity is", () => this.#sql.byIdentity.get(identity)?.folded) as
      | string
      | undefined;
  }

  /**
   * The identity of an account: that of the guest who made it, or one that is called after its name. One of a name that an
   * earlier account had is another, and is given nothing of what that one had.
   */
  identity(folded: string): string {
    const before = this.find(folded)?.identity;
    if (typeof before === "string") return before;
    const row = this.#store.attempt("read accounts that were", () => this.#sql.removals.get(folded) ?? {});
    // Where that can't be read, the past of an earlier account of that name is shown to nobody.
    return accountIdentity(folded, row === undefined ? "?" : (row as { times?: number }).times);
  }

  /**
   * Keeps what verifies another password, at once.
   *
   * @param change What else changes with it, in the same transaction.
   * @throws {StoreError} Where it can't be written; then what was kept stays.
   */
  change(folded: string, { scrypt, scram }: Verifiers, change: () => void): void {
    this.#store.transact(() => {
      this.#sql.change.run(scrypt, scram, folded);
      change();
    });
    // By what verified the old one it could be guessed.
    this.#store.copyLog("TRUNCATE");
  }

  /**
   * Deletes an account and all that is its own, in one transaction, but for what is left of very many talks and visits: `dropRest`
   * deletes that.
   *
   * @param change What else goes with it, in the same transaction.
   * @throws {StoreError} Where that can't be written; then nothing has changed.
   */
  drop(folded: string, change: () => void): void {
    const identity = this.identity(folded);
    this.#store.transact(() => {
      this.#sql.drop.run(folded);
      this.#sql.dropLooks.run(folded);
      this.#sql.countRemoval.run(folded);
      this.#sql.dropMetadata.run(folded);
      this.#sql.dropMarkers.run(identity);
      this.#sql.dropLeft.run(identity);
      this.#dropSome(identity);
      change();
    });
  }

  /** Deletes some talks and visits. @returns Whether there may be more. */
  #dropSome(identity: string): boolean {
    const drops = [this.#sql.dropTalks, this.#sql.dropVisits];
    return drops.map((drop) => drop.run(identity, REST_SLICE).changes).some((dropped) => dropped === REST_SLICE);
  }

  /**
   * Deletes some of what is left of the talks and visits of an account that was removed; true where there may be more. At last
   * the log is emptied, which has what verified the password.
   *
   * @param identity Of the account; see `identity`.
   * @throws {StoreError} Where that can't be written.
   */
  dropRest(identity: string): boolean {
    let hasMore = false;
    this.#store.transact(() => hasMore = this.#dropSome(identity));
    if (!hasMore) this.#store.copyLog("TRUNCATE");
    return hasMore;
  }

  save(): void {
    for (const [folded, { name, scrypt, scram, identity }] of this.#waiting.takeSlice()) {
      this.#sql.insert.run(folded, name, scrypt, scram, this.#now(), identity ?? null);
      this.#insertLooks(folded, name);
    }
  }

  saved(): void {
    for (const { name, identity } of this.#waiting.written()) {
      this.#waitingLooks.delete(name);
      if (typeof identity === "string") this.#adopted.delete(identity);
    }
    if (this.hasMore) this.#store.goOn(this);
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }
}
