/**
 * Accounts: a name and a password that nobody needs, by which a nick stays its owner's. Passwords are kept as what
 * verifies them. It must not know sessions.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { casefold } from "../../protocol.ts";
import { type Asker, HashQueue } from "./hashing.ts";
import { type AccountRecord, KeptAccounts, type Verifiers } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";

/** What scrypt costs (RFC 7914 section 2): some 50 ms and 16 MiB for each password that is tried. */
const SCRYPT = { N: 16384, r: 8, p: 1, bytes: 32 } as const;

/** How often SCRAM hashes, which the client has to do, too (RFC 7677 section 4 asks for 4,096 at least). */
const ITERATIONS = 60_000;

const SALT_BYTES = 16;

/** How long a password may be, in characters. */
export const PASSWORD = { least: 3, most: 300 } as const;

/** What verifies a password without telling it, for SCRAM-SHA-256 (RFC 5802 section 3). */
export interface ScramKeys {
  iterations: number;
  salt: Uint8Array;
  storedKey: Uint8Array;
  serverKey: Uint8Array;
  /** These, as they are kept; nothing where they are made up. */
  kept?: string;
}

/** What somebody has proved: that an account is their own. */
export interface Proof {
  /** Its name, as it is spelled. */
  account: string;
  /** Whether the account is still there, and verified by the same. Asked in the step in which somebody is logged in. */
  isStill(): boolean;
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

/** How both are written, see `Account`: what it costs, and base64 of any length or of 32 bytes. */
const SCRYPT_TEXT = /^(\d{4,6})\$(\d{1,2})\$\d{1,2}\$[A-Za-z\d+/]+={0,2}\$[A-Za-z\d+/]{43}=$/;
const SCRAM_TEXT = /^\d{4,6}\$[A-Za-z\d+/]+={0,2}(?:\$[A-Za-z\d+/]{43}=){2}$/;

/** The most memory that scrypt may take, in bytes (`node:crypto` refuses more). */
const SCRYPT_MEMORY = 32 * 1024 * 1024;

/** Whether a row is such as `Accounts.register` makes for a folded name. */
function isIntact({ name, scrypt, scram }: AccountRecord, folded: string): boolean {
  const [, N, r] = (SCRYPT_TEXT.exec(scrypt) ?? []).map(Number);
  return casefold(name) === folded && Number.isInteger(Math.log2(N)) && r > 0 && 128 * N * r < SCRYPT_MEMORY &&
    SCRAM_TEXT.test(scram);
}

/** The accounts of a room. */
export class Accounts {
  readonly #kept: KeptAccounts;
  readonly #hashing = new HashQueue();
  /** Makes up keys for accounts that do not exist, the same each time, so that a try does not tell that they don't. */
  readonly #secret = randomBytes(32);
  /** Names, folded, that nobody may take yet. */
  readonly #held = new Set<string>();

  constructor(store: Store, now: () => number = Date.now) {
    this.#kept = new KeptAccounts(store, isIntact, now);
  }

  /** The account of that name. One that can't be read is reported and counts as none. */
  #find(name: string): AccountRecord | undefined {
    return this.#kept.find(casefold(name));
  }

  /**
   * Keeps a name from being taken, while something of a removed account is still to be forgotten.
   *
   * @param folded The name, folded.
   * @returns Ends that.
   */
  hold(folded: string): () => void {
    this.#held.add(folded);
    return () => this.#held.delete(folded);
  }

  /** Whether something of a removed account of that name is still to be forgotten. */
  isHeld(name: string): boolean {
    return this.#held.has(casefold(name));
  }

  /** Whether it is free: there is no account of that name, none that can't be read, and nothing to be forgotten of one. */
  isFree(name: string): boolean {
    return this.#kept.isFree(casefold(name)) && !this.isHeld(name);
  }

  #proofOf({ name, scrypt }: AccountRecord): Proof {
    return { account: name, isStill: () => this.#find(name)?.scrypt === scrypt };
  }

  /** The account of that name, as it is spelled. */
  find(name: string): string | undefined {
    return this.#find(name)?.name;
  }

  /**
   * Who an account is to all that is kept of it: `account:` and its folded name. One of a name that an earlier account had
   * is another, and is given nothing of what that one had.
   */
  identity(name: string): string {
    return this.#kept.identity(casefold(name));
  }

