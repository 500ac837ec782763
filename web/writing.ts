/**
 * What a person writes in one talk, beside the draft, which the talk keeps: which line it answers, and the texts that were sent
 * before and can be brought back. Pure.
 *
 * @module
 */

import { withoutBlankEnds } from "../client/commands/pasted.ts";
import { captionOf, withCaption } from "../client/file_address.ts";
import type { TalkLine } from "../client/state/line.ts";

/** How many texts can be brought back. */
const REMEMBERED = 100;

/**
 * A message that the person edits, and its text as it stands in the field: the draft of the talk stays what it was. Of a file what
 * is said of it stands there, and its address is none of that.
 */
export class Edit {
  readonly line: TalkLine;
  draft: string;

  constructor(line: TalkLine) {
    this.line = line;
    this.draft = this.#before;
  }

  get #before(): string {
    return captionOf(this.line.text)?.caption ?? this.line.text;
  }

  /** The new text of the message; that which it has, to the letter, where nothing was changed. */
  get text(): string {
    const { draft, line: { text } } = this;
    if (draft === this.#before) return text;
    const written = linesOf(draft).join("\n");
    const file = captionOf(text);
    return file === undefined ? written : withCaption(file.address, written);
  }
}

/** The writing in one talk. */
export class Writing {
  /** The line that the text answers. */
  replyTo: TalkLine | undefined;
  /** What is edited, while something is. */
  edit: Edit | undefined;
  /** The first line of what was pasted where the text begins: such a line is no command. */
  pasted: string | undefined;
  readonly #written: string[] = [];
  /** How many texts back the field shows, and the text that was in it before. */
  #back = 0;
  #unsent = "";

  /** Whether the field shows a text that was sent before. */
  get isBack(): boolean {
    return this.#back > 0;
  }

  /** Remembers a text that was sent. */
  sent(text: string): void {
    this.pasted = undefined;
    this.#written.push(text);
    if (this.#written.length > REMEMBERED) this.#written.shift();
    this.#back = 0;
  }

  /** Takes the text in the field for a new one, since the person has changed it. */
  changed(): void {
    this.#back = 0;
  }

  /** How the first line of a text is read that is sent. */
  readingOf(text: string): "typed" | "text" {
    return this.pasted !== undefined && text.startsWith(this.pasted) ? "text" : "typed";
  }

  /**
   * Goes to an older text, or to a newer one where `step` is -1.
   *
   * @param current The text in the field.
   * @returns The new text of the field; undefined where there are no more.
   */
  recall(step: 1 | -1, current: string): string | undefined {
    const back = this.#back + step;
    if (back < 0 || back > this.#written.length) return undefined;
    if (this.#back === 0) this.#unsent = current;
    this.#back = back;
    return back === 0 ? this.#unsent : this.#written.at(-back);
  }

  /** Goes back to the text that was in the field before any older one. @returns That text, the draft. */
  leave(current: string): string {
    const draft = this.isBack ? this.#unsent : current;
    this.#back = 0;
    return draft;
  }
}

/** The lines of a text, without those at its beginning and its end in which there is nothing to be seen. */
export function linesOf(text: string): string[] {
  return withoutBlankEnds(text.split(/\r\n|\r|\n/));
}
