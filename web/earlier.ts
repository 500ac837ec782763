/// <reference lib="dom" />
/**
 * The dialog that shows what a message said before it was edited. It is loaded when somebody asks for it.
 *
 * @module
 */

import { html } from "lit";
import { visible } from "../protocol.ts";
import { sanitizeLines } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { showDialog } from "./ask.ts";
import { drawClock } from "./draw.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Asks the server for it, and shows it. */
export async function showEarlier(stay: Stay, talk: Talk, line: TalkLine): Promise<void> {
  const { words, locale } = settings;
  const earlier = await stay.client.actions.edits.earlier(talk, line);
  if (earlier === undefined || earlier.length === 0) {
    return stay.tell({ kind: "error", text: words.earlierUnknown });
  }
  const item = (when: unknown, text: string) =>
    html`<li>${when}<pre dir="auto">${sanitizeLines(visible(text))}</pre></li>`;
  await showDialog(words.earlier, () =>
    html`
      <form method="dialog" class="earlier">
        <h2>${words.earlier}</h2>
        <p class="dim">${words.earlierExplained}</p>
        <ol tabindex="0">
          ${earlier.map(({ text, time }) => item(drawClock(time, locale), text))} ${item(words.now, line.text)}
        </ol>
        <div class="buttons"><button class="yes" value="">${words.close}</button></div>
      </form>
    `);
}
