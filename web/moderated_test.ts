import { assertEquals } from "@std/assert";
import type { TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { moderatedFor } from "./moderated.ts";

/** #tea with olga, who is its operator, and others. */
function tea(...others: { nick: string; account?: string }[]): Talk {
  const talk = new Talk("#tea", "channel");
  const capacity = { count: 10, size: 10_000 };
  talk.members.put("olga", { nick: "olga", prefix: "@", away: false }, capacity);
  for (const one of others) talk.members.put(one.nick, { prefix: "", away: false, ...one }, capacity);
  return talk;
}

function line(from: string, parts: Partial<TalkLine> = {}): TalkLine {
  const own = from === "olga";
  const rest = { text: "x", own, private: false, mention: false, history: false, reactions: new Map() };
  return { kind: "message", time: 0, from, ...rest, ...parts };
}

const report = (nick: string, parts: Partial<TalkLine> = {}) =>
  line("bob", { kind: "notice", status: "@", report: { nick, text: "x", why: "" }, ...parts });

Deno.test("an operator moderates the author of a message who is here, and nobody else does", () => {
  const talk = tea({ nick: "bob" }, { nick: "dave" });
  assertEquals(moderatedFor(line("dave"), talk, "olga"), "dave");
  assertEquals(moderatedFor(line("dave"), talk, "bob"), undefined);
  assertEquals(moderatedFor(line("olga"), talk, "olga"), undefined);
  assertEquals(moderatedFor(line("erin"), talk, "olga"), undefined);
});

Deno.test("somebody else who has the author's nick by now is not moderated for it", () => {
  const talk = tea({ nick: "dave", account: "dave2" });
  assertEquals(moderatedFor(line("dave", { account: "dave" }), talk, "olga"), undefined);
  assertEquals(moderatedFor(line("dave", { account: "Dave2" }), talk, "olga"), "dave");
  assertEquals(moderatedFor(line("dave"), talk, "olga"), "dave");
  talk.append(line("dave", { msgid: "m", account: "dave" }));
  assertEquals(moderatedFor(report("dave", { replyTo: "m" }), talk, "olga"), undefined);
});

Deno.test("for a report it is whoever the loaded message is from, else whom the report names, here or gone", () => {
  const talk = tea({ nick: "bob" });
  talk.append(line("dave", { msgid: "m" }));
  talk.append(line("olga", { msgid: "o" }));
  assertEquals(moderatedFor(report("erin", { replyTo: "m" }), talk, "olga"), "dave");
  assertEquals(moderatedFor(report("erin", { replyTo: "older" }), talk, "olga"), "erin");
  assertEquals(moderatedFor(report("erin"), talk, "bob"), undefined);
  assertEquals(moderatedFor(report("erin", { replyTo: "o" }), talk, "olga"), undefined);
  assertEquals(moderatedFor(report("Olga"), talk, "olga"), undefined);
});
