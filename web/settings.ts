/// <reference lib="dom" />
/**
 * What a person has chosen, kept in the browser: name, channel, language, theme, and what is shown, heard or notified.
 *
 * @module
 */

import type { Sentences } from "../client/sentences.ts";
import { foldName } from "../client/names.ts";
import type { Talk } from "../client/state/talk.ts";
import { nameFault } from "../protocol.ts";
import { type Language, languageOf, SENTENCES, STRINGS } from "./language.ts";
import type { Strings } from "./strings.ts";
import { type Tone, TONES } from "./tones.ts";

/** The themes of style/theme.css; "system": as the browser is set, also for high contrast. */
export const THEMES = ["system", "light", "dark", "contrast"] as const;

export type Theme = typeof THEMES[number];

/** The sizes of text, and the distances, of style/theme.css. */
export const TEXT_SIZES = ["small", "normal", "large", "largest"] as const;
export const DENSITIES = ["comfortable", "compact"] as const;

/** How the time of day is written; "system": as is usual in the browser's language. */
export const CLOCKS = ["system", "h23", "h12"] as const;

/** How loud a sound may be: percent. */
export const VOLUMES = { least: 5, most: 100, step: 5 };

/** Matches where a person wants high contrast on all pages. */
const wantsContrast = matchMedia("(prefers-contrast: more)");

/** Of what in a talk a person is notified. */
export const LEVELS = ["all", "mentions", "none"] as const;

export type Level = typeof LEVELS[number];

/** Talks whose level is kept: those that were chosen last. */
const MOST_LEVELS = 200;

/** The level of a talk for which none was chosen. What is said in a private talk is all for the person. */
const USUAL: Readonly<Record<Talk["kind"], Level>> = { channel: "mentions", private: "all" };

/** The settings that are kept. */
interface Values {
  nick: string;
  channel: string;
  language: Language;
  theme: Theme;
  textSize: typeof TEXT_SIZES[number];
  density: typeof DENSITIES[number];
  clock: typeof CLOCKS[number];
  talks: boolean;
  people: boolean;
  sound: boolean;
  tone: Tone;
  volume: number;
  /** The skin tone of emoji that are chosen: 0 for none, else from 1, the lightest, to 5. */
  skinTone: number;
  /** The reactions that were chosen last; see quick_reactions.ts. */
  reactions: string[];
  notifications: boolean;
  /** The levels that were chosen, by the folded name of the talk; the last one last. */
  levels: [talk: string, level: Level][];
  /** Whether talks show who comes and who goes. */
  moves: boolean;
  /** Whether whoever opens the page in this browser is to be who was here last, without being asked. */
  stays: boolean;
  /** Whether a person here has read what the page says to somebody new. */
  isWelcomed: boolean;
  /** Whether somebody has come in here and has not left, so that the page need not ask. */
  isIn: boolean;
  /** The account to which this browser stays logged in, as far as the page knows; "" for none. */
  account: string;
  /** Whether the next person who comes in here is somebody else, who is to find nothing of the last one. */
  isForOthers: boolean;
}

const KEY = "teahouse";

/** Reads what was kept. A browser may forbid that, and anybody may have written anything there. */
function load(): Partial<Values> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

/** What was kept, if it is one of these. */
function oneOf<Value>(known: readonly Value[], kept: unknown, usual: Value): Value {
  return known.find((value) => value === kept) ?? usual;
}

/** Whether what was kept is the level of a talk. */
function isLevel(kept: unknown): kept is [string, Level] {
  return Array.isArray(kept) && typeof kept[0] === "string" && LEVELS.includes(kept[1]);
}

/** What was kept, or what is usual where nothing of use was. */
function valuesOf(kept: Partial<Values>): Values {
  const { nick, channel, language, talks, people, sound, volume, notifications, levels, stays, isIn, isForOthers } =
    kept;
  return {
    nick: typeof nick === "string" ? nick : "",
    channel: typeof channel === "string" ? channel : "",
    language: language === "en" || language === "zh" ? language : languageOf(navigator.languages),
    theme: oneOf(THEMES, kept.theme, "system"),
    textSize: oneOf(TEXT_SIZES, kept.textSize, "normal"),
    density: oneOf(DENSITIES, kept.density, "comfortable"),
    clock: oneOf(CLOCKS, kept.clock, "system"),
    talks: talks !== false,
    people: people !== false,
    sound: sound === true,
    tone: oneOf(TONES, kept.tone, "soft"),
    volume: typeof volume === "number" && volume >= VOLUMES.least && volume <= VOLUMES.most ? volume : 50,
    reactions: Array.isArray(kept.reactions) ? kept.reactions.filter((one) => typeof one === "string") : [],
    skinTone: [1, 2, 3, 4, 5].find((tone) => tone === kept.skinTone) ?? 0,
    notifications: notifications !== false,
    levels: Array.isArray(levels) ? levels.filter(isLevel).slice(-MOST_LEVELS) : [],
    moves: kept.moves !== false,
    stays: stays !== false,
    isWelcomed: kept.isWelcomed === true,
    isIn: isIn === true,
    account: typeof kept.account === "string" ? kept.account : "",
    isForOthers: isForOthers === true,
  };
}

