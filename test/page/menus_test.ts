/// <reference lib="dom" />
/**
 * The page in Chromium, as people use it who know no commands: by menus of messages, people and channels, with the mouse, a
 * finger, or the keyboard alone.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

/** What an IRC client by hand asks for here, so that it is shown all that a page sends. */
const CAPS = "message-tags echo-message";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("the menu of a message by each way to it, and the keys in it", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await dave.send("PRIVMSG #lobby :tea at four?");
  await alice.sees("tea at four?");
  const { keyboard } = alice.page;
  const focused = () => alice.page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

  // By the button that comes with the pointer.
  const menu = await alice.menuAt("tea at four?");
  assertEquals(await menu.getAttribute("aria-label"), "Message of dave");
  // alice has opened the channel, so she is its only operator: she may remove and moderate, and reports to nobody.
  assertEquals(await alice.entries(), [
    "👍",
    "❤️",
    "😂",
    "Reply",
    "React",
    "Copy text",
    "Copy link",
    "Mute, ban or remove…",
    "Remove",
  ]);
  assertEquals(await alice.barriers(), []);
  await alice.picture("menu-message");
  await alice.until("focus", "Reply", focused);
  for (
    const [key, goal] of [
      ["ArrowDown", "React"],
      ["End", "Remove"],
      ["ArrowDown", "👍"],
      ["ArrowRight", "❤️"],
      ["ArrowLeft", "👍"],
      ["ArrowUp", "Remove"],
      ["Home", "👍"],
      ["c", "Copy text"],
      ["c", "Copy link"],
      ["c", "Copy text"],
    ]
  ) {
    await keyboard.press(key);
    assertEquals(await focused(), goal, `after ${key}`);
  }
  await keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });

  // By the mouse's other button, and by the keyboard on the line itself, to which the focus comes back.
  await alice.line("tea at four?").getByRole("paragraph").click({ button: "right" });
  await menu.waitFor();
  await alice.page.mouse.click(5, 5);
  await menu.waitFor({ state: "detached" });
  await alice.field.focus();
  await keyboard.press("Shift+Tab");
  await keyboard.press("ArrowUp");
  for (const key of ["Shift+F10", "ContextMenu"]) {
    await keyboard.press(key);
    await menu.waitFor();
    await keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    assertMatch(await focused(), /tea at four\?/);
  }
  await keyboard.press("Shift+F10");
  await menu.waitFor();
  await keyboard.press("Enter");
  await alice.page.getByText("Replying to dave: tea at four?").waitFor();
  await alice.says("yes");
  await dave.sees(/^@[^ ]*\+draft\/reply=.* PRIVMSG #lobby :yes$/);
});

test("the menu of a message opens at the button that was pressed, though that goes with the pointer", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await dave.send("PRIVMSG #lobby :tea at four?");
  await alice.line("tea at four?").hover();
  const more = alice.line("tea at four?").getByRole("button", { name: "More", exact: true });
  const { x, y, height } = (await more.boundingBox())!;
  await more.click();
  await alice.menu.waitFor();
  // The veil of the menu takes the pointer from the message, and the message its buttons away.
  await more.waitFor({ state: "detached" });
  await alice.page.setViewportSize({ width: 1101, height: 701 });
  const isBeside = async () => {
    const menu = (await alice.page.locator(".menu").boundingBox())!;
    const isAtSide = menu.x <= x + 1 && menu.x + menu.width >= x;
    // Below the button, or above it where there is no room below.
    return isAtSide && (Math.abs(menu.y - (y + height)) < 2 || Math.abs(menu.y + menu.height - y) < 2);
  };
  await alice.until("menu is at its button", true, isBeside);
});

