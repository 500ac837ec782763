/// <reference lib="dom" />
/**
 * The page in Chromium, by the mouse or a finger alone: what people who know no commands look for, and where they find it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

const DESK = { viewport: { width: 1280, height: 700 } };
const PHONES = [{ width: 390, height: 844 }, { width: 320, height: 640 }].map((viewport) => ({
  viewport,
  isMobile: true,
  hasTouch: true,
}));

/** Where an element stands, in whole pixels. */
async function placeOf(element: Locator): Promise<{ x: number; y: number }> {
  const { x, y } = (await element.boundingBox())!;
  return { x: Math.round(x), y: Math.round(y) };
}

/** Those of several elements that are not wholly within a box. */
async function outside(elements: Locator, box: Locator): Promise<string[]> {
  const { x, y, width, height } = (await box.boundingBox())!;
  const found: string[] = [];
  for (const element of await elements.all()) {
    const at = (await element.boundingBox())!;
    const isWithin = at.x >= x - 0.5 && at.y >= y - 0.5 && at.x + at.width <= x + width + 0.5 &&
      at.y + at.height <= y + height + 0.5;
    if (!isWithin) found.push(await element.innerText() || await element.getAttribute("aria-label") || "?");
  }
  return found;
}

test("what opens beside the talk moves none of the header's buttons", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", DESK);
  const buttons = mei.page.locator("header button");
  const places = async () => await Promise.all((await buttons.all()).map(placeOf));
  const before = await places();
  await mei.button("Search").click();
  await mei.page.getByRole("search").waitFor();
  assertEquals(await places(), before);
  await mei.button("Mentions of you").click();
  await mei.page.getByRole("region", { name: "Mentions of you" }).waitFor();
  assertEquals(await places(), before);
  await mei.page.locator("header").getByRole("button", { name: "Mentions of you" }).click();
  await mei.page.locator("header [aria-controls=people]").click();
  await mei.people.waitFor({ state: "hidden" });
  assertEquals(await places(), before);
});

test("the search is a field, and its filters come when they are asked for", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", DESK);
  await mei.button("Search").click();
  const panel = mei.page.getByRole("search");
  const form = panel.getByRole("searchbox").locator("xpath=ancestor::form");
  await form.waitFor();
  assert((await form.boundingBox())!.height < 90, "the form is a row and a half");
  const from = panel.getByLabel("From", { exact: true });
  assertEquals(await from.isVisible(), false);
  await panel.getByText("Who, where, when").click();
  await from.fill("alice");
  await panel.getByRole("searchbox").fill("in:#lobby tea");
  await panel.getByRole("button", { name: "Search" }).click();
  await panel.getByText("Nothing found.").waitFor();
  assertEquals(await panel.getByLabel("In", { exact: true }).inputValue(), "#lobby");
});

test("a long topic has room beside a panel, and a press shows the whole of it, with its links", async (browser) => {
  await using room = await openRoom();
  const topic = `${"Tea at four, in the garden, under the old tree. ".repeat(5)}https://tea.example/menu`;
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send(`TOPIC #lobby :${topic}`);
  const mei = await browser.guest(room, "mei", DESK);
  await mei.button("Search").click();
  await mei.page.getByRole("search").waitFor();
  const shown = mei.page.locator("header p.topic");
  assertEquals(await shown.getAttribute("title"), topic);
  assert((await shown.boundingBox())!.width > 300, "the topic has room");
  await shown.click();
  const dialog = mei.page.getByRole("dialog", { name: "Topic of #lobby" });
  await dialog.getByText(topic).waitFor();
  assertEquals(await outside(dialog.getByRole("paragraph"), dialog), []);
  assertEquals(await dialog.getByRole("link").getAttribute("href"), "https://tea.example/menu");
  assertEquals(await mei.barriers(), []);
  // By the keyboard as well, from where one writes to the buttons of the header and back.
  await mei.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await mei.button("Set the topic").focus();
  await mei.page.keyboard.press("Shift+Tab");
  const focused = () => mei.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  assertEquals(await focused(), "Show the whole topic");
  await mei.picture("topic-focus");
  assertEquals(await mei.barriers(), []);
  await mei.page.keyboard.press("Enter");
  await dialog.getByText(topic).waitFor();
  await dialog.getByRole("button", { name: "Set the topic" }).click();
  const field = mei.page.getByRole("textbox", { name: "Topic of #lobby" });
  await mei.until("topic in the field", topic, () => field.inputValue());
});

