/**
 * How a page gets the new secret of its device, which no script may read: the page is told a token over its WebSocket, and
 * the answer to a request with that token sets the cookie. What is offered here works once, and for some seconds.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { hashOf } from "./device_secrets.ts";

/** How long a token works, and for how long a browser may still come by its old cookie, in milliseconds. */
const PERIOD = 30_000;

/** How many tokens are kept at the most, a few hundred bytes each; the oldest gives way, and its person logs in again. */
const MOST = 10_000;

/** New secrets that wait for their pages. */
export class Renewals {
  readonly #now: () => number;
  /** By the hash of the token: the new secret, and until when it is kept. The oldest first. */
  readonly #offers = new Map<string, { secret: string; until: number }>();
  /** The hashes of the secrets in place of which those were made, and until when these are remembered. The oldest first. */
  readonly #replaced = new Map<string, { until: number }>();

  /** @param now The time in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  #trim(map: Map<string, { until: number }>): void {
    const now = this.#now();
    for (const [key, { until }] of map) {
      // A clock that was set back would keep them for longer.
      if (map.size < MOST && until > now && until <= now + PERIOD) break;
      map.delete(key);
    }
  }

  /** Keeps a secret for its page. @param before The hash of the one before. @returns The token, 43 letters and digits. */
  offer(secret: string, before: string): string {
    this.#trim(this.#offers);
    this.#trim(this.#replaced);
    const token = randomBytes(32).toString("base64url");
    const until = this.#now() + PERIOD;
    this.#offers.set(hashOf(token), { secret, until });
    this.#replaced.set(before, { until });
    return token;
  }

  /** The secret that is offered for a token, which is used up by it; undefined where there is none any more. */
  take(token: string): string | undefined {
    this.#trim(this.#offers);
    // By the hash: what this tells by its time is a part of a hash, which opens nothing.
    const key = hashOf(token);
    const found = this.#offers.get(key);
    this.#offers.delete(key);
    return found?.secret;
  }

  /** Whether a page may be about to get another secret in place of the one with this hash. */
  isReplaced(hash: string): boolean {
    this.#trim(this.#replaced);
    return this.#replaced.has(hash);
  }
}