test("the text and the link of a message are copied; a private talk has no links", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", {
    channel: "茶",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await alice.isIn("#茶");
  const dave = await room.person("dave", { caps: CAPS, join: "#茶" });
  await dave.send("PRIVMSG #茶 :**four** o'clock `sharp`", "PRIVMSG alice :between us");
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #茶 /))![1];
  const clipboard = () => alice.page.evaluate(() => navigator.clipboard.readText());
  await (await alice.menuAt("o'clock")).getByRole("menuitem", { name: "Copy text" }).click();
  await alice.page.getByRole("status").getByText("Copied.").waitFor();
  await alice.until("clipboard", "**four** o'clock `sharp`", clipboard);
  await (await alice.menuAt("o'clock")).getByRole("menuitem", { name: "Copy link" }).click();
  const link = `${new URL(await room.page()).origin}/#${encodeURIComponent("茶")}/${msgid}`;
  await alice.until("clipboard", link, clipboard);
  await alice.opens("dave");
  await alice.menuAt("between us");
  assertEquals(await alice.entries(), ["👍", "❤️", "😂", "Reply", "React", "Copy text"]);
});

test("what a person's menu offers: a talk, a mention, a profile; operators rule by it", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");

  await (await bob.menuOf("alice")).getByRole("menuitem", { name: "Mention" }).click();
  await bob.until("field", "@alice ", () => bob.field.inputValue());
  await bob.page.keyboard.type("are you there?");
  await bob.page.keyboard.press("Enter");
  await alice.sees("@alice are you there?");
  await bob.says("/away back at four");
  await bob.page.getByText("You are away: back at four").first().waitFor();

  // From the name at a message, too.
  await alice.line("are you there?").getByRole("button", { name: "bob", exact: true }).click({ button: "right" });
  assertEquals(await alice.entries(), [
    "Talk alone",
    "Call",
    "Mention",
    "Profile",
    "Hide what they say",
    "Make operator",
    "Mute, ban or remove…",
  ]);
  assertEquals(await alice.barriers(), []);
  await alice.picture("menu-person");
  await alice.menu.getByRole("menuitem", { name: "Profile" }).click();
  const profile = alice.page.getByRole("dialog", { name: "Profile of bob" });
  const rows = (dialog: Locator) =>
    dialog.locator("dl > div").evaluateAll((all) => all.map((row) => [...row.children].map((it) => it.textContent)));
  const told = [
    ["Nick", "bob"],
    ["Account", "none: a guest"],
    ["Status", "away: back at four"],
    ["Here since", ""],
    ["Channels in common", "#lobby"],
    ["Address (only operators see it)", "127.0.0.1"],
  ];
  await alice.until(
    "profile of bob",
    told,
    async () => (await rows(profile)).map(([word, value]) => [word, word === "Here since" ? "" : value]),
  );
  assertEquals(await alice.barriers(), []);
  await alice.picture("profile-of");
  await profile.getByRole("button", { name: "Close" }).click();
  // Who is no operator is not told from where others come, and whose operator somebody is.
  await (await bob.menuOf("alice")).getByRole("menuitem", { name: "Profile" }).click();
  const hers = bob.page.getByRole("dialog", { name: "Profile of alice" });
  const end = [["Channels in common", "#lobby"], ["Operator of", "#lobby"]];
  await bob.until("end of the profile of alice", end, async () => (await rows(hers)).slice(-2));
  await bob.page.setViewportSize(PHONE.viewport);
  await bob.picture("profile-of-operator-phone");
  await bob.page.setViewportSize({ width: 1100, height: 700 });
  await hers.getByRole("button", { name: "Close" }).click();
  await bob.says("/back");

  await (await alice.menuOf("bob")).getByRole("menuitem", { name: "Make operator" }).click();
  await alice.sees("alice made bob an operator");
  await (await bob.menuOf("alice")).getByRole("menuitem", { name: "Take operator back" }).click();
  await bob.sees("bob took operator from alice");

  await (await alice.menuOf("bob")).getByRole("menuitem", { name: "Hide what they say" }).click();
  await alice.sees(/What bob says is hidden/);
  await (await alice.menuOf("bob")).getByRole("menuitem", { name: "Show what they say again" }).click();
  await alice.sees("What bob says is hidden no longer.");

  await (await alice.menuOf("bob")).getByRole("menuitem", { name: "Talk alone" }).click();
  await alice.isIn("bob");
  await (await alice.menuOf("alice")).getByRole("menuitem", { name: "I am away" }).click();
  await alice.page.getByText("You are away: away").waitFor();
});

