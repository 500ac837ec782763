/**
 * Finds the words of code that have a colour, by highlight.js. It is loaded with the first code that names a language, and each
 * language with its first code.
 *
 * @module
 */

import highlighter from "@highlightjs/cdn-assets/es/core.min.js";

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

/** What the classes of highlight.js are here; a class that is missing has no colour. */
const KINDS: Record<Kind, string> = {
  comment: "comment quote",
  keyword: "keyword selector-tag name tag-name built_in type literal selector-pseudo selector-class selector-id",
  string: "string regexp char char.escape template-tag code",
  number: "number symbol bullet link",
  title: "title section",
  attribute: "attr attribute variable property template-variable",
  meta: "meta doctag meta-string meta-keyword",
  added: "addition",
  removed: "deletion",
};

const KIND_OF = new Map(
  Object.entries(KINDS).flatMap(([kind, classes]) => classes.split(" ").map((name) => [name, kind as Kind] as const)),
);

/** What keeps the page at work on colours within bounds. */
const BOUNDS = {
  /** So many pieces of code are known, since the same code is drawn again and again. */
  known: 100,
  /** So many languages are loaded: people who name more of them may want to make their readers load. */
  languages: 12,
  /**
   * A language that takes longer for one piece of code, in milliseconds, has no colours from then on: somebody may have left a
   * hundred such pieces.
   */
  longest: 50,
  /** After so many milliseconds of work the browser does what else waits. */
  slice: 8,
};

/** Finds the words of one page's code that have a colour. */
export class Colouring {
  readonly #bounds: typeof BOUNDS;
  readonly #now: () => number;
  /** What was found last. */
  readonly #known = new Map<string, Token[]>();
  /** The languages that are being loaded, or are there. */
  readonly #loading = new Map<string, Promise<void>>();
  readonly #slow = new Set<string>();
  /** Milliseconds of work in this slice. */
  #spent = 0;
  /** When the last piece of code that waits has its turn. */
  #turn: Promise<void> = Promise.resolve();

  /** @param now The time in milliseconds, by a clock that is never set. */
  constructor(bounds: Partial<typeof BOUNDS> = {}, now = () => performance.now()) {
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#now = now;
  }

  /**
   * The words of code that have a colour, in their order; no two overlap.
   *
   * @param language As it was typed behind the fence; one that is not known has no colours.
   */
  async tokensOf(code: string, language: string): Promise<Token[]> {
    const file = FILES.get(language.toLowerCase());
    if (file === undefined) return [];
    const key = `${file} ${code}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    if (!this.#loading.has(file) && this.#loading.size >= this.#bounds.languages) return [];
    await this.#load(file);
    await (this.#turn = this.#turn.then(() => this.#pause()));
    if (this.#slow.has(file)) return [];
    const begun = this.#now();
    const found = readTokens(highlighter.highlight(code, { language: file, ignoreIllegals: true }).value);
    const took = this.#now() - begun;
    this.#spent += took;
    if (took > this.#bounds.longest) this.#slow.add(file);
    if (this.#known.size >= this.#bounds.known) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, found);
    return found;
  }

  /** Lets the browser do what else waits, if the slice is used up. */
  async #pause(): Promise<void> {
    if (this.#spent < this.#bounds.slice) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#spent = 0;
  }

  #load(file: string): Promise<void> {
    let loaded = this.#loading.get(file);
    if (loaded === undefined) {
      loaded = import(`@highlightjs/cdn-assets/es/languages/${file}.min.js`).then(({ default: language }) => {
        highlighter.registerLanguage(file, language);
      });
      // What has failed is tried again.
      loaded.catch(() => this.#loading.delete(file));
      this.#loading.set(file, loaded);
    }
    return loaded;
  }
}

/** The page's. */
export const colouring = new Colouring();

/** What highlight.js writes: the code as HTML, in which nothing is but these. */
const HTML = /<span class="([^"]*)">|<\/span>|&(?:amp|lt|gt|quot|#x27);|[^<&]+/g;

/** Reads the HTML of highlight.js, which is never given to the browser. The innermost class that has a colour counts. */
function readTokens(html: string): Token[] {
  const tokens: Token[] = [];
  const open: (Kind | undefined)[] = [];
  let at = 0;
  for (const [part, classes] of html.matchAll(HTML)) {
    if (part === "</span>") open.pop();
    else if (classes !== undefined) {
      const name = classes.split(" ").find((name) => name.startsWith("hljs-"))?.slice(5);
      open.push(KIND_OF.get(name ?? "") ?? open.at(-1));
    } else {
      const begin = at;
      at += part.startsWith("&") ? 1 : part.length;
      const kind = open.at(-1);
      const last = tokens.at(-1);
      if (kind === undefined) continue;
      if (last?.kind === kind && last.end === begin) last.end = at;
      else tokens.push({ begin, end: at, kind });
    }
  }
  return tokens;
}
