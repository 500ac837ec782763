import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import type { Happening } from "../client/state/events.ts";
import { render } from "./render.ts";
import { printableBeginning } from "./printable.ts";
import { Transcript } from "./transcript.ts";
import { countAmbiguousAsWide, mayAmbiguousBeWide, rowsOf, shorten, widthOfText, wrap } from "./wrap.ts";

Deno.test("wrap() cuts a line into rows, with a mark before each but the first", () => {
  const line = "[12:04] <bob> a line of some fifty characters, no more";
  assertEquals(wrap(line, 40), ["[12:04] <bob> a line of some fifty ", "      | characters, no more"]);
  assertEquals(wrap(line, 34), ["[12:04] <bob> a line of some fifty", "| characters, no more"]);
  // Who writes no blanks is cut in the middle.
  assertEquals(wrap("[12:04] <bob> https://tea.example/oolong", 30), [
    "[12:04] <bob> https://tea.exam",
    "| ple/oolong",
  ]);
  assertEquals([wrap(line, 54), wrap(line, 80), wrap(line, Infinity)], [[line], [line], [line]]);
  assertEquals(wrap("", 80), [""]);
});

Deno.test("wrap() measures columns: of wide characters, emoji and what terminals don't agree about it takes the most", () => {
  assertEquals(wrap("茶茶茶茶茶", 5), ["茶茶", "| 茶", "| 茶", "| 茶"]);
  for (const wide of ["가", "ｱ", "Ａ", "\u3000", "👍", "❤", "\u{20000}", "\u{1f9cb}", "㍿", "ꀀ", "\u3099"]) {
    assertEquals([...wrap(wide.repeat(10), 10)[0]].length, 5, wide);
  }
  // A flag is two of them.
  assertEquals(wrap("🇨🇳".repeat(5), 10)[0], "🇨🇳🇨🇳");
  for (const other of ["a", "é", "я", "م", "—", "\u0301", "\u200d", "\u2800", "\xa0"]) {
    assertEquals([...wrap(other.repeat(20), 10)[0]].length, 10, other);
  }
});

Deno.test("wrap() measures what is wide since Unicode 16, and ambiguous characters as the locale's terminals may draw them", () => {
  for (const wide of ["\u268a", "\u268f", "\u2630", "\u{1d300}"]) assertEquals(widthOfText(wide), 2, wide);
  const ambiguous = ["①", "─", "±", "°", "я", "Ω", "…", "\ue000"];
  const wideOf = () => ambiguous.filter((one) => widthOfText(one) === 2);
  assertEquals(wideOf(), ["\ue000"]);
  // What Mallory writes so that the rest of it begins a row.
  const line = `[03:46] <mallory> ${"①".repeat(31)}[03:46] <alice> I agree`;
  assertEquals(wrap(line, 80).length, 1);
  countAmbiguousAsWide(true);
  try {
    assertEquals([wideOf(), widthOfText("a~\x7f")], [ambiguous, 3]);
    assertEquals(wrap(line, 80), [`[03:46] <mallory> ${"①".repeat(31)}`, "      | [03:46] <alice> I agree"]);
    assertEquals(shorten("Hello", 4), "He…");
  } finally {
    countAmbiguousAsWide(false);
  }
  assertEquals([wideOf(), shorten("Hello", 4)], [["\ue000"], "Hel…"]);
});

Deno.test("mayAmbiguousBeWide() is so where the characters of the locale are Chinese, Japanese or Korean", () => {
  const isWide = (variables: Record<string, string>) => mayAmbiguousBeWide({ get: (name) => variables[name] });
  for (const LANG of ["zh_CN.UTF-8", "zh", "ja_JP.UTF-8", "ko-KR"]) assertEquals(isWide({ LANG }), true, LANG);
  for (const LANG of ["en_GB.UTF-8", "C", "", "kok_IN", "de"]) assertEquals(isWide({ LANG }), false, LANG);
  assertEquals(isWide({}), false);
  assertEquals(isWide({ LC_ALL: "C", LC_CTYPE: "zh_CN.UTF-8", LANG: "zh_CN.UTF-8" }), false);
  assertEquals(isWide({ LC_ALL: "", LC_CTYPE: "ja_JP.UTF-8", LANG: "en_GB.UTF-8" }), true);
});

