/**
 * The server's side of SASL exchanges (RFC 4422): SCRAM-SHA-256 and PLAIN. How the messages travel is others' business.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Accounts, Proof } from "./accounts.ts";
import type { Asker } from "./hashing.ts";
import { hmac, type ScramKeys, sha256 } from "./verifiers.ts";

/** The answer to a client's message: another challenge, or the proof that an account belongs to the client. */
export type Step = { challenge: string } | { proof: Proof };

/** One exchange. */
export interface Exchange {
  /** Takes the client's next message; gives nothing where the exchange has failed. */
  next(message: string): Promise<Step | undefined>;
}

/**
 * Decides when a password is looked at, if at all.
 *
 * @param name The account's name as the client wrote it.
 * @param look Looks at it: whether it is right.
 */
export type Guard = (
  name: string,
  look: (asker?: Asker) => Step | undefined | Promise<Step | undefined>,
) => Promise<Step | undefined>;

const atOnce: Guard = async (_, look) => await look();

/** PLAIN (RFC 4616): the password itself. */
class Plain implements Exchange {
  readonly #accounts: Accounts;
  readonly #guard: Guard;

  constructor(accounts: Accounts, guard: Guard) {
    this.#accounts = accounts;
    this.#guard = guard;
  }

  async next(message: string): Promise<Step | undefined> {
    const [authzid, authcid, password, ...more] = message.split("\0");
    if (!authcid || !password || more.length > 0) return undefined;
    // Nobody acts as somebody else.
    if (authzid !== "" && authzid !== authcid) return undefined;
    return await this.#guard(authcid, async (asker) => {
      const proof = await this.#accounts.verify(authcid, password, asker);
      return proof && { proof };
    });
  }
}

/** Attributes as SCRAM writes them: `r=nonce,s=salt`. */
function attributes(message: string): Map<string, string> {
  return new Map(message.split(",").map((part) => [part[0], part.slice(2)]));
}

/** The name in a SCRAM message, where `=2C` and `=3D` stand for a comma and an equals sign (RFC 5802 section 5.1). */
function unescapeName(name: string): string {
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** The length of a proof in bytes: that of a SHA-256 hash. */
const PROOF_BYTES = 32;

/** SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: the password is proved and not told. */
class Scram implements Exchange {
  readonly #accounts: Accounts;
  readonly #guard: Guard;
  #step = 0;
  #name = "";
  #keys: ScramKeys | undefined;
  #header = "";
  #nonce = "";
  /** The messages so far, which the proof is about (RFC 5802 section 3, AuthMessage). */
  #authMessage = "";
  #isProved = false;

  constructor(accounts: Accounts, guard: Guard) {
    this.#accounts = accounts;
    this.#guard = guard;
  }

  async next(message: string): Promise<Step | undefined> {
    switch (this.#step++) {
      case 0:
        return this.#first(message);
      case 1:
        return await this.#final(message);
      default:
        return this.#confirmed(message);
    }
  }

  #first(message: string): Step | undefined {
    const [, header, authzid, bare] = /^([ny],(?:a=([^,]*))?,)(n=[^,]+,r=[^,]+.*)$/s.exec(message) ?? [];
    if (bare === undefined) return undefined;
    const given = attributes(bare);
    this.#name = unescapeName(given.get("n")!);
    if (authzid !== undefined && unescapeName(authzid) !== this.#name) return undefined;
    this.#keys = this.#accounts.scramKeys(this.#name);
    this.#header = header;
    this.#nonce = given.get("r")! + randomBytes(18).toString("base64");
    const salt = Buffer.from(this.#keys.salt).toString("base64");
    const challenge = `r=${this.#nonce},s=${salt},i=${this.#keys.iterations}`;
    this.#authMessage = `${bare},${challenge}`;
    return { challenge };
  }

  async #final(message: string): Promise<Step | undefined> {
    const [, withoutProof, proofText] = /^(.*),p=([^,]*)$/s.exec(message) ?? [];
    if (withoutProof === undefined) return undefined;
    const given = attributes(withoutProof);
    if (given.get("r") !== this.#nonce) return undefined;
    if (given.get("c") !== Buffer.from(this.#header).toString("base64")) return undefined;
    const proof = Buffer.from(proofText, "base64");
    if (proof.length !== PROOF_BYTES) return undefined;
    return await this.#guard(this.#name, () => this.#prove(`${this.#authMessage},${withoutProof}`, proof));
  }

  #prove(authMessage: string, proof: Uint8Array): Step | undefined {
    const { storedKey, serverKey } = this.#keys!;
    const signature = hmac(storedKey, authMessage);
    // The proof is ClientKey XOR signature, and the stored key is the hash of ClientKey.
    const clientKey = proof.map((byte, i) => byte ^ signature[i]);
    if (!timingSafeEqual(sha256(clientKey), storedKey)) return undefined;
    if (this.#accounts.confirm(this.#name, this.#keys!) === undefined) return undefined;
    this.#isProved = true;
    return { challenge: `v=${Buffer.from(hmac(serverKey, authMessage)).toString("base64")}` };
  }

  #confirmed(message: string): Step | undefined {
    const proof = message === "" && this.#isProved ? this.#accounts.confirm(this.#name, this.#keys!) : undefined;
    return proof && { proof };
  }
}

/** The mechanisms by name, the better one first. */
export const MECHANISMS: Record<string, (accounts: Accounts, guard?: Guard) => Exchange> = {
  "SCRAM-SHA-256": (accounts, guard = atOnce) => new Scram(accounts, guard),
  PLAIN: (accounts, guard = atOnce) => new Plain(accounts, guard),
};