  /** What verifies a password: new each time. Nothing where nobody waits for it any more. */
  async #verifiers(password: string, asker?: Asker): Promise<Verifiers | undefined> {
    const text = prepared(password);
    const [salt, scramSalt] = [randomBytes(SALT_BYTES), randomBytes(SALT_BYTES)];
    const { N, r, p } = SCRYPT;
    const hash = await this.#hashing.run(() => scryptAsync(text, salt, SCRYPT.bytes, { N, r, p }), asker);
    const salted = await this.#hashing.run(() => pbkdf2Async(text, scramSalt, ITERATIONS, 32, "sha256"), asker);
    if (hash === undefined || salted === undefined) return undefined;
    const keys = [scramSalt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key")];
    return {
      scrypt: [N, r, p, base64(salt), base64(hash)].join("$"),
      scram: [ITERATIONS, ...keys.map(base64)].join("$"),
    };
  }

  /**
   * Makes an account.
   *
   * @returns Nothing where the name was not free.
   */
  async register(name: string, password: string, asker?: Asker): Promise<Proof | undefined> {
    const verifiers = await this.#verifiers(password, asker);
    // Somebody else may have taken it meanwhile.
    if (verifiers === undefined || !this.isFree(name)) return undefined;
    const account = { name, ...verifiers };
    this.#kept.add(casefold(name), account);
    return this.#proofOf(account);
  }

  /**
   * Gives an account another password.
   *
   * @param isAllowed Asked when the password is hashed, which takes time: whether it may still be changed.
   * @param prepare What is done between, as long as it takes.
   * @returns Whether that was so. From then on the old one is of no use, not even to a login that is under way.
   * @throws {StoreError} Where it can't be written; then the old one stays.
   */
  async changePassword(
    name: string,
    password: string,
    isAllowed: () => boolean,
    asker?: Asker,
    prepare?: () => Promise<void>,
  ): Promise<boolean> {
    const verifiers = await this.#verifiers(password, asker);
    await prepare?.();
    if (verifiers === undefined || !isAllowed()) return false;
    this.#kept.change(casefold(name), verifiers);
    return true;
  }

  /**
   * Removes an account and all that is its own, in one transaction. Whom to tell is its caller's business. What it has said
   * stays with those to whom it was said. Its side of very many talks is left for `dropTalks`: it is nobody's from now on.
   *
   * @param change What else goes with it, in the same transaction.
   * @throws {StoreError} Where that can't be written; then nothing has changed.
   */
  drop(name: string, change: () => void): void {
    this.#kept.drop(casefold(name), change);
  }

  /**
   * Removes some of what is left of the talks of an account that was removed; true where there may be more. At last the
   * log is emptied, which has what verified the password.
   *
   * @param identity Who it was, see `identity`.
   * @throws {StoreError} Where that can't be written.
   */
  dropTalks(identity: string): boolean {
    return this.#kept.dropTalks(identity);
  }

  /** Proves that an account is somebody's own, if that is its password. */
  async verify(name: string, password: string, asker?: Asker): Promise<Proof | undefined> {
    const account = this.#find(name);
    const { N, r, p } = SCRYPT;
    // One that does not exist takes as long.
    const kept = account?.scrypt ??
      [N, r, p, base64(randomBytes(SALT_BYTES)), base64(randomBytes(SCRYPT.bytes))].join("$");
    const [cost, blocks, parallel, salt, hash] = kept.split("$");
    const options = { N: Number(cost), r: Number(blocks), p: Number(parallel) };
    const expected = bytes(hash);
    const hashed = () => scryptAsync(prepared(password), bytes(salt), expected.length, options);
    const found = await this.#hashing.run(hashed, asker);
    if (found === undefined || !timingSafeEqual(found, expected)) return undefined;
    // It may have another password since, or be no more.
    const proof = account && this.#proofOf(account);
    return proof?.isStill() ? proof : undefined;
  }

  /** The keys by which SCRAM verifies a password; made up where there is no such account, and then none fits. */
  scramKeys(name: string): ScramKeys {
    const account = this.#find(name);
    if (account === undefined) {
      const salt = hmac(this.#secret, casefold(name)).subarray(0, SALT_BYTES);
      return { iterations: ITERATIONS, salt, storedKey: randomBytes(32), serverKey: randomBytes(32) };
    }
    const [iterations, ...keys] = account.scram.split("$");
    const [salt, storedKey, serverKey] = keys.map(bytes);
    return { iterations: Number(iterations), salt, storedKey, serverKey, kept: account.scram };
  }

  /** The same by its keys, if it has these still: the password may have been changed. */
  confirm(name: string, { kept }: ScramKeys): Proof | undefined {
    const account = this.#find(name);
    return account !== undefined && account.scram === kept ? this.#proofOf(account) : undefined;
  }
}
