/// <reference lib="dom" />
/**
 * The page in Chromium, and small things over which people stumbled: the keys of a Mac, a phone without keys, what is typed while
 * a part of the page is loaded, and what the page asks the server on coming in.
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
