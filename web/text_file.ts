/// <reference lib="dom" />
/**
 * Shows a short text that was sent as a file, in a dialog over the page. The text is loaded when a person asks for it.
 *
 * @module
 */

import { html } from "lit";
import { sanitizeLines } from "../client/sanitize.ts";
import { showDialog } from "./ask.ts";
import { ownAddress } from "./file_infos.ts";
import { fileWords } from "./file_words.ts";
import { settings } from "./settings.ts";

/** Shows the text of a file until it is closed. @param name What it is called, without what would mislead. */
export async function showText(id: string, name: string): Promise<void> {
  const text = await fetch(ownAddress(id), { credentials: "omit" })
    .then(async (response) => response.ok ? sanitizeLines(await response.text()) : undefined)
    .catch(() => undefined);
  await showDialog(name, () =>
    html`
      <form method="dialog">
        <h2><bdi>${name}</bdi></h2>
        ${text === undefined
          ? html`<p>${fileWords().textFailed}</p>`
          : html`<pre class="text-file" dir="auto" tabindex="0">${text}</pre>`}
        <div class="buttons"><button class="yes" value="yes">${settings.words.close}</button></div>
      </form>
    `);
}
