import { assert, assertEquals, assertRejects } from "@std/assert";
import { findPackages } from "../server/gateway/packages.ts";
import { Colouring, FILES } from "./highlight.ts";

/** Starts a thread as the page does. */
const start = () => new Worker(import.meta.resolve("./highlighter.ts"), { type: "module" });

Deno.test("tokensOf() finds words that have a colour, by the names that people write for a language", async () => {
  using colouring = new Colouring(start, { longest: 10_000 });
  const read = async (code: string, language: string) =>
    (await colouring.tokensOf(code, language)).map(({ begin, end, kind }) => `${kind} ${code.slice(begin, end)}`);
  const code = 'let tea = "<a & b>"; // 茶 1';
  assertEquals(await read(code, "ts"), ["keyword let", 'string "<a & b>"', "comment // 茶 1"]);
  assertEquals(await read(code, "TypeScript"), await read(code, "tsx"));
  assertEquals(await read("-old\n+new", "diff"), ["removed -old", "added +new"]);
  assertEquals((await read("def brew(x):\n  return 2", "py")).slice(0, 2), ["keyword def", "title brew"]);
  for (const language of ["", "nosuch", "constructor", "__proto__"]) assertEquals(await read("let a", language), []);
});

Deno.test("a language is served if it has colours, and no other one is", async () => {
  const packages = findPackages();
  const [prefix, folder] = [...packages.folders].find(([prefix]) => prefix.includes("@highlightjs"))!;
  const served: string[] = [];
  for await (const { name } of Deno.readDir(`${folder}es/languages`)) {
    if (packages.file(`${prefix}es/languages/${name}`) !== undefined) served.push(name.replace(/\.min\.js$/, ""));
  }
  assertEquals(served.sort(), [...new Set(FILES.values())].sort());
});

Deno.test("code that takes a language seconds holds nobody up: that language has no colours any more, and others have", async () => {
  using colouring = new Colouring(start);
  assertEquals((await colouring.tokensOf("int a = 1;", "cs")).length, 2);
  let isOver = false;
  // It looks for the end of each of these types of types, again from each of them.
  const slow = assertRejects(() =>
    colouring.tokensOf("a<a>\n".repeat(1_600) + "\n0", "c#").finally(() => isOver = true)
  );
  const others = [colouring.tokensOf("SELECT 1", "sql"), colouring.tokensOf("int b = 2;", "cs")];
  await new Promise((resolve) => setTimeout(resolve));
  assert(!isOver, "the page goes on meanwhile");
  await slow;
  assertEquals((await Promise.all(others)).map(({ length }) => length), [2, 0]);
  assertEquals((await colouring.tokensOf("int a = 1;", "csharp")).length, 2, "what was found is known");
});

Deno.test("no more languages are loaded than a page may need, however many are named", async () => {
  using colouring = new Colouring(start, { languages: 2, longest: 10_000 });
  for (const [language, count] of [["ruby", 1], ["sql", 1], ["python", 0], ["sql", 1], ["rb", 1], ["py", 0]] as const) {
    assertEquals((await colouring.tokensOf("1", language)).length, count, language);
  }
});

Deno.test("a thread that can't be loaded costs the colours of that code alone", async () => {
  class Missing {
    onmessage = null;
    onerror: ((event: ErrorEvent) => void) | null = null;
    postMessage(): void {
      this.onerror?.(new ErrorEvent("error", { message: "there is no such file" }));
    }
    terminate(): void {}
  }
  const threads = [() => new Missing(), start];
  using colouring = new Colouring(() => threads.shift()!(), { languages: 1, longest: 10_000 });
  await assertRejects(() => colouring.tokensOf("1", "sql"), Error, "there is no such file");
  assertEquals((await colouring.tokensOf("1", "ruby")).length, 1);
});

/** The relative luminance of a colour, `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

Deno.test("the colours of code are legible on the ground of code, in light and dark", async () => {
  const [text, theme] = await Promise.all(
    ["style/text.css", "style/theme.css"].map((file) => Deno.readTextFile(new URL(file, import.meta.url))),
  );
  const PAIR = "light-dark\\((#\\w{6}), (#\\w{6})\\);";
  const [, ...grounds] = new RegExp(`--code-ground: ${PAIR}`).exec(theme)!;
  const colours = [...text.matchAll(new RegExp(`::highlight\\((code-\\w+)\\) \\{\\s*color: ${PAIR}`, "g"))];
  assertEquals(colours.length, 9);
  for (const [, kind, ...pair] of colours) {
    for (const [i, colour] of pair.entries()) {
      const [low, high] = [luminance(colour), luminance(grounds[i])].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      assert(contrast >= 4.5, `${kind} ${colour}: ${contrast.toFixed(2)}`);
    }
  }
});
