/**
 * The seats of a channel: who may come back in spite of mode `i`, because they were in.
 *
 * A person gets a seat by joining while the mode is on, or by being in when it is set. The seat stays when its owner leaves. A
 * kick takes it, and so does a ban that covers its owner, and the end of the mode. Seats of accounts and devices outlive the channel's
 * last member; the seat of a guest without a device ends with the guest.
 *
 * @module
 */

import { isAccountIdentity, isLastingIdentity } from "../store/identities.ts";

/**
 * How many seats there may be. Guests have their own count, since anyone can be as many guests as they like; and those who
 * come back by a device have one.
 */
const MOST = { accounts: 500, devices: 200, guests: 200 } as const;

function kindOf(identity: string): keyof typeof MOST {
  if (isAccountIdentity(identity)) return "accounts";
  return isLastingIdentity(identity) ? "devices" : "guests";
}

/** The seats of one channel. */
export class Seats {
  /** How many members are in by each seat, by identity. */
  readonly #present = new Map<string, number>();
  readonly #counts = { accounts: 0, devices: 0, guests: 0 };
  readonly #onChange: (identity: string, isThere: boolean) => void;

  /** @param onChange Told when the seat of an account or a device begins or ends, which is to be kept. */
  constructor(onChange: (identity: string, isThere: boolean) => void) {
    this.#onChange = onChange;
  }

  /** Adds a seat that was kept, of somebody who is not in. False if it can't be one, or there are too many. */
  restore(identity: string): boolean {
    if (!isLastingIdentity(identity) || this.#counts[kindOf(identity)] >= MOST[kindOf(identity)]) return false;
    this.#add(identity, 0);
    return true;
  }

  has(identity: string): boolean {
    return this.#present.has(identity);
  }

  /** Whether the owner of a seat is away. */
  isEmpty(identity: string): boolean {
    return this.#present.get(identity) === 0;
  }

  get identities(): string[] {
    return [...this.#present.keys()];
  }

  /**
   * Seats a member.
   *
   * @param mayDisplace Whether, where there are too many, the oldest seat of somebody who is away gives way.
   * @returns The seat, or undefined if there is none for this member.
   */
  take(identity: string, mayDisplace: boolean): string | undefined {
    const present = this.#present.get(identity);
    if (present !== undefined) {
      this.#present.set(identity, present + 1);
      return identity;
    }
    const kind = kindOf(identity);
    if (this.#counts[kind] >= MOST[kind]) {
      const oldest = mayDisplace
        ? this.#present.entries().find(([seat, n]) => n === 0 && kindOf(seat) === kind)
        : undefined;
      if (oldest === undefined) return undefined;
      this.drop(oldest[0]);
    }
    this.#add(identity, 1);
    if (isLastingIdentity(identity)) this.#onChange(identity, true);
    return identity;
  }

  #add(identity: string, present: number): void {
    this.#present.set(identity, present);
    this.#counts[kindOf(identity)]++;
  }

  /** Notes that one member fewer is in by a seat, which stays. */
  leave(identity: string): void {
    const present = this.#present.get(identity);
    if (present !== undefined) this.#present.set(identity, present - 1);
  }

  /** Takes a seat away. */
  drop(identity: string): void {
    if (!this.#present.delete(identity)) return;
    this.#counts[kindOf(identity)]--;
    if (isLastingIdentity(identity)) this.#onChange(identity, false);
  }
}
