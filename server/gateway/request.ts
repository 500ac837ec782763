/**
 * What the head of a request says. Heads are remote text, so each function takes time that is at most linear in the text's
 * length.
 *
 * @module
 */

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type Coding, CODINGS } from "./compression.ts";

/** The weight of a coding (RFC 9110, section 12.4.2). */
const WEIGHT = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** So many parts of a list are looked at; no honest client sends as many. */
const MOST_PARTS = 64;

/**
 * The best coding that is accepted; undefined if none is, and then the body goes as it is.
 *
 * The `negotiator` package would take a weight of 2, a coding with two weights or none behind its semicolon, and `*`.
 *
 * @param accepted The value of Accept-Encoding (RFC 9110, section 12.5.3). A coding with anything but a weight is left out.
 */
export function bestCoding(accepted: string): Coding | undefined {
  const names = new Set<string>();
  for (const part of accepted.toLowerCase().split(",", MOST_PARTS)) {
    const [name, weight = "q=1", ...rest] = part.split(";", 3).map((word) => word.trim());
    if (rest.length === 0 && WEIGHT.test(weight) && Number(weight.slice(2)) > 0) names.add(name);
  }
  return CODINGS.find((coding) => names.has(coding));
}

/** Whether the asker has an asset already. @param tags The value of If-None-Match (RFC 9110, section 13.1.2). */
export function isKnown(tags: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  const known = opaque(etag);
  return tags?.split(",", MOST_PARTS).map(opaque).some((tag) => tag === "*" || tag === known) ?? false;
}

/**
 * What is wrong with the Host header: a request has one, which HTTP/1.0 alone may leave out (RFC 9112, section 3.2). Of two the
 * room would read the first, and a proxy before it perhaps the other.
 */
export function hostFault({ rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts > 1) return "there is more than one Host header";
  return hosts === 0 && httpVersion !== "1.0" ? "the Host header is missing" : undefined;
}

/** Whether content follows the head (RFC 9112, section 6.3). */
export function hasContent(headers: IncomingHttpHeaders): boolean {
  return (headers["content-length"] ?? "0") !== "0" || headers["transfer-encoding"] !== undefined;
}

/**
 * The path that is asked for, also if the host stands before it as in a request to a proxy (RFC 9112, section 3.2.2).
 *
 * @param base A path with a slash at both ends. What lies at `/` is found below this path as well.
 */
export function pathOf(url = "", base = "/"): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] || "/";
  return path.startsWith(base) ? path.slice(base.length - 1) : path;
}
