/**
 * A certificate that an authority which everybody knows issues by ACME. It is kept and renewed; until there is one, the
 * room's own authority vouches.
 *
 * @module
 */

import { createPrivateKey, type KeyObject } from "node:crypto";
import { reasonOf } from "../turns/faults.ts";
import { AcmeClient } from "./acme_client.ts";
import { keyText, makeKey } from "./certificate.ts";
import { checkPair, isFor, type Pair, readCertificate } from "./pair.ts";
import type { Shelf } from "./private_folder.ts";
import type { Authority, Source, Voucher } from "./source.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A certificate is renewed when so much of its time is left: 30 days, or of a short time a third. */
const RENEWAL = { most: 30 * DAY, share: 1 / 3 } as const;

/** After a failure the next attempt waits, and twice as long after each one that follows. Authorities count failures. */
const AGAIN = { first: 15 * MINUTE, most: 12 * 60 * MINUTE } as const;

/** One attempt, in milliseconds. */
const PATIENCE = 5 * MINUTE;

/** Under which names things are kept. */
const FILES = { account: "acme-account.key", certificate: "acme-cert.pem", key: "acme-key.pem" } as const;

/** What `Acme` takes from outside. */
export interface AcmeSourceOptions {
  /** The names that the certificate is for: public names of this machine. */
  hosts: string[];
  /** The address of the ACME server's directory. */
  directory: string;
  /** Answers that prove that a name is this machine's, by token; whoever asks for one over HTTP is given it. */
  challenges: Map<string, string>;
  shelf: Shelf;
  /** Who vouches until there is a certificate. */
  own: Source;
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** Called with what goes wrong. */
  onError: (text: string) => void;
}

/** The source of a public certificate. */
export class Acme implements Source {
  readonly #options: AcmeSourceOptions;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  /** The certificate that was issued; undefined where there is none yet. */
  #pair: Pair | undefined;
  #failures = 0;
  /** When the next attempt may be made. */
  #notBefore = -Infinity;

  constructor(options: AcmeSourceOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get voucher(): Voucher {
    return this.#pair === undefined ? this.#options.own.voucher : "acme";
  }

  get authority(): Authority | undefined {
    return this.#pair === undefined ? this.#options.own.authority : undefined;
  }

  open(): Promise<Pair> {
    this.#pair = this.#kept();
    return this.#pair === undefined ? this.#options.own.open() : Promise.resolve(this.#pair);
  }

  async renew(): Promise<Pair | undefined> {
    if (this.#isDue() && this.#now() >= this.#notBefore) {
      const pair = await this.#obtain();
      if (pair !== undefined) return this.#pair = pair;
    }
    return this.#pair === undefined ? await this.#options.own.renew() : undefined;
  }

  #isDue(): boolean {
    if (this.#pair === undefined) return true;
    const { from, until } = readCertificate(this.#pair.cert);
    return until - this.#now() < Math.min(RENEWAL.most, (until - from) * RENEWAL.share);
  }

  /** The certificate that is kept, unless it is over or for other names. */
  #kept(): Pair | undefined {
    const { shelf, hosts, onError } = this.#options;
    try {
      const [cert, key] = [shelf.read(FILES.certificate), shelf.read(FILES.key)];
      if (cert === undefined || key === undefined) return undefined;
      checkPair({ cert, key });
      const { names, until } = readCertificate(cert);
      return until > this.#now() && hosts.every((host) => isFor(names, host)) ? { cert, key } : undefined;
    } catch (error) {
      onError(`the certificate that is kept can't be used, so there is a new one: ${reasonOf(error)}`);
      return undefined;
    }
  }

  async #obtain(): Promise<Pair | undefined> {
    const { hosts, directory, challenges, onError } = this.#options;
    try {
      const key = makeKey();
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PATIENCE)]);
      const client = new AcmeClient({ directory, account: this.#account(), challenges, signal });
      const pair = { cert: await client.obtain(key, hosts), key: keyText(key) };
      checkPair(pair);
      this.#failures = 0;
      this.#keep(pair);
      return pair;
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      const pause = Math.min(AGAIN.first * 2 ** this.#failures++, AGAIN.most);
      this.#notBefore = this.#now() + pause;
      const minutes = pause / MINUTE;
      onError(
        `no certificate for ${hosts.join(", ")} by ACME: ${reasonOf(error)}. ` +
          `The next attempt is in ${minutes} minutes; http://${hosts[0]}/ (port 80) has to lead to the page's port`,
      );
      return undefined;
    }
  }

  #keep({ cert, key }: Pair): void {
    const { shelf, onError } = this.#options;
    try {
      shelf.write(FILES.key, key);
      shelf.write(FILES.certificate, cert);
    } catch (error) {
      onError(`the certificate can't be kept, so the next run of the server asks for another one: ${reasonOf(error)}`);
    }
  }

  /** The key of the account, which is made and kept where there is none. */
  #account(): KeyObject {
    const { shelf } = this.#options;
    const kept = shelf.read(FILES.account);
    if (kept !== undefined) return createPrivateKey(kept);
    const key = makeKey();
    shelf.write(FILES.account, keyText(key));
    return key;
  }

  close(): void {
    this.#stop.abort();
  }
}
