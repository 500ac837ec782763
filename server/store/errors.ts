/**
 * What is thrown where the database can't be used, and the database's words for what is wrong.
 *
 * @module
 */

/** Why the database can't be used, in a sentence for the person who started the server. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** What is wrong, in the words of the database or the system. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
