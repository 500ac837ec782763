import { assertEquals, assertThrows } from "@std/assert";
import { chosenLanguage, readLanguage, speak } from "./language.ts";

/** The language that is chosen with these variables and flags. */
function chosen(variables: Record<string, string>, ...args: string[]): string {
  return chosenLanguage(args, { get: (name) => variables[name] });
}

Deno.test("chosenLanguage() is that of the first variable that says something: Chinese, or else English", () => {
  assertEquals(chosen({}), "en");
  for (const LANG of ["zh_CN.UTF-8", "zh_TW", "zh", "zh-Hans", "ZH_cn"]) assertEquals(chosen({ LANG }), "zh", LANG);
  for (const LANG of ["en_GB.UTF-8", "C", "C.UTF-8", "de", "zha_CN", ""]) assertEquals(chosen({ LANG }), "en", LANG);
  assertEquals(chosen({ LC_ALL: "C", LANG: "zh_CN.UTF-8" }), "en");
  assertEquals(chosen({ LC_ALL: "", LC_MESSAGES: "zh_CN.UTF-8", LANG: "en_US.UTF-8" }), "zh");
  assertEquals(chosen({ LC_ALL: "zh_CN.UTF-8", LC_MESSAGES: "en", LANG: "en" }), "zh");
});

Deno.test("chosenLanguage() is that of --lang, whatever the variables say", () => {
  const LANG = "zh_CN.UTF-8";
  assertEquals(chosen({ LANG }, "--nick", "bob", "--lang", "en"), "en");
  assertEquals(chosen({ LANG }, "--lang=en"), "en");
  assertEquals(chosen({}, "--lang=zh", "--nick", "bob"), "zh");
  assertEquals(chosen({}, "--lang", "zh", "--lang", "en"), "en", "the last one counts, as with each flag");
  // One that there is not is refused later, in the language that the person can read.
  for (const args of [["--lang", "fr"], ["--lang"], ["--lang="]]) assertEquals(chosen({ LANG }, ...args), "zh");
});

Deno.test("readLanguage() refuses what there is not, in the language that is spoken", () => {
  assertEquals(["zh", "en"].map(readLanguage), ["zh", "en"]);
  for (const text of ["fr", "", "ZH", "zh_CN"]) {
    assertThrows(() => readLanguage(text), RangeError, `must be zh or en, not "${text}"`);
  }
  speak("zh");
  try {
    assertThrows(() => readLanguage("fr"), RangeError, "只能是 zh（中文）或 en（英文），不能是“fr”");
  } finally {
    speak("en");
  }
});
