/**
 * Tells the server up to when talks were read (IRCv3 draft/read-marker), so that a person's other devices know, and so that
 * nothing is unread again the next time. Where other lines wait, it is said a little later.
 *
 * @module
 */

import type { MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";

/** After how many milliseconds it is tried again. */
const RETRY = 2_000;

/** A talk, as far as this needs it. */
interface ReadTalk {
  readonly name: string;
  /** Up to when the server knows that it was read, in milliseconds since 1970. */
  readTime: number | undefined;
}

/** What `ReadMarks` needs. */
export interface ReadMarksOptions {
  clock: Clock;
  /** Whether the server takes it. */
  isTaken: () => boolean;
  /** Sends a message if nothing else waits, and says whether it did. */
  sendIfIdle: (message: MessageInit) => boolean;
}

/** The marks of one client. */
export class ReadMarks {
  readonly #options: ReadMarksOptions;
  /** What is still to be told: up to when each talk was read. */
  readonly #waiting = new Map<ReadTalk, number>();
  #cancel: (() => void) | undefined;

  constructor(options: ReadMarksOptions) {
    this.#options = options;
  }

  /** Notes that a talk was read up to a time, in milliseconds since 1970. */
  note(talk: ReadTalk, time: number): void {
    if (time <= (talk.readTime ?? 0) || !this.#options.isTaken()) return;
    this.#waiting.set(talk, time);
    this.#send();
  }

  #send(): void {
    this.end();
    const { clock, isTaken, sendIfIdle } = this.#options;
    for (const [talk, time] of this.#waiting) {
      if (!isTaken() || time <= (talk.readTime ?? 0)) this.#waiting.delete(talk);
      else if (sendIfIdle({ command: "MARKREAD", params: [talk.name, `timestamp=${new Date(time).toISOString()}`] })) {
        talk.readTime = time;
        this.#waiting.delete(talk);
      } else break;
    }
    if (this.#waiting.size > 0) this.#cancel = clock.after(RETRY, () => this.#send());
  }

  /** Waits no longer: the client has ended. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
