/**
 * The prompt: a line that is being written at the bottom of a terminal, while other lines are printed above it. It must
 * not know connections or commands.
 *
 * Terminals don't agree how wide a character is: a family is two columns in one and eight in another. So nothing here depends
 * on it. The line is cut into rows that fit in any of them (wrap.ts), and the cursor comes to its place by writing what stands
 * before it once more: the terminal itself measures that. (`node:readline` computes both, and knows no characters of several
 * code points.)
 *
 * @module
 */

import process from "node:process";
import { graphemes } from "../client/graphemes.ts";
import { Editor } from "./editor.ts";
import { type Key, KeyReader } from "./keys.ts";
import { PasteReader } from "./paste.ts";
import { printable, printableBeginning } from "./printable.ts";
import { columns, type Control, CONTROLS, rows, show } from "./screen.ts";
import { rowsOf, shorten, widthOfText, wrap } from "./wrap.ts";

/** Whether a program can be stopped and go on: not on Windows, which has no such signals. */
const CAN_SUSPEND = Deno.build.os !== "windows";

/** What a prompt tells, and asks. */
export interface PromptHandlers {
  /** A line was written and Enter pressed. */
  onLine: (line: string) => void;
  /**
   * Several lines were pasted at once.
   *
   * @param before What stands before the cursor.
   * @param lines The lines, the last of which is not complete: "" where it is.
   * @param after What stands behind the cursor.
   * @returns What stays in the prompt.
   */
  onPaste: (before: string, lines: string[], after: string) => string;
  /** What a line means that came in one piece with the one before it. */
  goingOn: (before: string, line: string) => string;
  /** The line has changed, to this. */
  onChange: (line: string) => void;
  /** Tab: what may come instead of the last word of the line up to the cursor, and how to show each. */
  complete: (line: string) => { word: string; candidates: { text: string; label: string }[] };
  /** Ctrl-C, Ctrl-D on an empty line, or the terminal is gone. It may be told more than once. */
  onEnd: () => void;
}

/** Columns of what stands before the line, at most; and those that it leaves for the line in a wide terminal. */
const LONGEST = 80;
const LEFT = 20;

const NONE: Omit<PromptHandlers, "onEnd"> = {
  onLine: () => {},
  onPaste: () => "",
  goingOn: (_, line) => line,
  onChange: () => {},
  complete: () => ({ word: "", candidates: [] }),
};

/** What is being asked for in place of the line. */
interface Question {
  text: string;
  editor: Editor;
  /** Whether what is typed shows. */
  isShown: boolean;
  answer: (text?: string) => void;
}

/** The prompt of this process's terminal; one at a time. */
export class Prompt implements Disposable {
  readonly #handlers: PromptHandlers;
  readonly #editor = new Editor();
  readonly #input = Deno.stdin.readable.getReader();
  /** What is shown, in rows, and the place of the cursor in them: which row it is, and what stands before it there. */
  #rows: string[] = [];
  #row = 0;
  #before = "";
  /** The choice that was listed last, so that Tab pressed again does not list it again. */
  #listed = "";
  /** The line that was written before, where what comes now came with it in one piece. */
  #last: string | undefined;
  /** The line as it was told last. */
  #seen = "";
  /** What stands before the line, as it was given; nothing is shown before that. */
  #given: string | undefined;
  #question: Question | undefined;
  #stopped = false;
  #closed = false;

