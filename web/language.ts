/**
 * The languages of the page: which there are, what is said in each, and which one a browser wants.
 *
 * @module
 */

import type { Sentences } from "../client/sentences.ts";
import { PAGE_ENGLISH } from "./sentences.ts";
import { PAGE_CHINESE } from "./sentences_zh.ts";
import { ENGLISH, type Strings } from "./strings.ts";
import { CHINESE } from "./strings_zh.ts";

export type Language = "en" | "zh";
export const STRINGS: Record<Language, Strings> = { en: ENGLISH, zh: CHINESE };
export const SENTENCES: Record<Language, Sentences> = { en: PAGE_ENGLISH, zh: PAGE_CHINESE };

/** The language to begin with. @param wanted The browser's languages, best first. */
export function languageOf(wanted: readonly string[]): Language {
  return wanted.find((tag) => /^(?:en|zh)\b/i.test(tag))?.toLowerCase().startsWith("zh") ? "zh" : "en";
}
