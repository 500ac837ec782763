/**
 * The suggestions for the word before the cursor, and which of them is chosen. Pure.
 *
 * @module
 */

import type { Candidate, Completions } from "../client/commands/complete.ts";
import { plainSign, readCommand } from "../client/written.ts";

/** How many suggestions are shown. */
const SHOWN = 8;

/** Words for which suggestions are shown without Tab: an emoji from its second letter on, `@alice`, `#tea`, and a command. */
const AT_ONCE = /^(?:[:：][\w+-]{2,}|[@＠].+|[#＃].+|[/／、・･]\S*)$/;

/** The list of suggestions. */
export class Suggestions {
  #candidates: Candidate[] = [];
  #word = "";
  #chosen = 0;
  #isCycling = false;

  get candidates(): readonly Candidate[] {
    return this.#candidates;
  }

  get chosen(): number {
    return this.#chosen;
  }

  get isOpen(): boolean {
    return this.#candidates.length > 0;
  }

  /** Whether each Tab takes the next one. Then the arrow keys choose none. */
  get isCycling(): boolean {
    return this.#isCycling;
  }

  /** Whether the word is the chosen suggestion already, so that Enter sends the line. */
  get isWhole(): boolean {
    const chosen = this.#candidates[this.#chosen]?.text.trim();
    const command = readCommand(this.#word);
    return chosen === (command === undefined ? plainSign(this.#word) : `/${command.name}`);
  }

  close(): void {
    this.#candidates = [];
  }

  /** Shows suggestions while the person types. @param before The text before the cursor. */
  typed({ word, candidates }: Completions, before: string): void {
    const isCommand = /^[/／、・･]/.test(word);
    const isWanted = AT_ONCE.test(word) && (!isCommand || word === before);
    this.#show(isWanted ? candidates : [], word);
  }

  #show(candidates: Candidate[], word: string): void {
    this.#candidates = candidates.slice(0, SHOWN);
    this.#word = word;
    this.#chosen = 0;
    this.#isCycling = false;
  }

  /** Chooses the next suggestion or the one before, in a circle. */
  move(step: 1 | -1): void {
    const { length } = this.#candidates;
    this.#chosen = (this.#chosen + step + length) % length;
  }

  /**
   * Takes a suggestion in place of the word.
   *
   * @param before The text before the cursor.
   * @param at Which suggestion; the chosen one when left out.
   * @returns The new text before the cursor. Undefined where the cursor is elsewhere by now: then the list closes.
   */
  take(before: string, at = this.#chosen): string | undefined {
    const candidate = this.#candidates[at];
    if (candidate === undefined || !before.endsWith(this.#word)) return void this.close();
    const start = before.slice(0, before.length - this.#word.length);
    this.#word = candidate.text;
    return start + candidate.text;
  }

  /** Takes the first suggestion, or the one after that which was taken last; see `take`. */
  tab(completions: Completions, before: string): string | undefined {
    if (this.isOpen && !before.endsWith(this.#word)) this.close();
    if (!this.isOpen) this.#show(completions.candidates, completions.word);
    else if (this.#isCycling) this.move(1);
    const taken = this.take(before);
    this.#isCycling = true;
    if (this.#candidates.length === 1) this.close();
    return taken;
  }
}