Deno.test("wrap() cuts no character of several code points in two, where it fits into a row", () => {
  for (const one of ["🇨🇳", "👍🏽", "👨‍👩‍👧‍👦", "é", "❤️", "한"]) {
    for (let before = 0; before < 20; before++) {
      const rows = wrap("x".repeat(before) + one.repeat(12), 20);
      assertEquals(rows.map((row) => row.replace("| ", "")).join(""), "x".repeat(before) + one.repeat(12));
      for (const row of rows) {
        assertEquals(row.replace(/^(?:\| )?x*/, "").replaceAll(one, ""), "", JSON.stringify(rows));
      }
    }
  }
  assertEquals(wrap("👨‍👩‍👧‍👦", 6).length, 3);
});

Deno.test("wrap() keeps colours, which take no columns, and makes the rest harmless", () => {
  assertEquals(wrap("\x1b[2m[12:04]\x1b[22m \x1b[32m<bob> tea?\x1b[39m", 12), [
    "\x1b[2m[12:04]\x1b[22m \x1b[32m<bob",
    "| > tea?\x1b[39m",
  ]);
  assertEquals(wrap("[12:04] <bob\x1b[6n> tea\r\n?\x1b[2J", 12), ["[12:04] <bob", "| > tea ?"]);
});

Deno.test("wrap() ends in a terminal of no width", () => {
  for (const columns of [0, 1, 2, 3, 4]) assertEquals(wrap("茶a茶", columns), ["茶a", "| 茶"]);
});

/** Texts of others that come to a terminal, each with this one. */
const events = (text: string): Happening[] => {
  const said = { from: "mallory", target: "#lobby", private: false, own: false, history: false, text };
  const where = { channel: "#lobby", own: false, online: 3 };
  return [
    { type: "message", ...said },
    { type: "action", ...said },
    { type: "notice", ...said },
    { type: "message", ...said, private: true, target: "bob" },
    { type: "topic", channel: "#lobby", topic: text, by: "mallory" },
    { type: "topic", channel: "#lobby", topic: text, by: "" },
    { type: "part", nick: "mallory", reason: text, ...where },
    { type: "kick", nick: "carol", by: "mallory", reason: text, ...where },
    { type: "quit", nick: "mallory", reason: text, channels: [{ name: "#lobby", online: 2 }] },
    { type: "away", nick: "mallory", away: true, reason: text },
    { type: "mode", channel: "#lobby", by: "mallory", change: `+k ${text}` },
    { type: "invite", nick: "bob", by: "mallory", channel: text },
    { type: "whois", nick: "mallory", text },
    { type: "info", text },
    { type: "error", text },
    { type: "table", rows: [["/tea", text]] },
    { type: "search", text: "tea", found: [{ type: "message", ...said, time: 0 }], isLocal: false },
    { type: "history", target: text, place: "missed", events: [{ time: 0, type: "info", text: "x" }], complete: true },
  ];
};

Deno.test("no text of others begins a row as a line of somebody begins, however wide the terminal and the spaces", () => {
  const fake = "[12:04] <boss> please send mallory the key";
  for (const color of [false, true]) {
    const options = { color, nick: "bob", channel: "#lobby", now: 0 };
    for (const columns of [10, 20, 39, 40, 80]) {
      for (let spaces = 0; spaces <= columns; spaces++) {
        for (const filling of [" ", "\u3000", "x", "茶", "\u2800", "\u0301"]) {
          for (const event of events(`hi all${filling.repeat(spaces)}${fake}`)) {
            const lines = new Transcript().lines({ time: 0, ...event }, options);
            for (const line of lines) {
              const [, ...rows] = wrap(line, columns).map(stripVTControlCharacters);
              for (const row of rows) assert(row.startsWith(columns < 40 ? "| " : "      | "), row);
            }
          }
        }
      }
    }
  }
});

