/// <reference lib="dom" />
/**
 * The page in Chromium comes back as who its person was: after a reload, in another tab, tomorrow; until they leave or log out.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openFolder, openRoom } from "../room.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

/** Opens the profile. */
async function profile(guest: Guest) {
  await guest.button(/Profile$/).click();
  const dialog = guest.page.getByRole("dialog", { name: "Profile" });
  await dialog.waitFor();
  return dialog;
}

/** Makes an account of the nick by mouse. */
async function makesAccount(guest: Guest, password: string): Promise<void> {
  await (await profile(guest)).getByRole("button", { name: "Make an account" }).click();
  await guest.answers("A password for the account alice:", password, "The same once more:", password);
  // On this machine nobody could read it on the way, so that is not asked about.
  await guest.page.getByText(/The account .+ is yours/).waitFor();
}

/** Whether the login is shown. */
async function isAsked({ page, words }: Guest): Promise<void> {
  await page.getByLabel(words.nick).waitFor();
}

test("after F5 a guest is who they were: nick, operator, private talk; a new tab asks for no name", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob");
  const alice = await browser.guest(room, "alice", { channel: "tea" });
  // The page lets her write before the server has let her in: the first one in is the operator.
  await alice.isIn("#tea");
  await bob.send("JOIN #tea");
  await alice.hasOnline("alice", "bob");
  await bob.send("PRIVMSG alice :between us");
  await alice.opens("bob");
  await alice.sees("between us");
  await alice.says("yes, between us");
  await bob.sees(/ PRIVMSG alice :between us|PRIVMSG bob :yes, between us$/);
  await alice.page.reload();
  await alice.isIn("bob");
  await alice.reads("between us", "yes, between us");
  await bob.send("NAMES #tea");
  assertMatch(await bob.sees(/ 353 /), /@alice\b/);

  // A new tab has no memory of its own: the server knows who it is, and where.
  const tab = await browser.tab(alice, await room.page());
  await tab.field.waitFor();
  await tab.isIn("#tea");
  await tab.hasOnline("alice", "bob");
  await tab.opens("bob");
  await tab.reads("between us", "yes, between us");
});

test("two tabs are one person: what one says is in the other, nobody is notified of it, and the last one to close leaves", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const tab = await browser.tab(alice, await room.page());
  await tab.field.waitFor();
  await tab.hasOnline("bob", "alice");
  await bob.everything();
  await alice.says("from the first tab");
  await tab.sees("from the first tab");
  await tab.says("from the second tab");
  await alice.sees("from the second tab");
  assertEquals(await tab.lines(), await alice.lines());
  for (const page of [alice, tab]) assertEquals(await page.page.title(), "alice --> #lobby");
  await bob.send("PRIVMSG alice :to both");
  for (const page of [alice, tab]) {
    await page.talks.getByRole("button", { name: /^bob/ }).waitFor();
  }
  await tab.opens("bob");
  await tab.says("answered once");
  await alice.opens("bob");
  await alice.reads("to both", "answered once");
  await tab.page.close();
  await bob.send("PING closed");
  await bob.sees(/PONG .*closed$/);
  await alice.opens("#lobby");
  await alice.says("still here");
  await bob.sees(/PRIVMSG #lobby :still here$/);
  assertEquals(bob.seen.filter((line) => / QUIT /.test(line)), []);
});

