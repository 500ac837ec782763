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
import type { Part, Store } from "../store/store.ts";

/** What scrypt costs (RFC 7914 section 2): some 50 ms and 16 MiB for each password that is tried. */
const SCRYPT = { N: 16384, r: 8, p: 1, bytes: 32 } as const;

/** How often SCRAM hashes, which the client has to do, too (RFC 7677 section 4 asks for 4,096 at least). */
const ITERATIONS = 60_000;

const SALT_BYTES = 16;

/** How many accounts wait at the most while the database can't be written; beyond that none is made. */
const MOST_WAITING = 10_000;

/** How many talks of an account that was removed are deleted with one transaction. */
const TALKS_SLICE = 250;

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
  readonly #hashing = new HashQueue();
  /** Makes up keys for accounts that do not exist, the same each time, so that a try does not tell that they don't. */
  readonly #secret = randomBytes(32);
  /** Whether the last account that was looked for could be read, or was found to be none. */
  #isReadable = true;
  /** Names, folded, that nobody may take yet. */
  readonly #held = new Set<string>();
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    this.#sql = {
      find: store.db.prepare("SELECT name, scrypt, scram FROM accounts WHERE folded = ?"),
      insert: store.db.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)"),
      change: store.db.prepare("UPDATE accounts SET scrypt = ?, scram = ? WHERE folded = ?"),
      drop: store.db.prepare("DELETE FROM accounts WHERE folded = ?"),
      times: store.db.prepare("SELECT times FROM dropped_accounts WHERE folded = ?"),
      dropped: store.db.prepare(`INSERT INTO dropped_accounts VALUES (?, 1)
        ON CONFLICT DO UPDATE SET times = times + 1`),
      dropMetadata: store.db.prepare("DELETE FROM metadata WHERE account = ?"),
      dropMarkers: store.db.prepare("DELETE FROM markers WHERE identity = ?"),
      dropVisits: store.db.prepare("DELETE FROM visits WHERE person = ?"),
      dropTalks: store.db.prepare(`DELETE FROM talks WHERE identity = ?1 AND (peer, conversation) IN
        (SELECT peer, conversation FROM talks WHERE identity = ?1 LIMIT ${TALKS_SLICE})`),
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
    return this.#find(name) === undefined && !this.isHeld(name) && this.#isReadable &&
      this.#waiting.size < MOST_WAITING;
  }

  #proofOf({ name, scrypt }: Account): Proof {
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
    const folded = casefold(name);
    const row = this.#store.attempt("read accounts that were", () => this.#sql.times.get(folded) ?? { times: "" });
    // Where that can't be read, the past of one who had the name before is shown to nobody.
    const times = row === undefined ? "?" : row.times;
    return times === "" ? `account:${folded}` : `account:${folded}/${times}`;
  }

  /** What verifies a password: new each time. Nothing where nobody waits for it any more. */
  async #verifiers(password: string, asker?: Asker): Promise<Pick<Account, "scrypt" | "scram"> | undefined> {
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
    this.#waiting.set(casefold(name), account);
    this.#store.changed(this);
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
    this.#store.transact(() => this.#sql.change.run(verifiers.scrypt, verifiers.scram, casefold(name)));
    // By what verified the old one it could be guessed.
    this.#store.copyLog("TRUNCATE");
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
    const folded = casefold(name);
    const identity = this.identity(name);
    this.#store.transact(() => {
      this.#sql.drop.run(folded);
      this.#sql.dropped.run(folded);
      this.#sql.dropMetadata.run(folded);
      this.#sql.dropMarkers.run(identity);
      this.#sql.dropVisits.run(identity);
      this.#sql.dropTalks.run(identity);
      change();
    });
  }

  /**
   * Removes some of what is left of the talks of an account that was removed; true where there may be more. At last the
   * log is emptied, which has what verified the password.
   *
   * @param identity Who it was, see `identity`.
   * @throws {StoreError} Where that can't be written.
   */
  dropTalks(identity: string): boolean {
    let dropped: number | bigint = 0;
    this.#store.transact(() => dropped = this.#sql.dropTalks.run(identity).changes);
    if (dropped === TALKS_SLICE) return true;
    this.#store.copyLog("TRUNCATE");
    return false;
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

  save(): void {
    for (const [folded, { name, scrypt, scram }] of this.#waiting) {
      this.#sql.insert.run(folded, name, scrypt, scram, this.#now());
    }
  }

  saved(): void {
    this.#waiting.clear();
  }
}
