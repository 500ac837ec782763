/// <reference lib="dom" />
/**
 * The page in Chromium, and the line that tells of all who came and went.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom, type Person } from "../room.ts";

test("36 people who leave are one line, which tells of all of them on request, and of none by choice", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0", "--max-per-ip", "0"]);
  const bob = await browser.guest(room, "bob");
  await bob.hasOnline("bob");
  const crowd: Person[] = [];
  for (let i = 1; i <= 36; i++) crowd.push(await room.person(`guest${i}`, { join: "#lobby" }));
  await bob.line("36 people joined").waitFor();
  await bob.says("hello");
  await bob.sees("hello");
  for (const person of crowd) await person.send("QUIT");
  await bob.line("36 people left").waitFor();
  const row = bob.line("36 people left");
  assertEquals(await row.count(), 1);
  assertEquals(await row.getByText("guest20").isVisible(), false);
  await row.locator("summary").focus();
  await bob.page.keyboard.press("Enter");
  await row.getByText("guest20").waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("left");
  await bob.sets("Messages", "switch", "Show who comes and who goes");
  await row.waitFor({ state: "detached" });
  await bob.sees("hello");
  await bob.sets("Messages", "switch", "Show who comes and who goes");
  await row.waitFor();
  await bob.sets("Messages", "switch", "Show who comes and who goes");
  // The choice is kept.
  await bob.page.reload();
  await bob.sees("hello");
  const dialog = await bob.opensSettings("Messages");
  assertEquals(await dialog.getByRole("switch", { name: "Show who comes and who goes" }).isChecked(), false);
  assertEquals(await bob.line("joined").count(), 0);
});
