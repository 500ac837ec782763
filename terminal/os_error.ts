/**
 * Errors of the operating system, in words for a person.
 *
 * @module
 */

import { messageOf } from "../client/errors.ts";
import { words } from "./language.ts";

/** The reason of an error, without the system's number for it and what the runtime writes behind that. */
export function reasonOf(error: unknown): string {
  const text = messageOf(error).replace(/ ?\(os error \d+\).*$/s, "");
  if (!(error instanceof Error)) return text;
  return words().reason("code" in error ? String(error.code) : error.name, text);
}
