/**
 * The page in Chromium, as people use it: named people at pages, at the terminal client and at an IRC client in one room.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { MISSING, openBrowser } from "./browser.ts";
import { openRoom, skipped } from "./room.ts";

const ignore = MISSING.length > 0;

/** A test that needs Chromium. */
function test(name: string, body: () => Promise<void>): void {
  Deno.test({ name: `page: ${name}${skipped(MISSING)}`, ignore, fn: body });
}

test("two people talk", async () => {
  await using room = await openRoom();
  await using browser = await openBrowser();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  await alice.says("hello :smile:");
  await bob.sees("hello 😄");
  await bob.picture("talk");
  assertEquals(await bob.lines(), ["hello 😄"]);
});