test("a message is reported to the operators, once, and to nobody else; those who come later read it then", async (browser) => {
  await using room = await openRoom();
  const olga = await room.person("olga", { caps: CAPS, join: "#lobby" });
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await dave.send("PRIVMSG #lobby :buy cheap leaves");
  await bob.sees("buy cheap leaves");
  await dave.everything();
  const reports = async () => {
    await (await bob.menuAt("buy cheap leaves")).getByRole("menuitem", { name: "Report to the operators…" }).click();
  };
  await reports();
  const dialogOf = (channel: string) =>
    bob.page.getByRole("dialog", { name: `Report to the operators of ${channel}`, exact: true });
  const dialog = dialogOf("#lobby");
  await dialog.getByText("Only operators read it, and see that it is from you. Here now: olga.").waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("report");
  await dialog.getByLabel("What is wrong with it?").fill("spam");
  await dialog.getByRole("button", { name: "Report" }).click();
  await bob.sees("Your report went to olga. Only operators can read it.");
  const own = bob.line("bob reports what dave wrote");
  await own.getByText("for operators alone", { exact: true }).waitFor();
  await own.getByRole("button", { name: "Show the message", exact: true }).waitFor();
  assertEquals(await own.getByRole("button", { name: /^Mute, ban or remove|^Remove/ }).count(), 0);
  const link = String.raw`http://[^/]+/#lobby/\S+`;
  await olga.sees(
    new RegExp(` NOTICE @#lobby :Report to the operators of #lobby: dave wrote “buy cheap leaves” \\(spam\\) ${link}$`),
  );
  assertEquals((await dave.everything()).filter((line) => line.includes("NOTICE")), []);
  await reports();
  await bob.page.getByText("You have reported this message already.").waitFor();

  // Whoever founds a channel comes back as its operator.
  const ann = await browser.guest(room, "ann");
  await ann.says("/join #garden");
  await ann.isIn("#garden");
  await bob.says("/join #garden");
  await dave.send("JOIN #garden");
  await ann.sees(/dave/);
  const address = ann.page.url();
  await ann.page.goto("about:blank");
  await bob.until("ann", true, async () => (await bob.people.getByText("ann").count()) === 0);
  await dave.send("PRIVMSG #garden :and cheap cups");
  await bob.sees("and cheap cups");
  await (await bob.menuAt("and cheap cups")).getByRole("menuitem", { name: "Report to the operators…" }).click();
  await dialogOf("#garden").getByText("None is here now; they read it when they come.").waitFor();
  await bob.picture("report-later");
  await dialogOf("#garden").getByRole("button", { name: "Report" }).click();
  await bob.sees("Your report waits for the operators. Nobody else can read it.");
  await ann.page.goto(address);
  // An answer or a reaction would go to all, and so tell dave.
  await ann.menuAt("bob reports what dave wrote");
  assertEquals(await ann.entries(), ["Copy text", "Copy link", "Mute, ban or remove dave…", "Remove"]);
});

test("whoever writes to one alone is hidden by the menu of the talk, and shown again", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await dave.send("PRIVMSG alice :see https://tea.example/cups");
  await alice.opens("dave");
  await alice.sees("see https://tea.example/cups");
  const chooses = async (name: string) => {
    await alice.page.locator("main header").getByRole("button", { name: "dave", exact: true }).last().click();
    await alice.menu.getByRole("menuitem", { name }).click();
  };
  await chooses("Hide what they say");
  await alice.sees(/What dave says is hidden/);
  await dave.send("PRIVMSG alice :are you there?");
  await dave.everything();
  await chooses("Show what they say");
  await dave.send("PRIVMSG alice :hello?");
  await alice.sees("hello?");
  assertEquals(await alice.line("are you there?").count(), 0);
  // Tab leads past the links of what was said: the arrow keys go to them.
  await alice.field.focus();
  await alice.page.keyboard.press("Shift+Tab");
  const focused = () => alice.page.evaluate(() => document.activeElement?.closest("ol.rows") === null);
  assertEquals(await focused(), true);
  await alice.line("cups").focus();
  for (const _ of ["the nick", "the link"]) await alice.page.keyboard.press("ArrowRight");
  assertEquals(await alice.page.evaluate(() => document.activeElement?.tagName), "A");
});

