/**
 * Accounts: a name and a password that nobody needs, by which a nick stays its owner's. Passwords are kept as what
 * verifies them. It must not know sessions.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { casefold } from "../protocol.ts";
import type { Part, Store } from "./store.ts";

/** What scrypt costs (RFC 7914 section 2): some 50 ms and 16 MiB for each password that is tried. */
const SCRYPT = { N: 16384, r: 8, p: 1, bytes: 32 } as const;

/** How often SCRAM hashes, which the client has to do, too (RFC 7677 section 4 asks for 4,096 at least). */
const ITERATIONS = 60_000;

const SALT_BYTES = 16;

/** How many tries an address has, and how long it takes until one of them is forgotten, in milliseconds. */
const TRIES = { most: 20, forgotten: 60_000 } as const;

/** How many addresses' tries are remembered before those that are forgotten are dropped. */
const MOST_ADDRESSES = 1_000;

/** How many accounts wait at the most while the database can't be written; beyond that none is made. */
const MOST_WAITING = 10_000;

/** How long a password may be, in characters. */
export const PASSWORD = { least: 3, most: 300 } as const;

/** What verifies a password without telling it, for SCRAM-SHA-256 (RFC 5802 section 3). */
export interface ScramKeys {
  iterations: number;
  salt: Uint8Array;
  storedKey: Uint8Array;
  serverKey: Uint8Array;
}

interface Account {
  name: string;
  /** `N$r$p$salt$hash`, the last two in base64. */
  scrypt: string;
  /** `iterations$salt$StoredKey$ServerKey`, the last three in base64. */
  scram: string;
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

/** A password as it is hashed: what looks the same is the same (RFC 8265 section 4.2). */
function prepared(password: string): string {
  return password.normalize("NFKC");
}

/** How both are written, see `Account`: what it costs, and base64 of any length or of 32 bytes. */
const SCRYPT_TEXT = /^(\d{4,6})\$(\d{1,2})\$\d{1,2}\$[A-Za-z\d+/]+={0,2}\$[A-Za-z\d+/]{43}=$/;
const SCRAM_TEXT = /^\d{4,6}\$[A-Za-z\d+/]+={0,2}(?:\$[A-Za-z\d+/]{43}=){2}$/;

/** The most memory that scrypt may take, in bytes (`node:crypto` refuses more). */
const SCRYPT_MEMORY = 32 * 1024 * 1024;

/** Whether a row is such as `Accounts.register` makes for a folded name. */
function isIntact({ name, scrypt, scram }: Account, folded: string): boolean {
  const [, N, r] = (SCRYPT_TEXT.exec(scrypt) ?? []).map(Number);
  return casefold(name) === folded && Number.isInteger(Math.log2(N)) && r > 0 && 128 * N * r < SCRYPT_MEMORY &&
    SCRAM_TEXT.test(scram);
}

/** The accounts of a room. */
export class Accounts implements Part {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #waiting = new Map<string, Account>();
  /** Passwords are hashed one at a time: many tries at once would take the machine from those who talk. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Until when an address is being forgotten its tries. */
  readonly #busyUntil = new Map<string, number>();
  /** Makes up keys for accounts that do not exist, the same each time, so that a try does not tell that they don't. */
  readonly #secret = randomBytes(32);
  /** Whether the last account that was looked for could be read, or was found to be none. */
  #isReadable = true;
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    this.#sql = {
      find: store.db.prepare("SELECT name, scrypt, scram FROM accounts WHERE folded = ?"),
      insert: store.db.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)"),
    };
  }

  /** The account of that name. One that can't be read is reported and counts as none. */
  #find(name: string): Account | undefined {
    const folded = casefold(name);
    const waiting = this.#waiting.get(folded);
    if (waiting !== undefined) return waiting;
    let isRead = false;
    const account = this.#store.attempt("read an account", () => {
      const row = this.#sql.find.get(folded) as unknown as Account | undefined;
      if (row !== undefined && !isIntact(row, folded)) throw new TypeError(`what is kept of ${folded} is damaged`);
      isRead = true;
      return row;
    });
    this.#isReadable = isRead;
    return account;
  }

  /** Whether it is free: there is no account of that name, and none that can't be read. */
  isFree(name: string): boolean {
    return this.#find(name) === undefined && this.#isReadable && this.#waiting.size < MOST_WAITING;
  }

  /** The account of that name, as it is spelled. */
  find(name: string): string | undefined {
    return this.#find(name)?.name;
  }

  /**
   * Makes an account.
   *
   * @returns Whether the name was free.
   */
  async register(name: string, password: string): Promise<boolean> {
    const text = prepared(password);
    const [salt, scramSalt] = [randomBytes(SALT_BYTES), randomBytes(SALT_BYTES)];
    const { N, r, p } = SCRYPT;
    const hash = await this.#inTurn(() => scryptAsync(text, salt, SCRYPT.bytes, { N, r, p }));
    const salted = await this.#inTurn(() => pbkdf2Async(text, scramSalt, ITERATIONS, 32, "sha256"));
    const keys = [scramSalt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key")];
    // Somebody else may have taken it meanwhile.
    if (!this.isFree(name)) return false;
    this.#waiting.set(casefold(name), {
      name,
      scrypt: [N, r, p, base64(salt), base64(hash)].join("$"),
      scram: [ITERATIONS, ...keys.map(base64)].join("$"),
    });
    this.#store.changed(this);
    return true;
  }

  /** The account's name as it is spelled, if that is its password. */
  async verify(name: string, password: string): Promise<string | undefined> {
    const account = this.#find(name);
    const { N, r, p } = SCRYPT;
    // One that does not exist takes as long.
    const kept = account?.scrypt ??
      [N, r, p, base64(randomBytes(SALT_BYTES)), base64(randomBytes(SCRYPT.bytes))].join("$");
    const [cost, blocks, parallel, salt, hash] = kept.split("$");
    const options = { N: Number(cost), r: Number(blocks), p: Number(parallel) };
    const expected = bytes(hash);
    const found = await this.#inTurn(() => scryptAsync(prepared(password), bytes(salt), expected.length, options));
    return timingSafeEqual(found, expected) ? account?.name : undefined;
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
    return { iterations: Number(iterations), salt, storedKey, serverKey };
  }

  /**
   * Takes one of the tries that an address has, for a password or for an account that is made. It is taken before, so that
   * many at once have no more than these.
   *
   * @returns Whether there was one.
   */
  take(address: string): boolean {
    const now = this.#now();
    if (this.#busyUntil.size >= MOST_ADDRESSES) {
      for (const [other, until] of this.#busyUntil) if (until <= now) this.#busyUntil.delete(other);
    }
    const until = Math.max(this.#busyUntil.get(address) ?? 0, now);
    if (until - now > (TRIES.most - 1) * TRIES.forgotten) return false;
    this.#busyUntil.set(address, until + TRIES.forgotten);
    return true;
  }

  /** Gives a try back: the password was right, or none was tried. */
  giveBack(address: string): void {
    const until = this.#busyUntil.get(address);
    if (until !== undefined) this.#busyUntil.set(address, until - TRIES.forgotten);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  save(): void {
    for (const [folded, { name, scrypt, scram }] of this.#waiting) {
      this.#sql.insert.run(folded, name, scrypt, scram, this.#now());
    }
  }

  saved(): void {
    this.#waiting.clear();
  }
}
