/**
 * A connection of the program with itself: what is written to it can be read only after the event loop has looked at its
 * sockets. Nothing else tells a program that it has.
 *
 * @module
 */

import { delay } from "@std/async/delay";

const BYTE = new Uint8Array(1);

/**
 * Room for more than is read. After a read that filled its room the runtime would take the next byte at once, without a look
 * at the sockets; after this one it waits to be told that there is something.
 */
const ROOM = new Uint8Array(16);

/** The two ends of a connection with oneself. */
export class SelfPipe {
  readonly #from: Deno.TcpConn;
  readonly #to: Deno.TcpConn;
  #looking: Promise<void> | undefined;

  private constructor(from: Deno.TcpConn, to: Deno.TcpConn) {
    this.#from = from;
    this.#to = to;
  }

  /** Opens one. Undefined where this machine has no loopback, or the program may not use it. */
  static async open(): Promise<SelfPipe | undefined> {
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      const from = await Deno.connect({ hostname: "127.0.0.1", port });
      for (;;) {
        const to = await listener.accept();
        // Anybody on this machine could have been faster.
        if (to.remoteAddr.port === from.localAddr.port && to.remoteAddr.hostname === "127.0.0.1") {
          from.setNoDelay(true);
          return new SelfPipe(from, to);
        }
        to.close();
      }
    } catch {
      return undefined;
    }
  }

  /** Resolves when the event loop has looked at its sockets. Never rejects: where that can't be told, some time has passed. */
  looked(): Promise<void> {
    return this.#looking ??= this.#look().catch(() => delay(1)).finally(() => this.#looking = undefined);
  }

  async #look(): Promise<void> {
    await Promise.all([this.#to.read(ROOM), this.#from.write(BYTE)]);
  }

  close(): void {
    this.#from.close();
    this.#to.close();
  }
}
