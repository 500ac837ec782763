/// <reference lib="dom" />
/**
 * The dialog with the devices of a call: which microphone, camera and loudspeaker, and how loud this person is.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { sanitize } from "../../client/sanitize.ts";
import { showDrawn } from "../ask.ts";
import { settings } from "../settings.ts";
import { canBlur, isBlurred } from "./background.ts";
import type { PageCall } from "./call.ts";
import type { Device, Devices } from "./media.ts";

/** How often the level is drawn, in milliseconds. */
const LOOK = 100;

/** What a usual voice is: a bar that is full at 1 would hardly move. */
const LOUD = 0.3;

/** Shows the dialog until it is closed. */
export async function showDevices(call: PageCall): Promise<void> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", settings.words.calls.devices);
  dialog.className = "call-devices";
  await call.media.look();
  const timer = setInterval(() => {
    const meter = dialog.querySelector("meter");
    if (meter !== null) meter.value = Math.min(1, call.levels.own / LOUD);
  }, LOOK);
  await showDrawn(dialog, () => draw(call), [call, call.media, settings]);
  clearInterval(timer);
}

function draw(call: PageCall): TemplateResult {
  const { words } = settings;
  const { calls } = words;
  const { devices, tracks: { camera } } = call.media;
  const choose = async (kind: keyof Devices, id: string) => {
    const refusal = await call.media.choose(kind, id);
    if (kind === "speaker") call.others.speakBy(id);
    if (refusal === undefined || refusal === "insecure") return call.changed();
    call.fail((kind === "camera" ? calls.noCamera : calls.noMicrophone)[refusal]);
  };
  const field = (kind: keyof Devices, label: string) =>
    drawField(label, devices[kind], call.media.chosen[kind], (id) => void choose(kind, id));
  return html`
    <form method="dialog">
      <h2>${calls.devices}</h2>
      ${field("microphone", calls.microphone)}
      <label class="level">${calls.level} <meter min="0" max="1" value="0"></meter></label>
      <p class="dim">${calls.levelHint}</p>
      ${field("camera", calls.camera)}
      ${canBlur(camera)
        ? html`
          <label class="switch"><input type="checkbox" .checked=${live(isBlurred(camera))}
            @change=${({ target }: Event) => void call.media.blur((target as HTMLInputElement).checked)}> ${calls
              .blur}</label>
        `
        : nothing}
      ${devices.speaker.length === 0 ? nothing : field("speaker", calls.speaker)}
      <p class="dim">${calls.keysHint}</p>
      <div class="buttons"><button class="yes" value="">${words.close}</button></div>
    </form>
  `;
}

function drawField(
  label: string,
  devices: readonly Device[],
  chosen: string,
  choose: (id: string) => void,
): TemplateResult {
  const { calls } = settings.words;
  const named = devices.filter(({ id }) => id !== "default");
  const isThere = named.some(({ id }) => id === chosen);
  return html`
    <label>${label}
      <select .value=${live(isThere ? chosen : "")} @change=${({ target }: Event) =>
        choose((target as HTMLSelectElement).value)}>
        <option value="" ?selected=${!isThere}>${calls.usualDevice}</option>
        ${named.map(({ id, label }, i) =>
          html`<option value=${id} ?selected=${id === chosen}>${sanitize(label) || calls.unnamedDevice(i + 1)}</option>`
        )}
      </select></label>
  `;
}
