/// <reference lib="dom" />
/**
 * The fields of the settings. Each shows what is chosen, and what is chosen in it applies at once.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

/** One value to choose. */
export interface Choice<Value> {
  value: Value;
  label: string;
  /** The language of the label, where it is not the page's. */
  lang?: string;
}

/**
 * One of a few values, which all are shown.
 *
 * @param name Tells this field from the others of the dialog.
 */
export function drawChoice<Value extends string>(
  legend: string,
  name: string,
  choices: readonly Choice<Value>[],
  chosen: Value,
  choose: (value: Value) => void,
): TemplateResult {
  return html`
    <fieldset>
      <legend>${legend}</legend>
      <div class="options">${choices.map(({ value, label, lang }) =>
        html`
          <label
            lang=${lang ?? nothing}><input type="radio" name="settings-${name}" .checked=${live(
              value === chosen,
            )} @change=${() => choose(value)}> ${label}</label>
        `
      )}</div>
    </fieldset>
  `;
}

/** Something that is on or off. @param more What is said below it. */
export function drawSwitch(
  label: string,
  isOn: boolean,
  change: (isOn: boolean) => void,
  { more = "", isDisabled = false }: { more?: string; isDisabled?: boolean } = {},
): TemplateResult {
  const changed = ({ target }: Event) => change((target as HTMLInputElement).checked);
  return html`
    <div class="switch">
      <label><input type="checkbox" role="switch" .checked=${live(
        isOn,
      )} ?disabled=${isDisabled} @change=${changed}> ${label}</label>
      ${more === "" ? nothing : html`<p class="dim">${more}</p>`}
    </div>
  `;
}
