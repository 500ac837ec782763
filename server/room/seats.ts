/**
 * The seats of a channel: who may come back in spite of mode `i`, because they were in.
 *
 * A person gets a seat by joining while the mode is on, or by being in when it is set. The seat stays when its owner leaves. A
 * kick takes it, and so does a ban that covers its owner, and the end of the mode. Seats of accounts and devices outlive the channel's
 * last member; the seat of a guest without a device ends with the guest.
 *
 * @module
 */

import { isLastingIdentity } from "../store/identities.ts";

/**
 * How many seats there may be. Guests have their own count, since anyone can be as many guests as they like; and those who
 * come back by a device have one.
 */
const MOST = { accounts: 500, devices: 200, guests: 200 } as const;

type Kind = keyof typeof MOST;

interface Seat {
  /** How many members are in by it. */
  present: number;
  readonly kind: Kind;
}

/** The seats of one channel. */
export class Seats {
  /** By identity, those that are there for the longest first. */
  readonly #seats = new Map<string, Seat>();
  readonly #counts = { accounts: 0, devices: 0, guests: 0 };
  readonly #onChange: (identity: string, isThere: boolean) => void;
  readonly #isAccounts: (identity: string) => boolean;

  /**
   * @param onChange Told when the seat of an account or a device begins or ends, which is to be kept.
   * @param isAccounts Whether an identity is an account's.
   */
  constructor(onChange: (identity: string, isThere: boolean) => void, isAccounts: (identity: string) => boolean) {
    this.#onChange = onChange;
    this.#isAccounts = isAccounts;
  }

  #kindOf(identity: string): Kind {
    if (!isLastingIdentity(identity)) return "guests";
    return this.#isAccounts(identity) ? "accounts" : "devices";
  }

  /** Adds a seat that was kept, of somebody who is not in. False if it can't be one, or there are too many. */
  restore(identity: string): boolean {
    const kind = this.#kindOf(identity);
    if (kind === "guests" || this.#counts[kind] >= MOST[kind]) return false;
    this.#add(identity, { present: 0, kind });
    return true;
  }

  has(identity: string): boolean {
    return this.#seats.has(identity);
  }

  /** Whether the owner of a seat is away. */
  isEmpty(identity: string): boolean {
    return this.#seats.get(identity)?.present === 0;
  }

  get identities(): string[] {
    return [...this.#seats.keys()];
  }

  /** Notes that an identity is an account's from now on, which was a guest's. */
  becameAccounts(identity: string): void {
    const seat = this.#seats.get(identity);
    if (seat === undefined) return;
    this.#counts[seat.kind]--;
    this.#add(identity, { ...seat, kind: "accounts" });
  }

  /**
   * Seats a member.
   *
   * @param mayDisplace Whether, where there are too many, the oldest seat of somebody who is away gives way.
   * @returns The seat, or undefined if there is none for this member.
   */
  take(identity: string, mayDisplace: boolean): string | undefined {
    const seat = this.#seats.get(identity);
    if (seat !== undefined) {
      seat.present++;
      return identity;
    }
    const kind = this.#kindOf(identity);
    if (this.#counts[kind] >= MOST[kind]) {
      const oldest = mayDisplace
        ? this.#seats.entries().find(([, one]) => one.present === 0 && one.kind === kind)
        : undefined;
      if (oldest === undefined) return undefined;
      this.drop(oldest[0]);
    }
    this.#add(identity, { present: 1, kind });
    if (kind !== "guests") this.#onChange(identity, true);
    return identity;
  }

  #add(identity: string, seat: Seat): void {
    this.#seats.set(identity, seat);
    this.#counts[seat.kind]++;
  }

  /** Notes that one member fewer is in by a seat, which stays. */
  leave(identity: string): void {
    const seat = this.#seats.get(identity);
    if (seat !== undefined) seat.present--;
  }

  /** Takes a seat away. */
  drop(identity: string): void {
    const seat = this.#seats.get(identity);
    if (seat === undefined) return;
    this.#seats.delete(identity);
    this.#counts[seat.kind]--;
    if (seat.kind !== "guests") this.#onChange(identity, false);
  }
}