test("an account that a guest makes goes on as that guest: their lines are their own, and their private talk stays", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("said as a guest");
  await bob.sees(/ PRIVMSG #lobby :said as a guest$/);
  await bob.send("PRIVMSG alice :between us");
  await alice.opens("bob");
  await alice.sees("between us");
  await makesAccount(alice, "open sesame");
  await alice.page.reload();
  await alice.isIn("bob");
  await alice.sees("between us");
  await alice.opens("#lobby");
  const menu = await alice.menuAt("said as a guest");
  await menu.getByRole("menuitem", { name: "Edit" }).waitFor();
  await menu.getByRole("menuitem", { name: "Remove", exact: true }).waitFor();
  // Bob sees nobody else: what he writes goes into the same talk, which is on her other machine as well.
  await bob.send("PRIVMSG alice :still between us");
  const laptop = await browser.stranger(room, { nick: "alice" });
  await laptop.page.getByLabel(laptop.words.nick).fill("alice");
  await laptop.page.getByLabel("Your account's password").fill("open sesame");
  await laptop.button("Join").click();
  await laptop.sees("said as a guest");
  await laptop.opens("bob");
  await laptop.sees("still between us");
  assertEquals(await laptop.line("between us").count(), 2);
});

test("who has left is asked again; who is not known any more is asked, and told nothing", async (browser) => {
  await using folder = await openFolder();
  const db = `${folder.path}/tea.db`;
  await using rooms = new AsyncDisposableStack();
  const room = rooms.use(await openRoom(["--db", db], { isReopened: true }));
  const alice = await browser.guest(room, "alice");
  const { port } = room;
  const page = await room.page();
  await alice.button("Leave").click();
  await isAsked(alice);
  await alice.page.reload();
  await isAsked(alice);
  assertEquals(await alice.page.getByLabel(alice.words.nick).inputValue(), "alice");
  await alice.joins();
  await alice.page.close();
  await rooms.disposeAsync();
  // The room is opened without what it knew.
  await using other = await openRoom(["--web-port", new URL(page).port], { port });
  const tab = await browser.tab(alice, page);
  await isAsked(tab);
  assertEquals((await tab.page.locator(".refusal").allInnerTexts()).join(""), "");
  await tab.joins();
  await tab.hasOnline("alice");
  assertEquals(other.port, port);
});

test("an account stays logged in over reload, new tab and restart; the list ends devices, and logging out forgets", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice", { viewport: { width: 360, height: 640 } });
  await alice.button(/Talks/).click();
  await makesAccount(alice, "tea leaves");
  await alice.page.reload();
  await alice.field.waitFor();
  const dave = await room.person("dave");
  await dave.send("WHOIS alice");
  await dave.sees(/ 330 dave alice alice /);

  // Another browser, by the password on the login card.
  const phone = await browser.stranger(room, { nick: "alice" });
  await phone.page.getByLabel("Your account's password").fill("wrong");
  await phone.page.getByLabel(phone.words.nick).fill("alice");
  await phone.button("Join").click();
  await phone.page.getByRole("alert").getByText("You are not logged in as alice").waitFor();
  await phone.page.getByLabel("Your account's password").fill("tea leaves");
  await phone.button("Join").click();
  await phone.field.waitFor();
  // Whoever has an account is not new to the room.
  await phone.log.getByText("joined").first().waitFor();
  assertEquals(await phone.page.getByRole("region", { name: "Welcome" }).count(), 0);

  await alice.button(/Talks/).click();
  const dialog = await profile(alice);
  await dialog.getByText("You are alice, logged in to the account alice.").waitFor();
  await dialog.getByRole("listitem").nth(1).waitFor();
  assertEquals(await dialog.getByRole("listitem").count(), 2);
  assertMatch(await dialog.getByRole("listitem").filter({ hasText: "this device" }).innerText(), /^Chrom/);
  assertEquals(await alice.barriers(), []);
  await alice.picture("profile-phone");
  // Nothing is wider than the window of a phone.
  const widths = await alice.page.evaluate(() =>
    [document.documentElement, document.querySelector("dialog")!].map((it) => it.scrollWidth - it.clientWidth)
  );
  assertEquals(widths, [0, 0]);

  // An app password, told once.
  await dialog.getByLabel("For which program").fill("WeeChat");
  await dialog.getByLabel("For which program").press("Enter");
  await alice.answers("To make a password for a program, the password of alice:", "tea leaves");
  await dialog.getByText(/which is shown this once: [a-z\d-]{20,}/).waitFor();
  const told = await dialog.getByRole("status").innerText();
  const secret = /this once: ([a-z\d-]+)/.exec(told)![1];
  const weechat = await room.person("weechat");
  await weechat.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0alice\0${secret}`)}`);
  await weechat.sees(/ 903 /);

  // The other browser is logged out at once, and shows nothing of the account any more.
  const end = dialog.getByRole("button", { name: /^End Chrom/ });
  const asked = alice.page.getByRole("dialog", { name: /^Log this device out\?/ });
  await alice.picture("devices");
  await end.click();
  await asked.getByText(/from 127\.0\.0\.1/).waitFor();
  await asked.getByRole("button", { name: "Cancel" }).click();
  assertEquals(await end.count(), 1);
  assertEquals(await dialog.getByRole("listitem").first().getByText("this device").count(), 1);
  await end.click();
  await asked.getByRole("button", { name: "End" }).click();
  await dialog.getByText(/ is logged out\.$/).waitFor();
  await phone.page.getByText("This device was logged out of alice.").waitFor();
  await isAsked(phone);
  await phone.page.getByLabel("Your account's password").waitFor();
  await phone.page.reload();
  await isAsked(phone);

  await dialog.getByRole("button", { name: "Log out" }).click();
  await isAsked(alice);
  await alice.joins("bob");
  await dave.send("WHOIS bob");
  await dave.sees(/ 318 /);
  assertEquals(dave.seen.filter((line) => / 330 dave bob /.test(line)), []);
});

