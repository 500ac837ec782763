/**
 * A TLS listener whose certificate can be exchanged while it listens. Connections that it has accepted go on with the
 * certificate that they have seen.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { reasonOf } from "../turns/faults.ts";
import { sendAtOnceFrom } from "./sockets.ts";
import type { Pair } from "./pair.ts";

/** Milliseconds between two attempts to listen again on the port. */
const AGAIN = 100;

/** How a listener listens. */
export interface ListenOptions {
  hostname: string;
  port: number;
  /** How many connections may wait to be accepted. */
  backlog?: number;
  /**
   * The protocol that is spoken (ALPN, RFC 7301). A peer that offers only others is refused, so that a browser can't be had
   * to talk to a server of another kind; a peer that offers none is not.
   */
  protocol: string;
  /** Called with what goes wrong. */
  onError: (text: string) => void;
}

/** A TLS listener: open until `close`. */
export class TlsListener {
  readonly addr: Deno.NetAddr;
  readonly #options: ListenOptions;
  #pair: Pair;
  #listener: Deno.TlsListener;
  #accepting: Promise<Deno.TlsConn> | undefined;
  /** The exchange under way. It never rejects. */
  #exchanging: Promise<void> | undefined;
  #isClosed = false;

  /** @throws {Error} If the port can't be listened on, or the pair can't be used. */
  constructor(pair: Pair, options: ListenOptions) {
    this.#pair = pair;
    this.#options = options;
    this.#listener = this.#listen(options.port);
    this.addr = this.#listener.addr as Deno.NetAddr;
    sendAtOnceFrom(this.addr.port);
  }

  #listen(port: number): Deno.TlsListener {
    const { hostname, protocol, backlog } = this.#options;
    return Deno.listenTls({
      hostname,
      port,
      ...this.#pair,
      alpnProtocols: [protocol],
      ...(backlog !== undefined && { tcpBacklog: backlog }),
    });
  }

  /** As of `Deno.Listener`. An exchange of the certificate does not end it. */
  async accept(): Promise<Deno.TlsConn> {
    for (;;) {
      await this.#exchanging;
      const listener = this.#listener;
      try {
        return await (this.#accepting = listener.accept());
      } catch (error) {
        const isExchanged = this.#exchanging !== undefined || this.#listener !== listener;
        if (this.#isClosed || !isExchanged) throw error;
      }
    }
  }

  /**
   * Presents another certificate from now on, after the exchange under way.
   *
   * @param pair One that can be used.
   */
  async use(pair: Pair): Promise<void> {
    while (this.#exchanging !== undefined) await this.#exchanging;
    if (this.#isClosed) return;
    await (this.#exchanging = this.#exchange(pair).finally(() => this.#exchanging = undefined));
  }

  async #exchange(pair: Pair): Promise<void> {
    this.#pair = pair;
    this.#listener.close();
    // The system gives the port back when nobody waits for a connection any more.
    await this.#accepting?.catch(() => {});
    for (let failures = 0; !this.#isClosed;) {
      try {
        this.#listener = this.#listen(this.addr.port);
        sendAtOnceFrom(this.addr.port);
        return;
      } catch (error) {
        // A program that is just being started has the port for a moment as well: the first failure says nothing yet.
        if (++failures === 2) {
          this.#options.onError(`cannot listen on port ${this.addr.port} again: ${reasonOf(error)}`);
        }
        await delay(AGAIN);
      }
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#listener.close();
    } catch {
      // It was being exchanged.
    }
  }
}
