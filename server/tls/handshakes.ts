/**
 * The beginning and the end of TLS connections, whose peers may be slow, silent or no TLS clients at all. Nothing else is
 * made for a connection before its handshake is complete.
 *
 * @module
 */

import type { Budget } from "../wire/budget.ts";
import { closeConn } from "../wire/closing.ts";
import { Lingering } from "./lingering.ts";
import { Overheads } from "./overhead.ts";
import { SecureConn } from "./secure_conn.ts";

/** For a handshake, in milliseconds. */
const PATIENCE = 10_000;

/** What the server computes for one, in milliseconds: a signature, and an exchange of keys. */
const COST = 0.5;

/** The handshakes of one program that are under way. */
export class Handshakes {
  readonly #patience: number;
  readonly #lingering: Lingering;
  readonly #overheads = new Overheads();
  /** What ends each of them. */
  readonly #underWay = new Set<() => void>();
  #isClosed = false;

  /**
   * @param patience How long a peer may take, in milliseconds.
   * @param grace How long a connection may go on that is closed; see `Lingering`.
   */
  constructor(patience: number = PATIENCE, grace?: number) {
    this.#patience = patience;
    this.#lingering = new Lingering(grace);
  }

  /** How many are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /**
   * Completes the handshake of a connection, or closes it where that fails or takes too long.
   *
   * @param budget What pays for it. The caller closes it.
   * @returns Undefined if the connection is closed. Never rejects.
   */
  async complete(conn: Deno.TlsConn, budget: Budget): Promise<SecureConn | undefined> {
    let isOver = this.#isClosed;
    const end = () => {
      isOver = true;
      this.refuse(conn);
    };
    this.#lingering.opened(conn);
    if (isOver) return void end();
    this.#underWay.add(end);
    const timer = setTimeout(end, this.#patience);
    try {
      // The runtime has begun already, whatever may be owed.
      budget.spend(COST);
      await conn.handshake();
    } catch {
      // A peer that speaks something else, or has gone. It is its own affair, and comes as often as somebody likes.
      end();
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(end);
    }
    if (isOver) return undefined;
    const secure = new SecureConn(conn, () => {
      this.#overheads.closed(secure);
      this.#lingering.closed(conn);
    });
    this.#overheads.opened(secure, budget);
    return secure;
  }

  /** Closes a connection without a handshake. */
  refuse(conn: Deno.TlsConn): void {
    closeConn(conn);
    this.#lingering.closed(conn);
  }

  /** Ends those that are under way, and all that come. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#underWay]) end();
    this.#lingering.close();
  }
}
