/**
 * What verifies a password without telling it: made for a new password, compared with one that is tried, and read as the keys
 * of SCRAM. Two such verifiers are kept of each password, as texts: one of scrypt, one of SCRAM-SHA-256.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { type Asker, HashQueue } from "./hashing.ts";
import type { Verifiers } from "../store/accounts.ts";

/** What scrypt needs beside its cost (RFC 7914 section 2), and how many bytes it gives. */
const SCRYPT = { r: 8, p: 1, bytes: 32 } as const;

/** What hashing a password costs. */
export interface HashCost {
  /** The cost of scrypt, a power of two (RFC 7914 section 2). */
  N: number;
  /** How often SCRAM hashes, which the client has to do as well (RFC 7677 section 4 asks for 4,096 at least). */
  iterations: number;
}

/** Some 50 ms and 16 MiB for each password that is tried. */
export const COST: HashCost = { N: 16384, iterations: 60_000 };

const SALT_BYTES = 16;

/** How long a password may be, in characters. */
export const PASSWORD = { least: 3, most: 300 } as const;

/** How a verifier of scrypt is written: `N$r$p$salt$hash`, the last two in base64. */
const SCRYPT_TEXT = /^(\d{4,6})\$(\d{1,2})\$\d{1,2}\$[A-Za-z\d+/]+={0,2}\$[A-Za-z\d+/]{43}=$/;

/** How a verifier of SCRAM is written: `iterations$salt$StoredKey$ServerKey`, the last three in base64. */
const SCRAM_TEXT = /^\d{4,6}\$[A-Za-z\d+/]+={0,2}(?:\$[A-Za-z\d+/]{43}=){2}$/;

/** The most memory that scrypt may take, in bytes (`node:crypto` refuses more). */
const SCRYPT_MEMORY = 32 * 1024 * 1024;

/** The keys by which SCRAM-SHA-256 verifies a password (RFC 5802 section 3). */
export interface ScramKeys {
  iterations: number;
  salt: Uint8Array;
  storedKey: Uint8Array;
  serverKey: Uint8Array;
  /** The text that these were read from; nothing where they are made up. */
  kept?: string;
}

const scryptAsync = promisify<string, Uint8Array, number, { N: number; r: number; p: number }, Buffer>(scrypt);
const pbkdf2Async = promisify(pbkdf2);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const bytes = (text: string): Uint8Array => Buffer.from(text, "base64");

/** HMAC-SHA-256 (RFC 5802 section 2.2). */
export function hmac(key: Uint8Array, text: string | Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

/** SHA-256. */
export function sha256(data: Uint8Array): Uint8Array {
  return createHash("sha256").update(data).digest();
}

/** A password as it is hashed: normalised to NFKC, as SASLprep does (RFC 4013 section 2.2), so that what looks alike is the same. */
function prepared(password: string): string {
  return password.normalize("NFKC");
}

/** Whether two texts are verifiers such as `PasswordHasher.verifiersOf` makes. */
export function areVerifiers({ scrypt, scram }: Verifiers): boolean {
  const [, N, r] = (SCRYPT_TEXT.exec(scrypt) ?? []).map(Number);
  return Number.isInteger(Math.log2(N)) && r > 0 && 128 * N * r < SCRYPT_MEMORY && SCRAM_TEXT.test(scram);
}

/** Reads the keys of SCRAM from its verifier. */
export function scramKeysOf({ scram }: Verifiers): ScramKeys {
  const [iterations, ...keys] = scram.split("$");
  const [salt, storedKey, serverKey] = keys.map(bytes);
  return { iterations: Number(iterations), salt, storedKey, serverKey, kept: scram };
}

/**
 * Makes up keys that no password fits.
 *
 * @param secret Known to nobody else, and the same each time.
 * @param name The salt is the same each time for the same name.
 */
export function inventScramKeys(secret: Uint8Array, name: string, { iterations }: HashCost): ScramKeys {
  const salt = hmac(secret, name).subarray(0, SALT_BYTES);
  return { iterations, salt, storedKey: randomBytes(32), serverKey: randomBytes(32) };
}

/** Hashes passwords, one at a time. */
export class PasswordHasher {
  readonly #queue = new HashQueue();
  readonly #cost: HashCost;

  constructor(cost: HashCost) {
    this.#cost = cost;
  }

  /** Makes what verifies a password: new each time. Nothing where nobody waits for it any more. */
  async verifiersOf(password: string, asker?: Asker): Promise<Verifiers | undefined> {
    const text = prepared(password);
    const [salt, scramSalt] = [randomBytes(SALT_BYTES), randomBytes(SALT_BYTES)];
    const [{ N, iterations }, { r, p }] = [this.#cost, SCRYPT];
    const hash = await this.#queue.run(() => scryptAsync(text, salt, SCRYPT.bytes, { N, r, p }), asker);
    const salted = await this.#queue.run(() => pbkdf2Async(text, scramSalt, iterations, 32, "sha256"), asker);
    if (hash === undefined || salted === undefined) return undefined;
    const keys = [scramSalt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key")];
    return {
      scrypt: [N, r, p, base64(salt), base64(hash)].join("$"),
      scram: [iterations, ...keys.map(base64)].join("$"),
    };
  }

  /**
   * Whether a password fits its verifiers; false where nobody waits for it any more.
   *
   * @param verifiers When left out, no password fits, and that takes as long.
   */
  async fits(password: string, verifiers?: Verifiers, asker?: Asker): Promise<boolean> {
    const [{ N }, { r, p }] = [this.#cost, SCRYPT];
    const kept = verifiers?.scrypt ??
      [N, r, p, base64(randomBytes(SALT_BYTES)), base64(randomBytes(SCRYPT.bytes))].join("$");
    const [cost, blocks, parallel, salt, hash] = kept.split("$");
    const options = { N: Number(cost), r: Number(blocks), p: Number(parallel) };
    const expected = bytes(hash);
    const found = await this.#queue.run(
      () => scryptAsync(prepared(password), bytes(salt), expected.length, options),
      asker,
    );
    return found !== undefined && timingSafeEqual(found, expected);
  }
}
