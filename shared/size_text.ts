/**
 * How large a file is, in words that are the same in all languages: the server says them in its refusals, the clients of the files
 * that they show. Pure.
 *
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/**
 * How large something is, in at most three digits, and never as more than it is.
 *
 * @param bytes A whole number.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([5, 1_536, 1_258_292].map(sizeText), ["5 B", "1.5 KiB", "1.2 MiB"]);
 * ```
 */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let [size, unit] = [bytes / 1_024, 1];
  for (; size >= 1_000 && unit < UNITS.length - 1; unit++) size /= 1_024;
  return `${size < 10 ? (Math.floor(size * 10) / 10).toFixed(1) : Math.floor(size)} ${UNITS[unit]}`;
}

/**
 * How large two things are that are told beside each other: to the byte where they differ, but not in three digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeTexts(1_048_576, 5_242_880), ["1.0 MiB", "5.0 MiB"]);
 * assertEquals(sizeTexts(1_048_576, 1_048_577), ["1048576 B", "1048577 B"]);
 * ```
 */
export function sizeTexts(one: number, other: number): [one: string, other: string] {
  const [first, second] = [sizeText(one), sizeText(other)];
  return first === second && one !== other ? [`${one} B`, `${other} B`] : [first, second];
}