for (const phone of PHONES) {
  const { width } = phone.viewport;

  test(`all sections of the settings are seen on a phone of ${width} px`, async (browser) => {
    await using room = await openRoom();
    for (const locale of ["en-GB", "zh-CN"]) {
      const mei = (await browser.stranger(room, { nick: `mei-${locale}`, ...phone, locale }))
        .inChinese(locale === "zh-CN");
      await mei.joins();
      await mei.page.locator("header [aria-controls=talks]").tap();
      await mei.talks.getByRole("button", { name: mei.words.settings, exact: true }).tap();
      await mei.settings.waitFor();
      const tabs = mei.settings.getByRole("tab");
      assertEquals(await tabs.count(), 6);
      assertEquals(await outside(tabs, mei.settings), []);
      const isCut = await tabs.evaluateAll((all) => all.some((tab) => tab.scrollWidth > tab.clientWidth + 1));
      assertEquals(isCut, false, `the words of the sections in ${locale}`);
      await tabs.last().tap();
      await mei.page.locator("#settings-about[aria-selected=true]").waitFor();
    }
  });

  test(`the lists close by a button on a phone of ${width} px, and all kinds of emoji are within the picker`, async (browser) => {
    await using room = await openRoom();
    const mei = await browser.guest(room, "mei", phone);
    for (const [name, list] of [["talks", mei.talks], ["people", mei.people]] as const) {
      const toggle = mei.page.locator(`header [aria-controls=${name}]`);
      await toggle.tap();
      await list.waitFor();
      await list.getByRole("button", { name: "Close the list" }).tap();
      await list.waitFor({ state: "hidden" });
      assertEquals(await toggle.evaluate((button) => button === document.activeElement), true);
    }
    await mei.button("Emoji").tap();
    const picker = mei.page.getByRole("dialog", { name: "Emoji" });
    const kinds = picker.locator(".groups button");
    await mei.until("kinds of emoji", 9, () => kinds.count());
    assertEquals(await outside(kinds, picker), []);
    for (const kind of await kinds.all()) {
      const { width, height } = (await kind.boundingBox())!;
      assert(width >= 44 && height >= 44, "a finger finds each");
    }
  });
}

test("the owner's login is seen whole in a window of 1280 by 700, without https, too", async (browser) => {
  await using room = await openRoom();
  for (const locale of ["en-GB", "zh-CN"]) {
    const script = 'Object.defineProperty(globalThis, "isSecureContext", { value: false })';
    const mei = await browser.stranger(room, { ...DESK, locale, at: `${await room.page()}#owner=secret`, script });
    await mei.page.locator(".login .insecure").waitFor();
    const isWhole = await mei.page.locator(".login").evaluate((box) => box.scrollHeight <= box.clientHeight);
    assert(isWhole, `the login in ${locale} has to be scrolled`);
  }
});

