/**
 * Errors of the operating system, in words for a person.
 *
 * @module
 */

import { messageOf } from "../client/errors.ts";

/** The reason of an error, without the system's number for it and what the runtime writes behind that. */
export function reasonOf(error: unknown): string {
  return messageOf(error).replace(/ ?\(os error \d+\).*$/s, "");
}
