/**
 * SASL mechanisms (RFC 4422), from the client's side.
 *
 * @module
 */

import { ENGLISH } from "../sentences.ts";

/** What is needed to log in to an account. */
export interface Credentials {
  account: string;
  password: string;
}

/** Why an exchange cannot go on. */
export class SaslError extends Error {
  override name = "SaslError";
  readonly reason: "unreadable" | "notScram" | "unproved";

  constructor(reason: SaslError["reason"]) {
    super(ENGLISH.loginRefusals[reason]);
    this.reason = reason;
  }
}

/**
 * One exchange: yields the client's messages, and takes each of the server's. It is done once the password was told, or both
 * sides have proved that they know it; until then the client is not logged in, whatever the server says.
 */
export type Exchange = AsyncGenerator<string, void, string>;

/**
 * How many times a server may have a password hashed. Fewer than RFC 7677 section 4 demands would help a false server to guess
 * the password, and more would keep this machine busy.
 */
const ITERATIONS = { least: 4096, most: 2_000_000 } as const;

const encoder = new TextEncoder();

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** @throws {SaslError} If it is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new SaslError("unreadable");
  }
}

/** PLAIN (RFC 4616): sends the password itself. */
async function* plain({ account, password }: Credentials): Exchange {
  yield `\0${account}\0${password}`;
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

/** SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: proves the password, and has the server prove it, too. */
export async function* scram({ account, password }: Credentials, nonce: string): Exchange {
  // Commas and equals signs are escaped (RFC 5802 section 5.1).
  const bare = `n=${account.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  const challenge = yield `n,,${bare}`;
  const given = new Map(challenge.split(",").map((part) => [part[0], part.slice(2)]));
  const [both = "", salt = ""] = [given.get("r"), given.get("s")];
  const iterations = Number(given.get("i"));
  const isFair = Number.isInteger(iterations) && iterations >= ITERATIONS.least && iterations <= ITERATIONS.most;
  if (!both.startsWith(nonce) || both === nonce || salt === "" || !isFair) {
    throw new SaslError("notScram");
  }
  // As SASLprep does (RFC 4013 section 2.2) and our server, too, so that passwords that look alike are the same.
  const text = encoder.encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveBits"]);
  const hash = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations };
  const salted = new Uint8Array(await crypto.subtle.deriveBits(hash, key, 256));
  const clientKey = await hmac(salted, "Client Key");
  const storedKey = new Uint8Array(await crypto.subtle.digest("SHA-256", clientKey));
  // `biws` is "n,,": no channel binding.
  const withoutProof = `c=biws,r=${both}`;
  const spoken = `${bare},${challenge},${withoutProof}`;
  const signature = await hmac(storedKey, spoken);
  const proof = toBase64(clientKey.map((byte, i) => byte ^ signature[i]));
  const verdict = yield `${withoutProof},p=${proof}`;
  const expected = `v=${toBase64(await hmac(await hmac(salted, "Server Key"), spoken))}`;
  if (verdict !== expected) throw new SaslError("unproved");
  yield "";
}

/** A mechanism: its name, whether it can be used here, and an exchange by it. */
export interface Mechanism {
  name: string;
  /** Whether it sends the password itself, which the server gets and anybody who reads an open connection. */
  tellsPassword: boolean;
  isUsable: () => boolean;
  start: (credentials: Credentials) => Exchange;
}

/** The mechanisms, the better ones first. */
const MECHANISMS: Mechanism[] = [
  {
    name: "SCRAM-SHA-256",
    tellsPassword: false,
    // A page that came over plain HTTP from another machine may not use WebCrypto.
    isUsable: () => globalThis.crypto?.subtle !== undefined,
    start: (credentials) => scram(credentials, toBase64(crypto.getRandomValues(new Uint8Array(18)))),
  },
  { name: "PLAIN", tellsPassword: true, isUsable: () => true, start: plain },
];

/**
 * The best mechanism that a server offers and that can be used here.
 *
 * @param offered The value of the capability `sasl`: names with commas between; "" where the server does not say them.
 * @returns Undefined where there is none.
 */
export function mechanismOf(offered: string): Omit<Mechanism, "isUsable"> | undefined {
  const names = (offered || "PLAIN").toUpperCase().split(",");
  return MECHANISMS.find(({ name, isUsable }) => names.includes(name) && isUsable());
}