test("a nick is changed in the profile, which says what is wrong with one, and sentences name that place", async (browser) => {
  await using room = await openRoom();
  await room.person("alice", { join: "#lobby" });
  const mei = await browser.guest(room, "alice");
  await mei.page.getByText('The nick alice is in use: you are alice_2. "Nick" in your profile changes it.').waitFor();
  const menu = await mei.menuOf("alice_2");
  await menu.getByRole("menuitem", { name: "Nick, name, status, account…" }).click();
  const dialog = mei.page.getByRole("dialog", { name: "Profile" });
  const nick = dialog.getByLabel("Nick", { exact: true });
  const wrong = dialog.getByRole("alert");
  const saves = async (text: string) => {
    await nick.fill(text);
    await dialog.getByRole("button", { name: "Save" }).click();
  };
  assertEquals(await nick.inputValue(), "alice_2");
  await saves("2cups");
  await mei.until(
    "fault",
    "A name has 1 to 30 letters, digits, - or _, and begins with neither a digit nor -. (it cannot begin with 2; cups would do)",
    () => wrong.innerText(),
  );
  assertEquals(await nick.getAttribute("aria-invalid"), "true");
  await saves("alice");
  await mei.until("fault", "The nick alice is in use.", () => wrong.innerText());
  // It is said in the dialog alone.
  assertEquals(await mei.line("The nick alice is in use.").count(), 0);
  assertEquals(await mei.barriers(), []);
  await nick.press("End");
  await nick.pressSequentially("b");
  assertEquals(await wrong.count(), 0);
  await dialog.getByLabel("Status").fill("making tea");
  await saves("mei");
  await dialog.getByText("You are mei, a guest on this device.").waitFor();
  await dialog.getByText("Saved.").waitFor();
  await mei.page.keyboard.press("Escape");
  await mei.hasOnline("alice", "mei");
  // The settings have the same fields.
  const settings = await mei.opensSettings("Account and devices");
  const values = async () => [
    await settings.getByLabel("Nick", { exact: true }).inputValue(),
    await settings.getByLabel("Status").inputValue(),
  ];
  await mei.until("fields of the settings", ["mei", "making tea"], values);
  // A name with a space is taken as where one comes in.
  await settings.getByLabel("Nick", { exact: true }).fill("Mei Lin");
  await settings.getByRole("button", { name: "Save" }).click();
  await settings.getByText("You are Mei_Lin, a guest on this device.").waitFor();
  await mei.until("display name", "Mei Lin", () => settings.getByLabel("Display name").inputValue());
});

test("what a key and a limit are is said where they are set, and what an edited message's past is", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", { channel: "garden" });
  await mei.isIn("#garden");
  for (
    const [entry, explained] of [
      ["Password…", "Whoever comes into the channel from now on is asked for this password."],
      ["Limit of people…", "When so many people are in the channel, nobody else comes in until somebody leaves."],
    ]
  ) {
    await mei.button("#garden").last().click();
    await mei.menu.getByRole("menuitem", { name: entry }).click();
    const dialog = mei.page.getByRole("dialog");
    await dialog.getByText(explained).waitFor();
    assertEquals(await mei.barriers(), []);
    await mei.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
});

test("a space in the name of a new channel becomes a dash while it is typed", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei");
  await mei.button("All channels").click();
  const field = mei.page.getByRole("dialog", { name: "All channels" }).getByLabel("Make a channel");
  await field.pressSequentially("our tea");
  assertEquals(await field.inputValue(), "our-tea");
  // The caret stays where one writes.
  await field.press("Home");
  await field.pressSequentially("in ");
  assertEquals(await field.inputValue(), "in-our-tea");
  assertEquals(await field.evaluate((field) => (field as HTMLInputElement).selectionStart), 3);
  await field.press("Enter");
  await mei.isIn("#in-our-tea");
  const join = mei.talks.getByLabel("Join a channel");
  await join.fill("gar");
  await join.press("Escape");
  assertEquals(await join.inputValue(), "");
  await join.pressSequentially("the  garden ");
  assertEquals(await join.inputValue(), "the-garden ");
  await join.press("Enter");
  await mei.isIn("#the-garden");
});

test("beside a private talk the list of people says of which channel it is", async (browser) => {
  await using room = await openRoom();
  await room.person("alice", { join: "#lobby" });
  const mei = await browser.guest(room, "mei");
  const heading = () => mei.people.getByRole("heading").innerText();
  await mei.until("heading", "Online (2)", heading);
  await mei.people.getByRole("button", { name: "alice" }).click();
  await mei.isIn("alice");
  await mei.until("heading", "Online in #lobby (2)", heading);
  await mei.speaks("中文");
  await mei.until("heading", "#lobby 在线（2）", heading);
});
