/**
 * The prompt: a line that is being written at the bottom of a terminal, while other lines are printed above it. It must
 * not know connections or commands.
 *
 * `node:readline` edits the line (cursor, history, wide characters); what stands here is printing without damage to it,
 * pastes, the window's title, and leaving the terminal as it was.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import process from "node:process";
import * as readline from "node:readline";
import { Readable } from "node:stream";
import { PasteReader } from "./paste.ts";
import { clip, sanitize } from "./sanitize.ts";
import { CONTROLS, Screen } from "./screen.ts";
import { SecretReader, type Typed } from "./secret.ts";
import { shorten, wrap } from "./wrap.ts";

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

/** What is being asked for in place of the line. */
interface Question {
  text: string;
  reader: SecretReader;
  /** Whether what is typed shows. */
  isShown: boolean;
  /** What was in the line before. */
  line: string;
  cursor: number;
  answer: (text?: string) => void;
}

/** The prompt of this process's terminal; one at a time. */
export class Prompt implements Disposable {
  readonly #handlers: PromptHandlers;
  readonly #screen = new Screen();
  // `prevRows`, how far the cursor is below the prompt's first row, is not documented, and is the same in Node.js and Deno.
  readonly #readline: readline.Interface & { prevRows: number };
  /** Keys, without what was pasted. */
  readonly #keys = Object.assign(new Readable({ read() {} }), { setRawMode: (raw: boolean) => this.#setRaw(raw) });
  /** Rows of the line at the time of Enter, less one. */
  #enteredRows = 0;
  /** The choice that was listed last, so that Tab pressed again does not list it again. */
  #listed = "";
  /** The line as it was told last. */
  #seen = "";
  /** What stands before the line, as it was given. */
  #given = "";
  #question: Question | undefined;
  #closed = false;

