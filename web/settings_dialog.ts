/// <reference lib="dom" />
/**
 * The settings, in one dialog: its sections, of which one is shown. It is loaded when it is first asked for.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { RPL_VERSION } from "../protocol.ts";
import { showDrawn } from "./ask.ts";
import { icon, type IconName } from "./icon.ts";
import { hasKeyboard } from "./keyboard.ts";
import { drawKeys } from "./keys.ts";
import { Profile } from "./profile.ts";
import { settings } from "./settings.ts";
import { drawNotifications, drawSound } from "./settings_alerts.ts";
import { drawAbout, drawAppearance, drawMessages, drawStays } from "./settings_sections.ts";
import type { Stay } from "./stay.ts";
import type { Strings } from "./strings.ts";

export type SectionName = keyof Strings["sections"];

/** A section of the settings. */
interface Section {
  name: SectionName;
  icon: IconName;
}

const SECTIONS: readonly Section[] = [
  { name: "appearance", icon: "contrast" },
  { name: "messages", icon: "message-circle" },
  { name: "notifications", icon: "bell" },
  { name: "sound", icon: "volume-2" },
  { name: "keys", icon: "keyboard" },
  { name: "account", icon: "user" },
  { name: "about", icon: "circle-help" },
];

/** The sections that there are here, in their order: of keys nothing is said where there is no keyboard. */
export function sectionsHere(): readonly Section[] {
  return hasKeyboard() ? SECTIONS : SECTIONS.filter(({ name }) => name !== "keys");
}

/** Where the arrow keys lead in the list of sections. */
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Shows the settings until they are closed. */
export function showSettings(stay: Stay, section: SectionName = "appearance"): Promise<void> {
  const dialog = document.createElement("dialog");
  const shown = new SettingsDialog(stay, dialog, section);
  const isClosed = showDrawn(dialog, () => shown.draw(), [stay, settings, shown, shown.profile]);
  shown.focusTab();
  return isClosed;
}

/** What one dialog shows. It dispatches "change" when that is to be drawn anew. */
class SettingsDialog extends EventTarget {
  readonly profile: Profile;
  readonly #stay: Stay;
  readonly #dialog: HTMLDialogElement;
  #section: SectionName;
  /** What came of the last thing that was tried. */
  #told = "";
  #version = "";
  /** The sections for which the server was asked. */
  readonly #asked = new Set<SectionName>();

  constructor(stay: Stay, dialog: HTMLDialogElement, section: SectionName) {
    super();
    this.#stay = stay;
    this.#dialog = dialog;
    this.#section = section;
    this.profile = new Profile(stay, this.#close);
    this.#ask();
  }

  /** Gives the focus to the section that is shown. */
  focusTab(): void {
    this.#dialog.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
  }

  readonly #close = () => this.#dialog.close();

  readonly #tell = (told: string) => {
    this.#told = told;
    this.#changed();
  };

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Asks the server for what the section shows, the first time. */
  #ask(): void {
    const section = this.#section;
    if (this.#asked.has(section)) return;
    this.#asked.add(section);
    if (section === "account") void this.profile.load();
    if (section === "about") void this.#askVersion();
  }

  async #askVersion(): Promise<void> {
    const replies = await this.#stay.client.actions.askQuietly([RPL_VERSION], "VERSION") ?? [];
    this.#version = replies.find(({ command }) => command === RPL_VERSION)?.params[1] ?? "";
    this.#changed();
  }

  #show(section: SectionName): void {
    this.#section = section;
    this.#told = "";
    this.#ask();
    this.#changed();
    this.#dialog.querySelector(".settings-panel")?.scrollTo(0, 0);
    this.#dialog.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  readonly #keyed = (event: KeyboardEvent) => {
    const sections = sectionsHere();
    const at = sections.findIndex(({ name }) => name === this.#section);
    const ends: Record<string, number> = { Home: 0, End: sections.length - 1 };
    const to = ends[event.key] ?? (at + (STEPS[event.key] ?? 0) + sections.length) % sections.length;
    if (to === at) return;
    event.preventDefault();
    this.#show(sections[to].name);
    this.focusTab();
  };

  draw(): TemplateResult {
    const { words } = settings;
    this.#dialog.setAttribute("aria-label", words.settings);
    return html`
      <div class="settings">
        <h2>${words.settings}</h2>
        <div class="settings-tabs" role="tablist" aria-label=${words.settings} @keydown=${this
          .#keyed}>${sectionsHere().map((section) => this.#tab(section))}</div>
        <div class="settings-panel" id="settings-panel" role="tabpanel" tabindex="0" aria-labelledby="settings-${this
          .#section}">
          <h3>${words.sections[this.#section]}</h3>
          ${this.#content()}
          <p class="dim" role="status">${this.#told}</p>
        </div>
        <div class="buttons"><button type="button" @click=${this.#close}>${words.close}</button></div>
      </div>
    `;
  }

  #tab({ name, icon: sign }: Section): TemplateResult {
    const isShown = name === this.#section;
    return html`
      <button type="button" role="tab" id="settings-${name}" aria-selected=${isShown} tabindex=${isShown ? 0 : -1}
        aria-controls="settings-panel" @click=${() => this.#show(name)}>${icon(sign)} ${settings.words
          .sections[name]}</button>
    `;
  }

  #content(): TemplateResult {
    const content: Record<SectionName, () => TemplateResult> = {
      appearance: drawAppearance,
      messages: drawMessages,
      notifications: () => drawNotifications(this.#tell),
      sound: drawSound,
      keys: () => html`<div class="keys">${drawKeys()}</div>`,
      account: () => html`<div class="profile">${this.profile.draw()} ${drawStays(this.#stay)}</div>`,
      about: () => drawAbout(this.#stay, this.#version),
    };
    return content[this.#section]();
  }
}
