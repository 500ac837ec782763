import { assertEquals } from "@std/assert";
import { RowWindow } from "./row_window.ts";
import type { Row } from "./rows.ts";

/** Rows with these numbers as keys; a date has a text. */
function rows(...keys: (number | string)[]): Row[] {
  return keys.map((key) => ({ type: typeof key === "string" ? "date" : "new", key, time: 0 }));
}

/** The numbers from the first up to and without the last. */
function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The first and the last key of what is shown, and how many there are. */
function edges(window: RowWindow, all: readonly Row[]): unknown[] {
  const shown = window.shown(all);
  return [shown[0]?.key, shown.at(-1)?.key, shown.length];
}

Deno.test("RowWindow follows the end with a hundred rows, and with more where they do not fill the box", () => {
  const window = new RowWindow();
  const all = rows(...numbers(0, 1_000));
  window.moveToEnd(all.length);
  assertEquals(edges(window, all), [900, 999, 100]);
  assertEquals([window.growTail(), window.growTail(), window.growTail()], [true, true, false]);
  window.moveToEnd(all.length);
  assertEquals([edges(window, all), window.isAtEnd], [[700, 999, 300], true]);
});

Deno.test("RowWindow moves with a reader who goes up and down, and never has more than 300 rows", () => {
  const window = new RowWindow();
  const all = rows(...numbers(0, 1_000));
  window.moveToEnd(all.length);
  window.leaveEnd(all.length);
  for (let i = 0; i < 6; i++) window.moveUp();
  assertEquals([edges(window, all), window.isAtEnd, window.hasLast(1_000)], [[660, 959, 300], false, false]);
  window.moveDown(all.length);
  assertEquals([edges(window, all), window.hasLast(1_000)], [[700, 999, 300], true]);
  window.followEnd();
  assertEquals(window.isAtEnd, true);
});

Deno.test("RowWindow keeps its rows where others come above it or are gone, whatever becomes of a date", () => {
  const window = new RowWindow();
  const before = rows("today", ...numbers(100, 200));
  window.moveTo(60, before.length);
  assertEquals(edges(window, before), [109, 199, 91]);
  const more = rows("today", ...numbers(50, 205));
  window.keep(before, more);
  assertEquals(edges(window, more), [109, 199, 91]);
  const fewer = rows("today", ...numbers(120, 205));
  window.keep(more, fewer);
  assertEquals(edges(window, fewer), ["today", 199, 81]);
  window.moveTo(0, fewer.length);
  assertEquals(window.hasFirst, true);
});

Deno.test("RowWindow keeps its rows where older lines come between the unread line and the first line behind it", () => {
  const window = new RowWindow();
  const unread: Row = { type: "new", key: "new" };
  const before = ["today", unread, ...numbers(100, 150)].map((row) => typeof row === "object" ? row : rows(row)[0]);
  window.moveTo(1, before.length);
  const more = ["today", unread, ...numbers(50, 150)].map((row) => typeof row === "object" ? row : rows(row)[0]);
  window.keep(before, more);
  assertEquals(edges(window, more), [98, 149, 52]);
});
