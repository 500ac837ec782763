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

/** What was found last, since the same code is drawn again and again; how many of it are kept. */
const known = new Map<string, Token[]>();
const MOST_KNOWN = 100;

/** The languages that are being loaded, or are there. */
const loading = new Map<string, Promise<void>>();

function load(file: string): Promise<void> {
  let loaded = loading.get(file);
  if (loaded === undefined) {
    loaded = import(`@highlightjs/cdn-assets/es/languages/${file}.min.js`).then(({ default: language }) => {
      highlighter.registerLanguage(file, language);
    });
    // What has failed is tried again.
    loaded.catch(() => loading.delete(file));
    loading.set(file, loaded);
  }
  return loaded;
}

/**
 * The words of code that have a colour, in their order; no two overlap.
 *
 * @param language As it was typed behind the fence; one that is not known has no colours.
 */
export async function tokensOf(code: string, language: string): Promise<Token[]> {
  const file = FILES.get(language.toLowerCase());
  if (file === undefined) return [];
  const key = `${file} ${code}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  await load(file);
  const found = readTokens(highlighter.highlight(code, { language: file, ignoreIllegals: true }).value);
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
  known.set(key, found);
  return found;
}

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
