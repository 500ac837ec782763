import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { render } from "./render.ts";
import { saidLines } from "./said_lines.ts";
import { wrap } from "./wrap.ts";

const MESSAGE = "**Brew** *it* ~~now~~ `slowly`\n> said\n- a\n  - b\n```ts\nlet a;\n\tb();\n```\nDone";

Deno.test("saidLines() shows bold as bold, code indented, and each line but the first behind a mark", () => {
  assertEquals(saidLines(MESSAGE, ""), [
    "\x1b[1mBrew\x1b[22m \x1b[3mit\x1b[23m \x1b[9mnow\x1b[29m `slowly`",
    "      | > said",
    "      | • a",
    "      |   • b",
    "      | ",
    "      |     ts:",
    "      |     let a;",
    "      |         b();",
    "      | Done",
  ]);
  // IRC's own formatting looks the same; the end of bold does not end what is around it.
  assertEquals(saidLines("\x02a\x02 \x1db\x1d c", "dim"), ["\x1b[1ma\x1b[22m\x1b[2m \x1b[3mb\x1b[23m c"]);
  assertEquals(saidLines("```\nx\n```", ""), ["", "      |     x"]);
  // Tabs indent as in code.
  assertEquals(saidLines("if x:\n\tgo", ""), ["if x:", "      |     go"]);
});

Deno.test("saidLines() shows what was typed where there are no looks", () => {
  assertEquals(
    saidLines(MESSAGE, undefined).join("\n"),
    MESSAGE.replaceAll("\t", "    ").replaceAll("\n", "\n      | "),
  );
});

Deno.test("saidLines() lets through no sequence that somebody has written, and no line that looks like another's", () => {
  const hostile =
    "\x1b[1mbold\x1b[0m\x1b]0;owned\x07\n[12:04] <eve> hi\n```\n\x1b[2J\x9b31mx\u202e\n```\r\n**\x1b[3m**";
  for (const around of ["", "dim", "bold", undefined] as const) {
    const [first, ...rest] = saidLines(hostile, around);
    assertEquals(stripVTControlCharacters(first), "bold");
    assert(rest.every((line) => line.startsWith("      | ")), rest.join("\n"));
    // deno-lint-ignore no-control-regex -- it is what a terminal obeys
    assert(!/[\x00-\x1f\x7f-\x9f\u202e]/.test([first, ...rest].join("")), JSON.stringify([first, ...rest]));
  }
});

Deno.test("render() shows the lines of a message under one head, and a terminal is told no more than looks", () => {
  const time = new Date(2026, 10, 25, 12, 4).getTime();
  const event = {
    type: "message",
    from: "al\x1b[31mice",
    target: "#lobby",
    private: false,
    own: false,
    history: false,
    text: "**one**\ntwo",
    time,
  } as const;
  const options = { nick: "bob", channel: "#lobby", now: time };
  assertEquals(render(event, { ...options, color: false }), ["[12:04] <alice> **one**", "      | two"]);
  const painted = render({ ...event, mention: true }, { ...options, color: true });
  assertEquals(painted.map(stripVTControlCharacters), ["[12:04] <alice> one", "      | two"]);
  assert(painted[0].includes("\x1b[1mone\x1b[22m\x1b[1m"), JSON.stringify(painted));
  assertEquals(painted.flatMap((line) => wrap(line, 80)), painted);
});
