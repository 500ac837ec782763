/** Tests of emoji by name, and of the pictures beside this file. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { gemoji } from "gemoji";
import { complete, expand, isCodeName } from "./mod.ts";

Deno.test("expand() replaces known codes", () => {
  const table: [text: string, expanded: string][] = [
    ["", ""],
    ["no code", "no code"],
    [":tea:", "🍵"],
    ["a cup of :tea:, please", "a cup of 🍵, please"],
    ['(:tea:) ":tea:" -:tea: :tea:! :tea:?', '(🍵) "🍵" -🍵 🍵! 🍵?'],
    [":tea: :tea:\t:tea:\n:tea:", "🍵 🍵\t🍵\n🍵"],
    [":+1::-1: :100: :1234: :8ball: :e-mail: :t-rex:", "👍👎 💯 🔢 🎱 📧 🦖"],
    [":tea::smile::100:", "🍵😄💯"],
    [":tea:/:coffee:", "🍵/☕"],
    ["note: :tea:", "note: 🍵"],
    [":tea::", "🍵:"],
    // Scripts without spaces.
    ["喝:tea:吗", "喝🍵吗"],
    ["ชา:tea:ร้อน", "ชา🍵ร้อน"],
    ["😄:tea:😄", "😄🍵😄"],
  ];
  for (const [text, expanded] of table) assertEquals(expand(text), expanded);
});

Deno.test("expand() knows every name of the package", () => {
  for (const { emoji, names } of gemoji) {
    for (const name of names) {
      assert(isCodeName(name), name);
      assertEquals(expand(`:${name}:`), emoji);
    }
  }
});

Deno.test("expand() leaves alone what is no code, or a part of something", () => {
  const table = [
    ":teacups:",
    ":TEA:",
    ": tea :",
    "::",
    ":::",
    ":tea",
    "tea:",
    ":)",
    ":constructor:",
    ":__proto__:",
    // Times, ratios, names with colons.
    "10:30:45",
    "a:100:b",
    "1:100:2",
    ":100:b",
    "a:100:",
    "12:00:100:30",
    "std::tea::cup",
    "::tea:",
    "key:tea:",
    ":tea:smile:",
    "fe80::100:1",
    "#:tea:",
    "bob@:tea:",
    // Addresses.
    "https://tea.example/:tea:",
    "https://tea.example/?cup=:tea:&:tea:#:tea:",
    "(see:https://tea.example:100:)",
    "https://茶馆/:tea:",
    "irc://host:100:",
    "tea.example/:tea:",
    "tea.example?cup=:tea:",
    "urn:tea:cup",
    "mailto:tea:x",
    // Paths.
    "/usr/:tea:/x",
    "/:tea:",
    "./:tea:",
    "../:tea:/-:tea:-",
    "~/:tea:",
    "src/(:tea:)",
    ":tea:/x",
    "C:\\:tea:\\x",
    "\\\\host\\:tea:",
  ];
  for (const text of table) assertEquals(expand(text), text);
});

Deno.test("expand() leaves alone what stands between backticks", () => {
  const table: [text: string, expanded: string][] = [
    ["`:tea:`", "`:tea:`"],
    [":tea: `:tea:` :tea:", "🍵 `:tea:` 🍵"],
    ["`a` :tea: `:tea:`", "`a` 🍵 `:tea:`"],
    ["`a`:tea:`b`", "`a`🍵`b`"],
    ["`x = 1 :tea:\n:tea:`", "`x = 1 :tea:\n:tea:`"],
    ["``:tea:``", "``:tea:``"],
    ["```\n:tea:\n``` :tea:", "```\n:tea:\n``` 🍵"],
    // What nothing closes is no code.
    ["` :tea:", "` 🍵"],
    ["`a` :tea: ` :tea:", "`a` 🍵 ` 🍵"],
    ["``", "``"],
    [":tea:`", "🍵`"],
  ];
  for (const [text, expanded] of table) assertEquals(expand(text), expanded);
});

Deno.test("expand() leaves the codes of pictures, also where an emoji has that name", () => {
  const pictures = new Set(["teacup", "tea"]);
  const table: [text: string, expanded: string][] = [
    [":teacup:", ":teacup:"],
    [":tea: :smile:", ":tea: 😄"],
    [":smile::teacup::smile:", "😄:teacup:😄"],
  ];
  for (const [text, expanded] of table) assertEquals(expand(text, pictures), expanded);
});

Deno.test("expand() takes hostile text", () => {
  const n = 100_000;
  const table: [text: string, expanded: string][] = [
    [":".repeat(n), ":".repeat(n)],
    [":a".repeat(n), ":a".repeat(n)],
    [":zz:".repeat(n), ":zz:".repeat(n)],
    [":" + "a".repeat(n), ":" + "a".repeat(n)],
    [":" + "a".repeat(n) + ":b", ":" + "a".repeat(n) + ":b"],
    [":-".repeat(n), ":-".repeat(n)],
    ["`".repeat(n), "`".repeat(n)],
    ["` ".repeat(n), "` ".repeat(n)],
    [":tea:".repeat(n), "🍵".repeat(n)],
    [": ".repeat(n), ": ".repeat(n)],
  ];
  for (const [text, expanded] of table) assert(expand(text) === expanded, text.slice(0, 8));
});

const codes = (...args: Parameters<typeof complete>) => complete(...args).map(({ code }) => code);

Deno.test("complete() gives the best codes first", () => {
  const table: [prefix: string, codes: string[]][] = [
    [":smi", [":smile:", ":smirk:", ":smiley:", ":smile_cat:"]],
    [
      ":sno",
      [":snowman:", ":snowflake:", ":snowboarder:", ":snowman_with_snow:", ":mountain_snow:", ":cloud_with_snow:"],
    ],
    [":smiley", [":smiley:", ":smiley_cat:"]],
    [":SMI", [":smile:", ":smirk:"]],
    [":cat", [":cat:", ":cat2:", ":joy_cat:"]],
    [":tea", [":tea:", ":teapot:", ":teacher:"]],
    [":+", [":+1:"]],
    [":-", [":-1:"]],
    [":10", [":100:"]],
  ];
  for (const [prefix, best] of table) assertEquals(codes(prefix).slice(0, best.length), best);
  assertEquals(complete(":+1"), [{ code: ":+1:", emoji: "👍" }]);
});

Deno.test("complete() gives nothing for a word that is no code in the making", () => {
  const table = [
    "",
    ":",
    "::",
    "smi",
    ":smile:",
    ":smi le",
    "a:smi",
    ":)",
    ":smi/",
    " :smi",
    ":笑",
    ":\n",
    ":nosuchname",
    ":olcano",
  ];
  for (const word of table) assertEquals(complete(word, new Set(["smi"])), [], JSON.stringify(word));
});

Deno.test("complete() gives pictures, which have no emoji", () => {
  const pictures = new Set(["tee", "tea", "panda_tea"]);
  assertEquals(complete(":te", pictures, 3), [
    { code: ":tee:", emoji: undefined },
    { code: ":tea:", emoji: undefined },
    { code: ":tent:", emoji: "⛺" },
  ]);
  assertEquals(codes(":tea", pictures).filter((code) => code === ":tea:"), [":tea:"]);
  assert(codes(":tea", pictures, 100).includes(":panda_tea:"));
});

Deno.test("complete() gives no more than the limit", () => {
  for (const limit of [0, 1, 3]) assertEquals(complete(":s", undefined, limit).length, limit);
  assertEquals(complete(":s").length, 10);
});

Deno.test("isCodeName() takes what expand() and complete() can find", () => {
  const pictures = new Set(["a", "9", "tea_cup", "+1", "e-mail"]);
  for (const name of pictures) {
    assert(isCodeName(name), name);
    assert(codes(`:${name}`, pictures).includes(`:${name}:`), name);
  }
  for (const name of ["", "Tea", "tea cup", "tea.svg", "tea/cup", "..", "tea:", "茶", "a\n"]) {
    assert(!isCodeName(name), name);
  }
});

// ---------------------------------------------------------------------------------------------------------------
// The pictures

const pictures: [name: string, svg: string][] = [];
for await (const { name } of Deno.readDir(import.meta.dirname!)) {
  if (!name.endsWith(".svg")) continue;
  pictures.push([name.slice(0, -".svg".length), await Deno.readTextFile(`${import.meta.dirname}/${name}`)]);
}

Deno.test("pictures have names that are codes, and take no emoji's", () => {
  assert(pictures.length >= 8);
  for (const [name] of pictures) {
    assert(isCodeName(name), name);
    // In a terminal a picture is only its code.
    assertEquals(expand(`:${name}:`), `:${name}:`);
  }
});

Deno.test("pictures are small, of one size, and titled", () => {
  for (const [name, svg] of pictures) {
    assert(new TextEncoder().encode(svg).length < 4096, name);
    assertMatch(
      svg,
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 64 64">\n {2}<title>[^<]+<\/title>\n/,
      name,
    );
  }
});

Deno.test("pictures hold shapes alone: nothing that runs, or loads, or styles", () => {
  const shapes = new Set(["svg", "title", "g", "path", "circle", "ellipse"]);
  const attributes = new Set(
    "xmlns viewBox fill stroke stroke-width stroke-linecap stroke-linejoin transform d cx cy r rx ry".split(" "),
  );
  for (const [name, svg] of pictures) {
    const open: string[] = [];
    // Tags and text make up all of it: no comment, entity or instruction.
    const rest = svg.replace(
      /<(\/?)(\w+)((?:\s+[\w-]+="[^"<&]*")*)\s*(\/?)>/g,
      (_, closes, tag, list: string, empty) => {
        assert(shapes.has(tag), `${name}: <${tag}>`);
        for (const [, attribute, value] of list.matchAll(/([\w-]+)="([^"]*)"/g)) {
          assert(attributes.has(attribute), `${name}: ${attribute}`);
          assert(attribute === "xmlns" || !/url|:/i.test(value), `${name}: ${value}`);
        }
        if (closes) assertEquals(open.pop(), tag, name);
        else if (!empty) open.push(tag);
        return "";
      },
    );
    assertEquals(open, [], name);
    assertMatch(rest, /^[\w\s]*$/, name);
  }
});
