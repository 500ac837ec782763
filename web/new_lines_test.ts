import { assertEquals } from "@std/assert";
import type { TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { NewLines } from "./new_lines.ts";

/** A line that was said so many milliseconds after 1970. */
function line(time: number, { history = true, own = false } = {}): TalkLine {
  return {
    kind: "message",
    time,
    msgid: `m${time}`,
    from: "alice",
    text: `line ${time}`,
    own,
    private: false,
    mention: false,
    history,
    reactions: new Map(),
  };
}

/** A talk that was read up to a time, and has brought these lines of its history. */
function readUpTo(time: number, ...lines: TalkLine[]): Talk {
  const talk = new Talk("#tea", "channel");
  talk.readUpTo(time);
  talk.insert(lines);
  return talk;
}

Deno.test("NewLines brings a reader once to the first line that has come from the past while they were away", () => {
  const talk = new Talk("#tea", "channel");
  const lines = new NewLines();
  lines.enter(talk);
  assertEquals([lines.notice(talk, talk, true, true), lines.first], [false, undefined]);
  talk.readUpTo(2);
  talk.insert([line(1), line(2), line(3, { own: true }), line(4), line(5)]);
  assertEquals([lines.notice(talk, talk, true, true), lines.first?.time, lines.count(talk)], [true, 4, 2]);
  assertEquals([lines.notice(talk, talk, true, true), lines.hasMore(talk)], [false, false]);
});

Deno.test("NewLines takes a live line as new only where the end or the page is out of sight, and moves nobody", () => {
  for (const [isAtEnd, hasFocus, first] of [[true, true, undefined], [false, true, 3], [true, false, 3]] as const) {
    const talk = readUpTo(2, line(1), line(2));
    const lines = new NewLines();
    lines.enter(talk);
    talk.append(line(3, { history: false }));
    assertEquals([lines.notice(talk, talk, isAtEnd, hasFocus), lines.first?.time], [false, first]);
  }
});

Deno.test("NewLines knows that more is new than is loaded, until the first of it is", () => {
  const talk = readUpTo(2, line(7), line(8));
  const lines = new NewLines();
  lines.enter(talk);
  lines.notice(talk, talk, true, true);
  assertEquals([lines.first?.time, lines.hasMore(talk)], [7, true]);
  const excerpt = readUpTo(2, line(1), line(2), line(3), line(4));
  lines.notice(talk, excerpt, false, true);
  assertEquals([lines.first?.time, lines.hasMore(excerpt)], [3, false]);
  talk.insert([line(5), line(6)]);
  lines.notice(talk, talk, false, true);
  assertEquals([lines.first?.time, lines.hasMore(talk)], [5, true]);
  talk.insert([line(1), line(2), line(3), line(4)]);
  lines.notice(talk, talk, false, true);
  assertEquals([lines.first?.time, lines.hasMore(talk)], [3, false]);
});