test("who does not stay signed in is nobody's memory: the next one at the machine is somebody else", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.stranger(room, { nick: "alice" });
  await alice.page.getByRole("checkbox", { name: /Stay signed in/ }).uncheck();
  await alice.joins();
  await alice.opens("#lobby");
  // The cookie itself ends with the browser, whatever page is opened next.
  const expiries = async () => (await alice.context.cookies()).map(({ expires }) => expires);
  assertEquals(await expiries(), [-1]);
  await bob.send("PRIVMSG alice :for alice alone");
  await alice.opens("bob");
  await alice.sees("for alice alone");
  // A second tab beside is alice all the same.
  const tab = await browser.tab(alice, await room.page());
  await isAsked(tab);
  await tab.joins("alice");
  await tab.opens("bob");
  await tab.sees("for alice alone");
  await tab.page.close();
  await alice.page.close();
  await bob.sees(/^:alice!.* QUIT /);

  const next = await browser.tab(alice, await room.page());
  await isAsked(next);
  await next.joins("alice");
  await next.field.waitFor();
  await next.says("/to bob");
  await next.isIn("bob");
  await next.says("who was here?");
  await next.sees("who was here?");
  assertEquals((await next.lines()).filter((line) => line.includes("for alice alone")), []);
});

test("who leaves an account chooses: leave alone, or log out, after which the browser keeps nothing of them", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await makesAccount(alice, "tea leaves");
  await bob.send("PRIVMSG alice :for alice alone");
  await alice.opens("bob");
  await alice.sees("for alice alone");
  const asked = alice.page.getByRole("dialog", { name: /^You are alice, logged in to the account alice\./ });
  const leaves = async (how: string) => {
    await alice.button("Leave").click();
    await asked.getByRole("button", { name: how, exact: true }).click();
  };
  await leaves("Cancel");
  await alice.isIn("bob");
  // The device stays hers: no password is asked for, also by the page that is loaded anew, but for the account of another name.
  await leaves("Leave");
  const known = alice.page.getByText("This browser is logged in to the account alice and needs no password.");
  const password = alice.page.getByLabel("Your account's password");
  for (const _ of ["left", "loaded anew"]) {
    await isAsked(alice);
    await known.waitFor();
    assertEquals(await password.count(), 0);
    await alice.page.getByLabel(alice.words.nick).fill("carol");
    await password.waitFor();
    assertEquals(await known.count(), 0);
    await alice.page.reload();
  }
  await alice.picture("login-known");
  await alice.joins("alice");
  await bob.everything();
  await bob.send("WHOIS alice");
  await bob.sees(/ 330 bob alice alice /);
  await alice.opens("bob");
  await alice.button("Leave").click();
  await asked.waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("leave-or-log-out");
  await alice.page.setViewportSize(PHONE.viewport);
  await alice.picture("leave-or-log-out-phone");
  await asked.getByRole("button", { name: "Log out and leave" }).click();
  await isAsked(alice);
  await password.waitFor();
  assertEquals(
    await alice.page.evaluate(() => [...Object.values(localStorage), ...Object.values(sessionStorage)].join()),
    await alice.page.evaluate(() => localStorage.getItem("teahouse")),
  );
  assertEquals(
    (await alice.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).match(/alice|bob/g),
    null,
  );
  await alice.page.reload();
  await isAsked(alice);
  assertEquals((await alice.page.getByLabel(alice.words.nick).inputValue()).includes("alice"), false);
  await bob.everything();
  // Whoever comes next has no account, and is not who was here: not even under that name.
  await alice.joins("carol");
  await bob.send("WHOIS carol");
  await bob.sees(/ 318 bob carol /);
  assertEquals(bob.seen.filter((line) => / 330 bob carol /.test(line)), []);
  await alice.says("/to bob");
  await alice.isIn("bob");
  await alice.says("who was here?");
  await alice.sees("who was here?");
  assertEquals((await alice.lines()).filter((line) => line.includes("for alice alone")), []);
});

