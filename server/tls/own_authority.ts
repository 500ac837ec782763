/**
 * The room's own authority, and the certificate that it issues for this machine: made anew before it ends, and when the
 * machine has an address or a name that it is not for. Whoever trusts the authority trusts the next certificate, too.
 *
 * @module
 */

import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { pem } from "../../shared/pem.ts";
import { reasonOf } from "../turns/faults.ts";
import { constraintsOf, issue, type Issuer, keyText, makeAuthority, makeKey, type Names } from "./certificate.ts";
import { constraintsFor, type Machine, namesOf, permitted } from "./local_names.ts";
import { isFor, type Pair, readCertificate } from "./pair.ts";
import { MemoryShelf, type Shelf } from "./private_folder.ts";
import type { Authority, Source } from "./source.ts";

const DAY = 86_400_000;

/** Days. Browsers take no certificate of a server that holds for more than 398. */
const DAYS = { authority: 3650, certificate: 397, renewal: 30 } as const;

/** Certificates are valid from a day before: not all clocks are right. */
const CLOCK_ERROR = DAY;

/** An authority is valid since this time: one that was made while the clock was ahead is as good when that is put right. */
const EARLY = Date.UTC(2020, 0, 1);

/** How long the clock has to go on without a jump until the authority is renewed, and what is no jump, in milliseconds. */
const PROBATION = 3_600_000;
const TOLERANCE = 60_000;

/** Under which names things are kept. */
const FILES = { authority: "ca.pem", authorityKey: "ca.key", certificate: "cert.pem", key: "key.pem" } as const;

/** What an own authority takes from outside. */
export interface OwnAuthorityOptions {
  /** Where it is kept. */
  shelf: Shelf;
  /** What is known of this machine now. */
  machine: () => Machine;
  /** Host names and addresses that people use besides. */
  others: string[];
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** Milliseconds since some moment, by a clock that is never set; `performance.now` when left out. */
  uptime?: () => number;
  /** Called with what goes wrong. */
  onError: (text: string) => void;
}

/** The authority of one room. */
export class OwnAuthority implements Source {
  readonly voucher = "own";
  readonly #options: OwnAuthorityOptions;
  readonly #now: () => number;
  readonly #uptime: () => number;
  /** A moment since which the two clocks have gone on alike. */
  #even: { now: number; up: number };
  #shelf: Shelf;
  #issuer: Issuer;
  #authority: Authority;
  /** The certificate in use; undefined before `open`. */
  #current: Pair | undefined;

  /** Reads the authority that is kept, or makes one. */
  constructor(options: OwnAuthorityOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#uptime = options.uptime ?? (() => performance.now());
    this.#even = { now: this.#now(), up: this.#uptime() };
    this.#shelf = options.shelf;
    this.#issuer = this.#read() ?? this.#make();
    this.#authority = this.#asAuthority();
  }

  get authority(): Authority {
    return this.#authority;
  }

