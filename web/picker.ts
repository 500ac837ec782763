/// <reference lib="dom" />
/**
 * The emoji to choose from, with search: loaded when it is first opened. The data, the search and what was used lately are
 * `emoji-picker-element`'s; its own element needs inline styles, which the page's policy forbids.
 *
 * @module
 */

import Database from "emoji-picker-element/database.js";
import type { Emoji, NativeEmoji } from "emoji-picker-element/shared.js";
import { html, nothing, type TemplateResult } from "lit";
import { namesOf } from "../emoji/mod.ts";
import { View } from "./element.ts";
import { type Findable, pictureTags, search, searchPictures } from "./emoji_search.ts";
import { icon } from "./icon.ts";
import { type Edges, put } from "./menu.ts";
import { settings } from "./settings.ts";
import type { Language } from "./language.ts";

/** The addresses of the emoji with their names, in each language. */
const SOURCES: Record<Language, string> = {
  en: import.meta.resolve("emoji-picker-element-data/en/emojibase/data.json"),
  zh: import.meta.resolve("emoji-picker-element-data/zh/emojibase/data.json"),
};

const databases = new Map<Language, Database>();

function databaseOf(language: Language): Database {
  const known = databases.get(language);
  const database = known ?? new Database({ dataSource: SOURCES[language], locale: language });
  databases.set(language, database);
  return database;
}

/** The newest version of emoji that is offered. The fonts of most machines have no pictures for later ones. */
const NEWEST = 15;

/** How many emoji are shown: that were used lately, and that a search finds. */
const SHOWN = { recent: 18, found: 90 };

/** With what people react most: nobody has to look for these. */
const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀"];

/** A hand in each skin tone, by which the tone is chosen. */
const HANDS = ["👋", "👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"];

export class PickerView extends View {
  static override properties = {
    heading: { attribute: false },
    edges: { attribute: false },
    groups: { state: true },
    recent: { state: true },
    search: { state: true },
    group: { state: true },
    hasFailed: { state: true },
  };
  /** Says what an emoji is chosen for. */
  declare heading: string;
  /** At what it stands for a reaction; undefined where the emoji is for a text. */
  declare edges: Edges | undefined;
  /** Called with the emoji that is chosen, or with the code of a picture. */
  choose: (emoji: string) => void = () => {};
  /** Called when the person chooses none. */
  close: () => void = () => {};
  /** The paths of picture emoji, by name. */
  pictures: ReadonlyMap<string, string> = new Map();

  declare groups: NativeEmoji[][];
  declare recent: Emoji[];
  declare search: string;
  declare group: number;
  declare hasFailed: boolean;
  #usual: NativeEmoji[] = [];
  /** The emoji that a search can find, in the order of the groups. */
  #findable: (Findable & { emoji: NativeEmoji })[] = [];
  /** Words for the pictures, by name. */
  #tags: ReadonlyMap<string, string[]> = new Map();

  constructor() {
    super();
    this.groups = [];
    this.recent = [];
    this.search = "";
    this.group = 0;
    this.hasFailed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    addEventListener("pointerdown", this.#pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pointerdown", this.#pressed);
  }

  /** A press elsewhere closes what stands over the talk. */
  readonly #pressed = ({ target }: Event) => {
    if (this.edges !== undefined && !this.contains(target as Node)) this.close();
  };

  override firstUpdated(): void {
    if (this.edges !== undefined) put(this.querySelector<HTMLElement>(".picker")!, this.edges);
    // A phone's keyboard would slide in over the emoji.
    const first = matchMedia("(hover: hover)").matches ? "input" : ".emojis";
    this.querySelector<HTMLElement>(first)?.focus();
  }

