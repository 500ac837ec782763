import { assertEquals } from "@std/assert";
import { ENGLISH } from "../sentences.ts";
import { CHINESE } from "../sentences_zh.ts";
import { untilText } from "../until_text.ts";
import { listedText, silenceText } from "./restriction_replies.ts";

// Hours of the reader's clock, wherever that stands.
const NOON = new Date(2026, 10, 28, 12, 2).getTime();
const EVENING = new Date(2026, 10, 28, 23, 30).getTime();
const TOMORROW = new Date(2026, 10, 29, 12, 2).getTime();
const AFTER_MIDNIGHT = new Date(2026, 10, 29, 0, 30).getTime();

Deno.test("an end is told with its day unless that is today", () => {
  assertEquals(untilText(EVENING, NOON, ENGLISH), "23:30");
  assertEquals(untilText(EVENING, NOON, CHINESE), "23:30");
  assertEquals(untilText(AFTER_MIDNIGHT, EVENING, ENGLISH), "2026-11-29 00:30");
  assertEquals(untilText(AFTER_MIDNIGHT, EVENING, CHINESE), "2026/11/29 00:30");
  assertEquals(untilText(Infinity, NOON, ENGLISH), undefined);
});

Deno.test("a ban of a day does not look over in the minute in which it is set", () => {
  const end = TOMORROW - 500;
  const entry = { isMute: false, nick: "bob", mask: "*!*@10.0.0.7", by: "alice", at: "", until: end, reason: "" };
  assertEquals(
    listedText("#tea", entry, NOON, ENGLISH),
    "bob is banned from #tea until 2026-11-29 12:01 (by alice)",
  );
  assertEquals(
    silenceText("#tea", { isMute: true, by: "alice", until: end, reason: "" }, NOON, ENGLISH),
    "You cannot talk in #tea until 2026-11-29 12:01: alice muted you.",
  );
});