/** The settings of this browser. It dispatches "change" after each change. */
class Settings extends EventTarget {
  readonly #values: Values;

  constructor() {
    super();
    this.#values = valuesOf(load());
    this.#apply();
    wantsContrast.addEventListener("change", () => this.#apply());
    addEventListener("storage", ({ key, newValue }) => {
      if (key === KEY && newValue !== null) this.#follow();
    });
  }

  /** Takes what was chosen in another tab, but for what is of each tab: who is in there, and which lists it shows. */
  #follow(): void {
    const { nick, channel, isIn, isForOthers, talks, people } = this.#values;
    Object.assign(this.#values, valuesOf(load()), { nick, channel, isIn, isForOthers, talks, people });
    this.#apply();
    this.changed();
  }

  /** Has the document look as was chosen. */
  #apply(): void {
    const { language, theme, textSize, density } = this.#values;
    const { documentElement: root } = document;
    root.lang = language;
    root.dataset.theme = theme === "system" && wantsContrast.matches ? "contrast" : theme;
    root.dataset.textSize = textSize;
    root.dataset.density = density;
    const { hour12 } = new Intl.DateTimeFormat(this.locale, { hour: "numeric" }).resolvedOptions();
    // Such times are longer.
    root.toggleAttribute("data-twelve-hours", hour12 === true);
  }

  get<Name extends keyof Values>(name: Name): Values[Name] {
    return this.#values[name];
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    this.#values[name] = value;
    this.#apply();
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Then the choice lasts as long as the page.
    }
    this.changed();
  }

  /** Has everything drawn anew that depends on what was chosen. */
  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Of what in a talk the person is notified. */
  levelOf(name: string, kind: Talk["kind"]): Level {
    const folded = foldName(name);
    return this.#values.levels.find(([talk]) => talk === folded)?.[1] ?? USUAL[kind];
  }

  setLevel(name: string, kind: Talk["kind"], level: Level): void {
    const folded = foldName(name);
    const others = this.#values.levels.filter(([talk]) => talk !== folded);
    const chosen: [string, Level][] = level === USUAL[kind] ? [] : [[folded, level]];
    this.set("levels", [...others, ...chosen].slice(-MOST_LEVELS));
  }

  /** Forgets what is of the person who was here: who they are, where they talk. How the page looks is the browser's. */
  forgetPerson(): void {
    const { nick, channel, levels, reactions, isWelcomed, isIn, account } = valuesOf({});
    Object.assign(this.#values, { nick, channel, levels, reactions, isWelcomed, isIn, account });
    // Whatever this browser is known by then is nobody's.
    this.set("isForOthers", true);
  }

  /**
   * Keeps that somebody is in, and whether whoever opens the page next is to be the same person.
   * Without a connection nobody knows their account.
   */
  noteIn({ isConnected, state }: { isConnected: boolean; state: { account: string | undefined } }): void {
    const stays = this.get("stays");
    const account = !stays ? "" : isConnected ? state.account ?? "" : this.get("account");
    const values = { isIn: true, isForOthers: !stays, account };
    for (const [name, value] of Object.entries(values) as [keyof Values, never][]) {
      if (this.get(name) !== value) this.set(name, value);
    }
  }

  /** Changes to the other language. */
  toggleLanguage(): void {
    this.set("language", this.get("language") === "en" ? "zh" : "en");
  }

  /** Shows a list, or hides it. */
  toggle(name: "talks" | "people"): void {
    this.set(name, !this.get(name));
  }

  /**
   * The locale in which dates and times are written: one of the browser's where it is of the chosen language, else that language.
   * It says as well whether hours are counted to 12 or to 24 (Unicode locale extension "hc"), if that was chosen.
   */
  get locale(): string {
    const { language, clock } = this.#values;
    const wanted = navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
    const locale = (tag: string) => new Intl.Locale(tag, clock === "system" ? {} : { hourCycle: clock }).toString();
    try {
      return locale(wanted);
    } catch {
      // Some browsers give what is no tag of a language, as en-US@posix.
      return locale(language);
    }
  }

  /** The words of the page, in the chosen language. */
  get words(): Strings {
    return STRINGS[this.#values.language];
  }

  /** Why a text cannot be a nick or a channel's name, as a form says it; "" where it can. */
  problemOf(of: "nick" | "channel", name: string): string {
    const fault = nameFault(of, name.normalize("NFC"));
    if (fault === undefined) return "";
    const rule = of === "nick" ? this.words.badNick : this.words.badChannel;
    return `${rule} (${this.sentences.refusals.nameFault(fault)})`;
  }

  /** The sentences of the client, in the chosen language, with times as this reader's are. */
  get sentences(): Sentences {
    const date = (time: Date, isHour = false) =>
      new Intl.DateTimeFormat(this.locale, { ...(isHour ? {} : { dateStyle: "medium" }), timeStyle: "short" }).format(
        time,
      );
    return { ...SENTENCES[this.#values.language], date };
  }
}

export const settings = new Settings();
