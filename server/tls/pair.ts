/**
 * A certificate with its key, as a server presents it: what it says of itself, and whether it can be used.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { canonicalAddress } from "../wire/address.ts";
import type { Names } from "./certificate.ts";

/** A certificate with those that vouch for it, and its key, as PEM. */
export interface Pair {
  cert: string;
  key: string;
}

/** What a certificate says. */
export interface CertificateFacts {
  names: Names;
  /** From when until when it is valid. Milliseconds since 1970. */
  from: number;
  until: number;
  /** Its SHA-256, as people compare it: `AB:CD:...`. */
  fingerprint: string;
}

/**
 * Reads what the first certificate of a text says.
 *
 * @throws {Error} If that is no certificate.
 */
export function readCertificate(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const names: Names = { hosts: [], addresses: [] };
  for (const [, kind, name] of (certificate.subjectAltName ?? "").matchAll(/(?:^|, )(DNS|IP Address):([^,\s]+)/g)) {
    if (kind === "DNS") names.hosts.push(name.toLowerCase());
    else names.addresses.push(canonicalAddress(name) ?? name);
  }
  return {
    names,
    from: Date.parse(certificate.validFrom),
    until: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
}

/**
 * Checks that a certificate and a key belong together.
 *
 * @throws {Error} If they do not, or if one of them is none.
 */
export function checkPair({ cert, key }: Pair): void {
  const read = <T>(what: string, make: () => T): T => {
    try {
      return make();
    } catch {
      throw new Error(`${what} can't be read: it must be PEM, and without a password`);
    }
  };
  const certificate = read("the certificate", () => new X509Certificate(cert));
  const privateKey = read("the key", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error("the key belongs to another certificate");
}

/** Whether a certificate is for a host name, or an address without brackets (RFC 9525, section 6.3). */
export function isFor({ hosts, addresses }: Names, name: string): boolean {
  const address = canonicalAddress(name);
  if (address !== undefined) return addresses.includes(address);
  const asked = name.toLowerCase().replace(/\.$/, "");
  const parent = asked.slice(asked.indexOf(".") + 1);
  return hosts.includes(asked) || (parent.includes(".") && hosts.includes(`*.${parent}`));
}
