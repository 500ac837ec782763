/// <reference lib="dom" />
/**
 * What stands below the login where the room can't be reached: what was read there last.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import { drawRuns } from "./draw.ts";
import { lastRead, type ReadLine, type ReadTalk } from "./last_read.ts";
import { runsOf } from "./runs.ts";
import { settings } from "./settings.ts";

/** Draws what was read last; nothing where nothing is kept. */
export function drawLastRead(): TemplateResult | typeof nothing {
  const talks = lastRead();
  if (talks.length === 0) return nothing;
  return html`
    <section class="read" aria-labelledby="read">
      <h2 id="read">${settings.words.lastRead}</h2>
      ${talks.map(drawTalk)}
    </section>
  `;
}

function drawTalk({ channel, lines }: ReadTalk): TemplateResult {
  return html`
    <h3><bdi>${sanitize(channel)}</bdi></h3>
    <ol>${lines.map(drawLine)}</ol>
  `;
}

function drawLine({ time, from, text, isAction }: ReadLine): TemplateResult {
  const date = new Date(time);
  const shown = date.toLocaleString(settings.locale, { dateStyle: "short", timeStyle: "short" });
  return html`
    <li>
      <time datetime=${date.toISOString()}>${shown}</time>
      <bdi class="name">${isAction ? "* " : ""}${sanitize(from)}</bdi>
      <span dir="auto">${drawRuns(runsOf(text))}</span>
    </li>
  `;
}
