/**
 * Accounts: a name and a password, which nobody needs to talk, but which keep a nick for its owner.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { casefold } from "../../protocol.ts";
import type { Asker } from "./hashing.ts";
import {
  areVerifiers,
  COST,
  type HashCost,
  inventScramKeys,
  PasswordHasher,
  type ScramKeys,
  scramKeysOf,
} from "./verifiers.ts";
import type { Device, Successor } from "./device.ts";
import { Devices } from "./devices.ts";
import { type AccountRecord, KeptAccounts } from "../store/accounts.ts";
import { accountOfIdentity, isDeviceIdentity } from "../store/identities.ts";
import type { Look } from "../store/looks.ts";
import type { Store } from "../store/store.ts";

/** The proof that an account belongs to somebody. */
export interface Proof {
  /** The account's name, as it is spelled. */
  account: string;
  /** Whether the account is still there, with the same password. Asked in the step in which somebody is logged in. */
  isStill(): boolean;
  /** The device by whose secret it was proved; undefined where the password was given. */
  device?: Device | undefined;
}

/** Whether a record is one of an account of that folded name. */
function isIntact(account: AccountRecord, folded: string): boolean {
  return casefold(account.name) === folded && areVerifiers(account);
}

/** The accounts of a room. */
export class Accounts {
  /** The devices by which people come back, also those without an account. */
  readonly devices: Devices;
  readonly #kept: KeptAccounts;
  readonly #passwords: PasswordHasher;
  readonly #cost: HashCost;
  /** Makes up keys for accounts that do not exist, the same each time, so that a try does not tell that they don't. */
  readonly #secret = randomBytes(32);
  /** Names, folded, that nobody may take yet. */
  readonly #held = new Set<string>();

  /**
   * @param now The time in milliseconds since 1970.
   * @param cost What hashing a password costs.
   */
  constructor(store: Store, now: () => number = Date.now, cost: HashCost = COST) {
    this.#cost = cost;
    this.#passwords = new PasswordHasher(cost);
    this.#kept = new KeptAccounts(store, isIntact, now);
    this.devices = new Devices(store, now);
  }

