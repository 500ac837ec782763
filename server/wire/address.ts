/**
 * Network addresses in one spelling each, as the chat shows and compares them.
 *
 * @module
 */

import { isIP } from "node:net";

/** How long a spelling of an address is at most: IPv6 with IPv4 at its end. A zone may follow. */
const LONGEST = 45;

/** An IPv4 address within IPv6 (RFC 4291, section 2.5.5.2), in the canonical spelling of IPv6. */
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * An address in its canonical spelling: IPv4 with dots, also if it is written as IPv6; IPv6 as in RFC 5952, without a
 * zone. Undefined if the text is no address.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   ["10.0.0.7", "::FFFF:10.0.0.7", "0::ffff:a00:7", "2001:0DB8:0::1%eth0", "kettle"].map(canonicalAddress),
 *   ["10.0.0.7", "10.0.0.7", "10.0.0.7", "2001:db8::1", undefined],
 * );
 * ```
 */
export function canonicalAddress(text: string): string | undefined {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  const family = address.length > LONGEST ? 0 : isIP(address);
  if (family === 4) return zone < 0 ? address : undefined;
  if (family !== 6) return undefined;
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(plain) ?? [];
  if (low === undefined) return plain;
  return [high, low].map((group) => parseInt(group, 16)).flatMap((pair) => [pair >> 8, pair & 0xff]).join(".");
}

/**
 * An address in the form that fits into `nick!user@host`: in its canonical spelling, but with a 0 before a leading colon,
 * which would begin the last parameter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["::ffff:10.0.0.7", "::1"].map(displayHost), ["10.0.0.7", "0::1"]);
 * ```
 */
export function displayHost(address: string): string {
  const plain = canonicalAddress(address) ?? address;
  return plain.startsWith(":") ? `0${plain}` : plain;
}

/**
 * An address as a host in a URL; undefined for one that leads nowhere without the interface to which it belongs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["::ffff:10.0.0.7", "::1", "fe80::1%eth0"].map(urlHost), ["10.0.0.7", "[::1]", undefined]);
 * ```
 */
export function urlHost(address: string): string | undefined {
  const plain = canonicalAddress(address);
  if (plain === undefined || /^fe[89ab]/.test(plain)) return undefined;
  return plain.includes(":") ? `[${plain}]` : plain;
}

/** A text that may be a mask of IPv6 addresses. */
const IPV6_MASK = /^[\da-f:*?]*:[\da-f:*?.]*$/i;

/**
 * A mask of hosts in the form in which it is compared with them: an address as `displayHost` shows it; an IPv6 address with
 * `*` or `?` in it without zeros at the beginning of a group.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["::1", "::ffff:127.0.0.1", "2001:0DB8:*", "*.tea"].map(hostMask), ["0::1", "127.0.0.1", "2001:DB8:*", "*.tea"]);
 * ```
 */
export function hostMask(mask: string): string {
  if (canonicalAddress(mask) !== undefined) return displayHost(mask);
  return IPV6_MASK.test(mask) ? mask.replace(/(?<![\da-f*?])0+(?=[\da-f])/gi, "") : mask;
}

/** The eight groups of an IPv6 address. @param address In its canonical spelling. */
export function groupsOf(address: string): string[] {
  const groups = (part = "") => part === "" ? [] : part.split(":");
  const [head, tail] = address.split("::").map(groups);
  if (tail === undefined) return head;
  return [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
}

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what one machine is given. A text that is
 * no address is its own range.
 */
export function addressRange(host: string): string {
  const address = canonicalAddress(host);
  return address?.includes(":") ? `${groupsOf(address).slice(0, 4).join(":")}::/64` : address ?? host;
}
