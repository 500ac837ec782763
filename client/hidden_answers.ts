/**
 * Which messages of the server are not shown at the moment, since they answer a question of the client itself.
 *
 * @module
 */

import { type Message, parseSource } from "../protocol.ts";

/** Counts the questions under way by the kinds of their answers: two may wait for the same kind. */
export class HiddenAnswers {
  readonly #waiting = new Map<string, number>();

  /**
   * Shows no answers of these kinds until a task is over.
   *
   * @param kinds Each a command or numeric, one of somebody (`NOTICE NickServ`), or a standard reply with what it is about and its
   * code (`NOTE BAN LISTED`).
   */
  async during<T>(kinds: readonly string[], task: () => Promise<T>): Promise<T> {
    this.#count(kinds, 1);
    try {
      return await task();
    } finally {
      this.#count(kinds, -1);
    }
  }

  #count(kinds: readonly string[], change: 1 | -1): void {
    for (const kind of kinds) {
      const count = (this.#waiting.get(kind) ?? 0) + change;
      if (count > 0) this.#waiting.set(kind, count);
      else this.#waiting.delete(kind);
    }
  }

  /** Whether a message is of such a kind. */
  has({ command, source = "", params: [about, code] }: Message): boolean {
    if (this.#waiting.size === 0) return false;
    const kinds = [command, `${command} ${parseSource(source).nick}`, `${command} ${about} ${code}`];
    return kinds.some((kind) => this.#waiting.has(kind));
  }
}
