/**
 * Reads a secret off the keys of a terminal, which nothing shows. Pure; it must not know the prompt.
 *
 * @module
 */

/** Keys that send several characters: cursor keys, function keys, Alt and a letter. They mean nothing here. */
// deno-lint-ignore no-control-regex
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gs;

/** What came of some keys: nothing yet, the secret, or that the person would rather not tell it. */
export type Typed = { type: "more" } | { type: "done"; text: string } | { type: "cancelled" };

/** One secret. */
export class SecretReader {
  #characters: string[] = [];

  /** What was typed so far. */
  get text(): string {
    return this.#characters.join("");
  }

  /** Takes what the terminal sends; what comes after Enter is lost. */
  keys(text: string): Typed {
    for (const character of text.replace(SEQUENCES, "")) {
      const key = KEYS[character];
      if (key === "done") return { type: "done", text: this.text };
      if (key === "cancelled" || (character === "\x04" && this.#characters.length === 0)) return { type: "cancelled" };
      if (key === "erase") this.#characters.pop();
      else if (key === "erase all") this.#characters = [];
      else if (character >= " ") this.#characters.push(character);
    }
    return { type: "more" };
  }

  /** Takes what is pasted, as from a password manager; its line ends are not Enter. */
  paste(text: string): void {
    this.#characters.push(...text.replace(/\p{Cc}/gu, ""));
  }
}

const KEYS: Record<string, "done" | "cancelled" | "erase" | "erase all"> = {
  "\r": "done",
  "\n": "done",
  /** Ctrl-C */
  "\x03": "cancelled",
  /** Backspace, and Ctrl-H, which some terminals send for it */
  "\x7f": "erase",
  "\b": "erase",
  /** Ctrl-U, Ctrl-W */
  "\x15": "erase all",
  "\x17": "erase all",
};