test("a report counts as a mention for the operator whom it reaches", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await olga.says("/join #garden");
  await olga.isIn("#garden");
  await dave.send("NOTICE @#lobby :Report to the operators of #lobby: bob wrote “buy cheap leaves”");
  await olga.talks.getByRole("button", { name: /^#lobby 1 unread, 1 mention/ }).waitFor();
  await olga.picture("report-counts");
  await olga.opens("#lobby");
  await olga.sees("Report to the operators of #lobby");
  assertEquals(await olga.barriers(), []);
  await olga.picture("report-seen");
});

test("on a phone a long press opens a sheet, with targets for fingers", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const mei = (await browser.stranger(room, { nick: "mei", ...PHONE, locale: "zh-CN" })).inChinese();
  await mei.joins();
  await dave.send("PRIVMSG #lobby :四点喝茶？");
  await mei.sees("四点喝茶？");
  // Where it stands once nothing moves any more.
  await mei.line("四点喝茶？").getByRole("paragraph").tap({ trial: true });
  const box = (await mei.line("四点喝茶？").getByRole("paragraph").boundingBox())!;
  const touches = await mei.context.newCDPSession(mei.page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await touches.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
  await mei.menu.waitFor();
  await touches.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  assertEquals(await mei.entries(), ["👍", "❤️", "😂", "回复", "回应", "复制文字", "复制链接", "向管理员举报…"]);
  assertEquals(await mei.barriers(), []);
  await mei.picture("menu-phone-chinese");
  for (const entry of await mei.menu.getByRole("menuitem").all()) {
    const { height, width } = (await entry.boundingBox())!;
    const isSign = await entry.locator(".icon").count() === 0;
    assertEquals([height >= 44, width > (isSign ? 100 : 350)], [true, true]);
  }
  const last = (await mei.menu.getByRole("menuitem").last().boundingBox())!;
  assertEquals(last.y + last.height > 780, true, "the sheet is at the bottom");
  // Escape closes it too, though a finger has opened it.
  await mei.page.keyboard.press("Escape");
  await mei.menu.waitFor({ state: "detached" });

  // The mark of what is chosen stands beside the middle of its words, however high the entry is.
  await mei.page.getByRole("main").getByRole("button", { name: "#lobby", exact: true }).tap();
  await mei.menu.waitFor();
  await mei.picture("menu-chosen");
  const beside = await mei.menu.getByRole("menuitemradio", { checked: true }).evaluate((entry) => {
    const { top, height } = getComputedStyle(entry, "::before");
    return Math.abs(parseFloat(top) + parseFloat(height) / 2 - entry.clientHeight / 2);
  });
  assertEquals(beside <= 2, true, `${beside} px from the middle`);
  await mei.page.touchscreen.tap(195, 100);
  await mei.menu.waitFor({ state: "detached" });
});

test("who may be invited into a channel is offered: those who are in another one", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await room.person("guest10", { join: "#lobby" });
  await room.person("guest2", { join: "#lobby,#garden" });
  const guest3 = await room.person("guest3", { join: "#lobby" });
  await alice.hasOnline("alice", "guest2", "guest3", "guest10");
  assertEquals(await alice.page.getByLabel("Join a channel").getAttribute("placeholder"), "# Join or make one");
  await alice.says("/join #garden");
  await alice.hasOnline("guest2", "alice");
  await alice.page.getByRole("main").getByRole("button", { name: "#garden", exact: true }).click();
  await alice.menu.getByRole("menuitem", { name: "Invite somebody…" }).click();
  const dialog = alice.page.getByRole("dialog", { name: "Invite into #garden" });
  const offered = () => dialog.getByRole("listitem").getByRole("button").allInnerTexts();
  const names = async () => (await offered()).map((text) => text.trim().split(/\s+/).at(-1));
  assertEquals(await names(), ["guest3", "guest10"]);
  await alice.picture("invite");
  const field = dialog.getByLabel("The name of somebody in this room");
  await field.fill("guest1");
  assertEquals(await names(), ["guest10", "“guest1”"]);
  await field.fill("");
  await dialog.getByRole("button", { name: "guest3" }).click();
  await guest3.sees(/^:alice!\S+ INVITE guest3 #garden$/);
});

test("a channel by its menu: topic, key, limit, invitation, what is notified, leaving", async (browser) => {
  await using room = await openRoom(["--host", "0.0.0.0"]);
  const alice = await browser.guest(room, "alice", { channel: "tea" });
  await alice.isIn("#tea");
  const dave = await room.person("dave", { caps: CAPS, join: "#tea" });
  const opens = async () => {
    await alice.page.getByRole("main").getByRole("button", { name: "#tea", exact: true }).click();
    await alice.menu.waitFor();
    return alice.menu;
  };
  const chooses = async (name: string) => await (await opens()).getByRole("menuitem", { name }).click();

  await opens();
  assertEquals(await alice.entries(), [
    "Mark as read",
    "Start a call",
    "Files of this talk",
    "Set the topic",
    "Invite somebody…",
    "Invite by a link",
    "All messages",
    "Mentions",
    "Nothing",
    "Password…",
    "Limit of people…",
    "Private…",
    "Banned and muted",
    "Leave the channel",
  ]);
  assertEquals(await alice.barriers(), []);
  await alice.picture("menu-channel");
  await alice.page.keyboard.press("Escape");

  // The topic is edited in its place; Escape leaves it as it was.
  await chooses("Set the topic");
  const topic = alice.page.getByLabel("Topic of #tea");
  await topic.fill("all about oolong");
  await alice.picture("topic");
  await topic.press("Enter");
  await dave.sees(/ TOPIC #tea :all about oolong$/);
  await alice.page.getByTitle("all about oolong").waitFor();
  await alice.button("Set the topic").click();
  await topic.fill("nothing");
  await topic.press("Escape");
  await topic.waitFor({ state: "detached" });
  assertEquals((await dave.everything()).filter((line) => line.includes("TOPIC")), []);

  // Key and limit come with what they are now.
  for (
    const [entry, question, word, mode, end] of [
      ["Password…", /^Only those who know this password/, "leaf", "+k leaf", "-k *"],
      ["Limit of people…", /^How many people may be in #tea/, "12", "+l 12", "-l"],
    ] as const
  ) {
    await chooses(entry);
    await alice.page.getByRole("dialog").getByLabel(question).fill(word);
    await alice.button("Save").click();
    await dave.sees(new RegExp(` MODE #tea ${RegExp.escape(mode)}$`));
    await chooses(entry);
    const field = alice.page.getByRole("dialog").getByLabel(question);
    assertEquals(await field.inputValue(), word);
    assertEquals(await alice.barriers(), []);
    await field.fill("");
    await alice.button("Save").click();
    await dave.sees(new RegExp(` MODE #tea ${RegExp.escape(end)}`));
  }

  // By name, from another channel of the room.
  const erin = await room.person("erin", { join: "#coffee" });
  await chooses("Invite somebody…");
  const invitation = alice.page.getByRole("dialog").getByLabel("The name of somebody in this room");
  assertEquals(await alice.barriers(), []);
  await invitation.fill("erin");
  await invitation.press("Enter");
  await erin.sees(/^:alice!\S+ INVITE erin #tea$/);

  await chooses("Invite by a link");
  await alice.page.getByRole("dialog", { name: "Invite others" }).getByRole("button", { name: "Close" }).click();

  // Of a channel that is silenced nothing is told but how much is unread; the choice is there after a reload.
  await (await opens()).getByRole("menuitemradio", { name: "Nothing" }).click();
  await opens();
  assertEquals(await alice.menu.getByRole("menuitemradio", { checked: true }).allInnerTexts(), ["Nothing"]);
  await alice.page.keyboard.press("Escape");
  await alice.page.getByLabel("Join a channel").fill("coffee");
  await alice.page.getByLabel("Join a channel").press("Enter");
  await alice.isIn("#coffee");
  await dave.send("PRIVMSG #tea :alice, tea!");
  await alice.talks.getByRole("button", { name: "#tea 1 unread, silent", exact: true }).waitFor();
  await alice.isTitled("alice --> #coffee");
  await alice.page.reload();
  await alice.isIn("#coffee");
  // By the mouse's other button in the list, and by the keyboard.
  const entry = alice.talks.getByRole("button", { name: /^#tea/ });
  await entry.click({ button: "right" });
  await alice.menu.waitFor();
  assertEquals(await alice.menu.getByRole("menuitemradio", { checked: true }).allInnerTexts(), ["Nothing"]);
  await alice.menu.getByRole("menuitemradio", { name: "Mentions" }).click();
  await dave.send("PRIVMSG #tea :alice?");
  await alice.talks.getByRole("button", { name: /^#tea \d unread, \d mentions?$/ }).waitFor();
  await entry.focus();
  await alice.page.keyboard.press("Shift+F10");
  await alice.menu.getByRole("menuitem", { name: "Mark as read" }).click();
  await alice.isTitled("alice --> #coffee");
  await entry.click({ button: "right" });
  await alice.menu.getByRole("menuitem", { name: "Leave the channel" }).click();
  await dave.sees(/ PART #tea/);
  await entry.waitFor({ state: "detached" });
});

test("all channels: found by a part of the name or topic, joined by a click; another is made", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#tea,#coffee,#secrets" });
  const erin = await room.person("erin", { join: "#coffee" });
  await dave.send("TOPIC #tea :leaves of all kinds", "MODE #secrets +s");
  await dave.everything();
  await erin.everything();
  const alice = await browser.guest(room, "alice");
  await alice.button("All channels").click();
  const dialog = alice.page.getByRole("dialog", { name: "All channels" });
  await dialog.getByText("3 channels").waitFor();
  const names = () => dialog.getByRole("listitem").locator("bdi").allInnerTexts();
  // The fullest first, and none that is secret.
  assertEquals(await names(), ["#coffee", "#lobby", "#tea"]);
  assertEquals(await alice.barriers(), []);
  await alice.picture("channels");
  // It is as high as its channels, and stays so while somebody seeks.
  const list = dialog.locator(".found");
  const sizes = () =>
    list.evaluate((list) => {
      const end = list.getBoundingClientRect().bottom;
      const left = end - list.lastElementChild!.getBoundingClientRect().bottom;
      return { left, end: Math.round(end) };
    });
  const { left, end } = await sizes();
  assertEquals(left < 5, true, `${left} pixels are left`);
  await dialog.getByLabel("Find a channel").fill("LEAVES");
  await alice.until("channels", ["#tea"], names);
  assertEquals((await sizes()).end, end);
  assertEquals(
    (await dialog.getByRole("listitem").innerText()).replaceAll(/\s+/g, " "),
    "#tea 1 person leaves of all kinds",
  );
  await dialog.getByLabel("Find a channel").press("Enter");
  await alice.isIn("#tea");

  await alice.button("All channels").click();
  await dialog.getByRole("button", { name: /^#coffee/ }).click();
  await alice.isIn("#coffee");

  await alice.button("All channels").click();
  await dialog.getByText("3 channels").waitFor();
  await dialog.getByLabel("Make a channel").fill("a name, with a comma");
  await dialog.getByRole("button", { name: "Make" }).click();
  const fault = await dialog.getByLabel("Make a channel").evaluate((field) =>
    (field as HTMLInputElement).validationMessage
  );
  assertMatch(fault, /^A channel's name has 1 to 49 characters/);
  await dialog.getByLabel("Make a channel").fill("cups");
  await dialog.getByRole("button", { name: "Make" }).click();
  await alice.isIn("#cups");
});

test("of what somebody is notified in a channel is their own choice", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.stranger(room, { nick: "bob" });
  // The browser's own notifications cannot be read; what the page tells them can.
  await bob.page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    globalThis.Notification = class {
      static permission: NotificationPermission = "granted";
      constructor(title: string, { body }: NotificationOptions) {
        told.push(`${title}: ${body}`);
      }
    } as unknown as typeof Notification;
    document.hasFocus = () => false;
  });
  const told = () => bob.page.evaluate(() => (globalThis as unknown as { told: string[] }).told.splice(0));
  await bob.page.reload();
  await bob.joins();
  const alice = await room.person("alice", { join: "#lobby" });
  const says = async (level: string) => {
    await bob.page.getByRole("main").getByRole("button", { name: "#lobby", exact: true }).click();
    await bob.menu.getByRole("menuitemradio", { name: level }).click();
    await alice.send(`PRIVMSG #lobby :${level}, anybody?`, `PRIVMSG #lobby :${level}, bob?`);
    await bob.sees(`${level}, bob?`);
    return await told();
  };
  const mention = (level: string) => `alice (#lobby): ${level}, bob?`;
  assertEquals(await says("All messages"), ["alice (#lobby): All messages, anybody?", mention("All messages")]);
  assertEquals(await says("Nothing"), []);
  assertEquals(await says("Mentions"), [mention("Mentions")]);
});

test("the palette leads to talks, people and actions by a few letters; the keys are listed", async (browser) => {
  await using room = await openRoom();
  await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("dave", "alice");
  const { keyboard } = alice.page;
  const palette = alice.page.getByRole("dialog", { name: "Go to a talk, a person or an action" });
  const chosen = palette.getByRole("option", { selected: true });
  /** Until what is typed goes into the palette. */
  const isReady = () => palette.locator("input:focus").waitFor();
  // Where one writes, too.
  await alice.field.press("Control+k");
  await palette.waitFor();
  await alice.until("goal", "#lobby", () => chosen.innerText());
  assertEquals(await alice.barriers(), []);
  await alice.picture("palette");
  await isReady();
  await keyboard.type("dv");
  await alice.until("goal", "dave", () => chosen.innerText());
  await keyboard.press("Enter");
  await alice.isIn("dave");

  await keyboard.press("Control+k");
  await palette.waitFor();
  await isReady();
  await keyboard.type("lob");
  await alice.until("goal", "#lobby", () => chosen.innerText());
  await chosen.click();
  await alice.isIn("#lobby");

  // Arrows choose; what has no such name is said.
  await keyboard.press("Control+k");
  await palette.getByRole("combobox").fill("channels");
  await alice.until("goal", "All channels", () => chosen.innerText());
  await palette.getByRole("combobox").fill("xyzzy");
  await palette.getByText("Nothing of that name").waitFor();
  await palette.getByRole("combobox").fill("");
  await alice.until("goal", "#lobby", () => chosen.innerText());
  await keyboard.press("ArrowDown");
  await alice.until("goal", "dave", () => chosen.innerText());
  await keyboard.press("Escape");
  await palette.waitFor({ state: "detached" });

  const keys = alice.page.getByRole("dialog", { name: "Keys" });
  await alice.field.press("Control+/");
  await keys.getByText("go to any talk, person or action").waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("keys");
  await keyboard.press("Escape");
  await keys.waitFor({ state: "detached" });
  await alice.log.focus();
  await keyboard.press("?");
  await keys.waitFor();
  await keyboard.press("Escape");
  await keys.waitFor({ state: "detached" });
  // In the field it is a question mark.
  await alice.field.press("?");
  await alice.until("field", "?", () => alice.field.inputValue());
  assertEquals(await keys.count(), 0);
});

test("a command shows what it does while it is written, and how it goes on", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.field.pressSequentially("/ki");
  const option = alice.page.getByRole("option", { selected: true });
  await alice.until("suggestion", "/kick throw somebody out", async () => (await option.innerText()).trim());
  await alice.picture("suggestions");
  await alice.field.press("Enter");
  await alice.page.getByText("/kick <nick> [reason]", { exact: true }).waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("usage");
  await alice.field.fill("no command");
  await alice.page.getByText("/kick <nick> [reason]", { exact: true }).waitFor({ state: "detached" });
});
