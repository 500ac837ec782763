/**
 * A connection to a SQLite file, which can be exchanged for another connection while its prepared statements stay in use.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A statement that is prepared again when the connection is exchanged. Its methods are those of `StatementSync`. */
export class Statement {
  readonly #sql: string;
  // Bound functions, instead of methods that call others: they are called for each message.
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

/** An open database. Its methods are those of `DatabaseSync`. */
export class Database {
  #connection: DatabaseSync;
  readonly #setUp: string[] = [];
  readonly #statements: Statement[] = [];
  readonly #countChanges: Statement;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#countChanges = this.prepare("SELECT total_changes() AS changes");
  }

  /** Whether a transaction is under way. */
  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  /** How many rows this connection has changed. */
  get changes(): number {
    return this.#countChanges.get()!.changes as number;
  }

  /** Prepares a statement for as long as the database is open. */
  prepare(sql: string): Statement {
    const statement = new Statement(this.#connection, sql);
    this.#statements.push(statement);
    return statement;
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /** Runs SQL now and for each later connection, for example to make a temporary table. */
  setUp(sql: string): void {
    this.exec(sql);
    this.#setUp.push(sql);
  }

  /** Goes on with another connection, to a database with the same content, and closes the old connection. */
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