  async #load(): Promise<void> {
    const database = databaseOf(settings.get("language"));
    try {
      // Without group 2, which is skin tones and hair: these are no emoji of their own.
      const numbers = [0, 1, 3, 4, 5, 6, 7, 8, 9];
      const groups = await Promise.all(numbers.map((number) => database.getEmojiByGroup(number)));
      const recent = await database.getTopFavoriteEmoji(SHOWN.recent);
      // All at once from here on: what came later would move what somebody is about to press.
      this.groups = groups.map((emojis) => emojis.filter(isCommon));
      this.recent = recent;
      const all = this.groups.flat();
      // The data has a variation selector behind some of them.
      const bare = (emoji: string) => emoji.replace("\ufe0f", "");
      this.#usual = USUAL.flatMap((usual) => all.filter(({ unicode }) => bare(unicode) === bare(usual)));
      this.#findable = all.map((emoji) => ({
        emoji,
        names: [emoji.annotation, ...emoji.shortcodes ?? [], ...namesOf(emoji.unicode)],
        tags: emoji.tags ?? [],
      }));
      this.#tags = pictureTags(this.pictures.keys(), this.#findable);
    } catch {
      databases.delete(settings.get("language"));
      this.hasFailed = true;
    }
  }

  readonly #typed = (event: InputEvent) => {
    this.search = (event.target as HTMLInputElement).value.trim();
  };

  readonly #keyed = (event: KeyboardEvent) => {
    // An input method has the key first; see compose.ts.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      // Without a search nothing has said what it would take.
      if (this.search !== "") this.querySelector<HTMLButtonElement>(".emojis button")?.click();
    } else if (event.key.startsWith("Arrow") && !(event.target instanceof HTMLInputElement)) this.#move(event);
    else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.querySelector<HTMLButtonElement>(".emojis button")?.focus();
    }
  };

  /** Goes to the emoji in that direction. */
  #move(event: KeyboardEvent): void {
    const all = [...this.querySelectorAll<HTMLButtonElement>(".emojis button")];
    const at = all.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    const perRow = all.findIndex((button) => button.offsetTop > all[0].offsetTop);
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow };
    event.preventDefault();
    all[at + (steps[event.key] ?? 0)]?.focus();
  }

  async #choose(emoji: Emoji): Promise<void> {
    if (!("unicode" in emoji)) return;
    const shown = toned(emoji);
    // The data has a variation selector behind some emoji that are shown in colour anyway: those would count as two characters.
    this.choose(shown.replace(/(\p{Emoji_Presentation})\ufe0f/gu, "$1"));
    await databaseOf(settings.get("language")).incrementFavoriteEmojiCount(emoji.unicode);
  }

  override render(): TemplateResult {
    const { words, groups, group, recent } = this;
    const isSearch = this.search !== "";
    // Nothing that would move under a finger when the rest comes.
    const isWhole = groups.length > 0 || this.hasFailed;
    const found = this.#found();
    const first = isSearch ? found.pictures.keys().next().value ?? found.emojis[0]?.annotation : undefined;
    return html`
      <div class="picker ${this.edges === undefined ? "" : "near"}" role="dialog" aria-label=${this
        .heading} @keydown=${this.#keyed}>
        <div class="head">
          <input type="search" aria-label=${words.searchEmoji} placeholder=${words.searchEmoji} autocomplete="off"
            spellcheck="false" aria-describedby="takes" @input=${this.#typed}>
          ${this.#tones()}
          <button type="button" aria-label=${words.close} title=${words.close} @click=${() => this.close()}>${icon(
            "x",
          )}</button>
        </div>
        ${this.hasFailed ? html`<p role="alert">${words.emojiFailed}</p>` : nothing}
        ${isSearch ? nothing : this.#tabs()}
        <p class="takes" id="takes" role="status">${first === undefined ? "" : words.enterTakes(first)}</p>
        <div class="emojis" tabindex="-1">
          ${isSearch ? this.#pictures(found.pictures) : nothing}
          ${isSearch
            ? this.#section(found.pictures.size + found.emojis.length === 0 ? words.noEmoji : "", found.emojis)
            : nothing}
          ${!isSearch && group === 0 && this.edges !== undefined && this.#usual.length > 0
            ? this.#section(words.usual, this.#usual)
            : nothing}
          ${!isSearch && group === 0 && recent.length > 0 ? this.#section(words.recent, recent) : nothing}
          ${!isSearch && isWhole && group === 0 ? this.#pictures(this.pictures) : nothing}
          ${!isSearch && isWhole ? this.#section(words.groups[group], groups[group] ?? []) : nothing}
        </div>
      </div>
    `;
  }

  /** What the search finds: the room's pictures, which nobody finds elsewhere, before the emoji. */
  #found(): { pictures: Map<string, string>; emojis: NativeEmoji[] } {
    const pictures = [...this.pictures].map(([name, path]) => ({
      names: [name],
      tags: this.#tags.get(name) ?? [],
      path,
    }));
    return {
      pictures: new Map(searchPictures(this.search, pictures).map(({ names: [name], path }) => [name, path])),
      emojis: search(this.search, this.#findable).slice(0, SHOWN.found).map(({ emoji }) => emoji),
    };
  }

  /** The choice of a skin tone, for all emoji that have one. */
  #tones(): TemplateResult {
    const { words } = this;
    const chosen = settings.get("skinTone");
    return html`
      <select aria-label=${words.skinTone} title=${words.skinTone} @change=${this.#toneChosen}>${HANDS.map((
        hand,
        tone,
      ) =>
        html`<option value=${tone} ?selected=${tone === chosen} aria-label=${words.skinTones[tone]}>${hand}</option>`
      )}</select>
    `;
  }

  readonly #toneChosen = (event: Event) => {
    settings.set("skinTone", Number((event.target as HTMLSelectElement).value));
    this.requestUpdate();
  };

  #tabs(): TemplateResult {
    return html`<div class="groups" role="group">${
      this.groups.map((emojis, i) =>
        html`
          <button type="button" aria-pressed=${i === this.group} aria-label=${this.words.groups[i]} title=${this.words
            .groups[i]}
            @click=${() => this.group = i}>${emojis[0]?.unicode}</button>
        `
      )
    }</div>`;
  }

  #section(heading: string, emojis: readonly Emoji[]): TemplateResult {
    return html`<section>${heading === "" ? nothing : html`<h2>${heading}</h2>`}<div class="grid">${
      emojis.map((emoji) =>
        "unicode" in emoji
          ? html`
            <button type="button" title=${emoji.annotation} aria-label=${emoji.annotation}
              @click=${() => void this.#choose(emoji)}>${toned(emoji)}</button>
          `
          : nothing
      )
    }</div></section>`;
  }

  #pictures(pictures: ReadonlyMap<string, string>): unknown {
    if (pictures.size === 0) return nothing;
    return html`
      <section>
        <h2>${this.words.pictures}</h2>
        <div class="grid">${[...pictures].map(([name, path]) =>
          html`<button type="button" title=":${name}:" aria-label=${name} @click=${() => this.choose(`:${name}:`)}>
          <img src=${path} alt=""></button>`
        )}</div>
      </section>
    `;
  }
}

/** An emoji in the skin tone that the person has chosen; as it is, where it has none. */
function toned(emoji: NativeEmoji): string {
  return emoji.skins?.find(({ tone }) => tone === settings.get("skinTone"))?.unicode ?? emoji.unicode;
}

function isCommon(emoji: Emoji): boolean {
  return "version" in emoji && emoji.version <= NEWEST;
}

customElements.define("tea-picker", PickerView);
