/**
 * When something ends, in words. Pure.
 *
 * @module
 */

import type { Sentences } from "./sentences.ts";

/**
 * When something ends: the hour, with the day where that is not today by the reader's clock; undefined without an end. An hour
 * alone that has passed today would look as if it were over.
 *
 * @param until In milliseconds since 1970, as is `now`; `Infinity`: it does not end.
 */
export function untilText(until: number, now: number, sentences: Sentences): string | undefined {
  if (until === Infinity) return undefined;
  const end = new Date(until);
  return sentences.date(end, end.toDateString() === new Date(now).toDateString());
}