test("a guest who does not stay and leaves is forgotten: the next one is somebody else, and reads no name of theirs", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.stranger(room, { nick: "alice" });
  await alice.page.getByRole("checkbox", { name: /Stay signed in/ }).uncheck();
  await alice.joins();
  await bob.send("PRIVMSG alice :for alice alone");
  await alice.opens("bob");
  await alice.sees("for alice alone");
  await alice.button("Leave").click();
  await isAsked(alice);
  await bob.sees(/^:alice!.* QUIT /);
  assertEquals(
    (await alice.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).match(/alice|bob/g),
    null,
  );
  await alice.joins("carol");
  await alice.says("/to bob");
  await alice.isIn("bob");
  await alice.says("who was here?");
  await alice.sees("who was here?");
  assertEquals((await alice.lines()).filter((line) => line.includes("for alice alone")), []);
});

test("the profile sets display name and status, in both languages and by keyboard", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby", caps: "draft/metadata-3 batch" });
  const alice = await browser.guest(room, "alice");
  await alice.button(/Profile$/).focus();
  await alice.page.keyboard.press("Enter");
  const dialog = alice.page.getByRole("dialog", { name: "Profile" });
  await dialog.getByLabel("Display name").fill("Ms Chen");
  await dialog.getByLabel("Status").fill("in class until 4");
  await dialog.getByLabel("Status").press("Enter");
  await dialog.getByText("Saved.").waitFor();
  await bob.send("METADATA alice GET display-name status");
  await bob.sees(/ 761 bob alice display-name \* :Ms Chen$/);
  await bob.sees(/ 761 bob alice status \* :in class until 4$/);
  await alice.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await alice.speaks("中文");
  await alice.button(/个人资料$/).click();
  const chinese = alice.page.getByRole("dialog", { name: "个人资料" });
  await chinese.getByText("您是 alice，此设备上的访客。").waitFor();
  await alice.until("status", "in class until 4", () => chinese.getByLabel("状态").inputValue());
  assertEquals(await alice.barriers(), []);
  await alice.picture("profile-chinese");
});

