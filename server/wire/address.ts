/** Network addresses, in one spelling each, and as the chat compares them. It must not know connections. */

import { isIP } from "node:net";

/** The longest spelling of an address: IPv6 with IPv4 at its end. A zone may follow. */
const LONGEST = 45;

/** An IPv4 address within IPv6, in canonical spelling (RFC 4291, section 2.5.5.2). */
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * An address in its one canonical spelling: IPv4 with dots, also where it is written as IPv6; IPv6 as RFC 5952 has it,
 * without a zone. Undefined where the text is no address.
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
 * An address in the form that fits into `nick!user@host`: in its one canonical spelling, but that no IPv6 address begins
 * with the colon that would end the parameters.
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

/** What may be a mask of IPv6 addresses. */
const IPV6_MASK = /^[\da-f:*?]*:[\da-f:*?.]*$/i;

/**
 * A mask of hosts as it is compared with them: an address in the spelling in which it is shown, whatever the one in which it
 * was written; of an IPv6 address with `*` or `?` in it each group without zeros before it.
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

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what one machine is given. What is no
 * address is its own.
 */
export function addressRange(host: string): string {
  const address = canonicalAddress(host);
  if (!address?.includes(":")) return address ?? host;
  const [head, tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? 0 : tail.split(":").length;
    while (groups.length + after < 8) groups.push("0");
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}