  /** Takes over the terminal, until `close`. */
  constructor(handlers: PromptHandlers) {
    this.#handlers = handlers;
    process.stdout.on("error", this.#onError);
    process.stdout.on("resize", this.#onResize);
    if (CAN_SUSPEND) Deno.addSignalListener("SIGCONT", this.#onContinue);
    // Before readline's own listener, which empties the line.
    readline.emitKeypressEvents(this.#keys);
    this.#keys.on("keypress", (_, key) => {
      if (key?.name === "return" || key?.name === "enter") this.#enteredRows = this.#rows();
    });
    this.#readline = readline.createInterface({
      input: this.#keys,
      // All that it uses of a stream.
      output: this.#screen as unknown as NodeJS.WritableStream,
      terminal: true,
      prompt: "",
      historySize: 1000,
      completer: (line: string) => this.#complete(line),
    }) as readline.Interface & { prevRows: number };
    this.#readline.on("line", (line) => this.#onLine(line));
    this.#readline.on("SIGINT", () => this.#handlers.onEnd());
    if (CAN_SUSPEND) this.#readline.on("SIGTSTP", () => this.#suspend());
    this.#readline.on("close", () => {
      if (!this.#closed) this.#handlers.onEnd();
    });
    this.#screen.show(CONTROLS.keepTitle, CONTROLS.pasteOn);
    this.#read();
  }

  /** Shows `text`, and a sign that here is written, before the line that is being written. */
  set(text: string): void {
    this.#given = text;
    if (this.#question === undefined) this.#ask(this.#text);
  }

  /**
   * Asks for a secret in place of the line: what is typed is not shown, kept or told to anybody else. Lines are printed above
   * it as ever. (`promptSecret` of the standard library wants the terminal for itself.)
   *
   * @returns Nothing where the person would rather not tell it, by Ctrl-C, or is being asked already.
   */
  secret(question: string): Promise<string | undefined> {
    return this.#answerTo(`${question} `, false);
  }

  /** Asks whether to do something, in the same way, but shows what is typed; true where the answer is yes. */
  async confirm(question: string): Promise<boolean> {
    return /^y(?:es)?$/i.test((await this.#answerTo(`${question} (yes/no) `, true))?.trim() ?? "");
  }

  /** What stands before the line. It takes one row: there are names of others in it, and a second would begin with one. */
  get #text(): string {
    const { columns } = this.#screen;
    const most = Math.min(LONGEST, Math.max(columns - LEFT, Math.floor(columns * 2 / 3)));
    return `${shorten(clip(this.#given, LONGEST), most - 2)}> `;
  }

  #answerTo(text: string, isShown: boolean): Promise<string | undefined> {
    if (this.#closed || this.#question !== undefined) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const { line, cursor } = this.#readline;
    this.#question = { text, reader: new SecretReader(), isShown, line, cursor, answer: resolve };
    this.#setLine("", 0);
    this.#ask(text);
    return promise;
  }

  /** Sets the window's title. */
  title(text: string): void {
    this.#screen.show(CONTROLS.title(text));
  }

  /** Prints lines above the one that is being written; colours may be in them. */
  print(lines: string[]): void {
    this.#listed = "";
    if (lines.length > 0) this.#redraw(lines);
  }

  /** Gives the terminal back as it was. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    const { up, clearDown, pasteOff, title, restoreTitle, showCursor } = CONTROLS;
    this.#screen.show(up(this.#readline.getCursorPos().rows), clearDown);
    this.#closed = true;
    this.#question?.answer();
    this.#screen.show(pasteOff, title(""), restoreTitle, showCursor);
    this.#readline.close();
    this.#setRaw(false);
    process.stdout.off("resize", this.#onResize);
    if (CAN_SUSPEND) Deno.removeSignalListener("SIGCONT", this.#onContinue);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes the prompt away, writes lines in its place and the prompt after it, the cursor where it was in the line. */
  #redraw(lines: string[]): void {
    const rows = lines.flatMap((line) => wrap(line, this.#screen.columns));
    const parts = rows.flatMap((row) => [row, CONTROLS.lineEnd]);
    if (this.#closed) return this.#screen.show(...parts);
    this.#screen.show(CONTROLS.up(this.#readline.getCursorPos().rows), CONTROLS.clearDown, ...parts);
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  }

  #ask(text: string): void {
    // Before the prompt is another one: where the cursor is depends on it.
    const rows = this.#closed ? 0 : this.#readline.getCursorPos().rows;
    this.#readline.setPrompt(sanitize(text));
    if (this.#closed) return;
    this.#screen.show(CONTROLS.up(rows), CONTROLS.clearDown);
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  }

  #setLine(line: string, cursor: number): void {
    Object.assign(this.#readline, { line, cursor });
  }

  /** Goes on with the line, once the answer is told or is not going to be. */
  #told(typed: Typed): void {
    if (this.#question === undefined) return;
    const { text, reader, isShown, line, cursor, answer } = this.#question;
    if (typed.type === "more") {
      if (isShown) this.#ask(text + reader.text);
      return;
    }
    this.#question = undefined;
    answer(typed.type === "done" ? typed.text : undefined);
    this.#setLine(line, cursor);
    this.#ask(this.#text);
  }

  /** Takes keys that were typed, up to an Enter: it may begin the asking for something. */
  async #type(text: string): Promise<void> {
    const asked = this.#question;
    if (asked === undefined) return void this.#keys.emit("data", Buffer.from(text));
    this.#told(asked.reader.keys(text));
    // Where another one is asked for, what is typed already is for that.
    if (asked !== this.#question) await new Promise((resolve) => setTimeout(resolve));
  }

  #onLine(line: string): void {
    // What was written shows again as what was said.
    this.#screen.show(CONTROLS.up(this.#enteredRows + 1), CONTROLS.clearDown);
    this.#readline.prompt();
    this.#handlers.onLine(line);
  }

  #onPaste(text: string): void {
    const lines = text.split(/\r\n|\r|\n/).map(sanitize);
    const isOne = lines.length === 1 || (lines.length === 2 && lines[1] === "");
    if (isOne) return this.#readline.write(lines[0]);
    const { line, cursor } = this.#readline;
    // To the end of the line, then all of it away.
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    const left = this.#handlers.onPaste(line.slice(0, cursor), lines, line.slice(cursor));
    if (left !== "") this.#readline.write(left);
  }

  /**
   * As readline wants it: ways to go on, and what they replace. Several are listed above the prompt. What is not harmless is
   * none of them: it would be written into the line, and could not be sent as it is.
   */
  #complete(line: string): [string[], string] {
    const { word, candidates: all } = this.#handlers.complete(line);
    const candidates = all.filter(({ text, label }) => sanitize(text) === text && sanitize(label) === label);
    if (candidates.length === 1) return [[candidates[0].text], word];
    const common = commonPrefix(candidates.map(({ label }) => label.split(" ")[0]));
    if (common.length > word.length) return [[common], word];
    const list = candidates.map(({ label }) => label).join("  ");
    if (list !== "" && list !== this.#listed) this.print([list]);
    this.#listed = list;
    return [[], word];
  }

  /** How many rows the whole line takes, less one. */
  #rows(): number {
    const { cursor, line } = this.#readline;
    const all = this.#readline as { cursor: number };
    all.cursor = line.length;
    const { rows } = this.#readline.getCursorPos();
    all.cursor = cursor;
    return rows;
  }

  async #read(): Promise<void> {
    const paste = new PasteReader();
    const decoder = new TextDecoder();
    const reader = Deno.stdin.readable.getReader();
    for (;;) {
      // A terminal that is gone is an end like any other.
      const { value } = await reader.read().catch(() => ({ value: undefined }));
      if (this.#closed) return;
      if (value === undefined) return this.#handlers.onEnd();
      for (const { type, text } of paste.push(decoder.decode(value, { stream: true }))) {
        if (type === "keys") { for (const keys of text.split(/(?<=[\r\n])(?!\n)/)) await this.#type(keys); }
        else if (this.#question === undefined) this.#onPaste(text);
        else {
          this.#question.reader.paste(text);
          this.#told({ type: "more" });
        }
      }
      if (this.#readline.line !== this.#seen) this.#handlers.onChange(this.#seen = this.#readline.line);
    }
  }

  readonly #onError = () => this.#handlers.onEnd();

  readonly #onResize = () => {
    if (this.#closed) return;
    // Terminals wrap anew what they show, and the cursor goes with it.
    this.#readline.prevRows = this.#readline.getCursorPos().rows;
    if (this.#question === undefined) this.#readline.setPrompt(this.#text);
    this.#readline.prompt(true);
  };

  #suspend(): void {
    this.#screen.show(CONTROLS.up(this.#readline.getCursorPos().rows), CONTROLS.clearDown, CONTROLS.pasteOff);
    this.#setRaw(false);
    Deno.kill(Deno.pid, "SIGTSTP");
  }

  readonly #onContinue = () => {
    if (this.#closed) return;
    this.#setRaw(true);
    this.#screen.show(CONTROLS.pasteOn);
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  };

  #setRaw(raw: boolean): void {
    try {
      Deno.stdin.setRaw(raw);
    } catch {
      // The terminal is gone.
    }
  }
}

function commonPrefix(words: string[]): string {
  let prefix = words[0] ?? "";
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
