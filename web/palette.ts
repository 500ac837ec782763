/// <reference lib="dom" />
/**
 * The palette, which leads to any talk, person or action by a few letters of its name. It is loaded when it is first asked for.
 *
 * @module
 */

import { html, nothing, render, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import { showDialog } from "./ask.ts";
import { showChannels } from "./channels.ts";
import { icon, type IconName } from "./icon.ts";
import { fuzzy } from "./fuzzy.ts";
import { hasKeyboard } from "./keyboard.ts";
import { showKeys } from "./keys.ts";
import { leaveByHand } from "./leaving.ts";
import { showProfile } from "./profile.ts";
import { settings } from "./settings.ts";
import { sectionsHere, showSettings } from "./settings_dialog.ts";
import type { Stay } from "./stay.ts";

/** Something to go to or to do. */
interface Goal {
  label: string;
  icon: IconName;
  /** What is said behind the label. */
  note?: string;
  run: () => unknown;
}

/** What the page itself does for its menus, of the talk that is shown, and for the palette. */
export interface PageActions {
  search: () => void;
  editTopic: () => void;
  showFiles: () => void;
}

/** How many goals are shown. */
const SHOWN = 12;

/** Shows the palette until the person has chosen. */
export async function showPalette(stay: Stay, actions: PageActions): Promise<void> {
  const { words } = settings;
  const goals = goalsOf(stay, actions);
  const list = document.createElement("div");
  let found: Goal[] = [];
  let chosen = 0;
  const dialog = showDialog(words.palette, (dialog) => {
    const draw = () => {
      render(drawGoals(found, chosen, (at) => choose(at)), list);
      const field = dialog.querySelector("input");
      if (found.length === 0) field?.removeAttribute("aria-activedescendant");
      else field?.setAttribute("aria-activedescendant", `goal${chosen}`);
    };
    const seek = (sought: string) => {
      found = fuzzy(sought, goals, ({ label }) => label).slice(0, SHOWN);
      chosen = 0;
      draw();
    };
    const choose = (at: number) => {
      if (found[at] !== undefined) dialog.close(String(at));
    };
    const keyed = (event: KeyboardEvent) => {
      if (event.isComposing || event.keyCode === 229) return;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (event.key === "Enter") choose(chosen);
      else if (step === 0) return;
      else chosen = (chosen + step + found.length) % Math.max(1, found.length);
      event.preventDefault();
      draw();
    };
    seek("");
    return html`
      <div class="palette">
        <input role="combobox" aria-label=${words.palette} placeholder=${words.palette} aria-expanded="true"
          aria-controls="goals" aria-autocomplete="list" aria-activedescendant="goal0" autocomplete="off"
          spellcheck="false" autofocus @keydown=${keyed}
          @input=${({ target }: Event) => seek((target as HTMLInputElement).value.trim())}>
        ${list}
      </div>
    `;
  });
  const { returnValue } = await dialog;
  if (returnValue !== "") await found[Number(returnValue)]?.run();
}

function drawGoals(found: readonly Goal[], chosen: number, choose: (at: number) => void): TemplateResult {
  const { words } = settings;
  return html`
    <ul id="goals" role="listbox" aria-label=${words.palette}>${found.map((goal, i) =>
      html`
        <li role="option" id="goal${i}" aria-selected=${i === chosen} @click=${() => choose(i)}>
          ${icon(goal.icon)} <bdi>${goal.label}</bdi>${goal.note === undefined ? nothing : html`
            <small>${goal.note}</small>
          `}</li>
      `
    )}</ul>
    ${found.length === 0 ? html`<p class="dim" role="status">${words.nothingOfThatName}</p>` : nothing}
  `;
}

/** All goals: what is unread first, then the other talks, the actions, the people, and the parts of the settings. */
function goalsOf(stay: Stay, { search, editTopic, showFiles }: PageActions): Goal[] {
  const { words } = settings;
  const { state } = stay.client;
  const talks = [...state.talks.values()].sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0))
    .map(({ name, kind, unread }): Goal => ({
      label: sanitize(name),
      icon: kind === "channel" ? "hash" : "message-circle",
      ...(unread > 0 ? { note: words.unread(unread) } : {}),
      run: () => stay.open(name),
    }));
  const known = new Set([...state.talks.values()].map(({ name }) => name));
  const people = state.onlineNicks.filter((nick) => !state.isSelf(nick) && !known.has(nick))
    .map((nick): Goal => ({ label: sanitize(nick), icon: "user", run: () => stay.open(nick) }));
  const isChannel = stay.talk?.kind === "channel";
  const actions: Goal[] = [
    { label: words.allChannels, icon: "hash", run: () => showChannels(stay) },
    { label: words.search, icon: "search", run: search },
    ...(isChannel ? [{ label: words.editTopic, icon: "pencil" as const, run: editTopic }] : []),
    ...(stay.hasFiles ? [{ label: words.files, icon: "files" as const, run: showFiles }] : []),
    { label: words.inviteOthers, icon: "user-plus", run: () => stay.client.input("/invite-link") },
    { label: words.profile, icon: "user", run: () => showProfile(stay) },
    { label: words.settings, icon: "settings", run: () => showSettings(stay) },
    { label: words.language, icon: "languages", run: () => settings.toggleLanguage() },
    ...(hasKeyboard() ? [{ label: words.keys, icon: "keyboard" as const, run: () => showKeys() }] : []),
    { label: words.leave, icon: "log-out", run: () => leaveByHand(stay) },
  ];
  const sections = sectionsHere().map(({ name, icon }): Goal => ({
    label: words.sections[name],
    icon,
    note: words.settings,
    run: () => showSettings(stay, name),
  }));
  return [...talks, ...actions, ...people, ...sections];
}
