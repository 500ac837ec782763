/**
 * Unpacks what packed_json.ts has packed, at once: a signal that is short as it comes may be long, so it is unpacked where its
 * sender pays for the time.
 *
 * @module
 */

import { inflateRawSync } from "node:zlib";
import { MOST_BYTES, MOST_READ } from "../../shared/packed_json.ts";

/** How deep arrays and objects may lie in each other: deeper ones cost ten times as much. */
const DEEPEST = 8;

/** Unpacks what came from somebody else; undefined where that is no such text, more than a tag holds, or too deep. */
export function unpackNow(packed: string): unknown {
  if (packed.length > MOST_READ) return undefined;
  try {
    const bytes = inflateRawSync(Buffer.from(packed, "base64url"), { maxOutputLength: MOST_BYTES });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return isShallow(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function isShallow(json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < json.length; i++) {
    const one = json[i];
    if (isText) {
      if (one === "\\") i++;
      else if (one === '"') isText = false;
    } else if (one === '"') isText = true;
    else if (one === "[" || one === "{") {
      if (++depth > DEEPEST) return false;
    } else if (one === "]" || one === "}") depth--;
  }
  return true;
}
