/// <reference lib="dom" />
/**
 * The page in Chromium, and what people expect of it who come from other chats: reactions at hand, reports that can be acted
 * on, and things that stand where they belong.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

/** How high the middle of an element stands in the window, in CSS pixels. */
async function middleOf(element: Locator): Promise<number> {
  const { y, height } = (await element.boundingBox())!;
  return y + height / 2;
}

test("an operator's badge stands beside the name: by its word where there is room, else by its shield", async (browser) => {
  await using room = await openRoom();
  for (const [nick, hasWord] of [["al", true], ["alexandra", false]] as const) {
    const guest = await browser.guest(room, nick, { channel: nick });
    const badge = guest.people.locator(".rank0");
    assertEquals(await badge.innerText(), "operator");
    assertEquals(await badge.getAttribute("title"), "operator");
    const name = await middleOf(guest.people.locator(".person bdi"));
    assertEquals(Math.abs(await middleOf(badge) - name) < 4, true, nick);
    const { width } = (await badge.boundingBox())!;
    assertEquals(width > 50, hasWord, `${nick}: ${width}`);
  }
});

test("what stands in the tray of files is in line", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const picture = Buffer.from(await Deno.readFile(new URL("../../docs/page-files.png", import.meta.url)));
  await alice.page.locator("tea-attach input[type=file]").setInputFiles([
    { name: "tea.png", mimeType: "image/png", buffer: picture },
  ]);
  const tray = alice.page.locator(".tray");
  const original = tray.getByText("Original", { exact: true });
  const middles = await Promise.all([tray.locator(".look"), original, tray.getByRole("button")].map(middleOf));
  assertEquals(middles.every((middle) => Math.abs(middle - middles[0]) < 2), true, middles.join());
  const [hint, look] = [await tray.locator(".hint").first().boundingBox(), await tray.locator("ul").boundingBox()];
  assertEquals(hint!.x, look!.x);
});
