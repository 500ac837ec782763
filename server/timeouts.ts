/**
 * Time-outs of one connection: it is closed if it does not register in time, does not answer a PING, or takes nothing of
 * what waits for it.
 *
 * @module
 */

import type { Chat } from "./room/chat.ts";
import type { Session } from "./room/session.ts";

/** Milliseconds. */
export const TIMEOUTS = {
  /** For the lines that register a connection. */
  registration: 30_000,
  /** Of silence, after which a connection is sent a PING. */
  idle: 90_000,
  /** For the answer to a PING. */
  pong: 60_000,
  /** Between the PINGs to a connection that the flood limit delays: the second one that reaches nobody shows that it is dead. */
  delayed: 3_000,
} as const;

/** Between two checks at most so many milliseconds count: the machine may have slept. */
const LONGEST_STEP = 30_000;

/** Watches one connection. Times are milliseconds of `Chat.uptime`: a clock that is set is no time that has passed. */
export class TimeoutWatch {
  readonly #session: Session;
  readonly #chat: Chat;
  readonly #connectedAt: number;
  #checkedAt: number;
  #heardAt: number;
  /** Whether the peer has taken bytes since the last check. */
  #hasTaken = false;
  /** For how many milliseconds the peer has taken nothing of what waits for it. */
  #untaken = 0;
  /** When a PING was sent that is not answered yet. */
  #pingedAt: number | undefined;

  constructor(session: Session, chat: Chat) {
    this.#session = session;
    this.#chat = chat;
    this.#connectedAt = this.#checkedAt = this.#heardAt = chat.uptime();
  }

  /** Notes that the peer has sent something. */
  noteHeard(): void {
    this.#heardAt = this.#chat.uptime();
  }

  /** Notes that the peer has taken some of what waited for it. */
  noteTaken(): void {
    this.#hasTaken = true;
  }

  /**
   * Closes the session if a time is over, or sends it a PING. To be called every few seconds.
   *
   * @param isDelayed Whether its lines wait for the flood limit or for a turn.
   */
  check(isDelayed: boolean): void {
    const session = this.#session;
    if (session.isOver) return;
    const now = this.#chat.uptime();
    const silent = now - this.#heardAt;
    const isWritten = session.outbox.recentBacklog > 0;
    const untaken = this.#countUntaken(now, isWritten);
    // A peer that takes what waits is there, though its lines are not read until it has taken all of a long answer.
    const isTaking = isWritten && untaken < TIMEOUTS.idle;
    this.#chat.ownedNicks.takeOverdue(session.person);
    const isRegistering = !session.isRegistered;
    const isLate = isRegistering && now - this.#connectedAt >= TIMEOUTS.registration;
    const isGuessing = this.#chat.guesses.isWaiting(session);
    // A session that waits because others have guessed wrongly is not late by its own doing.
    if (isLate && !isGuessing) session.close("Registration timed out");
    // Whatever it says meanwhile: its own questions would otherwise hold on to the room's state for as long.
    else if (untaken >= TIMEOUTS.idle + TIMEOUTS.pong) this.#lose(`Nothing read for ${Math.round(untaken / 1000)} s`);
    else if (isDelayed || isGuessing) {
      // It is not read, so an answer could not be heard; but a write shows whether the peer is still there.
      if (!isWritten && now - (this.#pingedAt ?? 0) >= TIMEOUTS.delayed) this.#ping(now);
    } else if (isRegistering) return;
    else if (silent < TIMEOUTS.idle || isTaking) this.#pingedAt = undefined;
    else if (this.#pingedAt === undefined) this.#ping(now);
    else if (now - this.#pingedAt >= TIMEOUTS.pong) this.#lose(`Ping timeout: ${Math.round(silent / 1000)} s`);
  }

  #countUntaken(now: number, isWritten: boolean): number {
    const passed = Math.min(now - this.#checkedAt, LONGEST_STEP);
    this.#untaken = isWritten && !this.#hasTaken ? this.#untaken + passed : 0;
    this.#checkedAt = now;
    this.#hasTaken = false;
    return this.#untaken;
  }

  /** Closes the session of a peer that is gone, probably since it was last heard. */
  #lose(reason: string): void {
    this.#session.lostAt = this.#session.heardAt;
    this.#session.lose(reason);
  }

  #ping(now: number): void {
    this.#pingedAt = now;
    this.#session.deliver({ ...this.#chat.serverEvent("PING", [this.#chat.name]), source: undefined });
  }
}
