/**
 * Texts made to fit: words packed into lines, as lists of names and channels are sent, texts cut at a length; and a
 * password compared.
 *
 * @module
 */

import { hash, timingSafeEqual } from "node:crypto";
import { byteLength } from "../../protocol.ts";

/** Lines of words with a space between, each as long as a bound allows. Words can be added later. */
export class WordLines {
  readonly #lines: string[] = [];
  readonly #bytes: number;
  #room = 0;

  /** @param bytes Most bytes of a line; a longer word has a line to itself. */
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

/** The first `most` characters of a text. */
export function cut(text: string, most: number): string {
  return [...text].slice(0, most).join("");
}

/** Whether a text is the secret, in a time that tells nothing of it, not even its length. */
export function isSecret(text: string, secret: string): boolean {
  return timingSafeEqual(hash("sha256", text, "buffer"), hash("sha256", secret, "buffer"));
}
