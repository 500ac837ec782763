/// <reference lib="dom" />
/**
 * The page in Chromium shows by which address others come in.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
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
