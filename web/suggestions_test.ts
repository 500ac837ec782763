import { assertEquals } from "@std/assert";
import { Suggestions } from "./suggestions.ts";

Deno.test("Suggestions: who has written a word out, by whatever keyboard, sends it by Enter", () => {
  const isWhole = (word: string, text: string) => {
    const suggestions = new Suggestions();
    suggestions.typed({ word, candidates: [{ text, label: text }] }, word);
    return suggestions.isWhole;
  };
  for (const word of ["/help", "／help", "、help", "／ｈｅｌｐ", "/HELP"]) {
    assertEquals(isWhole(word, "/help "), true, word);
  }
  for (const word of ["#茶馆", "＃茶馆"]) assertEquals(isWhole(word, "#茶馆 "), true, word);
  assertEquals([isWhole("/hel", "/help "), isWhole("＃茶", "#茶馆 ")], [false, false]);
});
