/**
 * Texts that are made to fit: words that are packed into lines, as lists of names are sent, and texts that are cut.
 *
 * @module
 */

import { byteLength, LIMITS } from "../../protocol.ts";

/** Lines of words with spaces between, each as long as a bound allows. Words can be added later. */
export class WordLines {
  readonly #lines: string[] = [];
  readonly #bytes: number;
  #room = 0;

  /** @param bytes The most bytes of a line. A longer word has a line to itself. */
  constructor(bytes: number, words: Iterable<string> = []) {
    this.#bytes = bytes;
    for (const word of words) this.add(word);
  }

  /** The lines so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(word: string): void {
    const bytes = byteLength(word);
    const last = this.#lines.length - 1;
    if (bytes < this.#room) {
      this.#lines[last] += ` ${word}`;
      this.#room -= bytes + 1;
    } else {
      this.#lines.push(word);
      this.#room = this.#bytes - bytes;
    }
  }
}

/**
 * Words in lists that fit in a line each.
 *
 * @param bytes Most bytes of a list, with a space between two words; a longer word has a list to itself.
 * @param most Most words of a list.
 */
export function* wordLists(words: readonly string[], bytes: number, most: number): Generator<string[]> {
  for (let rest = words; rest.length > 0;) {
    const list = new WordLines(bytes, rest.slice(0, most)).lines[0].split(" ");
    yield list;
    rest = rest.slice(list.length);
  }
}

/** How many bytes of a line are left for what follows its beginning: `:Tea.local 353 alice = #tea :`. */
export function bytesLeft(beginning: string): number {
  return LIMITS.lineBytes - 2 - byteLength(beginning);
}

/** The first `most` characters of a text. */
export function cut(text: string, most: number): string {
  return [...text].slice(0, most).join("");
}
