import { assert, assertEquals } from "@std/assert";
import { type Block, blocksOf, endsInCode, plainText } from "./blocks.ts";
import { spansOf, textOfSpans } from "./marks.ts";

/** A message's blocks, one a line. */
function read(message: string): string[] {
  return blocksOf(message).map((block: Block): string => {
    if (block.type === "code") return `code(${block.language}) ${JSON.stringify(block.text)}`;
    if (block.type === "list") {
      return `list ${block.items.map(({ mark, depth, spans }) => `${depth}${mark} ${textOfSpans(spans)}`).join(" | ")}`;
    }
    return `${block.type} ${block.lines.map(textOfSpans).join(" | ")}`;
  });
}

Deno.test("blocksOf() reads paragraphs, quotes, lists and code", () => {
  const table: [message: string, ...blocks: string[]][] = [
    ["tea", "text tea"],
    ["one\n\n  two\r\nthree", "text one |  |   two | three"],
    ["> a\n> b\nc", "quote a | b", "text c"],
    ["> a\n>\n> b", "quote a |  | b"],
    ["- a\n* b\n  - c\n      1. d", "list 0- a | 0* b | 1- c | 31. d"],
    ["Buy:\n1. tea\n2) milk\nNow", "text Buy:", "list 01. tea | 02) milk", "text Now"],
    ["```ts\nlet a;\n\tb();\n```", 'code(ts) "let a;\\n\\tb();"'],
    ["see\n```\n\n  x\n\n```\nand", "text see", 'code() "\\n  x\\n"', "text and"],
    ["```c++\na\n```\n```\nb\n```", 'code(c++) "a"', 'code() "b"'],
    ["````\n```\na\n```\n````", 'code() "```\\na\\n```"'],
    ["```one line```", 'code() "one line"'],
    ["```let a = 1;\nb();```", 'code() "let a = 1;\\nb();"'],
    // What was not ended goes on to the end.
    ["```py\na\nb", 'code(py) "a\\nb"'],
    ["```\n> a\n- b\n- c\n**d**\n```", 'code() "> a\\n- b\\n- c\\n**d**"'],
    ["\u200b", "text ␣"],
    ["\n\ntea\n\n", "text tea"],
  ];
  for (const [message, ...blocks] of table) assertEquals(read(message), blocks, JSON.stringify(message));
});

Deno.test("endsInCode() tells code that has no end yet", () => {
  const open = ["```", "```js", "```js\nlet a;", "see:\n```\na\n", "```\na\n```\n```", "````\n```", "```\n> a"];
  const closed = [
    "",
    "tea",
    "`a`",
    "```a```",
    "```\na\n```",
    "```\na```",
    "```\na\n```\nand",
    "a ``` b",
    "- a\n- b",
    "\n",
  ];
  assertEquals([...open, ...closed].filter(endsInCode), open);
});

Deno.test("blocksOf() takes nothing for a block that may be something else", () => {
  for (
    const message of [
      "- no idea",
      "2. is better",
      ">:(",
      ">_<",
      ">",
      "> ",
      "->",
      "-1\n-2",
      "* waves",
      "```",
      "#tea\n## x",
    ]
  ) {
    const [block, ...more] = blocksOf(message);
    assert(block.type === "text" || message === "> ", message);
    assertEquals([more.length, block.type === "text" && block.lines.map(textOfSpans).join("\n").trim()], [
      0,
      message.trim(),
    ]);
  }
});

Deno.test("blocksOf() takes out what hides or reorders text, in code as well, and leaves nothing out that is seen", () => {
  assertEquals(read("```\na\u202eb\x1b[2J\x02c\n```\n\u2066d"), ['code() "ab[2Jc"', "text d"]);
  const message = "a\n> b\n- c\n- d\n```x\ne\n```\nf";
  for (const seen of "abcdef") assert(read(message).join("\n").includes(seen), seen);
});

Deno.test("plainText() gives a message as one line without marks", () => {
  assertEquals(plainText("**Look:**\n\n> *old*\n- a\n- `b`\n```ts\nlet c;\n  d\n```"), "Look: old - a - b let c; d");
  assertEquals(plainText("\x02tea\x02 2*3*4"), "tea 2*3*4");
  assertEquals(plainText("\u200b"), "␣");
});

Deno.test("a text takes no longer than its length, whatever its marks are", () => {
  const size = 65_536;
  const parts = [
    "*a ",
    "**a** ",
    "*a **b ~~c `d ",
    "*a*",
    "~~",
    "`",
    "`a``b",
    "```\n",
    "```a\n",
    "x```\n",
    "````\n```\n",
    "- a\n",
    "- a\nb\n",
    "> a\n",
    ">\n",
    "a://",
    "://",
    "a:",
    "\x02a",
    "\x0304",
    "\n",
    " ",
    " \n",
    "*\t",
    "茶**茶**",
    "1. ",
    "#@",
    "``` a",
    "*a\n",
  ];
  for (const part of parts) {
    const message = part.repeat(size / part.length);
    const began = performance.now();
    blocksOf(message);
    spansOf(message);
    plainText(message);
    const took = performance.now() - began;
    // A text whose time grows with the square of its length takes many seconds.
    assert(took < 2_000, `${JSON.stringify(part)} took ${took} ms`);
  }
});
