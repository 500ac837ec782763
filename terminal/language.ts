/**
 * The language of this terminal. A process has one terminal and one person at it, and so one language, as gettext has it: it is
 * chosen before anything is said, and everything that this folder says asks for it here.
 *
 * @module
 */

import { ENGLISH as ENGLISH_SENTENCES, type Sentences } from "../client/sentences.ts";
import { CHINESE as CHINESE_SENTENCES } from "../client/sentences_zh.ts";
import { ENGLISH, type Strings } from "./strings.ts";
import { CHINESE } from "./strings_zh.ts";

/** The languages that there are, as `--lang` names them. */
export type Language = "en" | "zh";

/** The terminal's words in each language, and what the client says in it. */
export const LANGUAGES: Record<Language, { words: Strings; sentences: Sentences }> = {
  en: { words: ENGLISH, sentences: ENGLISH_SENTENCES },
  zh: { words: CHINESE, sentences: CHINESE_SENTENCES },
};

let language: Language = "en";

/** Has everything be said in a language from now on. */
export function speak(chosen: Language): void {
  language = chosen;
}

/** The terminal's words, in the language that was chosen. */
export function words(): Strings {
  return LANGUAGES[language].words;
}

/** What the client says, in the language that was chosen. */
export function sentences(): Sentences {
  return LANGUAGES[language].sentences;
}

/** Reads a language as `--lang` names it. @throws {RangeError} If there is no such one. */
export function readLanguage(text: string): Language {
  if (text === "en" || text === "zh") return text;
  throw new RangeError(words().usage.noLanguage(text));
}

/** Where a program finds the language of its messages; the first that says something counts (POSIX, section 8.2). */
const VARIABLES = ["LC_ALL", "LC_MESSAGES", "LANG"] as const;

/**
 * The language to speak. A command line must be understood before what is wrong with it can be said, so `--lang` is looked for
 * ahead of the other flags; one that names no language here counts as none, and is refused with the other flags.
 *
 * @param args As in `Deno.args`.
 */
export function chosenLanguage(args: readonly string[], env: Pick<typeof Deno.env, "get"> = Deno.env): Language {
  const given = args.findLastIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const named = given < 0
    ? undefined
    : args[given] === "--lang"
    ? args[given + 1]
    : args[given].slice("--lang=".length);
  if (named === "en" || named === "zh") return named;
  const locale = VARIABLES.map((variable) => env.get(variable)).find((value) => value);
  return /^zh(?![a-z])/i.test(locale ?? "") ? "zh" : "en";
}
