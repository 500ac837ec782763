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

test("on a phone what can be done with a message is shown until a finger goes elsewhere, or has done it", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", PHONE);
  for (const text of ["the kettle is on", "and the cups are here"]) {
    await alice.says(text);
    await alice.sees(text);
  }
  const { page } = alice;
  const kettle = alice.line("the kettle is on").locator("p");
  const bars = page.locator(".actions");
  const button = (name: string) => bars.getByRole("button", { name, exact: true });
  const shown = async (count: number) => {
    await alice.until("bars", count, () => bars.count());
  };
  await kettle.tap();
  await shown(1);
  // What is no message: the field, and what is empty.
  await alice.field.tap();
  await shown(0);
  await kettle.tap();
  await shown(1);
  await alice.log.tap({ position: { x: 20, y: 5 } });
  await shown(0);
  // Another message has it then.
  await kettle.tap();
  await alice.line("and the cups are here").locator("p").tap();
  await shown(1);
  await kettle.tap();
  await button("Reply").tap();
  await page.locator(".replying").waitFor();
  await shown(0);
  await kettle.tap();
  await button("React").tap();
  await page.locator(".emojis button").first().tap();
  await alice.line("the kettle is on").locator(".reactions").waitFor();
  await shown(0);
  await kettle.tap();
  await button("More").tap();
  await alice.menu.getByRole("menuitem", { name: "Copy text" }).tap();
  await alice.menu.waitFor({ state: "detached" });
  await shown(0);
  await kettle.tap();
  await button("More").tap();
  await alice.menu.waitFor();
  await page.touchscreen.tap(195, 40);
  await alice.menu.waitFor({ state: "detached" });
  await shown(0);
});

test("on a phone the buttons of a message have its quick reactions, and cover no message, nor the field", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice", PHONE);
  // More than the screen shows.
  const dave = await room.person("dave", { join: "#lobby" });
  await dave.send(...Array.from({ length: 40 }, (_, i) => `PRIVMSG #lobby :cup ${i + 1}`));
  await alice.sees("cup 40");
  const texts = ["cup 37", "cup 38", "cup 39", "cup 40"];
  for (const text of ["cup 38", "cup 39", "cup 40"]) {
    const line = alice.line(text);
    await line.locator("p").tap();
    const bar = line.locator(".actions");
    await alice.until("bars", [1, 1], () => Promise.all([bar.count(), alice.page.locator(".actions").count()]));
    const { y, height } = (await bar.boundingBox())!;
    for (const other of texts) {
      const box = (await alice.line(other).locator("p").boundingBox())!;
      assert(y >= box.y + box.height || y + height <= box.y, `${text}, ${other}: ${y}, ${JSON.stringify(box)}`);
    }
    assert(y + height <= (await alice.field.boundingBox())!.y, `${text}: below the field: ${y}`);
  }
  await alice.picture("phone-quick-reactions");
  await alice.line("cup 40").getByRole("button", { name: "👍", exact: true }).tap();
  await alice.line("cup 40").locator(".reactions").waitFor();
  await alice.until("bars", 0, () => alice.page.locator(".actions").count());
});

test("on a phone no single word of the login's greeting stands in a line of its own", async (browser) => {
  await using room = await openRoom();
  for (const locale of ["en-GB", "zh-CN"]) {
    const stranger = await browser.stranger(room, { ...PHONE, viewport: { width: 360, height: 740 }, locale });
    const lines = await stranger.page.locator(".login form > p").first().evaluate((paragraph) => {
      const range = document.createRange();
      range.selectNodeContents(paragraph);
      return [...range.getClientRects()].map(({ width }) => Math.round(width));
    });
    await stranger.picture(`phone-login-${locale}`);
    assert(Math.min(...lines) > Math.max(...lines) / 2, `${locale}: ${lines}`);
  }
});

test("on a phone the buttons of the header end where it ends, in a channel and in a private talk", async (browser) => {
  await using room = await openRoom();
  await room.person("bo", { join: "#lobby" });
  const alice = await browser.guest(room, "alice", PHONE);
  const header = alice.page.locator("header");
  const end = () =>
    header.getByRole("button", { name: /^Online\b/ }).evaluate((button) =>
      Math.round(button.getBoundingClientRect().right)
    );
  const inChannel = await end();
  await header.getByRole("button", { name: /^Online\b/ }).tap();
  await alice.page.getByRole("complementary").getByRole("button", { name: "bo", exact: true }).tap();
  await alice.isIn("bo");
  await header.getByRole("button", { name: "Call bo" }).waitFor();
  assertEquals(await end(), inChannel);
});

test("on a phone no finger leaves a channel or calls by mistake: the list has no button for it, and a call is asked for", async (browser) => {
  await using room = await openRoom();
  const caps = "message-tags batch teahouse.chat/call";
  const bob = await room.person("bob", { caps, join: "#lobby" });
  const alice = await browser.guest(room, "alice", PHONE);
  const header = alice.page.locator("header");
  await header.getByRole("button", { name: /^Talks\b/ }).tap();
  await alice.talks.getByRole("button", { name: /^#lobby/ }).waitFor();
  await alice.picture("phone-talks");
  assertEquals(await alice.button("Close #lobby").count(), 0);
  await alice.talks.getByRole("button", { name: /^#lobby/ }).tap();

  const start = header.getByRole("button", { name: "Start a call" });
  const question = alice.page.getByRole("dialog", { name: /^Start a call in #lobby\?/ });
  await start.tap();
  await alice.picture("phone-call-asked");
  await question.getByRole("button", { name: "Cancel" }).tap();
  await question.waitFor({ state: "detached" });
  await start.waitFor();
  await start.tap();
  await question.getByRole("button", { name: "Start a call" }).tap();
  await bob.sees(/ CALL .*#lobby/);
  await alice.button("Leave the call").tap();

  await header.getByRole("button", { name: "#lobby" }).tap();
  await alice.menu.getByRole("menuitem", { name: "Leave the channel" }).tap();
  await bob.sees(/^(@\S+ )?:alice!\S+ PART #lobby/);
});
