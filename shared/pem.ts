/**
 * Certificates as text: a server keeps and presents them so, and a client is given so whom to trust.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** A certificate as PEM (RFC 7468). @param certificate As DER, which is never empty. */
export function pem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate).toString("base64").match(/.{1,64}/g)!;
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