test("others' display names and status stand beside their nicks, whatever is in them, also after a reload", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await room.person("bob", { join: "#lobby", caps: "draft/metadata-3 batch" });
  await bob.send("METADATA * SET display-name :Ms <b>Bob</b> \u202eevil", "METADATA * SET status :in class until 4");
  await bob.send("PRIVMSG #lobby :good morning");
  await alice.sees("good morning");
  const entry = alice.people.getByRole("listitem").filter({ hasText: "bob" });
  const shows = async (name: string) => {
    const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();
    await alice.until("people", `B ${name}`, async () => plain(await entry.locator(".person").innerText()));
    const head = alice.log.locator(".said.head").filter({ hasText: "good morning" });
    await alice.until("head", name, async () => plain(await head.locator(".who").innerText()));
    assertEquals(await head.locator(".shown-as bdi").count(), 1, "a name of mixed directions is isolated");
  };
  await shows("bob (Ms <b>Bob</b> evil)");
  assertEquals(await entry.locator(".status").innerText(), "in class until 4");
  assertEquals(await alice.barriers(), []);
  await alice.picture("display-names");
  // Whoever comes back is told of those who are there.
  await alice.page.reload();
  await alice.isIn("#lobby");
  await shows("bob (Ms <b>Bob</b> evil)");
  // The next one of that nick is somebody else.
  await bob.send("QUIT");
  await alice.hasOnline("alice");
  await room.person("bob", { join: "#lobby" });
  await alice.hasOnline("alice", "bob");
  assertEquals(await entry.locator(".shown-as, .status").count(), 0);
});

test("whoever asks for the nick of an account whose owner is here is told so where they look, and logs in there", async (browser) => {
  await using room = await openRoom();
  const owner = await room.person("bobby", { caps: "draft/account-registration" });
  await owner.send("REGISTER * * :tea leaves");
  await owner.sees(/ REGISTER SUCCESS /);
  const mei = (await browser.stranger(room, { nick: "bobby", locale: "zh-CN", ...PHONE })).inChinese();
  await mei.joins();
  await mei.page.getByRole("dialog", { name: /^bobby 是一个账号：您现在是 bobby_2。/ }).waitFor();
  assertEquals(await mei.barriers(), []);
  await mei.picture("owned-nick-chinese");
  await mei.page.keyboard.press("Escape");
  await mei.says("/quit");
  await isAsked(mei);

  const bobby = await browser.guest(room, "bobby");
  const dialog = bobby.page.getByRole("dialog", { name: /^bobby is an account: you are bobby_2 now\./ });
  await dialog.waitFor();
  assertEquals(await bobby.barriers(), []);
  await bobby.picture("owned-nick");
  await dialog.getByRole("button", { name: "Log in" }).click();
  await bobby.answers("Password of the account bobby:", "tea leaves");
  await bobby.sees(/logged in (?:to|as) .*bobby/);
});

test("whoever has the nick of an account whose owner is away is told where they look that they must log in", async (browser) => {
  await using room = await openRoom();
  const owner = await room.person("bobby", { caps: "draft/account-registration" });
  await owner.send("REGISTER * * :tea leaves");
  await owner.sees(/ REGISTER SUCCESS /);
  await owner.send("QUIT");
  await owner.rest();
  const mei = (await browser.stranger(room, { nick: "bobby", locale: "zh-CN", ...PHONE })).inChinese();
  await mei.joins();
  await mei.page.getByRole("dialog", { name: /^bobby 是某个账号的昵称：请登录/ }).waitFor();
  assertEquals(await mei.barriers(), []);
  await mei.page.keyboard.press("Escape");
  await mei.says("/quit");
  await isAsked(mei);

  const bobby = await browser.guest(room, "bobby");
  const dialog = bobby.page.getByRole("dialog", { name: /^bobby is the nick of an account: log in, or / });
  await dialog.getByRole("button", { name: "Log in" }).click();
  await bobby.answers("Password of the account bobby:", "tea leaves");
  await bobby.sees(/logged in (?:to|as) .*bobby/);
});
