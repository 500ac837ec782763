/**
 * Asks an authority for a certificate by ACME (RFC 8555), and proves by http-01 that this machine is the one of that name.
 * It keeps nothing, and does not know when a certificate is due.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { delay } from "@std/async/delay";
import { makeRequest } from "./certificate.ts";

/** How often a request is sent again whose nonce the server has forgotten (section 6.5). */
const MOST_NONCES = 10;

/** Between two questions how something goes, in milliseconds, where the server does not say. */
const PAUSE = { least: 500, usual: 2_000, most: 30_000 } as const;

/** The longest answer that is read, in bytes. */
const MOST_BYTES = 1_048_576;

/** Where a server has what (section 7.1.1). */
interface Directory {
  newNonce: string;
  newAccount: string;
  newOrder: string;
}

/** What is asked for (section 7.1.3), or the proof that a name belongs to this machine (section 7.1.4). */
interface Resource {
  status: string;
  error?: Problem;
}

interface Order extends Resource {
  authorizations: string[];
  finalize: string;
  certificate?: string;
}

interface Authorization extends Resource {
  challenges: Challenge[];
}

interface Challenge extends Resource {
  type: string;
  url: string;
  token: string;
}

/** What went wrong (RFC 7807). */
interface Problem {
  type?: string;
  detail?: string;
}

/** An answer of the server. */
interface Answer {
  text: string;
  headers: Headers;
}

/** What a client takes from outside. */
export interface AcmeOptions {
  /** The address of the server's directory. */
  directory: string;
  /** The key that names the account. The account is made where there is none. */
  account: KeyObject;
  /** Where answers stand that prove that this machine has a name, by token: at `/.well-known/acme-challenge/` on port 80. */
  challenges: Map<string, string>;
  /** Ends what is under way. */
  signal: AbortSignal;
}

/** An account with one server. */
export class AcmeClient {
  readonly #options: AcmeOptions;
  readonly #jwk: Record<string, string>;
  #directory: Directory | undefined;
  /** The address of the account. */
  #account: string | undefined;
  #nonce: string | undefined;

  constructor(options: AcmeOptions) {
    this.#options = options;
    const { crv, kty, x, y } = createPublicKey(options.account).export({ format: "jwk" }) as Record<string, string>;
    // In the order in which the thumbprint has them (RFC 7638, section 3.2).
    this.#jwk = { crv, kty, x, y };
  }

  /**
   * Obtains a certificate. To use it is to agree to the terms of the server.
   *
   * @param key The certificate's.
   * @returns The certificate and those that vouch for it, as PEM.
   * @throws {Error} Where the server refuses, or can't be reached.
   */
  async obtain(key: KeyObject, hosts: string[]): Promise<string> {
    this.#directory = await this.#read<Directory>(await this.#fetch(this.#options.directory));
    await this.#openAccount();
    const identifiers = hosts.map((value) => ({ type: "dns", value }));
    const made = await this.#post(this.#directory.newOrder, { identifiers });
    const url = locationOf(made);
    for (const authorization of parse<Order>(made).authorizations) await this.#authorize(authorization);
    const ready = await this.#awaitStatus<Order>(url, ["pending", "processing"]);
    const csr = base64url(makeRequest(key, { hosts, addresses: [] }));
    if (ready.status === "ready") await this.#post(ready.finalize, { csr });
    const { certificate } = await this.#awaitStatus<Order>(url, ["ready", "processing"]);
    if (certificate === undefined) throw new Error("the order has no certificate");
    return (await this.#post(certificate)).text;
  }

  async #openAccount(): Promise<void> {
    this.#account = undefined;
    this.#account = locationOf(await this.#post(this.#directory!.newAccount, { termsOfServiceAgreed: true }));
  }

