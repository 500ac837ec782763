/**
 * Where the room's certificate comes from. own_authority.ts makes it, given_files.ts reads it, acme.ts asks for it.
 *
 * @module
 */

import type { Pair } from "./pair.ts";

/** Who vouches for a certificate: the room's own authority, whoever gave it to the room, or one that is asked by ACME. */
export type Voucher = "own" | "given" | "acme";

/** The authority of a room of its own. */
export interface Authority {
  /** Its certificate, for people to install. */
  pem: string;
  /** The certificate's SHA-256, `AB:CD:...`, for people to compare. */
  fingerprint: string;
}

/** A source of certificates. */
export interface Source {
  readonly voucher: Voucher;
  /** Where the voucher is "own". */
  readonly authority: Authority | undefined;
  /** The pair to begin with. @throws {Error} Where there is none. */
  open(): Promise<Pair>;
  /**
   * Looks whether there is another pair now. To be called now and then.
   *
   * @returns Undefined if not. Never rejects.
   */
  renew(): Promise<Pair | undefined>;
  /** Ends what is under way. */
  close?(): void;
}
