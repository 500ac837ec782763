/**
 * What a client needs of the world around it: something that carries lines, and a clock. Both are handed in, so
 * that the same client runs over TCP in a terminal, over a WebSocket on a page and over nothing at all in a test.
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

/** Opens a transport; rejects with the reason where it cannot, and as soon as `signal` aborts. */
export type Dial = (signal: AbortSignal) => Promise<Transport>;

/** Time as the client sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once in `ms` milliseconds; the function that it gives takes that back. */
  after(ms: number, callback: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Milliseconds of work after which timers, keys and signals have their turn. */
export const SLICE = 10;

/** Lets all else run that waits for its turn. */
export function rest(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(0, resolve));
}
