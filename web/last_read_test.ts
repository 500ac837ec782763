import { assertEquals, assertLess } from "@std/assert";
import type { State } from "../client/state/state.ts";
import { readOf } from "./last_read.ts";

/** A line as a talk has it. */
function line(text: string, more: Record<string, unknown> = {}) {
  return { kind: "message", time: 1, from: "alice", text, private: false, ...more };
}

/** What is kept of these talks. */
function kept(talks: Record<string, ReturnType<typeof line>[]>) {
  const entries = Object.entries(talks).map(([name, lines]) =>
    [name, { name, kind: name.startsWith("#") ? "channel" : "private", lines }] as const
  );
  return readOf({ talks: new Map(entries) } as unknown as Pick<State, "talks">, () => "Voice message, 0:12");
}

Deno.test("what was said in channels is kept; nothing that is private, removed, or that only happened", () => {
  const lines = [
    line("one"),
    line("tea-time", { kind: "topic" }),
    line("", { redacted: { by: "bob", reason: "" } }),
    line("psst", { private: true, kind: "notice" }),
    line("pours", { kind: "action" }),
  ];
  const said = { time: 1, from: "alice" };
  assertEquals(kept({ "#tea": lines, "bob": [line("the key is under the mat", { private: true })], "#milk": [] }), [
    { channel: "#tea", lines: [{ ...said, text: "one", isAction: false }, { ...said, text: "pours", isAction: true }] },
  ]);
});

Deno.test("the last 50 lines of a channel are kept, and 128 KiB in all, of which each channel has its share", () => {
  const many = Array.from({ length: 100 }, (_, i) => line(`${i}`));
  const [{ lines }] = kept({ "#tea": many });
  assertEquals(lines.map(({ text }) => text), Array.from({ length: 50 }, (_, i) => `${i + 50}`));
  const long = Array.from({ length: 100 }, () => line('"茶'.repeat(500)));
  const talks = kept({ "#a": long, "#b": long, "#c": [line("small")] });
  assertLess(2 * JSON.stringify(talks).length, 128 * 1024);
  assertEquals(talks.map(({ channel }) => channel), ["#a", "#b", "#c"]);
  assertEquals(talks[0].lines.length, talks[1].lines.length);
  assertEquals(kept(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`#${i}`, many]))), []);
});

Deno.test("a voice message is kept by what it is, and a file by its address", () => {
  const text = `https://tea.example/files/${"v".repeat(22)}/voice.webm`;
  const file = { name: "voice.webm", size: 1, type: "audio/webm" };
  const [{ lines }] = kept({
    "#tea": [line(text, { file: { ...file, voice: { seconds: 12 } } }), line(text, { file })],
  });
  assertEquals(lines.map(({ text }) => text), ["Voice message, 0:12", text]);
});
