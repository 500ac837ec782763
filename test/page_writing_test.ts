/// <reference lib="dom" />
/**
 * The page in Chromium, where people write: what they undo, what comes back to them, and what is never lost.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Guest, pageTest as test } from "./browser.ts";
import { openRoom } from "./room.ts";

/** Waits until this stands in the field. */
function holds(guest: Guest, text: string): Promise<void> {
  return guest.until("field", text, () => guest.field.inputValue());
}

test("what is completed, chosen, recalled or pasted can be undone, and what was undone comes back", async (browser) => {
  await using room = await openRoom();
  await room.person("jasmine", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.page.getByRole("complementary").getByText("jasmine").waitFor();
  const { keyboard } = alice.page;
  await alice.says("the first line");
  await keyboard.type("thanks ja");
  await keyboard.press("Tab");
  await holds(alice, "thanks jasmine ");
  await keyboard.press("Control+z");
  await holds(alice, "thanks ja");
  await keyboard.press("Control+Shift+z");
  await holds(alice, "thanks jasmine ");

  // What was there before up-arrow brought a line back is there again.
  await keyboard.press("ArrowUp");
  await holds(alice, "the first line");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine ");

  // A suggestion, by Enter, and by the mouse; a code of two units beside another that shares one of them.
  await keyboard.press("End");
  await keyboard.type("😄 :smil");
  await keyboard.press("Enter");
  await holds(alice, "thanks jasmine 😄 :smile:");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");
  await alice.page.getByRole("option").first().dispatchEvent("mousedown");
  await holds(alice, "thanks jasmine 😄 :smile:");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");

  await alice.button("Emoji").click();
  await alice.page.getByRole("searchbox").fill("teacup");
  await alice.page.getByRole("dialog").getByRole("button", { name: "teacup without handle" }).click();
  await holds(alice, "thanks jasmine 😄 :smil🍵 ");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");

  await alice.pastes(" one\ntwo");
  await alice.page.getByRole("dialog").getByRole("button", { name: "Put them where I write" }).click();
  await holds(alice, "thanks jasmine 😄 :smil one\ntwo");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");
});

test("undoing in one talk brings back nothing of another", async (browser) => {
  await using room = await openRoom();
  await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("/to dave");
  await alice.isIn("dave");
  await alice.says("between us");
  await alice.opens("#lobby");
  await alice.page.keyboard.press("Control+z");
  await alice.page.keyboard.type("hello");
  await holds(alice, "hello");
  assertEquals(await alice.field.evaluate((field) => document.activeElement === field), true);
});
