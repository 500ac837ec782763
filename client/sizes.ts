/**
 * How much memory kept objects take, about, and copies that keep no more than themselves. Sizes are in UTF-16 units.
 *
 * @module
 */

import { detached, type Message } from "../protocol.ts";

/** What an object takes beside its texts, about, in the unit of sizes. */
export const OVERHEAD = 250;

/** What a parameter and a tag take beside their texts. */
const PARAM_OVERHEAD = 16;
const TAG_OVERHEAD = 64;

/** The size of a message, of one that is `detachedMessage`. */
export function sizeOf({ tags, source = "", params }: Message): number {
  let size = OVERHEAD + source.length;
  for (const param of params) size += PARAM_OVERHEAD + param.length;
  for (const key in tags) size += TAG_OVERHEAD + key.length + tags[key].length;
  return size;
}

/** The same message with all its parts `detached`, so that the rest of its line is not kept with it. */
export function detachedMessage({ tags, source, command, params }: Message): Message {
  const copies: Message["tags"] = Object.create(null);
  for (const key in tags) copies[key] = detached(tags[key]);
  const rest = { tags: copies, command: detached(command), params: params.map(detached) };
  return source === undefined ? rest : { ...rest, source: detached(source) };
}

/** The same object, as one whose texts are `detached`. */
export function detachedTexts<T extends object>(object: T): T {
  const parts = Object.entries(object).map(([key, part]) => [key, typeof part === "string" ? detached(part) : part]);
  return Object.fromEntries(parts) as T;
}
