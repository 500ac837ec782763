/**
 * What is kept for each address, where all addresses of one IPv6 /64 are one (`addressRange`).
 *
 * @module
 */

import { addressRange } from "./address.ts";

/** A value for each address, made when the address is first asked about. */
export class PerAddress<Value> {
  readonly #values = new Map<string, Value>();
  readonly #make: () => Value;

  /** @param make Makes the value of an address that has none. */
  constructor(make: () => Value) {
    this.#make = make;
  }

  /** How many addresses have a value. */
  get size(): number {
    return this.#values.size;
  }

  /** The value of an address. */
  of(address: string): Value {
    const range = addressRange(address);
    let value = this.#values.get(range);
    if (value === undefined) this.#values.set(range, value = this.#make());
    return value;
  }

  /** All values. */
  values(): Iterable<Value> {
    return this.#values.values();
  }

  /** Forgets the addresses for whose value this is true. @param isDone Is also given the address' range. */
  sweep(isDone: (value: Value, range: string) => boolean): void {
    for (const [range, value] of this.#values) if (isDone(value, range)) this.#values.delete(range);
  }
}
