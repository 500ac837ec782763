/**
 * Who is typing (IRCv3 typing): when to tell others about this person, and until when others count as typing.
 *
 * @module
 */

import { detached, isBlank, type MessageInit } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName, isSameName } from "../names.ts";
import type { Talk } from "./talk.ts";
import type { Clock } from "../clock.ts";
import { readCommand } from "../written.ts";

/** What a notice about typing says. */
export type TypingStatus = "active" | "paused" | "done";

/** Milliseconds, as the specification gives them: between two notices, and for how long a notice of others holds. */
export const TYPING = { every: 3_000, active: 6_000, paused: 30_000 } as const;

/** A notice that could not be sent at once is tried again after so many milliseconds, so often while nothing more is typed. */
const RETRY = { after: 500, most: 10 } as const;

/** Whether a tag's value is a status. */
export function isTypingStatus(value: string | undefined): value is TypingStatus {
  return value === "active" || value === "paused" || value === "done";
}

/** The notice that tells others about this person. */
export function typingNotice(target: string, status: TypingStatus): MessageInit {
  return { tags: { "+typing": status }, command: "TAGMSG", params: [target] };
}

/** What `Typing` needs. */
export interface TypingOptions {
  clock: Clock;
  /** Sends a notice, if that can be done at once. @returns Whether it was sent. */
  send: (target: string, status: TypingStatus) => boolean;
  /** Told that others have begun or stopped typing in a talk. */
  onChange: (talk: Talk) => void;
}

/** The typing of one client's person, and of others. */
export class Typing {
  readonly #options: TypingOptions;
  /** Where the last notice went and when, and whether others there still believe that this person is typing. */
  #told = { target: "", at: -Infinity, active: false };
  /** Takes back that a notice is tried again. */
  #cancelRetry: (() => void) | undefined;
  /** The timers that end the typing of others, as functions that cancel them, by talk and folded nick. */
  readonly #timers = new Map<Talk, Map<string, () => void>>();
  /** People who are typing, in all talks. */
  #count = 0;

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  /**
   * Takes the line that is being written, on each change. Others are told at most every 3 s that this person is typing, and once
   * when the line was emptied without being sent. They are not told of commands.
   */
  typed(target: string, text: string): void {
    this.#typed(target, text, RETRY.most);
  }

  #typed(target: string, text: string, tries: number): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const now = this.#options.clock.now();
    const isTalk = !isBlank(text) && readCommand(text) === undefined;
    const same = isSameName(this.#told.target, target);
    if (!same) this.#done();
    if (!isTalk) return this.#done();
    if (same && now - this.#told.at < TYPING.every) return;
    if (this.#options.send(target, "active")) this.#told = { target, at: now, active: true };
    else if (tries > 0) {
      this.#cancelRetry = this.#options.clock.after(RETRY.after, () => this.#typed(target, text, tries - 1));
    }
  }

  /** Notes that the line was sent: others see that by themselves. */
  sent(): void {
    this.#cancelRetry?.();
    this.#told.active = false;
  }

  #done(): void {
    if (!this.#told.active) return;
    this.#told.active = false;
    this.#options.send(this.#told.target, "done");
  }

  /** Takes a notice of somebody else. */
  receive(talk: Talk, nick: string, status: TypingStatus): void {
    const folded = foldName(nick);
    const timers = this.#timers.get(talk) ?? new Map<string, () => void>();
    timers.get(folded)?.();
    timers.delete(folded);
    const before = talk.typing.get(folded);
    if (status === "done") { if (talk.typing.delete(folded)) this.#count--; }
    else if (before !== undefined || (talk.typing.size < BOUNDS.typists && this.#count < BOUNDS.allTypists)) {
      if (before === undefined) this.#count++;
      // The nick is kept for longer than the line from which it was cut.
      const name = detached(nick);
      talk.typing.set(detached(folded), name);
      timers.set(detached(folded), this.#options.clock.after(TYPING[status], () => this.receive(talk, name, "done")));
      this.#timers.set(talk, timers);
    }
    if (timers.size === 0) this.#timers.delete(talk);
    if (talk.typing.get(folded) !== before) this.#options.onChange(talk);
  }

  /** Forgets who is typing, since the connection is lost. */
  clear(): void {
    this.#cancelRetry?.();
    for (const [talk, timers] of this.#timers) {
      for (const cancel of timers.values()) cancel();
      talk.typing.clear();
      this.#options.onChange(talk);
    }
    this.#timers.clear();
    this.#count = 0;
    this.#told.active = false;
  }
}
