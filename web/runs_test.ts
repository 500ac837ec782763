import { assert, assertEquals } from "@std/assert";
import { sanitize } from "../client/sanitize.ts";
import { isLarge, knownName, partsOf, runsOf } from "./runs.ts";

Deno.test("runsOf() ends a link where its sentence goes on without a space", () => {
  const table: [text: string, links: string[]][] = [
    ["看 https://a.b/x。", ["https://a.b/x"]],
    ["https://a.b/x，然后", ["https://a.b/x"]],
    ["https://a.b/x、https://c.d/y", ["https://a.b/x", "https://c.d/y"]],
    ["https://a.b/x！再见", ["https://a.b/x"]],
    ["“https://a.b/x”", ["https://a.b/x"]],
    ["《https://a.b/x》（https://c.d/y）", ["https://a.b/x", "https://c.d/y"]],
    ["https://a.b,https://c.d", ["https://a.b", "https://c.d"]],
    ["https://a.b/x?y=1,2", ["https://a.b/x?y=1,2"]],
    ["https://zh.example/茶", ["https://zh.example/茶"]],
  ];
  for (const [text, links] of table) {
    const all = runsOf(text);
    assertEquals(all.map(({ href }) => href).filter((href) => href !== undefined), links, text);
    assertEquals(all.map(({ text }) => text).join(""), text);
  }
  // Marks alone make no more parts.
  assertEquals(runsOf("茶，水。".repeat(200)).length, 1);
});

Deno.test("runsOf() makes links of http and https only", () => {
  assertEquals(runsOf("see https://tea.example/a?b=1, now").map(({ text, href }) => [text, href]), [
    ["see ", undefined],
    ["https://tea.example/a?b=1", "https://tea.example/a?b=1"],
    [", now", undefined],
  ]);
  for (const text of ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt://x.example/%0aalert(1)", "a.ts"]) {
    assertEquals(runsOf(text).filter(({ href }) => href !== undefined), [], text);
  }
});

Deno.test("runsOf() makes links of addresses that begin with www., which lead to https", () => {
  const links = (text: string) =>
    runsOf(text).filter(({ href }) => href !== undefined).map(({ text, href }) => [text, href]);
  assertEquals(links("see www.tea.org/a?b=1, then WWW.tea.org。再见"), [
    ["www.tea.org/a?b=1", "https://www.tea.org/a?b=1"],
    ["WWW.tea.org", "https://WWW.tea.org"],
  ]);
  for (const text of ["www.", "www.tea", "a@www.tea.org", "tea.org", "`www.tea.org`", "wwww.tea.org"]) {
    assertEquals(links(text), [], text);
  }
});

Deno.test("runsOf() knows IRC's styles, drops its colours, and shows code", () => {
  assertEquals(runsOf("\x0304,01a\x02b\x1dc\x0fd `e`"), [
    { text: "a", style: "" },
    { text: "b", style: "bold" },
    { text: "c", style: "bold italic" },
    { text: "d ", style: "" },
    { text: "e", style: "code" },
  ]);
});

Deno.test("runsOf() shows only pictures that there are", () => {
  const pictures = new Map([["teacup", "/emoji/teacup.svg"]]);
  assertEquals(runsOf(":teacup: :other:", pictures).map(({ text, picture }) => picture ?? text), [
    "/emoji/teacup.svg",
    " ",
    ":other:",
  ]);
  assertEquals([isLarge(runsOf(":teacup:", pictures)), isLarge(runsOf("👩‍💻 🍵")), isLarge(runsOf("hi 🍵"))], [
    true,
    true,
    false,
  ]);
});

Deno.test("runsOf() finds names of channels and people, and takes nothing else for them", () => {
  const names = (text: string) => runsOf(text).filter(({ isName }) => isName).map(({ text }) => text);
  const table: [text: string, ...names: string[]][] = [
    ["see #tea, @bob: and (#c.d).", "#tea", "@bob", "#c.d"],
    ["**#tea** 去#茶馆，@小明你好。", "#tea", "#茶馆", "@小明你好"],
    ["c# a#b #1 #42. ##x me@tea.example a/#b http://tea.example/#x @@ # @ &#x;"],
    ["#4you #1a", "#4you", "#1a"],
    ["`#tea @bob`"],
  ];
  for (const [text, ...found] of table) assertEquals(names(text), found, text);
  const isKnown = (name: string) => ["小明", "bob", "bob-2"].includes(name);
  assertEquals(["小明你好", "bob你好", "bob-2", "bobby", "小红"].map((text) => knownName(text, isKnown)), [
    "小明",
    "bob",
    "bob-2",
    undefined,
    undefined,
  ]);
});

Deno.test("partsOf() draws so much of a message as can be drawn, and leaves nothing out", () => {
  const parts = partsOf(
    "see http://a.b:\n> *x*\n- a\n- :teacup:\n```ts\nlet `a`;\n```",
    new Map([["teacup", "/t.svg"]]),
  );
  assertEquals(parts.map(({ type }) => type), ["text", "quote", "list", "code"]);
  const long = partsOf("*a* b\n".repeat(600))[0];
  const lines = long.type === "text" ? long.lines : [];
  assertEquals(lines.length, 600);
  assert(lines.flat().length <= 200 + 600);
  assertEquals(lines.map((runs) => runs.map(({ text }) => text).join("")).join("\n"), "a b\n".repeat(600).trimEnd());
});

Deno.test("sanitize() takes out what hides or reorders text", () => {
  assertEquals(sanitize("a\u202eb\x00c\x1b[31m\nd\ufeff"), "abc[31m d");
});

Deno.test("runsOf() reads so much of a long text as can be drawn, leaves the rest as it is, and cuts no link", () => {
  const links = "http://a.b ".repeat(1_400);
  const texts = [
    links,
    "\x02a\x1da".repeat(450),
    "`a` ".repeat(500),
    "x".repeat(1_995) + " http://tea.example/",
    "茶".repeat(5_000),
  ];
  for (const text of texts) {
    const all = runsOf(text);
    assert(all.length <= 201, `${all.length} parts`);
    // deno-lint-ignore no-control-regex -- these are the styles
    assertEquals(all.map((part) => part.text).join(""), text.replace(/[\x02\x1d]|`(?=a`)|(?<=`a)`/g, ""));
    assert(all.every(({ href }) => href === undefined || href === "http://a.b"));
  }
  assertEquals(runsOf(links).filter(({ href }) => href !== undefined).length, 100);
});

Deno.test("runsOf() shows that there is a text where it draws nothing", () => {
  for (const text of ["\u200b", "\u2800", " \u3164 ", "\x02\x02", "\u202e"]) {
    assertEquals(runsOf(text), [{ text: "␣", style: "" }], text);
  }
  assertEquals(runsOf(""), []);
});
