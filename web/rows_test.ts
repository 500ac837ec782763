import { assertEquals, assertMatch } from "@std/assert";
import type { TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { happenings, isCrowd } from "./happenings.ts";
import type { Note } from "./notes.ts";
import { firstUnread, type Row, rowsOf } from "./rows.ts";
import type { Sentence, SentencePart } from "./sentence.ts";
import { SENTENCES, STRINGS } from "./language.ts";

const MORNING = new Date(2026, 2, 1, 9, 30).getTime();
const MINUTE = 60_000;

function line(from: string, text: string, more: Partial<TalkLine> = {}): TalkLine {
  return {
    kind: "message",
    time: MORNING,
    from,
    text,
    own: false,
    private: false,
    mention: false,
    history: false,
    reactions: new Map(),
    ...more,
  };
}

/** Sentences as the page shows them. */
function textOf(sentences: Sentence[]): string {
  const text = (part: SentencePart) => typeof part === "string" ? part : part.text;
  return sentences.map((sentence) => sentence.map(text).join("")).join(" · ");
}

/** Rows in short: what a reader sees of each. */
function short(rows: Row[]): string[] {
  return rows.map((row) => {
    if (row.type === "said") return `${row.isHead ? `${row.line.from}: ` : ""}${row.line.text}`;
    if (row.type === "happened") return textOf(happenings(row.lines, STRINGS.en, SENTENCES.en));
    return row.type === "note" ? `(${row.note.text})` : row.type;
  });
}

Deno.test("rowsOf() shows who speaks once for lines close together, and anew after a pause, a reply or another", () => {
  const rows = rowsOf([
    line("alice", "tea?"),
    line("alice", "green or black?", { time: MORNING + MINUTE }),
    line("alice", "hello?", { time: MORNING + 10 * MINUTE }),
    line("bob", "green", { time: MORNING + 10 * MINUTE }),
    line("bob", "please", { time: MORNING + 10 * MINUTE, replyTo: "m1" }),
  ]);
  assertEquals(short(rows), ["date", "alice: tea?", "green or black?", "alice: hello?", "bob: green", "bob: please"]);
  assertEquals(rows.flatMap((row) => row.type === "said" && row.isJoined ? [row.line.text] : []), ["tea?"]);
});

Deno.test("rowsOf() puts a date before the first line of each day", () => {
  const rows = rowsOf([line("alice", "good night"), line("alice", "good morning", { time: MORNING + 1440 * MINUTE })]);
  assertEquals(short(rows), ["date", "alice: good night", "date", "alice: good morning"]);
});

Deno.test("rowsOf() gathers what happened between two lines into one row", () => {
  const rows = rowsOf([
    line("bob", "", { kind: "join" }),
    line("carol", "", { kind: "join" }),
    line("bob", "see you", { kind: "quit" }),
    line("dave", "", { kind: "part" }),
    line("alice", "tea at five", { kind: "topic" }),
    line("alice", "hello"),
    line("carol", "", { kind: "part" }),
  ]);
  assertEquals(short(rows), [
    "date",
    "carol joined · bob (see you) came and went · dave left · alice set the topic: tea at five",
    "alice: hello",
    "carol left",
  ]);
});

Deno.test("rowsOf() tells what happened in its order and at its time, and people who come over hours in one row", () => {
  const at = (minutes: number) => ({ time: MORNING + minutes * MINUTE });
  const rows = rowsOf([
    line("alice", "tea at five", { kind: "topic", ...at(0) }),
    line("bob", "", { kind: "join", ...at(0) }),
    line("carol", "", { kind: "join", ...at(90) }),
    line("alice", "+m", { kind: "mode", ...at(91) }),
    line("alice", "-m", { kind: "mode", ...at(91) }),
    line("dave", "", { kind: "join", ...at(91) }),
  ]);
  assertEquals(short(rows), [
    "date",
    "alice set the topic: tea at five",
    "bob, carol joined",
    "alice let only those talk in the channel who have voice · alice let all talk in the channel",
    "dave joined",
  ]);
});

Deno.test("rowsOf() puts a note after the line that it was told after, and one without at the beginning", () => {
  const lines = [line("alice", "one"), line("alice", "two")];
  const note = (text: string, after: TalkLine | undefined): Note => ({ kind: "info", time: MORNING, text, after });
  const notes = [note("welcome", undefined), note("pong", lines[0]), note("gone", line("alice", "dropped"))];
  assertEquals(short(rowsOf(lines, notes)), ["date", "(welcome)", "alice: one", "(pong)", "alice: two"]);
});

Deno.test("rowsOf() puts a note where its time says among what is loaded later, and before all that came later", () => {
  const note: Note = { kind: "info", time: MORNING + 10 * MINUTE, text: "connected", after: undefined };
  const past = (text: string, minutes: number) =>
    line("alice", text, { time: MORNING + minutes * MINUTE, history: true });
  // The clock of whoever reads is ahead, or the server's is: what came after the note stands after it.
  const live = line("bob", "hello", { time: MORNING + 8 * MINUTE });
  assertEquals(short(rowsOf([past("one", 0), past("two", 9), past("three", 11), live], [note])), [
    "date",
    "alice: one",
    "alice: two",
    "(connected)",
    "alice: three",
    "bob: hello",
  ]);
  assertEquals(short(rowsOf([past("one", 0), live], [{ ...note, time: MORNING + 1440 * MINUTE }])), [
    "date",
    "alice: one",
    "date",
    "(connected)",
    "date",
    "bob: hello",
  ]);
  // After a lost connection, what was missed comes behind the line after which it was told.
  const seen = past("seen", 0);
  assertEquals(short(rowsOf([seen, past("missed", 9), live], [{ ...note, after: seen }])), [
    "date",
    "alice: seen",
    "alice: missed",
    "(connected)",
    "bob: hello",
  ]);
});

Deno.test("rowsOf() gives each row another key, also where a day comes twice since a clock was set back", () => {
  const tomorrow = MORNING + 1440 * MINUTE;
  const rows = rowsOf([line("alice", "one"), line("alice", "two", { time: tomorrow }), line("alice", "three")]);
  assertEquals(short(rows), ["date", "alice: one", "date", "alice: two", "date", "alice: three"]);
  assertEquals(new Set(rows.map(({ key }) => key)).size, rows.length);
});

Deno.test("rowsOf() marks where what is new begins, and shows there who speaks", () => {
  const lines = [line("alice", "old"), line("alice", "new")];
  assertEquals(short(rowsOf(lines, [], lines[1])), ["date", "alice: old", "new", "alice: new"]);
});

Deno.test("happenings() says in the reader's language why somebody has gone, and not how a page was closed", () => {
  const end = new Date(MORNING + 3_600_000);
  const texts = [
    "Ping timeout: 151 s",
    "Connection closed",
    "Quit: see you",
    `Banned until ${end.toUTCString()}: no reason given`,
  ];
  const lines = texts.map((text, i) =>
    line(["alice", "bob", "carol", "eve"][i], text, { kind: "quit", time: MORNING })
  );
  const hour = SENTENCES.en.date(end, true);
  assertEquals(
    textOf(happenings(lines, STRINGS.en, SENTENCES.en)),
    `alice (lost the connection), bob, carol (see you), eve (banned from this room until ${hour}) left`,
  );
  assertEquals(
    textOf(happenings(lines, STRINGS.zh, SENTENCES.zh)),
    `alice (连接中断), bob, carol (see you), eve (被禁止进入这个聊天室，至 ${hour}) 离开了`,
  );
});

Deno.test("happenings() calls a server the room, and nobody else", () => {
  const change = "-b ~m:bob!*@*";
  const lines = [line("Teahouse.local", change, { kind: "mode" }), line("tea-house", change, { kind: "mode" })];
  assertEquals(
    textOf(happenings(lines, STRINGS.en, SENTENCES.en)),
    "The room lifted the mute of bob · tea-house lifted the mute of bob",
  );
  assertMatch(textOf(happenings(lines, STRINGS.zh, SENTENCES.zh)), /^聊天室[^ ].*bob.* · tea-house .*bob/);
});

Deno.test("happenings() takes out of names and reasons what would hide or reorder the words", () => {
  const lines = [line("e\u202evil\x02", "x\ny", { kind: "part" }), line("alice", "bob\u2066", { kind: "nick" })];
  assertEquals(textOf(happenings(lines, STRINGS.en, SENTENCES.en)), "evil (x y) left · alice is now bob");
});

Deno.test("happenings() keeps what others wrote apart from the page's own words, in both languages", () => {
  const forged = "bye) left · alice is now \ue000bob\ue001 (";
  const lines = [
    line("eve", forged, { kind: "quit" }),
    line("eve", forged, { kind: "topic" }),
    line("eve", forged, { kind: "mode" }),
    line("eve", forged, { kind: "kick", about: "dan" }),
    line("eve", "dan", { kind: "nick" }),
  ];
  const name = (text: string) => ({ text, isName: true });
  const written = { text: forged, isName: false };
  assertEquals(happenings(lines, STRINGS.en, SENTENCES.en), [
    [name("eve"), " (", written, ")", " left"],
    [name("eve"), " set the topic: ", written],
    [name("eve"), " ", "set mode ", written],
    [name("eve"), " removed ", name("dan"), " (", written, ")"],
    [name("eve"), " is now ", name("dan")],
  ]);
  const foreign = (sentence: Sentence) => sentence.filter((words) => typeof words !== "string");
  assertEquals(
    happenings(lines, STRINGS.zh, SENTENCES.zh).map(foreign),
    happenings(lines, STRINGS.en, SENTENCES.en).map(foreign),
  );
  assertEquals(happenings([line("eve", "", { kind: "topic" })], STRINGS.en, SENTENCES.en), [[
    name("eve"),
    " cleared the topic",
  ]]);
});

Deno.test("happenings() tells of calls, in both languages; the first unread line may be one that was missed", () => {
  const lines = [
    line("eve", "", { kind: "call", call: { what: "began" } }),
    line("eve", "", { kind: "call", call: { what: "ended", lasted: 12 * MINUTE } }),
    line("eve", "", { kind: "call", call: { what: "declined" } }),
    line("eve", "", { kind: "call", call: { what: "missed" } }),
  ];
  const more = [
    line("eve", "", { kind: "call", call: { what: "unanswered" } }),
    line("eve", "", { kind: "call", call: { what: "call", lasted: 5 * MINUTE } }),
    line("eve", "", { kind: "call", call: { what: "ended" } }),
  ];
  const told = (language: "en" | "zh") =>
    [lines, more].map((some) => textOf(happenings(some, STRINGS[language], SENTENCES[language])));
  assertEquals(told("en"), [
    "eve began a call · The call has ended (12 min) · Call declined · Missed call from eve",
    "eve did not answer · Call, 5 min · The call has ended",
  ]);
  assertEquals(told("zh"), [
    "eve 发起了通话 · 通话已结束（12 分钟） · 已拒绝接听 · 未接来电：eve",
    "eve 没有接听 · 通话，5 分钟 · 通话已结束",
  ]);
  const talk = new Talk("eve", "private");
  for (const one of [line("eve", "tea?", { private: true }), ...lines]) talk.append(one);
  talk.markRead();
  talk.append(lines[3]);
  talk.append(more[1]);
  assertEquals([talk.unread, firstUnread(talk)], [1, lines[3]]);
  assertEquals(short(rowsOf(talk.lines.slice(-2), [], lines[3])), [
    "date",
    "new",
    "Missed call from eve · Call, 5 min",
  ]);
});

Deno.test("happenings() says in words what was done to a channel's mode, in both languages", () => {
  const lines = [
    line("alice", "+b ~t:10:~m:bob!*@*", { kind: "mode" }),
    line("alice", "+o-v bob carol", { kind: "mode" }),
    line("alice", "+m", { kind: "mode" }),
  ];
  const said = (words: typeof STRINGS.en, sentences: typeof SENTENCES.en) =>
    textOf(happenings(lines, words, sentences));
  assertEquals(
    said(STRINGS.en, SENTENCES.en),
    "alice muted bob for 10 minutes · alice made bob an operator · alice took voice from carol · " +
      "alice let only those talk in the channel who have voice",
  );
  assertEquals(
    said(STRINGS.zh, SENTENCES.zh),
    "alice 禁言了 bob，为期 10 分钟 · alice 将 bob 设为管理员 · alice 取消了 carol 的发言权 · alice 只让有发言权的人在频道发言",
  );
});

Deno.test("happenings() tells a ban once, and rowsOf() leaves out what was told in better words", () => {
  const told = (kick: string, about = "bob", mode = "+bb ~t:60:~a:bob ~t:60:~d:000000000001/bob") =>
    textOf(happenings(
      [line("alice", mode, { kind: "mode" }), line("alice", kick, { kind: "kick", about })],
      STRINGS.en,
      SENTENCES.en,
    ));
  assertEquals(told("Banned until 09:06 UTC: spam: again"), "alice banned bob for 1 hour (spam: again)");
  assertEquals(told("Banned until 2026-12-01 09:06 UTC"), "alice banned bob for 1 hour");
  assertEquals(told("Banned"), "alice banned bob for 1 hour");
  // What is no ban of that person's is told as it came.
  for (const [kick, about] of [["Banned for ever", "bob"], ["Banned until 09:06 UTC: spam", "carol"]]) {
    assertEquals(told(kick, about), `alice banned bob for 1 hour · alice removed ${about} (${kick})`);
  }
  assertEquals(told("Banned", "bob", "+b ~m:bob!*@*"), "alice muted bob · alice removed bob (Banned)");
  const lines = [line("alice", "+b ~m:bob!*@*", { kind: "mode", isTold: true }), line("alice", "tea?")];
  const note: Note = { kind: "info", time: MORNING, text: "bob cannot talk", after: lines[0] };
  assertEquals(short(rowsOf(lines, [note])), ["date", "(bob cannot talk)", "alice: tea?"]);
});

Deno.test("happenings() tells of many people and many changes in few words, and how many more there are", () => {
  const crowd = Array.from({ length: 36 }, (_, i) => `p${i + 1}`);
  const short = (lines: TalkLine[]) => textOf(happenings(lines, STRINGS.en, SENTENCES.en));
  const names = "p1, p2, p3, p4, p5, p6, p7, p8, 28 others";
  assertEquals(short(crowd.map((nick) => line(nick, "", { kind: "join" }))), `${names} joined`);
  const quit = (nick: string, reason: string) => line(nick, reason, { kind: "quit" });
  assertEquals(short(crowd.map((nick) => quit(nick, "Connection closed"))), `${names} left`);
  // A server that is lost, and comes back.
  const back = crowd.flatMap((nick) => [quit(nick, "*.net *.split"), line(nick, "", { kind: "join" })]);
  assertEquals(short(back), `${names} joined`);
  assertEquals(
    short([quit("ada", "tea"), quit("bea", "x".repeat(400)), quit("cid", "tea"), quit("dan", "a"), quit("eve", "b")]),
    `ada, cid (tea), bea (${"x".repeat(160)}…), dan (a), eve left`,
  );
  for (
    const [kind, text] of [["nick", "other"], ["mode", "+v someone"], ["topic", "tea"], ["kick", "go"]] as const
  ) {
    const all = happenings(crowd.map((nick) => line(nick, text, { kind, about: "dan" })), STRINGS.en, SENTENCES.en);
    assertEquals([all.length, all.at(-1)], [5, ["32 more changes"]], kind);
  }
});

Deno.test("rowsOf() says before which line another person goes on who has the same nick", () => {
  const rows = rowsOf([
    line("bob", "see you", { private: true, peer: "one" }),
    line("bob", "hello", { private: true, peer: "two" }),
    line("olga", "hello", { private: true, own: true, peer: "two" }),
  ]);
  assertEquals(short(rows), ["date", "bob: see you", "another", "bob: hello", "olga: hello"]);
});

Deno.test("happenings() tells of a crowd by its number, or of all of it; and rowsOf() leaves out who comes and goes", () => {
  const crowd = Array.from({ length: 36 }, (_, i) => line(`p${i + 1}`, "", { kind: "quit" }));
  const told = (of: "number" | "all", lines = crowd, words = STRINGS.en) =>
    textOf(happenings(lines, words, SENTENCES.en, of));
  assertEquals([isCrowd(crowd), isCrowd(crowd.slice(0, 8))], [true, false]);
  assertEquals(told("number"), "36 people left");
  assertEquals(told("number", crowd, STRINGS.zh), "36 人 离开了");
  assertEquals(told("all"), `${crowd.map(({ from }) => from).join(", ")} left`);
  assertEquals(told("number", [...crowd, line("eve", "", { kind: "join" })]), "eve joined · 36 people left");
  const lines = [line("alice", "tea?"), ...crowd, line("alice", "anybody?")];
  assertEquals(rowsOf(lines, [], undefined, false).map(({ type }) => type), ["date", "said", "said"]);
  const note = { kind: "info", time: MORNING, text: "told", after: crowd[3] } as const;
  assertEquals(short(rowsOf(lines, [note], undefined, false)).includes("(told)"), true);
});

Deno.test("rowsOf() puts what is not sent yet behind all lines and notes, and joins it to what the same person said", () => {
  const said = line("bob", "tea?", { own: true });
  const note = { kind: "info", time: MORNING, text: "away", after: said } as const;
  const waiting = [line("bob", "anybody?", { own: true }), line("bob", "pours", { own: true, kind: "action" })];
  const isPending = (rows: Row[]) => rows.map((row) => row.type === "said" && row.isPending === true);
  const rows = rowsOf([said], [], undefined, true, waiting);
  assertEquals(short(rows), ["date", "bob: tea?", "anybody?", "bob: pours"]);
  assertEquals(isPending(rows), [false, false, true, true]);
  assertEquals(short(rowsOf([said], [note], undefined, true, waiting)), [
    "date",
    "bob: tea?",
    "(away)",
    "bob: anybody?",
    "bob: pours",
  ]);
});
