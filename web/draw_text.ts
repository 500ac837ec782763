/// <reference lib="dom" />
/**
 * Draws the text of a message: its paragraphs, quotes, lists and code. What other people wrote becomes text nodes only.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { putIntoClipboard } from "./clipboard.ts";
import { drawRuns, type Names } from "./draw.ts";
import { icon } from "./icon.ts";
import { type Part, partsOf, type Run } from "./runs.ts";
import type { Strings } from "./strings.ts";
import "./code.ts";

/** What a text is drawn with. */
export interface TextContext {
  words: Strings;
  names: Names;
  /** Whether to draw a button beside code by which it is copied. */
  mayCopy: boolean;
}

/** The lines of a paragraph, with the line ends between them. */
export function drawLines(lines: readonly Run[][], names?: Names): unknown[] {
  return lines.flatMap((runs, i) => i === 0 ? drawRuns(runs, names) : ["\n", ...drawRuns(runs, names)]);
}

/**
 * Draws a message.
 *
 * @param actor What stands before the text of an action.
 * @param end What stands at the end of the text: in its last line, or below what is no text.
 */
export function drawParts(
  parts: readonly Part[],
  context: TextContext,
  actor: unknown[] = [],
  end: unknown = nothing,
): TemplateResult {
  const [first] = parts;
  // Most are one paragraph.
  if (parts.length === 0 || (parts.length === 1 && first.type === "text")) {
    const lines = first?.type === "text" ? first.lines : [];
    return html`<p dir="auto">${[...actor, ...drawLines(lines, context.names)]}${end}</p>`;
  }
  const last = parts.at(-1)!;
  const drawn = parts.map((part) => drawPart(part, context, part === last && part.type === "text" ? end : nothing));
  return html`<div class="body" dir="auto">${actor}${drawn}${last.type === "text" ? nothing : end}</div>`;
}

function drawPart(part: Part, { words, names, mayCopy }: TextContext, end: unknown): TemplateResult {
  if (part.type === "quote") {
    return html`<blockquote class="cited" dir="auto">${drawLines(part.lines, names)}</blockquote>`;
  }
  if (part.type === "list") {
    return html`<ul class="items">${
      part.items.map(({ mark, depth, runs }) =>
        html`<li class="depth${depth}" dir="auto"><span class="mark">${/\d/.test(mark) ? mark : "•"}</span> <span>${
          drawRuns(runs, names)
        }</span></li>`
      )
    }</ul>`;
  }
  if (part.type !== "code") return html`<p dir="auto">${drawLines(part.lines, names)}${end}</p>`;
  return html`<div class="code">${drawCode(part)}${mayCopy ? drawCopy(part.text, words) : nothing}</div>`;
}

function drawCode({ language, text }: Extract<Part, { type: "code" }>): TemplateResult {
  return html`<pre dir="ltr"><code><tea-code .language=${language}>${text}</tea-code></code></pre>`;
}

/** Screen readers read out what comes into the talk, but this button is no news. */
function drawCopy(text: string, words: Strings): TemplateResult {
  const copy = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLElement) void copyText(text, currentTarget);
  };
  return html`<span class="copy" aria-live="off"><button type="button" tabindex="-1" aria-label=${words.copyCode}
    title=${words.copyCode} @click=${copy}>${icon("copy")}${icon("check")}</button></span>`;
}

/** Puts a text into the clipboard, and marks the button that did it. */
async function copyText(text: string, button: HTMLElement): Promise<void> {
  if (!await putIntoClipboard(text)) return;
  button.classList.add("done");
  button.addEventListener("blur", () => button.classList.remove("done"), { once: true });
}

/** The parts of a message, and all of it as runs where it is one paragraph. */
export function readText(text: string, pictures: ReadonlyMap<string, string>): { parts: Part[]; runs: Run[] } {
  const parts = partsOf(text, pictures);
  const [first] = parts;
  return { parts, runs: parts.length === 1 && first.type === "text" && first.lines.length === 1 ? first.lines[0] : [] };
}
