/**
 * SASL mechanisms (RFC 4422) as the server's side of an exchange. It must not know how the messages travel.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { type Accounts, hmac, type ScramKeys, sha256 } from "./accounts.ts";

/** What follows a client's message: another challenge, or the account that it has proved to own. */
export type Step = { challenge: string } | { account: string };

/** One exchange. */
export interface Exchange {
  /** Takes the client's message; gives nothing where it has failed. */
  next(message: string): Promise<Step | undefined>;
}

/** PLAIN (RFC 4616): the password itself. */
class Plain implements Exchange {
  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  async next(message: string): Promise<Step | undefined> {
    const [authzid, authcid, password, ...more] = message.split("\0");
    if (!authcid || !password || more.length > 0) return undefined;
    // Nobody acts as somebody else.
    if (authzid !== "" && authzid !== authcid) return undefined;
    const account = await this.#accounts.verify(authcid, password);
    return account === undefined ? undefined : { account };
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

/** SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: the password is proved and not told. */
class Scram implements Exchange {
  readonly #accounts: Accounts;
  #step = 0;
  #name = "";
  #keys: ScramKeys | undefined;
  #header = "";
  #nonce = "";
  #spoken = "";

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  next(message: string): Promise<Step | undefined> {
    const steps = [this.#first, this.#final, this.#confirmed];
    return Promise.resolve(steps[this.#step++]?.call(this, message));
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
    this.#spoken = `${bare},${challenge}`;
    return { challenge };
  }

  #final(message: string): Step | undefined {
    const [, withoutProof, proofText] = /^(.*),p=([^,]*)$/s.exec(message) ?? [];
    if (withoutProof === undefined) return undefined;
    const given = attributes(withoutProof);
    if (given.get("r") !== this.#nonce) return undefined;
    if (given.get("c") !== Buffer.from(this.#header).toString("base64")) return undefined;
    const { storedKey, serverKey } = this.#keys!;
    const spoken = `${this.#spoken},${withoutProof}`;
    const proof = Buffer.from(proofText, "base64");
    const signature = hmac(storedKey, spoken);
    if (proof.length !== signature.length) return undefined;
    // The proof is ClientKey XOR signature, and the stored key is the hash of ClientKey.
    const clientKey = proof.map((byte, i) => byte ^ signature[i]);
    if (!timingSafeEqual(sha256(clientKey), storedKey)) return undefined;
    return { challenge: `v=${Buffer.from(hmac(serverKey, spoken)).toString("base64")}` };
  }

  #confirmed(message: string): Step | undefined {
    const account = message === "" ? this.#accounts.find(this.#name) : undefined;
    return account === undefined ? undefined : { account };
  }
}

/** The mechanisms by name, the better first. */
export const MECHANISMS: Record<string, (accounts: Accounts) => Exchange> = {
  "SCRAM-SHA-256": (accounts) => new Scram(accounts),
  PLAIN: (accounts) => new Plain(accounts),
};
