/**
 * The secrets of devices: how they are made, written and recognised.
 *
 * A secret is random, and as long as a key. So its hash is kept as it is (SHA-256): a slow hash would only protect what can
 * be guessed. A secret is told once, to the client that is to keep it, and is nowhere else.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * How many random bytes a secret has, by how many others, made of these, the room knows its own; and how many bytes an app
 * password has, which is typed by people.
 */
const BYTES = { secret: 20, mark: 12, appPassword: 20 } as const;

/** The letters and digits of app passwords: those of Crockford's base32, of which none looks like another. */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** How a secret is written, and how an app password is: eight groups of four, which may be typed without what is between. */
const SECRET = /^[A-Za-z\d_-]{43}$/;
const APP_PASSWORD = /^[a-hj-km-np-tv-z\d]{32}$/;

/** The text of which a secret's hash is made; undefined for a text that is no secret. */
export function secretOf(text: string): string | undefined {
  if (text.length > 100) return undefined;
  const plain = text.replaceAll(/[-\s]/g, "").toLowerCase();
  if (APP_PASSWORD.test(plain)) return plain;
  return SECRET.test(text) ? text : undefined;
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return hash("sha256", secret, "base64url");
}

/**
 * By what masks name a device; see `Person.stamps`. It stays the same whoever the device belongs to, and whichever secret it
 * has, which the id and the hash do not, and tells neither the secret nor what is kept of it.
 */
export function stampOf({ hash: secretHash, stamp }: { hash: string; stamp?: string | undefined }): string {
  return stamp ?? hash("sha256", `stamp ${secretHash}`, "hex").slice(0, 12);
}

/** An app password as it is shown: `a1b2-c3d4-...`. */
export function inventAppPassword(): string {
  let bits = 0, count = 0, text = "";
  for (const byte of randomBytes(BYTES.appPassword)) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; bits &= (1 << count) - 1) text += LETTERS[bits >> (count -= 5)];
  }
  return text.match(/.{4}/g)!.join("-");
}

function markOf(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(bytes).digest().subarray(0, BYTES.mark);
}

/** Makes a secret, with a mark by which the owner of the key knows that it has made it. */
export function inventSecret(key: Uint8Array): string {
  const bytes = randomBytes(BYTES.secret);
  return Buffer.concat([bytes, markOf(key, bytes)]).toString("base64url");
}

/** Whether a secret was made with a key, though it may have no device: whoever names it guesses nothing. */
export function isMadeBy(key: Uint8Array, secret: string): boolean {
  if (!SECRET.test(secret)) return false;
  const bytes = Buffer.from(secret, "base64url");
  return timingSafeEqual(bytes.subarray(BYTES.secret), markOf(key, bytes.subarray(0, BYTES.secret)));
}
