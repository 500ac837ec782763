import { assertEquals } from "@std/assert";
import { format } from "../../protocol.ts";
import { FakeClock } from "../testing.ts";
import type { LineKind, TalkLine } from "./line.ts";
import { ReadMarks } from "./read_marks.ts";

const NOON = Date.UTC(2026, 10, 25, 12);

/** A line that came so many seconds after noon. */
function line(second: number, { kind = "message" as LineKind, own = false, msgid = `m${second}` } = {}) {
  return { kind, own, msgid, time: NOON + second * 1_000 } satisfies Partial<TalkLine>;
}

/** Marks, and what was sent of them while the server was, or was not, idle. */
function openMarks({ isTaken = true } = {}) {
  const clock = new FakeClock();
  const sent: string[] = [];
  const desk = { isIdle: true };
  const marks = new ReadMarks({
    clock,
    isTaken: () => isTaken,
    sendIfIdle(message, isUrgent) {
      if (!desk.isIdle && !isUrgent) return false;
      sent.push(format(message));
      return true;
    },
  });
  return { clock, desk, marks, wrote: () => sent.splice(0) };
}

/** A talk with these lines. */
function talk(...lines: ReturnType<typeof line>[]) {
  return { name: "#tea", readTime: undefined as number | undefined, lines };
}

const markAt = (second: number) => `MARKREAD #tea timestamp=2026-11-25T12:00:0${second}.000Z`;

Deno.test("ReadMarks marks what the history has brought on a first visit, once, up to what was said last", () => {
  const { marks, wrote } = openMarks();
  const tea = talk(line(1), line(2), line(5, { kind: "join" }));
  marks.seen(tea);
  marks.seen(tea);
  assertEquals([wrote(), tea.readTime], [[markAt(2)], NOON + 2_000]);
  tea.lines.push(line(6));
  marks.seen(tea);
  assertEquals(wrote(), [markAt(6)]);
});

Deno.test("ReadMarks marks own lines only where there is no mark yet, and nothing where there are only comings", () => {
  const { marks, wrote } = openMarks();
  const tea = talk(line(1, { kind: "join", own: true }));
  marks.seen(tea);
  assertEquals(wrote(), []);
  tea.lines.push(line(2, { own: true }));
  marks.seen(tea);
  assertEquals(wrote(), [markAt(2)]);
  tea.lines.push(line(3, { own: true }));
  marks.seen(tea);
  assertEquals(wrote(), []);
});

Deno.test("ReadMarks does not take a mark back, and marks nothing where the server keeps none", () => {
  const { marks, wrote } = openMarks();
  const tea = { ...talk(line(1)), readTime: NOON + 4_000 };
  marks.seen(tea);
  const other = openMarks({ isTaken: false });
  other.marks.seen(talk(line(1)));
  other.marks.flush();
  assertEquals([wrote(), other.wrote(), other.clock.timers], [[], [], 0]);
});

Deno.test("ReadMarks sends what waits at once where the view goes, and not again later", async () => {
  const { clock, desk, marks, wrote } = openMarks();
  desk.isIdle = false;
  const tea = talk(line(1), line(2));
  marks.seen(tea);
  await clock.advance(10_000);
  assertEquals(wrote(), []);
  marks.flush();
  assertEquals(wrote(), [markAt(2)]);
  desk.isIdle = true;
  await clock.advance(10_000);
  marks.flush();
  assertEquals([wrote(), clock.timers], [[], 0]);
});
