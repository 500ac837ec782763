/**
 * Files that come and go over a connection: they may take as long as they need, but not stand still. (After 30 s without any
 * byte the HTTP server ends a connection by itself.)
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { delay } from "@std/async/delay";
import { nextTurn } from "../turns/loop.ts";
import type { Transfer } from "./tcpsocket.ts";

/** A transfer must move so many bytes in a second, over each whole period. */
const LEAST_SPEED = 4_096;

/** How long what has come may be worked on while nothing moves, in milliseconds. */
const LONGEST_WORK = 600_000;

/** One transfer. */
export class PacedTransfer implements Transfer {
  readonly #period: number;
  #bytes = 0;
  #begunAt: number;
  #workedOnSince: number | undefined;

  /** @param period How long its speed is measured, in milliseconds. @param now Of a clock that is never set. */
  constructor(period: number, now: number = performance.now()) {
    this.#period = period;
    this.#begunAt = now;
  }

  /** So many bytes have come or gone. */
  moved(bytes: number): void {
    this.#bytes += bytes;
  }

  /** All bytes have come, and the room works on them. */
  isWorkedOn(now: number = performance.now()): void {
    this.#workedOnSince = now;
  }

  isTooSlow(now: number): boolean {
    if (this.#workedOnSince !== undefined) return now - this.#workedOnSince > LONGEST_WORK;
    const took = now - this.#begunAt;
    if (took < this.#period) return false;
    const isSlow = this.#bytes < LEAST_SPEED * took / 1000;
    this.#begunAt = now;
    this.#bytes = 0;
    return isSlow;
  }
}

/**
 * What a request brings, all that has come at a time: a stream that is read by itself gives each chunk for itself, and chunks may be
 * of one byte. Ends where nothing more comes, be it the end or not.
 */
export async function* contentOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  let wake = () => {};
  const woken = () => wake();
  for (const event of WAKING) request.on(event, woken);
  try {
    while (!request.readableEnded && !request.destroyed) {
      const bytes = request.read(request.readableLength || undefined);
      if (bytes !== null) yield bytes;
      else if (!request.readableEnded && !request.destroyed) await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    for (const event of WAKING) request.off(event, woken);
  }
}

/** Whether chunks are so small that their frames are a large part of what comes: they cost far more time than a file does. */
export function isChopped(content: number, bytes: number): boolean {
  return bytes > FREE_OF_FRAMES && content < bytes * LEAST_CONTENT;
}

/** How much of what comes has to be content, and behind how many bytes that counts. */
const LEAST_CONTENT = 0.9;
const FREE_OF_FRAMES = 65_536;

/** What a request tells when there is something to read, or never again. */
const WAKING = ["readable", "end", "close", "error"] as const;

/**
 * How many bytes of several files may come in a second: as many as a fast network brings, and fewer than would take both the
 * processor and the disk from those who talk.
 */
const MOST_OF_SEVERAL = 128 * 1_048_576;

/** So far ahead of that they may be, in milliseconds: a timer wakes no sooner. */
const AHEAD = 4;

/**
 * The pieces of all files that come: one is taken in a turn of the event loop. The runtime would otherwise read and write on
 * without a look at anybody else, and people who talk would wait for a piece of each file.
 */
export class Pieces {
  #last: Promise<void> = Promise.resolve();
  #files = 0;
  /** When as many bytes as have come may have come. */
  #due = 0;

  /** One more file comes. @returns What ends that, to be called once. */
  begin(): () => void {
    this.#files++;
    return () => void this.#files--;
  }

  /** A piece has come; resolves when the next one may be taken. @param bytes How large it was. */
  next(bytes: number): Promise<void> {
    return this.#last = this.#last.then(() => this.#wait(bytes));
  }

  async #wait(bytes: number): Promise<void> {
    const now = performance.now();
    this.#due = Math.max(this.#due, now) + bytes * 1_000 / MOST_OF_SEVERAL;
    // One file alone comes as fast as it can.
    if (this.#files < 2) this.#due = now;
    const early = this.#due - now;
    if (early > AHEAD) await delay(early);
    await nextTurn();
  }
}
