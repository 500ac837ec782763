/// <reference lib="dom" />
/**
 * Code in a message. Its colours are laid over the text by the browser (CSS Custom Highlight API), so the text stays one node: a
 * screen reader reads it once, although its colours come later. Only code that names its language loads what knows languages.
 *
 * @module
 */

import type { Kind, Token } from "./highlight.ts";

/** Code units of code that is coloured, and of its longest line: some languages take a time that grows with the square of it. */
const MOST = { code: 8_192, line: 400 } as const;

const mayColour = "highlights" in CSS;

/** The ranges of a kind. */
function highlightOf(kind: Kind): Highlight {
  const name = `code-${kind}`;
  const known = CSS.highlights.get(name);
  if (known !== undefined) return known;
  const made = new Highlight();
  CSS.highlights.set(name, made);
  return made;
}

/** Holds code as its only text. */
class CodeView extends HTMLElement {
  /** What stands behind the fence. */
  language = "";
  #ranges: [kind: Kind, range: StaticRange][] = [];

  connectedCallback(): void {
    if (mayColour && this.language !== "") void this.#colour();
  }

  disconnectedCallback(): void {
    for (const [kind, range] of this.#ranges.splice(0)) highlightOf(kind).delete(range);
  }

  async #colour(): Promise<void> {
    const node = [...this.childNodes].find((child) => child instanceof Text);
    if (node === undefined || node.data.length > MOST.code) return;
    if (node.data.split("\n").some((line) => line.length > MOST.line)) return;
    let tokens: Token[];
    try {
      const { colouring } = await import("./highlight.ts");
      tokens = await colouring.tokensOf(node.data, this.language);
    } catch {
      // Without colours it is read as well.
      return;
    }
    if (!this.isConnected || this.#ranges.length > 0) return;
    for (const { begin, end, kind } of tokens) {
      const range = new StaticRange({
        startContainer: node,
        startOffset: begin,
        endContainer: node,
        endOffset: end,
      });
      highlightOf(kind).add(range);
      this.#ranges.push([kind, range]);
    }
  }
}

customElements.define("tea-code", CodeView);
