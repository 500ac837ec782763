/// <reference lib="dom" />
/**
 * The page in Chromium shows by which address others come in, and to which channels others invite a person.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("a button shows the address that brings others in, and its QR code; the server knows it where the page is local", async (browser) => {
  await using room = await openRoom(["--host", "0.0.0.0"]);
  const { port } = new URL(await room.page());
  const alice = await browser.guest(room, "alice", { channel: "tea" });
  await alice.button(/Invite others$/).click();
  const dialog = alice.page.getByRole("dialog", { name: "Invite others" });
  await dialog.waitFor();
  const address = await dialog.getByRole("textbox").inputValue();
  assertMatch(address, new RegExp(`^http://[\\d.]+:${port}/#tea$`));
  assertEquals(/localhost|127\.0\.0\.1/.test(address), false);
  await dialog.getByRole("img", { name: address }).waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("invitation");
  await dialog.getByRole("button", { name: "Close" }).click();
  // Whoever opens it comes into the same channel.
  const { host } = new URL(address);
  const page = await (await fetch(`http://${host}/`)).text();
  assertMatch(page, /<tea-house>/);
});

test("where others have no address, the dialog says how they get one", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", { viewport: { width: 390, height: 844 } });
  const dialog = alice.page.getByRole("dialog", { name: "Invite others" });
  await alice.button(/^Talks/).click();
  await alice.button(/Invite others$/).click();
  await dialog.getByText("Only people on the server's own machine can come in").waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("invitation-none");
  await alice.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assertEquals(await alice.log.getByText("Only people").count(), 0);
});

test("what is told in passing stands in a column beside the field and the call's bar, and goes by itself or by a click", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#garden,#kitchen,#cellar,#attic" });
  const bob = await browser.guest(room, "bob");
  const { page } = bob;
  await bob.button("Start a call").click();
  await page.getByRole("timer").waitFor();
  const invites = (channel: string) => page.locator("[role=status]").filter({ hasText: `invites you to ${channel}` });
  const channels = ["#garden", "#kitchen", "#cellar", "#attic"];
  const box = async (found: Locator) => (await found.boundingBox())!;
  for (const size of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    await alice.send(...channels.map((channel) => `INVITE bob ${channel}`));
    await invites("#attic").waitFor();
    // The oldest has made room.
    assertEquals(await invites("#garden").count(), 0);
    await bob.picture(`toasts-${size.width}`);
    const shown = await Promise.all(channels.slice(1).map((channel) => box(invites(channel))));
    const bar = await box(page.locator(".call-bar"));
    const form = await box(page.getByRole("form", { name: "Write" }));
    const edges = [bar.y + bar.height, ...shown.flatMap(({ y, height }) => [y, y + height]), form.y];
    assertEquals(edges, edges.toSorted((a, b) => a - b));
    assertEquals(shown.every(({ x, width }) => x >= 0 && x + width <= size.width), true);
    await invites("#kitchen").click();
    assertEquals(await invites("#kitchen").count(), 0);
    assertEquals(await invites("#cellar").count(), 1);
    await invites("#attic").waitFor({ state: "detached" });
  }
});

test("an invitation that has ended says so where it stands, in the reader's language, and another one is followed", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#garden" });
  await alice.send("MODE #garden +i");
  const bob = await browser.guest(room, "bob");
  const mei = (await browser.stranger(room, { nick: "mei", locale: "zh-CN" })).inChinese();
  await mei.joins();
  const row = bob.log.getByRole("listitem").filter({ hasText: /#garden/ }).first();
  for (const { nick, log } of [bob, mei]) {
    await alice.send(`INVITE ${nick} #garden`);
    await log.getByRole("listitem").filter({ hasText: "#garden" }).waitFor();
  }
  // As with a restart of the room.
  await alice.send("MODE #garden -i", "MODE #garden +i");
  await alice.everything();
  await bob.log.getByRole("button", { name: "Join", exact: true }).click();
  await bob.until("row", true, async () => {
    return (await row.innerText()).includes("The invitation of alice to #garden has ended: ask for another one");
  });
  const why = "You cannot join #garden: it is for invited people only, and no invitation of yours holds now.";
  await bob.log.getByText(why).waitFor();
  assertEquals(await bob.log.getByRole("button", { name: "Join", exact: true }).count(), 0);
  await bob.picture("invitation-ended");
  await mei.log.getByRole("button", { name: "进入", exact: true }).click();
  await mei.log.getByText("alice 对 #garden 的邀请已失效，请对方重新邀请").waitFor();

  await alice.send("INVITE bob #garden");
  await bob.log.getByRole("button", { name: "Join", exact: true }).click();
  await bob.isIn("#garden");
});

test("an invitation is told in passing, counts as unread for whoever looks elsewhere, and can be followed once", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#garden" });
  const bob = await browser.guest(room, "bob");
  const told = bob.log.getByRole("listitem").filter({ hasText: "alice invites you to #garden" });
  const join = bob.log.getByRole("button", { name: "Join", exact: true });
  const passing = bob.page.getByRole("status").filter({ hasText: "alice invites you to #garden" });
  await alice.send("INVITE bob #garden");
  await told.waitFor();
  await passing.waitFor();
  await bob.picture("invited");
  await bob.isTitled("bob --> #lobby");

  // It counts until bob looks at the page again, each channel once.
  await bob.page.evaluate(() => document.hasFocus = () => false);
  await alice.send("INVITE bob #garden", "INVITE bob #garden");
  await told.nth(2).waitFor();
  await bob.isTitled("(1) bob --> #lobby");
  await bob.page.evaluate(() => {
    document.hasFocus = () => true;
    dispatchEvent(new Event("focus"));
  });
  await bob.isTitled("bob --> #lobby");

  assertEquals(await join.count(), 3);
  await passing.waitFor();
  await join.first().click();
  await bob.isIn("#garden");
  assertEquals(await passing.count(), 0);
  await bob.opens("#lobby");
  await told.first().waitFor();
  assertEquals(await join.count(), 0);

  // Whoever was removed may come back; whoever is banned can't, and is told of it once.
  await alice.send("KICK #garden bob :out");
  await join.waitFor();
  await alice.send("INVITE bob #garden");
  await join.nth(1).waitFor();
  await alice.send("BAN #garden bob 10m :spam");
  await join.first().click();
  await bob.log.getByText(/^You cannot come into #garden until \d\d:\d\d: alice has banned you: spam$/).waitFor();
  await bob.until("buttons", 0, () => join.count());

  // Who is hidden invites nobody.
  await bob.says("/ignore alice");
  const dave = await room.person("dave", { join: "#shed" });
  await alice.send("JOIN #hut", "INVITE bob #hut");
  await alice.everything();
  await dave.send("INVITE bob #shed");
  await bob.log.getByText("dave invites you to #shed").waitFor();
  assertEquals(await bob.page.getByText("alice invites you to #hut").count(), 0);
});
