/// <reference lib="dom" />
/**
 * What a person chooses for the page, and what they do as themselves: the buttons below the list of talks.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { drawInsecure } from "./draw.ts";
import { icon } from "./icon.ts";
import { askToNotify, canNotify, notificationPermission } from "./notify.ts";
import { showProfile } from "./profile.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Draws them. */
export function drawChoices(stay: Stay): TemplateResult {
  const { words } = settings;
  const sound = settings.get("sound");
  return html`<div class="choices">
      ${canNotify ? drawNotifications() : isSecureContext ? nothing : drawInsecure(words, settings.get("language"))}
      <button type="button" aria-pressed=${sound} @click=${() => settings.toggle("sound")}>${
    icon(sound ? "volume-2" : "volume-x")
  } ${sound ? words.soundOn : words.soundOff}</button>
      <button type="button" aria-pressed=${settings.get("moves")} @click=${() => settings.toggle("moves")}>${
    icon("users")
  } ${settings.get("moves") ? words.movesShown : words.movesHidden}</button>
      <button type="button" lang=${settings.get("language") === "en" ? "zh" : "en"} @click=${() =>
    settings.toggleLanguage()}>${icon("languages")} ${words.language}</button>
      <button type="button" @click=${() => settings.nextTheme()}>${icon("contrast")} ${
    words.themes[settings.get("theme")]
  }</button>
      <button type="button" @click=${() => void stay.client.input("/invite-link")}>${
    icon("user-plus")
  } ${words.inviteOthers}</button>
      <button type="button" @click=${() => void showProfile(stay)}>${icon("user")} ${words.profile}</button>
      <button type="button" @click=${() => void stay.leave()}>${icon("log-out")} ${words.leave}</button>
    </div>`;
}

function drawNotifications(): TemplateResult {
  const { words } = settings;
  const permission = notificationPermission();
  const isAllowed = permission === "granted", isRefused = permission === "denied";
  const isOn = isAllowed && settings.get("notifications");
  const label = !isAllowed ? words.notify : isOn ? words.notifyingOn : words.notifyingOff;
  return html`
    <button type="button" aria-pressed=${isOn} ?disabled=${isRefused} title=${isRefused ? words.notAllowed : label}
      @click=${() => isAllowed ? settings.toggle("notifications") : void askToNotify()}>${icon(
        isOn ? "bell" : "bell-off",
      )} ${label}</button>
  `;
}
