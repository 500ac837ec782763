/// <reference lib="dom" />
/**
 * What is written and not sent, in Chromium: it is there in a tab that is opened another day, alike in all tabs, and nobody else's.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

/** What the switch of the settings says by which a person stays signed in. */
const STAYS = "Stay signed in: next time come in as who you are, without being asked";

/** The drafts that a browser keeps, as text. */
function kept({ page }: Guest): Promise<string> {
  return page.evaluate(() =>
    Object.entries(localStorage).filter(([key]) => key.startsWith("teahouse.drafts")).map(([, text]) => text).join()
  );
}

/** Waits until the field holds a text. */
async function holds(guest: Guest, text: string): Promise<void> {
  await guest.until("field", text, () => guest.field.inputValue());
}

test("what is half written is there in a tab that is opened later, and a talk with a draft has a pencil in the list", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await room.person("bob", { join: "#lobby" });
  await alice.says("/join #tea");
  await alice.isIn("#tea");
  await bob.send("PRIVMSG alice :between us");
  await alice.opens("bob");
  await alice.sees("between us");
  await alice.field.fill("I think that");
  await alice.opens("#lobby");
  await alice.field.fill("half a line\nand more");
  const draft = (name: string) => alice.talks.getByRole("button", { name, exact: true });
  await draft("bob draft").waitFor();
  // The talk that is shown has its draft in the field.
  await draft("#lobby").waitFor();
  await alice.opens("#tea");
  await draft("#lobby draft").waitFor();
  assertEquals(await alice.talks.locator(".drafted .icon").count(), 2);
  assertEquals(await alice.barriers(), []);
  await alice.picture("drafts");
  // A command, which may hold a password, is not kept.
  await alice.field.fill("/oper alice secret");
  await alice.page.close();

  const next = await browser.tab(alice, await room.page());
  await next.isIn("#lobby");
  await holds(next, "half a line\nand more");
  // Up to where alice has read may not have come to the server before her tab was closed.
  await next.talks.getByRole("button", { name: /^bob (?:1 unread, )?draft$/ }).waitFor();
  await next.opens("#tea");
  await holds(next, "");
  await next.opens("bob");
  await holds(next, "I think that");
  assertEquals((await kept(next)).includes("secret"), false);
  await next.field.press("Enter");
  await bob.sees(/PRIVMSG bob :I think that$/);
  await next.until("draft for bob", false, async () => (await kept(next)).includes("I think that"));
  await next.opens("#lobby");
  await next.page.reload();
  await holds(next, "half a line\nand more");
});

test("two tabs show the same draft, and what is sent in one leaves the other", async (browser) => {
  await using room = await openRoom();
  const one = await browser.guest(room, "alice");
  const other = await browser.tab(one);
  await other.isIn("#lobby");
  await one.field.fill("from one");
  await holds(other, "from one");
  await other.field.fill("from one, and the other");
  await holds(one, "from one, and the other");
  // What another tab writes does not come into a dialog that covers the field.
  const dialog = await one.opensSettings("Account and devices");
  await dialog.getByLabel("Status").focus();
  await other.field.fill("behind the settings");
  await holds(one, "behind the settings");
  assertEquals(await dialog.getByLabel("Status").inputValue(), "");
  await one.closesSettings();
  await other.field.press("Enter");
  await other.sees("behind the settings");
  await holds(one, "");
  await one.sees("behind the settings");
});

test("what is chosen in one tab holds in the others, and who no longer stays signed in has no draft kept by any", async (browser) => {
  await using room = await openRoom();
  const one = await browser.guest(room, "alice");
  const other = await browser.tab(one);
  await other.isIn("#lobby");
  await other.field.fill("half a line");
  await holds(one, "half a line");
  const looks = ({ page }: Guest) =>
    page.evaluate(() => [document.documentElement.dataset.theme, document.documentElement.dataset.density]);
  await one.sets("Appearance", "radio", "Dark");
  await other.until("looks", ["dark", "comfortable"], () => looks(other));
  await other.sets("Appearance", "radio", "Compact");
  await one.until("looks", ["dark", "compact"], () => looks(one));
  await one.page.reload();
  await one.isIn("#lobby");
  assertEquals(await looks(one), ["dark", "compact"]);

  await one.sets("Account and devices", "switch", STAYS);
  await other.opensSettings("Account and devices");
  assertEquals(await other.settings.getByRole("switch", { name: STAYS }).isChecked(), false);
  await other.closesSettings();
  await other.field.fill("half a line, and more");
  await other.opens("#lobby");
  assertEquals(await kept(other), "");
  await holds(other, "half a line, and more");
});

test("a draft is gone with who leaves or no longer stays signed in, and is kept for nobody who does not", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.field.fill("half a line");
  await alice.until("kept draft", true, async () => (await kept(alice)).includes("half a line"));
  await alice.sets(
    "Account and devices",
    "switch",
    STAYS,
  );
  assertEquals(await kept(alice), "");
  await alice.field.fill("half a line, and more");
  await alice.opensSettings("Account and devices");
  assertEquals(await kept(alice), "");
  await alice.settings.getByRole("switch", { name: /^Stay signed in/ }).click();
  await alice.closesSettings();
  await alice.until("kept draft", true, async () => (await kept(alice)).includes("half a line, and more"));
  await alice.button("Leave").click();
  await alice.page.getByLabel("Your name").waitFor();
  assertEquals(await kept(alice), "");
  await alice.joins("mallory");
  await holds(alice, "");
});