Deno.test("no line begins as a row of a longer one does", () => {
  const quote = { kind: "message", time: 0, from: "| mallory", text: "| x", reactions: new Map() } as const;
  const flags = { own: false, private: false, mention: false, history: false };
  const options = { color: false, nick: "bob", channel: "#lobby", now: 0 };
  for (const event of events("| x")) {
    const answer = "from" in event ? { ...event, quote: { ...quote, ...flags } } : event;
    for (const line of render({ time: 0, ...answer } as never, options)) assert(!/^ *\|/.test(line), line);
  }
});

Deno.test("shorten() gives the beginning of a text by its columns", () => {
  assertEquals([shorten("abc", 3), shorten("abcd", 3), shorten("", 0)], ["abc", "ab…", ""]);
  assertEquals([shorten("茶茶茶", 6), shorten("茶茶茶", 5), shorten("茶茶茶", 4)], ["茶茶茶", "茶茶…", "茶…"]);
});

/** What people see as one character, of several code points. */
const ONES = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️", "1️⃣", "e\u0301", "क्षि", "กำ", "\u1112\u1161\u11ab"];

Deno.test("shorten() and printableBeginning() cut no character of several code points in two", () => {
  for (const one of ONES) {
    for (let most = 0; most < 30; most++) {
      for (const cut of [shorten(one.repeat(9), most), printableBeginning(one.repeat(9), most)]) {
        assertEquals(cut.replaceAll(one, "").replace("…", ""), "", `${one} in ${most}: ${cut}`);
      }
    }
  }
});

Deno.test("rowsOf() gives rows that fit in any terminal, of whole characters, and room for the cursor after the last", () => {
  assertEquals([rowsOf("tea", 4), rowsOf("teas", 4), rowsOf("", 4)], [["tea"], ["teas", ""], [""]]);
  assertEquals(rowsOf("a茶茶茶", 4), ["a茶", "茶茶", ""]);
  for (const one of ONES) {
    const rows = rowsOf(`ab${one.repeat(9)}`, 20);
    assertEquals(rows.join(""), `ab${one.repeat(9)}`);
    for (const row of rows) assertEquals(row.replace("ab", "").replaceAll(one, ""), "", one);
  }
  // It has no room in any row.
  assertEquals(rowsOf("👨‍👩‍👧‍👦", 4).join(""), "👨‍👩‍👧‍👦");
});

Deno.test("wrap() cuts a Chinese line between its characters, and no word or mark in it from what it belongs to", () => {
  // Full rows: not at the blank before a long text without one.
  assertEquals(wrap("/drop    永久删除您的账号，随后会询问密码", 24), [
    "/drop    永久删除您的账",
    "| 号，随后会询问密码",
  ]);
  // A comma begins no row, a bracket ends none.
  assertEquals(wrap("一二三四五六七八九十，一二", 20), ["一二三四五六七八九", "| 十，一二"]);
  assertEquals(wrap("一二三四五六七八九（一二三）", 20), ["一二三四五六七八九", "| （一二三）"]);
  // A word of Latin letters stays whole, with or without a blank before it.
  assertEquals(wrap("一二三四五六七八kettle九", 20), ["一二三四五六七八", "| kettle九"]);
  assertEquals(wrap("一二三四五六 kettle八", 18), ["一二三四五六 ", "| kettle八"]);
  // Marks without end, of which none could begin a row.
  assertEquals(wrap("，".repeat(12), 20), ["，".repeat(10), `| ${"，".repeat(2)}`]);
  assertEquals(wrap("𠮷".repeat(11), 20), ["𠮷".repeat(10), "| 𠮷"]);
});
