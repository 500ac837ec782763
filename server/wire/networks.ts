/**
 * Addresses and networks (`10.0.0.0/8`) as numbers, and sets of them. `node:net`'s BlockList takes some 9 us for a look,
 * and does not tell a network's spelling.
 *
 * @module
 */

import { canonicalAddress, displayHost, groupsOf } from "./address.ts";

/** A network. An address is a number of 128 bits; IPv4 is `::ffff:0:0/96`, as RFC 4291 section 2.5.5.2 maps it. */
export interface Network {
  /** The first address. */
  first: bigint;
  /** How many bits of an address are the network's, of 128. */
  bits: number;
}

const BITS = 128;

/** An IPv6 address without a length stands for so many bits, which is what one machine is given. */
const MACHINE_BITS = 64;

/** IPv4: the bits before an address, and how many they are. */
const IPV4 = { prefix: 0xFFFFn, bits: 96 };

/** Whether an address is IPv4. */
export function isIPv4(address: bigint): boolean {
  return address >> BigInt(BITS - IPV4.bits) === IPV4.prefix;
}

/** An address as a number: IPv4, or IPv6 in any spelling, with or without a zone. Undefined if the text is none. */
export function parseAddress(text: string): bigint | undefined {
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  if (address.includes(":")) return groupsOf(address).reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n);
  return address.split(".").reduce((sum, part) => sum << 8n | BigInt(part), IPV4.prefix);
}

/** Reads an address, with its length after a slash if it has one. Undefined if the text is none. */
function parseSubnet(text: string): { address: bigint; bits: number } | undefined {
  const [written, length, ...rest] = text.split("/");
  const address = parseAddress(written);
  if (address === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { address, bits: BITS };
  // A length counts from the beginning of the address as it is written.
  const bits = Number(length) + (written.includes(":") ? 0 : IPV4.bits);
  return /^\d{1,3}$/.test(length) && bits <= BITS ? { address, bits } : undefined;
}

/** The network of so many bits that an address is in. */
function networkOf(address: bigint, bits: number): Network {
  const rest = BigInt(BITS - bits);
  return { first: address >> rest << rest, bits };
}

/**
 * Reads an address or a network. An IPv6 address stands for its /64.
 *
 * @returns Undefined if the text is neither.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const spelled = (text: string) => networkText(parseNetwork(text)!);
 * assertEquals(["2001:DB8:0::7", "::ffff:10.0.0.7", "10.1.2.3/8"].map(spelled), [
 *   "2001:db8::/64",
 *   "10.0.0.7",
 *   "10.0.0.0/8",
 * ]);
 * ```
 */
export function parseNetwork(text: string): Network | undefined {
  const subnet = parseSubnet(text);
  if (subnet === undefined) return undefined;
  const { address, bits } = subnet;
  return networkOf(address, isIPv4(address) ? bits : Math.min(bits, MACHINE_BITS));
}

/** Whether an address is in a network. An IPv4 address is in none of IPv6, though it has a number among them. */
export function isIn(address: bigint, { first, bits }: Network): boolean {
  return (address ^ first) >> BigInt(BITS - bits) === 0n && (bits >= IPV4.bits || !isIPv4(address));
}

/** The one spelling of a network. It does not begin with a colon, so that it can be a parameter of IRC. */
export function networkText({ first, bits }: Network): string {
  const part = (width: number, at: number) => Number(first >> BigInt(width * at) & (1n << BigInt(width)) - 1n);
  if (isIPv4(first) && bits >= IPV4.bits) {
    const address = [3, 2, 1, 0].map((at) => part(8, at)).join(".");
    return bits === BITS ? address : `${address}/${bits - IPV4.bits}`;
  }
  const groups = [7, 6, 5, 4, 3, 2, 1, 0].map((at) => part(16, at).toString(16)).join(":");
  return `${displayHost(groups)}/${bits}`;
}

/**
 * The /64 of an IPv6 address, which is what one machine is given, in the spelling of `networkText`. Undefined for an IPv4
 * address, and for what is no address.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["2001:db8::7", "0::1", "10.0.0.7", "kettle"].map(machineRange), [
 *   "2001:db8::/64",
 *   "0::/64",
 *   undefined,
 *   undefined,
 * ]);
 * ```
 */
export function machineRange(address: string): string | undefined {
  if (!address.includes(":")) return undefined;
  const network = parseNetwork(address);
  return network && !isIPv4(network.first) ? networkText(network) : undefined;
}

/** Addresses of machines that share a network with this one, and of this machine itself: nobody has them on the internet. */
export const PRIVATE_NETWORKS: string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
];

/** Domains in which nobody can register a name: it means something in a network of its own, or nothing. */
export const LOCAL_DOMAINS: readonly string[] = [
  "localhost",
  "local",
  "lan",
  "home",
  "home.arpa",
  "internal",
  "test",
];

/** A set of addresses. */
export interface AddressSet {
  /** Whether an address is in it, however it is written. False for what is no address. */
  has(address: string): boolean;
}

/**
 * A set of addresses and subnets, as flags list them.
 *
 * @throws {TypeError} If an entry is neither.
 */
export function addressSet(list: string[]): AddressSet {
  const networks = list.map((entry) => {
    const subnet = parseSubnet(entry);
    if (subnet === undefined) throw new TypeError(`Cannot use address: "${entry}" is none`);
    return networkOf(subnet.address, subnet.bits);
  });
  return {
    has(text) {
      const address = networks.length === 0 ? undefined : parseAddress(text);
      return address !== undefined && networks.some((network) => isIn(address, network));
    },
  };
}

/** The addresses by which only this machine itself is reached. */
export const loopback: AddressSet = addressSet(["127.0.0.0/8", "::1"]);
