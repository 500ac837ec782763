import { assertEquals, assertMatch } from "@std/assert";
import { widthOfText } from "../wrap.ts";
import { durationText, Progress } from "./progress.ts";

const MIB = 1_048_576;

Deno.test("Progress shows a bar, the speed and the time that is left", () => {
  const progress = new Progress("kettle.jpg", 100 * MIB);
  progress.note(0, 0);
  assertEquals(progress.row(100), "kettle.jpg [--------------------] 0% (Ctrl-C stops)");
  for (let second = 1; second <= 10; second++) progress.note(second * 5 * MIB, second * 1_000);
  assertEquals(progress.row(100), "kettle.jpg [##########----------] 50% 5.0 MiB/s, 0:10 left (Ctrl-C stops)");
  progress.isWaiting = true;
  assertEquals(progress.row(100), "kettle.jpg [##########----------] 50% connection lost, trying again (Ctrl-C stops)");
});

Deno.test("Progress measures the speed of the last seconds, and anew after a step back", () => {
  const progress = new Progress("kettle.jpg", 1_000 * MIB);
  for (let second = 0; second <= 20; second++) progress.note(second < 10 ? 0 : (second - 10) * MIB, second * 1_000);
  assertEquals(progress.speed, MIB);
  progress.note(MIB, 21_000);
  assertEquals(progress.speed, undefined);
});

Deno.test("Progress fits into a narrow terminal, whatever the name; without a size there is no bar", () => {
  const progress = new Progress("茶壶".repeat(40) + "\x1b[31m\r\n", 5 * MIB);
  progress.note(MIB, 1_000);
  for (const columns of [20, 40, 60, 80]) {
    const row = progress.row(columns);
    assertEquals(widthOfText(row) < columns, true, row);
    // deno-lint-ignore no-control-regex
    assertMatch(row, /^[^\x00-\x1f]*$/);
  }
  const unknown = new Progress("a", undefined);
  unknown.note(5 * MIB, 0);
  assertEquals(unknown.row(80), "a 5.0 MiB (Ctrl-C stops)");
});

Deno.test("durationText() has hours where there are some, and an end where there is none", () => {
  assertEquals([0, 5.2, 65, 3_725, Infinity].map(durationText), ["0:00", "0:06", "1:05", "1:02:05", "8760:00:00"]);
});
