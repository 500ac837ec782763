import { assert, assertEquals } from "@std/assert";
import { findPackages } from "../server/gateway/packages.ts";
import { Colouring, FILES } from "./highlight.ts";

/** One that colours whatever it takes. */
const unbounded = new Colouring({ languages: Infinity, longest: Infinity });

/** The words of code that have a colour. */
async function read(code: string, language: string): Promise<string[]> {
  return (await unbounded.tokensOf(code, language)).map(({ begin, end, kind }) => `${kind} ${code.slice(begin, end)}`);
}

Deno.test("tokensOf() finds words that have a colour, by the names that people write for a language", async () => {
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

Deno.test("a language that has taken long has no colours any more, and others have", async () => {
  const times = [0, 50, 100, 151, 200, 201];
  const colouring = new Colouring({}, () => times.shift()!);
  assertEquals((await colouring.tokensOf("puts 1", "ruby")).length, 1);
  assertEquals((await colouring.tokensOf("puts 2", "ruby")).length, 1, "that piece is done");
  assertEquals(await colouring.tokensOf("puts 3", "rb"), []);
  assertEquals((await colouring.tokensOf("puts 1", "ruby")).length, 1, "what was found is known");
  assertEquals((await colouring.tokensOf("SELECT 1", "sql")).length, 2);
});

Deno.test("no more languages are loaded than a page may need, however many are named", async () => {
  const colouring = new Colouring({ languages: 2 });
  for (const [language, count] of [["ruby", 1], ["sql", 1], ["python", 0], ["sql", 1], ["rb", 1], ["py", 0]] as const) {
    assertEquals((await colouring.tokensOf("1", language)).length, count, language);
  }
});

Deno.test("pieces of code that take long have their turns one by one, and other work comes in between", async () => {
  let ms = 0;
  const colouring = new Colouring({}, () => ms += 10);
  await colouring.tokensOf("0", "sql");
  const done: string[] = [];
  const pieces = ["1", "2", "3"].map((code) => colouring.tokensOf(code, "sql").then(() => done.push(code)));
  await pieces[0];
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertEquals(done, ["1"]);
  await Promise.all(pieces);
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
