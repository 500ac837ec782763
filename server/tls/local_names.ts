/**
 * Under which names and addresses this machine is reached, and which of them an authority of its own may vouch for: none
 * that somebody else on the internet may have.
 *
 * @module
 */

import { canonicalAddress } from "../wire/address.ts";
import { addressSet, isIPv4, LOCAL_DOMAINS, networkText, parseAddress, PRIVATE_NETWORKS } from "../wire/networks.ts";
import type { Constraints, Names } from "./certificate.ts";

/** So many addresses are named: a machine that runs containers may have hundreds. */
const MOST_ADDRESSES = 100;

/** Addresses that are no use in a URL: they need the name of a link. */
const OF_A_LINK = addressSet(["fe80::/10"]);

/** This machine's own addresses, whatever its interfaces are. */
const LOOPBACK = ["127.0.0.1", "::1"];

/** How many bits of an address name a machine's network: in IPv6 its own part of the address changes daily. */
const OWN_BITS = { ipv4: 32, ipv6: 64 } as const;

/** What is known of this machine. */
export interface Machine {
  /** Its host name; empty where it is not known. */
  hostname: string;
  /** The addresses of its interfaces. */
  addresses: string[];
}

/** This machine, as far as the program may ask. */
export function thisMachine(): Machine {
  const ask = <T>(question: () => T, otherwise: T): T => {
    try {
      return question();
    } catch {
      return otherwise;
    }
  };
  return {
    hostname: ask(() => Deno.hostname(), ""),
    addresses: ask(() => Deno.networkInterfaces().map(({ address }) => address), []),
  };
}

/**
 * The names and addresses by which a machine is reached, in a steady order.
 *
 * @param others Host names and addresses that people use besides.
 */
export function namesOf({ hostname, addresses }: Machine, others: string[] = []): Names {
  const own = hostname.toLowerCase();
  const written = [...LOOPBACK, ...addresses, ...others];
  const found = written.map(canonicalAddress).filter((one) => one !== undefined && !OF_A_LINK.has(one)) as string[];
  const hosts = ["localhost", own, `${own.split(".")[0]}.local`, ...others.map((name) => name.toLowerCase())];
  return {
    hosts: [...new Set(hosts)].filter(isHostName),
    // Every interface's, but for those that mean all of them.
    addresses: [...new Set(found)].filter((one) => one !== "0.0.0.0" && one !== "::").slice(0, MOST_ADDRESSES),
  };
}

/**
 * What an authority on this machine may vouch for: networks that are nobody's on the internet, names that nobody can
 * register, this machine's own name, and its own addresses.
 */
export function constraintsFor(machine: Machine): Constraints {
  const { hosts, addresses } = namesOf(machine);
  const networks = [...PRIVATE_NETWORKS.map(withLength)];
  for (const address of addresses) {
    if (!isInNetworks(address, networks)) networks.push(ownNetwork(address));
  }
  const domains = [...LOCAL_DOMAINS];
  return { domains, hosts: hosts.filter((host) => !isWithin(host, domains)), networks };
}

/** Those of the names that an authority with such constraints can vouch for. */
export function permitted({ hosts, addresses }: Names, constraints: Constraints): Names {
  return {
    hosts: hosts.filter((host) => constraints.hosts.includes(host) || isWithin(host, constraints.domains)),
    addresses: addresses.filter((address) => isInNetworks(address, constraints.networks)),
  };
}

/** Whether a name is one of these domains or under one. */
function isWithin(host: string, domains: string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

function isInNetworks(address: string, networks: string[]): boolean {
  return addressSet(networks).has(address);
}

/** A host name as certificates may hold it (RFC 1123, section 2.1), and no address. */
function isHostName(text: string): boolean {
  const isName = /^(?!-)[a-z\d-]{1,63}(?:\.(?!-)[a-z\d-]{1,63})*$/.test(text) && text.length <= 253;
  return isName && canonicalAddress(text) === undefined && !/(?:^|\.)\d+$/.test(text);
}

function withLength(network: string): string {
  return network.includes("/") ? network : `${network}/${network.includes(":") ? 128 : 32}`;
}

function ownNetwork(address: string): string {
  const number = parseAddress(address)!;
  if (isIPv4(number)) return `${address}/${OWN_BITS.ipv4}`;
  const rest = BigInt(128 - OWN_BITS.ipv6);
  return networkText({ first: number >> rest << rest, bits: OWN_BITS.ipv6 });
}
