/**
 * A line that is being written: its text, the cursor in it, what was written before. What people see as one character, of
 * however many code points, is one for each key (UAX #29): no key leaves half a flag or a letter without its accent. Pure; it
 * must not know how the line is shown.
 *
 * @module
 */

import { graphemes } from "../client/graphemes.ts";

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** How many lines can be brought back, and how many changes taken back. */
const MOST = { history: 1000, undo: 100 } as const;

/** So many code units before and behind the cursor are looked at for words: to find all of a very long line takes seconds. */
const NEAR = 1_000;

/** A line and the cursor in it, counted in UTF-16 code units. */
interface Written {
  line: string;
  cursor: number;
}

/** One line after the other. */
export class Editor {
  #line = "";
  #cursor = 0;
  /** What was deleted last by more than one character. */
  #killed = "";
  readonly #past: Written[] = [];
  readonly #future: Written[] = [];
  /** The lines that were written, the last one first, and which of them is shown; -1: none. */
  readonly #history: string[] = [];
  #shown = -1;
  /** What was being written when the first of them was brought back. */
  #draft: Written = { line: "", cursor: 0 };

  get line(): string {
    return this.#line;
  }

  /** Where the next text goes: a place between two characters, in UTF-16 code units. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The place of the cursor as it can be shown: text may be inserted that makes one character with what is behind it. */
  get shownCursor(): number {
    return this.#boundary(this.#cursor, "end");
  }

  /** Inserts a text at the cursor. */
  insert(text: string): void {
    this.#replace(this.#cursor, this.#cursor, text);
  }

  /** Replaces the last characters before the cursor, which are `length` code units. */
  replaceBefore(length: number, text: string): void {
    this.#replace(this.#cursor - length, this.#cursor, text);
  }

  /** Begins a new line with a text; the one before can't be brought back. */
  set(line: string): void {
    this.#line = line;
    this.#cursor = line.length;
    this.#past.length = this.#future.length = 0;
    this.#shown = -1;
  }

