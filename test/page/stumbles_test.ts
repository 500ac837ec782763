/// <reference lib="dom" />
/**
 * The page in Chromium, and small things over which people stumbled: the keys of a Mac, a phone without keys, what is typed while
 * a part of the page is loaded, what the page asks the server on coming in, and which reactions are one's own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("on a Mac the keys are told with Command, and Command presses them", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.stranger(room, { nick: "alice" });
  await alice.context.addInitScript(() => Object.defineProperty(navigator, "platform", { get: () => "MacIntel" }));
  await alice.page.reload();
  await alice.joins();
  const find = alice.button("Search");
  assertEquals(await find.getAttribute("title"), "Search (⇧⌘F)");
  assertEquals(await find.getAttribute("aria-keyshortcuts"), "Meta+Shift+F");
  assertEquals(await alice.button("Settings").getAttribute("title"), "Settings (⌘,)");
  await alice.page.keyboard.press("Meta+,");
  await alice.settings.getByRole("tab", { name: "Keys", exact: true }).click();
  await alice.settings.getByText("⌘K", { exact: true }).waitFor();
  assertEquals(await alice.settings.getByText("Ctrl").count(), 0);
  await alice.closesSettings();
  await alice.page.keyboard.press("Meta+k");
  await alice.page.getByRole("combobox").waitFor();
  await alice.page.keyboard.press("Escape");
  await alice.page.keyboard.press("Meta+Shift+F");
  await alice.page.getByRole("search").waitFor();

  const bob = await browser.guest(room, "bob");
  assertEquals(await bob.button("Search").getAttribute("title"), "Search (Ctrl+Shift+F)");
  await bob.page.keyboard.press("Control+,");
  await bob.settings.getByRole("tab", { name: "Keys", exact: true }).waitFor();
});

test("under a finger alone the settings say nothing of keys", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
  });
  await alice.page.getByRole("button", { name: /^Talks\b/ }).tap();
  await alice.talks.getByRole("button", { name: "Settings", exact: true }).tap();
  await alice.settings.getByRole("tab", { name: "Sound", exact: true }).waitFor();
  assertEquals(await alice.settings.getByRole("tab", { name: "Keys", exact: true }).count(), 0);
});

test("what is typed right behind the first click on Search is in its field", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  // The panel comes once all is typed.
  const { promise: typed, resolve } = Promise.withResolvers<void>();
  await alice.page.route(/\/search[^/]*\.js/, async (route) => {
    await typed;
    await route.continue();
  });
  await alice.button("Search").click();
  await alice.page.keyboard.type("green  ");
  await alice.page.keyboard.press("Backspace");
  await alice.page.keyboard.type("tea");
  resolve();
  const field = alice.page.getByRole("search").getByRole("searchbox");
  await alice.until("words", "green tea", () => field.inputValue());
  await alice.page.keyboard.type(" at four");
  assertEquals(await field.inputValue(), "green tea at four");
  assertEquals(await alice.field.inputValue(), "");
});

test("what was looked for stands in the panel again, also after Escape, and gives way to what is typed", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const field = alice.page.getByRole("search").getByRole("searchbox");
  const from = alice.page.getByRole("search").getByLabel("From", { exact: true });
  await alice.button("Search").click();
  await field.fill("green tea");
  await alice.page.getByText("Who, where, when").click();
  await from.fill("bob");
  await alice.page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  await alice.button("Search").click();
  await alice.until("words", "green tea", () => field.inputValue());
  assertEquals(await from.inputValue(), "bob");
  await alice.page.keyboard.type("milk");
  assertEquals(await field.inputValue(), "milk");
});

test("where a channel is joined stays where it is, however many talks there are", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave");
  const place = async () => (await alice.talks.getByRole("button", { name: "All channels" }).boundingBox())!.y;
  const before = await place();
  await dave.send("PRIVMSG alice :psst");
  await alice.talks.getByRole("button", { name: /^dave/ }).waitFor();
  assertEquals(await place(), before);
});

test("on a phone what can be done with a message covers nothing of it; with a removed one there is nothing to be done", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
  });
  const caps = "echo-message message-tags draft/message-redaction";
  const dave = await room.person("dave", { join: "#lobby", caps });
  const ids = [];
  for (
    const text of ["first", "a long message that goes on to the very end of what a narrow window can show", "last"]
  ) {
    await dave.send(`PRIVMSG #lobby :${text}`);
    ids.push(/msgid=(\w+)/.exec(await dave.sees(new RegExp(`:${text}$`)))![1]);
  }
  const line = alice.line("a long message");
  await line.tap();
  const bar = (await line.locator(".actions").boundingBox())!;
  const text = (await line.locator("p").boundingBox())!;
  await alice.picture("phone-actions");
  assertEquals(bar.y >= text.y + text.height, true, JSON.stringify({ bar, text }));
  await dave.send(`REDACT #lobby ${ids[1]}`);
  const removed = alice.line("Message removed by dave");
  await removed.waitFor();
  assertEquals(await removed.evaluate((row) => getComputedStyle(row).backgroundColor), "rgba(0, 0, 0, 0)");
});

test("on coming in the page asks once for what was said last", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#lobby" });
  await dave.send("PRIVMSG #lobby :the kettle is on");
  await dave.everything();
  const alice = await browser.guest(room, "alice");
  await alice.sees("the kettle is on");
  // What was asked behind it would have been sent before this.
  await alice.says("good");
  await alice.sees("good");
  const asked = alice.sent.filter((line) => /CHATHISTORY (?:LATEST|BEFORE) #lobby/.test(line));
  assertEquals(asked.length, 1, asked.join());
});

test("a reaction is one's own after another nick and a reload: a click takes it back", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby", caps: "message-tags echo-message" });
  const alice = await browser.guest(room, "alice");
  await bob.send("PRIVMSG #lobby :tea?");
  const msgid = /msgid=([^; ]+)/.exec(await bob.sees(/:tea\?$/))![1];
  await bob.send(`@+draft/react=🍵;+draft/reply=${msgid} TAGMSG #lobby`);
  const reaction = (who: string, isPressed: boolean) =>
    alice.line("tea?").getByRole("button", { name: who, pressed: isPressed }).waitFor();
  await reaction("🍵 1 bob", false);
  await alice.line("tea?").getByRole("button", { name: "🍵 1 bob" }).click();
  await reaction("🍵 2 bob, alice", true);
  await alice.says("/nick alicia");
  await alice.hasOnline("bob", "alicia");
  await reaction("🍵 2 bob, alicia", true);
  await alice.page.reload();
  await alice.sees("tea?");
  await reaction("🍵 2 bob, alicia", true);
  await alice.picture("own-reaction");
  await bob.everything();
  await alice.line("tea?").getByRole("button", { name: "🍵 2 bob, alicia" }).click();
  await bob.sees(/\+draft\/unreact=🍵.* TAGMSG #lobby$/);
  await reaction("🍵 1 bob", false);
});

test("what the room itself says has no server's name before it, in both languages", async (browser) => {
  await using room = await openRoom();
  for (const [nick, locale, said] of [["alice", "en-GB", "This room keeps"], ["mei", "zh-CN", "聊天室会保存消息"]]) {
    const guest = await browser.stranger(room, { nick, locale });
    await guest.inChinese(nick === "mei").joins();
    await guest.log.getByText(new RegExp(`^${said}`)).waitFor();
    assertEquals(await guest.log.getByText("Teahouse.local").count(), 0);
  }
});
