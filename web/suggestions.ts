/**
 * The ways in which the word before the cursor can go on, and which of them is chosen. It must not know the page.
 *
 * @module
 */

import type { Candidate, Completions } from "../client/commands/complete.ts";
import { plainSign, readCommand } from "../client/written.ts";

/** Candidates that are shown. */
const SHOWN = 8;

/** What is completed without being asked: an emoji from its second letter on, `@`, `#`, and a command. */
const AT_ONCE = /^(?:[:：][\w+-]{2,}|[@＠].+|[#＃].+|[/／、・･]\S*)$/;

/** The list of candidates. */
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

  /** Whether each Tab takes the next, rather than the arrows choosing one. */
  get isCycling(): boolean {
    return this.#isCycling;
  }

  /** Whether the word is written out: who then presses Enter wants to send it. */
  get isWhole(): boolean {
    const chosen = this.#candidates[this.#chosen]?.text.trim();
    const command = readCommand(this.#word);
    return chosen === (command === undefined ? plainSign(this.#word) : `/${command.name}`);
  }

  close(): void {
    this.#candidates = [];
  }

  /** Shows what is to be shown as somebody writes. @param before What stands before the cursor. */
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

  /** Chooses the next or the one before, in a circle. */
  move(step: 1 | -1): void {
    const { length } = this.#candidates;
    this.#chosen = (this.#chosen + step + length) % length;
  }

  /**
   * Takes a candidate in place of the word.
   *
   * @param before What stands before the cursor.
   * @returns What shall stand there; undefined, and nothing is suggested any more, where the cursor is elsewhere by now.
   */
  take(before: string, at = this.#chosen): string | undefined {
    const candidate = this.#candidates[at];
    if (candidate === undefined || !before.endsWith(this.#word)) return void this.close();
    const start = before.slice(0, before.length - this.#word.length);
    this.#word = candidate.text;
    return start + candidate.text;
  }

  /** Takes the first candidate, or the one after the last that was taken; see `take`. */
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
