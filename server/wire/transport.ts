/**
 * What carries the lines of a connection, whether that is TCP (tcp_transport.ts) or a WebSocket (gateway/websocket.ts).
 *
 * @module
 */

import type { LineError } from "../../protocol.ts";

/** By which address a peer has reached the room: a host as in a URL, or the whole origin of the page that it has asked. */
export type Reached = { host: string } | { origin: string };

/** Carries a connection's lines. */
export interface Transport {
  /** The peer's address, as others see it (`displayHost`). */
  readonly host: string;
  /** Whether nobody on the way can read or change the lines. */
  readonly isSecure: boolean;
  /** By which address the peer has come; undefined where that is not known. */
  readonly reached?: Reached | undefined;
  /** Waits for the next bytes of the peer. Resolves to how many have come, or to null after the last one. */
  read(): Promise<number | null>;
  /**
   * Reads on in the background, within bounds, so that the peer's end is mostly noticed while its lines are being handled.
   * To be called whenever handling has to wait. The next `read` tells first what came meanwhile.
   */
  readAhead(): void;
  /**
   * Called once if the peer is found to have gone while what it sent is still being handled: with an error if nothing can be
   * sent to it any more, without one if it has closed. A TCP peer that has only closed its side has not gone.
   */
  onGone: ((error?: unknown) => void) | undefined;
  /** Called when the peer has said that it will send nothing more, while its lines wait. It may still read. */
  onEnd?: (() => void) | undefined;
  /**
   * The lines that these bytes complete; to be used up before the next `read`. Or the reason why the peer can't chat at all.
   *
   * @param count What `read` resolved to.
   */
  lines(count: number): Iterable<string | LineError> | string;
  /** Drops what comes from now on, unread; `read` then resolves only at the end. Called once, when the session is over. */
  discard(): void;
  /** Sends some of the bytes. Resolves to how many the system has taken, 1 at least. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the peer that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Closes the connection, soon. What is under way then fails. */
  close(): void;
}
