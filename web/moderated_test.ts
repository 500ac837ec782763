import { assertEquals } from "@std/assert";
import { CHINESE } from "../client/sentences_zh.ts";
import { ENGLISH } from "../client/sentences.ts";
import type { TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { doneTo, moderatedFor } from "./moderated.ts";

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

Deno.test("what was done to somebody since a report is the last change that holds, whoever made it", () => {
  const talk = tea({ nick: "dave" });
  const since = report("dave", { time: 2 });
  const of = (...lines: TalkLine[]) => {
    const before = tea();
    for (const one of [line("olga", { kind: "mode", text: "+b ~m:dave!*@*", time: 1 }), since, ...lines]) {
      before.append(one);
    }
    return [ENGLISH, CHINESE].map((sentences) => {
      const done = doneTo("dave", since, before, sentences);
      return done && lines.indexOf(before.lines.find((one) => one === done)!);
    });
  };
  const mode = (text: string) => line("erin", { kind: "mode", text, time: 3 });
  const kick = (text: string, about = "dave") => line("erin", { kind: "kick", text, about, time: 3 });
  assertEquals(doneTo("dave", since, talk, ENGLISH), undefined);
  assertEquals(of(), [undefined, undefined]);
  assertEquals(of(mode("+b ~t:60:~m:~d:1b/Dave"), line("bob", { time: 3 })), [0, 0]);
  assertEquals(of(mode("+bb ~a:dave ~d:1b/dave"), kick("Banned until 12:10 UTC: spam")), [0, 0]);
  assertEquals(of(mode("+b ~m:dave!*@*"), mode("-b ~m:dave!*@*")), [undefined, undefined]);
  assertEquals(of(mode("+b ~m:bob!*@*"), mode("+v dave"), kick("", "bob")), [undefined, undefined]);
  assertEquals(of(kick("out")), [0, 0]);
  const quit = (text: string) => line("dave", { kind: "quit", text, time: 3 });
  assertEquals(of(quit("Banned for ever: spam")), [0, 0]);
  assertEquals(of(quit("Quit: Banned for ever: spam")), [undefined, undefined]);
});
