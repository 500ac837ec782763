/**
 * A line that is being written: its text, the cursor in it, and the lines that were written before. Each key works on whole
 * characters as people see them (graphemes.ts): no key leaves half a flag or a letter without its accent. Pure.
 *
 * @module
 */

import { graphemes } from "../client/graphemes.ts";

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** Lines that can be brought back, and changes that can be undone, at most. */
const MOST = { history: 1000, undo: 100 } as const;

/** Code units before and behind the cursor in which words are looked for. To find all words of a very long line takes seconds. */
const NEAR = 1_000;

/** A line and the cursor in it, counted in UTF-16 code units. */
interface LineState {
  line: string;
  cursor: number;
}

/** Edits one line after the other. */
export class Editor {
  #line = "";
  #cursor = 0;
  /** The text that was deleted last by a key that deletes more than one character. */
  #killed = "";
  readonly #past: LineState[] = [];
  readonly #future: LineState[] = [];
  /** The lines that were written, the last one first; and which of them is shown, -1 for none. */
  readonly #history: string[] = [];
  #shown = -1;
  /** The line that was being written when the first of them was brought back. */
  #draft: LineState = { line: "", cursor: 0 };

  get line(): string {
    return this.#line;
  }

  /** The place of the cursor, at which the next text is inserted, in UTF-16 code units. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The place of the cursor as it can be shown: at the end of the character, where the cursor is inside of one. */
  get shownCursor(): number {
    return this.#boundary(this.#cursor, "end");
  }

  /** Inserts a text at the cursor. */
  insert(text: string): void {
    this.#replace(this.#cursor, this.#cursor, text);
  }

  /** Replaces the text before the cursor. @param length How many code units of it. */
  replaceBefore(length: number, text: string): void {
    this.#replace(this.#cursor - length, this.#cursor, text);
  }

  /** Begins a new line with a text. The line before can't be brought back. */
  set(line: string): void {
    this.#line = line;
    this.#cursor = line.length;
    this.#past.length = this.#future.length = 0;
    this.#shown = -1;
  }

  /** Begins a new line. @returns The line before, which can be brought back. */
  take(): string {
    const line = this.#line;
    this.remember(line);
    this.set("");
    return line;
  }

  /** Notes a text that can be brought back as a line that was written. */
  remember(line: string): void {
    if (line.trim() !== "" && line !== this.#history[0]) this.#history.unshift(line);
    this.#history.length = Math.min(this.#history.length, MOST.history);
  }

  /** Notes a text as the last one that can be brought back. A line of older ones that is shown stays as it is. */
  giveBack(text: string): void {
    const shown = this.#history[this.#shown];
    const at = this.#history.indexOf(text);
    if (at >= 0) this.#history.splice(at, 1);
    this.remember(text);
    if (shown !== undefined) this.#shown = this.#history.indexOf(shown);
  }

  /** Does what a key means, if it means something. @param name As `KeyReader` gives it. */
  press(name: string): void {
    if (Object.hasOwn(KEYS, name)) KEYS[name](this);
  }

  /** Moves the cursor. */
  go(to: number): void {
    this.#cursor = to;
  }

  /** The ends of the characters behind and before the cursor, seen from it. */
  get next(): number {
    return this.#boundary(this.#cursor + 1, "end");
  }

  get previous(): number {
    return this.#boundary(this.#cursor - 1, "begin");
  }

  /** The end of the next word, and the beginning of the word before. */
  get nextWord(): number {
    return this.#words().find(({ end }) => end > this.#cursor)?.end ??
      Math.min(this.#line.length, this.#boundary(this.#cursor + NEAR, "end"));
  }

  get previousWord(): number {
    return this.#words().findLast(({ begin }) => begin < this.#cursor)?.begin ??
      this.#boundary(this.#cursor - NEAR, "begin");
  }

  /** Deletes the text between the cursor and a place. @param isKept Whether `putBack` can insert it again. */
  deleteTo(place: number, isKept = false): void {
    const [begin, end] = [Math.min(place, this.#cursor), Math.max(place, this.#cursor)];
    if (begin === end) return;
    if (isKept) this.#killed = this.#line.slice(begin, end);
    this.#replace(begin, end, "");
  }

  putBack(): void {
    this.insert(this.#killed);
  }

  /** Swaps the two characters around the cursor, or the last two at the end of the line, and goes behind them. */
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

  /** Brings back an older line: one that begins with the text that was being written, up to the cursor. */
  older(): void {
    if (this.#shown < 0) this.#draft = { line: this.#line, cursor: this.#cursor };
    this.#recall(this.#history.findIndex((line, i) => i > this.#shown && this.#isRecalled(line)));
  }

  /** Brings back a newer line in the same way, and after the newest one the line that was being written. */
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

  #restore(from: LineState[], to: LineState[]): void {
    const written = from.pop();
    if (written === undefined) return;
    to.push({ line: this.#line, cursor: this.#cursor });
    this.#line = written.line;
    this.#cursor = written.cursor;
  }

  /** The words near the cursor, also in scripts without blanks. Signs that stand together, such as `:)`, are one word. */
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

  /** The nearest place between two characters: the beginning or the end of the character that a place is inside of. */
  #boundary(place: number, side: "begin" | "end"): number {
    if (place <= 0) return 0;
    if (place >= this.#line.length) return this.#line.length;
    const { index, segment } = graphemes.segment(this.#line).containing(place)!;
    return index === place || side === "begin" ? index : index + segment.length;
  }
}

/** What each key does: the keys of Emacs, as in every shell. */
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
