/**
 * What a person writes in one talk, beside the draft, which is the talk's own: what it answers, and what was written before.
 * It must not know the page.
 *
 * @module
 */

import type { TalkLine } from "../client/state/line.ts";

/** Texts that are brought back. */
const REMEMBERED = 100;

/** The writing in one talk. */
export class Writing {
  /** What is written answers this line. */
  replyTo: TalkLine | undefined;
  readonly #written: string[] = [];
  /** How far back it has gone, and what was in the field before. */
  #back = 0;
  #unsent = "";

  /** Whether the field shows a text from before. */
  get isBack(): boolean {
    return this.#back > 0;
  }

  /** Remembers a text that was sent. */
  sent(text: string): void {
    this.#written.push(text);
    if (this.#written.length > REMEMBERED) this.#written.shift();
    this.#back = 0;
  }

  /** Says that what is in the field is the person's own again: they have changed it. */
  changed(): void {
    this.#back = 0;
  }

  /**
   * Goes back, or forth where `step` is -1.
   *
   * @param current What is in the field.
   * @returns What shall be in it; undefined where there is no more.
   */
  recall(step: 1 | -1, current: string): string | undefined {
    const back = this.#back + step;
    if (back < 0 || back > this.#written.length) return undefined;
    if (this.#back === 0) this.#unsent = current;
    this.#back = back;
    return back === 0 ? this.#unsent : this.#written.at(-back);
  }

  /** Ends the looking back; gives the draft, which is what was there before it. */
  leave(current: string): string {
    const draft = this.isBack ? this.#unsent : current;
    this.#back = 0;
    return draft;
  }
}
