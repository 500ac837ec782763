import { assertEquals } from "@std/assert";
import { Editor } from "./editor.ts";

/** The line with `|` for the cursor, after these texts and keys. */
function shown(editor: Editor): string {
  return `${editor.line.slice(0, editor.cursor)}|${editor.line.slice(editor.cursor)}`;
}

/** An editor in which a text was written and keys were pressed. */
function edited(text: string, ...keys: string[]): Editor {
  const editor = new Editor();
  editor.insert(text);
  for (const key of keys) editor.press(key);
  return editor;
}

/** What people see as one character, and what programs may see as several. */
const ONES = [
  ...["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "👩🏽‍💻", "😄", "茶", "𠮷", "葛󠄀"],
  ...["e\u0301", "a\u0323\u0302", "नि", "क्षि", "กำ", "ที่", "\u1112\u1161\u11ab", "각", "ä̈̈", "שָׁ", "நி"],
];

Deno.test("Editor moves over, and deletes, what people see as one character with one key", () => {
  for (const one of ONES) {
    const line = `ab${one}cd`;
    assertEquals(shown(edited(line, "left", "left", "left")), `ab|${one}cd`, one);
    assertEquals(shown(edited(line, "left", "left", "backspace")), "ab|cd", one);
    assertEquals(shown(edited(line, "home", "right", "right", "right")), `ab${one}|cd`, one);
    assertEquals(shown(edited(line, "home", "right", "right", "delete")), "ab|cd", one);
    assertEquals(shown(edited(line, "ctrl-a", "ctrl-f", "ctrl-f", "ctrl-d")), "ab|cd", one);
    assertEquals(shown(edited(line, "left", "left", "ctrl-t")), `abc${one}|d`, one);
    assertEquals(shown(edited(`ab${one}`, "ctrl-t")), `a${one}b|`, one);
    assertEquals(shown(edited(`${one}${one}${one}`, "backspace", "left")), `${one}|${one}`, one);
  }
});

Deno.test("Editor moves over words of any script, and deletes them", () => {
  assertEquals(shown(edited("tea for two", "ctrl-left", "alt-b")), "tea |for two");
  assertEquals(shown(edited("tea for two", "home", "ctrl-right", "alt-f")), "tea for| two");
  assertEquals(shown(edited("tea 👨‍👩‍👧‍👦 :)", "ctrl-w", "ctrl-w")), "tea |");
  assertEquals(shown(edited("我想喝茶", "ctrl-left")), "我想|喝茶");
  assertEquals(shown(edited("e\u0301t e\u0301t", "ctrl-w")), "e\u0301t |");
  assertEquals(shown(edited("tea for two", "home", "alt-d", "ctrl-y", "ctrl-y")), "teatea| for two");
  assertEquals([edited("x", "home", "ctrl-w", "alt-b"), edited("x", "alt-d", "ctrl-right")].map(shown), ["|x", "x|"]);
});

Deno.test("Editor deletes to either end of the line, puts that back, and takes back what was done", () => {
  assertEquals(shown(edited("one two", "ctrl-left", "ctrl-u")), "|two");
  assertEquals(shown(edited("one two", "ctrl-left", "ctrl-k", "ctrl-a", "ctrl-y")), "two|one ");
  assertEquals(shown(edited("one two", "ctrl-w", "ctrl-_")), "one two|");
  assertEquals(shown(edited("one two", "ctrl-w", "ctrl-_", "ctrl-^")), "one |");
  assertEquals(shown(edited("", "ctrl-_", "ctrl-^", "ctrl-t", "left", "right", "backspace", "delete", "ctrl-y")), "|");
});

Deno.test("Editor brings back what was written, of what begins as the line does, and then the line", () => {
  const editor = new Editor();
  for (const line of ["/to bob", "hi 🇨🇳", "hi 🇨🇳", " ", "/to alice"]) {
    editor.insert(line);
    assertEquals(editor.take(), line);
  }
  editor.insert("draft");
  editor.press("home");
  const seen = ["up", "up", "up", "up", "down", "down", "down", "down"].map((key) => {
    editor.press(key);
    return shown(editor);
  });
  assertEquals(seen, [
    ...["/to alice|", "hi 🇨🇳|", "/to bob|", "/to bob|"],
    ...["hi 🇨🇳|", "/to alice|", "|draft", "|draft"],
  ]);
  editor.set("/to");
  for (const key of ["up", "up", "up"]) editor.press(key);
  assertEquals(shown(editor), "/to bob|");
});

Deno.test("Editor takes a character that comes in parts before what it joins with: nothing comes between them", () => {
  const editor = edited("🇨🇳", "home");
  editor.insert("🇫");
  editor.insert("🇷");
  assertEquals(shown(editor), "🇫🇷|🇨🇳");
  const family = edited("👦", "home");
  for (const part of ["👨", "\u200d"]) family.insert(part);
  assertEquals([shown(family), family.shownCursor], ["👨‍|👦", "👨‍👦".length]);
});

Deno.test("Editor.giveBack() makes a text the last one that comes back, wherever it stood, and leaves what is written", () => {
  const editor = new Editor();
  for (const line of ["one", "two"]) {
    editor.set(line);
    editor.take();
  }
  editor.insert("draft");
  editor.giveBack("one");
  assertEquals(editor.line, "draft");
  editor.set("");
  for (const expected of ["one", "two", "two"]) {
    editor.press("up");
    assertEquals(editor.line, expected);
  }
  // While an older line is shown, the newer ones stay the newer ones.
  editor.giveBack("three");
  for (const expected of ["one", "three", ""]) {
    editor.press("down");
    assertEquals(editor.line, expected);
  }
});
