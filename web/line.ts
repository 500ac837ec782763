/// <reference lib="dom" />
/**
 * One line of a talk as HTML, text nodes only. It must not know where it stands.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import type { Line, Talk } from "../client/talk.ts";
import { clean, isLarge, type Part, parts } from "./format.ts";
import type { Strings } from "./strings.ts";

/** What a line needs of the page. */
export interface LineView {
  talk: Talk;
  words: Strings;
  language: string;
  pictures: ReadonlyMap<string, string>;
  reply: (line: Line) => void;
  react: (line: Line, reaction: string) => void;
  open: (nick: string) => void;
}

function part({ text, style, href, picture }: Part): TemplateResult | string {
  if (picture !== undefined) return html`<img class="picture" src=${picture} alt=${text} title=${text}>`;
  if (href !== undefined) {
    return html`<a class=${style} href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
  }
  if (/\bcode\b/.test(style)) return html`<code class=${style}>${text}</code>`;
  return style === "" ? text : html`<span class=${style}>${text}</span>`;
}

function time(line: Line, language: string): TemplateResult {
  const date = new Date(line.time);
  const shown = date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
  return html`<time datetime=${date.toISOString()} title=${date.toLocaleString(language)}>${shown}</time>`;
}

/** What happened, in words. */
function happening(line: Line, words: Strings): string {
  const from = clean(line.from), text = clean(line.text);
  const told: Record<string, string> = {
    join: `${from} ${words.joined}`,
    part: `${from} ${words.left}${text && ` (${text})`}`,
    quit: `${from} ${words.left}${text && ` (${text})`}`,
    nick: `${from} ${words.renamed} ${text}`,
    topic: `${from} ${words.topic} ${text}`,
    mode: `${from} ${words.mode} ${text}`,
    kick: `${from} ${words.kicked} ${clean(line.about ?? "")}${text && ` (${text})`}`,
  };
  return told[line.kind] ?? text;
}

/** Several things that happened one after the other, in one line. */
export function happenings(lines: readonly Line[], view: LineView): TemplateResult {
  return html`<li class="happening">${time(lines[0], view.language)}<span>${
    lines.map((line) => happening(line, view.words)).join(" · ")
  }</span></li>`;
}

/** Something that was said. */
export function spoken(line: Line, view: LineView): TemplateResult {
  const { words, talk } = view;
  const all = parts(line.text, view.pictures);
  const kind = line.own ? "own" : line.private ? "private" : "other";
  const quote = talk.find(line.replyTo);
  const nick = clean(line.from);
  return html`<li class="said ${kind} ${line.kind} ${line.mention ? "mention" : ""} ${isLarge(all) ? "large" : ""}">
    ${time(line, view.language)}
    <button class="nick" type="button" ?disabled=${line.own} @click=${() => view.open(line.from)}>${nick}</button>
    <div class="text" dir="auto">
      ${quote === undefined ? nothing : html`<q>${clean(quote.from)}: ${clean(quote.text).slice(0, 100)}</q>`}
      ${line.redacted === undefined ? all.map(part) : html`<em>${words.removed}</em>`}
      ${
    [...line.reactions].map(([reaction, nicks]) =>
      html`
        <button class="reaction" type="button" title=${[...nicks].map(clean).join(", ")}
          @click=${() => view.react(line, reaction)}>${clean(reaction)} ${nicks.size}</button>
      `
    )
  }
    </div>
    ${
    line.msgid === undefined ? nothing : html`
      <span class="actions">
        <button type="button" aria-label=${words.reply} title=${words.reply} @click=${() => view.reply(line)}>↩</button>
        <button type="button" aria-label=${words.react} title=${words.react} @click=${() =>
          view.react(line, "👍")}>👍</button>
      </span>
    `
  }
  </li>`;
}
