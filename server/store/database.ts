/**
 * A connection to a SQLite file that can be exchanged for another one, under the statements that were prepared for it. It
 * must not know what the database holds.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A statement that is prepared anew when the connection is another. Its methods are `StatementSync`'s. */
export class Statement {
  readonly #sql: string;
  // Functions that are bound, and not methods that call others: one who writes each message calls them for each.
  get!: StatementSync["get"];
  all!: StatementSync["all"];
  iterate!: StatementSync["iterate"];
  run!: StatementSync["run"];

  constructor(connection: DatabaseSync, sql: string) {
    this.#sql = sql;
    this.prepare(connection);
  }

  /** @internal */
  prepare(connection: DatabaseSync): void {
    const prepared = connection.prepare(this.#sql);
    this.get = prepared.get.bind(prepared);
    this.all = prepared.all.bind(prepared);
    this.iterate = prepared.iterate.bind(prepared);
    this.run = prepared.run.bind(prepared);
  }
}

/** An open database. Its methods are `DatabaseSync`'s. */
export class Database {
  #connection: DatabaseSync;
  readonly #setUp: string[] = [];
  readonly #statements: Statement[] = [];

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /** Whether a transaction is under way. */
  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  /** Prepares a statement that is used as long as the database is open. */
  prepare(sql: string): Statement {
    const statement = new Statement(this.#connection, sql);
    this.#statements.push(statement);
    return statement;
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /** Does what has to be done for each connection, as to make a temporary table: now, and when it is another. */
  setUp(sql: string): void {
    this.exec(sql);
    this.#setUp.push(sql);
  }

  /** Goes on with another connection, to a database that holds the same, and closes the one before. */
  exchange(connection: DatabaseSync): void {
    for (const sql of this.#setUp) connection.exec(sql);
    for (const statement of this.#statements) statement.prepare(connection);
    const before = this.#connection;
    this.#connection = connection;
    before.close();
  }

  close(): void {
    this.#connection.close();
  }
}
