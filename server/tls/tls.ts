/**
 * The room's TLS: its certificate and who vouches for it, and the listeners that present it. This is the one place to ask
 * for fingerprints, for the authority that people may install, and for ports.
 *
 * @module
 */

import { reasonOf } from "../turns/faults.ts";
import { type ListenOptions, TlsListener } from "./listener.ts";
import { type CertificateFacts, type Pair, readCertificate } from "./pair.ts";
import type { Authority, Source, Voucher } from "./source.ts";

/** How often it is looked whether another certificate is due, in milliseconds. */
const CHECK_EVERY = 5_000;

/** The ports of the two listeners; undefined for one that is not there. */
export interface TlsPorts {
  chat: number | undefined;
  page: number | undefined;
}

/**
 * What the rest of the program, the page and people may know of the room's TLS. All of it may change while the room is open,
 * so it is to be read when it is needed.
 */
export interface TlsFacts {
  readonly ports: Readonly<TlsPorts>;
  /** Who vouches for the certificate: "own", "given" or "acme". */
  readonly voucher: Voucher;
  /** The room's own authority; undefined where somebody else vouches. */
  readonly authority: Authority | undefined;
  /** The certificate in use: its fingerprint, the names and addresses that it is for, and its time. */
  readonly certificate: CertificateFacts;
  /** Whether clients take the certificate without being told to: whether an authority that all know vouches for it. */
  readonly isPublic: boolean;
  /** What answers an authority that asks over HTTP whether a name is this machine's (RFC 8555, section 8.3), by token. */
  readonly challenges: ReadonlyMap<string, string>;
}

/** What TLS takes from outside. */
export interface TlsOptions {
  source: Source;
  /** See `TlsFacts`; none when left out. */
  challenges?: ReadonlyMap<string, string>;
  /** Finds out whether a pair can be used, and whether everybody trusts it. */
  examine: (pair: Pair) => Promise<{ isPublic: boolean }>;
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** Called with what whoever runs the server should know. */
  onNews: (text: string) => void;
  /** Called with what goes wrong. */
  onError: (text: string) => void;
}

/** The TLS of one room: open until `close`. */
export class Tls implements TlsFacts {
  readonly ports: TlsPorts = { chat: undefined, page: undefined };
  readonly challenges: ReadonlyMap<string, string>;
  readonly #options: TlsOptions;
  readonly #listeners = new Set<TlsListener>();
  readonly #timer: ReturnType<typeof setInterval>;
  #pair: Pair;
  #certificate: CertificateFacts;
  #isPublic: boolean;
  /** The check under way. It never rejects. */
  #checking: Promise<void> | undefined;
  #isToldOfEnd = false;

  private constructor(options: TlsOptions, pair: Pair, isPublic: boolean) {
    this.#options = options;
    this.challenges = options.challenges ?? new Map();
    this.#pair = pair;
    this.#isPublic = isPublic;
    this.#certificate = readCertificate(pair.cert);
    this.#tellOfEnd();
    this.#timer = setInterval(() => void this.check(), CHECK_EVERY);
  }

  /** Takes the first pair from a source. @throws {Error} Where there is none, or it can't be used. */
  static async open(options: TlsOptions): Promise<Tls> {
    const pair = await options.source.open();
    return new Tls(options, pair, await isPublic(options, pair));
  }

  get voucher(): Voucher {
    return this.#options.source.voucher;
  }

  get authority(): Authority | undefined {
    return this.#options.source.authority;
  }

  get certificate(): CertificateFacts {
    return this.#certificate;
  }

  get isPublic(): boolean {
    return this.#isPublic && !this.#isOver();
  }

  /** Listens with the certificate, and with each that follows it. @throws {Error} If the port can't be listened on. */
  listen(options: ListenOptions): TlsListener {
    const listener = new TlsListener(this.#pair, options);
    this.#listeners.add(listener);
    return listener;
  }

  /** Looks whether another certificate is due, and presents it. Resolves when that is done; never rejects. */
  async check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => this.#checking = undefined);
    await this.#checking;
  }

  async #check(): Promise<void> {
    const { source, onNews, onError } = this.#options;
    const pair = await source.renew();
    if (pair === undefined) return this.#tellOfEnd();
    try {
      const isTrusted = await isPublic(this.#options, pair);
      const certificate = readCertificate(pair.cert);
      this.#pair = pair;
      this.#isPublic = isTrusted;
      this.#certificate = certificate;
      this.#isToldOfEnd = false;
      await Promise.all([...this.#listeners].map((listener) => listener.use(pair)));
      onNews(`there is a new certificate, which holds until ${day(certificate.until)}`);
      this.#tellOfEnd();
    } catch (error) {
      onError(`the new certificate can't be used, so the one before stays: ${reasonOf(error)}`);
    }
  }

  #isOver(): boolean {
    return this.#certificate.until <= (this.#options.now ?? Date.now)();
  }

  /** Says once that the certificate is over or not valid yet: clients refuse it, and say little about why. */
  #tellOfEnd(): void {
    const { from, until } = this.#certificate;
    const now = (this.#options.now ?? Date.now)();
    const isEarly = from > now;
    if (this.#isToldOfEnd || !(isEarly || this.#isOver())) return;
    this.#isToldOfEnd = true;
    const fault = isEarly ? `is not valid before ${day(from)}` : `has expired on ${day(until)}`;
    this.#options.onError(`the certificate ${fault}: clients refuse it`);
  }

  /** Looks for no more certificates. The listeners are closed by those that accept on them. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#options.source.close?.();
    await this.#checking;
  }
}

/** Whether everybody trusts a pair. Throws if it can't be used. What the room has just made itself needs no trial. */
async function isPublic({ source, examine }: TlsOptions, pair: Pair): Promise<boolean> {
  return source.voucher !== "own" && (await examine(pair)).isPublic;
}

/** A day as people read it. @param time Milliseconds since 1970. */
function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
