/**
 * Why a file is not taken: a line for its sender, with the number that it goes beyond.
 *
 * @module
 */

/** A refusal of a file. */
export class FileRefusal extends Error {
  override name = "FileRefusal";
  /** As HTTP has it (RFC 9110, section 15): 413 for what is too large, 507 (RFC 4918) for what has no room here. */
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** How large something is, in words: `1.5 MiB`. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : Math.floor(size * 10) / 10} ${UNITS[unit]}`;
}
