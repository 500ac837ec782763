/// <reference lib="dom" />
/**
 * What a person has chosen, kept in the browser: name, language, what is hidden. It must not know the room.
 *
 * @module
 */

import type { Sentences } from "../client/sentences.ts";
import { nameFault } from "../protocol.ts";
import { type Language, languageOf, SENTENCES, STRINGS, type Strings } from "./strings.ts";

/** What is kept, with what it is until it is chosen. */
interface Values {
  nick: string;
  channel: string;
  language: Language;
  talks: boolean;
  people: boolean;
  sound: boolean;
  notifications: boolean;
}

const KEY = "teahouse";

/** Reads what was kept; a browser may forbid that, and anyone may have written anything. */
function load(): Partial<Values> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

/** The settings of this browser; a "change" event tells of each change. */
class Settings extends EventTarget {
  readonly #values: Values;

  constructor() {
    super();
    const { nick, channel, language, talks, people, sound, notifications } = load();
    this.#values = {
      nick: typeof nick === "string" ? nick : "",
      channel: typeof channel === "string" ? channel : "",
      language: language === "en" || language === "zh" ? language : languageOf(navigator.languages),
      talks: talks !== false,
      people: people !== false,
      sound: sound === true,
      notifications: notifications !== false,
    };
    document.documentElement.lang = this.#values.language;
  }

  get<Name extends keyof Values>(name: Name): Values[Name] {
    return this.#values[name];
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    this.#values[name] = value;
    document.documentElement.lang = this.#values.language;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Then it holds as long as the page does.
    }
    this.dispatchEvent(new Event("change"));
  }

  toggle(name: "talks" | "people" | "sound" | "notifications"): void {
    this.set(name, !this.get(name));
  }

  /** How dates are written: as the browser's person is used to where that is the chosen language, or as usual there. */
  get locale(): string {
    const language = this.#values.language;
    return navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
  }

  get words(): Strings {
    return STRINGS[this.#values.language];
  }

  /** Why a person or a channel cannot be called so, as a form says it; "" where that can be. */
  fault(of: "nick" | "channel", name: string): string {
    const fault = nameFault(of, name.normalize("NFC"));
    if (fault === undefined) return "";
    const rule = of === "nick" ? this.words.badNick : this.words.badChannel;
    return `${rule} (${this.sentences.refusals.nameFault(fault)})`;
  }

  /** What the client says. */
  get sentences(): Sentences {
    return SENTENCES[this.#values.language];
  }
}

export const settings = new Settings();
