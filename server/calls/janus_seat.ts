/**
 * A place in a conference of a Janus: whose it is has one session, or none yet.
 *
 * @module
 */

import type { Seat, SeatSession, Sends } from "./engine.ts";
import { JanusSession, type SessionConference, type SessionSeat } from "./janus_session.ts";

/** In how large a conference all microphones are prepared to be heard, also those that are muted. */
const ALL_PREPARED = 12;

/** For how long a microphone is still prepared after it was muted, in milliseconds: so a key that is held cuts off no word. */
const PREPARED = 30_000;

/** The conference, as far as a place needs it. */
export interface SeatConference extends SessionConference {
  /** How many are in it. */
  readonly size: number;
  /** A new number for a feed. */
  nextFeed(): number;
  remove(seat: Seat): void;
}

/** One place. */
export class JanusSeat implements SessionSeat {
  sends: Sends;
  session: JanusSession | undefined;
  readonly #conference: SeatConference;
  #mutedAt = -Infinity;

  constructor(conference: SeatConference, sends: Sends) {
    this.#conference = conference;
    this.sends = sends;
  }

  get places(): number[] {
    const { microphone, camera, screen } = this.sends;
    const isPrepared = this.#conference.size <= ALL_PREPARED || performance.now() - this.#mutedAt < PREPARED;
    const isHeard = microphone === "on" || (microphone === "muted" && isPrepared);
    return [...isHeard ? [0] : [], ...camera ? [1] : [], ...screen ? [2, 3] : []];
  }

  begin(offer: string, events: SeatSession): void {
    this.session?.end(false);
    const session = this.session = new JanusSession(this.#conference, this, this.#conference.nextFeed(), events);
    void session.begin(offer);
  }

  answer(sdp: string): void {
    this.session?.answer(sdp);
  }

  say(sends: Sends): void {
    if (this.sends.microphone === "on" && sends.microphone === "muted") this.#mutedAt = performance.now();
    this.sends = sends;
    this.session?.say();
    this.#conference.changed();
  }

  leave(): void {
    this.#conference.remove(this);
    this.session?.end(false);
  }
}
