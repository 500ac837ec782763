/// <reference lib="dom" />
/**
 * The page in Chromium: what is copied of a talk, and what is read out of it as it comes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

/** Selects from one text of the page to another, both whole, and gives what Ctrl-C puts into the clipboard. */
async function copies(guest: Guest, from: string, to: string, cut = 0): Promise<string[]> {
  await guest.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await guest.log.evaluate((log, [from, to, cut]) => {
    const texts = [...log.querySelectorAll("p, span, td, time")];
    const start = texts.find((one) => one.textContent.includes(from))!;
    const end = texts.findLast((one) => one.textContent.includes(to))!;
    const range = document.createRange();
    range.setStart(start.firstChild ?? start, 0);
    range.setEndAfter(end);
    if (cut > 0) {
      const walker = document.createTreeWalker(start, NodeFilter.SHOW_TEXT);
      range.setStart(walker.nextNode()!, cut);
    }
    getSelection()!.removeAllRanges();
    getSelection()!.addRange(range);
  }, [from, to, cut] as const);
  await guest.page.keyboard.press("Control+c");
  const text = await guest.page.evaluate(() => navigator.clipboard.readText());
  return text.split("\n").map((line) => line.replaceAll(/\b\d\d:\d\d\b/g, "12:00"));
}

test("lines are copied as time, nick and text, without what can be done with them", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: "message-tags echo-message", join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await alice.send("PRIVMSG #lobby :first line", "PRIVMSG #lobby :second :panda_tea: line");
  const msgid = /msgid=([^; ]+)/.exec(await alice.sees(/first line/))![1];
  await alice.send(`@+draft/react=🍵;+draft/reply=${msgid} TAGMSG #lobby`);
  await alice.send("PRIVMSG #lobby :\x01ACTION pours \x02tea\x02\x01", "TOPIC #lobby :all about tea");
  const carol = await room.person("carol", { caps: "message-tags", join: "#lobby" });
  await carol.send(`@+draft/reply=${msgid} PRIVMSG #lobby :an answer`, "PRIVMSG #lobby :the last line");
  await bob.sees("the last line");
  await bob.line("second").hover();
  assertEquals(await copies(bob, "first line", "the last line"), [
    "12:00 <alice> first line",
    "12:00 <alice> second :panda_tea: line",
    "12:00 * alice pours tea",
    "12:00 alice set the topic: all about tea",
    "12:00 carol joined",
    "12:00 <carol> an answer ↳ alice: first line",
    "12:00 <carol> the last line",
  ]);
  // Of one text what is selected; of several the first from where the selection begins.
  assertEquals(await copies(bob, "first line", "first line", 6), ["line"]);
  assertEquals(await copies(bob, "first line", "second", 6), [
    "12:00 <alice> line",
    "12:00 <alice> second :panda_tea: line",
  ]);
  // What is selected with all else of the page are the lines of the talk, with their date.
  await bob.log.focus();
  await bob.page.keyboard.press("Control+a");
  await bob.page.keyboard.press("Control+c");
  const all = (await bob.page.evaluate(() => navigator.clipboard.readText())).split("\n");
  assertEquals(
    all[0],
    new Date().toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  );
  assertEquals(all.at(-1)!.slice(6), "<carol> the last line");
});

test("answers to commands are copied as lines, too", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob");
  await bob.says("the kettle is on");
  await bob.sees("the kettle is on");
  await bob.says("/search kettle");
  await bob.line("Found 1").or(bob.line(/1 .*kettle/)).first().waitFor();
  await bob.says("/help reply");
  await bob.sees("answer the last line of the others");
  const lines = await copies(bob, "the kettle is on", "answer the last line");
  assertEquals(lines[0], "12:00 <bob> the kettle is on");
  assertEquals(lines.find((line) => line.endsWith("bob #lobby the kettle is on")), "12:00 bob #lobby the kettle is on");
  assertEquals(lines.at(-1)!.includes("/reply"), true, lines.at(-1));
});

test("a line that comes holds nothing but what is said; what can be done with it stands where the pointer or the focus is", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :hello");
  await bob.sees("hello");
  const line = bob.line("hello");
  const controls = () =>
    line.getByRole("button", { name: /Reply|React|More/ })
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  assertEquals(await controls(), []);
  assertEquals((await line.innerText()).replaceAll(/\s+/g, " ").replace(/\d\d:\d\d/, "12:00"), "A alice 12:00 hello");
  await line.hover();
  await bob.until("controls", ["Reply", "React", "More"], controls);
  assertEquals(await line.locator(".actions").getAttribute("aria-live"), "off");
  await bob.field.hover();
  await bob.until("controls", [], controls);
  await bob.log.focus();
  await bob.page.keyboard.press("ArrowUp");
  await bob.until("controls", ["Reply", "React", "More"], controls);
  await bob.page.keyboard.press("Escape");
  await bob.until("controls", [], controls);
});
