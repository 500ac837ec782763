/**
 * The files of the project that the server itself reads or runs, apart from those of the page (gateway/assets.ts). This is the
 * one place that finds them by where this module lies: the program in one file (packaging/) has another module in its place.
 *
 * @module
 */

/** Unicode's table of characters that look alike, as JSON. Read at the start, when there is a file descriptor for it. */
export const CONFUSABLES = Deno.readTextFileSync(new URL(import.meta.resolve("unhomoglyph/data.json")));

/** The program of the thread that copies the write-ahead log (store/checkpoint.ts). */
export const CHECKPOINT = new URL("./store/checkpoint.ts", import.meta.url);
