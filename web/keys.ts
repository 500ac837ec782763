/// <reference lib="dom" />
/**
 * The list of the page's keys, in a dialog of its own and in the settings. It is loaded when it is first asked for.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { showDialog } from "./ask.ts";
import { keysHere } from "./keyboard.ts";
import { settings } from "./settings.ts";

/** The keys, each with what it does. */
const KEYS = [
  ["Ctrl+K", "palette"],
  ["? · Ctrl+/", "keys"],
  ["Ctrl+,", "settings"],
  ["Ctrl+Shift+F", "search"],
  ["Enter", "send"],
  ["Shift+Enter", "line"],
  ["Ctrl+Shift+V", "voice"],
  ["Tab", "complete"],
  ["Page Up · Page Down", "scroll"],
  ["Shift+Tab, Up, Down", "messages"],
  ["Right, Left", "buttons"],
  ["Shift+F10", "menu"],
  ["Esc", "back"],
  ["M", "mute"],
  ["Space", "talk"],
] as const;

/** Draws the list. */
export function drawKeys(): TemplateResult {
  const { words } = settings;
  return html`
    <dl>${KEYS.map(([key, meaning]) =>
      html`
        <div>
          <dt><kbd>${keysHere(key)}</kbd></dt>
          <dd>${words.keyMeanings[meaning]}</dd>
        </div>
      `
    )}</dl>
  `;
}

/** Shows the list until it is closed. */
export async function showKeys(): Promise<void> {
  const { words } = settings;
  await showDialog(words.keys, () =>
    html`
      <form method="dialog" class="keys">
        <h2>${words.keys}</h2>
        ${drawKeys()}
        <div class="buttons"><button class="yes" value="">${words.close}</button></div>
      </form>
    `);
}
