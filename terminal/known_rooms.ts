/**
 * The file in which the terminal client keeps by which authority each room is known, as ssh does in `known_hosts`.
 *
 * A line is an address, a space, and the authority's certificate as base64 of its DER. Only the person can read or write the
 * file. It is written beside its place and moved there, so that it is never half written; of two clients that write at the same
 * time one may have to ask again.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ConnectionError } from "../client/connection/connection_error.ts";
import { formatAddress } from "./address.ts";
import { words } from "./language.ts";
import { reasonOf } from "./os_error.ts";

/** The most rooms that are kept; the one that was added first goes first. */
const MOST = 1_000;

/** Bytes that the file may have. */
const LARGEST = 4 * 1024 * 1024;

/** Where authorities are kept. */
export class KnownRooms {
  readonly #folder: string;

  /** @param folder The program's folder, see `stateFolder`; it is made when a room is kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file's path. */
  get path(): string {
    return `${this.#folder}/known_rooms`;
  }

  /**
   * The certificate, as DER, of the authority by which a room is known; undefined where the room is not known.
   *
   * @param address As `formatAddress` writes it.
   * @throws {ConnectionError} If the file is there and cannot be read: that must not make a room that is known an unknown one.
   */
  authorityOf(address: string): Uint8Array | undefined {
    const line = this.#lines().findLast((line) => isOf(line, address));
    if (line === undefined) return undefined;
    const encoded = line.slice(address.length + 1);
    const der = new Uint8Array(Buffer.from(encoded, "base64"));
    // A DER certificate is a SEQUENCE. Buffer skips what is no base64.
    if (der[0] === 0x30 && Buffer.from(der).toString("base64") === encoded) return der;
    throw new ConnectionError(words().files.damaged(address, this.path));
  }

  /** The ports by which rooms at a host are known, the one that was kept last at the end. @throws {ConnectionError} See `authorityOf`. */
  portsOf(hostname: string): number[] {
    return portsIn(this.#lines().map((line) => line.split(" ", 1)[0]), hostname);
  }

  /**
   * Keeps a room's authority, in place of another one.
   *
   * @throws {Error} If the file cannot be written.
   */
  keep(address: string, authority: Uint8Array): void {
    const others = this.#lines().filter((line) => !isOf(line, address));
    const lines = [...others, `${address} ${Buffer.from(authority).toString("base64")}`].slice(-MOST);
    const written = `${this.path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      try {
        Deno.writeTextFileSync(written, lines.join("\n") + "\n", { createNew: true, mode: 0o600 });
        Deno.renameSync(written, this.path);
      } catch (error) {
        try {
          Deno.removeSync(written);
        } catch {
          // It was not written.
        }
        throw error;
      }
    } catch (error) {
      throw new Error(words().files.unwritable(this.path, reasonOf(error)), { cause: error });
    }
  }

  #lines(): string[] {
    try {
      const { size, isFile } = Deno.statSync(this.path);
      if (!isFile) throw new Error(words().files.noFile);
      if (size > LARGEST) throw new Error(words().files.large(LARGEST));
      return Deno.readTextFileSync(this.path).split("\n").filter((line) => line !== "");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
      throw new ConnectionError(words().files.unreadable(this.path, reasonOf(error)));
    }
  }
}

/** Known rooms that are forgotten when the program ends, where there is no folder to keep them in. */
export class RoomsInMemory implements Pick<KnownRooms, "authorityOf" | "keep" | "portsOf"> {
  readonly #authorities = new Map<string, Uint8Array>();

  /** See `KnownRooms`. */
  authorityOf(address: string): Uint8Array | undefined {
    return this.#authorities.get(address.toLowerCase());
  }

  /** See `KnownRooms`. */
  portsOf(hostname: string): number[] {
    return portsIn([...this.#authorities.keys()], hostname);
  }

  /** See `KnownRooms`. */
  keep(address: string, authority: Uint8Array): void {
    this.#authorities.set(address.toLowerCase(), authority);
  }
}

/** Whether a line of the file is about an address. Names of hosts mean the same in either case (RFC 4343). */
function isOf(line: string, address: string): boolean {
  return line.split(" ", 1)[0].toLowerCase() === address.toLowerCase();
}

/** The ports of those addresses that are of a host, whose name may be written in either case. */
function portsIn(addresses: readonly string[], hostname: string): number[] {
  const host = formatAddress({ hostname, port: 0 }).slice(0, -1).toLowerCase();
  return addresses.filter((address) => address.toLowerCase().startsWith(host))
    .map((address) => address.slice(host.length)).filter((port) => /^\d+$/.test(port)).map(Number);
}

/** The SHA-256 of a certificate's DER, as browsers and openssl write it: `AB:CD:...`, 32 bytes. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("hex").toUpperCase().match(/../g)!.join(":");
}

/** A fingerprint in two rows, which 80 columns can hold. */
export function inRows(fingerprint: string): [string, string] {
  return [fingerprint.slice(0, 48), fingerprint.slice(48)];
}

/** A fingerprint as one word that 80 columns can hold, to be copied. */
export function asWord(fingerprint: string): string {
  return fingerprint.replaceAll(":", "");
}

/**
 * Reads a fingerprint as a person copies it: with or without colons and spaces, in either case.
 *
 * @returns It as `fingerprintOf` writes it.
 * @throws {RangeError} If it is none.
 */
export function readFingerprint(text: string): string {
  const digits = text.trim().replace(/^sha-?256[ :=]\s*/i, "").replace(/[:\s]/g, "");
  if (!/^[0-9a-f]{64}$/i.test(digits)) {
    throw new RangeError(words().usage.noFingerprint(text));
  }
  return digits.toUpperCase().match(/../g)!.join(":");
}
