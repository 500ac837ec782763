/// <reference lib="dom" />
/**
 * The settings of notifications and of the sound: on or off, a try, and what to do where the browser refuses.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { drawInsecure } from "./draw.ts";
import { icon } from "./icon.ts";
import { askToNotify, canNotify, notificationPermission, notify } from "./notify.ts";
import { settings, VOLUMES } from "./settings.ts";
import { drawChoice, drawSwitch } from "./settings_fields.ts";
import { playTone, TONES } from "./tones.ts";

/** Draws the settings of notifications. @param tell Tells the person what came of the try. */
export function drawNotifications(tell: (text: string) => void): TemplateResult {
  const { words } = settings;
  const permission = notificationPermission();
  const isOn = permission === "granted" && settings.get("notifications");
  const change = async (isWanted: boolean) => {
    if (isWanted && permission === "default") await askToNotify();
    else settings.set("notifications", isWanted);
  };
  const show = async () => {
    tell("");
    const isShown = await notify(settings.words.notifyTry, { body: settings.words.notifySample, tag: "teahouse" });
    tell(isShown ? settings.words.notifyTried : settings.words.notifyFailed);
  };
  return html`
    ${drawSwitch(words.notify, isOn, (isWanted) => void change(isWanted), {
      more: words.notifyExplained,
      isDisabled: !canNotify || permission === "denied",
    })} ${drawRefusal()}
    <div class="buttons">
      <button type="button" ?disabled=${!isOn} @click=${() => void show()}>${icon("bell")} ${words.notifyTry}</button>
    </div>
  `;
}

/** Why the browser shows no notifications, and what to do. */
function drawRefusal(): unknown {
  const { words } = settings;
  if (!isSecureContext) return drawInsecure(words, settings.get("language"));
  if (!canNotify) return html`<p>${words.notifyUnknown}</p>`;
  return notificationPermission() === "denied" ? html`<p>${words.notifyRefused}</p>` : nothing;
}

/** Draws the settings of the sound. What is chosen is heard. */
export function drawSound(): TemplateResult {
  const { words } = settings;
  const volume = settings.get("volume");
  const play = () => playTone(settings.get("tone"), settings.get("volume"));
  const tones = TONES.map((value) => ({ value, label: words.tones[value] }));
  const choose = (tone: typeof TONES[number]) => {
    settings.set("tone", tone);
    play();
  };
  const moved = ({ target }: Event) => settings.set("volume", Number((target as HTMLInputElement).value));
  const isOn = settings.get("sound");
  return html`
    ${drawSwitch(words.sound, isOn, (isWanted) => settings.set("sound", isWanted))}
    <fieldset class="sound" ?disabled=${!isOn} aria-label=${words.tone}>
    ${drawChoice(words.tone, "tone", tones, settings.get("tone"), choose)}
    <label class="volume"><span>${words.volume} <output>${volume} %</output></span>
      <input type="range" min=${VOLUMES.least} max=${VOLUMES.most} step=${VOLUMES.step} aria-label=${words.volume}
        aria-valuetext="${volume} %" .value=${live(`${volume}`)} @input=${moved} @change=${play}></label>
    <div class="buttons"><button type="button" @click=${play}>${icon("volume-2")} ${words.play}</button></div>
    </fieldset>
  `;
}
