/**
 * Whether a server is still there: it is asked after a long silence, and given up after a longer one.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** Milliseconds of silence until the server is asked, and of silence after that until it is given up. */
const SILENCE = { ask: 60_000, giveUp: 30_000 } as const;

/** What `Keepalive` needs. */
export interface KeepaliveOptions {
  clock: Clock;
  /** Calls `callback` in `ms` milliseconds, in place of the timer that was set before. */
  setTimer: (ms: number, callback: () => void) => void;
  /** Asks the server to answer. */
  ask: () => void;
  /** Called once the server is given up, with the seconds for which it said nothing. */
  onSilent: (seconds: number) => void;
}

/** Watches over the server of one client. */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  /** When the server was heard last, in milliseconds since 1970. */
  #heardAt = 0;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
  }

  /** Notes that the server was heard. */
  heard(): void {
    this.#heardAt = this.#options.clock.now();
  }

  /** Checks for how long the server was silent, and sees to it that this is checked again. */
  watch(): void {
    const { clock, setTimer, ask, onSilent } = this.#options;
    const silence = clock.now() - this.#heardAt;
    if (silence >= SILENCE.ask + SILENCE.giveUp) return onSilent(Math.round(silence / 1000));
    if (silence < SILENCE.ask) return setTimer(SILENCE.ask - silence, () => this.watch());
    ask();
    setTimer(SILENCE.ask + SILENCE.giveUp - silence, () => this.watch());
  }
}
