import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";

/** Signs that stand for something, which each font draws in its own way, or not at all. */
const SIGNS = /[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff]|\p{Emoji_Presentation}/gu;

/**
 * Modules that put a sign into text that leaves the page, compare with one, or offer emoji themselves; and the signs of a
 * Mac's keys, which are shown on a Mac alone, whose fonts have them.
 */
const OF_TEXT = ["copied.ts", "runs.ts", "picker.ts", "quick_reactions.ts", "keyboard.ts"];

Deno.test("what the page draws beside words are its own icons, and no signs that depend on fonts", async () => {
  const folder = fromFileUrl(new URL(".", import.meta.url));
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!/\.(?:ts|html)$/.test(name) || /_test\.ts$/.test(name) || OF_TEXT.includes(name)) continue;
    const text = await Deno.readTextFile(folder + name);
    // Comments may show what is meant.
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=\s)\/\/.*/g, "");
    found.push(...[...code.matchAll(SIGNS)].map(([sign]) => `${name}: ${sign}`));
  }
  assertEquals(found, []);
});
