/**
 * Tokens by which people send files: each is told to one session, works once and for a quarter of an hour, and no longer than
 * that session lasts.
 *
 * @module
 */

import { hash, randomBytes } from "node:crypto";
import type { Sender } from "./ledger.ts";

/** How long a token works, in milliseconds. */
const PERIOD = 900_000;

/** How many tokens are kept: of one sender and of one address, whose oldest give way, and of all. */
const MOST = { bySender: 16, byAddress: 256, all: 10_000 } as const;

/** What a token lets somebody do. */
export interface Grant {
  sender: Sender;
  /** Whether that is still so: whether the session goes on, and is the same person's. */
  isStill: () => boolean;
}

interface Kept extends Grant {
  until: number;
}

/** What is kept of a token. */
export function hashOfToken(token: string): string {
  return hash("sha256", token, "base64url");
}

/** The tokens that were told and not used. */
export class UploadTokens {
  readonly #now: () => number;
  /** By their hashes, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  /** @param now Milliseconds of a clock that is never set. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** Makes a token: 43 letters and digits. */
  issue(grant: Grant): string {
    this.#makeRoom(grant.sender);
    const token = randomBytes(32).toString("base64url");
    this.#kept.set(hashOfToken(token), { ...grant, until: this.#now() + PERIOD });
    return token;
  }

  /** What a token lets whoever says it do; it is used up by that. Undefined where it lets them do nothing. */
  take(token: string): Grant | undefined {
    // By the hash: what this tells by its time is a part of a hash, which opens nothing.
    const key = hashOfToken(token.slice(0, 100));
    const found = this.#kept.get(key);
    this.#kept.delete(key);
    return found !== undefined && found.until > this.#now() && found.isStill() ? found : undefined;
  }

  #makeRoom({ identity, range }: Sender): void {
    const now = this.#now();
    for (const [key, { until }] of this.#kept) {
      if (until > now) break;
      this.#kept.delete(key);
    }
    const own: string[] = [];
    const near: string[] = [];
    for (const [key, { sender }] of this.#kept) {
      if (sender.identity === identity) own.push(key);
      if (sender.range === range) near.push(key);
    }
    if (own.length >= MOST.bySender) this.#kept.delete(own[0]);
    else if (near.length >= MOST.byAddress) this.#kept.delete(near[0]);
    else if (this.#kept.size >= MOST.all) this.#kept.delete(this.#kept.keys().next().value!);
  }
}