  /** Proves that a name is this machine's (section 7.5). */
  async #authorize(url: string): Promise<void> {
    const { status, challenges } = parse<Authorization>(await this.#post(url));
    if (status === "valid") return;
    const challenge = challenges.find(({ type }) => type === "http-01");
    if (challenge === undefined) throw new Error("the server does not offer the challenge http-01");
    const { token } = challenge;
    const thumbprint = createHash("sha256").update(JSON.stringify(this.#jwk)).digest("base64url");
    this.#options.challenges.set(token, `${token}.${thumbprint}`);
    try {
      await this.#post(challenge.url, {});
      await this.#awaitStatus<Authorization>(url, ["pending"]);
    } finally {
      this.#options.challenges.delete(token);
    }
  }

  /**
   * Asks for something again and again while it is under way.
   *
   * @throws {Error} Where it fails.
   */
  async #awaitStatus<T extends Resource & { challenges?: Challenge[] }>(url: string, waiting: string[]): Promise<T> {
    for (;;) {
      const answer = await this.#post(url);
      const found = parse<T>(answer);
      if (found.status === "invalid") {
        const problem = found.error ?? found.challenges?.find(({ error }) => error !== undefined)?.error;
        throw new Error(problemText(problem) ?? "the server has refused, and does not say why");
      }
      if (!waiting.includes(found.status)) return found;
      await delay(pauseOf(answer), { signal: this.#options.signal });
    }
  }

  /** Asks the server in the account's name (section 6.2). @param payload Left out where something is only read. */
  async #post(url: string, payload?: object): Promise<Answer> {
    for (let count = 1;; count++) {
      const nonce = this.#nonce ?? await this.#newNonce();
      this.#nonce = undefined;
      const header = {
        alg: "ES256",
        nonce,
        url,
        ...(this.#account === undefined ? { jwk: this.#jwk } : { kid: this.#account }),
      };
      const head = base64url(JSON.stringify(header));
      const body = payload === undefined ? "" : base64url(JSON.stringify(payload));
      const key = { key: this.#options.account, dsaEncoding: "ieee-p1363" } as const;
      const signature = base64url(sign("sha256", Buffer.from(`${head}.${body}`), key));
      const response = await this.#fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/jose+json" },
        body: JSON.stringify({ protected: head, payload: body, signature }),
      });
      this.#nonce = response.headers.get("Replay-Nonce") ?? undefined;
      if (response.ok) return { text: await textOf(response), headers: response.headers };
      const problem = await problemOf(response);
      if (problem.type !== "urn:ietf:params:acme:error:badNonce" || count === MOST_NONCES) {
        throw new Error(problemText(problem) ?? `${new URL(url).host} answers ${response.status}`);
      }
    }
  }

  async #newNonce(): Promise<string> {
    const response = await this.#fetch(this.#directory!.newNonce, { method: "HEAD" });
    await response.body?.cancel();
    const nonce = response.headers.get("Replay-Nonce");
    if (nonce === null) throw new Error("the server gives no nonce");
    return nonce;
  }

  async #read<T>(response: Response): Promise<T> {
    if (response.ok) return JSON.parse(await textOf(response));
    await response.body?.cancel();
    throw new Error(`${new URL(response.url).host} answers ${response.status}`);
  }

  async #fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { signal } = this.#options;
    return await fetch(url, { ...init, signal, headers: { ...init.headers, "User-Agent": "Teahouse" } });
  }
}

function base64url(data: string | Uint8Array): string {
  return Buffer.from(data as Uint8Array).toString("base64url");
}

function parse<T>({ text }: Answer): T {
  return JSON.parse(text);
}

function locationOf({ headers }: Answer): string {
  const location = headers.get("Location");
  if (location === null) throw new Error("the server does not say where what it has made is");
  return location;
}

/** How long to wait before the next question (section 8.2), in milliseconds. */
function pauseOf({ headers }: Answer): number {
  const seconds = Number(headers.get("Retry-After") ?? NaN);
  const asked = Number.isNaN(seconds) ? PAUSE.usual : seconds * 1000;
  return Math.min(Math.max(asked, PAUSE.least), PAUSE.most);
}

/** The text of an answer, which may have no end. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the server's answer is longer than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await textOf(response);
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** A problem for people: remote text, so only what a terminal can show, and not much of it. */
function problemText({ detail, type }: Problem = {}): string | undefined {
  const text = `${detail ?? type ?? ""}`.replaceAll(/\p{Cc}+/gu, " ").slice(0, 300);
  return text === "" ? undefined : text;
}
