/**
 * The devices that are here: those that have connections now.
 *
 * @module
 */

import type { Device } from "./device.ts";

/** The devices that are here, by what they are asked for. */
export class PresentDevices {
  /** By the hashes of their secrets. */
  readonly #byHash = new Map<string, Device>();
  /** By the identities that they belong to. */
  readonly #byIdentity = new Map<string, Set<Device>>();

  /** The device of a secret. @param hash Of the secret. */
  get(hash: string): Device | undefined {
    return this.#byHash.get(hash);
  }

  has(hash: string): boolean {
    return this.#byHash.has(hash);
  }

  /** The devices of an identity, in the order in which they came. */
  ofIdentity(identity: string): Device[] {
    return [...this.#byIdentity.get(identity) ?? []];
  }

  /** A device has a connection. */
  add(device: Device): void {
    this.#byHash.set(device.hash, device);
    this.#byIdentity.set(device.identity, (this.#byIdentity.get(device.identity) ?? new Set()).add(device));
  }

  /** A device has no connection any more, or has ended. */
  delete(device: Device): void {
    this.#byHash.delete(device.hash);
    const others = this.#byIdentity.get(device.identity);
    if (others?.delete(device) && others.size === 0) this.#byIdentity.delete(device.identity);
  }
}
