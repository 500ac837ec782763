import { assert, assertEquals } from "@std/assert";
import type { ClientEvent, Found, HistoryPart } from "../client/state/events.ts";
import { speak } from "./language.ts";
import { Transcript } from "./transcript.ts";

/** A time of November 2026, on this machine's clock. */
const on = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const OPTIONS = { color: false, nick: "bob", channel: "#lobby" };

/** alice says it. */
function said(time: number, text: string): Found {
  return {
    type: "message",
    time,
    from: "alice",
    target: "#lobby",
    private: false,
    own: false,
    history: false,
    text,
  };
}

function history(place: HistoryPart, time: number, ...events: ClientEvent[]): ClientEvent {
  return { type: "history", target: "#lobby", place, events, complete: false, time };
}

/** What a terminal shows of these events, each shown when it comes. */
function shown(...events: ClientEvent[]): string[] {
  const transcript = new Transcript();
  return events.flatMap((event) => transcript.lines(event, { ...OPTIONS, now: event.time }));
}

Deno.test("Transcript shows a date where the day changes, and none for the first day", () => {
  assertEquals(shown(said(on(24, 23, 59), "late"), said(on(25, 0, 1), "early"), said(on(25, 0, 2), "still")), [
    "[23:59] <alice> late",
    "— Wednesday, 25 November 2026 —",
    "[00:01] <alice> early",
    "[00:02] <alice> still",
  ]);
});

Deno.test("Transcript shows what was said before with its dates, and the day of today after it", () => {
  const before = history(
    "latest",
    on(25, 9),
    said(on(23, 20), "one"),
    said(on(24, 21), "two"),
    said(on(24, 22), "three"),
  );
  assertEquals(shown(said(on(25, 8, 59), "first"), before, said(on(25, 9, 1), "now")), [
    "[08:59] <alice> first",
    "— Monday, 23 November 2026 —",
    "[20:00] <alice> one",
    "— Tuesday, 24 November 2026 —",
    "[21:00] <alice> two",
    "[22:00] <alice> three",
    "— Wednesday, 25 November 2026 —",
    "[09:01] <alice> now",
  ]);
  // Over midnight into today.
  const over = history("latest", on(25, 9), said(on(24, 23, 59), "old"), said(on(25, 0, 1), "early"));
  assertEquals(shown(over).slice(2), ["— Wednesday, 25 November 2026 —", "[00:01] <alice> early"]);
  // Of today alone: no date is needed.
  assertEquals(shown(history("latest", on(25, 9), said(on(25, 8), "one"))), ["[08:00] <alice> one"]);
});

Deno.test("Transcript says where one was away, not dimmed, and what is older, dimmed", () => {
  const missed = history("missed", on(25, 9), said(on(25, 8), "one"));
  const older = { ...history("older", on(25, 9), said(on(24, 8), "old")), complete: true };
  assertEquals(shown(missed, older, said(on(25, 9, 1), "now")), [
    "— you were away here: #lobby —",
    "[08:00] <alice> one",
    "— older lines of #lobby, from the first —",
    "— Tuesday, 24 November 2026 —",
    "[08:00] <alice> old",
    "— back to now —",
    "[09:01] <alice> now",
  ]);
  const colored = (event: ClientEvent) => new Transcript().lines(event, { ...OPTIONS, now: event.time, color: true });
  assert(colored(missed).at(-1)!.includes("\x1b[32m<alice> one"));
  assert(colored(older).at(-2)!.includes("\x1b[2m<alice> old"));
  assertEquals(shown(history("missed", on(25, 9)), history("older", on(25, 9))), []);
});

Deno.test("Transcript shows what a search found, with its day and its talk", () => {
  const found = [said(on(24, 8, 30), "tea?"), { ...said(on(25, 8), "tea!"), target: "#tea" }];
  const search: ClientEvent = { type: "search", text: "tea", found, isLocal: false, time: on(25, 9) };
  assertEquals(shown(search), [
    '[09:00] 2 lines with "tea":',
    "[2026-11-24 08:30] <alice> tea?",
    "[08:00] #tea <alice> tea!",
  ]);
  const many = Array.from({ length: 50 }, () => said(on(25, 8), "tea"));
  assertEquals(shown({ ...search, found: many })[0], '[09:00] the last 50 lines with "tea":');
  assertEquals(shown({ ...search, target: "#lobby", found: [], isLocal: true }), [
    '[09:00] No line with "tea", among what is loaded here of #lobby: this server cannot search.',
  ]);
});

Deno.test("Transcript shows three lines of a hit, and how many more there are", () => {
  const found = [
    said(on(25, 8), "tea\ntwo\nthree\nfour"),
    said(on(25, 8), "tea\n2\n3\n4\n5"),
    said(on(25, 8), "tea\n2\n3"),
  ];
  assertEquals(shown({ type: "search", text: "tea", found, isLocal: false, time: on(25, 9) }).slice(1), [
    "[08:00] <alice> tea",
    "      | two",
    "      | three",
    "      | ... 1 more line",
    "[08:00] <alice> tea",
    "      | 2",
    "      | 3",
    "      | ... 2 more lines",
    "[08:00] <alice> tea",
    "      | 2",
    "      | 3",
  ]);
});

