/**
 * The prompt: a line that is being written at the bottom of a terminal, while other lines are printed above it. It reads what
 * the person types and pastes; prompt_rows.ts draws it.
 *
 * @module
 */

import process from "node:process";
import { graphemes } from "../client/graphemes.ts";
import { Editor } from "./editor.ts";
import { type Key, KeyReader } from "./keys.ts";
import { words } from "./language.ts";
import { PasteReader } from "./paste.ts";
import { printable, printableBeginning } from "./printable.ts";
import { print, PromptRows } from "./prompt_rows.ts";
import { columns, type Control, CONTROLS, show } from "./screen.ts";
import { shorten } from "./wrap.ts";

/** Whether a program can be stopped and go on: not on Windows, which has no such signals. */
const CAN_SUSPEND = Deno.build.os !== "windows";

/** What can come in the place of the last word before the cursor. */
interface Completions {
  word: string;
  candidates: { text: string; label: string }[];
  /** What all candidates begin with, as it is written in the line; where it is left out, their labels say that. */
  common?: string;
}

/** What a prompt calls. */
export interface PromptHandlers {
  /** Enter was pressed behind this line. */
  onLine: (line: string) => void;
  /**
   * Several lines were pasted at once.
   *
   * @param before The text before the cursor.
   * @param lines The lines. The last one has no line end; it is "" where the paste ends with one.
   * @param after The text behind the cursor.
   * @returns The text that stays in the prompt.
   */
  onPaste: (before: string, lines: string[], after: string) => string;
  /** Gives what a line means that came in one piece with the line before it. */
  goingOn: (before: string, line: string) => string;
  /** The line has changed to this one. */
  onChange: (line: string) => void;
  /** Tab was pressed: gives the last word before the cursor, and what can come in its place, with how to show each. */
  complete: (line: string) => Completions;
  /** The terminal has sent a sequence that is no key: an answer. */
  onAnswer: (sequence: string) => void;
  /** Ctrl-C was pressed: stops what goes on beside the prompt. It then means nothing else. @returns Whether there is such. */
  onStop: () => boolean;
  /** Ctrl-C was pressed in a line that is being written, which is gone from the prompt. */
  onCleared: () => void;
  /** Ctrl-C was pressed on an empty line, or Ctrl-D, or the terminal is gone. It may be called more than once. */
  onEnd: () => void;
}

/** Columns of the label before the line, at most; and columns that it leaves for the line, in all but a narrow terminal. */
const LABEL_COLUMNS = 80;
const LINE_COLUMNS = 20;

/** Stands for the end of a line in a text of several lines. */
const LINE_END = "\u21b5";

const NO_HANDLERS: Omit<PromptHandlers, "onEnd"> = {
  onLine: () => {},
  onAnswer: () => {},
  onStop: () => false,
  onCleared: () => {},
  onPaste: () => "",
  goingOn: (_, line) => line,
  onChange: () => {},
  complete: () => ({ word: "", candidates: [] }),
};

/** A question that is asked in place of the line. */
interface Question {
  text: string;
  editor: Editor;
  /** Whether what is typed is shown. */
  isShown: boolean;
  answer: (text?: string) => void;
}

/** The prompt of this process's terminal; one at a time. */
export class Prompt implements Disposable {
  readonly #handlers: PromptHandlers;
  readonly #editor = new Editor();
  readonly #input = Deno.stdin.readable.getReader();
  readonly #rows = new PromptRows();
  /** The candidates that were listed last, so that Tab pressed again does not list them again. */
  #listed = "";
  /** The line that was finished last by the keys that came in the same piece. */
  #previous: string | undefined;
  /** The line as `onChange` was called with it last. */
  #reported = "";
  /** What stands before the line, in full. The line is not shown before there is one. */
  #label: string | undefined;
  #question: Question | undefined;
  /** What goes on beside it, in a row above it; "" for nothing. */
  #status = "";
  #isSuspended = false;
  #isClosed = false;

