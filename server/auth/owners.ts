/**
 * The owners of the room: accounts and devices that are operators of the server and of every channel whenever they come in.
 * The first one becomes it by a secret that the server prints on its start; they name others.
 *
 * The secret is random, so its hash is kept as it is: a slow hash would only protect what can be guessed.
 *
 * @module
 */

import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { KeptOwners, type OwnerRecord } from "../store/owners.ts";
import type { Store } from "../store/store.ts";

export type { OwnerRecord };

/** How many owners a room has at the most. */
export const MOST_OWNERS = 100;

/** How many bytes the secret has. It is written in hexadecimal digits: no program on its way takes these for anything else. */
const SECRET_BYTES = 20;

function hashOf(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** The owners of a room. */
export class Owners {
  readonly #kept: KeptOwners;
  readonly #now: () => number;
  readonly #owners: Map<string, OwnerRecord>;
  /** The hash of the secret that makes whoever says it an owner. */
  #secret: string | undefined;

  /** @param now The time in milliseconds since 1970. */
  constructor(store: Store, now: () => number = Date.now) {
    this.#kept = new KeptOwners(store);
    this.#now = now;
    this.#owners = new Map(this.#kept.all(MOST_OWNERS).map((owner) => [owner.identity, owner]));
    this.#secret = this.#kept.secret;
  }

  /** Whether the room has an owner. */
  get isOwned(): boolean {
    return this.#owners.size > 0;
  }

  /** Whether an identity is an owner's. */
  has(identity: string): boolean {
    return this.#owners.has(identity);
  }

  /** The owners, the first one first. */
  get list(): OwnerRecord[] {
    return [...this.#owners.values()];
  }

  /**
   * Makes a secret by which somebody becomes an owner, once. The one before is of no use any more.
   *
   * @returns 40 hexadecimal digits.
   * @throws {StoreError} Where it can't be written; then the one before is as it was.
   */
  invite(): string {
    const secret = randomBytes(SECRET_BYTES).toString("hex");
    this.#kept.putSecret(hashOf(secret));
    this.#secret = hashOf(secret);
    return secret;
  }

  /** Whether a text is that secret. The time that this takes tells nothing about it. */
  isSecret(text: string): boolean {
    const { length } = hashOf("");
    const known = this.#secret?.length === length ? this.#secret : "-".repeat(length);
    return timingSafeEqual(Buffer.from(hashOf(text)), Buffer.from(known));
  }

  /**
   * Makes whoever says the secret an owner, and uses it up.
   *
   * @returns False if it is not the secret, or not any more.
   * @throws {StoreError} Where it can't be written; then the secret can still be used.
   */
  claim(secret: string, identity: string, name: string): boolean {
    if (!this.isSecret(secret)) return false;
    const owner = { identity, name, namedBy: "", since: this.#now() };
    this.#kept.change([], [owner], true);
    this.#secret = undefined;
    this.#owners.set(identity, owner);
    return true;
  }

  /** Whether one more can be an owner. */
  get hasRoom(): boolean {
    return this.#owners.size < MOST_OWNERS;
  }

  /** Makes somebody an owner whom another owner has named. @throws {StoreError} Where it can't be written. */
  add(identity: string, name: string, namedBy: string): void {
    const owner = { identity, name, namedBy, since: this.#now() };
    this.#kept.change([], [owner]);
    this.#owners.set(identity, owner);
  }

  /** From now on an identity is not an owner's. @throws {StoreError} Where it can't be written. */
  remove(identity: string): void {
    this.#kept.change([identity], []);
    this.#owners.delete(identity);
  }

  /**
   * An owner has another identity from now on, since their device has become that of an account.
   *
   * @throws {StoreError} Where it can't be written; then it is as it was.
   */
  move(before: string, after: string, name: string): void {
    const owner = this.#owners.get(before);
    if (owner === undefined) return;
    const moved = { ...owner, identity: after, name };
    this.#kept.change([before], [this.#owners.get(after) ?? moved]);
    this.#owners.delete(before);
    if (!this.#owners.has(after)) this.#owners.set(after, moved);
  }

  /** Deletes an owner whose account is removed, within the transaction that removes it. `forget` follows when that is written. */
  drop(identity: string): void {
    this.#kept.drop(identity);
  }

  forget(identity: string): void {
    this.#owners.delete(identity);
  }
}
