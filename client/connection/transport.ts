/**
 * What carries the lines of a client. It is handed in, so that the same client runs over TCP in a terminal, over a WebSocket
 * on a page and without a network in a test.
 *
 * @module
 */

/** Carries lines both ways until one side ends it. */
export interface Transport {
  /** The lines that come, without their ends. It ends when either side closes, and throws when the connection breaks. */
  readonly lines: AsyncIterable<string>;
  /** Takes one line without its end and sends it in its turn. Never throws: a broken connection shows in `lines`. */
  send(line: string): void;
  /** Ends the connection, and with it `lines`. Closing twice is harmless. */
  close(): void;
}

/**
 * Opens a transport; rejects with the reason where it cannot, and as soon as `signal` aborts. A `ConnectionError` says that no
 * other attempt can help.
 */
export type Dial = (signal: AbortSignal) => Promise<Transport>;
