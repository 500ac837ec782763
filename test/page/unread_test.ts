/// <reference lib="dom" />
/**
 * The page in Chromium, and where its person was: the unread line and the way to it, also the next day, and the line that tells of
 * all who came and went.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Browser, pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom, type Person, type Room } from "../room.ts";

/** Says lines with numbers, and waits until the server has handled them. */
async function saysMany(person: Person, from: number, to: number): Promise<void> {
  await person.send(...Array.from({ length: to - from + 1 }, (_, i) => `PRIVMSG #lobby :line ${from + i}`));
  await person.everything();
}

/** The line behind the unread line, where that is in view. */
function firstNew({ log }: Guest): Promise<string> {
  return log.evaluate((log) => {
    const row = log.querySelector("li.new");
    const box = log.getBoundingClientRect();
    if (row === null || row.getBoundingClientRect().top < box.top) return "";
    return row.nextElementSibling?.querySelector("p")?.textContent ?? "";
  });
}

/** Waits until the tab's icon is this file, which the page's policy lets the browser load. */
async function hasIcon(guest: Guest, name: string): Promise<void> {
  await guest.until(
    "icon",
    `/icons/${name}.svg`,
    () =>
      guest.page.locator('link[rel="icon"]').evaluate(async (link) => {
        const image = new Image();
        image.src = (link as HTMLLinkElement).href;
        await image.decode();
        return new URL(image.src).pathname;
      }),
  );
}

/** Waits until the page has told the server up to where a talk was read. */
function hasMarked(guest: Guest, talk: string): Promise<void> {
  const isMark = (line: string) => line.includes(`MARKREAD ${talk} timestamp=`);
  return guest.until("mark", true, () => Promise.resolve(guest.sent.some(isMark)));
}

/** Has somebody go away from the page, which hears of it as where its tab is closed, and waits until the server has noticed. */
async function closes({ page }: Guest, witness: Person): Promise<void> {
  await page.goto("about:blank");
  await witness.sees(/ QUIT /);
  await page.close();
}

test("a line that is read as it comes is counted nowhere, not even for a moment", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.isTitled("bob --> #lobby");
  await bob.page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')!;
    const list = document.querySelector<HTMLElement>("nav")!;
    const changes = new MutationObserver(() => told.push(document.title, icon.href, list.innerText));
    for (const element of [document.head, list]) {
      changes.observe(element, { attributes: true, characterData: true, childList: true, subtree: true });
    }
  });
  for (const text of ["good morning", "tea is ready", "green tea"]) {
    await alice.send(`PRIVMSG #lobby :${text}`);
    await bob.sees(text);
  }
  await hasMarked(bob, "#lobby");
  assertEquals(await bob.page.evaluate(() => (globalThis as unknown as { told: string[] }).told), []);
});

test("the next day a person comes back to the first line that is new, however many there are", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await saysMany(alice, 1, 20);
  // What a first visit shows was read, though nothing of it was ever unread.
  const bob = await browser.guest(room, "bob");
  await bob.sees("line 20");
  await closes(bob, alice);
  await saysMany(alice, 21, 60);

  const again = await browser.tab(bob, await room.page());
  await again.until("first new line", "line 21", () => firstNew(again));
  await again.isTitled("(40) bob --> #lobby");
  await again.picture("unread");
  await again.button(/^(To the end|\d+ new below)/).click();
  await again.sees("line 60");
  await again.isTitled("bob --> #lobby");
  await closes(again, alice);

  const third = await browser.tab(bob, await room.page());
  await third.sees("line 60");
  assertEquals(await third.log.locator("li.new").count(), 0);
  await closes(third, alice);

  // More than are loaded at first: a button leads to where they begin.
  await saysMany(alice, 61, 300);
  const last = await browser.tab(bob, await room.page());
  await last.button(/^More than \d+ new: to the first$/).waitFor();
  assertEquals(await last.barriers(), []);
  await last.picture("unread-more");
  await last.button(/^More than \d+ new: to the first$/).click();
  await last.until("first new line", "line 61", () => firstNew(last));
  await last.button(/^More than/).waitFor({ state: "detached" });
  // It leads back from a part of the past; or down, where all between that part and the end was loaded meanwhile.
  await last.button(/^(To the newest(: \d+ new)?|To the end|\d+ new below)$/).click();
  await last.sees("line 300");
});

