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

test("a message offers the reactions that its reader chose last, and the picker opens beside it", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", { viewport: { width: 1280, height: 1000 } });
  const dave = await room.person("dave", { caps: "message-tags echo-message", join: "#lobby" });
  for (let i = 0; i < 20; i++) await dave.send(`PRIVMSG #lobby :cup ${i}`);
  await dave.send(
    "PRIVMSG #lobby :tea at four?",
    ...["who", "brings", "cake", "and", "plates"].map((word) => `PRIVMSG #lobby :${word}`),
  );
  await alice.sees("plates");
  const line = alice.line("tea at four?");
  const bar = line.locator(".actions");
  const offered = async () => {
    await line.hover();
    return (await bar.getByRole("button").allInnerTexts()).filter((text) => text !== "");
  };
  assertEquals(await offered(), ["👍", "❤️", "😂"]);
  await bar.getByRole("button", { name: "❤️", exact: true }).click();
  await line.getByRole("button", { name: "❤️ 1 alice" }).waitFor();
  await dave.sees(/\+draft\/react=❤️.* TAGMSG #lobby$/);

  const react = bar.getByRole("button", { name: "React", exact: true });
  await line.hover();
  const at = (await react.boundingBox())!;
  await react.click();
  const picker = alice.page.getByRole("dialog", { name: "React to dave" });
  const party = picker.getByRole("button", { name: "party popper" }).first();
  await party.waitFor();
  const box = (await picker.boundingBox())!;
  const gaps = [box.y - (at.y + at.height), at.y - (box.y + box.height)];
  assertEquals(gaps.some((gap) => Math.abs(gap) < 2), true, JSON.stringify({ at, box }));
  assertEquals(box.x <= at.x + 1 && box.x + box.width > at.x, true, JSON.stringify({ at, box }));
  await alice.picture("react-beside");
  // A press elsewhere closes it, and reacts to nothing.
  await alice.page.mouse.click(at.x - 200, 300);
  await picker.waitFor({ state: "detached" });
  await line.hover();
  await react.click();
  await party.click();
  await line.getByRole("button", { name: "🎉 1 alice" }).waitFor();
  assertEquals(await offered(), ["👍", "❤️", "🎉"]);
  await alice.page.reload();
  await alice.sees("tea at four?");
  assertEquals(await offered(), ["👍", "❤️", "🎉"]);
  // The menu has the same, which takes a reaction back as the line does.
  await (await alice.menuAt("tea at four?")).getByRole("menuitem", { name: "🎉" }).click();
  await line.getByRole("button", { name: "🎉 1 alice" }).waitFor({ state: "detached" });
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
  await original.waitFor();
  // All at once: a hint that comes meanwhile moves the whole tray.
  const middles = await tray.getByRole("listitem").evaluate((row) =>
    [...row.querySelectorAll(".look, .original, button")].map((element) => {
      const { top, height } = element.getBoundingClientRect();
      return top + height / 2;
    })
  );
  assertEquals(middles.length, 3);
  assertEquals(middles.every((middle) => Math.abs(middle - middles[0]) < 2), true, middles.join());
  const [hint, look] = [await tray.locator(".hint").first().boundingBox(), await tray.locator("ul").boundingBox()];
  assertEquals(hint!.x, look!.x);
});
