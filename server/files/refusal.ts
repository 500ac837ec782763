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

/** That there is no such file: it was removed, or never was. */
export function missing(): FileRefusal {
  return new FileRefusal(404, "this file is not here, or no longer");
}
