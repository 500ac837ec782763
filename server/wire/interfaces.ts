/**
 * This machine's network interfaces: by which names its listeners are reached, and which networks it is in.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { canonicalAddress } from "./address.ts";
import { type AddressSet, addressSet } from "./networks.ts";

/** So many addresses of a machine with many networks are told. */
const MOST_TOLD = 4;

/** Addresses that no other machine reaches, or only with the name of a link. */
const INNER = /^(?:127\.|169\.254\.|::1$|fe80:)/i;

/** Interfaces that lead to machines inside this one, or to a private network of few, by their usual names. */
const VIRTUAL = /^(?:br-|docker|lxc|podman|tap|tun|utun|veth|virbr|vbox|vmnet|wg)/i;

/** For so many milliseconds what is known of this machine's networks holds: it may move to another. */
const NETWORKS_HOLD = 60_000;

/**
 * By which names a listener is reached: the host that it was given; if that is every address of this machine, the local
 * name first and then the addresses by which other machines reach it, IPv4 before IPv6, and those of networks that are only
 * inside this machine last. As they stand in a URL.
 *
 * @param host The address that it listens on; every address when undefined.
 * @param interfaces This machine's.
 */
export function reachedAt(
  host: string | undefined,
  interfaces: readonly (Pick<Deno.NetworkInterfaceInfo, "address" | "family"> & { name?: string })[],
): string[] {
  const inUrl = (address: string) => address.includes(":") ? `[${address}]` : address;
  if (host !== undefined && host !== "0.0.0.0" && host !== "::") return [inUrl(host)];
  const outer = interfaces.filter(({ address }) => !INNER.test(address));
  const ofWhole = (family: "IPv4" | "IPv6", isVirtual: boolean) =>
    outer.filter((one) => one.family === family && VIRTUAL.test(one.name ?? "") === isVirtual);
  const of = (family: "IPv4" | "IPv6") =>
    [...ofWhole(family, false), ...ofWhole(family, true)].map(({ address }) => address);
  const all = [...of("IPv4"), ...host === "0.0.0.0" ? [] : of("IPv6")];
  return ["localhost", ...all.slice(0, MOST_TOLD).map(inUrl)];
}

/** What finds the addresses of a name, as the system does; rejects where there are none. */
type Lookup = (name: string) => Promise<{ address: string }[]>;

/**
 * The name under `.local` by which other machines find this one (multicast DNS, RFC 6762): where this machine finds itself by
 * it, at an address that others reach. Undefined where it does not, or may not be asked.
 */
export async function multicastName(
  machine = { hostname: () => Deno.hostname(), interfaces: () => Deno.networkInterfaces() as { address: string }[] },
  find: Lookup = (name) => lookup(name, { all: true }),
): Promise<string | undefined> {
  try {
    const name = `${machine.hostname().split(".")[0].toLowerCase()}.local`;
    if (!/^(?!-)[a-z\d-]{1,63}\.local$/.test(name)) return undefined;
    const outer = machine.interfaces().map(({ address }) => address).filter((address) => !INNER.test(address));
    const own = new Set(outer.map(canonicalAddress));
    return (await find(name)).some(({ address }) => own.has(canonicalAddress(address))) ? name : undefined;
  } catch {
    return undefined;
  }
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
