/// <reference lib="dom" />
/**
 * What a person does as themselves: the buttons below the list of talks.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { icon } from "./icon.ts";
import { keysHere, shortcutHere } from "./keyboard.ts";
import { leaveByHand } from "./leaving.ts";
import { showProfile } from "./profile.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Draws them. */
export function drawChoices(stay: Stay): TemplateResult {
  const { words } = settings;
  const showSettings = () => void stay.load(import("./settings_dialog.ts"), (m) => m.showSettings(stay));
  return html`
    <div class="choices">
      <button type="button" title="${words.settings} (${keysHere("Ctrl+,")})" aria-keyshortcuts=${shortcutHere(
        "Ctrl+,",
      )}
        @click=${showSettings}>${icon("settings")} ${words.settings}</button>
      <button type="button" @click=${() => void showProfile(stay)}>${icon("user")} ${words.profile}</button>
      <button type="button" @click=${() => void stay.client.input("/invite-link")}>${icon("user-plus")} ${words
        .inviteOthers}</button>
      <button type="button" @click=${() => void leaveByHand(stay)}>${icon("log-out")} ${words.leave}</button>
    </div>
  `;
}
