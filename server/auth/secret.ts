/** Comparing a text with a secret that the server knows: the room's password, an operator's, or the key of a channel. */

import { hash, timingSafeEqual } from "node:crypto";

/** Whether a text is a secret. The time that this takes tells nothing about the secret, not even its length. */
export function isSecret(text: string, secret: string): boolean {
  return timingSafeEqual(hash("sha256", text, "buffer"), hash("sha256", secret, "buffer"));
}
