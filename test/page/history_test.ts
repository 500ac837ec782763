/// <reference lib="dom" />
/**
 * The page in Chromium, and what was said before: a server that stops and starts, a long history, a long talk.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openFolder, openRoom, type Person } from "../room.ts";

test("a server that stops and starts: nothing is missed, nothing is there twice, nothing written is lost", async (browser) => {
  await using folder = await openFolder();
  const rooms = new AsyncDisposableStack();
  const first = rooms.use(await openRoom(["--db", `${folder.path}/tea.db`], { isReopened: true }));
  const { port } = new URL(await first.page());
  const flags = ["--db", `${folder.path}/tea.db`, "--web-port", port];
  const bob = await browser.guest(first, "bob");
  const status = bob.page.getByRole("status");
  await bob.opens("#lobby");
  const alice = await first.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :one");
  await bob.sees("one");
  await bob.says("two");
  await alice.sees(":bob!teahouse@127.0.0.1 PRIVMSG #lobby :two");
  await bob.field.fill("half a li");

  await rooms.disposeAsync();
  await status.filter({ hasText: "Connection lost" }).waitFor();
  // Nobody can say who is there now, and nobody is said to have gone.
  // alice's connection, which is the test's, may have ended before the room was told to close.
  const heading = () => bob.people.getByRole("heading").innerText();
  await bob.until("before", true, async () => /^Online before \([12]\)$/.test(await heading()));
  await bob.people.getByText("bob").waitFor();
  await bob.people.getByText("Who is online is known again").waitFor();
  assertEquals(await bob.field.inputValue(), "half a li");
  await bob.field.pressSequentially("ne");
  await bob.field.press("Enter");
  await bob.waiting("half a line").waitFor();
  await bob.field.fill("a draft");

  // The others talk on while this one's network is away.
  await bob.context.setOffline(true);
  await using second = await openRoom(flags, { port: first.port });
  const again = await second.person("alice", { join: "#lobby" });
  await again.send("PRIVMSG #lobby :three", "PRIVMSG #lobby :four");
  await again.everything();
  await status.filter({ hasText: "No network" }).waitFor();
  await bob.context.setOffline(false);
  await again.sees(":bob!teahouse@127.0.0.1 PRIVMSG #lobby :half a line");
  await bob.reads("one", "two", "three", "four", "The room was closed, and is open again.", "half a line");
  await bob.until("all that is told", "", async () => (await status.allInnerTexts()).join(""));
  await bob.hasOnline("bob", "alice");
  assertEquals(await bob.field.inputValue(), "a draft");
});

test("a room that is closed and opened again is told in one row, in the reader's language, and nobody as gone or come", async (browser) => {
  await using folder = await openFolder();
  const rooms = new AsyncDisposableStack();
  const first = rooms.use(await openRoom(["--db", `${folder.path}/tea.db`], { isReopened: true }));
  const { port } = new URL(await first.page());
  const flags = ["--db", `${folder.path}/tea.db`, "--web-port", port];
  const bob = await browser.guest(first, "bob", { channel: "tea" });
  const alice = await browser.guest(first, "alice", { channel: "tea" });
  const mei = (await browser.stranger(first, { nick: "mei", channel: "tea", locale: "zh-CN" })).inChinese();
  await mei.joins();
  const everybody = [bob, alice, mei];
  for (const person of everybody) await person.hasOnline("bob", "alice", "mei");
  const told = ({ log }: Guest) => log.locator(".happened").allInnerTexts();
  const before = await Promise.all(everybody.map(told));

  await rooms.disposeAsync();
  await bob.page.getByText("Connection lost (the room is closing). Reconnecting; your text is kept.").waitFor();
  await mei.page.getByText("连接已断开（聊天室正在关闭），正在自动重连。您写的内容会保留。").waitFor();
  await using _second = await openRoom(flags, { port: first.port });
  for (const person of everybody) await person.hasOnline("bob", "alice", "mei");
  for (const person of [bob, alice]) await person.log.getByText("The room was closed, and is open again.").waitFor();
  await mei.log.getByText("聊天室曾关闭，现已重新打开。").waitFor();
  assertEquals(await Promise.all(everybody.map(told)), before);
});

/** Says lines with numbers, and waits until the server has handled them. */
async function saysMany(person: Person, from: number, to: number): Promise<void> {
  const lines = Array.from({ length: to - from + 1 }, (_, i) => `PRIVMSG #lobby :line ${from + i}`);
  while (lines.length > 0) {
    await person.send(...lines.splice(0, 500));
    await person.everything();
  }
}

/** Scrolls the talk by so many pixels, and gives how far it is scrolled then. */
function scrolls({ log }: Guest, by: number): Promise<number> {
  return log.evaluate((log, by) => {
    log.scrollTop += by;
    return log.scrollTop;
  }, by);
}

/** The first line that is seen whole, and where it stands, in pixels. */
function placeOf({ log }: Guest): Promise<{ line: string; top: number }> {
  return log.evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const row = [...log.querySelectorAll("li p")].find((line) => line.getBoundingClientRect().top > top)!;
    return { line: row.textContent, top: row.getBoundingClientRect().top };
  });
}

/** Fails where a place is another, but for what a screen's pixels make of it. */
function assertStays(before: { line: string; top: number }, after: { line: string; top: number }): void {
  assertEquals(after.line, before.line);
  assertAlmostEquals(after.top, before.top, 1);
}

/** Scrolls up again and again, until a text is there. */
async function scrollsUpTo(guest: Guest, text: string, check: () => Promise<void> = async () => {}): Promise<void> {
  const found = guest.log.getByText(text, { exact: true });
  await guest.until(`way up to ${text}`, true, async () => {
    await scrolls(guest, -100_000);
    await check();
    return await found.count() > 0;
  });
}

test("300 lines that were said before load as one scrolls up, and new ones do not disturb", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await saysMany(alice, 1, 300);
  const bob = await browser.guest(room, "bob");
  await bob.sees("line 300");
  assertEquals(await bob.line("line 200").count(), 0);
  // What is loaded comes above what is read.
  const first = async () => /^line \d+/.exec((await bob.lines()).find((line) => line.startsWith("line "))!)![0];
  const before = await first();
  await scrolls(bob, 400 - await scrolls(bob, 0));
  const place = await placeOf(bob);
  await bob.until("whether there is more above", true, async () => await first() !== before);
  assertStays(place, await placeOf(bob));
  await scrollsUpTo(bob, "This is where it begins.");
  const said = (await bob.lines()).filter((line) => line.startsWith("line "));
  assertEquals(said, Array.from(said, (_, i) => `line ${i + 1}`));

  // In the midst of it the reader's place stays, whatever comes below.
  await scrolls(bob, 2_000);
  const middle = await placeOf(bob);
  await saysMany(alice, 301, 303);
  await bob.button("3 new below").waitFor();
  assertStays(middle, await placeOf(bob));
  await bob.isTitled("(3) bob --> #lobby");
  await bob.button("3 new below").click();
  await bob.sees("line 303");
  await bob.isTitled("bob --> #lobby");
  const below = () => bob.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));
  await bob.until("distance to the end", 0, below);
});

test("10,000 lines in a talk: what is drawn of them is bounded", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby" });
  const bounded = async () => {
    const count = await bob.page.evaluate(() => document.querySelectorAll("*").length);
    assert(count < 6_000, `${count} elements`);
  };
  await saysMany(alice, 1, 10_000);
  await bob.sees("line 10000");
  await bounded();
  await scrollsUpTo(bob, "line 8000", bounded);
  await bob.button(/To the end/).click();
  await bob.sees("line 10000");
  await bounded();
});
