/**
 * Tells the server up to when talks were read (IRCv3 draft/read-marker), so that a person's other devices know, and so that
 * nothing is unread again the next time. Where other lines wait, it is said a little later, or when the view goes (`flush`).
 *
 * @module
 */

import type { MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import { isSpeech, type TalkLine } from "./line.ts";

/** After how many milliseconds it is tried again. */
const RETRY = 2_000;

/** A talk, as far as this needs it. */
interface ReadTalk {
  readonly name: string;
  /** Up to when the server knows that it was read, in milliseconds since 1970. */
  readTime: number | undefined;
  /** Its lines, oldest first. */
  readonly lines: readonly Pick<TalkLine, "kind" | "msgid" | "own" | "time">[];
}

/** What `ReadMarks` needs. */
export interface ReadMarksOptions {
  clock: Clock;
  /** Whether the server takes it. */
  isTaken: () => boolean;
  /** Sends a message if nothing else waits, or where it can't wait, and says whether it did. */
  sendIfIdle: (message: MessageInit, isUrgent: boolean) => boolean;
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
    const known = this.#waiting.get(talk) ?? talk.readTime ?? 0;
    if (time <= known || !this.#options.isTaken()) return;
    this.#waiting.set(talk, time);
    this.#send();
  }

  /**
   * Notes that the end of a talk is seen where nothing in it is unread: what the history brought on a first visit counts as read,
   * and the server must know up to where. Lines that tell what happened mark nothing, since those of coming in stand before the
   * history; own lines do only where the server has no mark yet, since they are never unread.
   */
  seen(talk: ReadTalk): void {
    const { readTime, lines } = talk;
    const last = lines.findLast((line) =>
      line.msgid !== undefined && isSpeech(line) && (!line.own || readTime === undefined)
    );
    if (last !== undefined) this.note(talk, last.time);
  }

  /** Sends at once what waits: the view may be gone the next moment, as when its tab is closed. */
  flush(): void {
    this.#send(true);
  }

  #send(isUrgent = false): void {
    this.end();
    const { clock, isTaken, sendIfIdle } = this.#options;
    for (const [talk, time] of this.#waiting) {
      if (!isTaken() || time <= (talk.readTime ?? 0)) this.#waiting.delete(talk);
      else if (sendIfIdle(markOf(talk.name, time), isUrgent)) {
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

function markOf(name: string, time: number): MessageInit {
  return { command: "MARKREAD", params: [name, `timestamp=${new Date(time).toISOString()}`] };
}
