/**
 * This machine's network interfaces: by which names its listeners are reached, and which networks it is in.
 *
 * @module
 */

import { type AddressSet, addressSet } from "./networks.ts";

/** So many addresses of a machine with many networks are told. */
const MOST_TOLD = 4;

/** Addresses that no other machine reaches, or only with the name of a link. */
const INNER = /^(?:127\.|169\.254\.|::1$|fe80:)/i;

/** For so many milliseconds what is known of this machine's networks holds: it may move to another. */
const NETWORKS_HOLD = 60_000;

/**
 * By which names a listener is reached: the host that it was given; if that is every address of this machine, the local
 * name first and then the addresses by which other machines reach it, IPv4 before IPv6. As they stand in a URL.
 *
 * @param host The address that it listens on; every address when undefined.
 * @param interfaces This machine's.
 */
export function reachedAt(
  host: string | undefined,
  interfaces: readonly Pick<Deno.NetworkInterfaceInfo, "address" | "family">[],
): string[] {
  const inUrl = (address: string) => address.includes(":") ? `[${address}]` : address;
  if (host !== undefined && host !== "0.0.0.0" && host !== "::") return [inUrl(host)];
  const outer = interfaces.filter(({ address }) => !INNER.test(address));
  const of = (family: "IPv4" | "IPv6") => outer.filter((one) => one.family === family).map(({ address }) => address);
  const all = [...of("IPv4"), ...host === "0.0.0.0" ? [] : of("IPv6")];
  return ["localhost", ...all.slice(0, MOST_TOLD).map(inUrl)];
}

/** The networks that this machine is in; none if it may not be asked. */
export class OwnNetworks implements AddressSet {
  #set = addressSet([]);
  #until = 0;

  has(address: string): boolean {
    const now = Date.now();
    if (now >= this.#until) {
      this.#until = now + NETWORKS_HOLD;
      this.#set = addressSet(subnets());
    }
    return this.#set.has(address);
  }
}

function subnets(): string[] {
  try {
    return Deno.networkInterfaces().map(({ cidr }) => cidr).filter((cidr) => cidr !== null);
  } catch {
    return [];
  }
}
