/// <reference lib="dom" />
/**
 * The page in Chromium: the place of who reads a talk, whatever changes the size of the talk or of what stands around it.
 *
 * @module
 */

import { assertAlmostEquals, assertLess } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom, type Room } from "../room.ts";

const SMALL = { width: 1000, height: 700 };

/** Says many lines, some of them long and some with a picture. */
async function talk(room: Room): Promise<void> {
  const alice = await room.person("alice", { join: "#lobby" });
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 1} ${"tea and cake ".repeat(i % 7 * 3)}:panda_tea:`);
  await alice.send(...lines.map((line) => `PRIVMSG #lobby :${line}`));
  await alice.everything();
}

/** What changes sizes, each with what takes it back. */
const CHANGES: [what: string, change: (guest: Guest) => Promise<unknown>][] = [
  ["a larger window", ({ page }) => page.setViewportSize({ width: 1920, height: 1080 })],
  ["a phone", ({ page }) => page.setViewportSize({ width: 390, height: 844 })],
  ["that phone on its side", ({ page }) => page.setViewportSize({ width: 844, height: 390 })],
  ["the keyboard of a phone", ({ page }) => page.setViewportSize({ width: 390, height: 400 })],
  ["that keyboard gone", ({ page }) => page.setViewportSize({ width: 390, height: 844 })],
  ["the window as it was", ({ page }) => page.setViewportSize(SMALL)],
  ["a hidden list", ({ page }) => page.getByRole("main").getByRole("button", { name: "Talks" }).click()],
  ["that list again", ({ page }) => page.getByRole("main").getByRole("button", { name: "Talks" }).click()],
  ["a long draft", ({ field }) => field.fill("one\n".repeat(12))],
  ["that draft deleted", ({ field }) => field.fill("")],
  ["larger letters", ({ page }) => page.evaluate(() => document.documentElement.style.fontSize = "150%")],
  ["smaller letters", ({ page }) => page.evaluate(() => document.documentElement.style.fontSize = "80%")],
  ["the letters as they were", ({ page }) => page.evaluate(() => document.documentElement.style.fontSize = "")],
];

/** How far it is to the end, in pixels, and whether there is a way to it. */
function toEnd({ log }: Guest): Promise<{ distance: number; hasButton: boolean }> {
  return log.evaluate((log) => ({
    distance: Math.round(log.scrollHeight - log.scrollTop - log.clientHeight),
    hasButton: document.querySelector(".below") !== null,
  }));
}

/** Waits until two frames have been drawn: what the change of a size sets off is over then. */
function settles({ page }: Guest): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The first line that begins in view. */
function firstOf({ log }: Guest): Promise<string> {
  return log.evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const row = [...log.querySelectorAll("li.said")].find((row) => row.getBoundingClientRect().top >= top)!;
    return /line \d+/.exec(row.textContent)![0];
  });
}

/** How far below the top of the box a line stands, in pixels. */
function topOf({ log }: Guest, line: string): Promise<number> {
  return log.evaluate((log, line) => {
    const row = [...log.querySelectorAll("li.said")].find((row) => row.textContent.includes(`${line} `))!;
    return row.getBoundingClientRect().top - log.getBoundingClientRect().top;
  }, line);
}

test("who is at the end of a talk stays there, whatever changes the size of its box", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const bob = await browser.guest(room, "bob", { viewport: SMALL });
  await bob.sees("line 100");
  const stays = (what: string) => bob.until(`place after ${what}`, { distance: 0, hasButton: false }, () => toEnd(bob));
  await stays("coming in");
  for (const [what, change] of CHANGES) {
    await change(bob);
    await settles(bob);
    await stays(what);
  }
  await bob.line("line 100").hover();
  await bob.line("line 100").getByRole("button", { name: "Reply" }).click();
  await bob.page.getByText("Replying to alice").waitFor();
  await stays("an answer");
  await bob.field.press("Escape");
  await bob.page.getByText("Replying to alice").waitFor({ state: "detached" });
  await stays("no answer");
});

test("who reads further up keeps the line that they read, and a picture that comes late moves nobody", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const bob = await browser.guest(room, "bob", { viewport: SMALL });
  await bob.sees("line 100");
  await bob.log.evaluate((log) => log.scrollTop -= 2_000);
  await bob.button("To the end").waitFor();
  const line = await firstOf(bob);
  const top = await topOf(bob, line);
  for (const [what, change] of CHANGES) {
    await change(bob);
    await settles(bob);
    assertAlmostEquals(await topOf(bob, line), top, 2, what);
  }
  // Pictures that turn out to be larger: above, and in view.
  await bob.log.evaluate((log) => {
    for (const image of log.querySelectorAll("img")) image.style.blockSize = "120px";
  });
  await settles(bob);
  assertAlmostEquals(await topOf(bob, line), top, 2);
});

test("where all that is below comes into view, there is no way to the end, and new lines are followed", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const alice = await room.person("alice_2", { join: "#lobby" });
  const bob = await browser.guest(room, "bob", { viewport: { width: 1000, height: 400 } });
  await bob.sees("line 100");
  await bob.log.evaluate((log) => log.scrollTop -= 100);
  await bob.button("To the end").waitFor();
  await bob.page.setViewportSize({ width: 1000, height: 1000 });
  await bob.button("To the end").waitFor({ state: "detached" });
  await alice.send("PRIVMSG #lobby :the last one");
  await bob.sees("the last one");
  await bob.until("place", { distance: 0, hasButton: false }, () => toEnd(bob));
});

test("the talk that is shown is in view in the list of talks, however it was gone to", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob", { viewport: { width: 1000, height: 400 } });
  // In steps, since a client sends few lines a second.
  for (let i = 0; i < 20; i++) {
    await bob.says(`/join #tea${i}`);
    if (i % 5 === 4) await bob.isIn(`#tea${i}`);
  }
  const isInView = () =>
    bob.talks.evaluate((nav) => {
      const [open, box] = [nav.querySelector("li.open")!, nav].map((one) => one.getBoundingClientRect());
      return open.top >= box.top - 1 && open.bottom <= box.bottom + 1;
    });
  await bob.until("open talk in view", true, isInView);
  await bob.says("/to #lobby");
  await bob.isIn("#lobby");
  await bob.until("open talk in view", true, isInView);
  await bob.says("/to #tea15");
  await bob.isIn("#tea15");
  await bob.until("open talk in view", true, isInView);
});

test("a window that is higher than the rows that are drawn at first is filled, and goes on", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob", { viewport: { width: 1000, height: 5_000 } });
  await alice.send(...Array.from({ length: 250 }, (_, i) => `PRIVMSG #lobby :row ${i + 1}`));
  await bob.sees("row 250");
  await bob.until("rows that fill it", true, () => bob.log.evaluate((log) => log.scrollHeight > log.clientHeight));
  assertAlmostEquals((await toEnd(bob)).distance, 0, 1);
});

test("a talk that goes on takes no more of the page's memory than what is drawn of it", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  const says = async (from: number, to: number) => {
    for (let i = from; i < to; i += 50) {
      await alice.send(...Array.from({ length: 50 }, (_, j) => `PRIVMSG #lobby :line ${i + j + 1}.`));
      await bob.sees(`line ${i + 50}.`);
    }
  };
  const nodes = () =>
    bob.log.evaluate((log) => {
      const walker = document.createTreeWalker(log, NodeFilter.SHOW_ALL);
      let count = 0;
      while (walker.nextNode() !== null) count++;
      return count;
    });
  await says(0, 500);
  const before = await nodes();
  await says(500, 2_500);
  assertLess(await nodes(), before + 200, "nodes of the talk");
});
