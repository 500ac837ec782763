/// <reference lib="dom" />
/** The page in Chromium on a phone: what is above what, and what goes away when a finger goes elsewhere. */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Whether nothing stands over the middle of an element. */
const isOnTop = (element: Locator) =>
  element.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });

/** The buttons to which Tab comes first. */
async function firstStops({ page }: Guest, count: number): Promise<string[]> {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  const stops = [];
  for (let i = 0; i < count; i++) {
    await page.keyboard.press("Tab");
    stops.push(await page.evaluate(() => (document.activeElement as HTMLElement).innerText));
  }
  return stops;
}

test("on a phone a call that rings stands above the list or panel that is open, and a keyboard comes to it", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", PHONE);
  const bob = await room.person("bob", { caps: "message-tags batch teahouse.chat/call", join: "#lobby" });
  const ringing = alice.page.getByRole("region", { name: "bob calls you" });
  const decline = ringing.getByRole("button", { name: "Decline" });
  const opens: [string, string | RegExp][] = [["talks", /^Talks\b/], ["people", /^Online\b/], ["search", "Search"]];
  for (const [place, button] of opens) {
    await alice.page.locator("header").getByRole("button", { name: button }).tap();
    await alice.page.locator({ talks: "nav:not([hidden])", people: "aside:not([hidden])" }[place] ?? "tea-search")
      .waitFor();
    await bob.send("CALL JOIN alice :audio");
    await ringing.waitFor();
    await alice.picture(`phone-rings-${place}`);
    for (const name of ["Accept", "Decline"]) {
      assert(await isOnTop(ringing.getByRole("button", { name })), `${name} over ${place}`);
    }
    assertEquals(await firstStops(alice, 2), ["Accept", "Decline"]);
    assertEquals(await alice.barriers(), []);
    if (place === "search") break;
    await decline.tap();
    await ringing.waitFor({ state: "detached" });
    await alice.page.keyboard.press("Escape");
    await bob.everything();
  }
  // Whoever takes it sees the talk.
  await ringing.getByRole("button", { name: "Accept" }).tap();
  await alice.isIn("bob");
  await alice.page.locator("tea-search").waitFor({ state: "detached" });
});
