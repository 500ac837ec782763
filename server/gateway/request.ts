/**
 * What the head of a request says. It must not know what is served. Heads are remote text: each of these takes a time that
 * grows with the text's length and no faster.
 *
 * @module
 */

import type { IncomingHttpHeaders } from "node:http";
import { type Coding, CODINGS } from "./compression.ts";

/** A weight of a coding, trimmed (RFC 9110, section 12.4.2). */
const WEIGHT = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** So many parts of a list are looked at; nobody sends as many who means them. */
const MOST_PARTS = 64;

/**
 * The best coding that is accepted, in the words of Accept-Encoding (RFC 9110, section 12.5.3). What has something other
 * than a weight behind it is not accepted.
 */
export function bestCoding(accepted: string): Coding | undefined {
  const names = new Set<string>();
  for (const part of accepted.toLowerCase().split(",", MOST_PARTS)) {
    const [name, weight = "q=1", ...rest] = part.split(";", 3).map((word) => word.trim());
    if (rest.length === 0 && WEIGHT.test(weight) && Number(weight.slice(2)) > 0) names.add(name);
  }
  return CODINGS.find((coding) => names.has(coding));
}

/** Whether the asker has it already, in the words of If-None-Match (RFC 9110, section 13.1.2). */
export function isKnown(tags: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  const known = opaque(etag);
  return tags?.split(",", MOST_PARTS).map(opaque).some((tag) => tag === "*" || tag === known) ?? false;
}

/** Whether something comes behind the head (RFC 9112, section 6.3). */
export function hasContent(headers: IncomingHttpHeaders): boolean {
  return (headers["content-length"] ?? "0") !== "0" || headers["transfer-encoding"] !== undefined;
}

/**
 * The path that is asked for, also where the host is named before it as for a proxy (RFC 9112, section 3.2.2).
 *
 * @param base A path with a slash at both ends; what lies below it is found there as at `/`, and still at `/`, too.
 */
export function pathOf(url = "", base = "/"): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] || "/";
  return path.startsWith(base) ? path.slice(base.length - 1) : path;
}
