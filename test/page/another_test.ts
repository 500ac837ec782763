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

  const told = "This is another bob than the one you talked with before.";
  assertEquals(await olga.page.getByText(told).count(), 0);
  await stranger.says("/msg olga it is me again");
  await olga.page.getByText(told).waitFor();
  await olga.picture("another");
  const rows = olga.log.getByRole("listitem").or(olga.log.getByRole("note"));
  const texts = (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  const at = (text: string) => texts.findIndex((row) => row.includes(text));
  assertEquals([at("I know") < at(told), at(told) < at("it is me again")], [true, true]);
  // Loaded anew the page knows it from the history.
  await olga.page.reload();
  await olga.page.getByText(told).waitFor();
});