  /** The account of that name. One that can't be read is reported and counts as none. */
  #find(name: string): AccountRecord | undefined {
    return this.#kept.find(casefold(name));
  }

  /** The account of that name, as it is spelled. */
  find(name: string): string | undefined {
    return this.#find(name)?.name;
  }

  /**
   * Keeps a name from being taken, while something of a removed account is still to be forgotten.
   *
   * @param folded The name, folded.
   * @returns A function that ends this.
   */
  hold(folded: string): () => void {
    this.#held.add(folded);
    return () => this.#held.delete(folded);
  }

  /** Whether something of a removed account of that name is still to be forgotten. */
  isHeld(name: string): boolean {
    return this.#held.has(casefold(name));
  }

  /** Whether a name is free: there is no account of it, none that can't be read, and nothing to be forgotten of one. */
  isFree(name: string): boolean {
    return this.#kept.isFree(casefold(name)) && !this.isHeld(name);
  }

  /** The name of an account that could be taken for one of this look. @param but An account that does not matter. */
  alike(look: Look, but?: string): string | undefined {
    return this.#kept.alike(look, but === undefined ? undefined : casefold(but));
  }

  #proofOf({ name, scrypt }: AccountRecord): Proof {
    return { account: name, isStill: () => this.#find(name)?.scrypt === scrypt };
  }

  /** The identity of an account, by which the store knows it; see `KeptAccounts.identity`. */
  identity(name: string): string {
    return this.#kept.identity(casefold(name));
  }

  /**
   * Makes an account.
   *
   * @param isAllowed Asked when the password has been hashed, which takes time: whether the account may still be made.
   * @returns Nothing where it may not, where the name was not free, or where nobody waits for the answer any more.
   */
  async register(
    name: string,
    password: string,
    asker?: Asker,
    isAllowed: () => boolean = () => true,
  ): Promise<Proof | undefined> {
    const verifiers = await this.#passwords.verifiersOf(password, asker);
    // Somebody else may have taken the name meanwhile.
    if (verifiers === undefined || !this.isFree(name) || !isAllowed()) return undefined;
    const account = { name, ...verifiers };
    this.#kept.add(casefold(name), account);
    return this.#proofOf(account);
  }

  /**
   * Gives an account another password, and ends all its devices but one, in one transaction. From then on the old password is
   * of no use, not even to a login that is under way. The caller ends the sessions of the devices; see `Devices.endedOf`.
   *
   * @param isAllowed Asked when the password has been hashed, which takes time: whether it may still be changed.
   * @param prepare Called between the two; waited for.
   * @param spared The device that does not end, and what takes its place with another secret, asked for when the others end.
   * @returns Whether the password was changed.
   * @throws {StoreError} Where it can't be written; then the old one stays.
   */
  async changePassword(
    name: string,
    password: string,
    isAllowed: () => boolean,
    asker?: Asker,
    prepare?: () => Promise<void>,
    spared: () => { device?: Device | undefined; successor?: Successor | undefined } = () => ({}),
  ): Promise<boolean> {
    const verifiers = await this.#passwords.verifiersOf(password, asker);
    await prepare?.();
    if (verifiers === undefined || !isAllowed()) return false;
    const identity = this.identity(name);
    this.#kept.change(casefold(name), verifiers, () => {
      const { device, successor } = spared();
      this.devices.endOthers(identity, device, successor);
    });
    return true;
  }

  /**
   * Removes an account and all that is its own, in one transaction. The caller tells people of it. What the account has said
   * stays with those to whom it was said. Its side of very many talks, and very many visits, are left for `dropRest`: they are nobody's from now on.
   *
   * @param change What else goes with it, in the same transaction.
   * @throws {StoreError} Where that can't be written; then nothing has changed.
   */
  drop(name: string, change: () => void): void {
    const identity = this.identity(name);
    this.#kept.drop(casefold(name), () => {
      this.devices.endOthers(identity);
      change();
    });
  }

  /**
   * Removes some of what is left of the talks and visits of an account that was removed. At last the log is emptied, which holds what
   * verified the password.
   *
   * @param identity The account's; see `identity`.
   * @returns Whether there may be more.
   * @throws {StoreError} Where that can't be written.
   */
  dropRest(identity: string): boolean {
    return this.#kept.dropRest(identity);
  }

  /**
   * Gives a new account the identity of the guest who has made it: what they said and were told is the account's. It stays as it
   * is where another account has that identity.
   *
   * @param identity The guest's.
   */
  adopt(name: string, identity: string): void {
    if (this.accountOf(identity) === undefined) this.#kept.adopt(casefold(name), identity);
  }

  /** The account, folded, that has an identity; nothing where it is a guest's. */
  accountOf(identity: string): string | undefined {
    return isDeviceIdentity(identity) ? this.#kept.byIdentity(identity) : accountOfIdentity(identity);
  }

  /** The proof that a device belongs to an account, as long as it does; nothing where it is a guest's. */
  proofBy(device: Device): Proof | undefined {
    const name = device.isGuest ? undefined : this.accountOf(device.identity);
    const account = name === undefined ? undefined : this.find(name);
    const isStill = () =>
      account !== undefined && this.find(account) !== undefined &&
      this.devices.current(device)?.identity === this.identity(account);
    return account !== undefined && isStill() ? { account, isStill, device } : undefined;
  }

  /**
   * Proves that an account belongs to whoever gives this password, or the secret of one of its devices; nothing where that is
   * not so.
   */
  async verify(name: string, password: string, asker?: Asker): Promise<Proof | undefined> {
    const account = this.#find(name);
    const device = this.devices.find(password);
    const byDevice = device && this.proofBy(device);
    if (byDevice !== undefined && byDevice.account === account?.name) return byDevice;
    // For one that does not exist it takes as long.
    if (!await this.#passwords.fits(password, account, asker) || account === undefined) return undefined;
    // It may have another password by now, or be gone.
    const proof = this.#proofOf(account);
    return proof.isStill() ? proof : undefined;
  }

  /** The keys by which SCRAM verifies a password; made up where there is no such account, so that no password fits. */
  scramKeys(name: string): ScramKeys {
    const account = this.#find(name);
    return account === undefined ? inventScramKeys(this.#secret, casefold(name), this.#cost) : scramKeysOf(account);
  }

  /** Proves it to whoever knows the password of these keys, where the account still has them. */
  confirm(name: string, { kept }: ScramKeys): Proof | undefined {
    const account = this.#find(name);
    return account !== undefined && account.scram === kept ? this.#proofOf(account) : undefined;
  }
}
