/// <reference lib="dom" />
/**
 * The page in Chromium, as people edit what they have said: with arrow-up, from the menu, by /edit; what others see of it, and what
 * becomes of a text that can't be said.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

/** Waits until the field holds a text. */
async function holds(person: Guest, text: string): Promise<void> {
  await person.until("field", text, () => person.field.inputValue());
}

/** Waits until these messages of the talk are marked as edited just now. */
async function marks(person: Guest, ...texts: string[]): Promise<void> {
  const marked = person.log.locator(".editing").getByRole("paragraph");
  await person.until("marked lines", texts, () => marked.allInnerTexts());
}

const CAPS = "message-tags echo-message draft/message-edit";

test("arrow-up in an empty field edits the last own message; Escape, and an unchanged text, send nothing", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const eve = await room.person("eve", { join: "#lobby" });
  // Where nothing was said, there is nothing to bring back either.
  await alice.field.press("ArrowUp");
  await holds(alice, "");
  await alice.says("first");
  await alice.says("tea at fuor");
  await dave.sees(/ PRIVMSG #lobby :tea at fuor$/);
  await eve.sees(/ PRIVMSG #lobby :tea at fuor$/);
  await alice.sees("tea at fuor");
  await alice.field.press("ArrowUp");
  await holds(alice, "tea at fuor");
  await alice.page.getByText("Editing your message").waitFor();
  await marks(alice, "tea at fuor");
  assertEquals(await alice.barriers(), []);
  await alice.picture("edit");
  // It goes on as text, and to no older one.
  await alice.field.press("ArrowUp");
  await holds(alice, "tea at fuor");
  await alice.field.press("End");
  await alice.field.pressSequentially("!");
  await alice.field.press("Escape");
  await holds(alice, "");
  await alice.page.getByText("Editing your message").waitFor({ state: "detached" });
  await marks(alice);
  await alice.field.press("ArrowUp");
  await holds(alice, "tea at fuor");
  await alice.field.press("Enter");
  await holds(alice, "");
  await alice.field.press("ArrowUp");
  await alice.field.fill("tea at four");
  await alice.field.press("Enter");
  // What comes next at dave's is the change: nothing was sent before it.
  const line = await dave.sees(/ PRIVMSG #lobby /);
  assertEquals(/;\+draft\/edit=\w+;?.* PRIVMSG #lobby :tea at four$/.test(line), true, line);
  assertEquals((await eve.sees(/ PRIVMSG #lobby /)).replace(/^:\S+ /, ""), "PRIVMSG #lobby :* tea at four");
  await alice.reads("first", "tea at four");
  await alice.line("tea at four").getByRole("button", { name: "edited" }).waitFor();
  assertEquals(await alice.line("tea at four").count(), 1);
  // A draft is no empty field: arrow-up brings back there, and the draft is not lost.
  await alice.says("again");
  await alice.sees("again");
  await alice.field.fill("half");
  await alice.field.press("Home");
  await alice.field.press("ArrowUp");
  await holds(alice, "again");
  await alice.page.getByText("Editing your message").waitFor({ state: "detached" });
});

test("editing leaves the draft alone, in another talk and when the page is loaded anew", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await alice.says("mine");
  await dave.sees(/ PRIVMSG #lobby :mine$/);
  await alice.sees("mine");
  await alice.field.fill("half a line");
  await (await alice.menuAt("mine")).getByRole("menuitem", { name: "Edit" }).click();
  await holds(alice, "mine");
  await alice.until("focus", "line", () => alice.page.evaluate(() => document.activeElement?.id ?? ""));
  await alice.field.fill("mine, changed");
  await alice.says("/to dave");
  // That was the text of the message, as anything that is written while it is edited.
  await dave.sees(/ PRIVMSG #lobby :\/to dave$/);
  await holds(alice, "half a line");
  await (await alice.menuAt("/to dave")).getByRole("menuitem", { name: "Edit" }).click();
  await holds(alice, "/to dave");
  await alice.field.fill("changed again");
  await dave.send("PRIVMSG alice :psst");
  await alice.opens("dave");
  await holds(alice, "");
  await marks(alice);
  await alice.opens("#lobby");
  await holds(alice, "changed again");
  await alice.line("/to dave").and(alice.log.locator(".editing")).waitFor();
  await alice.page.reload();
  await alice.isIn("#lobby");
  await holds(alice, "half a line");
});

test("a message that meanwhile can't be edited: the text is kept, and the page says why", async (browser) => {
  await using room = await openRoom();
  const op = await room.person("op", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("mine");
  const id = /msgid=(\w+)/.exec(await op.sees(/ PRIVMSG #lobby :mine$/))![1];
  await alice.sees("mine");
  await alice.field.press("ArrowUp");
  await holds(alice, "mine");
  await alice.field.fill("mine, changed");
  await op.send("CAP REQ draft/message-redaction", `REDACT #lobby ${id}`);
  await alice.sees("Message removed by op");
  await alice.field.press("Enter");
  await alice.sees("You can edit your own messages only, where you said them.");
  await holds(alice, "mine, changed");
  await alice.page.getByText("Editing your message").waitFor();
  await alice.field.press("Escape");
  await holds(alice, "");
  // What the server refuses comes back as well: here it knows what the page does not.
  await alice.says("another");
  await alice.sees("another");
  for (let i = 1; i <= 11; i++) {
    await alice.field.press("ArrowUp");
    await alice.field.fill(`another ${i}`);
    await alice.field.press("Enter");
    if (i < 11) await alice.sees(new RegExp(`another ${i}(?!\\d)`));
  }
  await alice.sees("A message can be edited 10 times");
  await holds(alice, "another 11");
  assertEquals(await alice.line(/another \d/).count(), 1);
});

test("a removed message says so to whoever opens the page later, at its place, and nothing finds what it said", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  for (const text of ["before", "my secret", "after"]) await alice.says(text);
  await (await alice.menuAt("my secret")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  await alice.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await alice.sees("Message removed by alice");
  const bob = await browser.guest(room, "bob");
  for (const person of [alice, bob]) {
    await person.sees("Message removed by alice");
    const shown = await person.page.getByRole("log").innerText();
    assertEquals(
      /before[^]*Message removed by alice[^]*after/.test(shown) && !shown.includes("my secret"),
      true,
      shown,
    );
    await person.page.reload();
  }
  await bob.sees("Message removed by alice");
  await bob.picture("removed");
});

test("a message of several lines is edited, and what messages said before is shown on request", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  await alice.field.fill("so:");
  await alice.field.press("Shift+Enter");
  await alice.field.pressSequentially("one");
  await alice.field.press("Enter");
  await bob.sees("one");
  await alice.sees("one");
  await alice.field.press("ArrowUp");
  await holds(alice, "so:\none");
  await alice.field.press("End");
  await alice.field.press("Shift+Enter");
  await alice.field.pressSequentially("two");
  await alice.field.press("Enter");
  await bob.reads("so:\none\ntwo");
  await bob.line("two").getByRole("button", { name: "edited" }).click();
  const dialog = bob.page.getByRole("dialog", { name: "What it said before" });
  await bob.until("texts", ["so:\none", "so:\none\ntwo"], () => dialog.locator("pre").allInnerTexts());
  assertEquals(await bob.barriers(), []);
  await bob.picture("earlier");
  await bob.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // Whoever comes later is told as well, and finds it by the keyboard.
  const carol = await browser.guest(room, "carol");
  await carol.sees("two");
  await (await carol.menuAt("two")).getByRole("menuitem", { name: "What it said before" }).click();
  await carol.page.getByRole("dialog", { name: "What it said before" }).getByText("so:").first().waitFor();
});

test("/edit changes the last message, or brings its text; others' messages offer no such thing", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  await alice.says("tea at fuor");
  await alice.sees("tea at fuor");
  await alice.says("/edit tea at four");
  await bob.reads("tea at four");
  await alice.says("/edit");
  await holds(alice, "tea at four");
  await alice.field.press("Escape");
  await bob.menuAt("tea at four");
  assertEquals((await bob.entries()).includes("Edit"), false);
  await bob.page.keyboard.press("Escape");
  await alice.says("/me drinks");
  await bob.sees("drinks");
  await alice.sees("drinks");
  await alice.field.press("ArrowUp");
  await holds(alice, "drinks");
  await alice.field.fill("sleeps");
  await alice.field.press("Enter");
  await bob.sees("alice sleeps");
});

test("the words of editing are Chinese on a Chinese page", async (browser) => {
  await using room = await openRoom();
  const alice = (await browser.stranger(room, { nick: "alice", locale: "zh-CN" })).inChinese();
  await alice.joins();
  await alice.says("四点喝茶");
  await alice.sees("四点喝茶");
  await alice.field.press("ArrowUp");
  await alice.page.getByText("正在编辑您的消息").waitFor();
  await alice.field.fill("五点喝茶");
  await alice.field.press("Enter");
  await alice.line("五点喝茶").getByRole("button", { name: "已编辑" }).click();
  await alice.page.getByRole("dialog", { name: "以前的内容" }).getByText("四点喝茶").waitFor();
});

test("arrow-up means no earlier message while the last one is not at the server yet", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.stranger(room, { nick: "alice" });
  let release = () => {};
  await alice.page.routeWebSocket(/\/irc\?/, (page) => {
    const server = page.connectToServer();
    page.onMessage((message) => {
      if (!String(message).includes("slow")) return server.send(message);
      release = () => server.send(message);
    });
  });
  await alice.joins();
  await alice.isIn("#lobby");
  await alice.says("quick");
  await alice.sees("quick");
  await alice.says("slow");
  await alice.waiting("slow").waitFor();
  await alice.field.press("ArrowUp");
  await holds(alice, "");
  assertEquals(await alice.page.getByText("Editing your message").count(), 0);
  release();
  await alice.sees("slow");
  await alice.field.press("ArrowUp");
  await holds(alice, "slow");
});
