/**
 * Addresses and networks (`10.0.0.0/8`) as numbers, and each in one spelling. It must not know connections.
 *
 * @module
 */

import { isIPv4, isIPv6 } from "node:net";

/** Of a machine of many networks so many addresses are told. */
const TOLD = 4;

/**
 * By which names a listener is found: the host that it was given, and where that is every address of this machine, the local
 * one first and then those by which other machines reach it, IPv4 before IPv6. As they stand in an URL.
 *
 * @param host The address that it listens on; every one where left out.
 * @param interfaces This machine's.
 */
export function reachedAt(
  host: string | undefined,
  interfaces: readonly Pick<Deno.NetworkInterfaceInfo, "address" | "family">[],
): string[] {
  const inUrl = (address: string) => address.includes(":") ? `[${address}]` : address;
  if (host !== undefined && host !== "0.0.0.0" && host !== "::") return [inUrl(host)];
  // An address of a link alone needs the name of the link.
  const outside = interfaces.filter(({ address }) => !/^(?:127\.|169\.254\.|::1$|fe80:)/i.test(address));
  const of = (family: "IPv4" | "IPv6") => outside.filter((one) => one.family === family).map(({ address }) => address);
  const all = [...of("IPv4"), ...host === "0.0.0.0" ? [] : of("IPv6")];
  return ["localhost", ...all.slice(0, TOLD).map(inUrl)];
}

/** A network; an address is one of 128 bits. IPv4 is `::ffff:0:0/96`, as RFC 4291 section 2.5.5.2 maps it. */
export interface Network {
  /** The first address. */
  first: bigint;
  /** How many bits of an address are the network's, of 128. */
  bits: number;
}

const BITS = 128;
/** IPv4: the bits before an address, and how many they are. */
const MAPPED = { prefix: 0xFFFFn, bits: 96 };

/** An address as a number: IPv4, or IPv6 in any spelling, with or without a zone. Nothing where it is none. */
export function parseAddress(text: string): bigint | undefined {
  const plain = text.split("%", 1)[0];
  if (isIPv4(plain)) return plain.split(".").reduce((sum, part) => sum << 8n | BigInt(part), MAPPED.prefix);
  if (!isIPv6(plain)) return undefined;
  // A URL's host has numbers of base 16 only, whatever was written (RFC 5952, section 4).
  const [head, tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split("::");
  const groups = (part = "") => part === "" ? [] : part.split(":");
  const after = groups(tail);
  const missing = Array(8 - groups(head).length - after.length).fill("0");
  return [...groups(head), ...missing, ...after].reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n);
}

/**
 * Reads an address or a network. An IPv6 address stands for its /64, which is what one machine is given.
 *
 * @returns Nothing where it is neither.
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
  const [address, length, ...rest] = text.split("/");
  const value = parseAddress(address);
  if (value === undefined || rest.length > 0) return undefined;
  const isMapped = value >> 32n === MAPPED.prefix;
  const most = isIPv4(address) ? 32 : BITS;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > most)) return undefined;
  const given = length === undefined ? BITS : Number(length) + (most === 32 ? MAPPED.bits : 0);
  const bits = isMapped ? given : Math.min(given, 64);
  const rest128 = BigInt(BITS - bits);
  return { first: value >> rest128 << rest128, bits };
}

/** Whether an address is in a network. */
export function isIn(address: bigint, { first, bits }: Network): boolean {
  return (address ^ first) >> BigInt(BITS - bits) === 0n;
}

/** The one spelling of a network; no colon is its first character, so that it can be a parameter of IRC. */
export function networkText({ first, bits }: Network): string {
  const part = (width: number, at: number) => Number(first >> BigInt(width * at) & (1n << BigInt(width)) - 1n);
  if (first >> 32n === MAPPED.prefix && bits >= MAPPED.bits) {
    const address = [3, 2, 1, 0].map((at) => part(8, at)).join(".");
    return bits === BITS ? address : `${address}/${bits - MAPPED.bits}`;
  }
  const groups = [7, 6, 5, 4, 3, 2, 1, 0].map((at) => part(16, at).toString(16)).join(":");
  return `${new URL(`http://[${groups}]/`).hostname.slice(1, -1).replace(/^:/, "0:")}/${bits}`;
}
