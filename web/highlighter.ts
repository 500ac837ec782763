/**
 * The thread that finds the words of code that have a colour, by highlight.js. The page ends it where it takes too long.
 *
 * It imports nothing by itself, since an import map holds in documents alone: it is told from where.
 *
 * @module
 */

import type { Answer, Kind, Token, Work } from "./highlight.ts";

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

/** What a thread finds around it. */
const here = globalThis as unknown as {
  onmessage: (event: MessageEvent<Work>) => void;
  postMessage: (answer: Answer) => void;
};

here.onmessage = async ({ data: { core, address, file, code } }) => {
  try {
    const { default: highlighter } = await import(core);
    if (highlighter.getLanguage(file) === undefined) {
      highlighter.registerLanguage(file, (await import(address)).default);
    }
    here.postMessage({});
    here.postMessage({
      tokens: readTokens(highlighter.highlight(code, { language: file, ignoreIllegals: true }).value),
    });
  } catch (error) {
    here.postMessage({ failure: String(error) });
  }
};
