import type { Happening, Said } from "../client/events.ts";
import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { align, render } from "./render.ts";

const NOW = new Date(2026, 10, 25, 12, 4).getTime();
const OPTIONS = { color: false, nick: "bob", channel: "#lobby", now: NOW };

function shown(event: Happening, time = NOW): string {
  return render({ time, ...event }, OPTIONS).join("\n");
}

function said(text: string, rest: Partial<Said> = {}): Said {
  return {
    type: "message",
    from: "alice",
    target: "#lobby",
    private: false,
    own: false,
    history: false,
    text,
    ...rest,
  };
}

Deno.test("render() shows who said what to whom", () => {
  const whispered: Partial<Said> = { private: true, target: "bob" };
  const own: Partial<Said> = { own: true, from: "bob", private: true, target: "alice" };
  assertEquals(shown(said("hi")), "[12:04] <alice> hi");
  assertEquals(shown(said("hi", { target: "#tea" })), "[12:04] #tea <alice> hi");
  assertEquals(shown(said("hi", whispered)), "[12:04] alice -> you: hi");
  assertEquals(shown(said("hi", own)), "[12:04] you -> alice: hi");
  assertEquals(shown(said("waves", { type: "action" })), "[12:04] * alice waves");
  assertEquals(shown(said("waves", { type: "action", ...whispered })), "[12:04] alice -> you: * alice waves");
  assertEquals(shown(said("note", { type: "notice" })), "[12:04] -alice- note");
});

Deno.test("render() shows who comes and goes, and how many are online", () => {
  const where = { channel: "#lobby", own: false, online: 3 };
  assertEquals(shown({ type: "join", nick: "carol", ...where }), "[12:04] carol joined #lobby (3 online)");
  assertEquals(shown({ type: "part", nick: "carol", reason: "", ...where }), "[12:04] carol left #lobby (3 online)");
  assertEquals(
    shown({ type: "quit", nick: "carol", reason: "tired", channels: [{ name: "#lobby", online: 2 }] }),
    "[12:04] carol went offline (2 online): tired",
  );
  assertEquals(shown({ type: "nick", nick: "carol", renamed: "Caro", own: false }), "[12:04] carol is now Caro");
  const members = [{ nick: "alice", prefix: "@+", away: false }, { nick: "bob", prefix: "", away: true }];
  assertEquals(
    shown({ type: "names", channel: "#lobby", members }),
    "[12:04] #lobby: 2 online: @alice, bob (away)",
  );
});

Deno.test("render() makes remote text harmless, wherever it stands", () => {
  const evil = "\x1b]0;x\x07\x1b[2J\r\nfake \u202e";
  const events: Happening[] = [
    said(evil),
    said("x", { from: evil, target: evil }),
    { type: "join", nick: evil, channel: evil, own: false, online: 1 },
    { type: "quit", nick: "x", channels: [{ name: "#lobby", online: 1 }], reason: evil },
    { type: "topic", channel: "#lobby", topic: evil, by: evil },
    { type: "names", channel: evil, members: [{ nick: evil, prefix: evil, away: false }] },
    { type: "whois", nick: evil, text: evil },
    { type: "error", text: evil },
    { type: "table", rows: [[evil, evil]] },
  ];
  for (const event of events) assert(!/[\p{Cc}\u202e]/u.test(shown(event)), event.type);
});

Deno.test("render() shows the date of another day", () => {
  assertEquals(shown(said("old"), new Date(2026, 10, 24, 9, 30).getTime()), "[2026-11-24 09:30] <alice> old");
});

Deno.test("render() uses colours only where it is told to", () => {
  const colors = (said: Said) => render({ time: NOW, ...said }, { ...OPTIONS, color: true })[0];
  assertEquals(shown(said("x")), stripVTControlCharacters(colors(said("x"))));
  assert(colors(said("x", { own: true })).includes("\x1b[94m"));
  assert(colors(said("x")).includes("\x1b[32m"));
  assert(colors(said("x", { private: true })).includes("\x1b[31m"));
  assert(!colors(said("bobby is not meant")).includes("\x1b[1m"));
  assert(colors(said("tea, Bob?", { mention: true })).includes("\x1b[1m"));
});

Deno.test("align() aligns all columns but the last", () => {
  assertEquals(align([["/to", "talk"], ["/whois <nick>", "ask"], ["one"]]), [
    "/to            talk",
    "/whois <nick>  ask",
    "one",
  ]);
});
