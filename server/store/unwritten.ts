/**
 * Rows of a table that are not written yet, by their keys. One transaction writes some of them: thousands may have gathered
 * while the database could not be written, and all at once would hold up the room.
 *
 * @module
 */

/** How many rows one transaction writes. */
export const SLICE = 200;

/** Rows that wait to be written, those that have waited the longest first. */
export class UnwrittenRows<Row> extends Map<string, Row> {
  /** What the transaction under way writes. */
  #saving: [string, Row][] = [];

  /** Begins a transaction: gives the keys and rows that it is to write. */
  takeSlice(): readonly [string, Row][] {
    return this.#saving = [...this.entries().take(SLICE)];
  }

  /** Forgets the rows that the transaction has written, and gives them. One that has changed meanwhile is still to be written. */
  written(): Row[] {
    const written = this.#saving.filter(([key, row]) => this.get(key) === row);
    for (const [key] of written) this.delete(key);
    this.#saving = [];
    return written.map(([, row]) => row);
  }
}