test("what was read of a private talk just before its tab was closed stays read", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await alice.send("PRIVMSG bob :do you like tea?");
  await bob.opens("alice");
  await bob.sees("do you like tea?");
  await alice.send("PRIVMSG bob :green tea, that is");
  await bob.sees("green tea");
  await bob.isTitled("bob --> alice");
  await closes(bob, alice);

  const again = await browser.tab(bob, await room.page());
  await again.opens("alice");
  await again.sees("green tea");
  await again.isTitled("bob --> alice");
  assertEquals(await again.log.locator("li.new").count(), 0);
  await again.talks.getByRole("button", { name: "alice", exact: true }).waitFor();
  await closes(again, alice);

  await alice.send("PRIVMSG bob :or black?");
  const third = await browser.tab(bob, await room.page());
  await third.talks.getByRole("button", { name: "alice 1 unread", exact: true }).waitFor();
  await third.opens("alice");
  await third.until("first new line", "or black?", () => firstNew(third));
});

test("each talk is as unread after a reload as before, and begins at the first line that is new", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await alice.send("PRIVMSG #lobby :good morning");
  await bob.sees("good morning");
  await alice.send("PRIVMSG bob :are you there?");
  await bob.opens("alice");
  await bob.says("yes");
  await alice.sees(/ PRIVMSG alice :yes$/);
  await alice.send(...["a first thing", "bob: a second one", "a third"].map((text) => `PRIVMSG #lobby :${text}`));
  const lobby = bob.talks.getByRole("button", { name: "#lobby 3 unread, 1 mention", exact: true });
  await lobby.waitFor();
  await bob.isTitled("(3) bob --> alice");

  await bob.page.reload();
  await bob.isIn("alice");
  await bob.sees("are you there?");
  await lobby.waitFor();
  await bob.isTitled("(3) bob --> alice");
  await hasIcon(bob, "unread-3");
  assertEquals(await bob.log.locator("li.new").count(), 0);
  await bob.opens("#lobby");
  await bob.until("first new line", "a first thing", () => firstNew(bob));
  await bob.isTitled("bob --> #lobby");
  await hasIcon(bob, "mark");
});

/** Makes an account for bob. @returns What has bob come in on a device of its own. */
async function accountOfBob(browser: Browser, room: Room): Promise<() => Promise<Guest>> {
  const owner = await room.person("bob", { caps: "draft/account-registration" });
  await owner.send("REGISTER * * :tea leaves");
  await owner.sees(/ REGISTER SUCCESS /);
  await owner.send("QUIT");
  await owner.sees(/^ERROR /);
  return async () => {
    const guest = await browser.stranger(room, { nick: "bob" });
    await guest.page.getByLabel("Your account's password").fill("tea leaves");
    await guest.joins();
    return guest;
  };
}

test("what was read on one device of an account is read on another, which begins where that one stopped", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const device = await accountOfBob(browser, room);
  await alice.send("PRIVMSG #lobby :good morning");
  const laptop = await device();
  await laptop.sees("good morning");
  await hasMarked(laptop, "#lobby");
  await closes(laptop, alice);
  await alice.send("PRIVMSG #lobby :good evening", "PRIVMSG #lobby :good night");

  const phone = await device();
  await phone.until("first new line", "good evening", () => firstNew(phone));
  await hasMarked(phone, "#lobby");
  await closes(phone, alice);

  const desk = await device();
  await desk.sees("good night");
  assertEquals(await desk.log.locator("li.new").count(), 0);
});

test("a channel in which nothing was read yet is unread on a new device, but not for whoever joins it now", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea" });
  const device = await accountOfBob(browser, room);
  const laptop = await device();
  await laptop.says("/join #tea");
  await laptop.isIn("#tea");
  await laptop.opens("#lobby");
  await alice.send("PRIVMSG #tea :good morning", "PRIVMSG #tea :bob: are you there?");
  await laptop.talks.getByRole("button", { name: "#tea 2 unread, 1 mention", exact: true }).waitFor();

  const phone = await device();
  await phone.talks.getByRole("button", { name: "#tea 2 unread, 1 mention", exact: true }).waitFor();
  await phone.opens("#tea");
  await phone.until("first new line", "good morning", () => firstNew(phone));

  const carol = await browser.guest(room, "carol");
  await carol.says("/join #tea");
  await carol.sees("bob: are you there?");
  assertEquals(await carol.log.locator("li.new").count(), 0);
  await hasMarked(carol, "#tea");
});

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
