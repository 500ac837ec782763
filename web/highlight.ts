/// <reference lib="dom" />
/**
 * Finds the words of code that have a colour. It is loaded with the first code that names a language. The work is done in a
 * thread of its own (highlighter.ts): code is of somebody else, and some of it takes a language's patterns seconds.
 *
 * @module
 */

/** The kinds of words that have a colour, in style/text.css as `::highlight(code-KIND)`. */
export type Kind = "comment" | "keyword" | "string" | "number" | "title" | "attribute" | "meta" | "added" | "removed";

/** A stretch of code that has a colour: from one code unit to the one before another. */
export interface Token {
  begin: number;
  end: number;
  kind: Kind;
}

/** The languages, by the names that people write. */
const LANGUAGES: Record<string, string> = {
  bash: "bash sh zsh",
  c: "c h",
  cpp: "cpp c++ cc cxx hpp",
  csharp: "csharp c# cs",
  css: "css",
  diff: "diff patch",
  dockerfile: "dockerfile docker",
  elixir: "elixir ex exs",
  go: "go golang",
  haskell: "haskell hs",
  ini: "ini toml conf cfg",
  java: "java",
  javascript: "javascript js jsx mjs cjs",
  json: "json jsonc json5",
  kotlin: "kotlin kt",
  lua: "lua",
  makefile: "makefile make mk",
  markdown: "markdown md",
  nginx: "nginx",
  perl: "perl pl",
  php: "php",
  powershell: "powershell ps1 pwsh",
  python: "python py",
  r: "r",
  ruby: "ruby rb",
  rust: "rust rs",
  scala: "scala",
  shell: "shell console",
  sql: "sql",
  swift: "swift",
  typescript: "typescript ts tsx mts",
  xml: "xml html svg xhtml",
  yaml: "yaml yml",
};

/** The file of each language, by its names. */
export const FILES: ReadonlyMap<string, string> = new Map(
  Object.entries(LANGUAGES).flatMap(([file, names]) => names.split(" ").map((name) => [name, file] as const)),
);

/** What the thread is asked. */
export interface Work {
  /** The address of highlight.js, and that of the language's file: an import map holds in documents alone. */
  core: string;
  address: string;
  /** The language's name there. */
  file: string;
  code: string;
}

/**
 * What the thread answers: that all it needs is there, or can't be had; then the words. Undefined words: that it has begun to look.
 */
export type Answer = { tokens?: Token[] } | { failure: string };

/** What the thread needs of `Worker`. */
type Thread = Pick<Worker, "onmessage" | "onerror" | "postMessage" | "terminate">;

/** What keeps the work on colours within bounds. */
const BOUNDS = {
  /** So many pieces of code are known, since the same code is drawn again and again. */
  known: 100,
  /** So many languages are loaded: people who name more of them may want to make their readers load. */
  languages: 12,
  /** What a language needs for one piece of code, at the most, in milliseconds. One that needs more has no colours from then on. */
  longest: 500,
  /** For so many milliseconds the files are waited for. */
  loading: 30_000,
};

/** Finds the words of one page's code that have a colour. */
export class Colouring implements Disposable {
  readonly #start: () => Thread;
  readonly #bounds: typeof BOUNDS;
  /** What was found last. */
  readonly #known = new Map<string, Token[]>();
  /** The languages that are loaded, or will be. */
  readonly #languages = new Set<string>();
  readonly #slow = new Set<string>();
  #thread: Thread | undefined;
  /** When the last piece of code that waits has its turn; never rejects. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param start Starts a thread of highlighter.ts. */
  constructor(start: () => Thread, bounds: Partial<typeof BOUNDS> = {}) {
    this.#start = start;
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  /**
   * The words of code that have a colour, in their order; no two overlap. Rejects where the files can't be loaded.
   *
   * @param language As it was typed behind the fence; one that is not known has no colours.
   */
  async tokensOf(code: string, language: string): Promise<Token[]> {
    const file = FILES.get(language.toLowerCase());
    if (file === undefined) return [];
    if (!this.#languages.has(file) && this.#languages.size >= this.#bounds.languages) return [];
    this.#languages.add(file);
    const found = this.#turn.then(() => this.#find(code, file));
    this.#turn = found.catch(() => {});
    return await found;
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  async #find(code: string, file: string): Promise<Token[]> {
    const key = `${file} ${code}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    if (this.#slow.has(file)) return [];
    try {
      const found = await this.#ask({
        core: import.meta.resolve("@highlightjs/cdn-assets/es/core.min.js"),
        address: import.meta.resolve(`@highlightjs/cdn-assets/es/languages/${file}.min.js`),
        file,
        code,
      });
      if (this.#known.size >= this.#bounds.known) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(key, found);
      return found;
    } catch (error) {
      // What it is at can be ended in no other way. What has failed is tried again.
      this[Symbol.dispose]();
      if (!this.#slow.has(file)) this.#languages.delete(file);
      throw error;
    }
  }

  /** Has the thread do its work, and bounds how long it takes. */
  async #ask(work: Work): Promise<Token[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Token[]>();
    const thread = this.#thread ??= this.#start();
    let timer = setTimeout(() => reject(new Error("Cannot load what colours code")), this.#bounds.loading);
    thread.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("failure" in data) return reject(new Error(data.failure));
      if (data.tokens !== undefined) return resolve(data.tokens);
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.#slow.add(work.file);
        reject(new Error(`Cannot colour ${work.file}: it takes too long`));
      }, this.#bounds.longest);
    };
    thread.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    thread.postMessage(work);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The page's. */
export const colouring = new Colouring(() => new Worker("./highlighter.ts", { type: "module" }));
