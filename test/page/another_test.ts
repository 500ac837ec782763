/// <reference lib="dom" />
/**
 * The page in Chromium, where somebody takes the nick of a guest who has left.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("who takes the nick of a guest who has left is shown as another, and has none of the guest's messages", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const bob = await browser.guest(room, "bob");
  await bob.says("said by the first bob");
  await olga.hasOnline("olga", "bob");
  await bob.says("/msg olga it is me");
  await olga.opens("bob");
  await olga.sees("it is me");
  await olga.says("I know");
  await bob.says("/quit");
  await bob.page.getByLabel("Your name").waitFor();

  const stranger = await browser.guest(room, "bob");
  await stranger.sees("said by the first bob");
  const theirs = stranger.line("said by the first bob");
  assertEquals(await theirs.evaluate((row) => row.classList.contains("mine")), false);
  await theirs.hover();
  await theirs.getByRole("button", { name: "More" }).click();
  await stranger.page.getByRole("menu").waitFor();
  assertEquals((await stranger.entries()).filter((entry) => /Remove|Edit/.test(entry)), []);
  await stranger.page.keyboard.press("Escape");

  // What she writes to the one who is gone comes back to her, and the stranger gets it only if she sends it again.
  await olga.says("the key is under the mat");
  await olga.page.getByText(/^Not sent: this is another bob than the one you talked with before/).waitFor();
  await olga.until("draft", "the key is under the mat", () => olga.field.inputValue());
  assertEquals(await stranger.line("under the mat").count(), 0);
  await olga.picture("another-not-sent");
  await olga.says("and who are you?");
  await olga.until("draft", "", () => olga.field.inputValue());
  await stranger.opens("olga");
  await stranger.sees("and who are you?");
  assertEquals(await stranger.line("under the mat").count(), 0);

  const told = "This is another bob than the one you talked with before.";
  await stranger.says("/msg olga it is me again");
  await olga.sees("it is me again");
  assertEquals(await olga.page.getByText(told, { exact: true }).count(), 1);
  await olga.picture("another");
  const rows = olga.log.getByRole("listitem").or(olga.log.getByRole("note"));
  const texts = (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  const at = (text: string) => texts.findIndex((row) => row.includes(text));
  const places = ["I know", told, "and who are you?", "it is me again"].map(at);
  assertEquals(places.toSorted((a, b) => a - b), places);
  // Loaded anew the page knows it from the history.
  await olga.page.reload();
  await olga.page.getByText(told, { exact: true }).waitFor();
});

test("a talk goes on with somebody who has taken another nick, also where the page is loaded anew", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const bob = await browser.guest(room, "bob");
  await bob.says("/msg olga it is me");
  await olga.opens("bob");
  await olga.sees("it is me");
  await olga.says("I know");
  await bob.says("/nick robert");
  await olga.hasOnline("olga", "robert");
  await bob.says("/msg olga with another nick");
  await olga.sees("with another nick");
  // And once more without a word.
  await bob.says("/nick rob");
  await olga.hasOnline("olga", "rob");
  await olga.page.reload();
  await olga.sees("with another nick");
  await olga.sees("it is me");
  // What the room keeps for those who join is not said where nobody joins.
  assertEquals(await olga.line("This room keeps what is said").count(), 0);
  const people = () => olga.page.locator("tea-talks").getByRole("listitem").allInnerTexts();
  await olga.until("talks", ["#lobby", "rob"], async () => (await people()).map((text) => text.replace(/^.\n/, "")));
  await olga.says("still you?");
  await bob.opens("olga");
  await bob.sees("still you?");
});

test("whoever takes the nick of somebody who has gone is told by that nick, also above what was said under another one", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const bob = await room.person("bob", { join: "#lobby" });
  const mallory = await room.person("mallory", { join: "#lobby" });
  await olga.hasOnline("olga", "bob", "mallory");
  await bob.send("PRIVMSG olga :it is me");
  await olga.opens("bob");
  await olga.sees("it is me");
  await bob.send("QUIT");
  await olga.hasOnline("olga", "mallory");
  await mallory.send("PRIVMSG olga :psst");
  await mallory.send("NICK bob");
  await olga.hasOnline("olga", "bob");
  await olga.sees("psst");
  const told = await olga.log.getByRole("note").allInnerTexts();
  assertEquals(told.map((text) => text.trim()), ["This is another bob than the one you talked with before."]);
});
