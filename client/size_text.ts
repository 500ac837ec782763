/** How large a file is, in words that are the same in all languages. Pure. */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/**
 * How large something is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([5, 1_536, 1_258_292].map(sizeText), ["5 bytes", "1.5 KiB", "1.2 MiB"]);
 * ```
 */
export function sizeText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : (Math.floor(size * 10) / 10).toFixed(1)} ${UNITS[unit]}`;
}
