/**
 * The addresses from which each account has been logged in to: whoever comes from there does not wait for strangers who guess
 * at the account from elsewhere.
 *
 * @module
 */

import { addressRange } from "../wire/address.ts";

/** How many accounts are remembered, and how many addresses of each; the latest. */
const MOST = { accounts: 10_000, ranges: 10 } as const;

/** The known addresses of all accounts, by their folded names. */
export class KnownPlaces {
  readonly #ranges = new Map<string, Set<string>>();

  /** Whether an account has been logged in to from an address, or from one beside it: see `addressRange`. */
  has(account: string, address: string): boolean {
    return this.#ranges.get(account)?.has(addressRange(address)) === true;
  }

  /** An account has been logged in to from an address. */
  add(account: string, address: string): void {
    const range = addressRange(address);
    const ranges = this.#ranges.get(account) ?? new Set();
    ranges.delete(range);
    ranges.add(range);
    if (ranges.size > MOST.ranges) ranges.delete(ranges.values().next().value!);
    this.#ranges.delete(account);
    this.#ranges.set(account, ranges);
    if (this.#ranges.size > MOST.accounts) this.#ranges.delete(this.#ranges.keys().next().value!);
  }

  /** An account is removed: whoever has its name next comes from elsewhere. */
  forget(account: string): void {
    this.#ranges.delete(account);
  }
}
