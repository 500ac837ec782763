import { assert, assertEquals } from "@std/assert";
import type { ClientEvent, Place } from "../client/events.ts";
import { Transcript } from "./transcript.ts";

const NOW = new Date(2026, 10, 25, 12, 4).getTime();
const OPTIONS = { color: false, nick: "bob", channel: "#lobby", now: NOW };

function said(text: string, time = NOW, history = false): ClientEvent {
  return { type: "message", time, from: "alice", target: "#lobby", private: false, own: false, history, text };
}

function history(place: Place, ...events: ClientEvent[]): ClientEvent {
  return { type: "history", time: NOW, target: "#lobby", place, events, complete: false };
}

Deno.test("Transcript shows a date where the day changes, in history and live", () => {
  const transcript = new Transcript();
  const yesterday = said("old", new Date(2026, 10, 24, 23, 59).getTime(), true);
  const early = said("early", new Date(2026, 10, 25, 0, 1).getTime(), true);
  assertEquals(transcript.lines(history("latest", yesterday, early), OPTIONS), [
    "--- Tuesday, 24 November 2026 ---",
    "[23:59] <alice> old",
    "--- Wednesday, 25 November 2026 ---",
    "[00:01] <alice> early",
  ]);
  const tomorrow = new Date(2026, 10, 26, 0, 0).getTime();
  assertEquals(transcript.lines(said("new", tomorrow), { ...OPTIONS, now: tomorrow }), [
    "--- Thursday, 26 November 2026 ---",
    "[00:00] <alice> new",
  ]);
});

Deno.test("Transcript says where somebody was away, and what is older", () => {
  const transcript = new Transcript();
  assertEquals(transcript.lines(history("missed", said("while away", NOW, true)), OPTIONS), [
    "--- You were away here: #lobby ---",
    "[12:04] <alice> while away",
  ]);
  assertEquals(transcript.lines(history("older", said("older", NOW, true)), OPTIONS), [
    "--- Older lines of #lobby ---",
    "[12:04] <alice> older",
    "--- Back to now ---",
  ]);
});

Deno.test("Transcript makes what a search found harmless, and says when nothing was", () => {
  const evil = "\x1b]0;x\x07\x1b[2J\r\n\u202e";
  const search = (text: string, ...found: { time: number; target: string; from: string; text: string }[]) =>
    new Transcript().lines({ type: "search", time: NOW, target: "#lobby", text, found, isLocal: false }, OPTIONS);
  const lines = search(evil, { time: NOW, target: "#lobby", from: evil, text: `tea${evil}` });
  assert(lines.length === 2 && lines[1].includes("tea") && !/[\p{Cc}\u202e]/u.test(lines.join("")));
  assertEquals(search("tea"), ['[12:04] Nothing in #lobby with "tea"']);
});