  /**
   * What is kept, also if it ends soon: that may be the clock's fault, see `renew`. What can't be read is left as it is, since
   * people have installed it: another one holds for this run alone.
   */
  #read(): Issuer | undefined {
    try {
      const [text, keyText] = [this.#shelf.read(FILES.authority), this.#shelf.read(FILES.authorityKey)];
      if (text === undefined && keyText === undefined) return undefined;
      if (text === undefined || keyText === undefined) throw new Error("one of its two files is missing");
      const key = createPrivateKey(keyText);
      const certificate = new X509Certificate(text);
      if (!certificate.checkPrivateKey(key)) throw new Error("its key belongs to another certificate");
      return { key, certificate: new Uint8Array(certificate.raw) };
    } catch (error) {
      this.#options.onError(
        "the room's authority can't be used, so another one holds for this run of the server, which nobody trusts yet; " +
          `its files are left as they are, to be mended: ${reasonOf(error)}`,
      );
      this.#shelf = new MemoryShelf();
      return undefined;
    }
  }

  #make(): Issuer {
    const machine = this.#options.machine();
    const key = makeKey();
    // Several rooms of a machine must differ in the lists where people find them.
    const name = `Teahouse ${randomBytes(3).toString("hex")} on ${machine.hostname || "this machine"}`;
    const certificate = makeAuthority(key, name, constraintsFor(machine), {
      ...this.#validity(DAYS.authority),
      from: EARLY,
    });
    this.#putAside();
    this.#keep({ [FILES.authorityKey]: keyText(key), [FILES.authority]: pem(certificate) });
    return { key, certificate };
  }

  /** Keeps the authority before under another name: people have installed it, and a clock may have been wrong. */
  #putAside(): void {
    if (this.#issuer === undefined) return;
    const name = `ca-${this.#authority.fingerprint.replaceAll(":", "").slice(0, 16).toLowerCase()}`;
    this.#keep({ [`${name}.key`]: keyText(this.#issuer.key), [`${name}.pem`]: this.#authority.pem });
    this.#options.onError(
      `the room has a new authority, since the one before ends; that is kept as ${name}.key and ${name}.pem`,
    );
  }

  #asAuthority(): Authority {
    const text = pem(this.#issuer.certificate);
    return { pem: text, fingerprint: readCertificate(text).fingerprint };
  }

  /** Keeps texts; where that fails, they hold while the program runs. */
  #keep(texts: Record<string, string>): void {
    try {
      for (const [name, text] of Object.entries(texts)) this.#shelf.write(name, text);
    } catch (error) {
      const why = reasonOf(error);
      this.#options.onError(`the room's authority can't be kept, so it ends with this run of the server: ${why}`);
      this.#shelf = new MemoryShelf();
    }
  }

  #validity(days: number): { from: number; until: number } {
    return { from: this.#now() - CLOCK_ERROR, until: this.#now() + days * DAY };
  }

  #isEnding(until: number): boolean {
    return until - this.#now() < DAYS.renewal * DAY;
  }

  open(): Promise<Pair> {
    return Promise.resolve(this.#current = this.#kept() ?? this.#issue());
  }

  /** Whether the clock has not jumped for so long that it is believed. To be asked often. */
  #isClockRight(): boolean {
    const [now, up] = [this.#now(), this.#uptime()];
    if (Math.abs(now - this.#even.now - (up - this.#even.up)) > TOLERANCE) this.#even = { now, up };
    return up - this.#even.up >= PROBATION;
  }

  renew(): Promise<Pair | undefined> {
    const isClockRight = this.#isClockRight();
    try {
      if (this.#current !== undefined && this.#isGood(this.#current.cert)) return Promise.resolve(undefined);
      // An authority that ends within its certificate's time would take the certificate with it.
      // A clock that has jumped ahead is likely to be put right, and a machine's is set soon after its start.
      if (isClockRight && this.#isEnding(readCertificate(this.#authority.pem).until)) {
        this.#issuer = this.#make();
        this.#authority = this.#asAuthority();
      } else if (this.#current !== undefined && this.#isBest(this.#current.cert)) return Promise.resolve(undefined);
      return Promise.resolve(this.#current = this.#issue());
    } catch (error) {
      this.#options.onError(`cannot make a new certificate: ${reasonOf(error)}`);
      return Promise.resolve(undefined);
    }
  }

  /** The certificate that is kept, if it can be used and is of this authority. */
  #kept(): Pair | undefined {
    try {
      const [cert, key] = [this.#shelf.read(FILES.certificate), this.#shelf.read(FILES.key)];
      if (cert === undefined || key === undefined) return undefined;
      const certificate = new X509Certificate(cert);
      const isOurs = certificate.verify(new X509Certificate(this.#authority.pem).publicKey);
      const isUsable = isOurs && certificate.checkPrivateKey(createPrivateKey(key)) && this.#isGood(cert);
      return isUsable ? { cert, key } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether a certificate holds long enough, and is for all names that this machine has now. */
  #isGood(cert: string): boolean {
    return this.#isFitting(cert) && !this.#isEnding(readCertificate(cert).until);
  }

  /** Whether no other certificate of this authority would hold longer: each exchange costs those who are just coming. */
  #isBest(cert: string): boolean {
    return this.#isFitting(cert) && readCertificate(cert).until >= readCertificate(this.#authority.pem).until;
  }

  /** Whether a certificate is for all names that this machine has now. One that was made while the clock was ahead would be taken by nobody. */
  #isFitting(cert: string): boolean {
    const { names, from } = readCertificate(cert);
    const wanted = this.#names();
    const hasAll = wanted.hosts.every((host) => names.hosts.includes(host)) &&
      wanted.addresses.every((address) => names.addresses.includes(address));
    return hasAll && from <= this.#now();
  }

  #names(): Names {
    const { machine, others } = this.#options;
    return permitted(namesOf(machine(), others), constraintsOf(this.#issuer.certificate));
  }

  #issue(): Pair {
    const key = makeKey();
    const validity = this.#validity(DAYS.certificate);
    // Nobody would take a certificate that outlives its authority.
    validity.until = Math.min(validity.until, readCertificate(this.#authority.pem).until);
    const certificate = issue(key, this.#names(), this.#issuer, validity);
    const pair = { cert: pem(certificate) + this.#authority.pem, key: keyText(key) };
    this.#keep({ [FILES.key]: pair.key, [FILES.certificate]: pair.cert });
    return pair;
  }

  /** Of the names that people use, those that the authority can't vouch for. */
  get unnamed(): string[] {
    const { others } = this.#options;
    const names = this.#names();
    return others.filter((name) => !isFor(names, name));
  }
}
