/// <reference lib="dom" />
/**
 * The page in Chromium: coming into channels, one that needs a key among them, leaving them for good, and writing from wherever
 * the focus is.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("a link to a channel with a key asks for the key, again where it is wrong, and leads to #lobby without it", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#茶室" });
  await alice.send("MODE #茶室 +k oolong");
  await alice.everything();
  const bob = await browser.stranger(room, { nick: "bob", channel: "茶室" });
  await bob.page.getByLabel("Your name").fill("bob");
  await bob.button("Join").click();
  const first = bob.page.getByRole("dialog", { name: "#茶室 can be joined with its password only." });
  await first.locator(".secret").fill("green");
  await bob.picture("key");
  await bob.page.keyboard.press("Enter");
  const second = bob.page.getByRole("dialog", { name: "This is not the password of #茶室." });
  await second.locator(".secret").fill("oolong");
  await bob.page.keyboard.press("Enter");
  await bob.isIn("#茶室");

  const carol = await browser.stranger(room, { nick: "carol", channel: "茶室" });
  await carol.page.getByLabel("Your name").fill("carol");
  await carol.button("Join").click();
  await carol.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await carol.isIn("#lobby");
  // And where somebody is in already, by the field for channels.
  await carol.page.getByRole("textbox", { name: "Join a channel" }).fill("茶室");
  await carol.page.keyboard.press("Enter");
  await carol.page.getByRole("dialog").locator(".secret").fill("oolong");
  await carol.page.keyboard.press("Enter");
  await carol.isIn("#茶室");
});

test("a channel that is left stays left when the page is loaded anew, and a private talk is shown in its place", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  await bob.hasOnline("alice", "bob");
  await bob.says("/msg alice psst");
  await bob.button("Close #lobby").click();
  await bob.isIn("alice");
  await alice.hasOnline("alice");
  assertEquals(new URL(bob.page.url()).hash, "");
  await bob.page.reload();
  await bob.isIn("alice");
  await bob.says("I have left the lobby");
  await alice.opens("bob");
  await alice.sees("I have left the lobby");
  assertEquals(await bob.talks.getByRole("button", { name: /^#lobby/ }).count(), 0);
});

test("what is typed goes into the field, though a message, a button or nothing has the focus", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.says("tea?");
  await alice.sees("tea?");
  await alice.line("tea?").click();
  await alice.page.keyboard.type("yes");
  await alice.until("field", "yes", () => alice.field.inputValue());
  // The arrow keys go on among the messages, and a space belongs to what has the focus.
  await alice.line("tea?").focus();
  await alice.page.keyboard.press("ArrowUp");
  await alice.page.keyboard.type("!");
  await alice.until("field", "yes!", () => alice.field.inputValue());
  await alice.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await alice.page.keyboard.type("yes");
  await alice.until("field", "yes!yes", () => alice.field.inputValue());
  // A dialog keeps its keys.
  await alice.button("Profile").click();
  await alice.page.getByRole("dialog").waitFor();
  await alice.page.keyboard.type("x");
  await alice.page.keyboard.press("Escape");
  assertEquals(await alice.field.inputValue(), "yes!yes");
});

test("a channel is made a private one, which nobody finds or enters who is not invited, and is opened again", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#cups" });
  const alice = await browser.guest(room, "alice");
  const channels = alice.page.getByRole("dialog", { name: "All channels" });
  const makes = async (name: string) => {
    await alice.button("All channels").click();
    await channels.getByLabel("Make a channel").fill(name);
    await channels.getByLabel("Private: only people who are invited").check();
    await alice.picture("private-channel");
    await channels.getByRole("button", { name: "Make" }).click();
    await alice.isIn(`#${name}`);
  };
  await makes("board");
  await alice.sees("alice made the channel private");
  await alice.talks.getByRole("button", { name: "#board private channel" }).waitFor();
  await alice.picture("private-made");
  await bob.send("JOIN #board");
  await bob.sees(/ 473 bob #board /);
  await bob.send("LIST #board");
  assertEquals((await bob.everything()).filter((line) => / 322 /.test(line)), []);

  await alice.page.getByRole("main").getByRole("button", { name: "#board", exact: true }).click();
  await alice.menu.getByRole("menuitem", { name: "Invite by a link" }).click();
  await alice.page.getByText("Only who is invited comes into #board, so a link opens it for nobody.").waitFor();
  assertEquals(await alice.page.getByRole("dialog").count(), 0);

  // Where others are already, nothing is changed.
  await makes("cups");
  await alice.page.getByText("#cups was there already. Only its operators can make it private.").waitFor();

  await alice.opens("#board");
  const changes = async (answer: string) => {
    await alice.page.getByRole("main").getByRole("button", { name: "#board", exact: true }).click();
    await alice.menu.getByRole("menuitem", { name: "Private…" }).click();
    await alice.page.getByRole("dialog").getByRole("button", { name: answer, exact: true }).click();
  };
  await changes("Open to everybody");
  await alice.sees("alice opened the channel to everybody");
  await alice.talks.getByRole("button", { name: "#board", exact: true }).waitFor();
  await bob.send("JOIN #board");
  await bob.sees(/ 366 bob #board /);
  await changes("Make private");
  await bob.sees(/ MODE #board \+is/);
});