  /** Gives what was written, keeps it to be brought back, and begins a new line. */
  take(): string {
    const line = this.#line;
    if (line.trim() !== "" && line !== this.#history[0]) this.#history.unshift(line);
    this.#history.length = Math.min(this.#history.length, MOST.history);
    this.set("");
    return line;
  }

  /** Does what a key means (see `KeyReader`), if it means something. */
  press(name: string): void {
    if (Object.hasOwn(KEYS, name)) KEYS[name](this);
  }

  /** Moves the cursor. */
  go(to: number): void {
    this.#cursor = to;
  }

  /** Where the character ends that begins at the cursor, and where that begins which ends there. */
  get next(): number {
    return this.#boundary(this.#cursor + 1, "end");
  }

  get previous(): number {
    return this.#boundary(this.#cursor - 1, "begin");
  }

  /** Where the next word ends, and where the one before begins. */
  get nextWord(): number {
    return this.#words().find(({ end }) => end > this.#cursor)?.end ??
      Math.min(this.#line.length, this.#boundary(this.#cursor + NEAR, "end"));
  }

  get previousWord(): number {
    return this.#words().findLast(({ begin }) => begin < this.#cursor)?.begin ??
      this.#boundary(this.#cursor - NEAR, "begin");
  }

  /** Deletes up to a place, from the cursor on or back. @param isKept Whether it can be put in again. */
  deleteTo(place: number, isKept = false): void {
    const [begin, end] = [Math.min(place, this.#cursor), Math.max(place, this.#cursor)];
    if (begin === end) return;
    if (isKept) this.#killed = this.#line.slice(begin, end);
    this.#replace(begin, end, "");
  }

  putBack(): void {
    this.insert(this.#killed);
  }

  /** Swaps the two characters around the cursor, at the end of the line those before it, and goes behind them. */
  transpose(): void {
    if (this.#cursor === this.#line.length) this.#cursor = this.previous;
    const { previous, next } = this;
    if (previous === this.#cursor || next === this.#cursor) return void (this.#cursor = next);
    const [before, after] = [this.#line.slice(previous, this.#cursor), this.#line.slice(this.#cursor, next)];
    this.#replace(previous, next, after + before);
  }

  undo(): void {
    this.#restore(this.#past, this.#future);
  }

  redo(): void {
    this.#restore(this.#future, this.#past);
  }

  /** Brings back the line before the one that is shown, of those that begin as what was being written up to the cursor. */
  older(): void {
    if (this.#shown < 0) this.#draft = { line: this.#line, cursor: this.#cursor };
    this.#recall(this.#history.findIndex((line, i) => i > this.#shown && this.#isRecalled(line)));
  }

  /** The same, forwards; behind the last one is what was being written. */
  newer(): void {
    if (this.#shown < 0) return;
    const at = this.#history.findLastIndex((line, i) => i < this.#shown && this.#isRecalled(line));
    if (at >= 0) return this.#recall(at);
    this.#shown = -1;
    this.#line = this.#draft.line;
    this.#cursor = this.#draft.cursor;
  }

  #isRecalled(line: string): boolean {
    const { line: draft, cursor } = this.#draft;
    return line !== this.#line && line.startsWith(draft.slice(0, cursor));
  }

  #recall(at: number): void {
    if (at < 0) return;
    this.#shown = at;
    this.#line = this.#history[at];
    this.#cursor = this.#line.length;
    this.#past.length = this.#future.length = 0;
  }

  #replace(begin: number, end: number, text: string): void {
    this.#past.push({ line: this.#line, cursor: this.#cursor });
    if (this.#past.length > MOST.undo) this.#past.shift();
    this.#future.length = 0;
    this.#line = this.#line.slice(0, begin) + text + this.#line.slice(end);
    this.#cursor = begin + text.length;
  }

  #restore(from: Written[], to: Written[]): void {
    const written = from.pop();
    if (written === undefined) return;
    to.push({ line: this.#line, cursor: this.#cursor });
    this.#line = written.line;
    this.#cursor = written.cursor;
  }

  /** The words near the cursor, also of scripts without blanks; signs that stand together, as `:)`, are one. */
  #words(): { begin: number; end: number }[] {
    const found: { begin: number; end: number; isSign: boolean }[] = [];
    const from = this.#boundary(this.#cursor - NEAR, "begin");
    for (const { index: at, segment, isWordLike } of words.segment(this.#line.slice(from, this.#cursor + NEAR))) {
      if (segment.trim() === "") continue;
      const index = from + at;
      const [begin, end] = [this.#boundary(index, "begin"), this.#boundary(index + segment.length, "end")];
      const last = found.at(-1);
      if (last?.isSign && !isWordLike && last.end === begin) last.end = end;
      else found.push({ begin, end, isSign: !isWordLike });
    }
    return found;
  }

  /** A place that is between two characters: where that begins or ends in the middle of which another place is. */
  #boundary(place: number, side: "begin" | "end"): number {
    if (place <= 0) return 0;
    if (place >= this.#line.length) return this.#line.length;
    const { index, segment } = graphemes.segment(this.#line).containing(place)!;
    return index === place || side === "begin" ? index : index + segment.length;
  }
}

/** What keys mean: those of Emacs, as in every shell. */
const KEYS: Record<string, (editor: Editor) => void> = {
  "left": (editor) => editor.go(editor.previous),
  "ctrl-b": (editor) => editor.go(editor.previous),
  "right": (editor) => editor.go(editor.next),
  "ctrl-f": (editor) => editor.go(editor.next),
  "ctrl-left": (editor) => editor.go(editor.previousWord),
  "alt-left": (editor) => editor.go(editor.previousWord),
  "alt-b": (editor) => editor.go(editor.previousWord),
  "ctrl-right": (editor) => editor.go(editor.nextWord),
  "alt-right": (editor) => editor.go(editor.nextWord),
  "alt-f": (editor) => editor.go(editor.nextWord),
  "home": (editor) => editor.go(0),
  "ctrl-a": (editor) => editor.go(0),
  "end": (editor) => editor.go(editor.line.length),
  "ctrl-e": (editor) => editor.go(editor.line.length),
  "backspace": (editor) => editor.deleteTo(editor.previous),
  "delete": (editor) => editor.deleteTo(editor.next),
  "ctrl-d": (editor) => editor.deleteTo(editor.next),
  "ctrl-u": (editor) => editor.deleteTo(0, true),
  "ctrl-k": (editor) => editor.deleteTo(editor.line.length, true),
  "ctrl-w": (editor) => editor.deleteTo(editor.previousWord, true),
  "alt-backspace": (editor) => editor.deleteTo(editor.previousWord, true),
  "alt-d": (editor) => editor.deleteTo(editor.nextWord, true),
  "ctrl-delete": (editor) => editor.deleteTo(editor.nextWord, true),
  "ctrl-y": (editor) => editor.putBack(),
  "ctrl-t": (editor) => editor.transpose(),
  "ctrl-_": (editor) => editor.undo(),
  "ctrl-^": (editor) => editor.redo(),
  "up": (editor) => editor.older(),
  "ctrl-p": (editor) => editor.older(),
  "down": (editor) => editor.newer(),
  "ctrl-n": (editor) => editor.newer(),
};
