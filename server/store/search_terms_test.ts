import { assert, assertEquals } from "@std/assert";
import { holds, indexed, searchWords, wordTerms } from "./search_terms.ts";

/** 64 KiB of what is hard to read. */
const HOSTILE: Record<string, string> = {
  spaces: " ".repeat(65_536),
  "spaces and a letter": " x".repeat(32_768),
  letters: "a".repeat(65_536),
  quotes: '"'.repeat(65_536),
  signs: "%_*^()".repeat(10_922),
  "marks in the wrong order": "a" + "\u0315\u0316".repeat(16_384),
  "runs of marks just too short": ("a" + "\u0315\u0316".repeat(15)).repeat(1_100),
  "halfwidth voiced marks": "\u30AB" + "\uFF9E\u0316".repeat(13_000),
  "one for eighteen": "\uFDFA".repeat(21_845),
  han: "茶".repeat(21_845),
  emoji: "🎉".repeat(16_384),
  "line ends": "\r\n".repeat(32_768),
  "private use": "\uF8FF\u{F0000}".repeat(9_000),
};

Deno.test("Texts are folded, taken apart and compared in a time that grows with their length", () => {
  for (const [name, text] of Object.entries(HOSTILE)) {
    for (const read of [() => searchWords(text), () => wordTerms(searchWords(text)), () => indexed(text, 1)]) {
      const times = [1, 2, 3].map(() => {
        const begun = performance.now();
        read();
        return performance.now() - begun;
      });
      assert(Math.min(...times) < 500, `${name}: ${times} ms`);
    }
    const begun = performance.now();
    holds(text, ["b" + "a".repeat(400), "\u0316\u0315", "茶x"]);
    assert(performance.now() - begun < 300, name);
  }
});

Deno.test("A text with many marks is found by what stands before and behind them", () => {
  const text = "CAFÉ e" + "\u0315\u0316".repeat(500) + " ΤΈΛΟΣ";
  assertEquals(["café", "τέλος", "cafe", "e\u0316"].map((word) => holds(text, searchWords(word))), [
    true,
    true,
    false,
    true,
  ]);
});
