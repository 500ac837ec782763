/**
 * Tells what is pasted from what is typed, by the marks that a terminal puts around a paste (xterm's bracketed paste). In a
 * terminal without such marks (the Linux console) a paste counts as typed. Pure.
 *
 * @module
 */

/** Switches the marks on and off. */
export const BRACKETED_PASTE = { on: "\x1b[?2004h", off: "\x1b[?2004l" } as const;

const START = "\x1b[200~";
const END = "\x1b[201~";
/** How much of `START` at the end of a read is taken for its beginning, at least: a lone Escape is a key. */
const SHORTEST = "\x1b[2".length;

/** A part of what a terminal sends. */
export interface TerminalInput {
  type: "keys" | "paste";
  text: string;
}

/** Cuts what a terminal sends into keys and pastes. A paste is given as a whole, once its end has come. */
export class PasteReader {
  #kept = "";
  #pasted: string | undefined;

  /** Takes the next characters. @returns The parts that they complete. */
  *push(text: string): Generator<TerminalInput, void, undefined> {
    let rest = this.#kept + text;
    this.#kept = "";
    while (rest !== "") {
      const mark = this.#pasted === undefined ? START : END;
      const at = rest.indexOf(mark);
      const end = at < 0 ? rest.length - overlap(rest, mark, this.#pasted === undefined ? SHORTEST : 1) : at;
      const part = rest.slice(0, end);
      if (this.#pasted !== undefined) this.#pasted += part;
      else if (part !== "") yield { type: "keys", text: part };
      if (at < 0) {
        this.#kept = rest.slice(end);
        return;
      }
      rest = rest.slice(at + mark.length);
      if (this.#pasted === undefined) this.#pasted = "";
      else {
        const pasted = this.#pasted;
        this.#pasted = undefined;
        if (pasted !== "") yield { type: "paste", text: pasted };
      }
    }
  }
}

/** How many characters at the end of `text` are the beginning of `mark`; 0 where they are fewer than `least`. */
function overlap(text: string, mark: string, least: number): number {
  for (let length = mark.length - 1; length >= least; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