  /** Takes over the terminal, until `close`. Who only asks needs no more than `onEnd`. */
  constructor(handlers: Pick<PromptHandlers, "onEnd"> & Partial<PromptHandlers>) {
    this.#handlers = { ...NONE, ...handlers };
    process.stdout.on("error", this.#onError);
    process.stdout.on("resize", this.#onResize);
    if (CAN_SUSPEND) Deno.addSignalListener("SIGCONT", this.#onContinue);
    this.#setRaw(true);
    show(CONTROLS.keepTitle, CONTROLS.pasteOn);
    this.#read();
  }

  /** Whether an answer is waited for. */
  get isAsking(): boolean {
    return this.#question !== undefined;
  }

  /** Shows `text`, and a sign that here is written, before the line that is being written. */
  set(text: string): void {
    this.#given = text;
    if (this.#question === undefined) this.#draw();
  }

  /**
   * Asks for a secret in place of the line: what is typed is not shown, kept or told to anybody else. Lines are printed above
   * it as ever.
   *
   * @returns Nothing where the person would rather not tell it, by Ctrl-C, or is being asked already.
   */
  secret(question: string): Promise<string | undefined> {
    return this.#answerTo(`${question} `, false);
  }

  /** Asks for a text in the same way, but shows what is typed. */
  ask(question: string): Promise<string | undefined> {
    return this.#answerTo(`${question} `, true);
  }

  /** Asks whether to do something; true where the answer is yes. */
  async confirm(question: string): Promise<boolean> {
    return /^y(?:es)?$/i.test((await this.ask(`${question} (yes/no)`))?.trim() ?? "");
  }

  /** Sets the window's title. */
  title(text: string): void {
    if (!this.#closed) show(CONTROLS.title(text));
  }

  /** Prints lines above the one that is being written; colours may be in them. */
  print(lines: string[]): void {
    this.#listed = "";
    if (lines.length > 0) this.#draw(...lines);
  }

  /** Gives the terminal back as it was. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    const { up, clearDown, pasteOff, title, restoreTitle, showCursor } = CONTROLS;
    show(up(this.#row), clearDown, pasteOff, title(""), restoreTitle, showCursor);
    this.#closed = true;
    this.#question?.answer();
    this.#setRaw(false);
    this.#input.releaseLock();
    process.stdout.off("error", this.#onError);
    process.stdout.off("resize", this.#onResize);
    if (CAN_SUSPEND) Deno.removeSignalListener("SIGCONT", this.#onContinue);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What stands before the line. It takes one row: there are names of others in it, and a second would begin with one. */
  get #text(): string {
    if (this.#given === undefined) return "";
    const width = columns();
    const most = Math.min(LONGEST, Math.max(width - LEFT, Math.floor(width * 2 / 3)));
    return `${shorten(printableBeginning(this.#given, LONGEST), most - 2)}> `;
  }

  #answerTo(text: string, isShown: boolean): Promise<string | undefined> {
    if (this.#closed || this.#question !== undefined) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#question = { text: printable(text), editor: new Editor(), isShown, answer: resolve };
    this.#draw();
    return promise;
  }

  /** Goes on with the line, once the answer is told or, where it is undefined, is not going to be. */
  #answer(answer: string | undefined): void {
    const { answer: tell } = this.#question!;
    this.#question = undefined;
    tell(answer);
    this.#draw();
  }

  /** Takes the prompt away, writes lines in its place and the prompt after it, the cursor where it was in the line. */
  #draw(...lines: string[]): void {
    const parts = lines.flatMap((line) => wrap(line, columns())).flatMap((row) => [row, CONTROLS.lineEnd]);
    if (this.#closed || this.#stopped) return show(...parts);
    const above: (string | Control)[] = [CONTROLS.up(this.#row), CONTROLS.clearDown, ...parts];
    this.#lay();
    const [first, ...others] = this.#rows;
    const below = others.length - this.#row;
    show(...above, first, ...others.flatMap((row) => [CONTROLS.lineEnd, row]));
    const isAtEnd = below === 0 && this.#before === this.#rows[this.#row];
    if (!isAtEnd) show(CONTROLS.up(below), CONTROLS.rowStart, this.#before);
  }

  /** Says where all is that is to be shown. */
  #lay(): void {
    const { text, editor, isShown } = this.#question ?? { text: this.#text, editor: this.#editor, isShown: true };
    const isLine = isShown && (this.#question !== undefined || this.#given !== undefined);
    this.#rows = rowsOf(text + (isLine ? editor.line : ""), columns());
    let before = text.length + (isLine ? editor.shownCursor : 0);
    this.#row = 0;
    while (this.#row < this.#rows.length - 1 && before >= this.#rows[this.#row].length) {
      before -= this.#rows[this.#row++].length;
    }
    this.#before = this.#rows[this.#row].slice(0, before);
    // What has left the screen at the top can't be taken away any more: of a longer text the rows around the cursor show.
    const most = Math.max(1, rows() - 1);
    const first = Math.max(0, Math.min(this.#row - Math.floor(most / 2), this.#rows.length - most));
    this.#rows = this.#rows.slice(first, first + most);
    this.#row -= first;
  }

  /** Takes keys that were typed, up to an Enter: it may begin the asking for something. */
  async #type(keys: Iterable<Key>): Promise<void> {
    let isChanged = false;
    this.#last = undefined;
    for (const key of keys) {
      const asked = this.#question;
      if (key.type === "text") (asked?.editor ?? this.#editor).insert(key.text);
      else if (asked === undefined) this.#press(key.name);
      else this.#pressAsked(asked, key.name);
      isChanged = true;
      // Where another one is asked for, what is typed already is for that.
      if (key.type === "key" && key.name === "enter") await new Promise((resolve) => setTimeout(resolve));
      if (this.#closed) return;
    }
    const { line } = this.#editor;
    if (this.#last !== undefined && line !== "") this.#editor.set(this.#handlers.goingOn(this.#last, line));
    if (isChanged) this.#draw();
  }

  #press(name: string): void {
    const { line } = this.#editor;
    if (name === "enter") {
      // What came together with it is seen once, too, as a recording of the terminal shows.
      this.#draw();
      if (this.#last !== undefined) this.#editor.set(this.#handlers.goingOn(this.#last, line));
      const written = this.#last = this.#editor.take();
      // What was written shows again as what was said.
      this.#draw();
      this.#handlers.onLine(written);
    } else if (name === "ctrl-c" || (name === "ctrl-d" && line === "")) this.#handlers.onEnd();
    else if (name === "tab") this.#complete();
    else if (!this.#control(name)) this.#editor.press(name);
  }

  #pressAsked({ editor }: Question, name: string): void {
    if (name === "enter") this.#answer(editor.line);
    else if (name === "ctrl-c" || (name === "ctrl-d" && editor.line === "")) this.#answer(undefined);
    else if (!this.#control(name)) editor.press(name);
  }

  /** Does what a key means to the terminal rather than to the line. @returns Whether it means that. */
  #control(name: string): boolean {
    if (name === "ctrl-l") {
      show(CONTROLS.clearAll);
      this.#row = 0;
    } else if (name === "ctrl-z" && CAN_SUSPEND) this.#suspend();
    else return false;
    return true;
  }

  #onPaste(text: string): void {
    const lines = text.split(/\r\n|\r|\n/).map(printable);
    const isOne = lines.length === 1 || (lines.length === 2 && lines[1] === "");
    if (isOne) return this.#editor.insert(lines[0]);
    const { line, cursor } = this.#editor;
    this.#editor.set("");
    this.#editor.set(this.#handlers.onPaste(line.slice(0, cursor), lines, line.slice(cursor)));
  }

  /**
   * Puts in the one way in which the last word can go on, or as much as all ways have in common; several are listed above the
   * prompt. What is not harmless is none of them: it would be written into the line, and could not be sent as it is.
   */
  #complete(): void {
    const { line, cursor } = this.#editor;
    const { word, candidates: all } = this.#handlers.complete(line.slice(0, cursor));
    const candidates = all.filter(({ text, label }) => printable(text) === text && printable(label) === label);
    const common = commonPrefix(candidates.map(({ label }) => label.split(" ")[0]));
    if (candidates.length === 1) this.#editor.replaceBefore(word.length, candidates[0].text);
    else if (common.length > word.length) this.#editor.replaceBefore(word.length, common);
    else {
      const list = candidates.map(({ label }) => label).join("  ");
      if (list !== "" && list !== this.#listed) this.print([list]);
      this.#listed = list;
    }
  }

  async #read(): Promise<void> {
    const paste = new PasteReader();
    const keys = new KeyReader();
    const decoder = new TextDecoder();
    for (;;) {
      // A terminal that is gone is an end like any other.
      const { value } = await this.#input.read().catch(() => ({ value: undefined }));
      if (this.#closed) return;
      if (value === undefined) return this.#handlers.onEnd();
      for (const { type, text } of paste.push(decoder.decode(value, { stream: true }))) {
        if (type === "keys") await this.#type(keys.push(text));
        else {
          if (this.#question === undefined) this.#onPaste(text);
          // As from a password manager; its line ends are not Enter.
          else this.#question.editor.insert(text.replace(/\p{Cc}/gu, ""));
          this.#draw();
        }
        if (this.#closed) return;
      }
      if (this.#editor.line !== this.#seen) this.#handlers.onChange(this.#seen = this.#editor.line);
    }
  }

  readonly #onError = () => this.#handlers.onEnd();

  readonly #onResize = () => {
    if (this.#closed) return;
    // Terminals wrap anew what they show, and the cursor goes with it.
    const width = columns();
    const rowsIn = (text: string) => Math.max(1, Math.ceil(widthOfText(text) / width));
    const above = this.#rows.slice(0, this.#row).reduce((sum, row) => sum + rowsIn(row), 0);
    this.#row = above + Math.floor(widthOfText(this.#before) / width);
    this.#draw();
  };

  #suspend(): void {
    show(CONTROLS.up(this.#row), CONTROLS.clearDown, CONTROLS.pasteOff);
    this.#setRaw(false);
    this.#stopped = true;
    Deno.kill(Deno.pid, "SIGTSTP");
  }

  readonly #onContinue = () => {
    if (this.#closed) return;
    this.#setRaw(true);
    show(CONTROLS.pasteOn);
    this.#stopped = false;
    this.#row = 0;
    this.#draw();
  };

  #setRaw(raw: boolean): void {
    try {
      Deno.stdin.setRaw(raw);
    } catch {
      // The terminal is gone.
    }
  }
}

/** What all words begin with, in whole characters. */
function commonPrefix([first = "", ...others]: string[]): string {
  let prefix = "";
  for (const { segment } of graphemes.segment(first)) {
    if (!others.every((word) => word.startsWith(prefix + segment))) break;
    prefix += segment;
  }
  return prefix;
}
