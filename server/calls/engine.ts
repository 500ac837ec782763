/**
 * A call engine: a media server beside the room. Whoever is in a call sends to it once, and it sends that on to all others, so
 * that many can be in one call. This is all that the room knows of one. Which program that is, and what it is told, is the
 * matter of one file (janus.ts).
 *
 * @module
 */

import type { EngineDescription, Way } from "../../shared/engine_signal.ts";

/** How many people a call on an engine has at the most. */
export const MOST_ON_ENGINE = 60;

/** What of somebody goes on to the others; of a microphone that is muted they may be prepared to hear it at once. */
export interface Sends {
  readonly microphone: "on" | "muted" | "none";
  readonly camera: boolean;
  readonly screen: boolean;
}

/** What comes in a section of an offer of the way down: its `mid`, from whom, and which of their places it has. */
export type Stream = [mid: string, seat: Seat, slot: number];

/** One session of a client: it ends when the client begins another, or its ways are lost. */
export interface SeatSession {
  /** Takes a description for the client. Each offer is answered by `Seat.answer`. */
  readonly onDescription: (way: Way, description: EngineDescription, streams: readonly Stream[]) => void;
  /** Called once, unless the client has begun another session, or has left. */
  readonly onEnd: () => void;
}

/** A place in a conference. */
export interface Seat {
  /** Its client begins a session. What can't be used ends it. @param offer What the client sends, a section for each place. */
  begin(offer: string, session: SeatSession): void;
  /** Its client answers the last offer of the way down. An answer to nothing is left out. */
  answer(sdp: string): void;
  /** What of it goes on to the others from now on. Nothing else does, whatever the client sends. */
  say(sends: Sends): void;
  /** It ends, and with it what its client sends and gets. */
  leave(): void;
}

/** One call on an engine. */
export interface Conference {
  /** Makes a place for somebody. */
  enter(sends: Sends): Seat;
  /** Ends it for all. */
  close(): void;
}

/** An engine. */
export interface Engine {
  /**
   * Opens a conference, within seconds.
   *
   * @param onEnd Called once if the conference ends by itself: the engine has stopped.
   * @throws {EngineError} If that can't be: then the engine does not run.
   */
  open(onEnd: () => void): Promise<Conference>;
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Why an engine does not do what it is to do, in words for whoever runs the room. */
export class EngineError extends Error {
  override name = "EngineError";
}
