/**
 * What the values of the server's flags may be: each function reads a text as somebody has written it, and throws a `RangeError`
 * that says what it must be, where it is something else.
 *
 * @module
 */

import { addressSet, parseAddress } from "./wire/networks.ts";

/** How much is logged, the least first. */
const LOG_LEVELS = ["error", "info", "debug"];

/** The units of periods, in milliseconds. */
const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A reader of whole numbers from 0 to `most`. */
export function numberTo(most: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
    throw new RangeError(`must be a number from 0 to ${most}, not "${text}"`);
  };
}

/** What has commas between it. */
export const listOf = (text: string): string[] => text.split(",");

/** Addresses and networks. */
export function addresses(text: string): string[] {
  try {
    addressSet(listOf(text));
    return listOf(text);
  } catch {
    throw new RangeError(`must be addresses with commas between them, not "${text}"`);
  }
}

/** A path with a slash at both ends. */
export function path(text: string): string {
  const path = text.replace(/\/*$/, "/");
  if (/^\/(?:[\w.~%-]+\/)*$/.test(path)) return path;
  throw new RangeError(`must be a path as /chat/, not "${text}"`);
}

/** What a room may be called: the name is printed on terminals. */
export function roomName(text: string): string {
  if (/^\P{Cc}{1,60}$/u.test(text)) return text;
  throw new RangeError("must be 1 to 60 characters, none of them a control");
}

/** Where a picture is. It becomes part of lines, which have bounds. */
export function pictureAddress(text: string): string {
  if (/^https?:\/\/[^\s\p{Cc}]{1,300}$/u.test(text)) return text;
  throw new RangeError(`must be an address as https://example.org/tea.png, not "${text}"`);
}

/** Where the page is, with a slash at its end. It becomes part of lines, which have bounds. */
export function pageAddress(text: string): string {
  const url = text.length > 200 ? null : URL.parse(text.replace(/\/*$/, "/"));
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}${url.pathname}`;
  if (isPlain && /^\/(?:[\w.~%-]+\/)*$/.test(url.pathname)) return url.href;
  throw new RangeError(`must be an address as https://tea.example.org/, not "${text}"`);
}

/** Host names that an authority can vouch for. */
export function hostNames(text: string): string[] {
  const names = listOf(text.toLowerCase());
  if (names.every((name) => /^(?!-)[a-z\d-]+(?:\.(?!-)[a-z\d-]+)+$/.test(name) && !/\.\d+$/.test(name))) return names;
  throw new RangeError(`must be host names as tea.example.org, not "${text}"`);
}

/** Where an authority is asked by ACME (RFC 8555, section 7.1.1), which is over TLS alone. */
export function directoryAddress(text: string): string {
  if (URL.parse(text)?.protocol === "https:") return text;
  throw new RangeError(`must be an address that begins with https://, not "${text}"`);
}

/** A period in milliseconds. */
export function period(text: string): number {
  if (text === "forever") return Infinity;
  if (text === "0") return 0;
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit === undefined) throw new RangeError(`must be a time as 12h or 90d, 0 or forever, not "${text}"`);
  return Number(amount) * UNITS[unit];
}

/** The units of sizes, in bytes. */
const SIZES: Record<string, number> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** A size in bytes. */
export function size(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([KMGT]?)$/.exec(text) ?? [];
  if (unit === undefined || Number(amount) === 0) throw new RangeError(`must be a size as 500M or 4G, not "${text}"`);
  return Number(amount) * SIZES[unit];
}

/** Who may send files. */
export function uploaders(text: string): string {
  if (text === "all" || text === "accounts") return text;
  throw new RangeError(`must be all or accounts, not "${text}"`);
}

/** Who may begin calls. */
export function callers(text: string): string {
  if (text === "all" || text === "operators" || text === "none") return text;
  throw new RangeError(`must be all, operators or none, not "${text}"`);
}

/** Addresses of a TURN server (RFC 7065). They become words of lines, which have bounds. */
export function turnAddresses(text: string): string[] {
  const addresses = listOf(text);
  const isAddress = (one: string) =>
    one.length <= 200 && /^turns?:(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i.test(one);
  if (addresses.length <= 4 && addresses.every(isAddress)) return addresses;
  throw new RangeError(`must be an address as turn:tea.example.org:3478, or up to 4 with commas, not "${text}"`);
}

/** What carries larger calls: a program that the room starts, or the address of one that runs. */
export function callEngine(text: string): string {
  const url = URL.parse(text);
  const isPlain = url !== null && (url.protocol === "ws:" || url.protocol === "wss:") && url.username === "" &&
    url.password === "" && url.hash === "";
  if (text === "janus" || isPlain) return text;
  throw new RangeError(`must be janus, or an address as ws://127.0.0.1:8188, not "${text}"`);
}

/** From how many people on it carries a call: where it carries all, or more than can do without. */
export function engineFrom(text: string): number {
  if (/^[2-8]$/.test(text)) return Number(text);
  throw new RangeError(`must be a number from 2 to 8, not "${text}"`);
}

/** Addresses of a machine. */
export function hostAddresses(text: string): string[] {
  const all = listOf(text);
  const isAddress = (one: string) => /^[\da-f.:]+$/i.test(one) && parseAddress(one) !== undefined;
  if (all.length <= 8 && all.every(isAddress)) return all;
  throw new RangeError(`must be an address as 203.0.113.7, or several with commas, not "${text}"`);
}

/** The words of a command: a program and its arguments, with spaces between them. */
export function command(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** A level as a number: 0 logs the least. */
export function logLevel(text: string): number {
  if (!LOG_LEVELS.includes(text)) throw new RangeError(`must be one of ${LOG_LEVELS.join(", ")}`);
  return LOG_LEVELS.indexOf(text);
}