Deno.test("Transcript makes remote text harmless", () => {
  const evil = "\x1b]0;x\x07\x1b[2J\r\nfake \u202e";
  const hit = { ...said(on(25, 8), evil), from: evil, target: evil };
  const lines = shown(
    { type: "search", target: evil, text: evil, found: [hit], isLocal: true, time: on(25, 9) },
    { ...history("missed", on(25, 9), hit), target: evil } as ClientEvent,
    { ...history("older", on(25, 9), hit), target: evil } as ClientEvent,
  );
  // The three hits have two lines each, of which the second can't be taken for a line of anybody.
  assertEquals(lines.length, 10);
  assertEquals(
    lines.filter((line) => line.includes("| fake")).map((line) => line.slice(0, 12)),
    Array(3).fill("      | fake"),
  );
  for (const line of lines) assert(!/[\p{Cc}\u202e]/u.test(line), JSON.stringify(line));
});

Deno.test("Transcript has its dates and headings in Chinese", () => {
  const hit = said(on(24, 21), "一\n二\n三\n四\n五");
  const search = { type: "search", target: "#lobby", text: "茶", isLocal: false, time: on(25, 9) } as const;
  speak("zh");
  try {
    assertEquals(
      shown(
        said(on(24, 23, 59), "晚"),
        said(on(25, 0, 1), "早"),
        history("missed", on(25, 9), said(on(25, 8), "茶好了")),
        { ...history("older", on(25, 9), said(on(25, 7), "早茶")), complete: true } as ClientEvent,
        { ...search, found: [hit] },
        { ...search, found: [], isLocal: true },
      ),
      [
        "[23:59] <alice> 晚",
        "— 2026年11月25日星期三 —",
        "[00:01] <alice> 早",
        "— 您离开期间：#lobby —",
        "[08:00] <alice> 茶好了",
        "— #lobby 更早的消息，从第一条开始 —",
        "[07:00] <alice> 早茶",
        "— 回到现在 —",
        "[09:00] 找到 1 条“茶”：",
        "[2026-11-24 21:00] <alice> 一",
        "      | 二",
        "      | 三",
        "      | ……还有 2 行",
        "[09:00] 没有找到“茶”（只找了这里已加载的 #lobby 的消息：此服务器不能搜索）。",
      ],
    );
  } finally {
    speak("en");
  }
});

Deno.test("Transcript tells a ban once, by the reader's clock: of the KICK, and not of what the server says behind it", () => {
  const until = on(25, 12, 10);
  const utc = new Date(until).toISOString().slice(11, 16);
  const kick = { type: "kick", by: "alice", channel: "#lobby", online: 2, time: on(25, 12) } as const;
  const note = { type: "error", text: "alice banned you from #lobby until 12:10: too loud", time: on(25, 12) } as const;
  const told = { ...note, bannedFrom: "#lobby" };
  const banned = { ...kick, nick: "bob", own: true, reason: `Banned until ${utc} UTC: too loud` };
  assertEquals(shown(banned, told), ["[12:00] alice banned you from #lobby until 12:10: too loud"]);
  // Over midnight of UTC, for some days, and for ever.
  const late = Date.UTC(2026, 10, 25, 23, 50);
  const end = new Date(Date.UTC(2026, 10, 26, 0, 10));
  const isToday = end.toDateString() === new Date(late).toDateString();
  const hour = end.toLocaleTimeString("sv-SE", { timeStyle: "short" });
  const words = isToday ? hour : `${end.toLocaleDateString("sv-SE")} ${hour}`;
  const next = { ...banned, time: late, reason: "Banned until 00:10 UTC" };
  assert(shown(next)[0].endsWith(`alice banned you from #lobby until ${words}.`));
  const days = { ...banned, reason: "Banned until 2026-12-24 11:00 UTC: too loud" };
  assert(shown(days)[0].includes(" until 2026-12-24 ") && !shown(days)[0].includes("UTC"));
  assertEquals(shown({ ...banned, reason: "Banned: bye" }), ["[12:00] alice banned you from #lobby: bye"]);
  // Others read how long in the line of the ban before.
  assertEquals(shown({ ...banned, nick: "carol", own: false }), [
    "[12:00] alice threw carol out of #lobby (2 online): too loud",
  ]);
  // A ban that no KICK has told of is told, as is one from elsewhere.
  assertEquals(shown(told), ["[12:00] alice banned you from #lobby until 12:10: too loud"]);
  assertEquals(shown(banned, { ...told, bannedFrom: "#garden" }).length, 2);
  assertEquals(shown({ ...banned, reason: "out" }, told).length, 2);
});