  /** Takes over the terminal, until `close`. A prompt that only asks questions needs no handler but `onEnd`. */
  constructor(handlers: Pick<PromptHandlers, "onEnd"> & Partial<PromptHandlers>) {
    this.#handlers = { ...NO_HANDLERS, ...handlers };
    process.stdout.on("error", this.#onError);
    process.stdout.on("resize", this.#onResize);
    if (CAN_SUSPEND) Deno.addSignalListener("SIGCONT", this.#onContinue);
    this.#setRaw(true);
    show(CONTROLS.keepTitle, CONTROLS.pasteOn);
    this.#read();
  }

  /** Whether a question waits for its answer. */
  get isAsking(): boolean {
    return this.#question !== undefined;
  }

  /** Shows a label before the line that is being written, with `> ` behind it. */
  set(label: string): void {
    this.#label = label;
    if (this.#question === undefined) this.#draw();
  }

  /**
   * Asks for a secret in place of the line: what is typed is not shown, kept or given to any handler. Meanwhile lines are
   * printed above it as ever.
   *
   * @returns Undefined where the person presses Ctrl-C, or where another question waits already.
   */
  secret(question: string): Promise<string | undefined> {
    return this.#askFor(`${question} `, false);
  }

  /** Asks for a text in the same way, but shows what is typed. */
  ask(question: string): Promise<string | undefined> {
    return this.#askFor(`${question} `, true);
  }

  /** Asks whether to do something. */
  async confirm(question: string): Promise<boolean> {
    return isYes(await this.ask(words().questions.confirm(question)));
  }

  /** Shows in a row above the line what goes on beside it; "": nothing. It takes the place of what was shown before. */
  status(text: string): void {
    if (text === this.#status) return;
    this.#status = printable(text);
    this.#draw();
  }

  /** Sets the window's title. */
  title(text: string): void {
    if (!this.#isClosed) show(CONTROLS.title(text));
  }

  /**
   * Gives back a text that was not said: arrow-up brings it back. It does not stand in the prompt, where the person may be about to
   * type something else, which would be said behind it.
   */
  giveBack(text: string): void {
    this.#editor.giveBack(text);
  }

  /** Puts a text that the person has asked for into the prompt; where they write something already, arrow-up brings it. */
  put(text: string): void {
    if (this.#isClosed) return;
    if (this.#editor.line !== "") return this.#editor.giveBack(text);
    this.#editor.set(text);
    if (this.#question === undefined) this.#draw();
  }

  /** Asks the terminal what pictures it can show; see `onAnswer`. */
  askAbilities(): void {
    show(CONTROLS.askAbilities);
  }

  /** Prints lines above the one that is being written; colours may be in them, and pictures between them. */
  print(lines: (string | Control)[]): void {
    this.#listed = "";
    if (lines.length > 0) this.#draw(...lines);
  }

  /** Gives the terminal back as it was. Closing twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    const { pasteOff, title, restoreTitle, showCursor } = CONTROLS;
    this.#rows.clear();
    show(pasteOff, title(""), restoreTitle, showCursor);
    this.#isClosed = true;
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

  /** The label as it is shown, in one row: other people's names are in it, and a second row would begin with one of them. */
  get #shownLabel(): string {
    if (this.#label === undefined) return "";
    const width = columns();
    const most = Math.min(LABEL_COLUMNS, Math.max(width - LINE_COLUMNS, Math.floor(width * 2 / 3)));
    return `${shorten(printableBeginning(this.#label, LABEL_COLUMNS), most - 2)}> `;
  }

  #askFor(text: string, isShown: boolean): Promise<string | undefined> {
    if (this.#isClosed || this.#question !== undefined) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#question = { text: printable(text), editor: new Editor(), isShown, answer: resolve };
    this.#draw();
    return promise;
  }

  /** Ends the question with its answer, undefined where there is none, and goes on with the line. */
  #endQuestion(answer: string | undefined): void {
    const { answer: resolve } = this.#question!;
    this.#question = undefined;
    resolve(answer);
    this.#draw();
  }

  /** Prints lines, and shows the prompt below them, the cursor where it was in the line. */
  #draw(...lines: (string | Control)[]): void {
    if (this.#isClosed || this.#isSuspended) return print(lines);
    const { text, editor, isShown } = this.#question ??
      { text: this.#shownLabel, editor: this.#editor, isShown: this.#label !== undefined };
    // A line end in the text is shown as one character, and takes as much room.
    const line = editor.line.replaceAll("\n", LINE_END);
    if (isShown) this.#rows.draw(lines, text + line, text.length + editor.shownCursor, this.#status);
    else this.#rows.draw(lines, text, text.length, this.#status);
  }

  /** Takes keys that came in one piece. */
  async #type(keys: Iterable<Key>): Promise<void> {
    let isChanged = false;
    this.#previous = undefined;
    for (const key of keys) {
      const question = this.#question;
      if (key.type === "text") (question?.editor ?? this.#editor).insert(key.text);
      else if (key.name === "") this.#handlers.onAnswer(key.sequence);
      else if (question === undefined) this.#press(key.name);
      else this.#pressInQuestion(question, key.name);
      isChanged = true;
      // The line may have begun a question, and then the keys behind it are the answer: so its handler has its turn first.
      if (key.type === "key" && key.name === "enter") await new Promise((resolve) => setTimeout(resolve));
      if (this.#isClosed) return;
    }
    const { line } = this.#editor;
    if (this.#previous !== undefined && line !== "") this.#editor.set(this.#handlers.goingOn(this.#previous, line));
    if (isChanged) this.#draw();
  }

  #press(name: string): void {
    const { line } = this.#editor;
    if (name === "enter") {
      // The characters that came in one piece with Enter are shown once, too, as a recording of the terminal would have them.
      this.#draw();
      if (this.#previous !== undefined) this.#editor.set(this.#handlers.goingOn(this.#previous, line));
      const written = this.#previous = this.#editor.take();
      // The line goes from the prompt: it is shown again once it is said.
      this.#draw();
      this.#handlers.onLine(written);
    } else if (name === "ctrl-c" && this.#handlers.onStop()) return;
    else if (name === "ctrl-c" && line !== "") {
      this.#editor.take();
      this.#handlers.onCleared();
    } else if (name === "ctrl-c" || (name === "ctrl-d" && line === "")) this.#handlers.onEnd();
    else if (name === "tab") this.#complete();
    else if (!this.#control(name)) this.#editor.press(name);
  }

  #pressInQuestion({ editor }: Question, name: string): void {
    if (name === "enter") this.#endQuestion(editor.line);
    else if (name === "ctrl-c" || (name === "ctrl-d" && editor.line === "")) this.#endQuestion(undefined);
    else if (!this.#control(name)) editor.press(name);
  }

  /** Does what a key means to the terminal rather than to the line. @returns Whether the key means such a thing. */
  #control(name: string): boolean {
    if (name === "ctrl-l") {
      show(CONTROLS.clearAll);
      this.#rows.forget();
    } else if (name === "ctrl-z" && CAN_SUSPEND) this.#suspend();
    else return false;
    return true;
  }

  #onPaste(text: string): void {
    const lines = text.split(/\r\n|\r|\n/).map(printable);
    const isOneLine = lines.length === 1 || (lines.length === 2 && lines[1] === "");
    if (isOneLine) return this.#editor.insert(lines[0]);
    const { line, cursor } = this.#editor;
    this.#editor.set("");
    this.#editor.set(this.#handlers.onPaste(line.slice(0, cursor), lines, line.slice(cursor)));
  }

  /**
   * Puts in the only candidate for the last word, or as much as all candidates have in common; several are listed above the
   * prompt. A candidate that is not printable is left out: it would be written into the line, and could not be sent as it is.
   */
  #complete(): void {
    const { line, cursor } = this.#editor;
    const { word, candidates: all, common: written } = this.#handlers.complete(line.slice(0, cursor));
    const candidates = all.filter(({ text, label }) => printable(text) === text && printable(label) === label);
    const common = written ?? commonPrefix(candidates.map(({ label }) => label.split(" ")[0]));
    if (candidates.length === 1) this.#editor.replaceBefore(word.length, candidates[0].text);
    else if (candidates.length > 0 && common.length > word.length && printable(common) === common) {
      this.#editor.replaceBefore(word.length, common);
    } else {
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
      if (this.#isClosed) return;
      if (value === undefined) return this.#handlers.onEnd();
      for (const { type, text } of paste.push(decoder.decode(value, { stream: true }))) {
        if (type === "keys") await this.#type(keys.push(text));
        else {
          if (this.#question === undefined) this.#onPaste(text);
          // A paste as from a password manager: its line ends are not Enter.
          else this.#question.editor.insert(text.replace(/\p{Cc}/gu, ""));
          this.#draw();
        }
        if (this.#isClosed) return;
      }
      if (this.#editor.line !== this.#reported) this.#handlers.onChange(this.#reported = this.#editor.line);
    }
  }

  readonly #onError = () => this.#handlers.onEnd();

  readonly #onResize = () => {
    if (this.#isClosed) return;
    this.#rows.rewrap();
    this.#draw();
  };

  #suspend(): void {
    this.#rows.clear();
    show(CONTROLS.pasteOff);
    this.#setRaw(false);
    this.#isSuspended = true;
    Deno.kill(Deno.pid, "SIGTSTP");
  }

  readonly #onContinue = () => {
    if (this.#isClosed) return;
    this.#setRaw(true);
    show(CONTROLS.pasteOn);
    this.#isSuspended = false;
    this.#rows.forget();
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

/** Whether an answer agrees, in either language: who answers need not know which one the question was in. */
export function isYes(answer = ""): boolean {
  return /^(?:y(?:es)?|是的?|好的?)$/i.test(answer.normalize("NFKC").trim());
}

/** The longest beginning that all words have in common, in whole characters. */
function commonPrefix([first = "", ...others]: string[]): string {
  let prefix = "";
  for (const { segment } of graphemes.segment(first)) {
    if (!others.every((word) => word.startsWith(prefix + segment))) break;
    prefix += segment;
  }
  return prefix;
}
