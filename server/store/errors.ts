/**
 * The errors of the store: where the database can't be used, and where what is kept in it is damaged.
 *
 * @module
 */

/** Why the database can't be used, in a sentence for the person who started the server. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** What is thrown where something in the database can't be what was written there. @param what What is kept there. */
export function damaged(what: string): TypeError {
  return new TypeError(`what is kept of ${what} is damaged`);
}

/** Whether a value from the database is a text that can stand in a line. */
export function isLineText(value: unknown): value is string {
  return typeof value === "string" && !/[\0\r\n]/.test(value);
}
