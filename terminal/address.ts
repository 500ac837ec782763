/**
 * Reads the address of a server as a person writes it.
 *
 * @module
 */

import { words } from "./language.ts";

/** Where a server listens. */
export interface Address {
  /** A name or an IP address, IPv6 without brackets. */
  hostname: string;
  port: number;
}

/**
 * Reads `HOST[:PORT]`: `tea.example`, `tea.example:6667`, `10.0.0.1:8888`, `[::1]:8888`, `[::1]` or a bare `::1`.
 * A part that is left out (`:6667`, `tea.example:`) is that of the default.
 *
 * @throws {RangeError} If the text is none of these; the message says what is wrong with it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const home = { hostname: "127.0.0.1", port: 8888 };
 * assertEquals(parseAddress("[::1]:6667", home), { hostname: "::1", port: 6667 });
 * assertEquals(parseAddress("tea.example", home), { hostname: "tea.example", port: 8888 });
 * ```
 */
export function parseAddress(text: string, defaults: Address): Address {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) {
    return { hostname: ipv6(bracketed[1], text), port: portOf(bracketed[2], text, defaults.port) };
  }
  // With more than one colon and no brackets, all of it is an IPv6 address.
  if (text.split(":").length > 2) return { hostname: ipv6(text, text), port: defaults.port };
  const [hostname, port] = text.split(":");
  if (!/^[\p{L}\p{N}._-]*$/u.test(hostname)) {
    throw unusable(text, words().usage.noHost(hostname));
  }
  return { hostname: hostname || defaults.hostname, port: portOf(port, text, defaults.port) };
}

/** A server as a person names it; without a port where none is written. */
export interface Server {
  hostname: string;
  port: number | undefined;
  /** Whether the scheme asks for TLS, or for none; undefined where no scheme is written. */
  isTls: boolean | undefined;
}

/**
 * Reads `[SCHEME://]HOST[:PORT]`, where `tls` and `ircs` ask for TLS, and `tcp` and `irc` for none.
 *
 * @param hostname The host where none is written.
 * @throws {RangeError} See `parseAddress`.
 */
export function parseServer(text: string, hostname: string): Server {
  const [, scheme, rest] = /^(?:([a-z]+):\/\/)?(.*?)\/?$/is.exec(text)!;
  const isTls = { tls: true, ircs: true, tcp: false, irc: false }[scheme?.toLowerCase() ?? ""];
  if (isTls === undefined && scheme !== undefined) {
    throw unusable(text, words().usage.noScheme);
  }
  const address = parseAddress(rest, { hostname, port: 0 });
  return { hostname: address.hostname, port: address.port || undefined, isTls };
}

/** Writes an address so that `parseAddress` reads it back. */
export function formatAddress({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** What is wrong with a text that should name a server. */
function unusable(text: string, why: string): RangeError {
  return new RangeError(words().usage.noServer(text, why));
}

function ipv6(hostname: string, text: string): string {
  // URL knows the grammar of addresses, but no zone such as %eth0.
  const [address] = hostname.split("%", 1);
  if (!URL.canParse(`http://[${address}]/`)) {
    throw unusable(text, words().usage.noIpv6(hostname));
  }
  return hostname;
}

function portOf(port: string | undefined, text: string, other: number): number {
  if (port === undefined || port === "") return other;
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65535) {
    throw unusable(text, words().usage.noPort(port));
  }
  return number;
}
