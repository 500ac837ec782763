/**
 * A connection to a SQLite file that can be exchanged for another one, under the statements that were prepared for it. It
 * must not know what the database holds.
 *
 * @module
 */

import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

/** What stands in for a statement's parameters: values in their order, or one object with those that have names. */
type Values = SQLInputValue[] | [Record<string, SQLInputValue>];
type Row = Record<string, SQLOutputValue>;

/** A statement that is prepared anew when the connection is another. Its methods are `StatementSync`'s. */
export class Statement {
  readonly #connection: () => DatabaseSync;
  readonly #sql: string;
  #of: DatabaseSync;
  #prepared: StatementSync;

  constructor(connection: () => DatabaseSync, sql: string) {
    this.#connection = connection;
    this.#sql = sql;
    this.#of = connection();
    this.#prepared = this.#of.prepare(sql);
  }

  get #current(): StatementSync {
    const connection = this.#connection();
    if (this.#of !== connection) {
      this.#prepared = connection.prepare(this.#sql);
      this.#of = connection;
    }
    return this.#prepared;
  }

  get(...values: Values): Row | undefined {
    return this.#current.get(...values as SQLInputValue[]);
  }

  all(...values: Values): Row[] {
    return this.#current.all(...values as SQLInputValue[]);
  }

  iterate(...values: Values): Iterable<Row> {
    return this.#current.iterate(...values as SQLInputValue[]);
  }

  run(...values: Values): void {
    this.#current.run(...values as SQLInputValue[]);
  }
}

/** An open database. Its methods are `DatabaseSync`'s. */
export class Database {
  #connection: DatabaseSync;
  readonly #setUp: string[] = [];

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /** Whether a transaction is under way. */
  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  prepare(sql: string): Statement {
    return new Statement(() => this.#connection, sql);
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
    const before = this.#connection;
    this.#connection = connection;
    before.close();
  }

  close(): void {
    this.#connection.close();
  }
}
