/// <reference lib="dom" />
/**
 * The settings of how the page looks, of what a talk shows, and of staying signed in; and what is told of the room.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import { drawLink } from "./draw.ts";
import { forgetTalks } from "./kept_talks.ts";
import { forgetRead } from "./last_read.ts";
import { CLOCKS, DENSITIES, settings, TEXT_SIZES, THEMES } from "./settings.ts";
import { type Choice, drawChoice, drawSwitch } from "./settings_fields.ts";
import type { Stay } from "./stay.ts";
import type { Language } from "./language.ts";

/** The languages of the page, each under its own name. */
const LANGUAGES: Choice<Language>[] = [
  { value: "en", label: "English", lang: "en" },
  { value: "zh", label: "中文", lang: "zh" },
];

/** What the page is made with, and where that is found. */
const MADE_WITH = [["Deno", "https://deno.com"], ["Lit", "https://lit.dev"], ["Lucide", "https://lucide.dev"]] as const;

/** The values of a setting, each with its word. */
function choicesOf<Value extends string>(values: readonly Value[], labels: Record<Value, string>): Choice<Value>[] {
  return values.map((value) => ({ value, label: labels[value] }));
}

/** The settings of which each has one of a few values. */
type Chosen = "theme" | "textSize" | "density" | "language" | "clock";

/** Draws a setting with its values. */
function drawSetting<Name extends Chosen>(
  legend: string,
  name: Name,
  choices: readonly Choice<ReturnType<typeof settings.get<Name>>>[],
): TemplateResult {
  return drawChoice(legend, name, choices, settings.get(name), (value) => settings.set(name, value));
}

/** Draws the settings of how the page looks. */
export function drawAppearance(): TemplateResult {
  const { words } = settings;
  return html`
    ${drawSetting(words.theme, "theme", choicesOf(THEMES, words.themes))}
    ${drawSetting(words.textSize, "textSize", choicesOf(TEXT_SIZES, words.textSizes))}
    ${drawSetting(words.density, "density", choicesOf(DENSITIES, words.densities))}
    ${drawSetting(words.languageOfPage, "language", LANGUAGES)}
    ${drawSetting(words.clock, "clock", choicesOf(CLOCKS, words.clocks))}
  `;
}

/** Draws the settings of what a talk shows. */
export function drawMessages(): TemplateResult {
  const { words } = settings;
  return drawSwitch(words.moves, settings.get("moves"), (isShown) => settings.set("moves", isShown), {
    more: words.movesExplained,
  });
}

/** Draws whether the person stays signed in. */
export function drawStays(stay: Stay): TemplateResult {
  const change = (stays: boolean) => {
    settings.set("stays", stays);
    if (!stays) {
      forgetRead();
      forgetTalks();
    }
    stay.keepCookie();
    // It is kept as well whether the next person here is somebody else.
    stay.changed();
  };
  const { words } = settings;
  return drawSwitch(words.stays, settings.get("stays"), change, { more: words.staysExplained });
}

/** Draws what is known of the program. @param version The server's, as it tells it itself; "" while that is not known. */
export function drawAbout(stay: Stay, version: string): TemplateResult {
  const { words } = settings;
  return html`
    <p>${words.aboutTeahouse}</p>
    <dl>
      <div>
        <dt>${words.room}</dt>
        <dd><bdi>${stay.roomName}</bdi></dd>
      </div>
      <div>
        <dt>${words.server}</dt>
        <dd><bdi>${sanitize(version) || words.notTold}</bdi></dd>
      </div>
      <div>
        <dt>${words.madeWith}</dt>
        <dd>${MADE_WITH.map(([name, address]) =>
          html`
            ${drawLink(name, address)}
          `
        )}</dd>
      </div>
    </dl>
    <p><a href="./trust?lang=${settings.get("language")}" target="_blank">${words.howSecure}</a></p>
  `;
}
