/** What keyboards for wide characters type: nothing that was meant for one person is said to everybody. */

import { assertEquals } from "@std/assert";
import { expand } from "../emoji/mod.ts";
import { complete } from "./commands/complete.ts";
import { pasted } from "./commands/pasted.ts";
import { State } from "./state/state.ts";
import { Person } from "./testing.ts";
import { plainSign, readCommand, textOf } from "./written.ts";

Deno.test("A wide slash, or the mark on its key, begins a command; a sentence that begins with such a mark is none", () => {
  for (
    const line of ["/msg bob hi", "／msg bob hi", "、msg bob hi", "・msg bob hi", "／ｍｓｇ　bob hi", "／MSG bob hi"]
  ) {
    assertEquals(readCommand(line), { name: "msg", rest: "bob hi" }, line);
  }
  for (const line of ["、好吃", "／／msg", "//msg", "/／msg", "・", "好／msg"]) {
    assertEquals(readCommand(line), undefined, line);
  }
  assertEquals(readCommand("／"), { name: "", rest: "" });
  assertEquals(["／／x", "//x", "、x"].map(textOf), ["／x", "/x", "、x"]);
  assertEquals(["＃茶", "＠bob", "：smi", "／x", "茶", ""].map(plainSign), ["#茶", "@bob", ":smi", "/x", "茶", ""]);
});

Deno.test("What is written behind a wide slash goes to whom it names, and a wide # names a channel", async () => {
  const bob = await Person.inLobby("bob", "alice");
  for (const line of ["／msg alice secret", "、msg　alice　secret", "／msg ＠alice secret", "/msg alice secret"]) {
    assertEquals(await bob.sends(line), [`PRIVMSG ${line.includes("＠") ? "@alice" : "alice"} :secret`], line);
  }
  assertEquals(await bob.sends("／join ＃茶馆"), ["JOIN #茶馆"]);
  assertEquals(await bob.sends("、nosuch secret"), []);
  bob.client.typed("、msg alice sec");
  assertEquals(await bob.server.rest(), []);
});

Deno.test("Wide colons make an emoji, but not between numbers", () => {
  assertEquals(expand("：smile： 茶：tea： :tea：，：tea:"), "😄 茶🍵 🍵，🍵");
  assertEquals(
    expand("比分：100：200 时间：100： ：nosuchname：", new Set()),
    "比分：100：200 时间：100： ：nosuchname：",
  );
  assertEquals(expand("：teacup：", new Set(["teacup"])), ":teacup:");
  const state = new State("bob");
  assertEquals(complete("：smil", state).candidates[0].text, ":smile:");
  assertEquals(complete("、ms", state).candidates[0].text, "/msg ");
});

Deno.test("Lines of one act are for whom its command names, all of them", async () => {
  const bob = await Person.inLobby("bob", "alice");
  const table: [lines: string[], sent: string[]][] = [
    [["/msg alice one", "two", "", "/quit"], ["PRIVMSG alice :one", "PRIVMSG alice :two", "PRIVMSG alice :/quit"]],
    [["/me pours", "drinks"], ["PRIVMSG #lobby :\x01ACTION pours\x01", "PRIVMSG #lobby :\x01ACTION drinks\x01"]],
    [["、msg alice ", "one", "two"], ["PRIVMSG alice :one", "PRIVMSG alice :two"]],
    [["/notice alice one", "two"], ["NOTICE alice :one", "NOTICE alice :two"]],
    [["one", "/msg alice two"], ["PRIVMSG #lobby :one", "PRIVMSG #lobby :/msg alice two"]],
  ];
  for (const [lines, sent] of table) {
    bob.client.inputAll(lines);
    await bob.clock.advance(2_000);
    const got = (await bob.server.rest()).map((line) => line.replace(/^@\S+ /, ""));
    assertEquals(got, sent, lines.join("|"));
  }
});

Deno.test("Emoji codes in code stay as they were written", async () => {
  const bob = await Person.inLobby("bob", "alice");
  const said = async (...lines: string[]) => {
    bob.client.inputAll(lines);
    await bob.clock.advance(2_000);
    return (await bob.server.rest()).map((line) => line.replace(/^@\S+ PRIVMSG \S+ :/, ""));
  };
  assertEquals(await said(":tea: `a:tea:b` ``:tea:`` :tea: `:tea:"), ["🍵 `a:tea:b` ``:tea:`` 🍵 `🍵"]);
  assertEquals(await said(":tea:", "```", "d[:tea:]", "```", ":tea:"), ["🍵", "```", "d[:tea:]", "```", "🍵"]);
  assertEquals(await said("/msg alice :tea: `:tea:`"), ["🍵 `:tea:`"]);
  assertEquals(await said("```:tea:```"), ["```:tea:```"]);
});

Deno.test("Lines behind a command that says nothing are its one line", async () => {
  const bob = await Person.inLobby("bob");
  bob.client.inputAll(["/topic one", "two"]);
  await bob.writes();
  assertEquals((await bob.server.rest()).map((line) => line.replace(/^@\S+ /, "")), ["TOPIC #lobby :one two"]);
});

Deno.test("What is pasted into a command is said by it, as one message where that can be, and what is not complete stays", () => {
  const table: [before: string, lines: string[], after: string, said: string[], left: string][] = [
    ["/msg eve ", ["one", "two"], "", [], "/msg eve one\ntwo"],
    ["/msg eve ", ["one", "two", ""], "", ["/msg eve one\ntwo"], ""],
    ["/msg eve ", ["one", "", "two", "", ""], "", ["/msg eve one\n\ntwo"], ""],
    ["/msg eve ", ["one", ""], "rest", ["/msg eve one"], "/msg eve rest"],
    ["／msg eve so ", ["one", "two"], "!", [], "／msg eve so one\ntwo!"],
    ["/msg ", ["eve one", "two"], "", [], "/msg eve one\ntwo"],
    ["/me ", ["one", "two"], "", ["/me one"], "/me two"],
    ["/me ", ["one", ""], "rest", ["/me one"], "/me rest"],
    ["/topic ", ["one", "two", ""], "", [], "/topic one two"],
    ["/kick bob ", ["one", "/quit"], "", [], "/kick bob one /quit"],
    ["so ", ["one", "two"], "", [], "so one\ntwo"],
    ["so ", ["one", "  two", ""], "rest", ["so one\n  two"], "rest"],
    ["", ["/msg eve one", "two", ""], "", ["/msg eve one\ntwo"], ""],
    ["", ["", " ", ""], "", [], ""],
  ];
  for (const [before, lines, after, said, left] of table) {
    const found = pasted(before, lines, after);
    assertEquals([[...found.said], found.left], [said, left], before + lines.join("|"));
    assertEquals(found.reading, readCommand(before) === undefined ? "text" : "typed");
    if (lines.at(-1) !== "" && found.all.length > 0) assertEquals([...found.all], [...said, left]);
  }
});
