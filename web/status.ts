/// <reference lib="dom" />
/**
 * What stands above the talk while it holds: that the connection is lost, that the person is away.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Draws it, with the buttons that end it. */
export function drawStatus({ lost, client }: Stay): TemplateResult {
  const { words } = settings;
  const { away } = client.state;
  const why = lost === undefined ? "" : navigator.onLine ? words.lost(sanitize(lost)) : words.offline;
  return html`
    <div class="status ${why === "" ? "" : "lost"}">
      <p role="status">${why}</p>
      ${why === "" ? nothing : html`<button type="button" @click=${() => client.retry()}>${words.tryNow}</button>`}
    </div>
    ${// No live region: a note in the talk has told it already.
    away === undefined ? nothing : html`
      <div class="status self-away">
        <p>${words.youAreAway(sanitize(away))}</p>
        <button type="button" @click=${() => void client.input("/away")}>${words.imBack}</button>
      </div>
    `}
  `;
}
